"""The calls that an app makes of databases and servers, as its trace has them."""

import asyncio
import contextlib
import http.server
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import aiosqlite
import anyio.to_thread
import httpx
import httpx2
import pytest
import requests
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import StaticPool

from ipyasgi import Explorer
from ipyasgi.tracing.taps import TRACE_TAPS
from ipyasgi.tracing.tracer import OpenCall, Tracer, current_tracer

from .traced import app_of, calls_of, trace_of

HERE = "tracing/test_calls.py"


@pytest.fixture
def engine() -> Iterator[sa.Engine]:
    """Give an engine whose one connection was opened before any trace."""
    engine = sa.create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    with engine.begin() as connection:
        connection.execute(sa.text("create table book (id integer, title text, password text)"))
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Give the address of a server of HTTP."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(302 if self.path == "/moved" else 203)
            self.send_header("location", "/rate")
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def test_sqlalchemy(engine: sa.Engine) -> None:
    """A statement has its SQL, parameters, time, line in the app, thread and number of rows."""

    def query() -> None:
        with engine.begin() as connection:
            connection.execute(sa.text("update book set title = :title where id > :id"), {"title": "x", "id": 7})

    async def work() -> None:
        await asyncio.to_thread(query)

    (call,) = calls_of(work)

    assert (call.kind, call.library) == ("sql", "SQLAlchemy")
    assert call.statement == "update book set title = ? where id > ?"
    assert call.parameters == "'x', 7"
    assert call.place.startswith(HERE)
    assert call.function == "query"
    assert call.rows == 0
    assert call.total_ns > 0
    assert call.thread == "worker thread"
    assert call.ended


def test_sqlalchemy_async() -> None:
    """An async engine's statement is recorded once, with its line in the app, and not again as that of its driver."""
    engine = create_async_engine("sqlite+aiosqlite://", poolclass=StaticPool)

    async def work() -> None:
        async with engine.connect() as connection:
            await connection.execute(sa.text("select 1 where 1 = :one"), {"one": 1})
        await engine.dispose()

    (call,) = calls_of(work)

    assert (call.library, call.function, call.thread) == ("SQLAlchemy", "work", "event loop")
    assert call.place.startswith(HERE)


def test_executemany(engine: sa.Engine) -> None:
    """Many sets of parameters are one call, with the first of them and their number."""

    async def work() -> None:
        with engine.begin() as connection:
            rows = [{"id": number, "title": "x"} for number in range(9)]
            connection.execute(sa.text("insert into book (id, title) values (:id, :title)"), rows)

    (call,) = calls_of(work)

    assert call.parameters == "0, 'x', … 9 sets in all"


def test_failed_statement(engine: sa.Engine) -> None:
    """A statement that fails has the driver's error, and the app gets its exception."""
    raised = []

    async def work() -> None:
        with engine.connect() as connection:
            try:
                connection.execute(sa.text("select * from missing"))
            except sa.exc.OperationalError as exc:
                raised.append(exc)

    (call,) = calls_of(work)

    assert call.error.startswith("OperationalError: no such table")
    assert len(raised) == 1


def test_sqlite3() -> None:
    """Statements of a connection and of its cursors are recorded, if the app opens the connection in the request."""

    async def work() -> None:
        with contextlib.closing(sqlite3.connect(":memory:")) as db:
            assert isinstance(db, sqlite3.Connection)
            db.execute("create table t (a)")
            db.cursor().executemany("insert into t (a) values (?)", [(1,), (2,)])
            db.executescript("select 1; select 2")

    calls = calls_of(work)

    assert [call.statement for call in calls] == [
        "create table t (a)",
        "insert into t (a) values (?)",
        "select 1; select 2",
    ]
    assert {call.library for call in calls} == {"sqlite3"}
    assert calls[1].rows == 2


def test_factory_of_the_app() -> None:
    """A connection that the app makes with a factory of its own stays what it is."""

    class Mine(sqlite3.Connection):
        pass

    async def work() -> None:
        with contextlib.closing(sqlite3.connect(":memory:", factory=Mine)) as db:
            assert type(db) is Mine

    assert calls_of(work) == []


def test_aiosqlite() -> None:
    """A statement of aiosqlite is recorded in the request that waits for it, although another thread runs it."""

    async def work() -> None:
        async with aiosqlite.connect(":memory:") as db:
            await db.execute("create table t (a)")
            await db.execute_insert("insert into t (a) values (?)", (1,))
            async with db.execute("select a from t where a = ?", (1,)) as cursor:
                await cursor.fetchall()

    calls = calls_of(work)

    assert [call.parameters for call in calls] == ["", "1", "1"]
    assert {call.library for call in calls} == {"aiosqlite"}
    assert {call.function for call in calls} == {"work"}


