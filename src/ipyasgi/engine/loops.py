"""Event loops on threads of their own: the only room that makes a thread. Knows no ASGI.

A loop is a strategy with a small interface (`Loop`): ``spawn`` hands a coroutine function over and never
waits, ``submit`` gives a `Job` to wait on or cancel, ``call`` waits. Whoever asks may be any thread but the
loop's own. Work inherits the asker's context variables, which is how a kernel knows the cell that a
``print`` in an endpoint belongs to.

What was measured and decided here: a loop costs three file descriptors, so clients without ``with`` share
one (`SharedLoops`); ``SystemExit`` raised in any task ends ``run_until_complete``, so it is resumed; a plain
daemon thread, no half-open context manager, because finalising one at interpreter exit joins a frozen thread.
"""

from __future__ import annotations

import asyncio
import atexit
import concurrent.futures
import contextlib
import contextvars
import os
import sys
import threading
import time
import weakref
from collections.abc import Awaitable, Callable
from queue import Empty, SimpleQueue
from typing import Any, Generic, Literal, Protocol, TypeVar, TypeVarTuple, Unpack

import anyio

from ..protocol.errors import LoopError

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Backend = Literal["asyncio", "trio"]

CANCEL_GRACE_S = 0.3
"""How long an interrupted wait gives the cancelled work to end: the prompt is back within half a second."""

# Lock.acquire cannot be interrupted on Windows, so waits there are cut into slices.
_SLICE_S = 0.2 if sys.platform == "win32" else None


class Loop(Protocol):
    """What every loop strategy offers; all but ``spawn``'s work is callable from any other thread."""

    backend: Backend

    def spawn(self, func: Callable[[Unpack[Ts]], Awaitable[object]], *args: Unpack[Ts]) -> None:
        """Start ``await func(*args)`` on the loop and return at once; ``func`` must not raise."""

    def call_soon(self, func: Callable[[Unpack[Ts]], object], *args: Unpack[Ts]) -> None:
        """Run the plain function on the loop, soon; it must not raise."""

    def submit(self, func: Callable[[Unpack[Ts]], Awaitable[T]], *args: Unpack[Ts]) -> Job[T]:
        """Start ``await func(*args)`` on the loop and return its `Job`."""

    def call(
        self, func: Callable[[Unpack[Ts]], Awaitable[T]], *args: Unpack[Ts], timeout_s: float | None = None
    ) -> T:
        """Run ``await func(*args)`` on the loop and wait for its value."""

    def is_own_thread(self) -> bool:
        """Tell whether the caller is on the loop's thread, where waiting for it would never end."""


class Job(Generic[T]):
    """A coroutine running on a loop, seen from other threads."""

    __slots__ = ("_future", "_loop", "_scope", "ended")

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._future: concurrent.futures.Future[T] = concurrent.futures.Future()
        self._scope: anyio.CancelScope | None = None
        self.ended = threading.Event()

    def done(self) -> bool:
        """Tell whether there is a result, an exception or a cancellation."""
        return self._future.done()

    def cancel(self) -> None:
        """Ask the coroutine to stop, from any thread, without waiting; nothing happens once it has ended."""
        if not self._future.done():
            self._loop.call_soon(self._cancel_here)

    def result(self, timeout_s: float | None = None) -> T:
        """
        Wait for the value.

        :param timeout_s: seconds to wait, None for ever; passing it does not stop the work
        Raises ``TimeoutError``, ``concurrent.futures.CancelledError``, or what the coroutine raised.
        """
        if _SLICE_S is None or timeout_s is not None:
            return self._future.result(timeout_s)
        while True:
            with contextlib.suppress(TimeoutError):
                return self._future.result(_SLICE_S)

    def _cancel_here(self) -> None:
        if self._scope is None:
            self._future.cancel()
        else:
            self._scope.cancel()

    async def _run(self, func: Callable[[Unpack[Ts]], Awaitable[T]], args: tuple[Unpack[Ts]]) -> None:
        try:
            if self._future.cancelled():
                return
            with anyio.CancelScope() as self._scope:
                value = await func(*args)
                self._future.set_result(value)
        except BaseException as exc:  # SystemExit too: it must not reach the loop
            if not self._future.done() and not isinstance(exc, (asyncio.CancelledError, GeneratorExit)):
                self._future.set_exception(exc)
        finally:
            if not self._future.done():
                self._future.cancel()
                self._future.set_running_or_notify_cancel()
            self.ended.set()


