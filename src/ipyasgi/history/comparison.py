"""`Comparison`: what differs between two exchanges: a JSON body by its members, text by its lines, others by digest.

Sends nothing, masks nothing, draws nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from ..records.exception_text import read_exception
from ..records.redaction import is_json_type
from ..records.settings import Settings
from ..records.state import Change, ChangeKind
from ..shown import Shown
from .exchange import Exchange
from .json_diff import Difference, Path, find_differences, path_text

Verdict = Literal["same", "changed", "now fails", "now works"]

STRUCTURE_LIMIT_BYTES = 2 * 1024 * 1024
"""Bodies up to here are compared member by member or line by line, larger ones by size and digest."""
DIFFERENCES_LIMIT = 500
"""Differences of one body that a comparison keeps."""
_UNSTABLE_LIMIT = 5000
_VALUE_CHARS = 400
_RAISED_CHARS = 300

# What differs at every sending whatever the app does: the clock, and names for this one request.
_EVER_CHANGING = (
    "age date request-id server-timing traceparent tracestate x-correlation-id x-process-time x-request-id "
    "x-response-time x-runtime x-trace-id"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
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
class BodyComparison:
    """
    How two bodies compare.

    :ivar kind: by what they were compared: members of ``json``, lines of ``text``, or as ``bytes`` by digest;
        ``equal`` are the same to the byte, ``ignored`` differ as a whole at every sending
    :ivar changes: the members that differ, by their JSON paths; at most `DIFFERENCES_LIMIT`
    :ivar cut: whether there are more of them
    :ivar before: the earlier text where ``kind`` is ``text``
    :ivar after: the later text
    """

    kind: Literal["equal", "ignored", "json", "text", "bytes"]
    changes: tuple[Change, ...] = ()
    cut: bool = False
    before: str = ""
    after: str = ""

    @property
    def differs(self) -> bool:
        """Whether they say different things; JSON that is only written differently does not."""
        return bool(self.changes) if self.kind == "json" else self.kind in ("text", "bytes")

    def __repr__(self) -> str:
        return f"<BodyComparison by {self.kind}: {'different' if self.differs else 'the same'}>"


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

    before: Side
    after: Side
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
    old, new = _side_of(before), _side_of(after)
    headers: tuple[Change, ...] = ()
    body: BodyComparison | None = None
    ignored: list[str] = []
    if before.answered and after.answered:
        changes = list(_header_changes(before, after))
        headers = tuple(change for change in changes if change.path not in volatile.headers)
        names = dict.fromkeys(change.path for change in changes if change.path in volatile.headers)
        body, paths = _compare_bodies(before, after, volatile.paths)
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
    old, new = _side_of(once), _side_of(again)
    raised = old.raised != new.raised and _name_of(old) == _name_of(new)
    if not (once.answered and again.answered):
        return Volatile(raised=raised)
    headers = frozenset(change.path for change in _header_changes(once, again))
    return Volatile(headers=headers, paths=_find_unstable(once, again), raised=raised)


def _asked(exchange: Exchange) -> tuple[str, str]:
    return exchange.request.method, exchange.request.url.raw_path.decode("ascii", "replace")


def _side_of(exchange: Exchange) -> Side:
    body = exchange.content if exchange.answered else b""
    return Side(
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


def _name_of(side: Side) -> str:
    return side.raised.partition(":")[0]


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


def _compare_bodies(before: Exchange, after: Exchange, unstable: frozenset[Path]) -> tuple[BodyComparison, list[str]]:
    """Return how the bodies of two responses compare, and what differs in them and does not count, in words."""
    old, new = before.content, after.content
    if old == new:
        return BodyComparison(kind="equal"), []
    if () in unstable:
        return BodyComparison(kind="ignored"), ["body"]
    found = _differences_of(before, after)
    if found is not None:
        counting = [one for one in found if not _is_below(one.path, unstable)]
        ignored = [path_text(one.path) for one in found if _is_below(one.path, unstable)]
        changes = tuple(map(_change_of, counting[:DIFFERENCES_LIMIT]))
        return BodyComparison(kind="json", changes=changes, cut=len(counting) > DIFFERENCES_LIMIT), ignored
    if _are_small(old, new):
        old_text, new_text = _text_of(old), _text_of(new)
        if old_text is not None and new_text is not None:
            return BodyComparison(kind="text", before=old_text, after=new_text), []
    return BodyComparison(kind="bytes"), []


def _find_unstable(once: Exchange, again: Exchange) -> frozenset[Path]:
    """Return the members of a JSON body that differ between two sendings; the empty path where the whole body does."""
    if once.content == again.content:
        return frozenset()
    found = _differences_of(once, again)
    if found is None or len(found) == _UNSTABLE_LIMIT:
        return frozenset({()})
    return frozenset(difference.unstable for difference in found)


def _is_below(path: Path, places: frozenset[Path]) -> bool:
    return any(path[:length] in places for length in range(len(path) + 1))


def _differences_of(before: Exchange, after: Exchange) -> list[Difference] | None:
    """Return where two JSON bodies differ; None where one of them is no JSON, or too large or too deep."""
    if not _are_small(before.content, after.content):
        return None
    try:
        values = [_json_of(exchange) for exchange in (before, after)]
        return list(itertools.islice(find_differences(*values), _UNSTABLE_LIMIT))
    except (ValueError, RecursionError):
        return None


def _json_of(exchange: Exchange) -> Any:
    if not is_json_type(exchange.headers.get("content-type", "")) and exchange.content[:1] not in (b"{", b"["):
        raise ValueError("not JSON")
    return json.loads(exchange.content)


def _are_small(before: bytes, after: bytes) -> bool:
    return max(len(before), len(after)) <= STRUCTURE_LIMIT_BYTES


def _text_of(body: bytes) -> str | None:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _change_of(difference: Difference) -> Change:
    return Change(
        path=path_text(difference.path),
        kind=difference.kind,
        before=_value_text(difference.before) if difference.kind != "added" else "",
        after=_value_text(difference.after) if difference.kind != "removed" else "",
    )


def _value_text(value: Any) -> str:
    """Return a value as JSON, cut; of a long array or object no more is written than is kept."""
    pieces: list[str] = []
    length = 0
    with contextlib.suppress(RecursionError):
        for piece in json.JSONEncoder(ensure_ascii=False).iterencode(value):
            pieces.append(piece[: _VALUE_CHARS + 1])
            length += len(piece)
            if length > _VALUE_CHARS:
                break
    text = "".join(pieces)
    return text if len(text) <= _VALUE_CHARS else f"{text[: _VALUE_CHARS - 1]}…"
