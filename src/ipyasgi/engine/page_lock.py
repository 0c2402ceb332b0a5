"""`PageLock`: a re-entrant lock that may be held during a wait, in a browser's page.

All calls of a page have one thread, so a lock of `threading` that one of them holds while it waits would either stop
the page without end, or, re-entrant, let every other call in.
"""

from __future__ import annotations

import contextvars
import math
import time
from concurrent.futures import Future

from .jobs import inbox_of, wait_done

_HOLDS: contextvars.ContextVar[tuple[object, ...]] = contextvars.ContextVar("ipyasgi_holds", default=())
"""What this call holds, and what held the call that began it."""


class PageLock:
    """Has the methods of ``threading.RLock``; what a call begins while it holds the lock also holds it, until then."""

    def __init__(self) -> None:
        self._hold: object | None = None
        self._depth = 0
        self._released: Future[None] = Future()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Acquire the lock, and return whether that was possible within ``timeout`` seconds; -1 for no limit."""
        if self._hold is None or self._hold not in _HOLDS.get():
            until_s = time.monotonic() + (math.inf if timeout < 0 else timeout)
            while self._hold is not None:
                if not blocking or (left_s := until_s - time.monotonic()) <= 0:
                    return False
                inbox_of(self._released).run_sync(wait_done(self._released, left_s))
            self._hold, self._released = object(), Future()
            _HOLDS.set((*_HOLDS.get(), self._hold))
        self._depth += 1
        return True

    def release(self) -> None:
        """Release the lock; the ``RuntimeError`` of a lock that the caller does not hold is that of ``RLock``."""
        held = _HOLDS.get()
        if self._hold is None or self._hold not in held:
            raise RuntimeError("cannot release un-acquired lock")
        self._depth -= 1
        if not self._depth:
            _HOLDS.set(tuple(one for one in held if one is not self._hold))
            self._hold = None
            self._released.set_result(None)

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *raised: object) -> None:
        self.release()
