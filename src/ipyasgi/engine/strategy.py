"""Makes new loops, threads and locks; the only module that chooses their kind, on which callers do not depend."""

from __future__ import annotations

import concurrent.futures
import sys
import threading
from collections.abc import Callable
from typing import Any, TypeVar, TypeVarTuple, Unpack

from . import graces, page
from .exit import LIVE_LOOPS
from .jobs import inbox_of, wait_done
from .loops import Backend, Loop
from .page_lock import PageLock

if sys.platform == "emscripten":
    from .page_loop import PageLoop as LoopKind
else:
    from .background_loop import BackgroundLoop as LoopKind

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

DEFAULT = LoopKind
"""The kind of loop that `make_loop` and `run_in_thread` use."""


def make_loop(
    *, backend: Backend = "asyncio", backend_options: dict[str, Any] | None = None, name: str = "ipyasgi-loop"
) -> Loop:
    """
    Return a new running loop; its arguments are those of `ipyasgi.BackgroundLoop`.

    Raises `LoopError` for a backend that is not installed, or invalid options.
    """
    return DEFAULT(backend=backend, backend_options=backend_options, name=name)


def make_lock() -> threading.RLock | PageLock:
    """Return a re-entrant lock that may be held during a wait; in a browser's page its own waits are such waits."""
    return PageLock() if page.IN_PAGE else threading.RLock()


def finish_in_thread(
    func: Callable[[Unpack[Ts]], T],
    *args: *Ts,
    loop: Loop | None = None,
    on_interrupt: Callable[[concurrent.futures.Future[Any]], object] = lambda unfinished: None,
) -> T:
    """
    Run a function on a new thread, and wait for its value. An interrupt ends the wait, but the function continues.

    So a change of several steps is not left half done: Python raises ``KeyboardInterrupt`` on the main thread only. A
    function that has not begun by then never runs.
    Where waiting would deadlock (on a loop's own thread), or no thread can start (at interpreter exit), the function
    runs here.

    :param loop: that the function uses; one of the caller's has to run here
    :param on_interrupt: called after an interrupt, before it is raised, with the future of a function that continues
    """
    if LIVE_LOOPS.is_loop_thread() or (loop is not None and not loop.owned):
        return func(*args)
    future: concurrent.futures.Future[T] = concurrent.futures.Future()

    def run() -> None:
        if future.set_running_or_notify_cancel():
            try:
                future.set_result(func(*args))
            except BaseException as exc:
                future.set_exception(exc)

    try:
        try:
            run_in_thread(run)
        except RuntimeError:
            return func(*args)
        inbox_of(future).run_sync(wait_done(future, None))
    except BaseException:
        if not future.cancel():
            on_interrupt(future)
            inbox_of(future).run_sync(wait_done(future, graces.CANCEL_S))  # it has usually ended by then
        raise
    return future.result(0)


def run_in_thread(func: Callable[[Unpack[Ts]], T], *args: *Ts) -> concurrent.futures.Future[T]:
    """
    Run a function that may block on a new thread, in a browser's page in a turn of the loop, and return its future.

    A coroutine waits for it with `ipyasgi.engine.jobs.await_future`, a thread with `Loop.wait_future`. Unlike anyio's
    workers it starts even when the caller is cancelled, and does not count towards the app's thread limit.
    """
    return DEFAULT.run_in_thread(func, *args)
