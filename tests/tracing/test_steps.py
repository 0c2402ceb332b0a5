"""The steps of a request: FastAPI's own, work in the background, cleanups, and jobs that wait for a thread."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Annotated, Any

import anyio.to_thread
import fastapi.routing
import pytest
from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException
from pydantic import BaseModel
from starlette.background import BackgroundTask
from starlette.middleware.base import BaseHTTPMiddleware

from ipyasgi import Explorer
from ipyasgi.tracing import Step, Trace

HERE = "tracing/test_steps.py"
MS = 1_000_000


class Book(BaseModel):
    title: str


def open_db() -> Iterator[int]:
    yield 1
    time.sleep(0.02)


async def open_cache() -> AsyncIterator[int]:
    try:
        yield 2
    finally:
        await asyncio.sleep(0.03)


async def later(number: int) -> None:
    await asyncio.sleep(0.04)


def app_of(*middleware: Any) -> FastAPI:
    app = FastAPI()
    for one in middleware:
        app.add_middleware(BaseHTTPMiddleware, dispatch=one)

    @app.post("/books/{number}")
    async def add(number: int, book: Book, page: int = 1) -> Book:
        return book

    @app.get("/books")
    def books(db: Annotated[int, Depends(open_db)], cache: Annotated[int, Depends(open_cache)]) -> list[Book]:
        return [Book(title="a")]

    @app.get("/later")
    async def show(background: BackgroundTasks) -> str:
        background.add_task(later, 1)
        background.add_task(later, 2)
        return "ok"

    @app.get("/broken")
    async def broken(cache: Annotated[int, Depends(open_cache)]) -> None:
        raise HTTPException(409, "no")

    return app


def trace_of(app: Any, method: str, path: str, backend: str = "asyncio", **options: Any) -> Trace:
    with Explorer(app, backend=backend) as explorer:
        trace = explorer.request(method, path, trace=True, raise_exceptions=False, **options).trace
    assert trace is not None
    assert trace.missing == 0
    return trace


def by_kind(trace: Trace, kind: str) -> list[Step]:
    return [one for one in trace.steps if one.kind == kind]


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_the_steps_of_fastapi(backend: str) -> None:
    """The input is validated, the endpoint runs, the response is built: each has its time, in this order."""
    trace = trace_of(app_of(), "POST", "/books/3", backend, json={"title": "a"})

    validations = by_kind(trace, "validate")  # more than one on a slow machine: those close to each other are one
    (endpoint,) = by_kind(trace, "endpoint")
    (serialize,) = by_kind(trace, "serialize")
    assert (endpoint.name, endpoint.thread, endpoint.depth) == (
        "app_of.<locals>.add".rpartition(".")[2],
        "event loop",
        0,
    )
    assert endpoint.source.startswith(HERE)
    assert validations
    assert all(0 < one.began_ns < endpoint.began_ns for one in validations)
    assert endpoint.began_ns < serialize.began_ns < trace.first_byte_ns  # type: ignore[operator]
    assert serialize.total_ns > 0


def test_invalid_input() -> None:
    """Of a request that is refused, only the validation is there."""
    trace = trace_of(app_of(), "POST", "/books/x", json={})

    assert {one.kind for one in trace.steps} == {"validate"}


@pytest.mark.parametrize("path", ["/books", "/broken"])
def test_cleanups(path: str) -> None:
    """What a dependency does after its yield has its time, also after an exception of the endpoint."""
    trace = trace_of(app_of(), "GET", path)

    found = {one.name: one for one in trace.dependencies}
    assert found["cache"].cleanup_ns > 29 * MS
    assert [one.began_ns for one in trace.steps] == sorted(one.began_ns for one in trace.steps)
    steps = {one.name: one for one in by_kind(trace, "cleanup")}
    assert steps["clean up cache"].total_ns == found["cache"].cleanup_ns
    (endpoint,) = by_kind(trace, "endpoint")
    assert steps["clean up cache"].began_ns >= endpoint.began_ns + endpoint.total_ns
    if path == "/books":
        assert found["db"].cleanup_ns > 19 * MS
        assert steps["clean up cache"].began_ns < steps["clean up db"].began_ns
        assert endpoint.thread == "worker thread"
    else:
        assert endpoint.error.startswith("HTTPException")


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_background(backend: str) -> None:
    """Each task in the background has its time after the response, and is none of it."""
    app = app_of()
    if backend == "trio":

        @app.get("/trio")
        async def show(background: BackgroundTasks) -> str:
            background.add_task(anyio.sleep, 0.04)
            return "ok"

    trace = trace_of(app, "GET", "/later" if backend == "asyncio" else "/trio", backend)

    found = by_kind(trace, "background")
    assert len(found) == (2 if backend == "asyncio" else 1)
    assert all(one.total_ns > 39 * MS for one in found)
    assert trace.response_end_ns is not None
    assert found[0].began_ns >= trace.response_end_ns - MS
    assert trace.first_byte_ns is not None
    assert trace.duration_ns > trace.first_byte_ns + 39 * MS


def test_in_a_task_of_a_layer() -> None:
    """An endpoint that runs in a task of a layer has its steps too."""

    async def add_time(request: Any, call_next: Callable) -> Any:
        return await call_next(request)

    trace = trace_of(app_of(add_time, add_time), "GET", "/books")

    assert [one.name for one in by_kind(trace, "endpoint")] == ["books"]
    assert len(by_kind(trace, "cleanup")) == 2


def test_nothing_stays_behind() -> None:
    """The functions of FastAPI, Starlette and anyio are back after the last traced request."""

    def functions() -> list[Any]:
        return [
            fastapi.routing.run_endpoint_function,
            fastapi.routing.serialize_response,
            BackgroundTask.__call__,
            anyio.to_thread.run_sync,
        ]

    before = functions()
    trace_of(app_of(), "GET", "/books")

    assert functions() == before


# -- findings ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_blocked_loop(backend: str) -> None:
    """An async def that sleeps without awaiting holds the loop, and its line is named."""
    app = FastAPI()

    @app.get("/")
    async def show() -> None:
        time.sleep(0.4)

    (found,) = [one for one in trace_of(app, "GET", "/", backend).findings if one.kind == "blocked loop"]

    assert found.text.startswith(f"Blocked loop: show() at {HERE}:")
    assert "holds the event loop for" in found.text
    assert "worker thread" in found.remedy


def test_blocking_calls() -> None:
    """Calls that an async def does not await hold the loop too; the same calls in a def do not."""
    app = FastAPI()

    def query() -> None:
        db = sqlite3.connect(":memory:")
        db.create_function("wait", 0, lambda: time.sleep(0.07))
        db.execute("select wait()")
        db.close()

    @app.get("/async")
    async def blocking() -> None:
        query()

    @app.get("/sync")
    def threaded() -> None:
        query()

    (found,) = [one for one in trace_of(app, "GET", "/async").findings if one.kind == "blocked loop"]

    assert found.text.startswith(f"Blocked loop: query() at {HERE}")
    assert [one.kind for one in trace_of(app, "GET", "/sync").findings if one.kind == "blocked loop"] == []


def test_no_loop_is_blocked_by_waiting() -> None:
    """Neither what is awaited, nor what waits in a worker thread, holds the loop."""
    app = FastAPI()

    @app.get("/async")
    async def waiting() -> None:
        await asyncio.sleep(0.3)

    @app.get("/sync")
    def threaded() -> None:
        time.sleep(0.3)

    for path in ("/async", "/sync"):
        assert [one.kind for one in trace_of(app, "GET", path).findings] == []


def test_waited_for_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """A def that has to wait until another request leaves its worker thread is a finding; one that need not is not."""
    app = FastAPI()
    began, may_end = threading.Event(), threading.Event()

    @app.get("/slow")
    def slow() -> None:
        began.set()
        may_end.wait(20)

    @app.get("/quick")
    def quick() -> None:
        pass

    @app.get("/limit")
    async def limit() -> None:
        anyio.to_thread.current_default_thread_limiter().total_tokens = 1

    with Explorer(app) as explorer:
        explorer.get("/limit")
        with monkeypatch.context() as patch:  # on a busy machine a free thread starts late too
            patch.setattr("ipyasgi.tracing.findings.SLOW_NS", 10**9)
            free = explorer.get("/quick", trace=True).trace
        pending = explorer.begin("GET", "/slow")
        assert began.wait(20)
        waiting = explorer.begin("GET", "/quick", trace=True)
        threading.Timer(0.3, may_end.set).start()
        trace = waiting.result().trace
        pending.result()

    assert free is not None
    assert free.findings == ()
    assert trace is not None
    (found,) = [one for one in trace.findings if one.kind == "waited for a thread"]
    assert found.text.startswith("Waited for a thread: quick() at tracing/test_steps.py:")
    assert "total_tokens" in found.remedy


def test_slow_response(monkeypatch: pytest.MonkeyPatch) -> None:
    """A response that takes most of the time to build, much more than the calls, is a finding with its line."""
    plain = fastapi.routing.serialize_response

    async def slowly(**options: Any) -> Any:
        await asyncio.sleep(0.15)
        return await plain(**options)

    monkeypatch.setattr(fastapi.routing, "serialize_response", slowly)
    app = app_of()

    (found,) = trace_of(app, "POST", "/books/3", json={"title": "a"}).findings

    assert found.kind == "slow response"
    assert found.text.startswith(f"Slow response: building the response of add() at {HERE}")
    assert "in pages" in found.remedy


def test_an_error_of_ours_does_not_reach_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    """If a step cannot be noted or read, the app responds as without a trace."""

    def fail(*_: object, **__: object) -> None:
        raise AttributeError("a bug of ours")

    for name in ("ipyasgi.tracing.steps._describe", "ipyasgi.tracing.freezing.read_steps"):
        monkeypatch.setattr(name, fail)
        with Explorer(app_of()) as explorer:
            exchange = explorer.get("/books", trace=True)
        assert exchange.json() == [{"title": "a"}]
        assert exchange.trace is not None
        assert exchange.trace.missing > 0
