"""Queries of PostgreSQL: asyncpg, psycopg, and SQLAlchemy and Django on top of them, on a server of Debian's."""

import asyncio
import contextlib
import io
import re
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import anyio.to_thread
import asyncpg
import psycopg
import psycopg.rows
import pytest
import sqlalchemy as sa
import tortoise.backends.asyncpg.client  # noqa: F401 (an app has it from its start)
from psycopg import sql
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from sqlalchemy.pool import NullPool
from tortoise import Tortoise
from tortoise.transactions import in_transaction

from ipyasgi import Explorer
from ipyasgi.tracing import Call

from ..traced import app_of, calls_of, problems_of, trace_of
from . import tortoise_books
from .django_books import database_of_books
from .servers import run_postgresql

pytestmark = [pytest.mark.nightly, pytest.mark.timeout(300)]  # the first one may install the server

Show = Callable[[list[Call]], None]
HERE = "libraries/test_postgresql.py"
BOOKS = """
    drop table if exists book, author;
    create table author (id int primary key, name text, password text);
    create table book (id int primary key, title text, author_id int references author);
    insert into author select n, 'Ann ' || n, 'x' from generate_series(1, 5) n;
    insert into book select n, 'Miso ' || n, n from generate_series(1, 5) n;
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Give the URL of a database."""
    with run_postgresql() as url:
        yield url


@pytest.fixture
def url(server: str) -> str:
    """Give the URL of a database with five books by five authors."""
    with psycopg.connect(server) as connection:
        connection.execute(BOOKS)
    return server


def parts_of(calls: list[Call]) -> list[tuple[str, str, int | None]]:
    """Return statement, parameters and rows of each call."""
    return [(call.statement, call.parameters, call.rows) for call in calls]


# -- asyncpg -------------------------------------------------------------------------------------------------------


def test_asyncpg(url: str, show: Show) -> None:
    """All ways to send a statement are recorded once, with parameters, rows and line."""

    async def work() -> None:
        db = await asyncpg.connect(url)
        await db.fetch("select * from book where id > $1", 2)
        await db.fetchrow("select * from book")
        await db.fetchval("select count(*) from book where title like $1", "M%")
        await db.execute("update book set title = 'x'")
        await db.execute("update author set password = $1 where id < $2", "hunter2", 3)
        await db.executemany("insert into author values ($1, $2)", [(6, "Ben"), (7, "Cid")])
        await db.copy_records_to_table("author", records=[(8, "Dan", "hunter2")])
        await db.copy_from_query("select id from author where id > 7", output=io.BytesIO())
        await db.close()

    calls = calls_of(work)

    show(calls)
    assert parts_of(calls) == [
        ("select * from book where id > $1", "2", 3),
        ("select * from book", "", 1),
        ("select count(*) from book where title like $1", "'M%'", 1),
        ("update book set title = 'x'", "", 5),
        ("update author set password = $1 where id < $2", "•••, •••", 2),
        ("insert into author values ($1, $2)", "•••, •••, … 2 sets in all", None),
        ("COPY author FROM STDIN", "", 1),
        ("COPY (select id from author where id > 7) TO STDOUT", "", 1),
    ]
    assert {(call.kind, call.library, call.thread) for call in calls} == {("sql", "asyncpg", "event loop")}
    assert {call.function for call in calls} == {"work"}
    assert all(HERE in call.place and call.total_ns > 0 and call.ended for call in calls)


def test_prepared_and_cursors(url: str, show: Show) -> None:
    """Prepared statements and cursors have the statement, and a transaction its two."""

    async def work() -> None:
        db = await asyncpg.connect(url)
        async with db.transaction():
            statement = await db.prepare("select title from book where id = $1")
            await statement.fetchval(1)
            await statement.fetch(2)
            await (await db.prepare("insert into author values ($1)")).executemany([(6,), (7,)])
            async for _ in db.cursor("select id from book where id > $1", 2):
                pass
            await (await db.cursor("select id from author")).fetch(3)
        await db.close()

    calls = calls_of(work)

    show(calls)
    assert parts_of(calls) == [
        ("BEGIN;", "", None),
        ("select title from book where id = $1", "1", 1),
        ("select title from book where id = $1", "2", 1),
        ("insert into author values ($1)", "", None),
        ("select id from book where id > $1", "2", None),
        ("select id from author", "", None),
        ("COMMIT;", "", None),
    ]
    assert {call.function for call in calls} == {"work"}


