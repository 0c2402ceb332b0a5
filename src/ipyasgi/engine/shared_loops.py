"""One loop for all clients outside ``with`` that want the same backend: who uses it, and when it may stop.

A loop costs three file descriptors, so a client per test would exhaust the usual limit; here they share.
Loops are made by `ipyasgi.engine.strategy.make_loop`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from .fork_guard import renew_in_child
from .loops import Backend, Loop
from .strategy import make_loop


class LoopLease:
    """
    One user's hold on a shared loop.

    :ivar loop: the loop
    :ivar release: gives it back and waits until it has stopped, if this was the last user
    """

    __slots__ = ("_release_here", "loop", "release")

    def __init__(self, loop: Loop, release: Callable[[], None], release_here: Callable[[], None]) -> None:
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
        self._loops: dict[str, tuple[Loop, set[int]]] = {}
        self._next = 0
        renew_in_child(self._forget)

    def acquire(self, backend: Backend, backend_options: dict[str, Any]) -> LoopLease:
        """
        Return a running loop and the ways to give it back.

        A caller that stands on the shared loop's own thread (an endpoint that calls another app) gets one
        of its own instead.
        """
        key = f"{backend} {sorted(backend_options.items(), key=str)!r}"
        with self._lock:
            loop, users = self._loops.get(key, (None, set()))
            if loop is None or loop.closed:
                loop, users = make_loop(backend=backend, backend_options=backend_options), set()
                self._loops[key] = (loop, users)
            elif loop.is_own_thread():
                extra = make_loop(backend=backend, backend_options=backend_options, name="ipyasgi-loop (inner)")
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

    def _forget(self) -> None:
        """In a forked child: the loops are the parent's, and so may be whoever holds the lock."""
        self._lock = threading.Lock()
        self._loops = {}

    def _is_last(self, key: str, loop: Loop, users: set[int], ticket: int) -> bool:
        with self._lock:
            users.discard(ticket)
            if users:
                return False
            if self._loops.get(key, (None,))[0] is loop:
                del self._loops[key]
            return True


# A value of this module that changes: loops are a resource of the process, as threads are. It is locked, and
# empty again once every client and explorer is closed.
SHARED_LOOPS = SharedLoops()
