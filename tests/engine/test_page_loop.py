"""What is special about a browser's page: waits, turns, locks and workers without threads, and what is refused."""

import asyncio
import contextvars
import functools
import gc
import operator
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import anyio.from_thread
import anyio.to_thread
import pytest

from ipyasgi.client.httpx import AppReadTimeout
from ipyasgi.client.testclient import TestClient
from ipyasgi.engine import page, strategy
from ipyasgi.engine.background_loop import BackgroundLoop
from ipyasgi.engine.held_time import HeldTime, watch_of
from ipyasgi.engine.jobs import inbox_of, wait_done
from ipyasgi.engine.kernel_loop import KernelLoop
from ipyasgi.engine.loops import Present
from ipyasgi.engine.page_lock import PageLock
from ipyasgi.engine.page_loop import PageLoop
from ipyasgi.explorer.explorer import Explorer
from ipyasgi.history.exchange import Exchange
from ipyasgi.protocol.errors import LoopError, RequestError
from ipyasgi.tracing.profiler import check_profile

from .calls import START, body
from .fake_page import FakePage

pytestmark = pytest.mark.usefixtures("may_block")


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakePage]:
    """Have a browser's page; what it reports would be shown under a cell that raised nothing."""
    with FakePage().open(monkeypatch) as fake:
        yield fake
        assert fake.reported == []


@pytest.fixture
def loop() -> Iterator[PageLoop]:
    """Give an open loop."""
    loop = PageLoop()
    yield loop
    loop.close()


async def late(value: Any) -> Any:
    await anyio.sleep(0)
    return value


async def respond(scope: Any, receive: Any, send: Any) -> None:
    await send(START)
    await send(body(b"done"))


async def fail() -> None:
    await anyio.sleep(0)
    raise ValueError("of the app")


# -- waiting ---------------------------------------------------------------------------------------------------


def test_a_wait_lets_the_loop_go_on(loop: PageLoop) -> None:
    """Work that two callers wait for at once runs at once: the first ends only when the second has begun."""
    begun = anyio.Event()

    async def first() -> str:
        await begun.wait()
        return "first"

    async def second() -> str:
        begun.set()
        return "second"

    one = strategy.run_in_thread(loop.call, first)
    two = strategy.run_in_thread(loop.call, second)
    assert loop.wait_future(one, 5) == "first"
    assert loop.wait_future(two, 5) == "second"


def test_what_is_raised_is_raised_once(loop: PageLoop) -> None:
    """The caller gets the exception itself, and the page's loop reports nothing."""
    with pytest.raises(ValueError, match="of the app"):
        loop.call(fail)


def test_context_variables_travel() -> None:
    """Work and turns have the caller's context, so output is shown under the right cell."""
    cell: contextvars.ContextVar[int] = contextvars.ContextVar("cell")
    cell.set(7)
    loop = PageLoop()

    async def read() -> int:
        return cell.get()

    assert loop.call(read) == 7
    assert loop.wait_future(strategy.run_in_thread(cell.get), 5) == 7
    loop.close()


def test_without_stack_switching_browsers_are_named(fake: FakePage, loop: PageLoop) -> None:
    """A browser without JSPI cannot wait: the message names those that can, and the work never starts."""
    started: list[str] = []

    async def start() -> None:
        started.append("started")

    fake.has_jspi = False
    del fake.js.WebAssembly.Suspending
    for wait in (
        loop.check_wait,
        lambda: loop.call(start),
        KernelLoop().check_wait,
        lambda: TestClient(respond).get("/"),
    ):
        with pytest.raises(LoopError, match=r"use Chrome or Edge from 137 on, or Firefox from 153 on"):
            wait()
    fake.has_jspi = True
    assert started == []


def test_a_callback_of_javascript_is_told_to_await(fake: FakePage, loop: PageLoop) -> None:
    """Where the browser could wait, but JavaScript called the function, the way out is a task."""
    fake.called_by_javascript = True
    with pytest.raises(LoopError, match=r"asyncio\.create_task"):
        loop.call(late, 1)
    fake.called_by_javascript = False


def test_a_kernel_loop_waits_in_the_same_way() -> None:
    """On the page's own loop a synchronous call needs no nest_asyncio2."""
    assert KernelLoop().call(late, 3) == 3


def test_the_garbage_collector_waits_for_stacks_that_are_set_aside(loop: PageLoop) -> None:
    """Pyodide crashes when it runs meanwhile; afterwards it is as it was, also when the user has switched it off."""
    seen: list[bool] = []

    async def look() -> None:
        seen.append(gc.isenabled())

    assert gc.isenabled()
    loop.wait_future(strategy.run_in_thread(lambda: seen.append(gc.isenabled())), 5)
    loop.call(look)
    assert gc.isenabled()
    gc.disable()
    try:
        loop.call(look)
        assert not gc.isenabled()
    finally:
        gc.enable()
    assert seen == [False, False, False]