class BackgroundLoop:
    """
    One event loop on one daemon thread.

    :param backend: ``"asyncio"`` or ``"trio"``
    :param backend_options: what ``anyio.run`` takes: ``use_uvloop``, ``debug`` and ``loop_factory`` for
        asyncio, the arguments of ``trio.run`` for trio
    :param name: the thread's name
    """

    def __init__(
        self,
        *,
        backend: Backend = "asyncio",
        backend_options: dict[str, Any] | None = None,
        name: str = "ipyasgi-loop",
    ) -> None:
        if backend not in ("asyncio", "trio"):
            raise LoopError(f"no backend is called {backend!r}: use 'asyncio' or 'trio'")
        self.backend: Backend = backend
        self.closers: list[Callable[[float], object]] = []
        self.lost = False
        self.suspect = False
        self._options = dict(backend_options or {})
        self._pid = os.getpid()
        self._closed = False
        self._ready: SimpleQueue[BaseException | None] = SimpleQueue()
        self._tasks: set[asyncio.Task[object]] = set()
        self._post: Callable[..., object]
        self._stop: Callable[[], object]
        target = self._run_asyncio if backend == "asyncio" else self._run_trio
        self._thread = threading.Thread(target=target, name=name, daemon=True)
        self._thread.start()
        failure = self._ready.get()
        if failure is not None:
            raise failure
        _LIVE.add(self)

    @property
    def closed(self) -> bool:
        """Whether the loop has stopped or was told to."""
        return self._closed

    @property
    def thread(self) -> threading.Thread:
        """The thread that runs the loop."""
        return self._thread

    def is_own_thread(self) -> bool:
        return threading.current_thread() is self._thread

    def spawn(self, func: Callable[[Unpack[Ts]], Awaitable[object]], *args: Unpack[Ts]) -> None:
        self._check_open()
        self._post(self._begin, func, args)

    def call_soon(self, func: Callable[[Unpack[Ts]], object], *args: Unpack[Ts]) -> None:
        if not self._closed:
            with contextlib.suppress(RuntimeError):  # the loop ended between the check and the call
                self._post(func, *args)

    def submit(self, func: Callable[[Unpack[Ts]], Awaitable[T]], *args: Unpack[Ts]) -> Job[T]:
        job: Job[T] = Job(self)
        self.spawn(job._run, func, args)
        return job

    def call(
        self, func: Callable[[Unpack[Ts]], Awaitable[T]], *args: Unpack[Ts], timeout_s: float | None = None
    ) -> T:
        if self.is_own_thread():
            raise LoopError("called from the event loop's own thread, where waiting never ends: use await there")
        job = self.submit(func, *args)
        try:
            return job.result(timeout_s)
        except (KeyboardInterrupt, TimeoutError):
            if not job.done():
                job.cancel()
                job.ended.wait(CANCEL_GRACE_S)
            raise

    def responds(self, within_s: float) -> bool:
        """Tell whether the loop runs a callback within ``within_s`` seconds: False while something blocks it."""
        answer: SimpleQueue[None] = SimpleQueue()
        self.call_soon(answer.put, None)
        try:
            answer.get(timeout=within_s)
        except Empty:
            return False
        return True

    def give_up(self) -> None:
        """Declare the loop lost: something blocks it for good. Its thread stays behind, its name says so."""
        self.lost = True
        self._closed = True
        self._thread.name += " (lost)"
        self.closers.clear()
        with contextlib.suppress(RuntimeError):
            self._post(self._stop)

    def close(self, timeout_s: float = 2.0) -> None:
        """
        Run the closers (lifespan shutdowns), then stop the loop and join its thread; again is harmless.

        :param timeout_s: seconds for all of it; what has not ended by then is left to the daemon thread
        """
        if self._closed:
            return
        if self._pid != os.getpid():
            self._closed = True
            return
        until = time.monotonic() + timeout_s
        while self.closers:
            self.closers.pop()(max(until - time.monotonic(), 0.05))
        self._closed = True
        with contextlib.suppress(RuntimeError):
            self._post(self._stop)
        if not self.is_own_thread():
            self._thread.join(max(until - time.monotonic(), 0.05))

    def stop_soon(self) -> None:
        """Stop the loop without waiting or running closers; callable on its own thread."""
        self._closed = True
        with contextlib.suppress(RuntimeError):
            self._post(self._stop)

    def _check_open(self) -> None:
        if self._pid != os.getpid():
            raise LoopError("this event loop belongs to the process this one was forked from: make a new client here")
        if self._closed:
            state = "lost, because an endpoint blocks it" if self.lost else "closed"
            raise LoopError(f"the event loop is {state}: open a new client, or attach the app again")

    # -- asyncio -----------------------------------------------------------------------------------------

    def _run_asyncio(self) -> None:
        try:
            loop = self._make_asyncio_loop()
        except BaseException as exc:
            self._ready.put(exc)
            return
        asyncio.set_event_loop(loop)
        stop = asyncio.Event()
        self._stop = stop.set
        self._post = loop.call_soon_threadsafe
        self._begin = self._begin_asyncio
        self._asyncio_loop = loop

        async def main() -> None:
            self._ready.put(None)
            await stop.wait()

        root = loop.create_task(main(), name=self._thread.name)
        while not root.done():
            try:
                loop.run_until_complete(root)
            except (SystemExit, KeyboardInterrupt):  # raised inside some task of the app: go on
                continue
        self._end_asyncio(loop)

    def _make_asyncio_loop(self) -> asyncio.AbstractEventLoop:
        options = dict(self._options)
        factory = options.pop("loop_factory", None)
        if options.pop("use_uvloop", False):
            import uvloop

            factory = uvloop.new_event_loop
        debug = options.pop("debug", None)
        if options:
            raise LoopError(f"unknown backend options {sorted(options)}: asyncio takes debug, loop_factory, use_uvloop")
        loop: asyncio.AbstractEventLoop = factory() if factory is not None else asyncio.new_event_loop()
        if debug is not None:
            loop.set_debug(debug)
        return loop

    def _begin_asyncio(self, func: Callable[..., Any], args: tuple[Any, ...]) -> None:
        # create_task and not a task group: in a bare callback there is no current task for anyio to find.
        task = self._asyncio_loop.create_task(func(*args))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _end_asyncio(self, loop: asyncio.AbstractEventLoop) -> None:
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        with contextlib.suppress(SystemExit, KeyboardInterrupt):
            if tasks:
                loop.run_until_complete(asyncio.wait(tasks, timeout=1.0))
            loop.run_until_complete(loop.shutdown_asyncgens())
        asyncio.set_event_loop(None)
        loop.close()

    # -- trio --------------------------------------------------------------------------------------------

    def _run_trio(self) -> None:
        try:
            import trio
        except ImportError as exc:
            self._ready.put(LoopError("the trio backend needs trio: pip install trio"))
            del exc
            return

        async def main() -> None:
            stop = trio.Event()
            token = trio.lowlevel.current_trio_token()
            async with trio.open_nursery() as nursery:

                def post(func: Callable[..., object], *args: object) -> None:
                    token.run_sync_soon(contextvars.copy_context().run, func, *args)

                def begin(func: Callable[..., Awaitable[object]], args: tuple[object, ...]) -> None:
                    nursery.start_soon(func, *args)

                self._post, self._begin, self._stop = post, begin, stop.set
                self._ready.put(None)
                await stop.wait()
                nursery.cancel_scope.cancel()

        try:
            trio.run(main, **self._options)
        except BaseException as exc:
            if self._closed:
                return
            self._closed = True
            self._ready.put(exc)


