"""`Background`, an explorer's loop for work beside its app, and `PendingExchanges`, requests that are running."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from typing import Any

from ..engine.loops import Loop
from ..engine.pending import Pending
from ..engine.strategy import make_loop
from ..history.exchange import Exchange, Exchanges
from ..protocol.errors import LoopError
from ..shown import Shown


class PendingExchanges(Shown, tuple[Pending[Exchange], ...]):
    """Several running requests, in the order they were sent."""

    __slots__ = ()

    def cancel(self) -> None:
        """Cancel all of them, without waiting."""
        for one in self:
            one.cancel()

    def result(self, timeout: float | None = None) -> Exchanges:
        """
        Wait for all of them.

        :param timeout: seconds for all together; None for no limit
        Raises the exception of the first that failed.
        """
        if timeout is None:
            return Exchanges([one.result() for one in self])
        until_s = time.monotonic() + timeout
        return Exchanges([one.result(max(until_s - time.monotonic(), 0.0)) for one in self])

    def __repr__(self) -> str:
        return f"<PendingExchanges: {sum(one.done() for one in self)} of {len(self)} ended>"

    def __await__(self) -> Generator[Any, None, Exchanges]:
        return self._wait().__await__()

    async def _wait(self) -> Exchanges:
        return Exchanges([await one for one in self])


class Background:
    """
    Owns the loop for work that must not run on the app's loop: requests that wait, open WebSockets, panels.

    It does not refer to the explorer, so that a dropped explorer can release it.
    """

    def __init__(self) -> None:
        self._loop: Loop | None = None
        self._closed = False
        self._lock = threading.Lock()

    def loop(self) -> Loop:
        """Return the loop, started at the first call; raises `LoopError` after `close`."""
        with self._lock:
            if self._closed:
                raise LoopError("the background loop of this explorer is closed: attach the app again")
            if self._loop is None:
                self._loop = make_loop(name="ipyasgi-background")
            return self._loop

    def close(self) -> None:
        """End the loop and the work on it, and wait for the end."""
        with self._lock:
            self._closed = True
        if self._loop is not None:
            self._loop.close()

    def release(self) -> None:
        """End the loop without waiting; called by the garbage collector."""
        if self._loop is not None:
            self._loop.stop_soon()