# -- the life of a loop ----------------------------------------------------------------------------------------


def test_closing_ends_only_what_was_begun_through_it() -> None:
    """Its tasks are cancelled and have ended afterwards; other tasks of the page go on, and new work is refused."""
    ended: list[str] = []

    async def endless(name: str) -> None:
        try:
            await anyio.sleep_forever()
        finally:
            ended.append(name)

    loop, other = PageLoop(), PageLoop()
    loop.submit(endless, "ours")
    other.submit(endless, "other")
    loop.call(late, None)
    loop.close()
    assert (loop.closed, loop.gone, ended) == (True, True, ["ours"])
    with pytest.raises(LoopError, match="the event loop is closed"):
        loop.spawn(late, None)
    other.close()
    assert ended == ["ours", "other"]


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: PageLoop(backend="trio"), "a browser's page has no trio"),
        (lambda: PageLoop(backend_options={"debug": True}), "leave backend_options out"),
        (BackgroundLoop, "no thread can start in a browser's page"),
        (lambda: Explorer(respond, backend="trio").get("/"), "use the backend 'asyncio'"),
    ],
    ids=["trio", "options", "a thread", "trio in an explorer"],
)
def test_what_a_page_does_not_have(make: Any, reason: str) -> None:
    """Trio, options of the loop and threads are refused in words."""
    with pytest.raises(LoopError, match=reason):
        make()


