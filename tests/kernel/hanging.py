"""An app whose endpoints hang, each in its own way; its text is the first cell of the kernel under test.

What hangs says so on standard output first, and runs on until ``released`` is set: a lost thread costs no test
more than it must.
"""

import asyncio
import threading
import time

import anyio
import anyio.to_thread

released = threading.Event()
ways = {"startup": None, "shutdown": None}
log = []


def say(word):
    print(word, flush=True)


def sleep_in_thread():
    while not released.is_set():
        time.sleep(0.02)


async def hang_async():
    try:
        await anyio.sleep_forever()
    finally:
        log.append("cancelled")


async def hang_sync():
    await anyio.to_thread.run_sync(sleep_in_thread)


async def hang_cpu():
    while not released.is_set():
        pass


async def hang_time_sleep():
    while not released.is_set():
        time.sleep(0.02)


HANGS = {"async": hang_async, "sync": hang_sync, "cpu": hang_cpu, "time.sleep": hang_time_sleep}


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await live(receive, send)
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        say("hangs")
        await HANGS[scope["path"].removeprefix("/ws/")]()
    else:
        await answer(scope["path"], send)


async def live(receive, send):
    for phase in ("startup", "shutdown"):
        await receive()
        if ways[phase]:
            say("hangs")
            await HANGS[ways[phase]]()
        log.append(phase)
        await send({"type": f"lifespan.{phase}.complete"})


async def answer(path, send):
    kind = path.strip("/")
    if kind in HANGS:
        say("hangs")
        await HANGS[kind]()
    await send({"type": "http.response.start", "status": 200})
    if kind.startswith("stream/"):
        await send({"type": "http.response.body", "body": b"first", "more_body": True})
        say("hangs")
        await HANGS[kind.removeprefix("stream/")]()
    if kind == "flood":
        say("hangs")
        while True:
            await send({"type": "http.response.body", "body": b"x" * 100, "more_body": True})
    await send({"type": "http.response.body", "body": b"ok"})


def our_threads():
    """Return the names of the toolkit's threads, of anyio's workers, and how many there are in all."""
    return sorted(each.name for each in threading.enumerate() if each.name.startswith(("ipyasgi", "AnyIO")))
