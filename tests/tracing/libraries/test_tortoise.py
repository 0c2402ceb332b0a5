"""Queries of Tortoise ORM, on sqlite in memory: below it is aiosqlite, whose calls are not recorded once more."""

from collections.abc import Callable
from typing import Any

import tortoise.backends.sqlite.client  # noqa: F401 (an app has it from its start)
from tortoise import Tortoise
from tortoise.exceptions import OperationalError
from tortoise.transactions import in_transaction

from ipyasgi.tracing import Call

from .. import traced
from . import tortoise_books
from .tortoise_books import Author, Book

Show = Callable[[list[Call]], None]
HERE = "libraries/test_tortoise.py"


def with_database(work: traced.Work) -> traced.Work:
    """Return the work with a database of three books around it."""

    async def worked() -> None:
        await Tortoise.init(db_url="sqlite://:memory:", modules={"models": [tortoise_books.__name__]})
        try:
            await Tortoise.generate_schemas()
            await work()
        finally:
            await Tortoise.close_connections()

    return worked


def test_statements(show: Show) -> None:
    """Each statement is recorded once, with its parameters, rows and line."""

    async def work() -> None:
        ann = await Author.create(name="Ann")
        await Book.bulk_create([Book(title=f"Miso {number}", author=ann) for number in range(3)])
        await Book.filter(id__gt=1).update(title="Umami")
        await Book.filter(title="Umami").values("id")

    schema, *calls = traced.calls_of(with_database(work))

    show(calls)
    assert schema.library == "Tortoise ORM"
    assert schema.statement.startswith("CREATE TABLE")
    assert [call.statement.split()[0] for call in calls] == ["INSERT", "INSERT", "UPDATE", "SELECT"]
    assert {call.library for call in calls} == {"Tortoise ORM"}
    assert {(call.function, call.thread) for call in calls} == {("work", "event loop")}
    assert all(HERE in call.place for call in calls)
    assert calls[0].parameters == "'Ann'"
    assert "… 3 sets in all" in calls[1].parameters
    assert [call.rows for call in calls[2:]] == [2, 2]


def test_n_plus_one(show: Show) -> None:
    """A query for each row is found, in a transaction too."""

    async def work() -> None:
        async with in_transaction():
            for number in range(3):
                await Author.create(name=f"Ann {number}")
        for number in range(1, 4):
            await Author.get(id=number)

    trace = traced.trace_of(with_database(work))

    (found,) = traced.problems_of(trace)
    assert (found.kind, found.count) == ("n+1", 3)
    assert found.text.startswith("N+1: work() at ")
    assert HERE in found.place


def test_error(show: Show) -> None:
    """A statement that fails has the library's error, and the app gets the exception."""
    raised: list[Any] = []

    async def work() -> None:
        try:
            await Tortoise.get_connection("default").execute_query("select * from missing")
        except OperationalError as exc:
            raised.append(exc)

    *_, call = traced.calls_of(with_database(work))

    show([call])
    assert call.error == "OperationalError: no such table: missing"
    assert len(raised) == 1
