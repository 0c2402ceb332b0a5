"""`Background`: the loop of one explorer beside the app's, started when it is first needed."""

from __future__ import annotations

import threading

from ..engine.loops import BackgroundLoop
from ..protocol.errors import LoopError


class Background:
    """
    Owns the loop for work that must not run on the app's: waiting requests, open WebSockets, painting panels.

    It holds no explorer, so that it can be released when the explorer was dropped.
    """

    def __init__(self) -> None:
        self._loop: BackgroundLoop | None = None
        self._closed = False
        self._lock = threading.Lock()

    def loop(self) -> BackgroundLoop:
        """Return the loop, started now if it was not; raises `LoopError` after `close`."""
        with self._lock:
            if self._closed:
                raise LoopError("the background loop of this explorer is closed: attach the app again")
            if self._loop is None:
                self._loop = BackgroundLoop(name="ipyasgi-background")
            return self._loop

    def close(self) -> None:
        """End the loop and what runs on it, and wait for that."""
        with self._lock:
            self._closed = True
            loop = self._loop
        if loop is not None:
            loop.close()

    def release(self) -> None:
        """End the loop without waiting, as the garbage collector has to."""
        loop = self._loop
        if loop is not None and not loop.closed:
            loop.stop_soon()