@pytest.mark.parametrize("library", ["httpx", "httpx2", "requests"])
@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
def test_http(server: str, library: str, is_async: bool) -> None:
    """A request to another server has its method, its URL with the secrets masked, and the status."""
    clients: Any = {"httpx": httpx, "httpx2": httpx2}
    url = f"{server}/rate?token=in-a-query&day=3"

    async def work() -> None:
        if library == "requests":
            await asyncio.to_thread(requests.get, url, timeout=5)
        elif is_async:
            async with clients[library].AsyncClient() as client:
                await client.get(url)
        else:
            await asyncio.to_thread(clients[library].get, url)

    (call,) = calls_of(work)

    assert (call.kind, call.library, call.method, call.status) == ("http", library, "GET", 203)
    assert call.url.startswith(server)
    assert call.url.endswith("/rate?token=•••&day=3")


def test_a_call_within_a_call(server: str) -> None:
    """A library that follows a redirect by calling itself makes one call, with the first URL and the last status."""

    async def work() -> None:
        await asyncio.to_thread(requests.get, f"{server}/moved", timeout=5)

    (call,) = calls_of(work)

    assert (call.url, call.status) == (f"{server}/moved", 203)


def test_tasks_and_background_work(engine: sa.Engine) -> None:
    """Calls of tasks, and of work after the response, are in the trace of their request."""

    async def query(number: int) -> None:
        with engine.connect() as connection:
            connection.execute(sa.text(f"select {number}"))

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.gather(query(1), query(2))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})
        await query(3)

    with Explorer(app, lifespan="off") as explorer:
        exchange = explorer.get("/", trace=True)

    assert exchange.trace is not None
    first, second, third = exchange.trace.calls
    assert {first.statement, second.statement} == {"select 1", "select 2"}
    end = exchange.events[-1].at_ns
    assert second.began_ns <= end <= third.began_ns, "calls and messages have one clock"


def test_each_redirect_has_its_trace(engine: sa.Engine) -> None:
    """The exchanges of redirects have traces of their own."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        with engine.connect() as connection:
            connection.execute(sa.text(f"select '{scope['path']}'"))
        moved = scope["path"] == "/old"
        headers = [(b"location", b"/new")] if moved else []
        await send({"type": "http.response.start", "status": 307 if moved else 200, "headers": headers})
        await send({"type": "http.response.body"})

    with Explorer(app, lifespan="off") as explorer:
        exchange = explorer.get("/old", trace=True)

    traces = [exchange.previous[0].trace, exchange.trace]
    assert [[call.statement for call in trace.calls] for trace in traces if trace] == [
        ["select '/old'"],
        ["select '/new'"],
    ]


def test_only_where_asked_for(engine: sa.Engine) -> None:
    """A request is traced if it or the setting says so, and the request has the last word."""

    async def work() -> None:
        with engine.connect() as connection:
            connection.execute(sa.text("select 1"))

    with Explorer(app_of(work), lifespan="off") as explorer:
        explorer.get("/")
        explorer.configure(trace=True)
        explorer.get("/")
        explorer.get("/", trace=False)
        explorer.replay("r2")
        traced = [one.trace is not None for one in explorer.history]

    assert traced == [False, True, False, True]


def test_nothing_stays_behind() -> None:
    """The libraries' own functions are there before the first traced request and after the last one."""
    dialect = sa.engine.default.DefaultDialect

    def functions() -> list[Any]:
        clients = [httpx.Client.send, httpx2.AsyncClient.send, requests.Session.send]
        return [dialect.do_execute, aiosqlite.Connection._execute, sqlite3.connect, sqlite3.dbapi2.connect, *clients]

    before, during = functions(), []

    async def work() -> None:
        during.extend(functions())
        await asyncio.sleep(0)

    trace_of(work)

    assert functions() == before
    assert all(one is not other for one, other in zip(before, during, strict=True))


def test_a_task_that_goes_on(engine: sa.Engine) -> None:
    """What a task of the request does after the request has ended is not recorded, and disturbs nothing."""
    with TRACE_TAPS:
        tracer = Tracer()
        with tracer:
            tracer.close()
            with engine.connect() as connection:
                assert connection.execute(sa.text("select 5")).scalar() == 5
    assert (tracer.calls, tracer.missing) == ([], 0)


