"""The coverage of an app's operations as text and HTML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..experiments.coverage import Coverage, CoveredOperation, CoveredStatus
from ..records.settings import Settings
from .figures import count_of
from .view import View, build_view, one_line, shows

_MOST_ROWS, _TEXT_ROWS = 300, 100
_STATUSES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageRow:
    """
    One operation.

    :ivar tone: ``faint`` if it was not tried
    :ivar statuses: ``(text, tone)`` of each status: ``200 ✓ 3``, ``404 –``, or ``418 3, not documented``
    """

    method: str
    path: str
    tried: str
    tone: str
    statuses: tuple[tuple[str, str], ...]


def _coverage_data(coverage: Coverage, settings: Settings) -> dict[str, Any]:
    return {
        "operations": len(coverage.operations),
        "tried": len(coverage.tried),
        "documented": coverage.documented,
        "seen": coverage.seen,
        "rows": coverage.to_dicts(),
    }


@shows(Coverage, _coverage_data)
def view_coverage(coverage: Coverage, settings: Settings) -> View:
    """Return the view of the coverage: counts, then a row for each operation with its statuses."""
    rows = [_row(one) for one in coverage.operations[:_MOST_ROWS]]
    title = f"{len(coverage.tried)} of {count_of(len(coverage.operations), 'operation')} tried"
    seen = f"{coverage.seen} of {count_of(coverage.documented, 'documented response')} seen"
    methods, paths = (
        max((len(text) for text in texts), default=0) for texts in ([r.method for r in rows], [r.path for r in rows])
    )
    lines = [f"{title}, {seen}"]
    for row in rows[:_TEXT_ROWS]:
        statuses = "   ".join(text for text, _ in row.statuses)
        lines.append(f"  {row.method:<{methods}}  {row.path:<{paths}}  {row.tried:>5}  {statuses}".rstrip())
    if len(coverage.operations) > _TEXT_ROWS:
        lines.append(f"  … {len(coverage.operations) - _TEXT_ROWS:,} more")
    more = max(len(coverage.operations) - _MOST_ROWS, 0)
    return build_view("\n".join(lines), "coverage.html", title=title, seen=seen, rows=rows, more=more)


def _row(one: CoveredOperation) -> CoverageRow:
    statuses = [_status(status) for status in one.statuses[:_STATUSES]]
    if len(one.statuses) > _STATUSES:
        statuses.append((f"and {len(one.statuses) - _STATUSES} more", "faint"))
    if not one.documented:
        statuses.append(("not in the document", "faint"))
    return CoverageRow(
        method=one_line(one.method, 20),
        path=one_line(one.path, 80),
        tried=f"{one.tried} ×" if one.tried else "–",
        tone="" if one.tried else "faint",
        statuses=tuple(statuses),
    )


def _status(status: CoveredStatus) -> tuple[str, str]:
    name = one_line(status.status, 20)
    if not status.seen:
        return f"{name} –", "faint"
    if status.documented:
        return f"{name} ✓", "good"
    if status.status[:1] in ("1", "2", "3", "4"):
        return f"{name} not documented", "bad"
    return name, "failed"
