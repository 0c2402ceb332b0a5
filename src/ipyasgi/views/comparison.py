"""Differences between two exchanges, and between recorded and present responses, as text and HTML; masked first."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ..explorer.replay import Recheck
from ..history.comparison import STRUCTURE_LIMIT_BYTES, BodyComparison, Comparison, Verdict
from ..history.differences import DiffLine, find_line_changes
from ..records.settings import Settings
from ..records.state import Change
from ..shown import hint
from ..tracing.comparison import TraceComparison
from .body.kinds import show_body
from .changes import changes_data, pick_all, show_changes
from .figures import count_of, size_of, time_of
from .trace_rows import CALL_NAMES
from .view import View, build_view, one_line, shows

_TONES: dict[Verdict, str] = {"now fails": "failed", "changed": "bad", "now works": "good", "same": "good"}
_LINES, _TEXT_LINES, _LINE_CHARS = 200, 40, 300
_CHANGES, _TEXT_CHANGES = 100, 20
_ROWS, _TEXT_ROWS, _OPEN_ROWS = 200, 60, 20
_NOTES = 5
_TRACED = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceChangeShown:
    """
    One difference between two traces.

    :ivar kind: ``SQL``, ``HTTP``, ``cache``, ``layer``, ``dependency`` or ``finding``
    :ivar change: ``1 → 12 ×``, ``2.10 ms → 44.0 ms, × 21``, ``new`` or ``gone``
    :ivar tone: ``bad`` for more and slower, ``good`` for fewer and faster
    """

    kind: str
    change: str
    tone: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonShown:
    """
    A comparison, masked and cut; ``earlier`` is the earlier request if it differs.

    :ivar about: a short list of the differences
    :ivar body: how the bodies were compared; empty if they are equal
    :ivar trace_note: says how the traces compare, if nothing is ``traced``; empty if neither request was traced
    """

    verdict: str
    tone: str
    method: str
    target: str
    names: str
    outcome: str
    time: str
    about: str
    raised: tuple[str, str] | None = None
    headers: tuple[Change, ...] = ()
    body: str = ""
    changes: tuple[Change, ...] = ()
    lines: tuple[DiffLine, ...] = ()
    missing: str = ""
    traced: tuple[TraceChangeShown, ...] = ()
    trace_note: str = ""
    ignored: str = ""
    notes: tuple[str, ...] = ()
    earlier: str = ""


def _comparison_data(comparison: Comparison, settings: Settings) -> dict[str, Any]:
    shown, sides = _show(comparison, settings), (comparison.before, comparison.after)
    return {
        "verdict": comparison.verdict,
        "method": shown.method,
        "target": shown.target,
        "names": [side.name for side in sides],
        "statuses": [side.status for side in sides],
        "ms": [round(side.elapsed_ns / 1e6, 3) for side in sides],
        "exceptions": list(shown.raised) if shown.raised is not None else None,
        "headers": changes_data(shown.headers),
        "body": [*changes_data(shown.changes), *(f"{line.mark} {line.text}" for line in shown.lines)],
        "trace": _trace_data(comparison.trace, settings),
        "ignored": list(comparison.ignored),
    }


def _trace_data(trace: TraceComparison | None, settings: Settings) -> dict[str, Any] | None:
    if trace is None:
        return None
    return {
        "changes": pick_all(list(_show_traces(trace, settings)), "kind", "change", "text"),
        "missing": trace.missing,
    }


@shows(Comparison, _comparison_data)
def view_comparison(comparison: Comparison, settings: Settings) -> View:
    """Return the view of the differences between two exchanges."""
    shown = _show(comparison, settings)
    earlier = f"{shown.earlier} → " if shown.earlier else ""
    head = f"{earlier}{shown.method} {shown.target}  {shown.names}: {shown.verdict}  {shown.outcome}  {shown.time}"
    return build_view("\n".join([head, *_lines(shown)]), "comparison.html", one=shown)


def _recheck_data(recheck: Recheck, settings: Settings) -> dict[str, Any]:
    note = {"note": recheck.note} if recheck.note else {}
    return {"ok": recheck.ok, **note, "comparisons": [_comparison_data(one, settings) for one in recheck]}


@shows(Recheck, _recheck_data)
def view_recheck(recheck: Recheck, settings: Settings) -> View:
    """Return the view of a recheck: counts, a row for each request, and the first differences in full."""
    every = sorted(recheck, key=lambda one: list(_TONES).index(one.verdict))
    shown = [_show(one, settings) for one in every[:_ROWS]]
    verdicts = Counter(one.verdict for one in every)
    counts = [(f"{verdicts[verdict]:,} {verdict}", tone) for verdict, tone in _TONES.items() if verdict in verdicts]
    where = f"to {one_line(recheck.against, 60)}" if recheck.against else "again"
    nothing = f"Nothing was sent again: no request in the history matches. {hint('%asgi history', 'explorer.history')}"
    title = f"{count_of(len(recheck), 'request')} sent {where}" if every else f"{nothing} lists them"
    lines = [": ".join(filter(None, [title, ", ".join(count for count, _ in counts)]))]
    for one in shown[:_TEXT_ROWS]:
        row = "  ".join(filter(None, [f"{one.method} {one.target}", one.outcome, one.about]))
        lines.append(f"{one.verdict:>9}  {one.names:<11} {row}")
    if len(every) > _TEXT_ROWS:
        lines.append(f"… {len(every) - _TEXT_ROWS:,} more")
    counted = Counter(one_line(note) for comparison in every for note in comparison.notes)
    notes = [f"{count_of(count, 'request')}: {note}" for note, count in counted.most_common(_NOTES)]
    notes += [one_line(recheck.note)] if recheck.note else []
    lines += notes
    return build_view(
        "\n".join(lines),
        "recheck.html",
        title=title,
        counts=counts,
        notes=notes,
        rows=shown,
        open_rows=[one for one in shown if one.verdict not in ("same", "now works")][:_OPEN_ROWS],
        more=max(len(every) - _ROWS, 0),
    )


def _show(comparison: Comparison, settings: Settings) -> ComparisonShown:
    before, after = comparison.before, comparison.after
    body = comparison.body if comparison.body is not None and comparison.body.differs else None
    changes = show_changes(body.changes[:_CHANGES], settings) if body is not None else ()
    lines, missing = _show_lines(body, settings)
    mask = settings.redactor.text
    raised = (one_line(mask(before.raised) or "nothing"), one_line(mask(after.raised) or "nothing"))
    if body is not None and len(body.changes) > _CHANGES:
        missing = f"{count_of(len(body.changes) - _CHANGES, 'more difference')}{' at least' if body.cut else ''}"
    traced: tuple[TraceChangeShown, ...] = ()
    trace_note = ""
    if comparison.trace is not None:
        every = tuple(_show_traces(comparison.trace, settings))
        traced = every[:_TRACED]
        more = f"{len(every) - len(traced)} more differences" if len(every) > len(traced) else ""
        trace_note = comparison.trace.missing or more or ("" if traced else "no difference")
    sizes = f"{size_of(before.size_bytes)} → {size_of(after.size_bytes)}"
    return ComparisonShown(
        verdict=comparison.verdict,
        tone=_TONES[comparison.verdict],
        method=comparison.method,
        target=_target(comparison.target, settings),
        earlier=f"{comparison.earlier[0]} {_target(comparison.earlier[1], settings)}" if comparison.earlier else "",
        names=f"{before.name} → {after.name}",
        outcome=" → ".join(dict.fromkeys((before.outcome, after.outcome))),
        time=f"{time_of(before.elapsed_ns)} → {time_of(after.elapsed_ns)}, × {comparison.time_ratio:.2g}",
        about=one_line("; ".join(_about(comparison, settings)), 120),
        raised=raised if comparison.raised_differs else None,
        headers=tuple(_show_header(change, settings) for change in comparison.headers),
        body=f"{'JSON' if body.kind == 'json' else body.kind}, {sizes}" if body is not None else "",
        changes=changes,
        lines=lines,
        missing=missing,
        traced=traced,
        trace_note=trace_note,
        ignored=_some([one_line(name, 80) for name in comparison.ignored]),
        notes=tuple(one_line(note) for note in comparison.notes),
    )


def _show_traces(trace: TraceComparison, settings: Settings) -> Iterator[TraceChangeShown]:
    """Yield the differences: findings first, then calls, then times."""
    for findings, change, tone in ((trace.came, "new", "bad"), (trace.went, "gone", "good")):
        for finding in findings:
            text = one_line(settings.redactor.text(finding.text), _LINE_CHARS)
            yield TraceChangeShown(kind="finding", change=change, tone=tone, text=text)
    for calls in trace.calls:
        yield TraceChangeShown(
            kind=CALL_NAMES[calls.kind],
            change=f"{calls.before:,} → {calls.after:,} ×",
            tone="bad" if calls.after > calls.before else "good",
            text=one_line(settings.redactor.text(calls.text), _LINE_CHARS),
        )
    for one in trace.times:
        text = one_line(one.name, _LINE_CHARS)
        if one.before_ns is None or one.after_ns is None or one.ratio is None:
            change, time = ("gone", one.before_ns) if one.after_ns is None else ("new", one.after_ns)
            yield TraceChangeShown(kind=one.kind, change=f"{change}, {time_of(time or 0)}", tone="faint", text=text)
            continue
        yield TraceChangeShown(
            kind=one.kind,
            change=f"{time_of(one.before_ns)} → {time_of(one.after_ns)}, × {one.ratio:.2g}",
            tone="bad" if one.ratio > 1 else "good",
            text=text,
        )


def _target(target: str, settings: Settings) -> str:
    return one_line(settings.redactor.url(target), 120)


def _about(comparison: Comparison, settings: Settings) -> Iterator[str]:
    if comparison.raised_differs:
        yield one_line(settings.redactor.text(comparison.after.raised), 80) or "raises nothing"
    if comparison.headers:
        yield _some(list(dict.fromkeys(change.path for change in comparison.headers)), most=3)
    body = comparison.body
    if body is not None and body.differs:
        yield _some([change.path for change in body.changes], most=3) if body.kind == "json" else "body"
    if comparison.ignored:
        yield f"{len(comparison.ignored):,} ignored"


def _show_header(change: Change, settings: Settings) -> Change:
    def masked(value: str) -> str:
        pair = (change.path.encode("latin-1"), value.encode("latin-1"))
        return one_line(settings.redactor.headers([pair])[0][1], _LINE_CHARS)

    return replace(change, before=masked(change.before), after=masked(change.after))


def _show_lines(body: BodyComparison | None, settings: Settings) -> tuple[tuple[DiffLine, ...], str]:
    """Return the lines that differ, masked, and a note if some or all of them are missing."""
    if body is None or body.kind != "text":
        return (), ""
    whole = replace(settings, body_shown_bytes=STRUCTURE_LIMIT_BYTES)
    texts = [show_body(text.encode(), "text/plain", whole).text for text in (body.before, body.after)]
    found = list(itertools.islice(find_line_changes(*texts), _LINES + 1))
    lines = tuple(replace(line, text=one_line(line.text, _LINE_CHARS)) for line in found[:_LINES])
    if not found:
        return (), "they differ only in masked values"
    return lines, "more lines differ" if len(found) > _LINES else ""


def _lines(shown: ComparisonShown) -> Iterator[str]:
    if shown.raised is not None:
        yield f"  raised {shown.raised[0]} → {shown.raised[1]}"
    if shown.headers:
        yield "Headers"
        yield from (f"  {one_line(str(change))}" for change in shown.headers)
    if shown.body:
        yield f"Body  {shown.body}"
        yield from (f"  {one_line(str(change))}" for change in shown.changes[:_TEXT_CHANGES])
        yield from (f"  {line.mark} {line.text}".rstrip() for line in shown.lines[:_TEXT_LINES])
        hidden = max(len(shown.changes) - _TEXT_CHANGES, 0) + max(len(shown.lines) - _TEXT_LINES, 0)
        if hidden or shown.missing:
            yield f"  … {', '.join(filter(None, [f'{hidden:,} more' if hidden else '', shown.missing]))}"
    if shown.traced or shown.trace_note:
        yield f"Trace  {shown.trace_note}".rstrip()
        width = max((len(one.change) for one in shown.traced), default=0)
        yield from (f"  {one.kind:<10}  {one.change:<{width}}  {one.text}" for one in shown.traced)
    if shown.ignored:
        yield f"ignored, because it changes with each request: {shown.ignored}"
    yield from shown.notes


def _some(names: list[str], most: int = 12) -> str:
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
