"""`CompletionCache`: the routes and document of one app, read in a background thread so that key presses do not wait.

If reading takes long, a key press gets the result of the last reading.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from ..engine.strategy import run_in_thread
from ..explorer.base_explorer import background_loop_of, document_source_of
from ..explorer.explorer import Explorer
from ..openapi.document import Document
from ..routes.routes import Routes, read_routes

FRESH_S = 2.0
"""How long routes are offered before they are read again."""
QUICK_S = 0.005
"""Routes that take longer to read are read again in the background."""
PATIENCE_S = 0.5
"""How long the first key press waits for a reading in another thread."""
_read_clock_s: Callable[[], float] = getattr(time, "thread_time", time.monotonic)
"""The processor time of this thread; in a browser's page, which does not have that clock, the time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """Routes, with the monotonic time of their reading, and the processor time that it took."""

    routes: Routes
    at_s: float
    took_s: float

    @property
    def fresh(self) -> bool:
        return time.monotonic() - self.at_s < FRESH_S


class CompletionCache:
    """
    Routes and document of an explorer's app for completion. Sends nothing, and does not keep the explorer alive.

    Another app of the same explorer has another ``source`` and needs another cache. Raises `LoopError` if the explorer
    is closed.
    """

    def __init__(self, explorer: Explorer) -> None:
        self.source = document_source_of(explorer)
        self._app = explorer.app
        self._loop = background_loop_of(explorer)
        self._lock = threading.Lock()
        self._last: _Reading | None = None
        self._reading = False
        self._documented = -1  # the number of routes when the document was last requested

    def start(self) -> None:
        """Begin to read the routes, and the document if an early read cannot change the app's responses."""
        self._in_background(self._read_all)

    @property
    def routes(self) -> Routes:
        """The routes; if reading is slow, those of the last reading."""
        last = self._last
        if last is None or (not last.fresh and last.took_s < QUICK_S):
            last = self._read_routes()
        elif not last.fresh and not self._reading:
            self._reading = True  # only one thread: a front end asks at every key press
            self._in_background(self._read_again)
        return last.routes if last is not None else Routes(())

    @property
    def document(self) -> Document | None:
        """The document, or None; begins to read it on first use and when routes were added."""
        count = len(self.routes)
        if self._documented != count:
            self._documented = count
            self._in_background(self.source.read)
        return self.source.ready

    def _read_all(self) -> None:
        last = self._read_routes()
        if last is not None and self._documented < 0 and self.source.keeps_up:
            self._documented = len(last.routes)
            self.source.read()

    def _read_again(self) -> None:
        try:
            self._read_routes()
        finally:
            self._reading = False

    def _read_routes(self) -> _Reading | None:
        """Read the routes; wait up to `PATIENCE_S` for another reader, then return the last reading, if any."""
        if not self._lock.acquire(timeout=PATIENCE_S):
            return self._last
        try:
            if self._last is None or not self._last.fresh:
                began_s = _read_clock_s()
                routes = read_routes(self._app)
                self._last = _Reading(routes=routes, at_s=time.monotonic(), took_s=_read_clock_s() - began_s)
            return self._last
        finally:
            self._lock.release()

    def _in_background(self, read: Callable[[], object]) -> None:
        if not self._loop.closed:  # closing the explorer does not wait for this thread
            run_in_thread(read)
