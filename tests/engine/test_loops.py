"""Loops on threads of their own: work handed over, waited for, cancelled; nothing left behind."""

import asyncio
import concurrent.futures
import contextvars
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from ipyasgi.engine.background_loop import BackgroundLoop
from ipyasgi.engine.jobs import Job
from ipyasgi.engine.loops import Backend
from ipyasgi.protocol.errors import LoopError

from .calls import becomes_true

colour: contextvars.ContextVar[str] = contextvars.ContextVar("colour", default="none")


async def double(number: int) -> int:
    await anyio.sleep(0)
    return 2 * number


def open_files() -> int:
    for listing in ("/proc/self/fd", "/dev/fd"):
        if Path(listing).exists():
            return len(list(Path(listing).iterdir()))
    pytest.skip("no list of open files on this system")


def test_call_gives_the_value(loop: BackgroundLoop) -> None:
    """``call`` runs the function on the loop's thread and returns its value."""

    async def where() -> threading.Thread:
        return threading.current_thread()

    assert loop.call(double, 21) == 42
    assert loop.call(where) is loop.thread
    assert not loop.is_own_thread()


def test_call_raises_the_exception_itself(loop: BackgroundLoop) -> None:
    """The exception of the work is raised to the caller, the object itself."""
    error = ValueError("x")

    async def fail() -> None:
        raise error

    with pytest.raises(ValueError, match="x") as caught:
        loop.call(fail)
    assert caught.value is error


def test_context_goes_in_and_stays_in(loop: BackgroundLoop) -> None:
    """The work has the caller's context variables; values that it sets are not visible to the caller."""

    async def look() -> str:
        seen = colour.get()
        colour.set("changed")
        return seen

    colour.set("red")
    assert loop.call(look) == "red"
    colour.set("blue")
    assert loop.call(look) == "blue"
    assert colour.get() == "blue"


@pytest.mark.parametrize("outer", ["asyncio", "trio"])
def test_a_caller_inside_another_async_library(loop: BackgroundLoop, outer: Backend, may_block: None) -> None:
    """Work works whatever async library its caller is in: the mark of that one does not come along."""

    async def work() -> int:
        with anyio.move_on_after(1):
            await anyio.sleep(0.001)
        return await anyio.to_thread.run_sync(threading.get_ident)

    async def main() -> int:
        await anyio.lowlevel.checkpoint()
        return loop.call(work)

    assert anyio.run(main, backend=outer) != threading.get_ident()


def test_call_on_the_own_thread_is_an_error(loop: BackgroundLoop) -> None:
    """Waiting on the loop's own thread would never end; it is refused."""

    async def work() -> int:
        assert loop.is_own_thread()
        return loop.call(double, 1)

    with pytest.raises(LoopError, match=r"event loop from its own thread.*use `await` there"):
        loop.call(work)


@pytest.mark.parametrize("raised", [SystemExit, KeyboardInterrupt])
def test_an_exit_in_work_does_not_end_the_loop(loop: BackgroundLoop, raised: type[BaseException]) -> None:
    """SystemExit in a job is raised to the caller, and the loop still runs."""

    async def leave() -> None:
        raise raised(3)

    with pytest.raises(raised):
        loop.call(leave)
    assert loop.call(double, 1) == 2


@pytest.mark.parametrize("raised", [SystemExit, KeyboardInterrupt])
def test_an_exit_in_a_detached_task_does_not_end_the_loop(raised: type[BaseException]) -> None:
    """SystemExit in a task without a waiter stops asyncio's loop; it is resumed, and other work with it."""
    loop = BackgroundLoop()
    waiting = loop.submit(anyio.sleep, 0.2)

    async def leave() -> None:
        raise raised(3)

    async def detach() -> None:
        asyncio.get_running_loop().create_task(leave()).add_done_callback(lambda task: task.exception())

    loop.call(detach)
    assert loop.call(double, 1) == 2
    waiting.result(20)
    loop.close()
    assert not loop.thread.is_alive()


def test_a_stop_by_the_app_does_not_end_the_loop() -> None:
    """An app that calls ``loop.stop()`` does not end the loop."""
    loop = BackgroundLoop()

    async def stop() -> None:
        asyncio.get_running_loop().stop()

    loop.call(stop)
    assert loop.call(double, 1, timeout_s=3) == 2
    loop.close()


def test_a_crash_of_trio_lets_everybody_go() -> None:
    """A crash of trio ends the loop: waiters are released, and later callers get the reason."""
    import trio

    loop = BackgroundLoop(backend="trio")
    waiting = loop.submit(anyio.sleep_forever)

    async def crash() -> None:
        raise SystemExit(3)

    async def spawn() -> None:
        trio.lowlevel.spawn_system_task(crash)

    loop.submit(spawn)
    with pytest.raises(concurrent.futures.CancelledError):
        waiting.result(20)
    assert becomes_true(lambda: loop.closed)
    with pytest.raises(LoopError, match="open a new client") as caught:
        loop.call(double, 1, timeout_s=3)
    assert isinstance(caught.value.__cause__, trio.TrioInternalError)


def test_a_closed_loop_takes_no_work(loop: BackgroundLoop) -> None:
    """After ``close`` the thread is gone, work is refused, and closing again is harmless."""
    loop.close()
    assert loop.closed
    assert not loop.thread.is_alive()
    with pytest.raises(LoopError, match="closed: open a new client"):
        loop.spawn(double, 1)
    loop.call_soon(print, "never")
    assert not loop.responds(0.01)
    loop.close()


