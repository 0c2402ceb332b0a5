"""`KernelLoop`: the caller's own loop. What would run it inside itself is tried in processes of its own.

nest-asyncio2 patches asyncio for a whole process, so nothing in this one may make a synchronous call on it.
"""

import asyncio
import contextvars
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from typing import Any

import anyio
import pytest

from ipyasgi.engine.kernel_loop import KernelLoop
from ipyasgi.engine.loops import Backend
from ipyasgi.protocol.errors import DeadlineError, LoopError

from .calls import START, becomes_true, begun, body


@pytest.fixture(params=["asyncio", "trio"])
def caller(request: pytest.FixtureRequest) -> Backend:
    """Give each library that a caller may await in."""
    return request.param


@pytest.fixture(autouse=True)
def _nothing_is_patched() -> Iterator[None]:
    """Nothing in this process may patch asyncio."""
    yield
    assert not hasattr(asyncio, "_nest_patched")


HEAD = """
import asyncio, os, signal, sys, threading, time
import anyio
from ipyasgi.engine.http_cycle import HttpCycle
from ipyasgi.engine.kernel_loop import KernelLoop
from ipyasgi.protocol.errors import DeadlineError, LoopError

ran = []

async def double(number):
    ran.append(number)
    await asyncio.sleep(0.01)
    return 2 * number

async def hang():
    ran.append("hangs")
    try:
        await asyncio.sleep(30)
    finally:
        ran.append("ended")

def refused(loop):
    try:
        loop.call(double, 1)
    except LoopError as exc:
        print(exc)
    else:
        raise AssertionError("not refused")

def interrupt(after_s=0.2):
    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Timer(after_s, os.kill, (os.getpid(), signal.SIGINT)).start()
"""


