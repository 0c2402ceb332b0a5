"""`BackgroundLoop`: an event loop on its own thread. The only module that starts threads. No ASGI here.

Measured: a loop costs three file descriptors, so clients without ``with`` share one (`ipyasgi.engine.shared_loops`).
The thread is a plain daemon and not a context manager, because finalising one at interpreter exit would join a frozen
thread.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import contextvars
import functools
import threading
from collections.abc import Awaitable, Callable
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar, TypeVarTuple, Unpack

from ..protocol.errors import LoopError
from . import page
from .exit import LIVE_LOOPS
from .fork_guard import ForkGuard
from .loops import Backend, Loop, claim_context

if TYPE_CHECKING:
    import asyncio

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class _DaemonThread(threading.Thread):
    """
    A daemon thread of ours, with a ``run`` of its own.

    ipykernel 6 wraps ``Thread.run`` to note the cell that a thread was started in, and still has the note when the id
    of an ended thread is another thread's: the user's ``Timer`` would print under an earlier cell.
    """

    def __init__(self, func: Callable[[], object], name: str) -> None:
        super().__init__(name=name, daemon=True)
        self._func = func

    def run(self) -> None:
        try:
            self._func()
        finally:
            del self._func  # as `Thread.run` does, because it may refer to the thread


class WorkerThread(_DaemonThread):
    """A thread of `run_in_thread`: it waits for others, and never runs a loop of the user."""


class BackgroundLoop(Loop):
    """
    One event loop on one daemon thread.

    :param backend: ``"asyncio"`` or ``"trio"``
    :param backend_options: as in ``anyio.run``: ``use_uvloop``, ``debug`` and ``loop_factory`` for asyncio, the
        arguments of ``trio.run`` for trio
    :param name: the thread's name
    :ivar thread: runs the loop
    """

    closed = False

    def __init__(
        self, *, backend: Backend = "asyncio", backend_options: dict[str, Any] | None = None, name: str = "ipyasgi-loop"
    ) -> None:
        if page.IN_PAGE:
            raise LoopError("no thread can start in a browser's page: leave the loop out")
        if backend not in ("asyncio", "trio"):
            raise LoopError(f"unknown backend {backend!r}: use 'asyncio' or 'trio'")
        super().__init__(backend)
        self._options = dict(backend_options or {})
        self._fork_guard = ForkGuard()
        self._failure: BaseException | None = None
        # Serialises `spawn` and `stop_soon`: work submitted before the stop starts and can be cancelled, later work is
        # refused. Re-entrant, because garbage collection inside it may finalise a client.
        self._spawn_lock = threading.RLock()
        self._ready: SimpleQueue[BaseException | None] = SimpleQueue()
        self._post: Callable[..., object]
        self._begin: Callable[..., object]
        self._stop: Callable[[], object]
        self.thread = _DaemonThread(self._live, name)
        try:
            self.thread.start()
            failure = self._ready.get()
            if failure is not None:
                raise failure
            LIVE_LOOPS.add(self)
        except BaseException:  # an interrupt must not leave a loop that nothing refers to
            self.closed = True
            if hasattr(self, "_stop"):  # else the thread reads `closed` when it is ready
                self._post(self._stop)
            raise

    @property
    def gone(self) -> bool:
        return not self.thread.is_alive()

    def is_own_thread(self) -> bool:
        return threading.current_thread() is self.thread

    def check_wait(self) -> None:
        self._fork_guard.check()
        super().check_wait()

    def spawn(self, func: Callable[[Unpack[Ts]], Awaitable[object]], *args: *Ts) -> None:
        self._fork_guard.check()
        with self._spawn_lock:
            if self.closed:
                state = "lost, because an endpoint blocks it" if self.lost else "closed"
                error = LoopError(f"the event loop is {state}: open a new client, or attach the app again")
                raise error from self._failure
            try:
                self._post(self._begin, func, args)
            except RuntimeError as exc:  # the loop has just ended by itself
                raise LoopError("the event loop has ended: open a new client, or attach the app again") from exc

    def call_soon(self, func: Callable[[Unpack[Ts]], object], *args: *Ts) -> None:
        if not (self.closed or self._fork_guard.forked):
            with contextlib.suppress(RuntimeError):  # the loop ended between the check and the call
                self._post(func, *args)

    def responds(self, within_s: float) -> bool:
        return not self._fork_guard.forked and super().responds(within_s)

    def give_up(self) -> None:
        self.thread.name += " (lost)"  # the thread cannot be ended
        super().give_up()

    def close(self, timeout_s: float = 2.0) -> None:
        if self._fork_guard.forked:
            self.closed = True
        super().close(timeout_s)

    def _join(self, timeout_s: float) -> None:
        self.thread.join(timeout_s)

    def stop_soon(self) -> None:
        if self._fork_guard.forked:
            self.closed = True
            return
        with self._spawn_lock:
            self.closed = True
            with contextlib.suppress(RuntimeError):
                self._post(self._stop)

    @staticmethod
    def run_in_thread(func: Callable[[Unpack[Ts]], T], *args: *Ts) -> concurrent.futures.Future[T]:
        """Run a function on a new daemon thread, for `ipyasgi.engine.strategy.run_in_thread`."""
        future: concurrent.futures.Future[T] = concurrent.futures.Future()

        def run() -> None:
            try:
                future.set_result(func(*args))
            except BaseException as exc:
                future.set_exception(exc)

        context = contextvars.copy_context()
        WorkerThread(functools.partial(context.run, run), "ipyasgi-thread").start()
        return future

    def _live(self) -> None:
        try:
            if self.backend == "asyncio":
                self._run_asyncio()
            else:
                self._run_trio()
        except BaseException as exc:  # raised by the constructor if the loop is not ready yet, else by later calls
            self._failure = exc
            self.closed = True
            self._ready.put(exc)

    def _run_asyncio(self) -> None:
        from .asyncio_runner import run_asyncio  # this imports asyncio

        def opened(loop: asyncio.AbstractEventLoop, stop: Callable[[], object]) -> None:
            tasks: set[asyncio.Task[object]] = set()  # an event loop has only weak references to its tasks

            def begin(func: Callable[..., Awaitable[object]], args: tuple[Any, ...]) -> None:
                async def run() -> None:
                    try:
                        await func(*args)
                    finally:  # a done callback would need another loop iteration while the caller waits for the GIL
                        tasks.discard(task)

                # create_task, because anyio's task group needs a current task and a callback has none.
                claim_context(self.backend)
                task = loop.create_task(run())
                tasks.add(task)

            self._post, self._begin, self._stop = loop.call_soon_threadsafe, begin, stop
            if self.closed:
                stop()
            self._ready.put(None)

        run_asyncio(self._options, self.thread.name, opened)

    def _run_trio(self) -> None:
        try:
            import trio  # an optional dependency
        except ImportError:
            raise LoopError("the trio backend needs trio: pip install trio") from None

        async def main() -> None:
            stop = trio.Event()
            token = trio.lowlevel.current_trio_token()
            async with trio.open_nursery() as nursery:

                def post(func: Callable[..., object], *args: object) -> None:
                    token.run_sync_soon(contextvars.copy_context().run, func, *args)

                def begin(func: Callable[..., Awaitable[object]], args: tuple[object, ...]) -> None:
                    claim_context(self.backend)
                    nursery.start_soon(func, *args)

                self._post, self._begin, self._stop = post, begin, stop.set
                if self.closed:
                    stop.set()
                self._ready.put(None)
                await stop.wait()
                nursery.cancel_scope.cancel()

        trio.run(main, **self._options)
