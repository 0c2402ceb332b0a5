"""Event loops on threads of their own: the only room that makes a thread. Knows no ASGI.

A loop is a strategy with a small interface (`Loop`): ``spawn`` hands a coroutine function over and never
waits, ``submit`` gives a `Job` to wait on or cancel, ``call`` waits. Whoever asks may be any thread but the
loop's own. Work inherits the asker's context variables, which is how a kernel knows the cell that a
``print`` in an endpoint belongs to. `start_errand` is for what blocks: a thread that runs one function.

What was measured and decided here: a loop costs three file descriptors, so clients without ``with`` share
one (`ipyasgi.engine.shared_loops`); ``SystemExit`` raised in any task ends ``run_until_complete``, so it is
resumed; a plain daemon thread, no half-open context manager, because finalising one at interpreter exit joins
a frozen thread.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import contextvars
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar, TypeVarTuple, Unpack

from ..protocol.errors import DeadlineError, LoopError
from .exit import LIVE_LOOPS
from .forks import Birthplace
from .inbox import Inbox, Waits
from .jobs import Job as Job

if TYPE_CHECKING:
    import asyncio

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Backend = Literal["asyncio", "trio"]

CANCEL_GRACE_S = 0.2
"""How long an interrupted wait gives the cancelled work to end: the prompt is to be back within half a second, and
IPython needs up to another 0.2 s to draw the traceback."""


class Loop(Protocol):
    """What every loop strategy offers; all but ``spawn``'s work is callable from any other thread."""

    backend: Backend
    suspect: bool
    """Whether something was left behind that seems to block it."""

    @property
    def gone(self) -> bool:
        """Whether the loop has ended, and with it whatever has not answered by now."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.backend}>"

    def spawn(self, func: Callable[[Unpack[Ts]], Awaitable[object]], *args: *Ts) -> None:
        """Start ``await func(*args)`` on the loop and return at once; ``func`` must not raise."""

    def call_soon(self, func: Callable[[Unpack[Ts]], object], *args: *Ts) -> None:
        """Run the plain function on the loop, soon; it must not raise."""

    def submit(self, func: Callable[[Unpack[Ts]], Awaitable[T]], *args: *Ts) -> Job[T]:
        """Start ``await func(*args)`` on the loop and return its `Job`."""
        job: Job[T] = Job(self)
        self.spawn(job._run, func, args)
        return job

    def is_own_thread(self) -> bool:
        """Tell whether the caller is on the loop's thread."""

    def check_wait(self) -> None:
        """Raise `LoopError` where this thread cannot wait for the loop."""
        if self.is_own_thread():
            raise LoopError(
                "this cannot be called from the event loop thread it runs on, where waiting never ends: use await there"
            )

    def check_await(self) -> None:
        """Raise `LoopError` where awaiting something of the loop would never end."""
        return

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

    def drive(self, inbox: Inbox, waits: Waits[T]) -> T:
        """Wait on this thread for what the loop puts into ``inbox``, and return the wait's value."""
        return inbox.run(waits)


