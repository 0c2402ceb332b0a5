"""How long an app held the loop, and at which of its lines."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any

import anyio
import pytest

from ipyasgi.engine.background_loop import BackgroundLoop
from ipyasgi.engine.held_time import HELD_NS, Held, HeldTime, HeldWatch
from ipyasgi.engine.loops import Present
from ipyasgi.engine.runs import HttpRun
from ipyasgi.engine.waiting import read_stacks

from .calls import START, becomes_true, begun, body

HELD_S = 0.025  # longer than what is named


class Ignore:
    """An observer that does nothing: calls with one are measured."""

    def opened(self, scope: Any) -> None: ...

    def message(self, event: Any) -> None: ...

    def closed(self, run: Any) -> None: ...

    def around(self) -> Any:
        return contextlib.nullcontext()


@pytest.fixture(autouse=True)
def _named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ipyasgi.engine.held_time.HELD_NS", HELD_NS)


def hold(loop: BackgroundLoop, work: Callable[[], object] = lambda: time.sleep(0.001)) -> None:
    """Hold the loop until the waiting thread has seen this line, and long enough."""
    began_s = time.perf_counter()
    while not sum(loop.present.held.seen[1].values()) or time.perf_counter() - began_s < HELD_S:  # type: ignore[union-attr]
        work()


async def answer(send: Any) -> None:
    await send(START)
    await send(body(b"x"))


def run_of(app: Any, loop: BackgroundLoop) -> HttpRun:
    """Return the record of a request."""
    cycle = begun(app, loop, observer=Ignore())
    cycle.wait_response(None, None)
    assert cycle.wait_ended(30)
    assert isinstance(cycle.run, HttpRun)
    return cycle.run


def direct(loop: BackgroundLoop) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        hold(loop)
        await answer(send)

    return app


def in_a_task(loop: BackgroundLoop) -> Any:
    """As behind Starlette's BaseHTTPMiddleware: the endpoint is in a task of its own."""

    async def endpoint(send: Any) -> None:
        await anyio.sleep(0)
        hold(loop)
        await answer(send)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(endpoint, send)

    return app


def in_a_generator(loop: BackgroundLoop) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        async def chunks() -> Any:
            yield b"a"
            hold(loop)
            yield b"b"

        await send(START)
        async for chunk in chunks():
            await send(body(chunk, more=True))
        await send(body())

    return app


@pytest.mark.parametrize("build", [direct, in_a_task, in_a_generator])
@pytest.mark.usefixtures("may_block")
def test_the_line_that_held_the_loop(loop: BackgroundLoop, build: Callable[[BackgroundLoop], Any]) -> None:
    """The time is that of the whole stretch, and the line is the app's own, also in a task or generator."""
    run = run_of(build(loop), loop)
    assert run.held_ns >= HELD_S * 1e9
    assert run.held_at.startswith("engine/test_held_time.py:")
    assert run.held_at.endswith((" in hold", " in <lambda>"))


def test_an_app_that_awaits_holds_nothing(loop: BackgroundLoop) -> None:
    """The time in which a coroutine waits, and that of worker threads, is not held time."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await anyio.sleep(0.05)
        await anyio.to_thread.run_sync(time.sleep, 0.05)
        await answer(send)

    run = run_of(app, loop)
    assert 0 < run.held_ns < run.duration_ns - 90_000_000


def test_waiting_and_computing(loop: BackgroundLoop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the thread tells a sleep from work."""
    now = {"wall": 1, "cpu": 0}
    monkeypatch.setattr("ipyasgi.engine.held_time.time.perf_counter_ns", lambda: now["wall"])
    monkeypatch.setattr("ipyasgi.engine.held_time.time.thread_time_ns", lambda: now["cpu"])
    held = HeldTime(Present())
    for wall, cpu, wanted in [(1, 1, ""), (30, 1, "waiting"), (40, 38, "computing"), (35, 0, "computing")]:
        held.begin()
        now["wall"] += wall * 1_000_000
        now["cpu"] += cpu * 1_000_000
        held.end()
        assert held.read().held_by == wanted
    assert held.read() == Held(40_000_000, "", "computing")


def test_a_stretch_that_does_not_end_is_read_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """An endpoint that blocks for ever is abandoned, and its record says for how long it has held the loop."""
    now = {"ns": 1}
    monkeypatch.setattr("ipyasgi.engine.held_time.time.perf_counter_ns", lambda: now["ns"])
    held = HeldTime(Present())
    held.begin()
    now["ns"] += 90_000_000
    assert held.read() == Held(90_000_000)


def test_one_of_many_waiting_threads_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred waiting threads do not look a hundred times as often; when one leaves, another looks."""
    now = {"ns": 1, "thread": 1}
    monkeypatch.setattr("ipyasgi.engine.held_time.time.perf_counter_ns", lambda: now["ns"])
    monkeypatch.setattr("ipyasgi.engine.held_time.threading.get_ident", lambda: now["thread"])
    watch = HeldWatch(Present())

    def every_s(thread: int) -> float:
        now["thread"] = thread
        return watch.every_s

    assert [every_s(thread) for thread in (1, 2, 1)] == [0.01, 0.25, 0.01]
    now["ns"] += 250_000_000
    assert [every_s(thread) for thread in (2, 1)] == [0.01, 0.25]


def test_what_the_app_gets_is_what_it_would_get() -> None:
    """Tasks, their coroutines, exceptions and the loop's own task factory are as without measuring."""
    seen: dict[str, Any] = {}

    async def child() -> None:
        seen["frames"] = read_stacks(asyncio.current_task().get_coro())  # type: ignore[union-attr]
        await asyncio.sleep(0)
        raise KeyError("child")

    async def app(scope: Any, receive: Any, send: Any) -> None:
        task = asyncio.create_task(child(), name="mine")
        coroutine = task.get_coro()
        seen["name"] = task.get_name(), coroutine.__qualname__, asyncio.iscoroutine(coroutine)  # type: ignore[union-attr]
        try:
            await task
        except KeyError as exc:
            seen["lines"] = [entry.tb_frame.f_code.co_name for entry in _entries(exc.__traceback__)]
        cancelled = asyncio.create_task(asyncio.sleep(10))
        cancelled.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await cancelled
        seen["cancelled"] = cancelled.cancelled()
        seen["factory"] = asyncio.get_running_loop().get_task_factory()
        await answer(send)

    loop = BackgroundLoop()
    try:
        assert run_of(app, loop).held_ns > 0
        seen["after"] = loop.call(_factory)
    finally:
        loop.close()
    assert seen["name"][0] == "mine"
    assert seen["name"][1].endswith("child")
    assert seen["name"][2]
    assert seen["lines"] == ["app", "child"]
    assert seen["cancelled"]
    assert seen["factory"] is not None
    assert seen["after"] is None


async def _factory() -> Any:
    return asyncio.get_running_loop().get_task_factory()


def _entries(traceback: Any) -> Any:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


def test_the_place_of_a_task_behind_a_measured_one(backend: Any) -> None:
    """An app that does not answer is found in the task of its own that waits."""
    loop, waits = BackgroundLoop(backend=backend), threading.Event()

    async def endpoint() -> None:
        waits.set()
        await anyio.sleep_forever()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(endpoint)

    try:
        cycle = begun(app, loop, observer=Ignore())
        assert waits.wait(30)
        assert becomes_true(lambda: " in endpoint" in cycle._read_place()[1], 30)
        cycle.abort()
    finally:
        loop.close()
