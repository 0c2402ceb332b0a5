"""The record of a traced request: read at the first look, with nothing in it that the app may still change."""

import asyncio
import gc
import sqlite3
import weakref
from dataclasses import replace
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI

from ipyasgi import Explorer
from ipyasgi.history.history import held_bytes
from ipyasgi.tracing import freezing


class Layer:
    """A layer that adds a list to the scope."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.seen = scope["seen"] = ["at first"]
        await self.app(scope, receive, send)


def app_of(values: dict[str, Any]) -> FastAPI:
    app = FastAPI()
    app.add_middleware(Layer)

    async def settings() -> dict[str, Any]:
        return values

    @app.get("/")
    async def show(settings: Annotated[dict[str, Any], Depends(settings)]) -> None:
        db = sqlite3.connect(":memory:")
        db.execute("select ? as a", [f"a value of {settings['limit']}"])
        db.close()

    return app


def test_later_changes_are_not_shown() -> None:
    """What the app changes between the request and the first look is not in the trace."""
    values = {"limit": 3}
    with Explorer(app_of(values)) as explorer:
        exchange = explorer.get("/", trace=True)
        values["limit"] = 4
        trace = exchange.trace

    assert trace is not None
    assert trace.dependencies[0].value == "{'limit': 3}"
    assert trace.calls[0].parameters == "'a value of 3'"
    assert trace.missing == 0


def test_a_call_that_goes_on() -> None:
    """A call that ends after its request is shown as not ended, also if somebody looks later."""
    with_end = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        async def go_on() -> None:
            db = sqlite3.connect(":memory:", check_same_thread=False)
            db.create_function("wait", 0, lambda: began.set() or (may_end.wait(10) and None))
            await asyncio.to_thread(db.execute, "select wait()")
            db.close()
            with_end.append(True)

        import threading

        nonlocal began, may_end
        began, may_end = threading.Event(), threading.Event()
        tasks.add(asyncio.create_task(go_on()))
        await asyncio.to_thread(began.wait, 10)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})

    began: Any = None
    may_end: Any = None
    tasks: set[Any] = set()
    with Explorer(app, lifespan="off") as explorer:
        exchange = explorer.get("/", trace=True)
        may_end.set()
        explorer.client.call(asyncio.gather, *tasks)
        assert with_end == [True]
        trace = exchange.trace

    assert trace is not None
    (call,) = trace.calls
    assert not call.ended
    assert call.began_ns + call.total_ns <= trace.duration_ns


def test_nothing_of_the_app_is_kept() -> None:
    """A history with traces keeps neither the app nor its layers alive, once another app is attached."""
    app = app_of({"limit": 3})
    with Explorer(app) as explorer:
        explorer.get("/", trace=True)
        dead = weakref.ref(app)
        layer = weakref.ref(app.middleware_stack.app)  # type: ignore[union-attr, attr-defined]
        explorer.replace_app(app_of({"limit": 4}))
        assert len(explorer.history) == 1
        del app
        gc.collect()

        assert layer() is None
        assert dead() is None


def test_read_once_for_each_settings() -> None:
    """A trace is made at the first look and kept; other settings make another one of the same values."""
    with Explorer(app_of({"limit": 3})) as explorer:
        exchange = explorer.get("/", trace=True)
        shown = exchange.with_secrets()

    assert exchange.trace is exchange.trace
    assert shown.trace is not exchange.trace
    assert shown.trace is not None
    assert shown.trace.settings.show_secrets
    assert "TraceRecord" in repr(exchange.traced)


def test_secrets_after_the_first_look() -> None:
    """A secret is masked or shown as the present settings say, also after another look."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        db = sqlite3.connect(":memory:")
        db.execute("create table t (password text)")
        db.execute("insert into t (password) values (?)", ("hunter2",))
        db.close()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})

    with Explorer(app, lifespan="off") as explorer:
        exchange = explorer.get("/", trace=True)

    assert [one.trace.calls[1].parameters for one in (exchange, exchange.with_secrets(), exchange) if one.trace] == [
        "•••",
        "'hunter2'",
        "•••",
    ]


def test_the_history_counts_it() -> None:
    """The memory of a trace counts for the limit of the history, with its statements."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        db = sqlite3.connect(":memory:")
        for number in range(500):
            db.execute(f"select '{number}', '{'x' * 2000}'")
        db.close()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})

    with Explorer(app, lifespan="off") as explorer:
        exchange = explorer.get("/", trace=True)

    assert held_bytes(exchange) - held_bytes(replace(exchange, traced=None)) > 500 * 2000
    assert exchange.traced is not None
    assert held_bytes(exchange) > exchange.traced.held_bytes


@pytest.mark.parametrize("path", ["/", "/nowhere"])
def test_no_look_no_trace(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request makes no trace by itself."""

    def fail(*_: object) -> None:
        raise AssertionError("nobody looked")

    monkeypatch.setattr("ipyasgi.tracing.freezing.Trace", fail)
    with Explorer(app_of({"limit": 3})) as explorer:
        exchange = explorer.get(path, trace=True)

    assert exchange.traced is not None


@pytest.mark.parametrize(
    ("name", "missing"),
    [(name, 1) for name in ("find_blocking", "find_waits", "find_slow_responses", "find_slow_layers",
                            "find_slow_dependencies", "find_problems", "read_layers")] + [("mask_statement", 2)],
)  # fmt: skip
def test_an_error_of_ours_at_the_first_look(name: str, missing: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The trace has what could be read, and counts what could not."""

    def fail(*args: object) -> None:
        raise LookupError("a mistake")

    async def app(scope: Any, receive: Any, send: Any) -> None:
        db = sqlite3.connect(":memory:")
        for number in range(2):
            db.execute("select ?", (number,))
        db.close()
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    monkeypatch.setattr(freezing, name, fail)
    with Explorer(app, lifespan="off") as explorer:
        trace = explorer.get("/", trace=True).trace

    assert trace is not None
    assert trace.missing == missing
    assert [call.statement for call in trace.calls] == ([] if missing == 2 else ["select ?"] * 2)
    assert len(trace.messages) == 2
