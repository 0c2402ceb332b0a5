"""What one explorer does beside its app: `Background`, a loop, and `PendingExchanges`, requests under way."""

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
    """Several requests under way, in the order they were sent."""

    __slots__ = ()

    def cancel(self) -> None:
        """Cancel each; returns at once."""
        for one in self:
            one.cancel()

    def result(self, timeout: float | None = None) -> Exchanges:
        """
        Wait for all of them.

        :param timeout: seconds for all together; None for ever
        Raises what the first that failed raises.
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
