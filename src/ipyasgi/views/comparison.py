"""What differs between two exchanges, and between what an app answered and answers now. Masked before it goes on."""

from __future__ import annotations

import dataclasses
import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ..explorer.replay import Recheck
from ..history.comparison import STRUCTURE_LIMIT_BYTES, BodyComparison, Comparison, Verdict
from ..history.differences import DiffLine, find_line_changes
from ..records.settings import Settings
from ..records.state import Change
from .body import show_body
from .changes import show_changes
from .figures import count_of, size_of, time_of
from .view import View, build_view, one_line

_TONES: dict[Verdict, str] = {"same": "good", "changed": "bad", "now fails": "failed", "now works": "good"}
_ORDER: tuple[Verdict, ...] = ("now fails", "changed", "now works", "same")
_LINES, _TEXT_LINES, _LINE_CHARS = 200, 40, 300
_CHANGES, _TEXT_CHANGES = 100, 20
_NAMES = 12
_ROWS, _TEXT_ROWS, _OPEN_ROWS = 200, 60, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonShown:
    """
    What a view of one comparison needs, masked and cut.

    :ivar earlier: method and target of the earlier request, where they are others
    :ivar names: the two exchanges
    :ivar outcome: the outcome, or both where they differ
    :ivar time: both times and how they relate
    :ivar about: what else differs, in a few words
    :ivar body: how the bodies were compared, in words; empty where they are equal
    """

    verdict: str
    tone: str
    method: str
    place: str
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
    ignored: str = ""
    earlier: str = ""


def view_comparison(comparison: Comparison, settings: Settings) -> View:
    """Return what differs between two exchanges."""
    shown = show_comparison(comparison, settings)
    earlier = f"{shown.earlier} → " if shown.earlier else ""
    head = f"{earlier}{shown.method} {shown.place}  {shown.names}: {shown.verdict}  {shown.outcome}  {shown.time}"
    return build_view("\n".join([head, *_lines(shown)]), "comparison.html", one=shown)


def view_recheck(recheck: Recheck, settings: Settings) -> View:
    """Return the counts, a row for each request, and what differs in the first ones that are not the same."""
    every = sorted(recheck, key=lambda one: _ORDER.index(one.verdict))
    shown = [show_comparison(one, settings) for one in every[:_ROWS]]
    verdicts = Counter(one.verdict for one in every)
    told = [(f"{verdicts[verdict]:,} {verdict}", _TONES[verdict]) for verdict in _ORDER if verdict in verdicts]
    title = f"{count_of(len(recheck), 'request')} sent again" if every else "Nothing was sent again"
    rows = [f"{one.verdict:>9}  {one.names:<11} {_row(one)}" for one in shown[:_TEXT_ROWS]]
    left_out = f"… {len(every) - _TEXT_ROWS:,} more" if len(every) > _TEXT_ROWS else ""
    text = [": ".join(filter(None, [title, ", ".join(words for words, _ in told)])), *rows, left_out]
    return build_view(
        "\n".join(text),
        "recheck.html",
        title=title,
        counts=told,
        rows=shown,
        open_rows=[one for one in shown if one.verdict not in ("same", "now works")][:_OPEN_ROWS],
        more=max(len(every) - _ROWS, 0),
    )


def show_comparison(comparison: Comparison, settings: Settings) -> ComparisonShown:
    """Return the comparison as it is shown."""
    before, after = comparison.before, comparison.after
    body = comparison.body if comparison.body is not None and comparison.body.differs else None
    changes = show_changes(body.changes[:_CHANGES], settings) if body is not None else ()
    lines, missing = _show_lines(body, settings)
    if body is not None and len(body.changes) > _CHANGES:
        missing = f"{count_of(len(body.changes) - _CHANGES, 'more difference')}{' at least' if body.cut else ''}"
    sizes = f"{size_of(before.size_bytes)} → {size_of(after.size_bytes)}"
    return ComparisonShown(
        verdict=comparison.verdict,
        tone=_TONES[comparison.verdict],
        method=comparison.method,
        place=_place(comparison.target, settings),
        earlier=f"{comparison.earlier[0]} {_place(comparison.earlier[1], settings)}" if comparison.earlier else "",
        names=f"{before.name} → {after.name}",
        outcome=_arrow(before.outcome, after.outcome),
        time=f"{time_of(before.elapsed_ns)} → {time_of(after.elapsed_ns)}, × {comparison.time_ratio:.2g}",
        about=one_line("; ".join(_about(comparison)), 120),
        raised=(one_line(before.raised or "nothing"), one_line(after.raised or "nothing"))
        if comparison.raised_differs
        else None,
        headers=tuple(_show_header(change, settings) for change in comparison.headers),
        body=f"{'JSON' if body.kind == 'json' else body.kind}, {sizes}" if body is not None else "",
        changes=changes,
        lines=lines,
        missing=missing,
        ignored=_some([one_line(name, 80) for name in comparison.ignored]),
    )


def _place(target: str, settings: Settings) -> str:
    return one_line(settings.redactor.url(target), 120)


def _about(comparison: Comparison) -> Iterator[str]:
    if comparison.raised_differs:
        yield one_line(comparison.after.raised, 80) or "raises nothing"
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

    return dataclasses.replace(change, before=masked(change.before), after=masked(change.after))


def _show_lines(body: BodyComparison | None, settings: Settings) -> tuple[tuple[DiffLine, ...], str]:
    """Return the lines that differ, and what there is to say besides; masked as a body is, which may leave none."""
    if body is None or body.kind != "text":
        return (), ""
    whole = dataclasses.replace(settings, body_shown_bytes=STRUCTURE_LIMIT_BYTES)
    texts = [show_body(text.encode(), "text/plain", whole).text for text in (body.before, body.after)]
    found = list(itertools.islice(find_line_changes(*texts), _LINES + 1))
    lines = tuple(dataclasses.replace(line, text=one_line(line.text, _LINE_CHARS)) for line in found[:_LINES])
    if not found:
        return (), "they differ only in what is masked"
    return lines, "more lines differ" if len(found) > _LINES else ""


def _row(shown: ComparisonShown) -> str:
    return "  ".join(filter(None, [f"{shown.method} {shown.place}", shown.outcome, shown.about]))


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
    if shown.ignored:
        yield f"ignored, because it differs at every sending: {shown.ignored}"


def _arrow(before: str, after: str) -> str:
    return before if before == after else f"{before} → {after}"


def _some(names: list[str], most: int = _NAMES) -> str:
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
