"""Queries of Django's ORM in sync and async views, on a file of sqlite."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ipyasgi import Explorer
from ipyasgi.tracing import Call, Trace

from ..traced import problems_of
from .django_books import database_of_books

Show = Callable[[list[Call]], None]
HERE = "libraries/django_books.py"


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Any]:
    """Give an app with a database."""
    with database_of_books({"ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path / "books.db")}) as app:
        yield app


def trace_of_view(app: Any, view: str, **options: Any) -> Trace:
    with Explorer(app, lifespan="off") as explorer:
        trace = explorer.get(f"/{view}", trace=True, **options).trace
    assert trace is not None
    return trace


@pytest.mark.parametrize("view", ["loop", "loop_async"])
def test_n_plus_one(books: Any, view: str, show: Show) -> None:
    """A query for each row is found in sync and async views, with the app's line although a thread runs it."""
    trace = trace_of_view(books, view)

    show(list(trace.calls))
    (found,) = problems_of(trace)
    assert (found.kind, found.count) == ("n+1", 5)
    assert HERE in found.place
    assert f"{view}() at " in found.text
    assert {call.library for call in trace.calls} == {"Django"}
    assert {call.thread for call in trace.calls} == {"worker thread"}
    assert all(HERE in call.place for call in trace.calls)


def test_repeated_query(books: Any) -> None:
    """The same query with the same values is found."""
    (found,) = problems_of(trace_of_view(books, "repeat"))

    assert (found.kind, found.count) == ("repeated query", 2)
    assert HERE in found.place


def test_parameters_and_rows(books: Any, show: Show) -> None:
    """Statements have their parameters, secret ones masked, and their number of rows."""
    update, insert = trace_of_view(books, "change").calls

    show([update, insert])
    assert update.statement.startswith('UPDATE "ipyasgi_tracing_author" SET "password" = %s')
    assert update.parameters == "•••, •••"
    assert update.rows == 2
    assert insert.rows == 3


def test_error(books: Any, show: Show) -> None:
    """A statement that fails has Django's error, and the view gets the exception itself."""
    (call,) = trace_of_view(books, "fail", raise_exceptions=False).calls

    show([call])
    assert call.error == "OperationalError: no such table: missing"
