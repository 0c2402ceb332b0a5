"""The app that is attached while the interpreter ends; the scripts of `test_exit.py` import it."""

import asyncio
import time

import anyio
import anyio.to_thread

from ipyasgi import Explorer, RequestSpec


def say(word):
    print(word, flush=True)


async def fail():
    raise OSError("the disk is full")


SHUTDOWNS = {
    "quick": lambda: anyio.sleep(0.01),
    "anyio thread": lambda: anyio.to_thread.run_sync(time.sleep, 0.01),
    "asyncio thread": lambda: asyncio.to_thread(time.sleep, 0.01),
    "hangs": lambda: anyio.sleep(60),
    "blocks": lambda: time.sleep(60),
    "raises": fail,
}


def build_app(shutdown="quick"):
    async def shop(scope, receive, send):
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await SHUTDOWNS[shutdown]()
            say("shut down")
            await send({"type": "lifespan.shutdown.complete"})
            return
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            await receive()
        await answer(scope["path"], send)

    return shop


async def answer(path, send):
    if path == "/async":
        say("under way")
        await anyio.sleep(60)
    elif path == "/sync":
        say("under way")
        await anyio.to_thread.run_sync(time.sleep, 60)
    elif path == "/blocking":
        say("under way")
        time.sleep(60)
    await send({"type": "http.response.start", "status": 200})
    while path == "/stream":
        await send({"type": "http.response.body", "body": b"x", "more_body": True})
        await anyio.sleep(0.01)
    await send({"type": "http.response.body", "body": b"ok"})


def attach(shutdown="quick", **options):
    return Explorer(build_app(shutdown), **options)


def submit(explorer, path):
    """Send a request without waiting for it; return once it is under way."""
    pending = explorer.submit(RequestSpec(method="GET", path=path), timeout=None)
    time.sleep(0.3)
    return pending


def read_one(client):
    """Open an endless stream and read its first chunk."""
    response = client.send(client.build_request("GET", "/stream"), stream=True)
    chunks = response.iter_raw()
    next(chunks)
    return response, chunks


def enter(session):
    session.__enter__()
    return session
