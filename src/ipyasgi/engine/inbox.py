"""`Inbox` of one call, and sans-I/O waits: how a thread, or a coroutine on another loop, waits for the app's loop.

The logic of a wait is a generator (`WaitPlan`) that does not wait itself: it yields the seconds to wait, and is sent
the next item, or `NOTHING` when that time has passed. One of two runners drives it::

      the app's loop            Inbox                  runner                       WaitPlan
      --------------            -----                  ------                       --------
                                                       next()      ---------------> starts
                                             get  <--- seconds     <--------------- yield 0.5
      put(item)  -------------> [item]  ----------> item, NOTHING  -- send(item) -> looks at it
                                             get  <--- seconds     <--------------- yield 0.3
                                                       value       <--------------- return value

      run_sync    blocks the calling thread in ``get(timeout=seconds)``; in a browser's page it suspends the caller
      run_async   awaits an event of the calling coroutine's loop, without blocking it

Code outside the engine calls `ipyasgi.engine.loops.Loop.wait`, because the kind of loop decides how a thread waits.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Generator
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

import anyio
import anyio.lowlevel

from . import page
from .deadline_clock import DEADLINE_CLOCK

T = TypeVar("T")

SLICE_S = 0.2
"""
The longest uninterrupted wait of a caller.

On Windows a lock's acquire cannot be interrupted. Elsewhere it can, unless the signal arrives between the interpreter's
last check and the sleep of the thread: measured, that delays one SIGINT in a thousand.
"""

NOTHING = object()
"""Sent to a `WaitPlan` when no item arrived in time."""

WaitPlan = Generator[float, Any, T]
"""A generator that yields seconds to wait (``inf`` for no limit), is sent an item or `NOTHING`, and returns a ``T``."""


class Inbox(SimpleQueue[Any]):
    """
    Filled on the app's loop, emptied by the waiters.

    Waits are cut into slices: a thread's for the reason in `SLICE_S`, a coroutine's because in a kernel an interrupt of
    an ``await`` reaches a sleeping loop only when something else wakes it.
    """

    def __init__(self) -> None:
        self._wakers: list[Callable[[], None]] = []
        self._noted_s = time.monotonic()

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        """Put an item, from any thread; never blocks."""
        super().put(item)
        for wake in tuple(self._wakers):
            wake()

    def run_sync(self, plan: WaitPlan[T]) -> T:
        """Run a plan, blocking this thread, and return its value; in a browser's page only the caller waits."""
        if page.IN_PAGE:
            return page.run_coroutine(self.run_async(plan))
        with contextlib.closing(plan):
            try:
                seconds = next(plan)
                while True:
                    slice_s = SLICE_S if seconds > SLICE_S else max(seconds, 0)
                    try:
                        item = self.get(timeout=slice_s)
                    except Empty:
                        item = NOTHING
                    self._note_wait(slice_s, item)
                    seconds = plan.send(item)
            except StopIteration as stop:
                value: T = stop.value
                return value

    async def run_async(self, plan: WaitPlan[T]) -> T:
        """Run a plan in a coroutine, without blocking its loop, and return its value."""
        with contextlib.closing(plan):
            try:
                seconds = next(plan)
                while True:
                    slice_s = min(seconds, SLICE_S)
                    item = await self._next(slice_s)
                    self._note_wait(slice_s, item)
                    seconds = plan.send(item)
            except StopIteration as stop:
                value: T = stop.value
        return value

    def _note_wait(self, slice_s: float, item: object) -> None:
        # Since the last time, because a debugger also stops the thread between two slices.
        DEADLINE_CLOCK.note_wait(self._noted_s, slice_s, waited=item is NOTHING)
        self._noted_s = time.monotonic()

    async def yield_to_loop(self) -> None:
        """Yield to the running loop if an item is available: a fast sender must not block the reader's loop."""
        if not self.empty():
            await anyio.lowlevel.checkpoint()

    async def _next(self, seconds: float) -> Any:
        await self.yield_to_loop()
        with contextlib.suppress(Empty):
            return self.get_nowait()
        arrived = anyio.Event()
        post = find_poster()

        def wake() -> None:
            with contextlib.suppress(RuntimeError):  # the loop of the waiter has ended
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
    trio = find_running_trio()
    if trio is not None:
        with trio.move_on_after(max(seconds, 0)):
            await arrived.wait()
        return
    # A timer and not a cancel scope: in a kernel a cancellation by an interrupt is noticed at the end of the slice, and
    # anyio 4.4 would mistake it for the scope's own and swallow it.
    timer = sys.modules["asyncio"].get_running_loop().call_later(max(seconds, 0), arrived.set)
    try:
        await arrived.wait()
    finally:
        timer.cancel()


def find_poster() -> Callable[..., Any]:
    """Return a callable, for any thread, that schedules a plain function on the loop that is running here."""
    trio = find_running_trio()
    if trio is not None:
        post: Callable[..., Any] = trio.lowlevel.current_trio_token().run_sync_soon
    else:  # asyncio runs here, so it is imported; importing us must not import it
        post = sys.modules["asyncio"].get_running_loop().call_soon_threadsafe
    return post


def find_running_trio() -> Any:
    """Return the trio module if trio runs here, else None; does not import it."""
    trio = sys.modules.get("trio")
    is_running = getattr(getattr(trio, "lowlevel", None), "in_trio_run", bool)  # the import may be incomplete
    return trio if is_running() else None
