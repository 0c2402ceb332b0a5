"""`SharedLoops`: one loop for all clients outside ``with`` of the same backend and options; stopped after the last one.

A loop costs three file descriptors, so a loop for each client of a test suite would exceed the usual limit.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any

from .fork_guard import renew_in_child
from .loops import Backend, Loop
from .strategy import make_loop


class LoopLease:
    """
    One user of a shared loop.

    :ivar loop: the loop
    """

    def __init__(self, loop: Loop, is_last: Callable[[LoopLease], bool]) -> None:
        self.loop = loop
        self._is_last = is_last

    def release(self) -> None:
        """Release the loop; if this was the last user, close it and wait for its end."""
        if self._is_last(self):
            self.loop.close()

    def drop(self) -> None:
        """Release the loop without waiting or taking a lock, as a finaliser must."""
        self.loop.call_soon(self._release_on_loop)

    def _release_on_loop(self) -> None:
        if self._is_last(self):
            self.loop.stop_soon()


class SharedLoops:
    """Loops for clients outside ``with``: one per backend and options, closed when its last user leaves."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loops: dict[str, tuple[Loop, set[LoopLease]]] = {}
        renew_in_child(self._forget)

    def acquire(self, backend: Backend, backend_options: dict[str, Any]) -> LoopLease:
        """
        Return a lease of a running loop.

        A caller on the shared loop's own thread (an endpoint that calls another app) gets a separate loop.
        """
        key = f"{backend} {sorted(backend_options.items(), key=str)!r}"
        with self._lock:
            loop, users = self._loops.get(key, (None, set()))
            if loop is None or loop.closed:
                loop, users = make_loop(backend=backend, backend_options=backend_options), set()
                self._loops[key] = (loop, users)
            elif loop.is_own_thread():
                extra = make_loop(backend=backend, backend_options=backend_options, name="ipyasgi-loop (inner)")
                return LoopLease(extra, lambda _: True)
            lease = LoopLease(loop, functools.partial(self._is_last, key, users))
            users.add(lease)
        return lease

    def _forget(self) -> None:
        """Discard the loops and the lock in a forked child: they belong to the parent, where the lock may be held."""
        self._lock = threading.Lock()
        self._loops = {}

    def _is_last(self, key: str, users: set[LoopLease], lease: LoopLease) -> bool:
        with self._lock:
            users.discard(lease)
            if users:
                return False
            if self._loops.get(key, (None,))[0] is lease.loop:
                del self._loops[key]
            return True


# A mutable module value, because loops belong to the process, as threads do. A lock guards it; it is empty once every
# client and explorer is closed.
SHARED_LOOPS = SharedLoops()
