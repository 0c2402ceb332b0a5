"""`Comparison`: what differs between two exchanges, as a frozen value. Sends nothing, masks nothing, draws nothing."""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from ..records.exception_text import read_exception
from ..records.settings import Settings
from ..records.state import Change, ChangeKind
from ..shown import Shown
from .body_comparison import BodyComparison, compare_bodies, find_unstable
from .exchange import Exchange
from .json_diff import Path

Verdict = Literal["same", "changed", "now fails", "now works"]

_RAISED_CHARS = 300

# What differs at every sending whatever the app does: the clock, and names for this one request.
_EVER_CHANGING = (
    "age date request-id server-timing traceparent tracestate x-correlation-id x-process-time x-request-id "
    "x-response-time x-runtime x-trace-id"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """
    One side of a comparison.

    :ivar name: the exchange's
    :ivar outcome: ``201 Created``, or in words why there is no response
    :ivar status: of the app's own response; None where it sent none
    :ivar ok: as `Exchange.ok`
    :ivar raised: type and text of what the app raised, let out or caught itself; empty where it raised nothing
    :ivar size_bytes: of the response's body
    :ivar sha256: of the response's body
    """

    name: str
    outcome: str
    status: int | None
    ok: bool
    raised: str
    elapsed_ns: int
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Volatile:
    """
    What differs from one sending to the next, although nothing was changed in between.

    :ivar headers: names, lower-case
    :ivar paths: of members of a JSON body; whatever is below them counts too, and below the empty path is all of it
    :ivar raised: whether the text of the exception does
    """

    headers: frozenset[str] = frozenset()
    paths: frozenset[Path] = frozenset()
    raised: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Comparison(Shown):
    """
    What differs between two exchanges.

    :ivar method: of the later request
    :ivar target: its path and query as sent
    :ivar earlier: method and target of the earlier request, where they are others; None where they are the same
    :ivar headers: response headers that differ, by their names; those that always do, such as ``date``, are left out
    :ivar body: how the bodies compare; None where one of them has none to compare
    :ivar ignored: what differs at every sending and was not looked at: names of headers, JSON paths, ``body``
    :ivar settings: the later exchange's; they say how this is shown
    """

    before: Answer
    after: Answer
    method: str
    target: str
    earlier: tuple[str, str] | None = None
    headers: tuple[Change, ...] = ()
    body: BodyComparison | None = None
    raised_differs: bool = False
    ignored: tuple[str, ...] = ()
    settings: Settings = field(default_factory=Settings)

    @property
    def same(self) -> bool:
        """Whether nothing differs but what is ignored, and the time it took."""
        return not (
            self.before.status != self.after.status
            or self.raised_differs
            or self.headers
            or (self.body is not None and self.body.differs)
        )

    @property
    def verdict(self) -> Verdict:
        """``now fails`` and ``now works`` where one of them is `Exchange.ok` and the other is not."""
        if self.before.ok != self.after.ok:
            return "now works" if self.after.ok else "now fails"
        return "same" if self.same else "changed"

    @property
    def time_ratio(self) -> float:
        """How many times as long the later one took; never a difference by itself."""
        return self.after.elapsed_ns / max(self.before.elapsed_ns, 1)

    def __repr__(self) -> str:
        return f"<Comparison {self.before.name} → {self.after.name}: {self.verdict}>"


def compare(before: Exchange, after: Exchange, *, volatile: Volatile | None = None) -> Comparison:
    """
    Return what differs between two exchanges.

    :param volatile: what is not to count, as `find_volatile` found it
    """
    volatile = volatile or Volatile()
    old, new = _answer_of(before), _answer_of(after)
    headers: tuple[Change, ...] = ()
    body: BodyComparison | None = None
    ignored: list[str] = []
    if before.answered and after.answered:
        changes = list(_header_changes(before, after))
        headers = tuple(change for change in changes if change.path not in volatile.headers)
        names = dict.fromkeys(change.path for change in changes if change.path in volatile.headers)
        body, paths = compare_bodies(before, after, unstable=volatile.paths)
        ignored = [*names, *paths]
    raised_differs = old.raised != new.raised
    if raised_differs and volatile.raised and _name_of(old) == _name_of(new):
        raised_differs = False
        ignored.append("the exception's text")
    method, target = _asked(after)
    return Comparison(
        before=old,
        after=new,
        method=method,
        target=target,
        earlier=_asked(before) if _asked(before) != (method, target) else None,
        headers=headers,
        body=body,
        raised_differs=raised_differs,
        ignored=tuple(ignored),
        settings=after.settings,
    )


def find_volatile(once: Exchange, again: Exchange) -> Volatile:
    """Return what differs between two sendings of one request, right after each other."""
    old, new = _answer_of(once), _answer_of(again)
    raised = old.raised != new.raised and _name_of(old) == _name_of(new)
    if not (once.answered and again.answered):
        return Volatile(raised=raised)
    headers = frozenset(change.path for change in _header_changes(once, again))
    return Volatile(headers=headers, paths=find_unstable(once, again), raised=raised)


def _asked(exchange: Exchange) -> tuple[str, str]:
    return exchange.request.method, exchange.request.url.raw_path.decode("ascii", "replace")


def _answer_of(exchange: Exchange) -> Answer:
    body = exchange.content if exchange.answered else b""
    return Answer(
        name=exchange.name,
        outcome=exchange.outcome,
        status=exchange.status_code if exchange.answered else None,
        ok=exchange.ok,
        raised=_raised_text(exchange),
        elapsed_ns=exchange.elapsed_ns,
        size_bytes=len(body),
        sha256=hashlib.sha256(body).hexdigest(),
    )


def _raised_text(exchange: Exchange) -> str:
    if exchange.ended_by_you:
        return exchange.outcome
    raised = exchange.handled_exception.raised if exchange.handled_exception is not None else exchange.raised
    if exchange.exception is not None:
        raised = read_exception(exchange.exception)
    if raised is None:
        return ""
    return f"{raised.name}: {raised.message}"[:_RAISED_CHARS] if raised.message else raised.name


def _name_of(answer: Answer) -> str:
    return answer.raised.partition(":")[0]


def _header_changes(before: Exchange, after: Exchange) -> Iterator[Change]:
    old, new = _fields_of(before), _fields_of(after)
    for name in dict.fromkeys([*old, *new]):
        if name in _EVER_CHANGING.split() or (name == "content-length" and before.content != after.content):
            continue  # where the bodies differ, their comparison tells the sizes
        gone = list((Counter(old.get(name, ())) - Counter(new.get(name, ()))).elements())
        come = list((Counter(new.get(name, ())) - Counter(old.get(name, ()))).elements())
        for earlier, later in itertools.zip_longest(gone, come):
            kind: ChangeKind = "added" if earlier is None else "removed" if later is None else "changed"
            yield Change(path=name, kind=kind, before=earlier or "", after=later or "")


def _fields_of(exchange: Exchange) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for name, value in exchange.headers.raw:
        fields.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return fields