def test_an_error_of_ours_does_not_reach_the_app(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """If a call cannot be recorded, the app gets its result, and the trace counts the call as missing."""

    def fail(self: Tracer, call: OpenCall) -> OpenCall:
        raise AttributeError("a bug of ours")

    monkeypatch.setattr(Tracer, "begin", fail)
    got = []

    async def work() -> None:
        with engine.connect() as connection:
            got.append(connection.execute(sa.text("select 5")).scalar())

    trace = trace_of(work)

    assert got == [5]
    assert trace.calls == ()
    assert trace.missing == 1
    assert "1 call not recorded" in trace.to_text()


def test_a_call_that_does_not_end() -> None:
    """A call that the deadline ends is in the trace, with the time until then."""

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(30)

    async def work() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(inner)) as client:
            await client.get("http://api.example/")

    with Explorer(app_of(work), lifespan="off") as explorer:
        with pytest.raises(Exception, match="no response"):
            explorer.get("/", trace=True, timeout=0.3)
        trace = explorer.history[-1].trace

    assert trace is not None
    (call,) = trace.calls
    assert call.total_ns > 200e6
    assert call.status is None


def test_secrets_are_in_no_part(engine: sa.Engine) -> None:
    """Values of secret columns are masked as parameters and as literals, also in what Python shows."""

    async def work() -> None:
        with engine.begin() as connection:
            connection.execute(sa.text("insert into book (id, password) values (1, 'hunter2')"))
            connection.execute(sa.text("select id from book where password = :p"), {"p": "hunter3"})
            connection.exec_driver_sql("insert into book values (1, 'x', ?)", ("hunter4",))

    trace = trace_of(work)

    shown = [str(trace.to_dict()), trace.to_text(), str(trace._repr_mimebundle_()), repr(trace.calls)]
    shown += [f"{call.statement} {call.parameters}" for call in trace.calls]
    assert [text for text in shown if "hunter" in text] == []
    assert len(trace.calls) == 3


def test_secrets_of_the_request_are_in_no_part(engine: sa.Engine) -> None:
    """A secret that came with the request is masked in keys, literals, URLs and findings, whatever their names say."""

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    async def app(scope: Any, receive: Any, send: Any) -> None:
        tracer, token = current_tracer("cache"), dict(scope["headers"])[b"authorization"].decode().split()[1]
        assert tracer is not None
        with tracer.begin(OpenCall(kind="cache", library="x", statement=f"GET user:{token}:name")) or nullcontext():
            pass
        async with httpx.AsyncClient(transport=httpx.ASGITransport(inner)) as client:
            await client.get(f"http://a/users/{token}")
        with engine.connect() as connection:
            for _ in range(2):
                connection.execute(sa.text(f"select title from book where title = '{token}'"))
        await inner(scope, receive, send)

    with Explorer(app, lifespan="off") as explorer:
        trace = explorer.get("/", headers={"authorization": "Bearer abcdef123456"}, trace=True).trace

    assert trace is not None
    assert [call.text for call in trace.calls[:3]] == [
        "GET user:•••:name",
        "GET http://a/users/•••",
        "select title from book where title = '•••'",
    ]
    assert "repeated query" in [finding.kind for finding in trace.findings]
    assert "abcdef" not in f"{trace.calls} {trace.findings} {trace.to_dict()} {trace.to_text()}"


def test_the_libraries_are_named() -> None:
    """The trace names what was watched and what was not, so that silence is not read as "no queries"."""

    async def work() -> None:
        await asyncio.sleep(0)

    trace = trace_of(work)

    assert {"SQLAlchemy", "aiosqlite", "httpx2", "requests"} <= set(trace.watched)
    assert "other sqlite3 connections" in trace.not_watched
    assert "Watched: SQLAlchemy" in trace.to_text()


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_the_place_of_tasks_and_threads(server: str, backend: str) -> None:
    """A call in a task or thread that runs only a library's code has the line that started it."""

    async def work() -> None:
        await anyio.to_thread.run_sync(requests.get, server)
        if backend == "asyncio":
            await asyncio.to_thread(requests.get, server)
            async with httpx.AsyncClient() as client:
                await asyncio.gather(client.get(server), client.get(server))

    calls = calls_of(work, backend=backend)

    assert len(calls) == (4 if backend == "asyncio" else 1)
    lines = [int(call.place.rpartition(":")[2]) for call in calls]
    assert [line - lines[0] for line in lines] == ([0, 2, 4, 4] if backend == "asyncio" else [0])
    assert {call.function for call in calls} == {"work"}