def test_pool_made_before(url: str, show: Show) -> None:
    """Connections that a pool opened before the first trace are watched too."""
    pools: list[Any] = []

    async def work() -> None:
        if not pools:
            pools.append(await asyncpg.create_pool(url, min_size=1, max_size=1))
        await pools[0].fetch("select 1 + $1::int", 2)

    with Explorer(app_of(work), lifespan="off") as explorer:
        explorer.get("/")
        trace = explorer.get("/", trace=True).trace
        pools[0].terminate()

    assert trace is not None
    call = trace.calls[0]
    show([call])
    assert (call.statement, call.parameters, call.rows, call.function) == ("select 1 + $1::int", "2", 1, "work")


def test_error_of_asyncpg(url: str, show: Show) -> None:
    """The app gets the library's exception, and the call has its text with the secrets masked."""
    raised: list[BaseException] = []

    async def work() -> None:
        db = await asyncpg.connect(url)
        try:
            await db.execute("insert into author values (1, 'Ann')")
        except asyncpg.UniqueViolationError as exc:
            raised.append(exc)
        await db.close()

    (call,) = calls_of(work)

    show([call])
    assert call.error.startswith("UniqueViolationError: duplicate key value")
    assert call.rows is None
    assert len(raised) == 1


def test_n_plus_one_and_repeated_query_of_asyncpg(url: str) -> None:
    """Both are found, each with its line."""

    async def author_of(db: Any, number: int) -> None:
        await db.fetchrow("select name from author where id = $1", number)

    async def work() -> None:
        db = await asyncpg.connect(url)
        for book in await db.fetch("select * from book"):
            await author_of(db, book["author_id"])
        for _ in range(2):
            await db.fetch("select title from book where id = $1", 1)
        await db.close()

    found = {finding.kind: finding for finding in problems_of(trace_of(work))}

    assert sorted(found) == ["n+1", "repeated query"]
    assert found["n+1"].text.startswith(f"N+1: author_of() at {found['n+1'].place} sends the same query 5 times")
    assert "work() at " in found["repeated query"].text
    assert all(HERE in finding.place for finding in found.values())


# -- psycopg -------------------------------------------------------------------------------------------------------

TITLE = sql.SQL("select {} from book where id = {} and title <> {}").format(
    sql.Identifier("title"), sql.Placeholder(), "it's"
)


def query_with_psycopg(url: str) -> None:
    with psycopg.connect(url) as db:
        db.execute("select * from book where id > %s", (2,)).fetchall()
        with db.cursor(row_factory=psycopg.rows.dict_row) as cursor:
            cursor.execute("update author set password = %(p)s where id < 3", {"p": "hunter2"})
            cursor.executemany("insert into author (id, name) values (%s, %s)", [(6, "Ben"), (7, "Cid")])
            cursor.execute(TITLE, (1,))
            assert len(list(cursor.stream(b"select * from author where id > %s", (3,)))) == 4
            with cursor.copy("copy author (id) from stdin") as copy:
                copy.write_row((8,))
        with db.cursor("named") as named:
            named.execute("select * from book")


async def query_with_async_psycopg(url: str) -> None:
    async with await psycopg.AsyncConnection.connect(url) as db:
        await db.execute("select * from book where id > %s", (2,))
        async with db.cursor(row_factory=psycopg.rows.dict_row) as cursor:
            await cursor.execute("update author set password = %(p)s where id < 3", {"p": "hunter2"})
            await cursor.executemany("insert into author (id, name) values (%s, %s)", [(6, "Ben"), (7, "Cid")])
            await cursor.execute(TITLE, (1,))
            assert len([row async for row in cursor.stream(b"select * from author where id > %s", (3,))]) == 4
            async with cursor.copy("copy author (id) from stdin") as copy:
                await copy.write_row((8,))
        async with db.cursor("named") as named:
            await named.execute("select * from book")


