"""`History`: the exchanges of one explorer, newest last; `ExchangeStore` keeps them within bounds. Sends nothing."""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import overload

from ..engine.recording import payloads_of
from ..records.exception_text import read_exception
from ..records.redaction import Redactor
from ..records.settings import Settings
from ..shown import Shown
from .exchange import Exchange, Exchanges, span_of
from .history_filter import read_filter

_RANGE = re.compile(r"r?([0-9]{1,15})-r?([0-9]{1,15})", re.ASCII)

_EXCHANGE_BYTES = 4500
"""What an exchange takes beside its bodies and messages, measured on CPython 3.11: request, response, scope, run."""
_EVENT_BYTES = 400
_LINE_BYTES = 300

LIVE_EXCEPTIONS = 3
"""Exchanges whose exception is kept as the object itself, with its frames and their locals."""


def held_bytes(exchange: Exchange) -> int:
    """
    Return about how many bytes an exchange and the redirects that led to it hold.

    Right within a factor of three. Not counted are the exception, its text, and what changed in the app's state.
    """
    bodies: list[bytes | str] = [exchange.spec.body]
    bodies += [exchange.response.content] if exchange.response is not None else []
    bodies += [payload for event in exchange.events for payload in payloads_of(event)]
    headers = [*exchange.request.headers.raw, *(exchange.response.headers.raw if exchange.response is not None else [])]
    return (
        _EXCHANGE_BYTES
        + 4 * (len(exchange.spec.target) + sum(len(name) + len(value) for name, value in headers))
        + sum({id(body): len(body) for body in bodies}.values())
        + _EVENT_BYTES * len(exchange.events)
        + sum(_LINE_BYTES + len(line.text) for line in exchange.output)
        + sum(map(held_bytes, exchange.previous))
    )


@dataclass(slots=True, eq=False)
class _Kept:
    exchange: Exchange
    bytes: int


class ExchangeStore:
    """
    Keeps the exchanges of one explorer and gives them their names.

    The exceptions of older exchanges are kept as text (`Exchange.raised`): frames and their locals would keep alive
    whatever the app held in them. The newest three exchanges that raised keep theirs, however many went well since,
    so that ``%debug`` finds the last failure after it was looked into.

    :param settings: how many exchanges and bytes it keeps (the newest always stays); also as attribute
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._kept: deque[_Kept] = deque()
        self._live: deque[_Kept] = deque()
        self._bytes = 0
        self._next = 1
        self._lock = threading.RLock()  # the collector may end what an app raised inside one of our own calls

    @property
    def held_bytes(self) -> int:
        """Bytes that the exchanges hold, as `held_bytes` estimates them."""
        return self._bytes

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The exchanges as they are now, newest last."""
        return tuple(kept.exchange for kept in tuple(self._kept))

    def next_name(self) -> str:
        """Return the name for the next exchange, each only once."""
        with self._lock:
            name = f"r{self._next}"
            self._next += 1
        return name

    def append(self, exchange: Exchange) -> None:
        """Add an exchange; exceptions beyond the newest become text, and the oldest go where a bound is passed."""
        kept = _Kept(exchange, held_bytes(exchange))
        gone: list[Exchange] = []  # dies after the lock is free, because its end may run code of the app's
        with self._lock:
            self._kept.append(kept)
            self._bytes += kept.bytes
            if _holds_exception(exchange):
                self._live.append(kept)
            while self._is_full():
                gone.append(self._forget_oldest())
            faded = self._take_faded()
        for old in faded:
            self._replace(old, without_frames(old.exchange))

    def learn(self, redactor: Redactor) -> None:
        """Count as secret in every exchange what the redactor has learnt."""
        with self._lock:
            for kept in self._kept:
                kept.exchange = _with_learnt(kept.exchange, redactor)

    def clear(self) -> None:
        """Forget every exchange; names go on counting."""
        with self._lock:
            gone = [*self._kept]
            self._kept.clear()
            self._live.clear()
            self._bytes = 0
        gone.clear()

    def __len__(self) -> int:
        return len(self._kept)

    def __getitem__(self, index: int) -> Exchange:
        return self._kept[index].exchange

    def _is_full(self) -> bool:
        too_large = self._bytes > self.settings.history_bytes and len(self._kept) > 1
        return too_large or len(self._kept) > max(self.settings.history_count, 1)

    def _forget_oldest(self) -> Exchange:
        oldest = self._kept.popleft()
        self._bytes -= oldest.bytes
        if oldest in self._live:
            self._live.remove(oldest)
        return oldest.exchange

    def _take_faded(self) -> list[_Kept]:
        """Take out those whose exception is to go; of those that you ended, only the newest exchange keeps its own."""
        by_app = [kept for kept in self._live if not kept.exchange.ended_by_you]
        staying = [*by_app[-LIVE_EXCEPTIONS:], *list(self._live)[-1:]]
        faded = [kept for kept in self._live if kept not in staying]
        for kept in faded:
            self._live.remove(kept)
        return faded

    def _replace(self, kept: _Kept, exchange: Exchange) -> None:
        """Put an exchange in the place of another; its text was made outside the lock, for it asks the app's code."""
        holds = held_bytes(exchange)
        with self._lock:
            gone = kept.exchange
            kept.exchange = replace(exchange, settings=gone.settings)  # which may have learnt meanwhile
            if kept in self._kept:
                self._bytes += holds - kept.bytes
                kept.bytes = holds
        del gone


