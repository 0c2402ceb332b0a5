"""`History`: the exchanges of one explorer, newest last. `ExchangeStore`: stores them within limits."""

from __future__ import annotations

import re
import threading
import weakref
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast, overload
from urllib.parse import urlsplit

from ..client.response import kept_content
from ..engine.recording import payloads_of
from ..formats.exports import ExportMembers
from ..protocol.exception_parts import attributes_of, earlier_of
from ..records.carried import CarriedUse
from ..records.exception_text import ExceptionText, Frame, read_exception
from ..records.record import Record
from ..records.redaction import Redactor
from ..records.requests import SAFE_METHODS, RequestSpec
from ..records.settings import Settings
from ..routes.path_template import PathTemplate
from ..routes.routes import Routes
from ..shown import Shown
from .exchange import Exchange, Exchanges, KeepsExchanges, find_changing, find_routes, only_requests, span_of
from .history_filter import read_filter

if TYPE_CHECKING:
    from .differences import Path

_RANGE = re.compile(r"r?([0-9]{1,15})-r?([0-9]{1,15})", re.ASCII)

_EXCHANGE_BYTES = 4500  # without bodies and messages: request, response, scope, run; measured on CPython 3.11
_EVENT_BYTES = 400
_LINE_BYTES = 300
_CHAIN = 6

LIVE_EXCEPTIONS = 3  # exchanges whose exceptions are kept as objects, with their frames and locals


def held_bytes(exchange: Exchange) -> int:
    """
    Return an estimate of the bytes of an exchange and its redirects, within a factor of three.

    Of an exception that is kept as an object, only its arguments and notes count: its frames belong to the app.
    """
    bodies: list[bytes | str] = [exchange.spec.body]
    bodies += [kept_content(exchange.response)]
    bodies += [payload for event in exchange.events for payload in payloads_of(event)]
    headers = [*exchange.request.headers.raw, *(exchange.response.headers.raw if exchange.response is not None else [])]
    return (
        _EXCHANGE_BYTES
        + 4 * (len(exchange.spec.target) + sum(len(name) + len(value) for name, value in headers))
        + sum({id(body): len(body) for body in bodies}.values())
        + _EVENT_BYTES * len(exchange.events)
        + sum(_LINE_BYTES + len(line.text) for line in exchange.output)
        + sum(_LINE_BYTES + len(one.path) + len(one.before) + len(one.after) for one in exchange.state_diff)
        + _LINE_BYTES * len(exchange.violations)
        + (exchange.traced.held_bytes if exchange.traced is not None else 0)
        + (sum(map(_exception_bytes, _exceptions_of(exchange))) if _has_failed(exchange) else 0)
        + sum(map(held_bytes, exchange.previous))
    )


def _has_failed(exchange: Exchange) -> bool:
    found = (exchange.exception, exchange.raised, exchange.handled_exception)
    return any(one is not None for one in found)


def _exceptions_of(exchange: Exchange) -> Iterator[BaseException | ExceptionText | None]:
    yield from (exchange.exception, exchange.raised)
    if exchange.handled_exception is not None:
        yield from (exchange.handled_exception.exception, exchange.handled_exception.raised)


def _exception_bytes(exception: BaseException | ExceptionText | None) -> int:
    if type(exception) is ExceptionText:
        texts = [exception.message, *exception.notes]
        for frame in exception.frames:
            texts += [text for _, text in frame.lines] if isinstance(frame, Frame) else frame.places
            texts += [one.text for one in frame.local_vars] if isinstance(frame, Frame) else ()
        inner = [*(one for _, one in exception.before), *exception.members]
        return sum(_LINE_BYTES + len(text) for text in texts) + sum(map(_exception_bytes, inner))
    values: list[object] = []
    one = cast("BaseException | None", exception)
    for _ in range(_CHAIN):
        if one is None:
            break
        values += vars(BaseException)["args"].__get__(one)  # not a property of the app's class
        notes = attributes_of(one).get("__notes__")
        values += notes if type(notes) is list else ()
        earlier = earlier_of(one)
        one = earlier[0] if earlier is not None else None
    return sum(
        _LINE_BYTES + len(value) for value in values if isinstance(value, (str, bytes)) and type(value) in (str, bytes)
    )


@dataclass(slots=True, eq=False)
class _Kept:
    exchange: Exchange
    bytes: int


