"""Interpreter exit: the loops that are still open are closed, within one deadline, and what could not run is said.

What is possible there was measured (``tests/exit``, on 3.11.7, 3.12.1 and 3.13.0). The loops' own threads go on, so a
lifespan shutdown that only awaits runs to its end on every version. ``asyncio.to_thread`` and whatever else uses a
thread pool of `concurrent.futures` is refused on every version, a new thread of any kind on 3.12: an app that needs
one to shut down cannot, and raises. An idle worker thread of anyio's is reused, so such an app may still come through.
A signal that ends the process (SIGTERM without a handler, SIGKILL) and ``os._exit`` run nothing of this.
"""

from __future__ import annotations

import atexit
import contextlib
import sys
import threading
import time
import weakref
from collections.abc import Callable
from typing import Protocol

from ..protocol.errors import DeadlineError
from .fork_guard import renew_in_child

EXIT_S = 1.2
"""Seconds for all loops together: Jupyter kills a kernel 2.5 s after asking it to end, and it needs some for itself."""


class Closable(Protocol):
    """What is closed at exit: a loop with the functions to run before it."""

    closers: list[Callable[[float], object]]

    def close(self, timeout_s: float) -> None:
        """Close within the time."""


class LiveLoops:
    """Every open loop of the process."""

    def __init__(self) -> None:
        self._loops: weakref.WeakSet[Closable] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._registered = False
        renew_in_child(self._forget)

    def add(self, loop: Closable) -> None:
        """Close ``loop`` at interpreter exit, if it is still there then."""
        with self._lock:
            self._loops.add(loop)
            if not self._registered:
                atexit.register(self._close_all)
                self._registered = True

    def _forget(self) -> None:
        """In a forked child: the loops are the parent's, and so may be whoever holds the lock."""
        self._loops = weakref.WeakSet()
        self._lock = threading.Lock()

    def _close_all(self) -> None:
        until_s = time.monotonic() + EXIT_S
        loops = sorted(self._loops, key=lambda loop: not loop.closers)  # those with something to shut down come first
        for done, loop in enumerate(loops):
            # What one loop leaves of its share, the others may use.
            waiting = sum(1 for each in loops[done:] if each.closers)
            share_s = max(until_s - time.monotonic(), 0.05) / max(waiting, 1)
            try:
                loop.close(share_s)
            except BaseException as exc:  # nobody is left to raise to
                _say(f"an event loop was not closed: {exc!r}")


def build_exit_closer(name: str, end: Callable[[float], object]) -> Callable[[float], None]:
    """
    Return ``end`` as it is called at interpreter exit: it raises nothing, and says in one line what could not run.

    :param name: what the app is called
    :param end: shuts the app's lifespan down within the seconds it is given
    """

    def end_at_exit(timeout_s: float) -> None:
        try:
            end(timeout_s)
        except BaseException as exc:
            _say(
                f"the lifespan shutdown of {name} did not finish at interpreter exit: {_reason(exc)}. "
                "Close the client or explorer before that, or use it in a `with` block"
            )

    return end_at_exit


def _reason(exc: BaseException) -> str:
    if isinstance(exc, DeadlineError):
        where = f" (it was at {exc.stack[-1]})" if exc.stack else ""
        return f"no {exc.waited_for} within {exc.timeout_s:.2g} s{where}"
    return " ".join(f"{type(exc).__name__}: {exc}".split()).rstrip(":.")


def _say(line: str) -> None:
    with contextlib.suppress(Exception):  # there may be no stderr any more
        sys.stderr.write(f"ipyasgi: {line}\n")
        sys.stderr.flush()


# The one value of this module that changes: loops are a resource of the process, as threads are. It is locked, and
# empty again once every client and explorer is closed.
LIVE_LOOPS = LiveLoops()
