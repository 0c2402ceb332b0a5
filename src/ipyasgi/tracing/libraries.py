"""The libraries whose calls are watched: which functions a trace replaces, and what it reads from their arguments.

Only what the process has imported is replaced; nothing is imported here. Each function replaced calls the original one
with the same arguments, and returns or raises what that does.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from .place import is_called_by, is_of_app
from .statements import MOST_CHARS, picture_parameters
from .tracer import OpenCall, current_tracer

Wrap = Callable[[Any], Any]
"""Returns the replacement of a function; called once for each function, and the replacement is used again."""
Target = tuple[Any, str, Wrap]
"""A module or class, the name of a function in it, and its wrapper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """
    One library.

    :ivar name: as users know it, with a remark on what is watched
    :ivar module: the module whose import makes it worth watching
    :ivar targets: yields what to replace; called when the module was imported
    :ivar makes_calls: whether it calls databases or servers, so that its name is of interest
    """

    name: str
    module: str
    targets: Callable[[], Iterator[Target]]
    makes_calls: bool = True


def _watch(before: Any, describe: Callable[..., OpenCall | None], finish: Callable[[OpenCall, Any, Any], None]) -> Any:
    """
    Return a function that records a call around the original function.

    :param describe: returns the call from the arguments; None for one that is not recorded
    :param finish: adds what the result shows; takes the call, the result and the arguments
    """

    is_async = inspect.iscoroutinefunction(before)

    def begin(args: Any, kwargs: Any) -> OpenCall | None:
        tracer = current_tracer()
        if tracer is None:
            return None
        try:
            call = describe(*args, **kwargs)
            if call is None or current_tracer(call.kind) is None:
                return None
            return tracer.begin(call, is_async=is_async)
        except Exception:  # the app goes on
            tracer.missing += 1
            return None

    def end(call: OpenCall, result: Any, args: Any) -> None:
        try:
            finish(call, result, args)
        except Exception:  # the app goes on; the call is recorded without its result
            return

    if is_async:

        @functools.wraps(before)
        async def watched_async(*args: Any, **kwargs: Any) -> Any:
            call = begin(args, kwargs)
            if call is None:
                return await before(*args, **kwargs)
            with call:
                result = await before(*args, **kwargs)
            end(call, result, args)
            return result

        return watched_async

    @functools.wraps(before)
    def watched(*args: Any, **kwargs: Any) -> Any:
        call = begin(args, kwargs)
        if call is None:
            return before(*args, **kwargs)
        with call:
            result = before(*args, **kwargs)
        end(call, result, args)
        return result

    return watched


# -- HTTP ----------------------------------------------------------------------------------------------------------


def _http(library: str, module: str, *classes: str) -> Library:
    """Return a library whose clients have a method ``send`` that takes a request with method and URL."""

    def describe(client: Any, request: Any, *_: Any, **__: Any) -> OpenCall:
        return OpenCall(kind="http", library=library, method=str(request.method), url=str(request.url)[:MOST_CHARS])

    def finish(call: OpenCall, response: Any, args: Any) -> None:
        call.status = response.status_code

    def targets() -> Iterator[Target]:
        for name in classes:
            owner = getattr(sys.modules[module], name, None)
            if owner is not None and "send" in vars(owner):
                yield owner, "send", lambda before: _watch(before, describe, finish)

    return Library(name=library, module=module, targets=targets)


# -- SQL -----------------------------------------------------------------------------------------------------------


def _rows(call: OpenCall, cursor: Any) -> None:
    count = getattr(cursor, "rowcount", -1)
    call.rows = count if type(count) is int and count >= 0 else None


def _sqlalchemy() -> Iterator[Target]:
    """Yield the methods of all dialects that call a driver; events would miss connections that are open already."""

    def describe(many: bool) -> Callable[..., OpenCall]:
        def described(_: Any, cursor: Any, statement: Any, parameters: Any = None, *__: Any, **___: Any) -> OpenCall:
            pictured = picture_parameters(parameters, many=many)
            return OpenCall(kind="sql", library="SQLAlchemy", statement=str(statement), parameters=pictured)

        return described

    def without_parameters(_: Any, cursor: Any, statement: Any, *__: Any, **___: Any) -> OpenCall:
        return OpenCall(kind="sql", library="SQLAlchemy", statement=str(statement))

    def finish(call: OpenCall, result: Any, args: Any) -> None:
        _rows(call, args[1])

    methods = {
        "do_execute": describe(False),
        "do_executemany": describe(True),
        "do_execute_no_params": without_parameters,
    }
    waiting, seen = [sys.modules["sqlalchemy.engine.default"].DefaultDialect], set()
    while waiting:
        dialect = waiting.pop()
        if dialect in seen:
            continue
        seen.add(dialect)
        waiting += type.__subclasses__(dialect)
        for name, described in methods.items():
            if name in vars(dialect):
                yield dialect, name, functools.partial(_watch, describe=described, finish=finish)