def test_a_package_that_a_page_does_not_have(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is told to install it there."""
    monkeypatch.setitem(sys.modules, "pyinstrument", None)
    with pytest.raises(RequestError, match="pyinstrument, which does not exist for a browser's page"):
        check_profile(trace=False)


def test_a_portal_is_refused() -> None:
    """anyio's portal would block the page; `call` does the same."""
    with TestClient(respond, lifespan="off") as client:
        with pytest.raises(LoopError, match=r"use `client\.call"):
            _ = client.portal
        assert client.call(late, 4) == 4


# -- deadlines -------------------------------------------------------------------------------------------------


def test_a_deadline_ends_what_awaits(deadlines_from: Any) -> None:
    """A deadline that has passed when the wait is cut is no delay in the past."""
    waits: list[str] = []

    async def hang(scope: Any, receive: Any, send: Any) -> None:
        waits.append("hang")
        await anyio.sleep_forever()

    deadlines_from(lambda: waits)
    with TestClient(hang, lifespan="off") as client, pytest.raises(AppReadTimeout, match="awaiting sleep_forever"):
        client.get("/", timeout=0.01)


def test_a_deadline_names_the_function_of_a_worker(deadlines_from: Any) -> None:
    """The frames of a worker that waits are set aside, so the error has the function's own line."""
    waits: list[str] = []

    def sleepy(seconds: float) -> None:
        waits.append("sleepy")
        while True:
            anyio.from_thread.check_cancelled()
            anyio.from_thread.run(anyio.sleep, seconds)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await anyio.to_thread.run_sync(functools.partial(operator.call, sleepy, 0.01))

    deadlines_from(lambda: waits)
    with TestClient(app, lifespan="off") as client, pytest.raises(AppReadTimeout) as caught:
        client.get("/", timeout=0.01)
    assert f"test_page_loop.py:{sleepy.__code__.co_firstlineno} in sleepy. " in str(caught.value)


def test_a_deadline_that_an_app_outlives_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An app that computes past its deadline responds, and the exchange says why; saved, it still does."""
    clock = {"now": 0.0}
    monkeypatch.setattr("ipyasgi.engine.deadline_clock.DEADLINE_CLOCK.now_s", lambda: clock["now"])

    async def compute(scope: Any, receive: Any, send: Any) -> None:
        clock["now"] += 2.0
        await respond(scope, receive, send)

    with Explorer(compute, lifespan="off") as explorer:
        exchange = explorer.get("/", timeout=0.5)
        assert exchange.text == "done"
        (again,) = explorer.restore(explorer.save(tmp_path / "a.jsonl"))
        assert explorer.get("/").call.overdue_s == 0.0
    for one in (exchange, again):
        assert isinstance(one, Exchange)
        assert "the deadline of 0.5 s passed; an app that computes in a browser's page" in one.to_text()


# -- locks -----------------------------------------------------------------------------------------------------


def test_a_lock_waits_as_a_call_does() -> None:
    """While one call holds the lock and waits, another one waits for the lock; neither holds the page."""
    lock = strategy.make_lock()
    assert isinstance(lock, PageLock)
    order: list[str] = []
    loop = PageLoop()

    def hold(name: str) -> None:
        with lock:
            order.append(f"{name} has it")
            loop.call(late, None)
            order.append(f"{name} leaves it")

    for turn in [strategy.run_in_thread(hold, "a"), strategy.run_in_thread(hold, "b")]:
        loop.wait_future(turn, 5)
    assert order == ["a has it", "a leaves it", "b has it", "b leaves it"]
    loop.close()


def test_a_lock_is_reentrant_and_has_limits() -> None:
    """Its holder, and what the holder began, take it again; others get it in time, or not at all."""
    lock, loop = PageLock(), PageLoop()

    def take(seconds: float) -> bool:
        return lock.acquire(timeout=seconds)

    with pytest.raises(RuntimeError, match="un-acquired"):
        lock.release()
    stranger = contextvars.copy_context()
    with lock, lock:
        assert not stranger.run(lock.acquire, blocking=False)
        assert not loop.wait_future(stranger.run(strategy.run_in_thread, take, 0.01), 5)
        with pytest.raises(RuntimeError, match="un-acquired"):
            stranger.run(lock.release)
    assert loop.wait_future(strategy.run_in_thread(take, 0), 5)
    loop.close()


# -- workers ---------------------------------------------------------------------------------------------------


def test_workers_run_at_the_same_time(loop: PageLoop) -> None:
    """Two functions in anyio's workers that wait for each other both end: each has a stack of its own."""
    met = [anyio.Event(), anyio.Event()]

    def meet(mine: anyio.Event, other: anyio.Event) -> None:
        anyio.from_thread.run_sync(mine.set)
        anyio.from_thread.run(other.wait)

    async def both() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(anyio.to_thread.run_sync, meet, met[0], met[1])
            group.start_soon(anyio.to_thread.run_sync, meet, met[1], met[0])

    loop.call(both, timeout_s=5)
    assert all(one.is_set() for one in met)


def test_a_worker_can_be_cancelled(loop: PageLoop) -> None:
    """`check_cancelled` sees the scope of its own worker."""
    seen: list[str] = []

    async def cancelled() -> None:
        with anyio.CancelScope() as scope:

            def work() -> None:
                anyio.from_thread.check_cancelled()
                anyio.from_thread.run_sync(scope.cancel)
                try:
                    anyio.from_thread.check_cancelled()
                except asyncio.CancelledError:
                    seen.append("cancelled")
                    raise

            await anyio.to_thread.run_sync(work)

    loop.call(cancelled)
    assert seen == ["cancelled"]


def test_the_limit_of_workers_holds(loop: PageLoop) -> None:
    """A limiter of one lets one function in at a time."""
    inside: list[int] = []
    most: list[int] = []

    def work() -> None:
        inside.append(1)
        anyio.from_thread.run(late, None)
        most.append(len(inside))
        inside.pop()

    async def three() -> None:
        limiter = anyio.CapacityLimiter(1)
        async with anyio.create_task_group() as group:
            for _ in range(3):
                group.start_soon(lambda: anyio.to_thread.run_sync(work, limiter=limiter))

    loop.call(three)
    assert most == [1, 1, 1]


# -- what is measured ------------------------------------------------------------------------------------------


def test_nothing_is_read_that_a_page_does_not_have(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a clock of the thread it is unknown who held the loop, and the only thread does not watch itself."""
    monkeypatch.delattr(time, "thread_time_ns")
    present = Present()
    present.mark()
    assert present.computed_ns() is None
    assert watch_of(present).every_s == float("inf")


def test_who_sleeps_on_the_loop_is_named(monkeypatch: pytest.MonkeyPatch, loop: PageLoop) -> None:
    """It names itself, because nobody can look. What a worker does is none of the loop's."""
    monkeypatch.setattr("ipyasgi.engine.held_time.HELD_NS", 0)

    async def doze() -> None:
        time.sleep(0.001)

    async def work() -> None:
        await anyio.to_thread.run_sync(functools.partial(time.sleep, 0.001))

    async def ask() -> None:
        await anyio.to_thread.run_sync(functools.partial(anyio.from_thread.run, doze))

    def held_at(function: Any) -> str:
        held = HeldTime(Present())
        page.run_coroutine(held.run(function(), "asyncio"))
        return held.longest.held_at

    assert held_at(doze).endswith(f"test_page_loop.py:{doze.__code__.co_firstlineno + 1} in doze")
    assert held_at(work) == held_at(ask) == ""  # only the call's own coroutine is measured in a page


def test_a_fault_of_the_watch_stays_with_us() -> None:
    """A sleep ends as it does without it."""

    def fail(*seen: object) -> None:
        raise ValueError("ours")

    page.watch_sleep(fail)
    time.sleep(0)


def test_a_future_is_waited_for_without_a_loop() -> None:
    """What waits without a loop, as a change of the app does, waits in the same way."""
    future = strategy.run_in_thread(lambda: threading.get_ident())
    inbox_of(future).run_sync(wait_done(future, 5))
    assert future.result(0) == threading.get_ident()
    assert page.IN_PAGE
