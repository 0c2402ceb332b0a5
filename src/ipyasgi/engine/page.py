"""A browser's page, where Python is Pyodide and can start no thread: how a call waits there, and what runs instead.

Everything runs on the page's one loop. A call that waits has its frames set aside (JavaScript Promise Integration,
JSPI), and the loop goes on, and with it the app: so one wait does not hinder another. A *turn* is a callback of the
loop that may wait in this way, and takes the place of a thread. The only module that imports Pyodide.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import functools
import gc
import sys
import time
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from types import FrameType
from typing import Any, TypeVar, TypeVarTuple, Unpack

from ..protocol.errors import LoopError

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

IN_PAGE = sys.platform == "emscripten"
"""Whether this is a browser's page. Read as ``page.IN_PAGE`` at each use: tests set another value."""

IN_WORKER: ContextVar[bool] = ContextVar("ipyasgi_in_worker", default=False)
"""Whether this code is a function in a turn that takes the place of a worker thread."""

_NO_JSPI = (
    "this browser cannot wait for the app, because it has no JavaScript Promise Integration: "
    "use Chrome or Edge from 137 on, or Firefox from 153 on"
)
_CALLED_BY_JAVASCRIPT = (
    "nothing can be waited for in a function that JavaScript calls, such as a widget's callback: "
    "start a task there with asyncio.create_task, and use `await` in it"
)


class _Stacks:
    """
    Keeps the garbage collector from running by itself while stacks are set aside.

    Pyodide 314, which is Python 3.14, crashes when it does: seen without anything of ours, with `run_sync` in a
    callback of the loop and an import of many modules meanwhile.
    """

    def __init__(self) -> None:
        self._count = 0
        self._was_enabled = False

    def __enter__(self) -> None:
        if not self._count:
            self._was_enabled = gc.isenabled()
            gc.disable()
        self._count += 1

    def __exit__(self, *raised: object) -> None:
        self._count -= 1
        if not self._count and self._was_enabled:
            gc.enable()


# A mutable module value, because the process has one garbage collector.
_STACKS = _Stacks()


def missing(package: str, extra: str) -> str:
    """Return that a package is needed, and how to get it."""
    if IN_PAGE:
        return f"{package}, which does not exist for a browser's page"
    return f'{package}: pip install "ipyasgi[{extra}]"'


def check_wait() -> None:
    """Raise `LoopError` if the caller cannot wait."""
    from pyodide.ffi import can_run_sync

    if not can_run_sync():
        import js

        raise LoopError(_CALLED_BY_JAVASCRIPT if hasattr(js.WebAssembly, "Suspending") else _NO_JSPI)


def run_coroutine(coroutine: Coroutine[Any, Any, T]) -> T:
    """Return the value of a coroutine, which runs while the caller's frames are set aside."""
    from pyodide.ffi import run_sync

    try:
        check_wait()
    except LoopError:
        coroutine.close()
        raise
    outcome: concurrent.futures.Future[T] = concurrent.futures.Future()
    with _STACKS:
        run_sync(_settle(outcome, coroutine))
    return outcome.result(0)


def start_turn(func: Callable[[Unpack[Ts]], T], *args: *Ts) -> concurrent.futures.Future[T]:
    """Run a function that may wait in a turn of its own, with the caller's context, and return its future value."""
    import asyncio

    future: concurrent.futures.Future[T] = concurrent.futures.Future()

    def run() -> None:
        with _STACKS:
            try:
                future.set_result(func(*args))
            except BaseException as exc:
                future.set_exception(exc)

    asyncio.get_event_loop().call_soon(run)
    return future


@functools.cache
def watch_sleep(slept: Callable[[FrameType, int, int], object]) -> None:
    """
    Call a function after each `time.sleep` outside of workers, from now on: no other thread can look who sleeps.

    :param slept: gets the caller's frame, and the nanoseconds of beginning and end by `time.perf_counter_ns`
    """
    sleep = time.sleep
    patched: Any = time

    @functools.wraps(sleep)
    def watched(seconds: float, /) -> None:
        began_ns = time.perf_counter_ns()
        try:
            sleep(seconds)
        finally:
            if not IN_WORKER.get():
                with contextlib.suppress(Exception):  # the app goes on
                    slept(sys._getframe(1), began_ns, time.perf_counter_ns())

    patched.sleep = watched


async def _settle(outcome: concurrent.futures.Future[T], coroutine: Coroutine[Any, Any, T]) -> None:
    # It must not raise: the page's loop would also report the exception, as if it had been forgotten.
    try:
        outcome.set_result(await coroutine)
    except BaseException as exc:
        outcome.set_exception(exc)