class ExchangeStore:
    """
    Keeps the exchanges of one explorer, and names them.

    The newest three exchanges with an exception keep it, for ``%debug``. Older exceptions become text
    (`Exchange.raised`), because their frames keep the app's objects alive.

    :param settings: limits the number and bytes of exchanges, but the newest one is always kept; also an attribute
    :param read_routes: returns the routes of the app as it is now; None if the explorer is gone
    :ivar held_bytes: bytes of the exchanges, estimated by `held_bytes`
    :ivar reference: for exchanges, which must not keep the history alive
    """

    def __init__(self, settings: Settings, read_routes: Callable[[], Routes | None] = lambda: None) -> None:
        self.settings = settings
        self.held_bytes = 0
        self._read_routes = read_routes
        self._kept: deque[_Kept] = deque()
        self._live: list[_Kept] = []
        self._next = 1
        self.reference: weakref.ref[KeepsExchanges] = weakref.ref(self)
        self._lock = threading.RLock()  # the collector may free an app's exception inside one of our own calls

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The present exchanges, newest last."""
        return tuple(kept.exchange for kept in tuple(self._kept))

    def next_name(self) -> str:
        """Return the name of the next exchange; each call returns a new one."""
        with self._lock:
            name = f"r{self._next}"
            self._next += 1
        return name

    def append(self, exchange: Exchange) -> None:
        """Add an exchange, remove the oldest beyond the limits, and turn all but the newest exceptions into text."""
        kept = _Kept(exchange, held_bytes(exchange))
        removed: list[_Kept] = []  # freed after the lock is released, because that may run the app's code
        with self._lock:
            self._kept.append(kept)
            self.held_bytes += kept.bytes
            if _holds_exception(exchange):
                self._live.append(kept)
            while len(self._kept) > 1 and self._is_over_limit():
                oldest = self._kept.popleft()
                self.held_bytes -= oldest.bytes
                removed.append(oldest)
            by_app = [one for one in self._live if not one.exchange.ended_by_you]
            keep_live = [*by_app[-LIVE_EXCEPTIONS:], *self._live[-1:]]  # only the newest of those that you ended
            fading = [one for one in self._live if one not in keep_live]
            self._live = [one for one in self._live if one in keep_live and one not in removed]
        for old in fading:
            self._replace(old, without_frames(old.exchange))

    def find_changing(self) -> Mapping[RequestSpec, Collection[Path]]:
        """
        Return for each request the paths in the JSON body that differed between its responses, as a recheck does.

        Only responses with no request in between that may have changed the app's state are compared.
        """
        from .comparison import find_volatile  # for exports

        found: dict[RequestSpec, set[Path]] = {}
        earlier: dict[RequestSpec, Exchange] = {}
        for one in self.exchanges:
            before = earlier.get(one.spec)
            if one.spec.method not in SAFE_METHODS:
                earlier.clear()
            if one.answered and not one.ended_by_you:
                earlier[one.spec] = one
                if before is not None and before.status_code == one.status_code and _sent_alike(before, one):
                    found.setdefault(one.spec, set()).update(find_volatile(before, one).paths)
        return found

    def route_finder(self) -> Callable[[RequestSpec], str]:
        """Return a function that returns the path of a request's route in the app as it is now; empty if unknown."""
        routes = self._read_routes() or Routes(())

        def find(spec: RequestSpec) -> str:
            route = routes.find(spec.method, urlsplit(spec.path).path)
            return PathTemplate(route.path).plain if route is not None else ""

        return find

    def learn(self, redactor: Redactor) -> None:
        """Mask in every exchange the names that the redactor has learnt."""
        with self._lock:
            for kept in self._kept:
                kept.exchange = _with_learnt(kept.exchange, redactor)

    def clear(self) -> None:
        """Remove all exchanges; names are not used again."""
        with self._lock:
            removed = [*self._kept, *self._live]  # freed after the lock is released
            self._kept.clear()
            self._live.clear()
            self.held_bytes = 0
        removed.clear()

    def __len__(self) -> int:
        return len(self._kept)

    def __getitem__(self, index: int) -> Exchange:
        return self._kept[index].exchange

    def _is_over_limit(self) -> bool:
        return self.held_bytes > self.settings.history_bytes or len(self._kept) > self.settings.history_count

    def _replace(self, kept: _Kept, exchange: Exchange) -> None:
        """Replace an exchange; build its text outside the lock, because that may run the app's code."""
        size_bytes = held_bytes(exchange)
        with self._lock:
            replaced = kept.exchange  # freed after the lock is released
            kept.exchange = replace(exchange, settings=replaced.settings)  # the redactor may have learnt meanwhile
            if kept in self._kept:
                self.held_bytes += size_bytes - kept.bytes
                kept.bytes = size_bytes


