"""`Comparison`: the differences between two exchanges, with the members of a JSON body. Nothing is masked here."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from ..records.exception_text import read_exception
from ..records.redaction import is_json_type
from ..records.settings import Settings
from ..records.state import Change, ChangeKind
from ..shown import Shown
from .differences import Difference, Path, find_differences, path_text
from .exchange import Exchange

Verdict = Literal["same", "changed", "now fails", "now works"]

STRUCTURE_LIMIT_BYTES = 2 * 1024 * 1024  # larger bodies are compared by size and digest only
DIFFERENCES_LIMIT = 500  # differences that are recorded for one body
_UNSTABLE_LIMIT = 5000
_VALUE_CHARS = 400
_RAISED_CHARS = 300

# Times, and ids of the request.
_VOLATILE_HEADERS = (
    "age date request-id server-timing traceparent tracestate x-correlation-id x-process-time x-request-id "
    "x-response-time x-runtime x-trace-id"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """
    One side of a comparison.

    :ivar outcome: ``201 Created``, or the reason why there is no response
    :ivar status: of the app's response; None without one
    :ivar raised: type and text of the app's exception, also of one that it caught itself; empty without one
    :ivar size_bytes: of the response's body, like ``sha256``
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
    The parts of a response that differ each time the same request is sent.

    :ivar paths: of JSON values, with everything below them; the empty path is the whole body
    :ivar raised: whether the text of the exception differs
    """

    headers: frozenset[str] = frozenset()
    paths: frozenset[Path] = frozenset()
    raised: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class BodyComparison:
    """
    How two bodies compare.

    :ivar kind: ``json`` compares members, ``text`` lines, ``bytes`` digests; ``equal`` bodies have the same bytes, and
        ``ignored`` ones differ each time the request is sent
    :ivar changes: the members that differ, by their JSON paths; at most `DIFFERENCES_LIMIT`
    :ivar cut: whether there are more changes
    :ivar before: the earlier text, for ``text``; ``after`` is the later one
    """

    kind: Literal["equal", "ignored", "json", "text", "bytes"]
    changes: tuple[Change, ...] = ()
    cut: bool = False
    before: str = ""
    after: str = ""

    @property
    def differs(self) -> bool:
        """Whether the contents differ; the layout of JSON does not count."""
        return bool(self.changes) if self.kind == "json" else self.kind in ("text", "bytes")

    def __repr__(self) -> str:
        return f"<BodyComparison by {self.kind}: {'different' if self.differs else 'the same'}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Comparison(Shown):
    """
    The differences between two exchanges.

    :ivar method: of the later request
    :ivar target: path and query of the later request
    :ivar earlier: method and target of the earlier request; None if they are the same
    :ivar headers: response headers that differ, by name, except those that always differ, such as ``date``
    :ivar body: how the bodies compare; None if a response is missing
    :ivar ignored: parts that differ each time: names of headers, JSON paths, ``body``
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
        """Whether nothing differs except times and ignored parts."""
        return not (
            self.before.status != self.after.status
            or self.raised_differs
            or self.headers
            or (self.body is not None and self.body.differs)
        )

    @property
    def verdict(self) -> Verdict:
        """``now fails`` or ``now works`` if only one of the exchanges is `Exchange.ok`, else whether they differ."""
        if self.before.ok != self.after.ok:
            return "now works" if self.after.ok else "now fails"
        return "same" if self.same else "changed"

    @property
    def time_ratio(self) -> float:
        """The later time divided by the earlier one; it does not count as a difference."""
        return self.after.elapsed_ns / max(self.before.elapsed_ns, 1)

    def __repr__(self) -> str:
        return f"<Comparison {self.before.name} → {self.after.name}: {self.verdict}>"


def compare(before: Exchange, after: Exchange, *, volatile: Volatile | None = None) -> Comparison:
    """Return the differences between two exchanges, except in ``volatile`` parts."""
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
    if volatile.raised and _only_text_differs(old, new):
        raised_differs = False
        ignored.append("the exception's text")
    (earlier, later) = (
        (one.request.method, one.request.url.raw_path.decode("ascii", "replace")) for one in (before, after)
    )
    return Comparison(
        before=old,
        after=new,
        method=later[0],
        target=later[1],
        earlier=earlier if earlier != later else None,
        headers=headers,
        body=body,
        raised_differs=raised_differs,
        ignored=tuple(ignored),
        settings=after.settings,
    )


