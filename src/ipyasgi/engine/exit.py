"""Interpreter exit: closes the open loops within one deadline, and prints what could not run.

Measured (``tests/exit``, on 3.11.7, 3.12.1 and 3.13.0): the loops' threads keep running, so a lifespan shutdown that
only awaits completes on every version. ``asyncio.to_thread`` and other thread pools of `concurrent.futures` fail on
every version, any new thread fails on 3.12, so an app that needs one to shut down raises; anyio may reuse an idle
worker thread. A signal that ends the process (SIGTERM without a handler, SIGKILL) and ``os._exit`` skip all of this.
"""

from __future__ import annotations

import atexit
import contextlib
import sys
import threading
import time
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..protocol.errors import DeadlineError
from .fork_guard import renew_in_child

if TYPE_CHECKING:
    from .loops import Loop

EXIT_S = 1.2
"""Seconds for all loops together: Jupyter kills a kernel 2.5 s after asking it to end, and uses part of that itself."""


class LiveLoops:
    """Every open loop of the process."""

    def __init__(self) -> None:
        self._loops: weakref.WeakSet[Loop] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._registered = False
        renew_in_child(self._forget)

    def add(self, loop: Loop) -> None:
        """Close ``loop`` at interpreter exit, if it still exists then."""
        with self._lock:
            self._loops.add(loop)
            if not self._registered:
                atexit.register(self._close_all)
                self._registered = True

    def is_loop_thread(self) -> bool:
        """Return whether the caller is on the thread of an open loop, which must not wait for other threads."""
        with self._lock:
            loops = tuple(self._loops)
        return any(loop.is_own_thread() for loop in loops)

    def _forget(self) -> None:
        """Discard the loops and the lock in a forked child: they belong to the parent, where the lock may be held."""
        self._loops = weakref.WeakSet()
        self._lock = threading.Lock()

    def _close_all(self) -> None:
        until_s = time.monotonic() + EXIT_S
        loops = sorted(self._loops, key=lambda loop: not loop.closers)  # loops with closers first
        for done, loop in enumerate(loops):
            # Unused time is redistributed to the remaining loops.
            waiting = sum(1 for each in loops[done:] if each.closers)
            share_s = max(until_s - time.monotonic(), 0.05) / max(waiting, 1)
            try:
                loop.close(share_s)
            except BaseException as exc:  # cannot be raised at interpreter exit
                _print_line(f"an event loop was not closed: {exc!r}")


def build_exit_closer(name: str, end: Callable[[float], object]) -> Callable[[float], None]:
    """
    Return a closer for interpreter exit: it calls ``end``, and prints its exception in one line instead of raising it.

    :param name: the app's name
    :param end: shuts the app's lifespan down, within the seconds passed to it
    """

    def end_at_exit(timeout_s: float) -> None:
        try:
            end(timeout_s)
        except BaseException as exc:
            _print_line(
                f"the lifespan shutdown of {name} did not finish at interpreter exit: {_reason(exc)}. "
                "Close the client or explorer before that, or use it in a `with` block"
            )

    return end_at_exit


def _reason(exc: BaseException) -> str:
    if isinstance(exc, DeadlineError):
        where = f" (it was at {exc.stack[-1]})" if exc.stack else ""
        return f"no {exc.waited_for} within {exc.timeout_s:.2g} s{where}"
    return " ".join(f"{type(exc).__name__}: {exc}".split()).rstrip(":.")


def _print_line(line: str) -> None:
    with contextlib.suppress(Exception):  # stderr may be closed
        sys.stderr.write(f"ipyasgi: {line}\n")
        sys.stderr.flush()


# A mutable module value, because loops belong to the process, as threads do. A lock guards it; it is empty once every
# client and explorer is closed.
LIVE_LOOPS = LiveLoops()
