"""`KernelLoop`: the app on the caller's own running loop, for pools, locks and clients made with top-level ``await``.

Awaiting needs nothing. A *synchronous* call made on that loop's thread has to run the loop inside itself, which
asyncio refuses; nest-asyncio2 makes it possible by patching asyncio for the whole process, so it is imported and
applied at the first such call and not before. Measured on ipykernel 6.29 to 7.4: nest-asyncio itself, and
nest-asyncio2 before 1.7.3, lose comm and execute messages, so a loop that they have patched already is refused.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import sys
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, TypeVarTuple, Unpack

from ..protocol.errors import LoopError
from .inbox import Inbox, Waits, find_poster
from .jobs import Job
from .loops import Backend, Loop, claim_context, late

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class KernelLoop(Loop):
    """
    The loop that runs where this is made, such as a notebook kernel's, or the one handed in.

    It is not closed from here, and no thread is made. Whatever the app does blocks this loop: its other tasks, and in
    a notebook the cells, wait as they would for any coroutine.

    :param loop: an asyncio loop; by default the running one, asyncio's or trio's
    Raises `LoopError` where no loop runs and none is given.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self._tasks: set[asyncio.Task[object]] = set()
        self._trio_token: Any = None
        self._loop = loop
        self.backend: Backend = "asyncio"
        if loop is None:
            try:
                self._post = find_poster()
            except RuntimeError:
                raise LoopError(
                    "no event loop runs here: make KernelLoop() in a coroutine or a notebook cell, or hand a loop in"
                ) from None
            self._trio_token = _running_trio()
            self._loop = None if self._trio_token else asyncio.get_running_loop()
            self.backend = "trio" if self._trio_token else "asyncio"
        else:
            self._post = loop.call_soon_threadsafe

    @property
    def closed(self) -> bool:
        """Whether the loop has ended."""
        return self._loop is not None and self._loop.is_closed()

    def is_own_thread(self) -> bool:
        if self._trio_token is not None:
            return _running_trio() is self._trio_token
        return asyncio._get_running_loop() is self._loop

    def may_wait_here(self) -> bool:
        return True  # it is run inside itself, or says why it cannot be

    def spawn(self, func: Callable[[Unpack[Ts]], Awaitable[object]], *args: *Ts) -> None:
        try:
            self._post(contextvars.copy_context().run, self._begin, func, args)
        except RuntimeError as exc:
            raise LoopError("the event loop has ended: open a new client on the one that runs now") from exc

    def call_soon(self, func: Callable[[Unpack[Ts]], object], *args: *Ts) -> None:
        with contextlib.suppress(RuntimeError):  # it has ended, and with it whatever this was meant for
            self._post(func, *args)

    def submit(self, func: Callable[[Unpack[Ts]], Awaitable[T]], *args: *Ts) -> Job[T]:
        job: Job[T] = Job(self.call_soon)
        self.spawn(job._run, func, args)
        return job

    def call(self, func: Callable[[Unpack[Ts]], Awaitable[T]], *args: *Ts, timeout_s: float | None = None) -> T:
        job = self.submit(func, *args)
        try:
            if self._runs_elsewhere():
                return job.result(timeout_s)
            value: T = self._run_inside(job.result_async(timeout_s))
            return value
        except BaseException as exc:
            if job.done():
                raise
            job.cancel()
            if isinstance(exc, TimeoutError) and timeout_s is not None:
                raise late(func, timeout_s) from None
            raise

    def drive(self, inbox: Inbox, waits: Waits[T]) -> T:
        if self._runs_elsewhere():
            return inbox.run(waits)
        value: T = self._run_inside(inbox.run_async(waits))
        return value

    def _begin(self, func: Callable[..., Any], args: tuple[Any, ...]) -> None:
        claim_context(self.backend)
        if self._loop is None:
            import trio  # it is running here, so it is there

            trio.lowlevel.spawn_system_task(func, *args, context=contextvars.copy_context())
        else:
            task = self._loop.create_task(func(*args))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _runs_elsewhere(self) -> bool:
        """Tell whether the loop goes on by itself while this thread waits."""
        return not self.is_own_thread() and (self._loop is None or self._loop.is_running())

    def _run_inside(self, awaitable: Any) -> Any:
        """Run the loop on this thread until the coroutine has ended."""
        loop = self._loop
        try:
            if loop is None:
                raise LoopError("a synchronous call cannot wait on trio's own thread: use AsyncTestClient and await")
            if loop.is_running():
                _make_reentrant(loop)
            elif asyncio._get_running_loop() is not None:
                raise LoopError("the loop that was handed in does not run here, another one does: make KernelLoop()")
        except LoopError:
            if asyncio.iscoroutine(awaitable):
                awaitable.close()
            raise
        task = asyncio.ensure_future(awaitable, loop=loop)
        try:
            return loop.run_until_complete(task)
        except BaseException:  # an interrupt: nest-asyncio would let the task go on
            task.cancel()
            raise


def _running_trio() -> Any:
    trio = sys.modules.get("trio")
    return trio.lowlevel.current_trio_token() if trio is not None and trio.lowlevel.in_trio_run() else None


def _make_reentrant(loop: asyncio.AbstractEventLoop) -> None:
    """Let ``loop`` be run inside itself; raises `LoopError` where that cannot work."""
    then = "use `await` with AsyncTestClient instead"
    for patched in (asyncio, type(loop)):
        if hasattr(patched, "_nest_patched") and not hasattr(patched, "_nest_asyncio2"):
            raise LoopError(
                "nest_asyncio has patched asyncio here, which loses messages in newer kernels; restart the kernel "
                f"without `nest_asyncio.apply()`, or {then}"
            )
    try:
        import nest_asyncio2  # patches nothing before apply(), but costs an import that most never need
    except ImportError:
        raise LoopError(
            f"a synchronous call on this loop needs nest-asyncio2: pip install nest-asyncio2, or {then}"
        ) from None
    try:
        nest_asyncio2.apply(loop, error_on_mispatched=True)
    except (ValueError, RuntimeError) as exc:
        raise LoopError(f"{type(loop).__module__}.{type(loop).__name__} cannot be run inside itself: {then}") from exc
