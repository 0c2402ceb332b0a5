"""The exercises of notebook 11: repeated statements, a list without N+1, a dependency that leaves the loop free."""

from __future__ import annotations

import random
import sqlite3
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any

from .. import Exchange
from .trial import ask, expect, expect_function, open_explorer, require, run, show


class _Sending:
    """An app that sends statements to a database of its own, and calls nothing else."""

    def __init__(self, *statements: tuple[str, Sequence[Any]]) -> None:
        self.statements = statements

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        with sqlite3.connect(":memory:") as db:
            for statement, values in self.statements:
                db.execute(statement, values)
        db.close()
        await _respond(send)


class _Listing:
    """An app that calls the reader's function with a database in which some shelves have books."""

    def __init__(self, list_shelves: Callable[[Any], Any], books: Sequence[int]) -> None:
        self.list_shelves = list_shelves
        self.books = books
        self.wanted = [{"shelf": _name(at), "books": _titles(at, count)} for at, count in enumerate(books)]
        self.found: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        db = sqlite3.connect(":memory:")
        try:
            self._fill(db)
            self.found = self.list_shelves(db)
        finally:
            db.close()
        await _respond(send)

    def _fill(self, db: sqlite3.Connection) -> None:
        db.executescript(
            "create table shelf (id integer primary key, name text);"
            "create table book (id integer primary key, title text, shelf_id integer);"
        )
        shelves = [(at, _name(at)) for at in range(len(self.books))]
        titles = [(title, at) for at, count in enumerate(self.books) for title in _titles(at, count)]
        books = [(number, title, at) for number, (title, at) in enumerate(titles)][::-1]
        db.executemany("insert into shelf values (?, ?)", shelves)
        db.executemany("insert into book values (?, ?, ?)", books)
        db.commit()


def _name(shelf: int) -> str:
    return f"shelf {shelf % 3}"  # names are not unique


def _titles(shelf: int, count: int) -> list[str]:
    return [f"book {shelf}.{number}" for number in range(count)]


def _calls(exchange: Exchange) -> Sequence[Any]:
    return exchange.trace.calls if exchange.trace is not None else ()


async def _respond(send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def check_repeated(repeated: Callable[[Any], Any]) -> str:
    """11-1: the statements that were sent more than once."""
    expect_function(repeated)
    one, two, three = "select 1", "select ? + 1", "select ? + 2"
    cases: dict[tuple[str, ...], list[str]] = {
        (): [],
        (one,): [],
        (two, one, two): [two],
        (three, two, one, two, three, two): [three, two],
    }
    for statements, wanted in cases.items():
        sent = [(statement, [number] if "?" in statement else []) for number, statement in enumerate(statements)]
        with open_explorer(_Sending(*sent), lifespan="off") as explorer:
            exchange = ask(explorer, "GET", "/", trace=True)
        found = require(repeated(exchange))
        look = "a list (not a tuple) of texts, each once, in the order in which they were first sent"
        expect(found == wanted, f"of {show(list(statements))} it returns {show(found)}", look)
    return "each repeated statement is there once"


def check_list_shelves(list_shelves: Callable[[Any], Any]) -> str:
    """11-2: all shelves, with two statements at most."""
    expect_function(list_shelves)
    for books in ([2, 1], [1, 0, 3], [0], [], [1] * 30):
        app = _Listing(list_shelves, books)
        with open_explorer(app, lifespan="off") as explorer:
            ask(explorer, "GET", "/")
            found = require(app.found)
            counts = f"{len(books)} shelves with {show(books)} books"
            expect(isinstance(found, list), f"it returns {show(found)}, not a list")
            if len(found) < len(app.wanted):
                expect(
                    0 not in books,
                    f"of {counts} it returns {len(found)}",
                    "what does a join do with a shelf without books?",
                )
            expect(found == app.wanted, f"of {counts} it returns {show(found)}, not {show(app.wanted)}")
            exchange = ask(explorer, "GET", "/", trace=True)
        own = [call for call in _calls(exchange) if call.statement.lstrip().lower().startswith(("select", "with"))]
        expect(len(own) <= 2, f"for {len(books)} shelves it sends {len(own)} queries", "which query is inside a loop?")
    return "two queries at most, and no shelf is lost"


def check_get_rate(get_rate: Callable[..., Any]) -> str:
    """11-3: the value is fetched on another thread than the loop's."""
    expect_function(get_rate)
    fetched_on: list[int] = []
    fetched_by: list[object] = []

    rate = random.randint(100, 999) / 100

    def fetch() -> float:
        fetched_on.append(threading.get_ident())
        fetched_by.append(sys._getframe(1).f_code)
        return rate

    async def get_here() -> Any:
        return threading.get_ident(), await get_rate(fetch)

    loop_thread, found = run(get_here)
    require(found, "the function returns nothing")
    expect(fetched_on, "`fetch` was not called")
    expect(found == rate, f"`fetch` returns {rate}, and your function returns {show(found)}")
    is_held = loop_thread in fetched_on
    if sys.platform == "emscripten":  # which has one thread: what is called there is called by anyio or asyncio
        is_held = getattr(get_rate, "__code__", None) in fetched_by
    expect(not is_held, "the event loop stands still while `fetch` runs", "on which thread is it called?")
    return "others can go on meanwhile"


CHECKS = {"11-1": check_repeated, "11-2": check_list_shelves, "11-3": check_get_rate}