class BackgroundLoop(Loop):
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
        self._born = Birthplace()
        self._closed = False
        self._failure: BaseException | None = None
        # Held by `spawn` and by whoever stops the loop: what is handed over before the stop is begun before it,
        # and so can be cancelled; what comes later is refused. Re-entrant, because collecting garbage inside it
        # may finalise a client.
        self._turn = threading.RLock()
        self._ready: SimpleQueue[BaseException | None] = SimpleQueue()
        self._post: Callable[..., object]
        self._begin: Callable[..., object]
        self._stop: Callable[[], object]
        self._thread = threading.Thread(target=self._live, name=name, daemon=True)
        self._thread.start()
        failure = self._ready.get()
        if failure is not None:
            raise failure
        LIVE_LOOPS.add(self)

    def __repr__(self) -> str:
        return f"<BackgroundLoop of {self.backend}: {'closed' if self.closed else 'running'}>"

    @property
    def closed(self) -> bool:
        """Whether the loop has stopped or was told to."""
        return self._closed

    @property
    def gone(self) -> bool:
        return not self._thread.is_alive()

    @property
    def inherited(self) -> bool:
        """Whether the process was forked since: the thread stayed behind in the parent."""
        return self._born.elsewhere

    @property
    def thread(self) -> threading.Thread:
        """The thread that runs the loop."""
        return self._thread

    def is_own_thread(self) -> bool:
        return threading.current_thread() is self._thread

    def check_wait(self) -> None:
        self._born.check()
        super().check_wait()

    def spawn(self, func: Callable[[Unpack[Ts]], Awaitable[object]], *args: *Ts) -> None:
        self._born.check()
        with self._turn:
            self._check_open()
            try:
                self._post(self._begin, func, args)
            except RuntimeError as exc:  # it ended by itself a moment ago
                raise LoopError("the event loop has ended: open a new client, or attach the app again") from exc

    def call_soon(self, func: Callable[[Unpack[Ts]], object], *args: *Ts) -> None:
        if not (self._closed or self.inherited):
            with contextlib.suppress(RuntimeError):  # the loop ended between the check and the call
                self._post(func, *args)

    def responds(self, within_s: float) -> bool:
        """Tell whether the loop runs a callback within ``within_s`` seconds: False while something blocks it."""
        if self.inherited:
            return False
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
        self._thread.name += " (lost)"
        self.closers.clear()
        self.stop_soon()

    def close(self, timeout_s: float = 2.0) -> None:
        """
        Run the closers (lifespan shutdowns), then stop the loop and join its thread; again is harmless.

        :param timeout_s: seconds for all of it; what has not ended by then is left to the daemon thread
        """
        if self._closed:
            return
        if self.inherited:
            self._closed = True
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
                self._thread.join(max(until - time.monotonic(), 0.05))

    def stop_soon(self) -> None:
        """Stop the loop without waiting or running closers; callable on its own thread."""
        if self.inherited:
            self._closed = True
            return
        with self._turn:
            self._closed = True
            with contextlib.suppress(RuntimeError):
                self._post(self._stop)

    def _check_open(self) -> None:
        if self._closed:
            state = "lost, because an endpoint blocks it" if self.lost else "closed"
            raise LoopError(f"the event loop is {state}: open a new client, or attach the app again") from self._failure

    def _live(self) -> None:
        try:
            if self.backend == "asyncio":
                self._run_asyncio()
            else:
                self._run_trio()
        except BaseException as exc:  # before it is ready the maker raises this, later whoever uses the loop
            self._failure = exc
            self._closed = True
            self._ready.put(exc)

    # -- asyncio -----------------------------------------------------------------------------------------

    def _run_asyncio(self) -> None:
        from .asyncio_runner import run_asyncio  # which imports asyncio

        def opened(loop: asyncio.AbstractEventLoop, stop: Callable[[], object]) -> None:
            tasks: set[asyncio.Task[object]] = set()  # a loop holds its tasks weakly

            def begin(func: Callable[..., Awaitable[object]], args: tuple[Any, ...]) -> None:
                async def run() -> None:
                    try:
                        await func(*args)
                    finally:  # a done callback would take one more round of the loop while the caller wants the GIL
                        tasks.discard(task)

                # create_task and not a task group: in a bare callback there is no current task for anyio to find.
                claim_context(self.backend)
                task = loop.create_task(run())
                tasks.add(task)

            self._post, self._begin, self._stop = loop.call_soon_threadsafe, begin, stop
            self._ready.put(None)

        run_asyncio(self._options, self._thread.name, opened)

    # -- trio --------------------------------------------------------------------------------------------

    def _run_trio(self) -> None:
        try:
            import trio  # an optional dependency, imported by who asks for it
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
                self._ready.put(None)
                await stop.wait()
                nursery.cancel_scope.cancel()

        trio.run(main, **self._options)


def start_errand(func: Callable[[Unpack[Ts]], T], *args: *Ts) -> concurrent.futures.Future[T]:
    """
    Run a function that may block on a thread of its own, and return its value to come.

    For coroutines, which wait for it with `ipyasgi.engine.jobs.await_future`. Unlike anyio's workers it begins
    whatever else is cancelled, and needs no free place in a limit that the app's own threads may have used up.
    """
    future: concurrent.futures.Future[T] = concurrent.futures.Future()

    def run() -> None:
        try:
            future.set_result(func(*args))
        except BaseException as exc:
            future.set_exception(exc)

    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(run,), name="ipyasgi-errand", daemon=True).start()
    return future


def _late(func: Callable[..., object], timeout_s: float) -> DeadlineError:
    return DeadlineError(f"result of {getattr(func, '__qualname__', func)!s}", timeout_s)


def _call_with_rest(closer: Callable[[float], object], until: float) -> None:
    closer(max(until - time.monotonic(), 0.05))


def claim_context(backend: Backend) -> None:
    """Say in the current context which async library runs here, where sniffio is there to be told."""
    # A caller inside another async library hands its mark over with its context variables.
    sniffio = sys.modules.get("sniffio")
    if sniffio is not None:
        sniffio.current_async_library_cvar.set(backend)
