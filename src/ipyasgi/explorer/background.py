"""`Background`: the loop of one explorer beside the app's, started when it is first needed."""

from __future__ import annotations

import threading

from ..engine.loops import Loop
from ..engine.strategy import make_loop
from ..protocol.errors import LoopError


class Background:
    """
    Owns the loop for work that must not run on the app's: waiting requests, open WebSockets, painting panels.

    It holds no explorer, so that it can be released when the explorer was dropped.
    """

    def __init__(self) -> None:
        self._loop: Loop | None = None
        self._closed = False
        self._lock = threading.Lock()

    def loop(self) -> Loop:
        """Return the loop, started now if it was not; raises `LoopError` after `close`."""
        with self._lock:
            if self._closed:
                raise LoopError("the background loop of this explorer is closed: attach the app again")
            if self._loop is None:
                self._loop = make_loop(name="ipyasgi-background")
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
        if loop is not None:
            loop.stop_soon()
