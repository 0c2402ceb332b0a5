"""What holds for all libraries whose calls are watched."""

import asyncio
import contextlib
import importlib
import sqlite3
from pathlib import Path
from typing import Any

import aiosqlite
import httpx
import pytest

from ipyasgi import Explorer
from ipyasgi.tracing.libraries import LIBRARIES, UNWATCHED, Library, Target
from ipyasgi.tracing.taps import TRACE_TAPS

from ..traced import app_of

HERE = "libraries/test_libraries.py"


@pytest.fixture(params=LIBRARIES, ids=lambda library: library.module)
def library(request: pytest.FixtureRequest) -> Library:
    """Give each library, imported."""
    importlib.import_module(request.param.module)
    library: Library = request.param
    return library


def current(targets: list[Target]) -> list[Any]:
    return [vars(owner)[name] for owner, name, _ in targets]


def test_nothing_stays_behind(library: Library) -> None:
    """Each function is replaced from the first traced request to the last one, and is itself again after it."""
    targets = list(library.targets())
    assert targets, "this version has none of the functions"
    before = current(targets)

    with TRACE_TAPS:
        first = current(targets)
        with TRACE_TAPS:
            second = current(targets)
        third = current(targets)
        assert (library.name in TRACE_TAPS.watched()[0]) is library.makes_calls

    assert first == second == third
    assert all(replaced is not one for replaced, one in zip(first, before, strict=True))
    assert all(now is one for now, one in zip(current(targets), before, strict=True))


def test_each_is_either_watched_or_not() -> None:
    """No library is named twice, except for sqlite3, which is watched in part."""
    watched = [library.module for library in LIBRARIES]
    assert len(set(watched)) == len(watched)
    assert set(watched) & set(UNWATCHED) == {"sqlite3.dbapi2"}


def test_twenty_in_flight(tmp_path: Path) -> None:
    """The taps come and go while twenty requests are under way, and each gets what it asks for."""
    path = str(tmp_path / "one.db")

    def in_thread(number: int) -> None:
        with contextlib.closing(sqlite3.connect(path)) as db:
            assert db.execute("select ?", (number,)).fetchone() == (number,)

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    async def work() -> None:
        async with aiosqlite.connect(path) as db, httpx.AsyncClient(transport=httpx.ASGITransport(inner)) as client:
            for number in range(3):
                async with db.execute("select ?", (number,)) as cursor:
                    assert await cursor.fetchone() == (number,)
                await asyncio.to_thread(in_thread, number)
                assert (await client.get(f"http://a/{number}")).status_code == 204
                await asyncio.gather(*(db.execute("select 1") for _ in range(2)))

    with Explorer(app_of(work), lifespan="off") as explorer:
        pending = [explorer.begin("GET", "/") for _ in range(20)]
        traces = [explorer.get("/", trace=True).trace for _ in range(5)]
        statuses = [one.result().status_code for one in pending]

    assert statuses == [200] * 20
    assert [len(trace.calls) for trace in traces if trace] == [15] * 5
    assert all(HERE in call.place for trace in traces if trace for call in trace.calls)
