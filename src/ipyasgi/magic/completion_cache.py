"""`CompletionCache`: routes and document of one app, read on another thread before a key is pressed.

A key press waits for neither where that takes long: it is given what was read last, and the next one what is new.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from ..engine.strategy import run_in_thread
from ..explorer.explorer import Explorer, background_loop_of, document_source_of
from ..openapi.document import Document
from ..openapi.source import DocumentSource
from ..routes.routes import Routes, read_routes

FRESH_S = 2.0
"""How long a list of routes is offered before it is read again."""
QUICK_S = 0.005
"""What reading may take of a key press; what took longer is read again elsewhere."""
PATIENCE_S = 0.5
"""How long the first key press waits for who is reading already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """
    The routes as they were read.

    :ivar at_s: when, on the monotonic clock
    :ivar took_s: seconds of a processor that reading took
    """

    routes: Routes
    at_s: float
    took_s: float

    @property
    def fresh(self) -> bool:
        return time.monotonic() - self.at_s < FRESH_S


class CompletionCache:
    """
    What one app offers, as it was read last. Nothing is sent for it, and the explorer is not kept alive.

    :param explorer: has the app; another app of the same explorer needs another one of these
    Raises `LoopError` where the explorer is closed.
    """

    def __init__(self, explorer: Explorer) -> None:
        self._source = document_source_of(explorer)
        self._app = explorer.app
        self._loop = background_loop_of(explorer)
        self._lock = threading.Lock()
        self._look: _Look | None = None
        self._reading = False
        self._documented = -1  # the routes there were when the document was last asked for

    def start(self) -> None:
        """Begin to read the routes, and the document of an app whose responses do not depend on when that is made."""
        self._elsewhere(self._read_all)

    def is_of(self, source: DocumentSource) -> bool:
        """Tell whether this reads the app of that source."""
        return self._source is source

    @property
    def routes(self) -> Routes:
        """The routes; of an app whose table takes long to read, those of the last time."""
        look = self._look
        if look is None or (not look.fresh and look.took_s < QUICK_S):
            look = self._read_routes()
        elif not look.fresh and not self._reading:
            self._reading = True  # one thread at a time: a front end asks at every key press
            self._elsewhere(self._read_again)
        return look.routes if look is not None else Routes(())

    @property
    def document(self) -> Document | None:
        """The document if it is read; sees to it that it is, also when routes were added."""
        count = len(self.routes)
        if self._documented != count:
            self._documented = count
            self._elsewhere(self._source.read)
        return self._source.ready

    def _read_all(self) -> None:
        look = self._read_routes()
        if look is not None and self._documented < 0 and self._source.keeps_up:
            self._documented = len(look.routes)
            self._source.read()

    def _read_again(self) -> None:
        try:
            self._read_routes()
        finally:
            self._reading = False

    def _read_routes(self) -> _Look | None:
        """Read the routes, or wait a little while another thread does; None where that takes too long."""
        if not self._lock.acquire(timeout=PATIENCE_S):
            return self._look
        try:
            if self._look is None or not self._look.fresh:
                began_s = time.thread_time()
                routes = read_routes(self._app)
                self._look = _Look(routes=routes, at_s=time.monotonic(), took_s=time.thread_time() - began_s)
            return self._look
        finally:
            self._lock.release()

    def _elsewhere(self, read: Callable[[], object]) -> None:
        if not self._loop.closed:  # nor the explorer; what is running when that is closed is left behind
            run_in_thread(read)
