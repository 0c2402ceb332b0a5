"""`Loop`: base class of everything an app can run on. No threads and no ASGI here.

A loop is a strategy: `ipyasgi.engine.background_loop` runs one on its own thread, `ipyasgi.engine.kernel_loop` uses the
caller's, `ipyasgi.engine.page_loop` that of a browser's page, where no thread can start. ``spawn`` starts a coroutine
function and returns at once, ``submit`` returns a `Job` to wait for or cancel, ``call`` waits. They are callable from
any thread except the loop's own. Work inherits the caller's context variables, so a kernel can assign a ``print`` in an
endpoint to its cell.

All blocking waits of the project use `Loop.wait`, so the strategy decides how the calling thread waits. New loops and
threads come from `ipyasgi.engine.strategy`.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Literal, TypeVar, TypeVarTuple, Unpack

from ..protocol.errors import DeadlineError, LoopError
from . import graces, page
from .inbox import Inbox, WaitPlan
from .jobs import Job, inbox_of, wait_done

if TYPE_CHECKING:
    from .held_time import HeldTime, HeldWatch

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Backend = Literal["asyncio", "trio"]

_MARKED_NS = 5_000_000  # what runs meanwhile besides stretches is little of one that is worth a name


class Present:
    """
    What a loop runs now, for threads that look, and the processor time of its thread.

    :ivar held: the `HeldTime` of the call that ran last
    :ivar watch: looks at it
    :ivar short_ns: the time of short stretches since the last reading of the processor time
    """

    __slots__ = ("_cpu_ns", "_marked_ns", "held", "short_ns", "watch")

    def __init__(self) -> None:
        self.held: HeldTime | None = None
        self.watch: HeldWatch | None = None
        self.short_ns = 0
        self._marked_ns = self._cpu_ns = 0

    def mark(self) -> None:
        """Read the processor time on the loop's thread, unless it was just read: the reading is a system call."""
        now_ns = time.perf_counter_ns()
        if now_ns - self._marked_ns > _MARKED_NS and not page.IN_PAGE:
            self._marked_ns, self._cpu_ns, self.short_ns = now_ns, time.thread_time_ns(), 0

    def computed_ns(self) -> int | None:
        """
        Return how long the loop's thread computed since the last reading, without short stretches, and read it.

        None in a browser's page, which has no such clock.
        """
        if page.IN_PAGE:
            return None
        cpu_ns, short_ns = time.thread_time_ns(), self.short_ns
        computed = cpu_ns - self._cpu_ns - short_ns
        self._marked_ns, self._cpu_ns, self.short_ns = time.perf_counter_ns(), cpu_ns, 0
        return computed