@pytest.mark.parametrize(
    ("is_async", "backend"), [(True, "asyncio"), (False, "asyncio"), (False, "trio")], ids=["async", "sync", "trio"]
)
def test_psycopg(url: str, is_async: bool, backend: str, show: Show) -> None:
    """All ways to send a statement are recorded once, sync ones in worker threads of both loops too."""

    async def work() -> None:
        if is_async:
            await query_with_async_psycopg(url)
        else:
            await anyio.to_thread.run_sync(query_with_psycopg, url)

    calls = calls_of(work, backend=backend)

    show(calls)
    assert parts_of(calls) == [
        ("select * from book where id > %s", "2", 3),
        ("update author set password = %(p)s where id < •••", "p=•••", 2),
        ("insert into author (id, name) values (%s, %s)", "6, 'Ben', … 2 sets in all", 2),
        ("select \"title\" from book where id = %s and title <> 'it''s'", "1", 1),
        ("select * from author where id > %s", "3", None),
        ("copy author (id) from stdin", "", None),
        ("select * from book", "", None),
    ]
    thread = "event loop" if is_async else "worker thread"
    function = "query_with_async_psycopg" if is_async else "query_with_psycopg"
    assert {(call.kind, call.library, call.thread, call.function) for call in calls} == {
        ("sql", "psycopg", thread, function)
    }
    assert all(HERE in call.place for call in calls)


def test_error_of_psycopg(url: str, show: Show) -> None:
    """The app gets the library's exception, and the call has its text."""

    async def work() -> None:
        async with await psycopg.AsyncConnection.connect(url) as db:
            with pytest.raises(psycopg.errors.UndefinedTable):
                await db.execute("select * from missing")

    (call,) = calls_of(work)

    show([call])
    assert call.error.startswith('UndefinedTable: relation "missing" does not exist')


def test_n_plus_one_and_repeated_query_of_psycopg(url: str) -> None:
    """Both are found, each with its line."""

    async def work() -> None:
        async with await psycopg.AsyncConnection.connect(url) as db:
            for number in range(1, 6):
                await db.execute("select name from author where id = %s", (number,))
            for _ in range(2):
                await db.execute("select title from book where id = %s", (1,))

    found = {finding.kind: finding for finding in problems_of(trace_of(work))}

    assert sorted(found) == ["n+1", "repeated query"]
    assert all(HERE in finding.place and "work() at" in finding.text for finding in found.values())


# -- on top of them ------------------------------------------------------------------------------------------------


PREPARES = re.compile(r"select pg_catalog|select current_schema|show ")
"""What SQLAlchemy asks of the first connection of an engine."""


class Base(DeclarativeBase):
    """The base of the models."""


class Author(Base):
    """One author."""

    __tablename__ = "author"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Book(Base):
    """One book."""

    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("author.id"))
    author: Mapped[Author] = relationship()


@contextlib.asynccontextmanager
async def session_of(url: str, driver: str) -> AsyncIterator[AsyncSession]:
    """Give a session."""
    engine = create_async_engine(url.replace("postgresql", f"postgresql+{driver}"), poolclass=NullPool)
    async with engine.connect() as connection:
        yield AsyncSession(connection)
    await engine.dispose()


@pytest.mark.parametrize("driver", ["asyncpg", "psycopg"])
def test_sqlalchemy(url: str, driver: str, show: Show) -> None:
    """Each statement is recorded once, as SQLAlchemy's, although the driver below it is watched too."""

    async def work() -> None:
        async with session_of(url, driver) as session:
            for book in await session.scalars(sa.select(Book).order_by(Book.id)):
                await session.run_sync(lambda _, book=book: book.author.name)
            session.add_all([Author(id=number, name="Ben") for number in (6, 7)])
            await session.commit()

    trace = trace_of(work)

    calls = [call for call in trace.calls if not PREPARES.match(call.statement)]
    show(calls)
    assert {call.library for call in trace.calls} == {"SQLAlchemy"}
    assert [call.statement.split()[0] for call in calls] == ["SELECT"] * 6 + ["INSERT"]
    assert [call.rows for call in calls] == [5, 1, 1, 1, 1, 1, None if driver == "asyncpg" else 2]
    assert all(HERE in call.place for call in calls)
    (found,) = problems_of(trace)
    assert (found.kind, found.count) == ("n+1", 5)
    assert HERE in found.place


