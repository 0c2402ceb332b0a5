"""A coroutine that runs on a loop, seen from other threads: waited for, cancelled."""

from __future__ import annotations

import concurrent.futures
import contextlib
import math
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar, TypeVarTuple, Unpack

import anyio

from .inbox import NOTHING, SLICE_S, Inbox, Waits

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


def is_cancellation(exc: BaseException | None) -> bool:
    """Tell whether this is how asyncio or trio ends a task; neither is imported to find out."""
    asyncio, trio = sys.modules.get("asyncio"), sys.modules.get("trio")
    return (asyncio is not None and isinstance(exc, asyncio.CancelledError)) or (
        trio is not None and isinstance(exc, trio.Cancelled)
    )


class Job(Generic[T]):
    """
    A coroutine running on a loop, seen from other threads.

    :ivar future: its value to come
    :ivar ended: set when the coroutine has ended, also one that was cancelled
    """

    __slots__ = ("_call_soon", "_scope", "ended", "future")

    def __init__(self, call_soon: Callable[..., Any]) -> None:
        self._call_soon = call_soon
        self.future: concurrent.futures.Future[T] = concurrent.futures.Future()
        self._scope: anyio.CancelScope | None = None
        self.ended = threading.Event()

    def done(self) -> bool:
        """Tell whether there is a result, an exception or a cancellation."""
        return self.future.done()

    def cancel(self) -> None:
        """Ask the coroutine to stop, from any thread, without waiting; nothing happens once it has ended."""
        if not self.future.done():
            self._call_soon(self._cancel_here)

    def result(self, timeout_s: float | None = None) -> T:
        """
        Wait for the value.

        :param timeout_s: seconds to wait, None for ever; passing it does not stop the work
        Raises ``TimeoutError``, ``concurrent.futures.CancelledError``, or what the coroutine raised.
        """
        until_s = math.inf if timeout_s is None else time.monotonic() + timeout_s
        while not self.future.done() and (left := until_s - time.monotonic()) > 0:
            with contextlib.suppress(TimeoutError):
                return self.future.result(min(left, SLICE_S))
        return self.future.result(0)

    async def result_async(self, timeout_s: float | None = None) -> T:
        """As `result`, for a coroutine on any loop."""
        inbox = Inbox()
        self.future.add_done_callback(inbox.put)
        await inbox.run_async(_wait_for_one(timeout_s))
        return self.future.result(0)

    def _cancel_here(self) -> None:
        if self._scope is None:
            self.future.cancel()
        else:
            self._scope.cancel()

    def when_done(self, told: Callable[[], object]) -> None:
        """Call `told` once there is a result, an exception or a cancellation, on whichever thread that happens."""
        self.future.add_done_callback(lambda _: told())

    async def _run(self, func: Callable[[Unpack[Ts]], Awaitable[T]], args: tuple[*Ts]) -> None:
        try:
            if self.future.cancelled():
                return
            with anyio.CancelScope() as self._scope:
                value = await func(*args)
                self.future.set_result(value)
        except BaseException as exc:  # SystemExit too: it must not reach the loop
            if not (self.future.done() or is_cancellation(exc) or isinstance(exc, GeneratorExit)):
                self.future.set_exception(exc)
        finally:
            if not self.future.done():
                self.future.cancel()
                self.future.set_running_or_notify_cancel()
            self.ended.set()


def _wait_for_one(timeout_s: float | None) -> Waits[None]:
    until_s = math.inf if timeout_s is None else time.monotonic() + timeout_s
    while (left := until_s - time.monotonic()) > 0:
        if (yield left) is not NOTHING:
            return