class History(Shown):
    """
    A sequence of exchanges that also answers to their names: ``history[-1]``, ``history["r7"]``, ``history[2:5]``.

    How many it holds is a setting; the exceptions of older exchanges are kept as text (`Exchange.raised`).

    :param store: keeps the exchanges
    """

    def __init__(self, store: ExchangeStore) -> None:
        self._store = store

    @property
    def settings(self) -> Settings:
        """How many exchanges and bytes are kept, and how the history is shown."""
        return self._store.settings

    def filter(self, text: str) -> Exchanges:
        """
        Return the exchanges that a filter lets through, such as ``method:POST status:4xx path:/items* slow:100ms``.

        The language is that of `ipyasgi.history.history_filter`. Raises `FilterError`.
        """
        wanted = read_filter(text)
        return Exchanges(exchange for exchange in self if wanted(exchange))

    def select(self, which: str | Exchange | Iterable[Exchange]) -> Exchanges:
        """
        Return the exchanges that are meant by a name, a range of names, a filter, one exchange or several.

        A range, ``1-500`` or ``r1-r500``, means those of them that the history still holds, both ends included.
        Raises `FilterError`, and KeyError for a name that the history does not hold.
        """
        if isinstance(which, str):
            span = _RANGE.fullmatch(which.strip())
            if span is not None:
                return self._between(int(span[1]), int(span[2]))
            return Exchanges((self[which],)) if is_name(which) else self.filter(which)
        return Exchanges((which,) if isinstance(which, Exchange) else which)

    def clear(self) -> None:
        """Forget every exchange; names go on counting."""
        self._store.clear()

    def __len__(self) -> int:
        return len(self._store)

    def __iter__(self) -> Iterator[Exchange]:
        return iter(self._store.exchanges)

    @overload
    def __getitem__(self, key: int | str) -> Exchange: ...
    @overload
    def __getitem__(self, key: slice) -> Exchanges: ...
    def __getitem__(self, key: int | str | slice) -> Exchange | Exchanges:
        if isinstance(key, int):
            return self._store[key]
        every = self._store.exchanges
        if isinstance(key, slice):
            return Exchanges(every[key])
        for exchange in reversed(every):
            if exchange.name == key:
                return exchange
        held = f"it holds {every[0].name} to {every[-1].name}" if every else "it is empty"
        raise KeyError(f"no exchange is called {key!r}; {held}")

    def __repr__(self) -> str:
        return f"<History: {span_of(tuple(self))}>"

    def _between(self, first: int, last: int) -> Exchanges:
        found = Exchanges(one for one in self if first <= int(one.name[1:]) <= last)
        if not found:
            held = f"it holds {self[0].name} to {self[-1].name}" if len(self) else "it is empty"
            raise KeyError(f"the history holds none of r{first} to r{last}; {held}")
        return found


def is_name(text: str) -> bool:
    """Return whether a text is written as the name of an exchange: ``r7``."""
    return text[:1] == "r" and text[1:].isascii() and text[1:].isdecimal()


def without_frames(exchange: Exchange) -> Exchange:
    """Return the exchange with its exception as text; what you ended yourself says nothing but its type."""
    if not _holds_exception(exchange):
        return exchange
    exception = exchange.exception
    raised = read_exception(exception) if exception is not None and not exchange.ended_by_you else exchange.raised
    return replace(
        exchange,
        exception=type(exception)() if exception is not None and exchange.ended_by_you else None,
        raised=raised,
        handled_exception=replace(exchange.handled_exception, exception=None)
        if exchange.handled_exception is not None
        else None,
        run=replace(exchange.run, exception=None) if exchange.run is not None else None,
        previous=tuple(map(without_frames, exchange.previous)),
    )


def _holds_exception(exchange: Exchange) -> bool:
    live = exchange.exception is not None or (
        exchange.handled_exception is not None and exchange.handled_exception.exception is not None
    )
    return live or any(map(_holds_exception, exchange.previous))


def _with_learnt(exchange: Exchange, redactor: Redactor) -> Exchange:
    return replace(
        exchange,
        settings=replace(exchange.settings, redactor=redactor),
        previous=tuple(_with_learnt(one, redactor) for one in exchange.previous),
    )
