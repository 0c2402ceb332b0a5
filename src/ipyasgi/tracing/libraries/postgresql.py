"""The drivers of PostgreSQL: asyncpg, and psycopg 3 with its connections of both kinds."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any

from ...records.state import take_picture
from ..place import is_called_by
from ..statements import picture_parameters
from ..tracer import OpenCall
from .library import Library, Target, add_no_result, add_rows, watch_by

_TAG_ROWS = re.compile(r"(\d+)$")  # of a command tag: INSERT 0 2

# -- asyncpg -------------------------------------------------------------------------------------------------------


def _asyncpg_call(statement: Any, parameters: Any = None, *, many: bool = False) -> OpenCall | None:
    if is_called_by("sqlalchemy", "asyncpg"):
        return None
    pictured = picture_parameters(parameters, many=many)
    return OpenCall(kind="sql", library="asyncpg", statement=str(statement), parameters=pictured)


def _add_records(call: OpenCall, result: Any, args: Any) -> None:
    """Add the number of records, or that of the command tag."""
    if isinstance(result, str):
        tag = _TAG_ROWS.search(result)
        call.rows = int(tag[1]) if tag else None
    elif isinstance(result, list):
        call.rows = len(result)


def _asyncpg() -> Iterator[Target]:
    """Yield the methods below those that people call, except for ``execute``, which sends without parameters itself."""

    def execute(_: Any, query: Any, *args: Any, **__: Any) -> OpenCall | None:
        return _asyncpg_call(query, args)

    def fetch(_: Any, query: Any, args: Any = (), *__: Any, **___: Any) -> OpenCall | None:
        return _asyncpg_call(query, args)

    def execute_many(_: Any, query: Any, args: Any, *__: Any, **___: Any) -> OpenCall | None:
        return _asyncpg_call(query, args, many=True)

    def copy(_: Any, statement: Any, *__: Any, **___: Any) -> OpenCall | None:
        return _asyncpg_call(statement)

    def copy_records(_: Any, table_name: Any, *__: Any, **___: Any) -> OpenCall | None:
        return _asyncpg_call(f"COPY {table_name} FROM STDIN")

    def prepared(one: Any, args: Any, *_: Any, **__: Any) -> OpenCall | None:
        return _asyncpg_call(one._query, args)

    def prepared_many(one: Any, *_: Any, **__: Any) -> OpenCall | None:
        return _asyncpg_call(one._query)

    def cursor(one: Any, *_: Any, **__: Any) -> OpenCall | None:
        return _asyncpg_call(one._query, one._args)

    connection = sys.modules["asyncpg.connection"].Connection
    statement = sys.modules["asyncpg.prepared_stmt"].PreparedStatement
    cursors = sys.modules["asyncpg.cursor"].BaseCursor
    for owner, name, describe, finish in (
        (connection, "execute", execute, _add_records),
        (connection, "_execute", fetch, _add_records),
        (connection, "_executemany", execute_many, _add_records),
        (connection, "_copy_in", copy, _add_records),
        (connection, "copy_records_to_table", copy_records, _add_records),
        (connection, "_copy_out", copy, _add_records),
        (statement, "_PreparedStatement__bind_execute", prepared, _add_records),
        (statement, "_PreparedStatement__do_execute", prepared_many, add_no_result),
        (cursors, "_bind_exec", cursor, add_no_result),
        (cursors, "_bind", cursor, add_no_result),
    ):
        if name in vars(owner):
            yield owner, name, watch_by(describe, finish)


# -- psycopg -------------------------------------------------------------------------------------------------------


def _psycopg() -> Iterator[Target]:
    """Yield the methods of all cursors that send a statement; streams and copies send theirs in a generator."""

    def describe(_: Any, query: Any, params: Any = None, *__: Any, **___: Any) -> OpenCall | None:
        return _psycopg_call(query, params)

    def describe_many(_: Any, query: Any, params_seq: Any, *__: Any, **___: Any) -> OpenCall | None:
        return _psycopg_call(query, params_seq, many=True)

    def finish(call: OpenCall, result: Any, args: Any) -> None:
        add_rows(call, args[0])

    psycopg = sys.modules["psycopg"]
    for cursor in (psycopg.Cursor, psycopg.AsyncCursor, psycopg.ServerCursor, psycopg.AsyncServerCursor):
        if "execute" in vars(cursor):
            yield cursor, "execute", watch_by(describe, finish)
        if "executemany" in vars(cursor):
            yield cursor, "executemany", watch_by(describe_many, finish)
    for base in psycopg.Cursor.__mro__:  # which sync and async cursors have in common
        for name in ("_stream_send_gen", "_start_copy_gen"):
            if name in vars(base):
                yield base, name, watch_by(describe, add_no_result)


def _psycopg_call(query: Any, parameters: Any, *, many: bool = False) -> OpenCall | None:
    if is_called_by("sqlalchemy", "psycopg"):
        return None
    pictured = picture_parameters(parameters, many=many)
    return OpenCall(kind="sql", library="psycopg", statement=_text_of(query), parameters=pictured)


def _text_of(query: Any) -> str:
    """Return the text of a query, also of one that is composed; the app's own objects are not asked."""
    if isinstance(query, str):
        return str(query)
    if isinstance(query, bytes):
        return query.decode("utf-8", "replace")
    sql = sys.modules["psycopg.sql"]
    kind, inside = type(query), getattr(query, "_obj", None)
    if kind is sql.Composed:
        return "".join(map(_text_of, inside or ()))
    if kind is sql.SQL:
        return str(inside)
    if kind is sql.Identifier:
        return ".".join('"' + str(part).replace('"', '""') + '"' for part in inside or ())
    if kind is sql.Placeholder:
        return f"%({inside})s" if inside else "%s"
    if kind is sql.Literal:
        return "'" + inside.replace("'", "''") + "'" if type(inside) is str else take_picture(inside).text
    return f"({kind.__name__})"


ASYNCPG = Library(name="asyncpg", module="asyncpg.connection", targets=_asyncpg)
PSYCOPG = Library(name="psycopg", module="psycopg", targets=_psycopg)
