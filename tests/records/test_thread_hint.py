"""The hint for objects of another thread or of another event loop."""

import asyncio
import sqlite3

import pytest

from ipyasgi import Explorer, KernelLoop
from ipyasgi.records.thread_hint import thread_hint


async def use_connection(made: sqlite3.Connection) -> None:
    made.execute("select 1")


async def use_future(made: "asyncio.Future[int]") -> None:
    await made


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


MADE = {
    "connection": (lambda: sqlite3.connect(":memory:"), use_connection),
    "future": (lambda: asyncio.get_running_loop().create_future(), use_future),
}


@pytest.mark.anyio
@pytest.mark.parametrize("kind", MADE)
@pytest.mark.parametrize("wrapped", [False, True])
async def test_an_object_of_the_caller(kind: str, wrapped: bool) -> None:
    """The exchange of such an exception says where the app runs and what to do, also if it is a cause."""
    make, use = MADE[kind]
    made = make()

    async def app(scope, receive, send):
        try:
            await use(made)
        except Exception as exc:
            if wrapped:
                raise ValueError("no items") from exc
            raise

    explorer = Explorer(app, lifespan="off")
    try:
        exchange = explorer.get("/", raise_exceptions=False)
        assert "--kernel-loop" in exchange.notes[-1]
        assert "KernelLoop()" in exchange.to_text()
    finally:
        explorer.close()
        if kind == "connection":
            made.close()


@pytest.mark.anyio
async def test_on_the_loop_of_the_caller_it_works() -> None:
    """With `KernelLoop` the app uses objects of this thread and of this loop: requests, streams and WebSockets."""
    made, queue = sqlite3.connect(":memory:"), asyncio.Queue()
    queue.put_nowait(b"x")

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            await receive()
            made.execute("create table t (x)")
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.send", "text": str(made.execute("select count(*) from t").fetchone())})
            await send({"type": "websocket.close"})
        else:
            made.execute("insert into t values (1)")
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": await queue.get(), "more_body": True})
            await send({"type": "http.response.body", "body": b"y"})

    with Explorer(app, loop=KernelLoop()) as explorer:
        assert explorer.lifespan.status == "running"
        assert explorer.get("/").text == "xy"
        queue.put_nowait(b"z")
        assert (await explorer.begin("GET", "/")).text == "zy"
        assert "(2,)" in explorer.websocket_exchange("/").to_text()
        explorer.replace_app(app)
        assert explorer.lifespan.status in ("running", "startup failed")
    made.close()


def test_other_exceptions_have_none() -> None:
    """Any other exception has no hint."""
    assert thread_hint(None) == thread_hint(ValueError("another thread")) == thread_hint(KeyError(1)) == ""