def test_sqlalchemy_sync(url: str, show: Show) -> None:
    """It is so with the sync engine in a worker thread."""
    engine = sa.create_engine(url.replace("postgresql", "postgresql+psycopg"))

    def query() -> None:
        with Session(engine) as session:
            for book in session.scalars(sa.select(Book).order_by(Book.id)):
                str(book.author.name)

    async def work() -> None:
        await asyncio.to_thread(query)

    trace = trace_of(work)
    engine.dispose()

    show(list(trace.calls))
    assert {call.library for call in trace.calls} == {"SQLAlchemy"}
    assert [call.function for call in trace.calls if "FROM author" in call.statement] == ["query"] * 5
    assert [finding.kind for finding in problems_of(trace)] == ["n+1"]


@pytest.mark.parametrize("view", ["loop", "loop_async"])
def test_django(server: str, view: str, show: Show) -> None:
    """A query for each row of Django's ORM is found, each statement once although psycopg is below it."""
    user, _, place = server.removeprefix("postgresql://").partition("@")
    host, _, port = place.partition("/")[0].partition(":")
    options = {"ENGINE": "django.db.backends.postgresql", "NAME": "postgres", "USER": user, "HOST": host, "PORT": port}
    with database_of_books(options) as app, Explorer(app, lifespan="off") as explorer:
        explorer.get(f"/{view}")
        trace = explorer.get(f"/{view}", trace=True).trace

    assert trace is not None
    show(list(trace.calls))
    setting, *calls = trace.calls
    assert (setting.library, setting.function) == ("psycopg", view), "Django sets each new connection up"
    assert {call.library for call in calls} == {"Django"}
    assert [call.rows for call in calls] == [5, 1, 1, 1, 1, 1]
    (found,) = problems_of(trace)
    assert (found.kind, found.count) == ("n+1", 5)
    assert f"{view}() at " in found.text


def test_tortoise(url: str, show: Show) -> None:
    """Each statement of Tortoise ORM is recorded once although asyncpg is below it; its transactions are asyncpg's."""

    async def work() -> None:
        await Tortoise.init(db_url=url.replace("postgresql", "asyncpg"), modules={"models": [tortoise_books.__name__]})
        async with in_transaction():
            await tortoise_books.Author.create(id=6, name="Ben")
        for number in range(1, 4):
            await tortoise_books.Author.get(id=number)
        await Tortoise.close_connections()

    trace = trace_of(work)

    calls = [call for call in trace.calls if "author" in call.statement]
    show(calls)
    assert {call.library for call in calls} == {"Tortoise ORM"}
    assert [call.statement.split()[0] for call in calls] == ["INSERT"] + ["SELECT"] * 3
    assert [call.rows for call in calls[1:]] == [1, 1, 1]
    assert [call.statement for call in trace.calls if call.library == "asyncpg" and HERE in call.place][:2] == [
        "BEGIN;",
        "COMMIT;",
    ]
    assert [(finding.kind, finding.count) for finding in problems_of(trace)] == [("n+1", 3)]


# -- many at a time ------------------------------------------------------------------------------------------------


def test_twenty_in_flight(url: str) -> None:
    """The taps come and go while twenty requests are under way, and each gets its rows."""

    async def work() -> None:
        db = await asyncpg.connect(url)
        async with await psycopg.AsyncConnection.connect(url) as other:
            for number in range(1, 6):
                assert await db.fetchval("select id from book where id = $1", number) == number
                cursor = await other.execute(
                    "select id from book where id = %s and pg_sleep(0.002) is not null", [number]
                )
                assert await cursor.fetchone() == (number,)
        await db.close()

    with Explorer(app_of(work), lifespan="off") as explorer:
        pending = [explorer.begin("GET", "/") for _ in range(20)]
        counts = {len(explorer.get("/", trace=True).trace.calls) for _ in range(10)}  # type: ignore[union-attr]
        statuses = [one.result().status_code for one in pending]

    assert statuses == [200] * 20
    assert counts == {10}