def in_a_process(script: str) -> str:
    """Run a script after `HEAD` in a process of its own; return what it prints."""
    answer = subprocess.run(
        [sys.executable, "-W", "error", "-c", HEAD + textwrap.dedent(script)],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert answer.returncode == 0, answer.stderr
    assert answer.stderr == ""
    return answer.stdout


# -- awaited --------------------------------------------------------------------------------------------------


def test_work_runs_where_it_is_awaited(caller: Backend) -> None:
    """What is called runs on the caller's thread, in a context that descends from the caller's."""
    colour: contextvars.ContextVar[str] = contextvars.ContextVar("colour")

    async def look() -> tuple[int, str]:
        await anyio.sleep(0)
        found = threading.get_ident(), colour.get()
        colour.set("changed")
        return found

    async def main() -> None:
        loop = KernelLoop()
        assert loop.backend == caller
        assert loop.is_own_thread()
        colour.set("red")
        assert await loop.call_async(look) == (threading.get_ident(), "red")
        assert colour.get() == "red"
        assert not loop.gone

    anyio.run(main, backend=caller)


def test_from_another_thread(caller: Backend) -> None:
    """A thread may call and wait as on any loop, while the loop goes on."""

    async def look() -> int:
        await anyio.sleep(0.01)
        return threading.get_ident()

    async def main() -> None:
        loop = KernelLoop()
        assert await anyio.to_thread.run_sync(loop.call, look) == threading.get_ident()
        assert await anyio.to_thread.run_sync(lambda: loop.submit(look).result(5)) == threading.get_ident()
        assert not await anyio.to_thread.run_sync(loop.is_own_thread)

    anyio.run(main, backend=caller)


def test_from_another_loop(caller: Backend) -> None:
    """A coroutine on another thread's loop may await what runs on this one."""

    async def look() -> int:
        await anyio.sleep(0.01)
        return threading.get_ident()

    async def main() -> None:
        loop = KernelLoop()
        for other in ("asyncio", "trio"):
            await anyio.to_thread.run_sync(check, loop, threading.get_ident(), other)

    def check(loop: KernelLoop, ident: int, other: Backend) -> None:
        assert anyio.run(loop.call_async, look, backend=other) == ident

    anyio.run(main, backend=caller)


# -- refusals -------------------------------------------------------------------------------------------------


def test_no_loop_runs() -> None:
    """Where no loop runs, and none is given, there is none to be used; nor is a loop of something else one."""
    with pytest.raises(LoopError, match=r"no event loop runs here: make KernelLoop\(\) in a coroutine"):
        KernelLoop()
    with pytest.raises(LoopError, match="a str is no asyncio event loop"):
        KernelLoop("asyncio")  # type: ignore[arg-type]


def test_a_loop_that_has_ended(caller: Backend) -> None:
    """A loop that is gone says so, to who calls, who awaits and who wants to hand something over."""

    async def main() -> KernelLoop:
        return KernelLoop()

    loop = anyio.run(main, backend=caller)
    assert loop.gone
    with pytest.raises(LoopError, match="the event loop has ended: open a new client"):
        loop.submit(anyio.sleep, 0)
    with pytest.raises(LoopError, match="the event loop has ended"):
        loop.call(anyio.sleep, 0)
    with pytest.raises(LoopError, match="the event loop has ended"):
        anyio.run(loop.call_async, anyio.sleep, 0, backend=caller)
    loop.call_soon(print)


def test_trio_cannot_be_run_inside_itself() -> None:
    """A synchronous call on trio's own thread is refused with what to do, and begins nothing."""
    ran: list[bool] = []

    async def work() -> None:
        ran.append(True)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        ran.append(True)

    async def main() -> None:
        loop = KernelLoop()
        with pytest.raises(LoopError, match=r"cannot wait on trio's own thread: use `await` with AsyncTestClient"):
            loop.call(work)
        await anyio.sleep(0.05)
        assert ran == []
        cycle = begun(app, loop)
        with pytest.raises(LoopError, match="trio's own thread"):
            cycle.wait_response()
        with anyio.fail_after(3):
            while not cycle.ended:
                await anyio.sleep(0.01)

    anyio.run(main, backend="trio")


def test_the_wrong_loop(caller: Backend) -> None:
    """A loop that was handed in and does not run is refused, not waited for, where another one runs."""
    idle = asyncio.new_event_loop()

    async def main() -> None:
        with pytest.raises(LoopError, match="the loop that was handed in does not run, so nothing awaited"):
            await KernelLoop(idle).call_async(anyio.sleep, 0)
        if caller == "asyncio":
            with pytest.raises(LoopError, match="does not run here, another one does"):
                KernelLoop(idle).call(anyio.sleep, 0)

    anyio.run(main, backend=caller)
    idle.close()


def test_other_peoples_loops_are_refused_unpatched() -> None:
    """uvloop cannot be run inside itself: a synchronous call is refused before anything is patched or begun."""
    pytest.importorskip("uvloop")
    script = """
    import uvloop
    async def main():
        refused(KernelLoop())
        assert await KernelLoop().call_async(double, 2) == 4
    uvloop.run(main())
    assert ran == [2] and not hasattr(asyncio, "_nest_patched") and "nest_asyncio2" not in sys.modules
    """
    assert in_a_process(script) == "uvloop.Loop cannot be run inside itself: use `await` with AsyncTestClient instead\n"


def test_nest_asyncio_itself_is_refused() -> None:
    """Where plain nest_asyncio was first, a synchronous call says what that loses; awaiting goes on working."""
    script = """
    asyncio._nest_patched = True
    async def main():
        refused(KernelLoop())
        assert await KernelLoop().call_async(double, 2) == 4
    asyncio.run(main())
    assert ran == [2] and "nest_asyncio2" not in sys.modules
    """
    assert "nest_asyncio has patched asyncio here, which loses messages" in in_a_process(script)


def test_without_nest_asyncio2() -> None:
    """Without nest-asyncio2 a synchronous call says what to install."""
    script = """
    sys.modules["nest_asyncio2"] = None
    async def main():
        refused(KernelLoop())
    asyncio.run(main())
    """
    assert "pip install nest-asyncio2, or use `await`" in in_a_process(script)


# -- synchronous calls ----------------------------------------------------------------------------------------


def test_a_loop_that_does_not_run_is_run() -> None:
    """On a loop that was handed in and is idle a synchronous call just runs it; nothing is patched."""
    idle = asyncio.new_event_loop()
    loop = KernelLoop(idle)

    async def double(number: int) -> int:
        await asyncio.sleep(0.01)
        return 2 * number

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(START)
        await asyncio.sleep(0.01)
        await send(body(b"x"))

    assert loop.call(double, 4) == 8
    assert loop.submit(double, 5).result(5) == 10
    with pytest.raises(DeadlineError, match=r"no result of sleep within 0\.05 s"):
        loop.call(asyncio.sleep, 30, timeout_s=0.05)
    with pytest.raises(TimeoutError):
        loop.submit(asyncio.sleep, 0.2).result(0.01)
    cycle = begun(app, loop)
    cycle.wait_response(gap_s=5)
    assert cycle.content() == b"x"
    idle.run_until_complete(asyncio.sleep(0.2))
    assert asyncio.all_tasks(idle) == set()
    idle.close()


def test_a_loop_inside_itself() -> None:
    """A call on a running loop runs it inside itself, and patches asyncio then; other tasks go on, nesting nests."""
    script = """
    ticks = []
    async def tick():
        while True:
            ticks.append(1)
            await asyncio.sleep(0.005)

    async def inner():
        return loop.call(double, 4) + await double(1)

    async def main():
        global loop
        ticker = asyncio.create_task(tick())
        loop = KernelLoop()
        assert await loop.call_async(double, 1) == 2
        assert not hasattr(asyncio, "_nest_patched")
        assert "nest_asyncio2" not in sys.modules
        assert loop.call(double, 4) == 8
        assert asyncio._nest_patched
        assert loop.call(inner) == 10
        before = len(ticks)
        loop.call(asyncio.sleep, 0.1)
        assert len(ticks) > before + 5
        try:
            loop.call(hang, timeout_s=0.05)
        except DeadlineError as exc:
            assert "no result of hang within 0.05 s" in str(exc)
        assert ran[-1] == "ended"
        assert await double(5) == 10
        async with asyncio.timeout(5), asyncio.TaskGroup() as group:
            group.create_task(double(1))
        assert await asyncio.to_thread(loop.call, double, 3) == 6
        assert asyncio.all_tasks() == {ticker, asyncio.current_task()}
        ticker.cancel()
    asyncio.run(main())
    """
    in_a_process(script)


def test_an_interrupt_inside_itself() -> None:
    """SIGINT in a nested call: KeyboardInterrupt within half a second, the work has ended, the loop goes on."""
    script = """
    async def spin():
        while True:
            time.sleep(0.001)

    async def main():
        loop = KernelLoop()
        loop.call(double, 1)
        for work in (hang, spin):
            for _ in range(3):
                interrupt()
                began = time.monotonic()
                try:
                    loop.call(work)
                except KeyboardInterrupt:
                    assert 0.1 < time.monotonic() - began < 0.7, time.monotonic() - began
                else:
                    raise AssertionError("no interrupt")
                assert asyncio.all_tasks() == {asyncio.current_task()}
                assert loop.call(double, 2) == 4
                assert await double(3) == 6
        assert ran.count("hangs") == ran.count("ended") == 3
    asyncio.run(main())
    """
    in_a_process(script)


def test_an_interrupt_on_a_loop_that_was_idle() -> None:
    """SIGINT while an idle loop is being run: the same, without anything patched, and nothing is left on the loop."""
    script = """
    idle = asyncio.new_event_loop()
    loop = KernelLoop(idle)
    interrupt()
    try:
        loop.call(hang)
    except KeyboardInterrupt:
        pass
    else:
        raise AssertionError("no interrupt")
    assert ran == ["hangs", "ended"]
    assert asyncio.all_tasks(idle) == set()
    assert loop.call(double, 2) == 4
    assert not hasattr(asyncio, "_nest_patched")
    idle.close()
    """
    in_a_process(script)


# -- a loop that ends -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", ["call", "job"])
def test_a_loop_that_ends_under_a_wait(asked: str) -> None:
    """Whoever waits for a loop that is closed without a word is let go, and told."""
    ending = asyncio.new_event_loop()
    thread = threading.Thread(target=ending.run_forever)
    thread.start()
    loop = KernelLoop(ending)
    began = threading.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        began.set()

    def block() -> None:
        assert becomes_true(lambda: handed)
        ending.stop()

    handed: list[Any] = []
    ending.call_soon_threadsafe(block)  # so that nothing handed over begins any more
    time.sleep(0.02)
    if asked == "call":
        handed.append(begun(app, loop))
    else:
        handed.append(loop.submit(asyncio.sleep, 30))
    thread.join(5)
    ending.close()
    if asked == "call":
        handed[0].wait_response()
        assert handed[0].outcome == "abandoned"
    else:
        with pytest.raises(LoopError, match="the event loop has ended, and with it what was running there"):
            handed[0].result()
    assert not began.is_set()


def test_the_loops_owner_ends_it(caller: Backend) -> None:
    """When the owner of the loop ends it with everything on it, a thread that waits is let go."""
    outcome: list[BaseException] = []

    async def main() -> None:
        loop = KernelLoop()

        def wait() -> None:
            try:
                loop.call(anyio.sleep_forever)
            except BaseException as exc:
                outcome.append(exc)

        threading.Thread(target=wait, daemon=True).start()
        await anyio.sleep(0.05)

    anyio.run(main, backend=caller)
    assert becomes_true(lambda: outcome)
    assert type(outcome[0]).__name__ == "CancelledError"
