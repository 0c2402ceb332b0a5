"""`Loop`: the interface of everything an app can run on. Makes no thread and knows no ASGI.

A loop is a strategy: `ipyasgi.engine.background_loop` runs one on a thread of its own,
`ipyasgi.engine.kernel_loop` uses the caller's. ``spawn`` hands a coroutine function over and returns at once,
``submit`` gives a `Job` to wait on or cancel, ``call`` waits. They can be called from any thread but the loop's own.
Work inherits the caller's context variables, which is how a kernel knows the cell that a ``print`` in an endpoint
belongs to.

All blocking waits of the project go through `Loop.wait`, so a strategy decides how the calling thread waits. New loops
and threads come from `ipyasgi.engine.strategy`.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Literal, TypeVar, TypeVarTuple, Unpack

from ..protocol.errors import DeadlineError, LoopError
from .inbox import NOTHING, Inbox, WaitPlan
from .jobs import Job, inbox_of, wait_done

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Backend = Literal["asyncio", "trio"]

CANCEL_GRACE_S = 0.2
"""How long an interrupted wait gives the cancelled work to end: the prompt is to be back within half a second, and
IPython needs up to another 0.2 s to draw the traceback."""


class Loop(ABC):
    """
    Base class of the loops an app can run on.

    :ivar backend: ``"asyncio"`` or ``"trio"``
    :ivar closers: called by `close` with the seconds they may take, before the loop stops: lifespan shutdowns
    :ivar suspect: whether work was left behind that seems to block the loop
    :ivar lost: whether it was given up because something blocks it for good
    :ivar owned: whether it was made for the app; False for the caller's own loop, which is not stopped from here
    """

    owned = True

    def __init__(self, backend: Backend) -> None:
        self.backend: Backend = backend
        self.closers: list[Callable[[float], object]] = []
        self.suspect = False
        self.lost = False

    def __repr__(self) -> str:
        state = "lost" if self.lost else "closed" if self.closed else "running"
        return f"<{type(self).__name__} of {self.backend}: {state}>"

    # -- what a strategy has to offer ---------------------------------------------------------------------

    @property
    @abstractmethod
    def closed(self) -> bool:
        """Whether the loop has stopped or was asked to stop."""

    @property
    @abstractmethod
    def gone(self) -> bool:
        """Whether the loop has ended; what has not answered by then never will."""

    @abstractmethod
    def spawn(self, func: Callable[[Unpack[Ts]], Awaitable[object]], *args: *Ts) -> None:
        """Start ``await func(*args)`` on the loop and return at once; ``func`` must not raise."""

    @abstractmethod
    def call_soon(self, func: Callable[[Unpack[Ts]], object], *args: *Ts) -> None:
        """Run the plain function on the loop, soon; it must not raise. Does nothing once the loop has ended."""

    @abstractmethod
    def is_own_thread(self) -> bool:
        """Return whether the caller is on the loop's thread, where a blocking wait for the loop would never end."""

    @abstractmethod
    def stop_soon(self) -> None:
        """Stop the loop without waiting or running closers; callable on its own thread."""

    def wait(self, inbox: Inbox, plan: WaitPlan[T]) -> T:
        """Run a plan on ``inbox`` while this call blocks, and return its value. The app's loop goes on meanwhile."""
        return inbox.run_sync(plan)

    def _join(self, timeout_s: float) -> None:  # optional: not every loop has a thread to join
        """Wait for the end of a loop that was asked to stop."""
        return

    # -- what follows from it -----------------------------------------------------------------------------

    def check_wait(self) -> None:
        """Raise `LoopError` where this thread cannot wait for the loop."""
        if self.is_own_thread():
            raise LoopError(
                "this cannot be called from the event loop thread it runs on, where waiting never ends: use await there"
            )

    def check_await(self) -> None:
        """Raise `LoopError` where awaiting something of the loop would never end."""
        return

    def submit(self, func: Callable[[Unpack[Ts]], Awaitable[T]], *args: *Ts) -> Job[T]:
        """Start ``await func(*args)`` on the loop and return its `Job`."""
        job: Job[T] = Job(self)
        self.spawn(job._run, func, args)
        return job

    def call(self, func: Callable[[Unpack[Ts]], Awaitable[T]], *args: *Ts, timeout_s: float | None = None) -> T:
        """
        Run ``await func(*args)`` on the loop and wait for its value.

        :param timeout_s: seconds, None for ever; then the work is cancelled, and `DeadlineError` raised
        """
        self.check_wait()
        job: Job[T] = Job(self)
        try:
            self.spawn(job._run, func, args)
            return job.result(timeout_s)
        except BaseException as exc:  # a signal handler may raise anything
            if job.done() or isinstance(exc, LoopError):
                raise
            self.suspect = not job.end(CANCEL_GRACE_S)
            if isinstance(exc, TimeoutError) and timeout_s is not None:
                raise _late(func, timeout_s) from None
            raise

    async def call_async(
        self, func: Callable[[Unpack[Ts]], Awaitable[T]], *args: *Ts, timeout_s: float | None = None
    ) -> T:
        """As `call`, for a coroutine on this loop or any other."""
        self.check_await()
        job = self.submit(func, *args)
        try:
            return await job.result_async(timeout_s)
        except BaseException as exc:
            if job.done():
                raise
            self.suspect = not await job.end_async(CANCEL_GRACE_S)
            if isinstance(exc, TimeoutError) and timeout_s is not None:
                raise _late(func, timeout_s) from None
            raise

    def wait_future(self, future: concurrent.futures.Future[T], timeout_s: float | None = None) -> T:
        """
        Wait on this thread for a value that comes from anywhere else, and return it or raise what it holds.

        :param timeout_s: seconds, None for ever; then ``TimeoutError`` is raised, and nothing else happens
        """
        self.wait(inbox_of(future), wait_done(future, timeout_s))
        return future.result(0)

    def responds(self, within_s: float) -> bool:
        """Return whether the loop runs a callback within ``within_s`` seconds: False while something blocks it."""
        inbox = Inbox()
        self.call_soon(inbox.put, None)
        return self.wait(inbox, _wait_item(within_s))

    def give_up(self) -> None:
        """Declare the loop lost: something blocks it for good."""
        self.lost = True
        self.closers.clear()
        self.stop_soon()

    def close(self, timeout_s: float = 2.0) -> None:
        """
        Run the closers (lifespan shutdowns), then stop the loop and wait for its end; again is harmless.

        :param timeout_s: seconds for all of it; what has not ended by then is left behind
        """
        if self.closed:
            return
        until = time.monotonic() + timeout_s
        try:
            with contextlib.ExitStack() as stack:
                while self.closers:
                    stack.callback(_call_with_rest, self.closers.pop(0), until)
                if self.suspect and not self.responds(0.05):
                    self.give_up()  # the closers still run, to say what cannot
        finally:
            self.stop_soon()
            if not (self.lost or self.is_own_thread()):
                self._join(max(until - time.monotonic(), 0.05))


def claim_context(backend: Backend) -> None:
    """Say in the current context which async library runs here, where sniffio is imported."""
    # A caller inside another async library hands its mark over with its context variables.
    sniffio = sys.modules.get("sniffio")
    if sniffio is not None:
        sniffio.current_async_library_cvar.set(backend)


def _wait_item(within_s: float) -> WaitPlan[bool]:
    until_s = time.monotonic() + within_s
    while (left_s := until_s - time.monotonic()) > 0:
        if (yield left_s) is not NOTHING:
            return True
    return False


def _late(func: Callable[..., object], timeout_s: float) -> DeadlineError:
    return DeadlineError(f"result of {getattr(func, '__qualname__', func)!s}", timeout_s)


def _call_with_rest(closer: Callable[[float], object], until: float) -> None:
    closer(max(until - time.monotonic(), 0.05))
