"""Small raw ASGI apps that the tests of the client share, and a wait that ends."""

import json
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest

_SHOWN = ("method", "path", "root_path", "scheme", "server", "client", "http_version")


async def reply(send: Any, data: object = "ok", *, status: int = 200, headers: Any = ()) -> None:
    """Send a whole response: bytes as they are, anything else as JSON."""
    content = data if isinstance(data, bytes) else json.dumps(data).encode()
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})
    await send({"type": "http.response.body", "body": content})


async def echo_scope(scope: Any, receive: Any, send: Any) -> None:
    """Respond with the scope and body of the request."""
    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])
    message = await receive()
    await reply(
        send,
        {
            **{
                key: scope[key] for key in ("method", "path", "root_path", "scheme", "server", "client", "http_version")
            },
            "raw_path": scope["raw_path"].decode(),
            "query": scope["query_string"].decode(),
            "headers": [[name.decode("latin-1"), value.decode("latin-1")] for name, value in scope["headers"]],
            "body": message["body"].decode(),
            "keys": sorted(message),
        },
        headers=[(b"content-type", b"application/json")],
    )


async def who_runs(scope: Any, receive: Any, send: Any) -> None:
    """Answer with the thread that the app runs on."""
    if scope["type"] == "http":
        await reply(send, threading.get_ident())


async def with_lifespan(scope: Any, receive: Any, send: Any) -> None:
    """Count its lives in the state, and respond with the state."""
    if scope["type"] == "http":
        await reply(send, scope["state"])
        return
    await receive()
    scope["state"]["lives"] = scope["state"].get("lives", 0) + 1
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})


def becomes_true(said: Callable[[], object], within_s: float = 15.0) -> bool:
    """Wait until ``said()`` is true; return whether it became true in time."""
    until = time.monotonic() + within_s
    while not said():
        if time.monotonic() > until:
            return False
        time.sleep(0.002)
    return True


async def becomes_true_async(said: Callable[[], object], within_s: float = 15.0) -> bool:
    """As `becomes_true`, without blocking the loop."""
    with anyio.move_on_after(within_s):
        while not said():
            await anyio.sleep(0.002)
        return True
    return False


@asynccontextmanager
async def ticking() -> AsyncIterator[list[float]]:
    """Give a list to which the running loop adds the time, every few milliseconds, as long as nothing blocks it."""
    ticks: list[float] = []

    async def tick() -> None:
        while True:
            ticks.append(time.monotonic())
            await anyio.sleep(0.002)

    async with anyio.create_task_group() as group:
        group.start_soon(tick)
        await anyio.sleep(0.01)
        yield ticks
        group.cancel_scope.cancel()


@asynccontextmanager
async def counting_turns() -> AsyncIterator[list[None]]:
    """Give a list that grows by one each time the running loop comes round to another task."""
    turns: list[None] = []

    async def turn() -> None:
        while True:
            turns.append(None)
            await anyio.sleep(0)

    async with anyio.create_task_group() as group:
        group.start_soon(turn)
        yield turns
        group.cancel_scope.cancel()


def longest_gap(ticks: list[float]) -> float:
    """Return the longest time in which the loop did not tick."""
    return max(after - before for before, after in zip(ticks, [*ticks[1:], time.monotonic()], strict=True))


def open_files() -> int:
    """Return the number of open files of this process; skips the test if the system does not list them."""
    for listing in ("/proc/self/fd", "/dev/fd"):
        if Path(listing).exists():
            return len(list(Path(listing).iterdir()))
    pytest.skip("no list of open files on this system")
