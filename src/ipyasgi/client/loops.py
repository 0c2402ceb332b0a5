"""`LoopOwner`: the loops of a client (its own inside ``with``, a shared one outside, or a given one) and its portal."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from ..engine.fork_guard import ForkGuard
from ..engine.jobs import await_future
from ..engine.loops import Backend, Loop
from ..engine.shared_loops import SHARED_LOOPS, LoopLease
from ..engine.strategy import make_loop, run_in_thread
from ..protocol.errors import LoopError

if TYPE_CHECKING:
    from anyio.from_thread import BlockingPortal

SUSPECT_PATIENCE_S = 1.0
"""How long a suspect loop may take to respond before it is declared lost and replaced."""

PORTAL_PATIENCE_S = 5.0
"""How long a portal may take to open or to stop."""


class LoopOwner:
    """
    The loops of one client. Holds no reference to the client, so that the client can be finalised.

    :param given: a loop that is always used, and never closed here
    """

    def __init__(self, backend: Backend, backend_options: dict[str, Any], *, given: Loop | None) -> None:
        self._backend = backend
        self._options = backend_options
        self._given = given
        self._own: Loop | None = None
        self._leases: list[LoopLease] = []
        self._portal: _ClientPortal | None = None
        self._closer: Callable[[float], object] | None = None
        self._closed = False
        self._search: Future[Loop] | None = None
        self._lock = threading.RLock()
        self._fork_guard = ForkGuard()

    def current(self) -> Loop:
        """
        Return the loop to use now; a lost loop is replaced.

        Raises `LoopError` on the thread of the client's own loop, and after `close`: a loop opened later would never
        be closed.
        """
        self._check_process()
        with self._lock:
            loop = self._find()
            if loop is None:
                return self._current_shared()
        loop.check_wait()
        return loop

    async def current_async(self) -> Loop:
        """Asynchronous `current`; the caller may run on the same loop. A new loop is made on another thread."""
        self._check_process()
        loop = self._try_current()
        if loop is None:
            if self._search is None or self._search.done():  # shared by concurrent callers
                self._search = run_in_thread(self.current)
            loop = await await_future(self._search)
        loop.check_await()
        return loop

    def enter(self, closer: Callable[[float], object]) -> None:
        """Start the client's own loop; interpreter exit runs ``closer`` before closing it."""
        self._check_process()
        with self._lock:
            self._closer = closer
            self._closed = False
            if self._given is None:
                self._open_own()
            else:
                self._given.closers.append(closer)

    def leave(self) -> None:
        """Stop the portal and the client's own loop; in a forked child only discard them."""
        if self._fork_guard.forked:
            self._portal = self._own = None
            return
        own = self._own
        try:
            with self._lock:
                opened, self._portal, self._own = self._portal, None, None
                if self._given is not None and self._closer in self._given.closers:
                    self._given.closers.remove(self._closer)
            if opened is not None:
                opened.stop()
            if own is not None:
                own.closers.clear()
                own.close()
        except BaseException:  # an interrupt must not leave a loop that nothing refers to
            if own is not None:
                own.stop_soon()
            raise

    def close(self) -> None:
        """Release every shared loop and close the client's own loop."""
        self.leave()
        if self._fork_guard.forked:
            self._closed = True
            return
        leases = self._leases
        try:
            with self._lock:
                self._closed, self._leases = True, []
            for lease in leases:
                lease.release()
        except BaseException:
            for lease in leases:
                lease.drop()
            raise

    def drop(self) -> None:
        """Stop the client's own loop and release every shared one, as a finaliser: without locks or waits."""
        own, self._own = self._own, None
        if own is not None:
            own.call_soon(own.stop_soon)
        for lease in self._leases:
            lease.drop()

    def portal(self) -> BlockingPortal:
        """Return the running portal of the current loop, made at the first call."""
        if self._given is not None and self._given.is_own_thread():
            raise LoopError("a portal would block this thread, on which the app runs: use await")
        loop = self.current()
        loop.check_portal()
        with self._lock:
            if self._portal is None or self._portal.loop is not loop:
                self._portal = _ClientPortal(loop)
            return self._portal.portal

    def _check_process(self) -> None:
        """Raise `LoopError` in a forked child, except for a client that has not used a loop yet."""
        if self._fork_guard.forked:
            if self._own is not None or self._leases:
                self._fork_guard.check()
            self._lock, self._fork_guard = threading.RLock(), ForkGuard()

    def _find(self) -> Loop | None:
        """Return the given loop or the client's own one; None if the client uses shared ones."""
        if self._closed:
            raise LoopError("this client is closed: open a new one, or attach the app again")
        if self._given is None and self._own is not None and not _usable(self._own):
            self._open_own()
        return self._given or self._own

    def _try_current(self) -> Loop | None:
        """Return the running loop, or None; does not wait."""
        if not self._lock.acquire(blocking=False):
            return None
        try:
            if self._own is not None and _may_be_blocked(self._own):
                return None
            return self._find() or next((one.loop for one in self._leases if not _may_be_blocked(one.loop)), None)
        finally:
            self._lock.release()

    def _current_shared(self) -> Loop:
        for lease in self._leases:
            if not lease.loop.is_own_thread() and _usable(lease.loop):
                return lease.loop
        self._leases = [lease for lease in self._leases if not lease.loop.closed]
        lease = SHARED_LOOPS.acquire(self._backend, self._options)
        self._leases.append(lease)
        return lease.loop

    def _open_own(self) -> None:
        # Kept at once: an interrupt must not leave a loop that nothing refers to.
        self._own = make_loop(backend=self._backend, backend_options=self._options)
        if self._closer is not None:
            self._own.closers.append(self._closer)


class _ClientPortal:
    """anyio's ``BlockingPortal``, running on a loop; raises `LoopError` if something blocks that loop."""

    def __init__(self, loop: Loop) -> None:
        ready: Future[BlockingPortal] = Future()
        loop.submit(_serve_portal, ready)
        try:
            self.portal = loop.wait_future(ready, PORTAL_PATIENCE_S)
        except TimeoutError:
            raise LoopError("the event loop does not respond: something blocks it; interrupt that first") from None
        self.loop = loop

    def stop(self) -> None:
        """Stop the portal and its tasks; does nothing if it or the loop has ended."""
        if self.loop.closed:
            return
        with contextlib.suppress(RuntimeError, TimeoutError):  # stopped already, or something blocks the loop
            self.loop.wait_future(self.portal.start_task_soon(self.portal.stop, True), PORTAL_PATIENCE_S)


async def _serve_portal(ready: Future[BlockingPortal]) -> None:
    from anyio.from_thread import BlockingPortal  # most of the cost of importing anyio, and few clients need a portal

    async with BlockingPortal() as portal:
        ready.set_result(portal)
        await portal.sleep_until_stopped()


def _may_be_blocked(loop: Loop) -> bool:
    return loop.closed or loop.suspect


def _usable(loop: Loop) -> bool:
    if loop.closed:
        return False
    if loop.suspect:
        if not loop.responds(SUSPECT_PATIENCE_S):
            loop.give_up()
            return False
        loop.suspect = False
    return True
