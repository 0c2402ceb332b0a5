"""`History`: the exchanges of one explorer, newest last, bounded by count and by bytes. Sends nothing."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from typing import overload

from .exchange import Exchange, Exchanges
from .settings import Settings


class History:
    """
    A sequence of exchanges that also answers to their names: ``history[-1]``, ``history["r7"]``, ``history[2:5]``.

    :param settings: how many exchanges and bytes of bodies it keeps (the newest always stays), and how it is shown
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._kept: deque[Exchange] = deque()
        self._bytes = 0
        self._next = 1
        self._lock = threading.Lock()

    def next_name(self) -> str:
        """Return the name for the next exchange, each only once."""
        with self._lock:
            name = f"r{self._next}"
            self._next += 1
        return name

    def append(self, exchange: Exchange) -> None:
        """Add an exchange and let the oldest go where a bound is passed."""
        with self._lock:
            self._kept.append(exchange)
            self._bytes += exchange.size_bytes()
            while len(self._kept) > self.settings.history_count or (
                self._bytes > self.settings.history_bytes and len(self._kept) > 1
            ):
                self._bytes -= self._kept.popleft().size_bytes()

    def _is_full(self) -> bool:
        too_large = self._bytes > self.settings.history_bytes and len(self._kept) > 1
        return too_large or len(self._kept) > self.settings.history_count

    def clear(self) -> None:
        """Forget every exchange; names go on counting."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[Exchange]:
        return iter(tuple(self._kept))

    @overload
    def __getitem__(self, key: int | str) -> Exchange: ...
    @overload
    def __getitem__(self, key: slice) -> Exchanges: ...
    def __getitem__(self, key: int | str | slice) -> Exchange | Exchanges:
        kept = tuple(self._kept)
        if isinstance(key, slice):
            return Exchanges(kept[key])
        if isinstance(key, int):
            return kept[key]
        for exchange in reversed(kept):
            if exchange.name == key:
                return exchange
        held = f"it holds {kept[0].name} to {kept[-1].name}" if kept else "it is empty"
        raise KeyError(f"no exchange is called {key!r}; {held}")
