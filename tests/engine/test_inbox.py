"""The inbox of a call: waited on by a thread or by coroutines, nothing lost, nothing twice, no loop held up."""

import threading
import time
from typing import Any

import anyio
import pytest

from ipyasgi.engine.inbox import NOTHING, SLICE_S, Inbox, WaitPlan, find_poster
from ipyasgi.engine.loops import Backend


@pytest.fixture(params=["thread", "asyncio", "trio"])
def way(request: pytest.FixtureRequest) -> str:
    """Give each way to wait: a thread's, and a coroutine's in each library."""
    return request.param


def run_plan(way: str, inbox: Inbox, plan: WaitPlan[Any]) -> Any:
    """Run a wait in the given way."""
    if way == "thread":
        return inbox.run_sync(plan)
    return anyio.run(inbox.run_async, plan, backend=way)


def take(within_s: float) -> WaitPlan[Any]:
    """Wait for one thing and return it."""
    until_s = time.monotonic() + within_s
    while (left_s := until_s - time.monotonic()) > 0:
        if (item := (yield left_s)) is not NOTHING:
            return item
    return NOTHING


def put_later(inbox: Inbox, *items: Any, after_s: float = 0.05) -> threading.Timer:
    """Put things in from another thread."""
    timer = threading.Timer(after_s, lambda: [inbox.put(item) for item in items])
    timer.start()
    return timer


def test_what_is_there_is_taken_in_order(way: str) -> None:
    """A wait returns items that were put before it, one at a time and in order."""
    inbox = Inbox()
    inbox.put(1)
    inbox.put(2)
    assert [run_plan(way, inbox, take(1)), run_plan(way, inbox, take(1))] == [1, 2]
    assert inbox.empty()


@pytest.mark.serial
def test_what_comes_ends_the_wait(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Something put in by another thread ends a wait at once, and not at the end of a slice."""
    monkeypatch.setattr("ipyasgi.engine.inbox.SLICE_S", 40.0)
    inbox = Inbox()
    timer = put_later(inbox, "x", after_s=0.02)
    began = time.monotonic()
    assert run_plan(way, inbox, take(40)) == "x"
    assert time.monotonic() - began < 20
    timer.join()


@pytest.mark.serial
def test_a_wait_looks_at_the_clock(way: str) -> None:
    """A wait without a limit is cut into slices, and its generator is sent `NOTHING` after each."""
    told: list[object] = []

    def twice() -> WaitPlan[str]:
        while len(told) < 2:
            told.append((yield float("inf")))
        return "enough"

    began = time.monotonic()
    assert run_plan(way, Inbox(), twice()) == "enough"
    assert told == [NOTHING, NOTHING]
    assert time.monotonic() - began > 2 * SLICE_S - 0.02


def test_a_passed_wait_ends(way: str) -> None:
    """A wait of zero or negative time returns an available item, or nothing, at once."""
    inbox = Inbox()

    def late() -> WaitPlan[Any]:
        return (yield -1.0)

    assert run_plan(way, inbox, late()) is NOTHING
    inbox.put("x")
    assert run_plan(way, inbox, late()) == "x"


def test_what_a_wait_raises_comes_out(way: str) -> None:
    """An exception of the generator ends the wait as itself; the generator's ``finally`` runs also when cancelled."""
    closed: list[bool] = []

    def fail() -> WaitPlan[None]:
        yield 0.01
        raise ZeroDivisionError

    def hold() -> WaitPlan[None]:
        try:
            while True:
                yield 1
        finally:
            closed.append(True)

    with pytest.raises(ZeroDivisionError):
        run_plan(way, Inbox(), fail())

    async def main() -> None:
        with anyio.move_on_after(0.01):
            await Inbox().run_async(hold())
        assert closed == [True]

    if way != "thread":
        anyio.run(main, backend=way)


@pytest.fixture(params=["asyncio", "trio"])
def caller(request: pytest.FixtureRequest) -> Backend:
    """Give each library that a caller may await in."""
    return request.param


def test_several_who_wait(caller: Backend) -> None:
    """Concurrent waiters, coroutines and a thread, take each item once, and none is left."""
    inbox, taken = Inbox(), []
    total, waiters = 300, 4

    def feed() -> None:
        for number in range(total):
            inbox.put(number)
            if number % 20 == 0:
                time.sleep(0.001)
        for _ in range(waiters):
            inbox.put("end")

    def take_in_a_thread() -> None:
        while (item := inbox.run_sync(take(20))) != "end":
            taken.append(item)

    async def take_here() -> None:
        while (item := await inbox.run_async(take(20))) != "end":
            taken.append(item)

    async def main() -> None:
        threads = [threading.Thread(target=work) for work in (feed, take_in_a_thread)]
        for thread in threads:
            thread.start()
        async with anyio.create_task_group() as group:
            for _ in range(waiters - 1):
                group.start_soon(take_here)
        await anyio.to_thread.run_sync(lambda: [thread.join(20) for thread in threads])

    anyio.run(main, backend=caller)
    assert sorted(taken) == list(range(total))
    assert inbox.empty()


def test_a_cancelled_wait_takes_nothing(caller: Backend) -> None:
    """Cancelled just when things come, a wait has either taken one and returns it, or left it there."""
    inbox, taken = Inbox(), []
    total = 200

    def feed() -> None:
        for number in range(total):
            inbox.put(number)
            time.sleep(0.0005)

    async def main() -> None:
        feeder = threading.Thread(target=feed)
        feeder.start()
        while len(taken) < total:
            with anyio.move_on_after(0.0005):
                taken.append(await inbox.run_async(take(5)))
        await anyio.to_thread.run_sync(feeder.join, 5)

    with anyio.from_thread.start_blocking_portal(caller) as portal:
        portal.start_task_soon(main).result(20)
    assert taken == list(range(total))


def test_a_flood_is_no_hold_up(caller: Backend) -> None:
    """Who takes thousands of things that are all there lets the other tasks of the loop have their turns."""
    inbox, turns = Inbox(), []
    for number in range(2000):
        inbox.put(number)

    async def turn() -> None:
        while True:
            turns.append(inbox.qsize())
            await anyio.sleep(0)

    async def main() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(turn)
            for _ in range(2000):
                await inbox.run_async(take(1))
            group.cancel_scope.cancel()

    anyio.run(main, backend=caller)
    assert len(turns) > 1000


def test_a_poster_reaches_the_loop_from_any_thread(caller: Backend) -> None:
    """A function posted from a thread runs on the loop; after its end posting raises ``RuntimeError``."""
    ran_on: list[int] = []

    async def main() -> Any:
        post = find_poster()
        done = anyio.Event()
        await anyio.to_thread.run_sync(post, lambda: (ran_on.append(threading.get_ident()), done.set()))
        await done.wait()
        return post

    post = anyio.run(main, backend=caller)
    assert ran_on == [threading.get_ident()]
    with pytest.raises(RuntimeError):
        post(print)
    with pytest.raises(RuntimeError):
        find_poster()