class LoopLease:
    """
    One user's hold on a shared loop.

    :ivar loop: the loop
    :ivar release: gives it back and waits until it has stopped, if this was the last user
    """

    __slots__ = ("_release_here", "loop", "release")

    def __init__(self, loop: BackgroundLoop, release: Callable[[], None], release_here: Callable[[], None]) -> None:
        self.loop = loop
        self.release = release
        self._release_here = release_here

    def drop(self) -> None:
        """Give it back without waiting or taking a lock: what a finaliser, run by the collector anywhere, may do."""
        self.loop.call_soon(self._release_here)


class SharedLoops:
    """Loops for clients outside ``with``: one per backend and options, closed when its last user leaves."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loops: dict[str, tuple[BackgroundLoop, set[int]]] = {}
        self._next = 0

    def acquire(self, backend: Backend, backend_options: dict[str, Any]) -> LoopLease:
        """
        Return a running loop and the ways to give it back.

        A caller that stands on the shared loop's own thread (an endpoint that calls another app) gets one
        of its own instead.
        """
        key = f"{backend} {sorted(backend_options.items(), key=str)!r}"
        with self._lock:
            loop, users = self._loops.get(key, (None, set()))
            if loop is None or loop.closed or loop._pid != os.getpid():
                loop, users = BackgroundLoop(backend=backend, backend_options=backend_options), set()
                self._loops[key] = (loop, users)
            elif loop.is_own_thread():
                extra = BackgroundLoop(backend=backend, backend_options=backend_options, name="ipyasgi-loop (inner)")
                return LoopLease(extra, extra.close, extra.stop_soon)
            self._next += 1
            ticket = self._next
            users.add(ticket)


        def release() -> None:
            if self._is_last(key, loop, users, ticket):
                loop.close()

        def release_here() -> None:
            if self._is_last(key, loop, users, ticket):
                loop.stop_soon()

        return LoopLease(loop, release, release_here)

    def _is_last(self, key: str, loop: BackgroundLoop, users: set[int], ticket: int) -> bool:
        with self._lock:
            users.discard(ticket)
            if users:
                return False
            if self._loops.get(key, (None,))[0] is loop:
                del self._loops[key]
            return True


class _LiveLoops:
    """Every open loop of the process, so that interpreter exit can close them."""

    def __init__(self) -> None:
        self._loops: weakref.WeakSet[BackgroundLoop] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._registered = False

    def add(self, loop: BackgroundLoop) -> None:
        with self._lock:
            self._loops.add(loop)
            if not self._registered:
                atexit.register(self._close_all)
                self._registered = True

    def _close_all(self) -> None:
        # Best effort: from 3.12 on no thread can be started here, so an app that needs one cannot shut down.
        for loop in list(self._loops):
            loop.close(timeout_s=1.0)


# The two values of this module that change: loops are a resource of the process, as threads are. Both are
# private, locked, and empty again once every client and explorer is closed.
_LIVE = _LiveLoops()
SHARED_LOOPS = SharedLoops()