def find_volatile(once: Exchange, again: Exchange) -> Volatile:
    """Return the parts that differ between two exchanges of the same request, sent right after each other."""
    raised = _only_text_differs(_side_of(once), _side_of(again))
    if not (once.answered and again.answered):
        return Volatile(raised=raised)
    headers = frozenset(change.path for change in _header_changes(once, again))
    if once.content == again.content:
        paths: frozenset[Path] = frozenset()
    elif (found := _differences_of(once, again)) is None or len(found) == _UNSTABLE_LIMIT:
        paths = frozenset({()})
    else:
        paths = frozenset(difference.unstable for difference in found)
    return Volatile(headers=headers, paths=paths, raised=raised)


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


def _only_text_differs(old: Side, new: Side) -> bool:
    """Return whether the exceptions have the same type and different texts."""
    return old.raised != new.raised and old.raised.partition(":")[0] == new.raised.partition(":")[0]


def _header_changes(before: Exchange, after: Exchange) -> Iterator[Change]:
    old, new = _fields_of(before), _fields_of(after)
    for name in dict.fromkeys([*old, *new]):
        if name in _VOLATILE_HEADERS.split() or (name == "content-length" and before.content != after.content):
            continue  # if the bodies differ, their comparison shows the sizes
        removed = (Counter(old[name]) - Counter(new[name])).elements()
        added = (Counter(new[name]) - Counter(old[name])).elements()
        for earlier, later in itertools.zip_longest(removed, added):
            kind: ChangeKind = "added" if earlier is None else "removed" if later is None else "changed"
            yield Change(path=name, kind=kind, before=earlier or "", after=later or "")


def _fields_of(exchange: Exchange) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = defaultdict(list)
    for name, value in exchange.headers.raw:
        fields[name.decode("latin-1").lower()].append(value.decode("latin-1"))
    return fields


def _compare_bodies(before: Exchange, after: Exchange, unstable: frozenset[Path]) -> tuple[BodyComparison, list[str]]:
    """Return how the bodies of two responses compare, and the paths of the ignored differences."""
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
    if _are_small(old, new) and b"\0" not in old + new:
        with contextlib.suppress(UnicodeDecodeError):
            return BodyComparison(kind="text", before=old.decode("utf-8"), after=new.decode("utf-8")), []
    return BodyComparison(kind="bytes"), []


def _is_below(path: Path, roots: frozenset[Path]) -> bool:
    return any(path[:length] in roots for length in range(len(path) + 1))


def _differences_of(before: Exchange, after: Exchange) -> list[Difference] | None:
    """Return the differences of two JSON bodies; None if one is not JSON, too large, or nested too deeply."""
    for one in (before, after):
        if not is_json_type(one.headers.get("content-type", "")) and one.content[:1] not in (b"{", b"["):
            return None
    if not _are_small(before.content, after.content):
        return None
    try:
        found = find_differences(json.loads(before.content), json.loads(after.content))
        return list(itertools.islice(found, _UNSTABLE_LIMIT))
    except (ValueError, RecursionError):
        return None


def _are_small(before: bytes, after: bytes) -> bool:
    return max(len(before), len(after)) <= STRUCTURE_LIMIT_BYTES


def _change_of(difference: Difference) -> Change:
    return Change(
        path=path_text(difference.path),
        kind=difference.kind,
        before=_value_text(difference.before) if difference.kind != "added" else "",
        after=_value_text(difference.after) if difference.kind != "removed" else "",
    )


def _value_text(value: Any) -> str:
    """Return a value as JSON, cut off; the rest of a long value is not encoded."""
    text = ""
    with contextlib.suppress(RecursionError):
        for chunk in json.JSONEncoder(ensure_ascii=False).iterencode(value):
            text += chunk[: _VALUE_CHARS + 1]
            if len(text) > _VALUE_CHARS:
                break
    return text if len(text) <= _VALUE_CHARS else f"{text[: _VALUE_CHARS - 1]}…"