_AIOSQLITE = {"execute": False, "executemany": True, "executescript": False, "_execute_insert": False,
              "_execute_fetchall": False}  # fmt: skip


def _aiosqlite() -> Iterator[Target]:
    def describe(_: Any, function: Any, *args: Any, **kwargs: Any) -> OpenCall | None:
        name = getattr(function, "__name__", "")
        if (
            name not in _AIOSQLITE
            or not args
            or not isinstance(args[0], str)
            or is_called_by("sqlalchemy", "aiosqlite")
        ):
            return None
        pictured = picture_parameters(args[1] if len(args) > 1 else None, many=_AIOSQLITE[name])
        return OpenCall(kind="sql", library="aiosqlite", statement=args[0], parameters=pictured)

    def finish(call: OpenCall, cursor: Any, args: Any) -> None:
        _rows(call, cursor)

    owner = sys.modules["aiosqlite.core"].Connection
    if "_execute" in vars(owner):
        yield owner, "_execute", functools.partial(_watch, describe=describe, finish=finish)


def _sqlite3() -> Iterator[Target]:
    """Yield ``connect``: the types of sqlite3 cannot be changed, so only connections made meanwhile are watched."""
    sqlite3 = sys.modules["sqlite3"]
    connection_type = _sqlite3_connection(sqlite3)

    def wrap(before: Any) -> Any:
        @functools.wraps(before)
        def connect(*args: Any, **kwargs: Any) -> Any:
            has_factory = "factory" in kwargs or len(args) > 5
            # A connection of a library, which may keep it in a pool, stays as it is.
            if current_tracer("sql") is not None and not has_factory and is_of_app(sys._getframe(1).f_code.co_filename):
                kwargs = {**kwargs, "factory": connection_type}
            return before(*args, **kwargs)

        return connect

    yield sqlite3, "connect", wrap
    yield sys.modules["sqlite3.dbapi2"], "connect", wrap


@functools.cache
def _sqlite3_connection(sqlite3: Any) -> type:
    """Return a subclass of sqlite3's connection that records statements, also those of its cursors."""

    def describe(many: bool) -> Callable[..., OpenCall]:
        def described(_: Any, statement: Any, parameters: Any = None, *__: Any) -> OpenCall:
            pictured = picture_parameters(parameters, many=many)
            return OpenCall(kind="sql", library="sqlite3", statement=str(statement), parameters=pictured)

        return described

    def finish(call: OpenCall, cursor: Any, args: Any) -> None:
        _rows(call, cursor)

    def watched(plain: type) -> dict[str, Any]:
        methods = {"execute": False, "executemany": True, "executescript": False}
        own = {name: _watch(getattr(plain, name), describe(many), finish) for name, many in methods.items()}
        return {**own, "__module__": plain.__module__}

    cursor_type = type("Cursor", (sqlite3.Cursor,), watched(sqlite3.Cursor))

    def cursor(connection: Any, factory: Any = cursor_type) -> Any:
        return sqlite3.Connection.cursor(connection, factory)

    return type("Connection", (sqlite3.Connection,), {**watched(sqlite3.Connection), "cursor": cursor})


LIBRARIES = (
    Library(name="SQLAlchemy", module="sqlalchemy.engine.default", targets=_sqlalchemy),
    Library(name="aiosqlite", module="aiosqlite.core", targets=_aiosqlite),
    Library(name="sqlite3 connections that the app opens in the request", module="sqlite3.dbapi2", targets=_sqlite3),
    _http("httpx", "httpx", "Client", "AsyncClient"),
    _http("httpx2", "httpx2", "Client", "AsyncClient"),
    _http("requests", "requests.sessions", "Session"),
)

UNWATCHED = {
    "sqlite3.dbapi2": "other sqlite3 connections",
    "aiohttp.client": "aiohttp",
    "aiomysql": "aiomysql",
    "asyncpg.connection": "asyncpg",
    "botocore.client": "botocore",
    "django.db.backends.utils": "Django's ORM",
    "elasticsearch": "elasticsearch",
    "grpc": "grpc",
    "MySQLdb": "MySQLdb",
    "oracledb": "oracledb",
    "peewee": "peewee",
    "psycopg": "psycopg",
    "psycopg2": "psycopg2",
    "pymongo": "pymongo",
    "pymysql": "pymysql",
    "redis": "redis",
    "tortoise": "Tortoise ORM",
}
"""Modules of libraries that call databases or servers and are not watched, with their names."""
