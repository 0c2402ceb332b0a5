"""`Comparison`: the differences between two exchanges, with the members of a JSON body. Nothing is masked here."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from ..client.httpx import AppReadTimeout
from ..client.response import is_whole, kept_content
from ..formats.volatile_fields import VolatileFields
from ..protocol.errors import DeadlineError
from ..records.body_text import is_json_type
from ..records.exception_text import read_exception
from ..records.settings import Settings
from ..records.state import Change, ChangeKind
from ..shown import Shown
from .differences import Difference, Path, find_differences, path_text
from .exchange import Exchange
from .refill import is_renewed

if TYPE_CHECKING:
    from ..tracing.comparison import TraceComparison

Verdict = Literal["same", "changed", "now fails", "now works"]

STRUCTURE_LIMIT_BYTES = 2 * 1024 * 1024  # larger bodies are compared by size and digest only
DIFFERENCES_LIMIT = 500  # differences that are recorded for one body
_UNSTABLE_LIMIT = 5000
_VALUE_CHARS = 400
_RAISED_CHARS = 300
_DEADLINES = ("AppReadTimeout", "DeadlineError")

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
    :ivar by_form: also all that `VolatileFields` finds, and the values of cookies
    :ivar renewed: values that are new in each run, such as ids: the present ones by the recorded ones
    """

    headers: frozenset[str] = frozenset()
    paths: frozenset[Path] = frozenset()
    raised: bool = False
    by_form: bool = False
    renewed: Mapping[str, str] = field(default_factory=dict)


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
    :ivar trace: how the traces compare, which does not count as a difference; None if neither request was traced
    :ivar ignored: parts that differ each time: names of headers, JSON paths, ``body``
    :ivar notes: other overrides and `Faults` of the earlier exchange, and the remarks of the later exchange only, such
        as that the present default headers differ from those sent
    """

    before: Side
    after: Side
    method: str
    target: str
    earlier: tuple[str, str] | None = None
    headers: tuple[Change, ...] = ()
    body: BodyComparison | None = None
    raised_differs: bool = False
    trace: TraceComparison | None = None
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
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
        forms = (_fields_of_exchange(before), _fields_of_exchange(after)) if volatile.by_form else ()
        counting: list[Change] = []
        for change in _header_changes(before, after):
            ignore = change.path in volatile.headers or _differs_in_form_only(change, forms)
            ignore = ignore or is_renewed(change.before, change.after, volatile.renewed, is_id=False)
            ignored.append(change.path) if ignore else counting.append(change)
        headers = tuple(counting)
        body, paths = _compare_bodies(before, after, volatile, forms)
        ignored = [*dict.fromkeys(ignored), *paths]
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
        trace=_compare_traces(before, after),
        ignored=tuple(ignored),
        notes=(*_notes_of_sending(before, after), *(note for note in after.notes if note not in before.notes)),
        settings=after.settings,
    )


def _notes_of_sending(before: Exchange, after: Exchange) -> Iterator[str]:
    overrides = [", ".join(map(str, one.overrides)) for one in (before, after)]
    faults = [str(one.faults or "") for one in (before, after)]
    for label, (old, new) in (("overrides", overrides), ("Faults", faults)):
        if old != new:
            yield f"{label} of the requests differ: {old or 'none'} → {new or 'none'}"


def _differs_in_form_only(change: Change, forms: Sequence[VolatileFields]) -> bool:
    """Return whether the values of a header differ only in a cookie's value, or in times, identifiers and secrets."""
    if not forms or change.kind != "changed":
        return False
    if change.path == "set-cookie":
        return _cookie_frame(change.before) == _cookie_frame(change.after)
    return forms[0].stable_part(change.before) == forms[1].stable_part(change.after)


def _cookie_frame(text: str) -> tuple[str, frozenset[str]]:
    """Return the name and the attributes of a ``Set-Cookie`` header, without its value and times."""
    pair, *attributes = (part.strip().lower() for part in text.split(";"))
    return pair.partition("=")[0], frozenset(one for one in attributes if not one.startswith(("expires", "max-age")))


def _fields_of_exchange(exchange: Exchange) -> VolatileFields:
    return VolatileFields(exchange.spec, exchange.sent_at, volatile=(), redactor=exchange.settings.redactor)


def find_volatile(once: Exchange, again: Exchange) -> Volatile:
    """Return the parts that differ between two exchanges of the same request, sent right after each other."""
    raised = _only_text_differs(_side_of(once), _side_of(again))
    if not (once.answered and again.answered):
        return Volatile(raised=raised)
    headers = frozenset(change.path for change in _header_changes(once, again))
    if _content_of(once) == _content_of(again):
        paths: frozenset[Path] = frozenset()
    elif (found := _differences_of(once, again)) is None or len(found) == _UNSTABLE_LIMIT:
        paths = frozenset({()})
    else:
        paths = frozenset(difference.unstable for difference in found)
    return Volatile(headers=headers, paths=paths, raised=raised)


