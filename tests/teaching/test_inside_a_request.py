"""Wrong answers to the exercises of notebook 11 are distinguished; the right ones are run from the notebook itself."""

import sys
from collections import Counter
from types import SimpleNamespace

import pytest

from ipyasgi.teaching import check


def every_statement(exchange):
    return [call.statement for call in exchange.trace.calls]


def sorted_repeats(exchange):
    counts = Counter(call.statement for call in exchange.trace.calls)
    return sorted(statement for statement, count in counts.items() if count > 1)


def query_for_each(db):
    found = []
    for number, name in db.execute("select id, name from shelf order by id").fetchall():
        rows = db.execute("select title from book where shelf_id = ? order by id", (number,))
        found.append({"shelf": name, "books": [title for (title,) in rows]})
    return found


def inner_join(db):
    found = {}
    for name, title in db.execute(
        "select name, title from shelf join book on shelf_id = shelf.id order by shelf.id, book.id"
    ):
        found.setdefault(name, []).append(title)
    return [{"shelf": name, "books": titles} for name, titles in found.items()]


async def hold_the_loop(fetch):
    return fetch()


async def forget_the_value(fetch):
    import anyio.to_thread

    await anyio.to_thread.run_sync(fetch)
    return 0


async def never_fetch(fetch):
    return 1.25


@pytest.mark.parametrize(
    ("exercise", "solution", "said"),
    [
        ("11-1", every_statement, "it returns"),
        ("11-1", sorted_repeats, "it returns ['select ? + 1', 'select ? + 2']"),
        ("11-2", query_for_each, "queries"),
        ("11-2", inner_join, "it returns"),
        ("11-2", lambda db: "shelves", "not a list"),
        ("11-3", hold_the_loop, "stands still"),
        ("11-3", forget_the_value, "your function returns 0"),
        ("11-3", never_fetch, "was not called"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_wrong_solution(exercise, solution, said):
    """The result says what it does instead."""
    result = check(exercise, solution)
    assert result.state == "wrong"
    assert said in result.message


async def call_in_a_worker(fetch):
    import anyio.to_thread

    return await anyio.to_thread.run_sync(fetch)


@pytest.mark.parametrize(("solution", "state"), [(hold_the_loop, "wrong"), (call_in_a_worker, "passed")])
def test_in_a_page_with_its_one_thread(monkeypatch, solution, state):
    """Who calls the function decides there, because all threads are the same."""
    page = SimpleNamespace(platform="emscripten", _getframe=sys._getframe, get_ident=lambda: 1)
    monkeypatch.setattr("ipyasgi.teaching.inside_a_request.sys", page)
    monkeypatch.setattr("ipyasgi.teaching.inside_a_request.threading", page)
    assert check("11-3", solution).state == state


def test_a_lost_shelf_has_a_hint():
    """A join without its empty shelves is asked about them."""
    assert "shelf without books" in check("11-2", inner_join).look
