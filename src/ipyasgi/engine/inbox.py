"""The inbox of one call, and sans-I/O waits: how a thread, or a coroutine on another loop, waits for the app's loop.

The logic of a wait is written once, as a generator (`WaitPlan`) that does no waiting of its own: it yields how long it
would wait, and is sent the next item, or `NOTHING` when that time has passed. One of two runners drives it::

      the app's loop            Inbox                  runner                       WaitPlan
      --------------            -----                  ------                       --------
                                                       next()      ---------------> starts
                                             get  <--- seconds     <--------------- yield 0.5
      put(item)  -------------> [item]  ----------> item, NOTHING  -- send(item) -> looks at it
                                             get  <--- seconds     <--------------- yield 0.3
                                                       value       <--------------- return value

      run_sync    blocks the calling thread in ``get(timeout=seconds)``
      run_async   awaits an event of the calling coroutine's loop, which goes on meanwhile

Code outside the engine calls neither: it asks the loop (`ipyasgi.engine.loops.Loop.wait`), because only the loop knows
how the calling thread can wait for it.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Generator
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

import anyio
import anyio.lowlevel

T = TypeVar("T")

SLICE_S = 0.2
"""
The longest wait of a caller in one piece.

On Windows a lock's acquire cannot be interrupted. Elsewhere it can, but for a signal that arrives between the
interpreter's last look and the moment the thread sleeps: measured, one SIGINT in a thousand then waits with it.
"""

NOTHING = object()
"""Sent to a `WaitPlan` when nothing came in time: it looks at the clock, then goes on or ends."""

WaitPlan = Generator[float, Any, T]
"""A generator that yields seconds to wait (``inf``: for ever), is sent an item or `NOTHING`, and returns a ``T``."""


class Inbox(SimpleQueue[Any]):
    """
    Filled on the app's loop, emptied by those who wait.

    All waits are cut into slices. A thread's, because of what `SLICE_S` says; a coroutine's, because in a kernel an
    interrupt of an ``await`` reaches a sleeping loop only when something else wakes it.
    """

    def __init__(self) -> None:
        self._wakers: list[Callable[[], None]] = []

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        """Hand something over, from any thread; never blocks."""
        super().put(item)
        for wake in tuple(self._wakers):
            wake()

    def run_sync(self, plan: WaitPlan[T]) -> T:
        """Run a plan, blocking this thread, and return its value."""
        with contextlib.closing(plan):
            try:
                seconds = next(plan)
                while True:
                    try:
                        item = self.get(timeout=SLICE_S if seconds > SLICE_S else max(seconds, 0))
                    except Empty:
                        item = NOTHING
                    seconds = plan.send(item)
            except StopIteration as stop:
                value: T = stop.value
                return value

    async def run_async(self, plan: WaitPlan[T]) -> T:
        """Run a plan in a coroutine, whose loop goes on meanwhile, and return its value."""
        with contextlib.closing(plan):
            try:
                seconds = next(plan)
                while True:
                    seconds = plan.send(await self._next(min(seconds, SLICE_S)))
            except StopIteration as stop:
                value: T = stop.value
        return value

    async def let_go_on(self) -> None:
        """Give the running loop a turn where an item is there already: a fast sender must not starve its reader."""
        if not self.empty():
            await anyio.lowlevel.checkpoint()

    async def _next(self, seconds: float) -> Any:
        await self.let_go_on()
        with contextlib.suppress(Empty):
            return self.get_nowait()
        arrived = anyio.Event()
        post = find_poster()

        def wake() -> None:
            with contextlib.suppress(RuntimeError):  # the waiting loop has ended, and its waiter with it
                post(arrived.set)

        self._wakers.append(wake)
        try:
            if self.empty():  # an item put before the waker was registered woke nothing, so check again
                await _wait_for(arrived, seconds)
        finally:
            self._wakers.remove(wake)
        with contextlib.suppress(Empty):  # another waiter may have taken it
            return self.get_nowait()
        return NOTHING


async def _wait_for(arrived: anyio.Event, seconds: float) -> None:
    """Wait for the event, or so long."""
    trio = find_running_trio()
    if trio is not None:
        with trio.move_on_after(max(seconds, 0)):
            await arrived.wait()
        return
    # A timer, and no cancel scope: in a kernel the cancellation that an interrupt brings is looked at when the slice
    # is over, so both come at once, and anyio 4.4 takes such a cancellation for its own scope's and swallows it.
    timer = sys.modules["asyncio"].get_running_loop().call_later(seconds, arrived.set)
    try:
        await arrived.wait()
    finally:
        timer.cancel()


def find_poster() -> Callable[..., Any]:
    """Return what runs a plain function soon on the loop that runs here; callable from any thread."""
    trio = find_running_trio()
    if trio is not None:
        post: Callable[..., Any] = trio.lowlevel.current_trio_token().run_sync_soon
    else:  # it runs here, and importing us does not import it
        post = sys.modules["asyncio"].get_running_loop().call_soon_threadsafe
    return post


def find_running_trio() -> Any:
    """Return the module where it is trio that runs here; it is not imported to find out."""
    trio = sys.modules.get("trio")
    is_running = getattr(getattr(trio, "lowlevel", None), "in_trio_run", bool)  # another thread may be importing it
    return trio if is_running() else None
