"""Traces of WebSockets and of the app's startup."""

import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI, WebSocket
from starlette.middleware.gzip import GZipMiddleware

from ipyasgi import Explorer, Settings
from ipyasgi.tracing import Trace
from ipyasgi.tracing.layer_taps import LAYER_TAPS, Tap
from ipyasgi.tracing.layers import slots_in
from ipyasgi.tracing.taps import TRACE_TAPS

HERE = "tracing/test_conversations.py"


class Shout:
    """A layer that changes what is sent over a WebSocket."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def loud(message: Any) -> None:
            if message["type"] == "websocket.send":
                message = {**message, "text": message["text"].upper() + "!"}
            await send(message)

        await self.app({**scope, "user": "ann"}, receive, loud if scope["type"] == "websocket" else send)


def open_db() -> Iterator[sqlite3.Connection]:
    db = sqlite3.connect(":memory:", check_same_thread=False)
    yield db
    db.close()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    db = sqlite3.connect(":memory:")
    db.execute("create table book (password text)")
    db.execute("insert into book (password) values ('hunter2')")
    print("made tables")
    yield
    db.execute("select 1")
    db.close()


def app_of() -> FastAPI:
    app = FastAPI(lifespan=lifespan)
    app.add_middleware(Shout)
    app.add_middleware(GZipMiddleware)

    @app.websocket("/chat/{room}")
    async def chat(websocket: WebSocket, room: str, db: Annotated[sqlite3.Connection, Depends(open_db)]) -> None:
        await websocket.accept()
        async for text in websocket.iter_text():
            db.execute("select ?", (text,))
            await websocket.send_text(text)
            if text == "block":
                db.create_function("wait", 0, lambda: time.sleep(0.08))
                db.execute("select wait()")

    @app.websocket("/closed")
    async def closed(websocket: WebSocket) -> None:
        await websocket.close(4001)

    @app.get("/")
    async def show() -> str:
        return "ok"

    return app


def nothing_is_behind(app: FastAPI) -> bool:
    """Return whether no function of a library and no layer is replaced."""
    layer: Any = app
    while slots := slots_in(layer):
        layer = slots[0].get()
        if isinstance(layer, Tap):
            return False
    return not (TRACE_TAPS.watched()[0] or LAYER_TAPS._put)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_websocket(backend: str) -> None:
    """A WebSocket has its layers with their changes, dependencies, calls, messages and output on one clock."""
    app = app_of()
    with Explorer(app, backend=backend) as explorer:
        explorer.websocket_exchange("/chat/a", "one", "two", "two", "two", wait_s=0.3, trace=True)
        trace = explorer.history[-1].trace
        assert nothing_is_behind(app)

    assert trace is not None
    assert trace.missing == 0
    layers = {layer.name: layer for layer in trace.layers}
    assert "scope +user" in layers["Shout"].changed
    assert "body 12 → 16 B" in layers["Shout"].changed
    assert trace.layers[-1].name == "APIRouter → chat()"
    assert trace.layers[-1].responded == 101
    assert [call.parameters for call in trace.calls] == ["'one'", "'two'", "'two'", "'two'"]
    assert [one.name for one in trace.dependencies] == ["db"]
    assert trace.dependencies[0].cleanup_ns > 0
    assert {"websocket.accept", "websocket.send"} <= {event.type for event in trace.messages}
    assert trace.calls[0].began_ns < trace.messages[-1].at_ns
    assert trace.findings == (), "one query for each message is not an N+1, and waiting for the client is not slow"
    assert "send websocket.send" in trace.to_text()


def test_a_refused_websocket() -> None:
    """A WebSocket that is closed instead of accepted has the status that servers send."""
    with Explorer(app_of()) as explorer:
        explorer.websocket_exchange("/closed", trace=True)
        trace = explorer.history[-1].trace

    assert trace is not None
    assert trace.layers[-1].responded == 403


def test_a_websocket_that_blocks() -> None:
    """Calls that hold the loop are a finding of a WebSocket too."""
    with Explorer(app_of()) as explorer:
        explorer.websocket_exchange("/chat/a", "block", wait_s=0.5, trace=True)
        trace = explorer.history[-1].trace

    assert trace is not None
    (found,) = trace.findings
    assert found.text.startswith(f"Blocked loop: chat() at {HERE}")


def test_an_open_websocket() -> None:
    """A session that stays open is traced by the setting, beside requests, until it ends."""
    app = app_of()
    with Explorer(app, settings=Settings(trace=True)) as explorer:
        echoed = threading.Event()
        session = explorer.websocket("/chat/a", on_message=lambda one: one.direction == "send" and echoed.set())
        session.send_text("hello")
        assert echoed.wait(10)
        request = explorer.get("/").trace
        session.disconnect()
        assert session.wait(10)
        trace = explorer.history[-1].trace
        assert nothing_is_behind(app)
        explorer.websocket_exchange("/chat/a", "hello", wait_s=0.1, trace=False)
        assert explorer.history[-1].trace is None

    assert trace is not None
    assert request is not None
    assert [call.parameters for call in trace.calls] == ["'hello'"]
    assert request.calls == ()


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_the_startup(backend: str) -> None:
    """With the setting, the startup has a trace: its calls, messages and output, and nothing of what comes later."""
    app = app_of()
    with Explorer(app, settings=Settings(trace=True), backend=backend) as explorer:
        assert nothing_is_behind(app)
        trace = explorer.lifespan.trace
        explorer.get("/")
        explorer.lifespan.restart()
        again = explorer.lifespan.trace

    assert isinstance(trace, Trace)
    assert [call.statement for call in trace.calls] == [
        "create table book (password text)",
        "insert into book (password) values ('•••')",
    ]
    assert [event.type for event in trace.messages] == ["lifespan.startup", "lifespan.startup.complete"]
    assert [line.text for line in trace.output] == ["made tables\n"]
    assert trace.calls[-1].began_ns < trace.messages[-1].at_ns <= trace.duration_ns
    assert again is not None
    assert len(again.calls) == 2


def test_a_startup_that_is_not_traced() -> None:
    """Without the setting there is none."""
    with Explorer(app_of()) as explorer:
        assert explorer.lifespan.trace is None


def test_a_startup_that_fails() -> None:
    """A startup that raises has the trace until then."""

    @asynccontextmanager
    async def failing(app: FastAPI) -> AsyncIterator[None]:
        db = sqlite3.connect(":memory:")
        try:
            db.execute("select * from missing")
        finally:
            db.close()
        yield

    app = FastAPI(lifespan=failing)
    with Explorer(app, settings=Settings(trace=True), lifespan="off") as explorer:
        with pytest.raises(sqlite3.OperationalError):
            explorer.lifespan.startup()
        trace = explorer.lifespan.trace
        assert nothing_is_behind(app)

    assert trace is not None
    assert trace.calls[0].error.startswith("OperationalError: no such table")
