"""A trace in a browser's page, whose only thread is the event loop's, and its workers' too."""

import sqlite3
import time
from collections.abc import Iterator
from typing import Any

import anyio.from_thread
import anyio.to_thread
import pytest

from ipyasgi.explorer.explorer import Explorer

from ..engine.calls import START, body
from ..engine.fake_page import FakePage

pytestmark = pytest.mark.usefixtures("may_block")


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakePage]:
    """Have a browser's page; what it reports would be shown under a cell that raised nothing."""
    with FakePage().open(monkeypatch) as fake:
        yield fake
        assert fake.reported == []


def query() -> None:
    with sqlite3.connect(":memory:") as database:
        database.execute("select 1")
    database.close()


async def query_on_the_loop() -> None:
    query()


def ask_the_loop() -> None:
    anyio.from_thread.run(query_on_the_loop)


async def app(scope: Any, receive: Any, send: Any) -> None:
    match scope["path"]:
        case "/worker":
            await anyio.to_thread.run_sync(query)
        case "/asked":
            await anyio.to_thread.run_sync(ask_the_loop)
        case "/loop":
            query()
        case "/sleep":
            time.sleep(0.11)
        case "/sleeping-worker":
            await anyio.to_thread.run_sync(time.sleep, 0.11)
    await send(START)
    await send(body(b"done"))


@pytest.mark.parametrize(
    ("path", "thread"), [("/worker", "worker thread"), ("/asked", "event loop"), ("/loop", "event loop")]
)
def test_a_call_of_a_worker_does_not_block_the_loop(path: str, thread: str) -> None:
    """A function in a worker counts as one in a thread, and what it asks of the loop as one on the loop."""
    with Explorer(app, lifespan="off") as explorer:
        trace = explorer.get(path, trace=True).trace
    assert trace is not None
    assert {call.thread for call in trace.calls} == {thread}


def test_who_sleeps_blocks_the_loop() -> None:
    """A sleep on the loop is found, with its line; one in a worker is none of the loop's."""

    def blocking(path: str) -> list[Any]:
        trace = explorer.get(path, trace=True).trace
        assert trace is not None
        return [finding for finding in trace.findings if finding.kind == "blocked loop"]

    with Explorer(app, lifespan="off") as explorer:
        (finding,) = blocking("/sleep")
        assert blocking("/sleeping-worker") == []
    assert finding.text.startswith("Blocked loop: app() at ")
    assert finding.place.endswith(f"test_in_a_page.py:{app.__code__.co_firstlineno + 9}")
