"""What generated requests have found: crashes, then contradictions to the document; those of the frame in a fold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..experiments.fuzz import Fuzzed, FuzzFinding
from ..records.settings import Settings
from .figures import count_of, time_of
from .shrink import StepShown, export_hint, failure_text, show_step, step_lines
from .view import View, build_view, one_line, shows

_FOLDED = frozenset(
    {"status_code_conformance", "unsupported_method", "allow_header_conformance", "missing_required_header"}
)
"""Checks of what is around the response, of which most apps have many findings."""
_ROWS, _FOLDED_ROWS = 60, 100
_CHAIN = 12
_STOPPED = {"finished": "finished", "time": "the time was over", "interrupted": "interrupted"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingShown:
    """
    One finding, masked and cut.

    :ivar step: its request, with the failure or the contradiction in one sentence
    :ivar before: the requests that it needs on a fresh start; ``more`` is how many are not shown
    :ivar about: how often it was seen, and whether a crash did not come back on a fresh start
    """

    step: StepShown
    before: tuple[StepShown, ...]
    more: int
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FuzzedShown:
    """
    A `Fuzzed`, masked.

    :ivar about: ``1,488 requests to 8 of 11 operations in 16.1 s, seed 2, finished``
    :ivar folded: findings of less weight; ``folded_title`` counts their kinds
    :ivar more: how many findings are not shown
    """

    about: str
    found: str
    crashes: tuple[FindingShown, ...]
    contradictions: tuple[FindingShown, ...]
    folded: tuple[FindingShown, ...]
    folded_title: str
    more: int
    notes: tuple[str, ...]
    hint: str


def _fuzzed_data(fuzzed: Fuzzed, settings: Settings) -> dict[str, Any]:
    return {
        "seed": fuzzed.seed,
        "stopped": fuzzed.stopped,
        "requests": fuzzed.requests,
        "seconds": round(fuzzed.seconds, 3),
        "outcomes": {label: dict(outcomes) for label, outcomes in fuzzed.outcomes.items()},
        "findings": [
            {
                "kind": one.kind,
                "operation": one.operation,
                "title": failure_text(one.title, settings),
                "message": _message_of(one, settings),
                "check": one.check,
                "exchange": one.exchange.name,
                "before": [before.name for before in one.before],
                "seen": one.seen,
                "on_fresh_start": one.on_fresh_start,
                "request": asdict(show_step(one.exchange, settings)),
            }
            for one in fuzzed.findings
        ],
        "notes": list(_notes_of(fuzzed, settings)),
    }


@shows(Fuzzed, _fuzzed_data)
def view_fuzzed(fuzzed: Fuzzed, settings: Settings) -> View:
    """Return the view of a run."""
    shown = _show(fuzzed, settings)
    return build_view("\n".join(_lines(shown)), "fuzzed.html", fuzzed=shown)


def _show(fuzzed: Fuzzed, settings: Settings) -> FuzzedShown:
    open_ones = [one for one in fuzzed.contradictions if one.check not in _FOLDED]
    folded = [one for one in fuzzed.contradictions if one.check in _FOLDED]
    hidden = max(len(fuzzed.crashes) - _ROWS, 0) + max(len(open_ones) - _ROWS, 0) + max(len(folded) - _FOLDED_ROWS, 0)
    kinds = ", ".join(f"{title} ({count})" for title, count in Counter(one.title for one in folded).most_common(8))
    tried = f"{len(fuzzed.outcomes)} of {count_of(fuzzed.of_operations, 'operation')}"
    names = fuzzed.exchanges
    return FuzzedShown(
        about=f"{count_of(fuzzed.requests, 'request')} to {tried} in {time_of(fuzzed.seconds * 1e9)}, "
        f"seed {fuzzed.seed}, {_STOPPED.get(fuzzed.stopped, fuzzed.stopped)}",
        found=f"{_crashes(len(fuzzed.crashes))}, "
        f"{count_of(len(fuzzed.contradictions), 'contradiction')} to the document",
        crashes=tuple(_show_finding(one, settings) for one in fuzzed.crashes[:_ROWS]),
        contradictions=tuple(_show_finding(one, settings) for one in open_ones[:_ROWS]),
        folded=tuple(_show_finding(one, settings) for one in folded[:_FOLDED_ROWS]),
        folded_title=f"{len(folded)} more: {one_line(settings.redactor.text(kinds), 300)}" if folded else "",
        more=hidden,
        notes=_notes_of(fuzzed, settings),
        hint=export_hint(names) if len(names) > 1 else "",
    )


def _notes_of(fuzzed: Fuzzed, settings: Settings) -> tuple[str, ...]:
    return tuple(one_line(settings.redactor.text(note), 400) for note in fuzzed.notes)


def _crashes(number: int) -> str:
    return f"{number:,} crash{'' if number == 1 else 'es'}"


def _show_finding(finding: FuzzFinding, settings: Settings) -> FindingShown:
    if finding.failure is not None:
        text = failure_text(str(finding.failure), settings)
    else:
        message = _message_of(finding, settings)
        text = ": ".join(filter(None, [failure_text(finding.title, settings), message]))
    about = [f"{finding.seen:,} times"] if finding.seen > 1 else []
    if finding.kind == "crash" and not finding.on_fresh_start:
        about.append("not made to crash on a fresh start")
    return FindingShown(
        step=show_step(finding.exchange, settings, failure=text),
        before=tuple(show_step(one, settings) for one in finding.before[:_CHAIN]),
        more=max(len(finding.before) - _CHAIN, 0),
        about="; ".join(about),
    )


def _message_of(finding: FuzzFinding, settings: Settings) -> str:
    """Return the first line of a message that says something, masked."""
    lines = (line.strip() for line in finding.message.splitlines())
    return one_line(settings.redactor.text(next(filter(None, lines), "")), 160)


def _lines(shown: FuzzedShown) -> Iterator[str]:
    yield shown.about
    yield f"  {shown.found}"
    if shown.crashes:
        yield "Crashes"
        yield from _finding_lines(shown.crashes)
    if shown.contradictions:
        yield "Contradictions to the document"
        yield from _finding_lines(shown.contradictions)
    if shown.folded_title:
        yield f"  {shown.folded_title}; .contradictions has all"
    if shown.more:
        yield f"  … {count_of(shown.more, 'more finding')}"
    yield from (f"  {note}" for note in (*shown.notes, shown.hint) if note)


def _finding_lines(findings: Sequence[FindingShown]) -> Iterator[str]:
    heads = step_lines([one.step for one in findings])
    for one, head in zip(findings, heads, strict=True):
        for line in step_lines(one.before):
            yield f"    first {line}"
        if one.more:
            yield f"    first … {count_of(one.more, 'more request')}"
        yield "  " + "  ".join(filter(None, [head, one.about]))
