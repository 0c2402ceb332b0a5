"""An app whose endpoints hang, each in its own way; its text is the first cell of the kernel under test.

What hangs says so on standard output first, and what cannot be cancelled runs on until `release` is called: a lost
thread costs no test more than it must.
"""

import threading
import time

import anyio
import anyio.to_thread

releases = [0]
ways = {"startup": None, "shutdown": None}
log = []


def say(word):
    print(word, flush=True)


def release():
    releases[0] += 1
    ways.update(startup=None, shutdown=None)


def held():
    mine = releases[0]
    while releases[0] == mine:
        yield


def sleep_in_thread():
    for _ in held():
        time.sleep(0.02)


async def hang_async():
    try:
        await anyio.sleep_forever()
    finally:
        log.append("cancelled")


async def hang_sync():
    await anyio.to_thread.run_sync(sleep_in_thread)


async def hang_cpu():
    for _ in held():
        pass


async def hang_time_sleep():
    for _ in held():
        time.sleep(0.02)


HANGS = {"async": hang_async, "sync": hang_sync, "cpu": hang_cpu, "time.sleep": hang_time_sleep}
counted = []


async def tidy(receive):
    """Clean up for longer than anybody waits, once the client has gone."""
    while (await receive())["type"] not in ("http.disconnect", "websocket.disconnect"):
        pass
    await anyio.sleep(20)


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await live(receive, send)
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        if scope["path"] == "/ws/tidy":
            await tidy(receive)
        else:
            say("hangs")
            await HANGS[scope["path"].removeprefix("/ws/")]()
    else:
        await answer(scope["path"], receive, send)


async def live(receive, send):
    for phase in ("startup", "shutdown"):
        await receive()
        if ways[phase]:
            say("hangs")
            await HANGS[ways[phase]]()
        log.append(phase)
        await send({"type": f"lifespan.{phase}.complete"})


async def answer(path, receive, send):
    kind = path.strip("/")
    if kind in HANGS:
        say("hangs")
        await HANGS[kind]()
    if kind == "threaded":
        await anyio.to_thread.run_sync(time.sleep, 0)
    if kind == "counted":
        counted.append(1)
        try:
            await anyio.sleep(60)
        finally:
            counted.pop()
    await send({"type": "http.response.start", "status": 200})
    if kind == "stream/tidy":
        await send({"type": "http.response.body", "body": b"first", "more_body": True})
        await tidy(receive)
    elif kind.startswith("stream/"):
        await send({"type": "http.response.body", "body": b"first", "more_body": True})
        say("hangs")
        await HANGS[kind.removeprefix("stream/")]()
    if kind == "flood":
        say("hangs")
        while True:
            await send({"type": "http.response.body", "body": b"x" * 100, "more_body": True})
    await send({"type": "http.response.body", "body": b"ok"})


async def thread_limit(total=None):
    limiter = anyio.to_thread.current_default_thread_limiter()
    if total is not None:
        limiter.total_tokens = total
    return limiter.total_tokens


def our_threads():
    """Return the names of the toolkit's threads and of anyio's workers."""
    return sorted(each.name for each in threading.enumerate() if each.name.startswith(("ipyasgi", "AnyIO")))