def _content_of(exchange: Exchange) -> bytes:
    return kept_content(exchange.response)


def _side_of(exchange: Exchange) -> Side:
    body = _content_of(exchange) if exchange.answered else b""
    cut = exchange.run if not is_whole(exchange.response) else None
    return Side(
        name=exchange.name,
        outcome=exchange.outcome,
        status=exchange.status_code if exchange.answered else None,
        ok=exchange.ok,
        raised=_raised_text(exchange),
        elapsed_ns=exchange.elapsed_ns,
        size_bytes=len(body) if cut is None else cut.body_bytes,
        sha256=hashlib.sha256(body).hexdigest() if cut is None else cut.body_sha256,
    )


def _raised_text(exchange: Exchange) -> str:
    if exchange.ended_by_you:
        return exchange.outcome
    raised = exchange.handled_exception.raised if exchange.handled_exception is not None else exchange.raised
    if isinstance(exchange.exception, DeadlineError) or exchange.exception_name == AppReadTimeout.__name__:
        return exchange.exception_name  # where the app was then is not a difference
    if exchange.exception is not None:
        raised = read_exception(exchange.exception)
    if raised is None:
        return ""
    if raised.name in _DEADLINES:
        return raised.name  # its text contains counts and lines that differ each time
    return f"{raised.name}: {raised.message}"[:_RAISED_CHARS] if raised.message else raised.name


def _compare_traces(before: Exchange, after: Exchange) -> TraceComparison | None:
    from ..tracing.comparison import compare_traces

    return compare_traces(before.trace, after.trace, (before.name, after.name))


def _only_text_differs(old: Side, new: Side) -> bool:
    """Return whether the exceptions have the same type and different texts."""
    return old.raised != new.raised and old.raised.partition(":")[0] == new.raised.partition(":")[0]


def _header_changes(before: Exchange, after: Exchange) -> Iterator[Change]:
    old, new = _fields_of(before), _fields_of(after)
    for name in dict.fromkeys([*old, *new]):
        if name in _VOLATILE_HEADERS.split() or (
            name == "content-length" and _content_of(before) != _content_of(after)
        ):
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


def _compare_bodies(
    before: Exchange, after: Exchange, volatile: Volatile, forms: Sequence[VolatileFields]
) -> tuple[BodyComparison, list[str]]:
    """Return how the bodies of two responses compare, and the paths of the ignored differences."""
    old, new = _content_of(before), _content_of(after)
    if not (is_whole(before.response) and is_whole(after.response)):
        digests = [(side.size_bytes, side.sha256) for side in map(_side_of, (before, after))]
        return BodyComparison(kind="equal" if digests[0] == digests[1] else "bytes"), []
    if old == new:
        return BodyComparison(kind="equal"), []
    unstable = volatile.paths
    if () in unstable or before.cut_off or after.cut_off:  # how much came of a cut-off body is chance
        return BodyComparison(kind="ignored"), ["body"]
    found = _differences_of(before, after)
    if found is not None:
        counting: list[Difference] = []
        ignored: list[str] = []
        for one in found:
            ignore = _is_below(one.path, unstable) or _is_volatile_value(one, forms)
            is_id = VolatileFields.is_id(one.path)
            ignore = ignore or (
                one.kind == "changed" and is_renewed(one.before, one.after, volatile.renewed, is_id=is_id)
            )
            ignored.append(path_text(one.path)) if ignore else counting.append(one)
        changes = tuple(map(_change_of, counting[:DIFFERENCES_LIMIT]))
        return BodyComparison(kind="json", changes=changes, cut=len(counting) > DIFFERENCES_LIMIT), ignored
    if _are_small(old, new) and b"\0" not in old + new:
        with contextlib.suppress(UnicodeDecodeError):
            return BodyComparison(kind="text", before=old.decode("utf-8"), after=new.decode("utf-8")), []
    return BodyComparison(kind="bytes"), []


def _is_volatile_value(difference: Difference, forms: Sequence[VolatileFields]) -> bool:
    if not forms or difference.kind != "changed":
        return False
    values = (difference.before, difference.after)
    if not all(form.is_volatile(difference.path, value) for form, value in zip(forms, values, strict=True)):
        return False
    texts = [form.stable_part(value) for form, value in zip(forms, values, strict=True) if isinstance(value, str)]
    return len(texts) < 2 or texts[0] == texts[1] or forms[0].is_secret(difference.path)


def _is_below(path: Path, roots: frozenset[Path]) -> bool:
    return any(path[:length] in roots for length in range(len(path) + 1))


def _differences_of(before: Exchange, after: Exchange) -> list[Difference] | None:
    """Return the differences of two JSON bodies; None if one is not JSON, too large, or nested too deeply."""
    for one in (before, after):
        if not is_json_type(one.headers.get("content-type", "")) and _content_of(one)[:1] not in (b"{", b"["):
            return None
    old, new = _content_of(before), _content_of(after)
    if not _are_small(old, new):
        return None
    try:
        found = find_differences(json.loads(old), json.loads(new))
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