class Loop(ABC):
    """
    Base class of the loops an app can run on.

    :ivar backend: ``"asyncio"`` or ``"trio"``
    :ivar closers: lifespan shutdowns, called by `close` with a time limit in seconds
    :ivar suspect: whether abandoned work seems to block the loop
    :ivar lost: whether it was abandoned because something blocks it permanently
    :ivar present: what it runs now
    :ivar owned: whether it was made for the app; False for the caller's own loop, which is never stopped here
    """

    owned = True

    def __init__(self, backend: Backend) -> None:
        self.backend: Backend = backend
        self.closers: list[Callable[[float], object]] = []
        self.suspect = False
        self.lost = False
        self.present = Present()

    def __repr__(self) -> str:
        state = "lost" if self.lost else "closed" if self.closed else "running"
        return f"<{type(self).__name__} of {self.backend}: {state}>"

    # -- implemented by each strategy ---------------------------------------------------------------------

    @property
    @abstractmethod
    def closed(self) -> bool:
        """Whether the loop has stopped or was asked to stop."""

    @property
    @abstractmethod
    def gone(self) -> bool:
        """Whether the loop has ended, so that unfinished work never completes."""

    @abstractmethod
    def spawn(self, func: Callable[[Unpack[Ts]], Awaitable[object]], *args: *Ts) -> None:
        """Start ``await func(*args)`` on the loop and return at once; ``func`` must not raise."""

    @abstractmethod
    def call_soon(self, func: Callable[[Unpack[Ts]], object], *args: *Ts) -> None:
        """Schedule a plain function on the loop; it must not raise. Does nothing once the loop has ended."""

    @abstractmethod
    def is_own_thread(self) -> bool:
        """Return whether the caller is on the loop's thread, where waiting for the loop would deadlock."""

    @abstractmethod
    def stop_soon(self) -> None:
        """Stop the loop without waiting or running closers; callable on its own thread."""

    def wait(self, inbox: Inbox, plan: WaitPlan[T]) -> T:
        """Run a plan on ``inbox`` and return its value; blocks this thread, but not the app's loop."""
        return inbox.run_sync(plan)

    def _join(self, timeout_s: float) -> None:  # optional: not every loop has a thread
        """Wait for the end of a loop after `stop_soon`."""
        return

    # -- shared -------------------------------------------------------------------------------------------

    def check_wait(self) -> None:
        """Raise `LoopError` if this thread cannot wait for the loop."""
        if self.is_own_thread():
            raise LoopError("cannot block on the event loop from its own thread (it would deadlock): use `await` there")

    def check_await(self) -> None:
        """Raise `LoopError` if awaiting work of the loop would never end."""
        return

    def check_portal(self) -> None:
        """Raise `LoopError` if anyio's portal, which waits by a lock, would wait without end."""
        return

    def submit(self, func: Callable[[Unpack[Ts]], Awaitable[T]], *args: *Ts) -> Job[T]:
        """Start ``await func(*args)`` on the loop and return its `Job`."""
        job: Job[T] = Job(self)
        self.spawn(job._run, func, args)
        return job

    def call(self, func: Callable[[Unpack[Ts]], Awaitable[T]], *args: *Ts, timeout_s: float | None = None) -> T:
        """
        Run ``await func(*args)`` on the loop and wait for its value.

        :param timeout_s: seconds, after which the work is cancelled and `DeadlineError` raised; None for no limit
        """
        self.check_wait()
        job: Job[T] = Job(self)
        try:
            self.spawn(job._run, func, args)
            return job.result(timeout_s)
        except BaseException as exc:  # any exception of a signal handler
            if job.done() or isinstance(exc, LoopError):
                raise
            self.suspect = not job.end(graces.CANCEL_S)
            if isinstance(exc, TimeoutError) and timeout_s is not None:
                raise _late(func, timeout_s) from None
            raise

    async def call_async(
        self, func: Callable[[Unpack[Ts]], Awaitable[T]], *args: *Ts, timeout_s: float | None = None
    ) -> T:
        """Asynchronous `call`, for a coroutine on this loop or any other."""
        self.check_await()
        job = self.submit(func, *args)
        try:
            return await job.result_async(timeout_s)
        except BaseException as exc:
            if job.done():
                raise
            self.suspect = not await job.end_async(graces.CANCEL_S)
            if isinstance(exc, TimeoutError) and timeout_s is not None:
                raise _late(func, timeout_s) from None
            raise

    def wait_future(self, future: concurrent.futures.Future[T], timeout_s: float | None = None) -> T:
        """Wait for a future on this thread and return its value; ``TimeoutError`` after ``timeout_s`` seconds."""
        self.wait(inbox_of(future), wait_done(future, timeout_s))
        return future.result(0)

    def responds(self, within_s: float) -> bool:
        """Return whether the loop runs a callback within ``within_s`` seconds: False while something blocks it."""
        responded: concurrent.futures.Future[None] = concurrent.futures.Future()
        self.call_soon(responded.set_result, None)
        self.wait(inbox_of(responded), wait_done(responded, within_s))
        return responded.done()

    def give_up(self) -> None:
        """Declare the loop lost, because something blocks it permanently."""
        self.lost = True
        self.closers.clear()
        self.stop_soon()

    def close(self, timeout_s: float = 2.0) -> None:
        """
        Run the closers (lifespan shutdowns), then stop the loop and wait for its end; may be called again.

        :param timeout_s: seconds for all of it; work that has not ended by then is abandoned
        """
        if self.closed:
            return
        until = time.monotonic() + timeout_s
        try:
            with contextlib.ExitStack() as stack:
                while self.closers:
                    stack.callback(_call_with_rest, self.closers.pop(0), until)
                if self.suspect and not self.responds(0.05):
                    self.give_up()  # the closers still run, and report their failures
        finally:
            self.stop_soon()
            if not (self.lost or self.is_own_thread()):
                self._join(max(until - time.monotonic(), 0.05))


def claim_context(backend: Backend) -> None:
    """Set sniffio's current async library in this context, if sniffio is imported."""
    # Needed because a caller in another async library passes on its own value in its context variables.
    sniffio = sys.modules.get("sniffio")
    if sniffio is not None:
        sniffio.current_async_library_cvar.set(backend)


def _late(func: Callable[..., object], timeout_s: float) -> DeadlineError:
    return DeadlineError(f"result of {getattr(func, '__qualname__', func)!s}", timeout_s)


def _call_with_rest(closer: Callable[[float], object], until: float) -> None:
    closer(max(until - time.monotonic(), 0.05))
