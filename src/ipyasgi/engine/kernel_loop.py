"""`KernelLoop`: runs the app on the caller's own loop, for pools, locks and clients made with top-level ``await``.

A *synchronous* call on that loop's thread has to run the loop inside itself, which asyncio refuses. nest-asyncio2 makes
it possible by patching asyncio for the whole process, so it is imported and applied only at the first such call.
Measured on ipykernel 6.29 to 7.4: nest-asyncio, and nest-asyncio2 before 1.7.3, lose comm and execute messages; the
former is refused if it was applied before, the latter excluded by our dependencies.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar, TypeVarTuple, Unpack

from ..protocol.errors import LoopError
from . import page
from .background_loop import WorkerThread
from .inbox import Inbox, WaitPlan, find_running_trio
from .loops import Loop, claim_context

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_THEN = "use `await` with AsyncTestClient instead"


class KernelLoop(Loop):
    """
    The running loop of the caller, such as a notebook kernel's, or a given one.

    `close` and `stop_soon` do nothing, and no thread is made. The app shares the loop with the caller's other tasks,
    and in a notebook with the cells.

    :param loop: an asyncio loop; by default the running one, of asyncio or trio
    Raises `LoopError` if no loop runs and none is given.
    """

    owned = False
    closed = False

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        super().__init__("asyncio")
        self._tasks: set[asyncio.Task[object]] = set()
        trio = find_running_trio() if loop is None else None
        self._trio_token = trio.lowlevel.current_trio_token() if trio is not None else None
        self._loop = loop
        self._made_by = threading.current_thread()
        self._post: Callable[..., object]
        if self._trio_token is not None:
            self.backend, self._post = "trio", self._trio_token.run_sync_soon
            return
        if self._loop is None:
            try:
                self._loop = asyncio.get_running_loop()
            except RuntimeError:
                raise LoopError(
                    "no event loop runs here: make KernelLoop() in a coroutine or a notebook cell, or pass a loop"
                ) from None
        if not isinstance(self._loop, asyncio.AbstractEventLoop):
            raise LoopError(f"a {type(loop).__name__} is not an asyncio event loop: pass asyncio.get_running_loop()")
        self._post = self._loop.call_soon_threadsafe

    @property
    def gone(self) -> bool:
        if self._loop is not None:
            return self._loop.is_closed()
        try:
            self._post(int)
        except RuntimeError:  # trio has no other way to find out
            return True
        return False

    def is_own_thread(self) -> bool:
        if self._trio_token is not None:
            trio = find_running_trio()
            return trio is not None and trio.lowlevel.current_trio_token() is self._trio_token
        return asyncio._get_running_loop() is self._loop

    def check_wait(self) -> None:
        if page.IN_PAGE:
            page.check_wait()
        elif self._needs_running():
            self._make_ready()

    def check_await(self) -> None:
        if self._loop is not None and not (self._loop.is_running() or self._loop.is_closed()):
            raise LoopError(
                "the given loop does not run, so awaiting it would never end: "
                "run it, or make KernelLoop() in the coroutine that awaits"
            )

    def spawn(self, func: Callable[[Unpack[Ts]], Awaitable[object]], *args: *Ts) -> None:
        try:
            self._post(contextvars.copy_context().run, self._begin, func, args)
        except RuntimeError as exc:
            raise LoopError("the event loop has ended: open a new client on the running one") from exc

    def call_soon(self, func: Callable[[Unpack[Ts]], object], *args: *Ts) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._post(func, *args)

    def stop_soon(self) -> None:
        return

    def close(self, timeout_s: float = 2.0) -> None:
        return

    def wait(self, inbox: Inbox, plan: WaitPlan[T]) -> T:
        if self._needs_running():
            return _run_to_end(self._make_ready(), inbox.run_async(plan))
        return inbox.run_sync(plan)

    def _begin(self, func: Callable[..., Any], args: tuple[Any, ...]) -> None:
        claim_context(self.backend)
        if self._loop is None:
            import trio  # trio runs here, so it is installed

            trio.lowlevel.spawn_system_task(func, *args, context=contextvars.copy_context())
        else:
            task = self._loop.create_task(func(*args))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _needs_running(self) -> bool:
        """
        Return whether this thread must run the loop while it waits: it owns the loop, or no thread runs the loop.

        In a browser's page the loop goes on by itself.
        """
        loop = self._loop
        if page.IN_PAGE:
            return False
        if self.is_own_thread():
            return True
        # A thread of ours must not run it: objects of the app may be bound to the thread of the user.
        idle = loop is not None and not (loop.is_running() or loop.is_closed())
        return idle and not (isinstance(threading.current_thread(), WorkerThread) and self._made_by.is_alive())

    def _make_ready(self) -> asyncio.AbstractEventLoop:
        """Return the loop, ready to run on this thread; raise `LoopError` if it cannot."""
        if self._loop is None:
            raise LoopError(f"a synchronous call cannot wait on trio's own thread: {_THEN}")
        if self._loop.is_running():
            _make_reentrant(self._loop)
        elif asyncio._get_running_loop() is not None:
            raise LoopError("another loop than the given one runs here: make KernelLoop() without a loop")
        return self._loop


def _run_to_end(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, T]) -> T:
    task = loop.create_task(work)
    try:
        return loop.run_until_complete(task)
    except BaseException:
        if not task.done():  # after an interrupt asyncio would leave it waiting
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                loop.run_until_complete(task)
        elif not task.cancelled():
            task.exception()  # retrieved, so that asyncio does not log it
        raise


def _make_reentrant(loop: asyncio.AbstractEventLoop) -> None:
    """Allow ``loop`` to run inside itself; raise `LoopError`, before patching anything, if that cannot work."""
    if not isinstance(loop, asyncio.BaseEventLoop):
        raise LoopError(f"{type(loop).__module__}.{type(loop).__name__} cannot be run inside itself: {_THEN}")
    for patched in (asyncio, type(loop)):
        if hasattr(patched, "_nest_patched") and not hasattr(patched, "_nest_asyncio2"):
            raise LoopError(
                "nest_asyncio has patched asyncio here, which loses messages in newer kernels; restart the kernel "
                f"without `nest_asyncio.apply()`, or {_THEN}"
            )
    try:
        import nest_asyncio2  # patches nothing before apply(); imported here because few calls need it
    except ImportError:
        raise LoopError(
            f"a synchronous call on this loop needs nest-asyncio2: pip install nest-asyncio2, or {_THEN}"
        ) from None
    nest_asyncio2.apply(loop, error_on_mispatched=True)
