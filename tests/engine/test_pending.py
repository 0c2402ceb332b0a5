"""`Pending`: waited for, awaited, cancelled, watched."""

import asyncio
import concurrent.futures
import threading
from collections.abc import Iterator
from typing import Any

import anyio
import pytest

from ipyasgi import Explorer
from ipyasgi.engine.loops import Backend
from ipyasgi.engine.pending import Pending
from ipyasgi.explorer.explored_app import background_loop_of
from ipyasgi.records.requests import build_spec


class Slow:
    """Take a moment, or for ever at ``/hang``; log what has ended."""

    def __init__(self) -> None:
        self.entered: list[str] = []
        self.ended: list[str] = []
        self.may_end = lambda: True

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            raise NotImplementedError
        self.entered.append(scope["path"])
        try:
            await anyio.sleep(30 if scope["path"] == "/hang" else 0.05)
            while not self.may_end():
                await anyio.sleep(0.01)
            await send({"type": "http.response.start", "status": 200})
            await send({"type": "http.response.body", "body": b"ok"})
        finally:
            self.ended.append(scope["path"])


@pytest.fixture
def app() -> Slow:
    """Give the app."""
    return Slow()


@pytest.fixture
def explorer(app: Slow) -> Iterator[Explorer]:
    """Give an explorer of it."""
    explorer = Explorer(app)
    yield explorer
    explorer.close()


@pytest.fixture(params=["asyncio", "trio"])
def caller(request: pytest.FixtureRequest) -> Backend:
    """Give each library that a caller may await in."""
    return request.param


def test_waiting(explorer: Explorer) -> None:
    """``result`` gives the exchange; running out of its time ends nothing and says what can be done."""
    pending = explorer.submit(build_spec("GET", "/"))
    with pytest.raises(TimeoutError, match=r"GET / has not ended yet: wait longer, or \.cancel\(\) it"):
        pending.result(0.001)
    assert pending.exception is None
    assert pending.result(20).response.text == "ok"
    assert pending.done()


def test_a_deadline_of_the_exchange(explorer: Explorer) -> None:
    """A deadline that passed in the exchange is that error, and not one of the wait."""
    pending = explorer.submit(build_spec("GET", "/hang"), timeout=0.05)
    with pytest.raises(TimeoutError, match=r"no response within 0\.05 s") as handled_exception:
        pending.result(20)
    assert pending.exception is handled_exception.value


def test_awaiting(explorer: Explorer, app: Slow, caller: Backend) -> None:
    """It is awaited on any loop, which goes on, by several and again once it has ended."""
    turns: list[int] = []
    app.may_end = lambda: len(turns) > 5

    async def main() -> None:
        pending = explorer.submit(build_spec("GET", "/"))
        answers: list[str] = []

        async def wait() -> None:
            answers.append((await pending).response.text)

        async def turn() -> None:
            while not pending.done():
                turns.append(1)
                await anyio.sleep(0.002)

        async with anyio.create_task_group() as group:
            group.start_soon(turn)
            group.start_soon(wait)
            group.start_soon(wait)
        assert (await pending).response.text == "ok"
        assert answers == ["ok", "ok"]

    anyio.run(main, backend=caller)


def test_cancelling_who_awaits(explorer: Explorer, app: Slow, caller: Backend) -> None:
    """Cancelling who awaits it cancels it, as with a task; nobody waits for its clean-up."""

    async def main() -> None:
        pending = explorer.submit(build_spec("GET", "/hang"), timeout=None)
        while not app.entered:
            await anyio.sleep(0.002)
        with anyio.move_on_after(0.1) as scope:
            await pending
        assert scope.cancelled_caught
        with anyio.fail_after(20):
            while not pending.done():
                await anyio.sleep(0.005)
        assert app.ended == ["/hang"]
        with pytest.raises(concurrent.futures.CancelledError):
            await pending

    anyio.run(main, backend=caller)
    assert explorer.history[-1].outcome == "cancelled"


def test_cancelled_by_asyncio(explorer: Explorer, app: Slow) -> None:
    """``asyncio.wait_for`` raises its own TimeoutError, and the exchange has been cancelled."""

    async def main() -> None:
        pending = explorer.submit(build_spec("GET", "/hang"), timeout=None)
        while not app.entered:
            await asyncio.sleep(0.002)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(pending, 0.1)
        with pytest.raises(concurrent.futures.CancelledError):
            pending.result(20)
        assert app.ended == ["/hang"]

    asyncio.run(main())


def test_a_hundred_at_once() -> None:
    """None waits for another: each of a hundred requests is answered only once all of them have arrived."""
    arrived: list[bool] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        arrived.append(True)
        while len(arrived) < 100:
            await anyio.sleep(0.01)
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b""})

    with Explorer(app, lifespan="off") as explorer:
        pending = [explorer.submit(build_spec("GET", "/")) for _ in range(100)]
        assert [one.result(20).status_code for one in pending] == [200] * 100


def test_changes_are_reported(explorer: Explorer) -> None:
    """``on_change`` sees each step and, last and once, the end; the progress counts and keeps its time."""
    for _ in range(2):
        explorer.get("/")
    seen: list[tuple[int, bool]] = []
    ended = threading.Event()

    def note(pending: Any) -> None:
        seen.append((pending.progress.done, pending.done()))
        if pending.done():
            ended.set()

    pending = explorer.begin_replay("1-2", on_change=note)
    assert ended.wait(20)
    assert [done for _, done in seen].count(True) == 1
    assert [seen[0], seen[-1]] == [(0, False), (2, True)]
    progress = pending.progress
    assert (progress.total, progress.first, progress.last, progress.chunks) == (2, "r3", "r4", 1)
    assert pending.progress.elapsed_s == progress.elapsed_s > 0
    assert pending.value == pending.result(0)


def test_an_error_in_its_work(explorer: Explorer) -> None:
    """What the work raises ends it, is its ``exception``, and is raised by whatever waits; there is no value."""

    def work(pending: Pending[int]) -> int:
        raise ValueError("no")

    pending = Pending(work, background_loop_of(explorer), verb="count", description="the count")
    with pytest.raises(ValueError, match="no") as raised:
        pending.result(20)
    assert pending.exception is raised.value
    assert pending.value is None
    assert repr(pending) == "<the count: ended, 0 done>"