def test_closing_lets_every_waiter_go(loop: BackgroundLoop) -> None:
    """Jobs that run when the loop closes are cancelled, and their waiters are released."""
    jobs = [loop.submit(anyio.sleep_forever) for _ in range(20)]
    loop.close()
    for job in jobs:
        with pytest.raises(concurrent.futures.CancelledError):
            job.result(20)


@pytest.mark.parametrize("round_", range(10))
def test_no_job_falls_between_open_and_closed(backend: Backend, round_: int) -> None:
    """Work submitted while the loop closes is either refused or ended, so no waiter hangs."""
    loop = BackgroundLoop(backend=backend)
    jobs: list[Job[None]] = []

    def hand_over() -> None:
        while True:
            try:
                jobs.append(loop.submit(anyio.sleep_forever))
            except LoopError:
                return

    threads = [threading.Thread(target=hand_over) for _ in range(2)]
    for thread in threads:
        thread.start()
    time.sleep(0.002 * round_)
    loop.close(5)
    for thread in threads:
        thread.join(20)
    assert becomes_true(lambda: all(job.done() for job in jobs))


@pytest.mark.serial
def test_many_rounds_leave_nothing(backend: Backend) -> None:
    """200 loops, opened and closed, leave no thread and no open file."""
    BackgroundLoop(backend=backend).close()
    threads, files = threading.active_count(), open_files()
    for _ in range(200):
        loop = BackgroundLoop(backend=backend)
        loop.call(double, 1)
        loop.close()
    assert threading.active_count() <= threads  # less, where one of an earlier test's has ended meanwhile
    assert open_files() <= files


@pytest.mark.serial
def test_worker_threads_end_with_the_loop(backend: Backend) -> None:
    """Threads that the app's synchronous code ran on do not outlive the loop."""
    before = threading.active_count()
    loop = BackgroundLoop(backend=backend)
    loop.call(anyio.to_thread.run_sync, threading.get_ident)
    loop.close()
    # trio keeps idle workers of the process for ten seconds; asyncio's end with their loop.
    assert becomes_true(lambda: threading.active_count() <= before + (backend == "trio"))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"backend": "curio"}, "unknown backend 'curio': use 'asyncio' or 'trio'"),
        ({"backend_options": {"deubg": True}}, "unknown backend options.*deubg.*use debug"),
    ],
)
def test_wrong_options(options: dict[str, Any], told: str) -> None:
    """A backend or an option that does not exist is named, and nothing is left running."""
    with pytest.raises(LoopError, match=told):
        BackgroundLoop(**options)


def test_options_reach_the_backend() -> None:
    """``debug`` and ``loop_factory`` are what asyncio is started with."""
    made: list[asyncio.AbstractEventLoop] = []

    def factory() -> asyncio.AbstractEventLoop:
        made.append(asyncio.new_event_loop())
        return made[0]

    async def running() -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()

    loop = BackgroundLoop(backend_options={"debug": True, "loop_factory": factory})
    assert loop.call(running) is made[0]
    assert made[0].get_debug()
    loop.close()


def test_uvloop() -> None:
    """``use_uvloop`` runs the work on uvloop."""
    pytest.importorskip("uvloop")
    loop = BackgroundLoop(backend_options={"use_uvloop": True})

    async def module() -> str:
        return type(asyncio.get_running_loop()).__module__

    assert loop.call(module).startswith("uvloop")
    loop.close()


def test_a_blocked_loop_does_not_respond(loop: BackgroundLoop, may_block: None) -> None:
    """A blocked loop does not respond; once given up, it is lost, and ends when it can."""
    assert loop.responds(2)
    blocked, release = threading.Event(), threading.Event()

    async def block() -> None:
        blocked.set()
        release.wait(10)

    job = loop.submit(block)
    try:
        assert blocked.wait(20)
        assert not loop.responds(0.05)
        loop.give_up()
        assert loop.lost
        assert loop.closed
        assert "(lost)" in loop.thread.name
        with pytest.raises(LoopError, match="lost, because an endpoint blocks it"):
            loop.call(double, 1)
    finally:
        release.set()
    job.result(20)
    loop.thread.join(20)
    assert not loop.thread.is_alive()


def test_closers_run_last_first_and_all(loop: BackgroundLoop) -> None:
    """One closer that fails keeps neither the others nor the loop from closing; its error is raised."""
    ran: list[str] = []

    def fail(timeout_s: float) -> None:
        ran.append("failing")
        raise ValueError("no")

    loop.closers += [lambda timeout_s: ran.append("first"), fail, lambda timeout_s: ran.append("last")]
    with pytest.raises(ValueError, match="no"):
        loop.close(2)
    assert ran == ["last", "failing", "first"]
    assert not loop.thread.is_alive()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_process_is_refused() -> None:
    """In a forked child the parent's loop has no thread: using it is an error, closing it is harmless."""
    code = """
import os, sys
from ipyasgi.engine.background_loop import BackgroundLoop
from ipyasgi.protocol.errors import LoopError
loop = BackgroundLoop()
async def work(): return 1
child = os.fork()
if not child:
    try:
        loop.call(work, timeout_s=5)
    except LoopError as exc:
        loop.close()
        os._exit(7 if "fork" in str(exc) else 8)
    os._exit(9)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
assert loop.call(work, timeout_s=5) == 1
loop.close()
"""
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, timeout=30)
