"""aiosqlite and Python's own sqlite3."""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterator
from typing import Any

from ..place import is_called_by, is_of_app
from ..statements import picture_parameters
from ..tracer import OpenCall, current_tracer
from .library import Describe, Library, Target, add_rows, watch, watch_by

_METHODS = {"execute": False, "executemany": True, "executescript": False, "_execute_insert": False,
            "_execute_fetchall": False}  # fmt: skip


def _aiosqlite() -> Iterator[Target]:
    def describe(_: Any, function: Any, *args: Any, **kwargs: Any) -> OpenCall | None:
        name = getattr(function, "__name__", "")
        if name not in _METHODS or not args or not isinstance(args[0], str) or is_called_by("sqlalchemy", "aiosqlite"):
            return None
        pictured = picture_parameters(args[1] if len(args) > 1 else None, many=_METHODS[name])
        return OpenCall(kind="sql", library="aiosqlite", statement=args[0], parameters=pictured)

    def finish(call: OpenCall, cursor: Any, args: Any) -> None:
        add_rows(call, cursor)

    owner = sys.modules["aiosqlite.core"].Connection
    if "_execute" in vars(owner):
        yield owner, "_execute", watch_by(describe, finish)


def _sqlite3() -> Iterator[Target]:
    """Yield ``connect``: the types of sqlite3 cannot be changed, so only connections made meanwhile are watched."""
    sqlite3 = sys.modules["sqlite3"]
    connection_type = _connection_type(sqlite3)

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
def _connection_type(sqlite3: Any) -> type:
    """Return a subclass of sqlite3's connection that records statements, also those of its cursors."""

    def describe(many: bool) -> Describe:
        def described(_: Any, statement: Any, parameters: Any = None, *__: Any) -> OpenCall:
            pictured = picture_parameters(parameters, many=many)
            return OpenCall(kind="sql", library="sqlite3", statement=str(statement), parameters=pictured)

        return described

    def finish(call: OpenCall, cursor: Any, args: Any) -> None:
        add_rows(call, cursor)

    def watched(plain: type) -> dict[str, Any]:
        methods = {"execute": False, "executemany": True, "executescript": False}
        own = {name: watch(getattr(plain, name), describe(many), finish) for name, many in methods.items()}
        return {**own, "__module__": plain.__module__}

    cursor_type = type("Cursor", (sqlite3.Cursor,), watched(sqlite3.Cursor))

    def cursor(connection: Any, factory: Any = cursor_type) -> Any:
        return sqlite3.Connection.cursor(connection, factory)

    return type("Connection", (sqlite3.Connection,), {**watched(sqlite3.Connection), "cursor": cursor})


AIOSQLITE = Library(name="aiosqlite", module="aiosqlite.core", targets=_aiosqlite)
SQLITE3 = Library(
    name="sqlite3 connections that the app opens in the request", module="sqlite3.dbapi2", targets=_sqlite3
)
