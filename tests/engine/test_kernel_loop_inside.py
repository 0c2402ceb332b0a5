"""`KernelLoop` run inside itself, for synchronous calls: each in a process of its own, where asyncio is patched."""

import asyncio
import subprocess
import sys
import textwrap
from typing import Any

import pytest

from ipyasgi.engine.kernel_loop import KernelLoop
from ipyasgi.protocol.errors import DeadlineError

from .calls import START, begun, body

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
    """Run a script after `HEAD` in a new process; return its output."""
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
    """With plain nest_asyncio applied, a synchronous call raises an error with the reason; awaiting still works."""
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
    """Without nest-asyncio2 the error of a synchronous call names the package to install."""
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
    cycle.wait_response(gap_s=20)
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
        async def until_ticked(count):
            while len(ticks) < count:
                await asyncio.sleep(0.005)
        loop.call(until_ticked, len(ticks) + 5)
        try:
            loop.call(hang, timeout_s=0.05)
        except DeadlineError as exc:
            assert "no result of hang within 0.05 s" in str(exc)
        while ran[-1] != "ended":
            await asyncio.sleep(0.005)
        assert await double(5) == 10
        async with asyncio.timeout(5), asyncio.TaskGroup() as group:
            group.create_task(double(1))
        assert await asyncio.to_thread(loop.call, double, 3) == 6
        assert asyncio.all_tasks() == {ticker, asyncio.current_task()}
        ticker.cancel()
    asyncio.run(main())
    """
    in_a_process(script)


@pytest.mark.serial
def test_an_interrupt_inside_itself() -> None:
    """SIGINT in a nested call raises KeyboardInterrupt within half a second; the work has ended, the loop runs."""
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
                    assert 0.1 < time.monotonic() - began < 5, time.monotonic() - began
                else:
                    raise AssertionError("no interrupt")
                assert asyncio.all_tasks() == {asyncio.current_task()}
                assert loop.call(double, 2) == 4
                assert await double(3) == 6
        assert ran.count("hangs") == ran.count("ended") == 3
    asyncio.run(main())
    """
    in_a_process(script)


def test_a_second_interrupt_inside_itself() -> None:
    """A second SIGINT in the grace of the first: what cannot be ended is known at once as left behind."""
    script = """
    release = threading.Event()

    async def app(scope, receive, send):
        await anyio.to_thread.run_sync(release.wait, 10)

    async def main():
        loop = KernelLoop()
        loop.call(double, 1)
        cycle = HttpCycle(app, {"type": "http", "method": "GET"}, b"", loop)
        cycle.begin()
        interrupt()
        threading.Timer(0.25, os.kill, (os.getpid(), signal.SIGINT)).start()
        try:
            cycle.wait_response()
        except KeyboardInterrupt:
            assert cycle.outcome == "abandoned", cycle.outcome
        else:
            raise AssertionError("no interrupt")
        release.set()
        await asyncio.sleep(0.1)
        assert cycle.ended
        assert asyncio.all_tasks() == {asyncio.current_task()}
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