class History(ExportMembers, Shown):
    """
    The exchanges of one explorer, by index, slice or name: ``history[-1]``, ``history[2:5]``, ``history["r7"]``.

    The redirects that led to an exchange are found by their names, but are not members of their own.
    Settings limit their number. The exceptions of older exchanges are kept as text (`Exchange.raised`).
    """

    def __init__(self, store: ExchangeStore, owner: weakref.ref[object] | None = None) -> None:
        self._store = store
        self._owner = owner

    @property
    def settings(self) -> Settings:
        """The explorer's settings, with the limits of the history."""
        return self._store.settings

    def filter(self, text: str) -> Exchanges:
        """
        Return the exchanges that match a filter, such as ``method:POST status:4xx path:/items* slow:100ms``.

        `ipyasgi.history.history_filter` describes the language. Raises `FilterError`.
        """
        return Exchanges(filter(read_filter(text), self))

    def select(self, which: str | Exchange | Iterable[Exchange]) -> Exchanges:
        """
        Return the exchanges of a name, a range of names, a filter, or the given ones.

        A range, ``1-500`` or ``r1-r500``, includes both ends; exchanges that the history has removed are left out.
        Raises `FilterError`, and ``KeyError`` for a name or range that is not in the history.
        """
        if not isinstance(which, str):
            return Exchanges((which,) if isinstance(which, Exchange) else which)
        span = _RANGE.fullmatch(which.strip())
        if span is None:
            return Exchanges((self[which],)) if is_name(which) else self.filter(which)
        first, last = int(span[1]), int(span[2])
        found = Exchanges(
            one for one in self if any(first <= int(part.name[1:]) <= last for part in (*one.previous, one))
        )
        if not found:
            raise KeyError(f"the history holds none of r{first} to r{last}; {self._held_names()}")
        return found

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return a row of plain values for each exchange, such as for ``polars.DataFrame``; secrets are masked."""
        return Exchanges(self).to_dicts()

    def to_dataframe(self) -> Any:
        """Return the rows of `to_dicts` as a ``pandas.DataFrame``; raises ``ImportError`` without pandas."""
        return Exchanges(self).to_dataframe()

    def clear(self) -> None:
        """Remove all exchanges; names are not used again."""
        self._store.clear()

    def _exported(self) -> Exchanges:
        return only_requests(self, "exported")

    def _changing(self) -> tuple[Collection[Path], ...]:
        return find_changing(self._exported())

    def _routes(self) -> Sequence[str]:
        return find_routes(self._exported())

    def _find_carried(
        self, exchanges: Sequence[Record], specs: Sequence[RequestSpec]
    ) -> Sequence[Sequence[CarriedUse]]:
        from .carried_values import find_carried  # for exports

        return find_carried(exchanges, specs)

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
            for one in (exchange, *exchange.previous):
                if one.name == key:
                    return one
        raise KeyError(f"no exchange is called {key!r}; {self._held_names()}")

    def __repr__(self) -> str:
        return f"<History: {span_of(tuple(self))}>"

    def _held_names(self) -> str:
        names = [one.name for one in self]
        return f"it holds {names[0]} to {names[-1]}" if names else "the history is empty"


def owner_of(history: History) -> object:
    """Return the explorer that sends the requests of a history, None if it is gone."""
    return history._owner() if history._owner is not None else None


def is_name(text: str) -> bool:
    """Return whether a text has the form of an exchange's name: ``r7``."""
    return text[:1] == "r" and text[1:].isascii() and text[1:].isdecimal()


def without_frames(exchange: Exchange) -> Exchange:
    """Return the exchange with its exception as text; if you ended the exchange, only the exception's type is kept."""
    if not _holds_exception(exchange):
        return exchange
    exception, handled, run = exchange.exception, exchange.handled_exception, exchange.run
    by_you = exchange.ended_by_you
    return replace(
        exchange,
        exception=type(exception)() if exception is not None and by_you else None,
        raised=exchange.raised if exception is None or by_you else read_exception(exception),
        handled_exception=replace(handled, exception=None) if handled is not None else None,
        run=replace(run, exception=None) if run is not None else None,
        previous=tuple(map(without_frames, exchange.previous)),
    )


def _holds_exception(exchange: Exchange) -> bool:
    handled = exchange.handled_exception
    live = exchange.exception is not None or (handled is not None and handled.exception is not None)
    return live or any(map(_holds_exception, exchange.previous))


def _with_learnt(exchange: Exchange, redactor: Redactor) -> Exchange:
    return replace(
        exchange,
        settings=replace(exchange.settings, redactor=redactor),
        previous=tuple(_with_learnt(one, redactor) for one in exchange.previous),
    )


def _sent_alike(one: Exchange, other: Exchange) -> bool:
    """Return whether two requests had the same overrides and `Faults`: with others, other responses are expected."""
    overrides = [[str(override) for override in exchange.overrides] for exchange in (one, other)]
    return overrides[0] == overrides[1] and one.faults == other.faults
