"""`Job`: a coroutine on a loop, awaited or cancelled from elsewhere; and waits for any `concurrent.futures.Future`."""

from __future__ import annotations

import concurrent.futures
import contextlib
import math
import sys
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar, TypeVarTuple, Unpack

import anyio

from ..protocol.errors import LoopError
from .inbox import NOTHING, Inbox, WaitPlan

if TYPE_CHECKING:
    from .loops import Loop

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_CANCELLATIONS = (("asyncio", "CancelledError"), ("trio", "Cancelled"))


def is_cancellation(exc: BaseException | None) -> bool:
    """Return whether an exception is the cancellation of asyncio or trio; does not import them."""
    # getattr, because the import may be missing or incomplete.
    cancelled = [getattr(sys.modules.get(name), kind, ()) for name, kind in _CANCELLATIONS]
    return any(issubclass(type(exc), one) for one in cancelled)  # not isinstance, which reads an app's `__class__`


def is_unwinding() -> bool:
    """Return True while unwinding from KeyboardInterrupt or cancellation; do not wait for cleanup then."""
    leaving = sys.exc_info()[1]
    return isinstance(leaving, KeyboardInterrupt) or is_cancellation(leaving)


class Job(Generic[T]):
    """
    A coroutine that runs on a loop, for other threads and tasks.

    :ivar future: its value; done when the coroutine has ended
    """

    __slots__ = ("_loop", "_scope", "future")

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self.future: concurrent.futures.Future[T] = concurrent.futures.Future()
        self._scope: anyio.CancelScope | None = None

    def done(self) -> bool:
        """Return whether there is a result, an exception or a cancellation."""
        return self.future.done()

    def cancel(self) -> None:
        """Cancel the coroutine, from any thread, without waiting; does nothing once it has ended."""
        if not self.future.done():
            self._loop.call_soon(self._cancel_here)

    def result(self, timeout_s: float | None = None) -> T:
        """
        Wait for the value.

        :param timeout_s: seconds to wait; None for no limit. A timeout does not cancel the coroutine
        Raises ``TimeoutError``, ``concurrent.futures.CancelledError``, or the exception of the coroutine.
        """
        self._loop.wait(inbox_of(self.future), wait_done(self.future, timeout_s, self._check_loop))
        return self.future.result(0)

    async def result_async(self, timeout_s: float | None = None) -> T:
        """Asynchronous `result`, for any loop."""
        await inbox_of(self.future).run_async(wait_done(self.future, timeout_s, self._check_loop))
        return self.future.result(0)

    def end(self, within_s: float) -> bool:
        """Cancel and wait for the end; return False after a timeout."""
        self.cancel()
        self._loop.wait(inbox_of(self.future), wait_done(self.future, within_s, self._check_loop))
        return self.done()

    async def end_async(self, within_s: float) -> bool:
        """Asynchronous `end`; shielded from cancellation."""
        self.cancel()
        with anyio.CancelScope(shield=True):
            await inbox_of(self.future).run_async(wait_done(self.future, within_s, self._check_loop))
        return self.done()

    def _check_loop(self) -> None:
        if self._loop.gone and not self.future.done():
            with contextlib.suppress(concurrent.futures.InvalidStateError):  # the value has just arrived
                self.future.set_exception(LoopError("the event loop ended before its work: open a new client"))

    def _cancel_here(self) -> None:
        if self._scope is None:
            self.future.cancel()
        else:
            self._scope.cancel()

    async def _run(self, func: Callable[[Unpack[Ts]], Awaitable[T]], args: tuple[*Ts]) -> None:
        try:
            if self.future.cancelled():
                return
            with anyio.CancelScope() as self._scope:
                value = await func(*args)
                self.future.set_result(value)
        except BaseException as exc:  # including SystemExit, which must not reach the loop
            if not (self.future.done() or is_cancellation(exc) or isinstance(exc, GeneratorExit)):
                self.future.set_exception(exc)
        finally:
            if not self.future.done():
                self.future.cancel()
                self.future.set_running_or_notify_cancel()


async def await_future(future: concurrent.futures.Future[T], timeout_s: float | None = None) -> T:
    """Await a future on any loop, for at most ``timeout_s`` seconds; cancelling the wait does not cancel the future."""
    await inbox_of(future).run_async(wait_done(future, timeout_s))
    return future.result(0)


def inbox_of(future: concurrent.futures.Future[Any]) -> Inbox:
    """Return an inbox that receives the future once it is done."""
    inbox = Inbox()
    future.add_done_callback(inbox.put)
    return inbox


def wait_done(
    future: concurrent.futures.Future[Any], within_s: float | None, check: Callable[[], object] = lambda: None
) -> WaitPlan[None]:
    """Return the plan of a wait for a future; ``check`` is called after each slice without an item."""
    until_s = math.inf if within_s is None else time.monotonic() + within_s
    while not future.done() and (left := until_s - time.monotonic()) > 0:
        if (yield left) is NOTHING:
            check()
