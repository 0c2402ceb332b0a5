"""`KernelLoop`: the caller's own loop. What would run it inside itself is tried in processes of its own.

nest-asyncio2 patches asyncio for a whole process, so nothing in this one may make a synchronous call on it.
"""

import asyncio
import contextvars
import threading
import time
from collections.abc import Iterator
from typing import Any

import anyio
import pytest

from ipyasgi.engine.kernel_loop import KernelLoop
from ipyasgi.engine.loops import Backend
from ipyasgi.protocol.errors import LoopError

from .calls import becomes_true, begun


@pytest.fixture(params=["asyncio", "trio"])
def caller(request: pytest.FixtureRequest) -> Backend:
    """Give each library that a caller may await in."""
    return request.param


@pytest.fixture(autouse=True)
def _nothing_is_patched() -> Iterator[None]:
    """Nothing in this process may patch asyncio."""
    yield
    assert not hasattr(asyncio, "_nest_patched")


def test_work_runs_where_it_is_awaited(caller: Backend) -> None:
    """The function runs on the caller's thread, in a copy of the caller's context."""
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
    """A thread can call and wait as with any loop, while the loop runs."""

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
    with pytest.raises(LoopError, match="a str is not an asyncio event loop"):
        KernelLoop("asyncio")


def test_a_loop_that_has_ended(caller: Backend) -> None:
    """On an ended loop calling, awaiting and spawning raise an error."""

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
        await anyio.sleep_forever()

    async def main() -> None:
        loop = KernelLoop()
        with pytest.raises(LoopError, match=r"cannot wait on trio's own thread: use `await` with AsyncTestClient"):
            loop.call(work)
        await anyio.sleep(0.05)
        assert ran == []
        cycle = begun(app, loop)
        with pytest.raises(LoopError, match="trio's own thread"):
            cycle.wait_response()
        with anyio.fail_after(20):
            while not cycle.ended:
                await anyio.sleep(0.01)

    anyio.run(main, backend="trio")


def test_the_wrong_loop(caller: Backend) -> None:
    """A loop that was handed in and does not run is refused, not waited for, where another one runs."""
    idle = asyncio.new_event_loop()

    async def main() -> None:
        with pytest.raises(LoopError, match="the given loop does not run, so awaiting it would never end"):
            await KernelLoop(idle).call_async(anyio.sleep, 0)
        if caller == "asyncio":
            with pytest.raises(LoopError, match="another loop than the given one runs here"):
                KernelLoop(idle).call(anyio.sleep, 0)

    anyio.run(main, backend=caller)
    idle.close()


@pytest.mark.parametrize("asked", ["call", "job"])
def test_a_loop_that_ends_under_a_wait(asked: str) -> None:
    """A waiter for a loop that is closed from outside is released with an error."""
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
    thread.join(20)
    ending.close()
    if asked == "call":
        handed[0].wait_response()
        assert handed[0].outcome == "abandoned"
    else:
        with pytest.raises(LoopError, match="the event loop ended before its work"):
            handed[0].result()
    assert not began.is_set()


def test_the_loops_owner_ends_it(caller: Backend) -> None:
    """When the owner of the loop ends it with everything on it, a thread that waits is let go."""
    outcome: list[BaseException] = []

    async def main() -> None:
        loop = KernelLoop()

        async def wait_forever() -> None:
            entered.set()
            await anyio.sleep_forever()

        def wait() -> None:
            try:
                loop.call(wait_forever)
            except BaseException as exc:
                outcome.append(exc)

        threading.Thread(target=wait, daemon=True).start()
        while not entered.is_set():
            await anyio.sleep(0.002)

    entered = threading.Event()
    anyio.run(main, backend=caller)
    assert becomes_true(lambda: outcome)
    assert type(outcome[0]).__name__ == "CancelledError"
