"""What happened inside one request: findings first, then a waterfall to scale, as text and as a drawing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..engine.runs import Event
from ..records.output import OutputLine
from ..records.settings import Settings
from ..tracing.trace import Call, Dependency, Layer, Step, Trace
from .changes import pick, pick_all
from .figures import count_of, time_of
from .timeline import axis_ticks
from .trace_rows import CALL_NAMES, TEXT_CHARS, TraceRow, list_rows
from .view import View, build_view, one_line, shows

ROW_HEIGHT, TOP = 18, 20
_LEAST_WIDTH = 0.5  # of a bar
_CHAR = 6.1
_LABEL_CHARS = 44
_TEXT_ROWS = 30
_BARS_APART, _MARKS_APART = 0.12, 0.4  # in percent of the width
_COLUMNS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnRow:
    """
    One row of the drawing.

    :ivar y: of its top
    :ivar x: of the label
    :ivar bars: pairs of position and width, in percent of the time axis, whose width is that of the page
    :ivar end_x: where the last of them ends
    """

    row: TraceRow
    y: float
    x: float
    label: str
    bars: tuple[tuple[float, float], ...]
    end_x: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceShown:
    """
    A trace for text and templates.

    :ivar about: ``13 SQL 1.4 ms · 1 HTTP 21 ms``
    :ivar findings: pairs of the sentence and the remedy
    :ivar left_out: a note about rows that are not shown, or empty
    :ivar notes: about calls that were not recorded
    :ivar watched: the sentence about libraries
    """

    about: str
    findings: tuple[tuple[str, str], ...]
    rows: tuple[TraceRow, ...]
    drawn: tuple[DrawnRow, ...]
    ticks: tuple[tuple[float, str], ...]
    height: int
    end_x: float
    first_byte_x: float | None
    background_x: float | None
    left_out: str
    notes: tuple[str, ...]
    watched: str
    duration_ns: int


def trace_data(trace: Trace, settings: Settings) -> dict[str, Any]:
    """
    Return ``ms, findings, layers, dependencies, steps, calls, messages, output, watched, not_watched``.

    Times are milliseconds, ``began_ms`` since the app was called.
    """
    return {
        "ms": _ms(trace.duration_ns),
        "findings": pick_all(trace.findings, "kind", "text", "place", "remedy", "count"),
        "layers": [_layer_data(layer) for layer in trace.layers],
        "dependencies": [_dependency_data(one) for one in trace.dependencies],
        "steps": [_step_data(one) for one in trace.steps],
        "calls": [_call_data(call, settings) for call in trace.calls],
        "messages": [_message_data(event) for event in trace.messages],
        "output": [_output_data(line, settings) for line in trace.output],
        "watched": list(trace.watched),
        "not_watched": list(trace.not_watched),
    }


def _layer_data(layer: Layer) -> dict[str, Any]:
    picked = pick(layer, "name", "source", "package", "hook", "depth", "responded", "caught", "raised")
    times = {"began_ms": _ms(layer.began_ns), "ms": _ms(layer.total_ns), "own_ms": _ms(layer.own_ns)}
    return {**picked, "changed": list(layer.changed), **times}


def _dependency_data(one: Dependency) -> dict[str, Any]:
    picked = pick(one, "name", "function", "source", "kind", "thread", "value", "cached", "reached", "error")
    cleanup = None if one.cleanup_ns is None else _ms(one.cleanup_ns)
    times = {"began_ms": _ms(one.began_ns), "ms": _ms(one.total_ns), "cleanup_ms": cleanup}
    return {**picked, **times, "inside": [_dependency_data(inner) for inner in one.inside]}


def _step_data(one: Step) -> dict[str, Any]:
    picked = pick(one, "kind", "name", "source", "depth", "thread", "detail", "error")
    return {**picked, "began_ms": _ms(one.began_ns), "ms": _ms(one.total_ns)}


def _message_data(event: Event) -> dict[str, Any]:
    return {"direction": event.direction, "type": event.type, "at_ms": _ms(event.at_ns), "bytes": event.body_bytes}


def _output_data(line: OutputLine, settings: Settings) -> dict[str, Any]:
    text = settings.redactor.text(line.text)
    return {"source": line.source, "label": line.label, "text": text, "at_ms": _ms(line.at_ns)}


def _call_data(call: Call, settings: Settings) -> dict[str, Any]:
    return {
        "kind": call.kind,
        "library": call.library,
        "text": call.text,
        "parameters": call.parameters,
        "began_ms": _ms(call.began_ns),
        "ms": _ms(call.total_ns),
        "place": call.place,
        "function": call.function,
        "thread": call.thread,
        "rows": call.rows,
        "status": call.status,
        "error": settings.redactor.text(call.error),
        "ended": call.ended,
    }


def _ms(ns: int) -> float:
    return round(ns / 1e6, 3)


@shows(Trace, trace_data)
def view_trace(trace: Trace, settings: Settings) -> View:
    """Return the view of a trace."""
    shown = show_trace(trace, settings)
    return build_view("\n".join(["Trace", *trace_lines(shown)]), "trace.html", trace=shown)


def trace_marks(trace: Trace) -> Iterator[str]:
    """Yield what the summary line of an exchange has of its trace: ``13 SQL 1.4 ms``, ``N+1``."""
    if trace.calls:
        yield _count_calls(trace.calls)
    yield from dict.fromkeys("N+1" if finding.kind == "n+1" else finding.kind for finding in trace.findings)


def show_trace(trace: Trace, settings: Settings) -> TraceShown:
    """Return the trace for display."""
    rows, left_out = list_rows(trace, settings)
    scale_ns = max(trace.duration_ns, *(began + total for row in rows for began, total in row.spans), 1)

    def at(ns: float) -> float:
        return round(ns / scale_ns * 100, 2)

    ended = trace.response_end_ns
    if ended is not None and scale_ns - ended <= max(0.02 * scale_ns, 1e6):
        ended = None  # nothing ran in the background
    notes = [f"{count_of(trace.missing, 'call')} not recorded"] if trace.missing else []
    return TraceShown(
        about=_count_calls(trace.calls) or "No SQL, HTTP or cache calls",
        findings=tuple(
            (one_line(finding.text, TEXT_CHARS), one_line(finding.remedy, TEXT_CHARS)) for finding in trace.findings
        ),
        rows=rows,
        drawn=tuple(_draw(row, TOP + number * ROW_HEIGHT, at) for number, row in enumerate(rows)),
        ticks=tuple((at(ns), time_of(ns) if ns else "0") for ns in axis_ticks(scale_ns)),
        height=TOP + len(rows) * ROW_HEIGHT + 20,
        end_x=at(scale_ns),
        first_byte_x=None if trace.first_byte_ns is None else at(trace.first_byte_ns),
        background_x=None if ended is None else at(ended),
        left_out=f"{count_of(left_out, 'more row')} left out; all calls are in .calls" if left_out else "",
        notes=tuple(notes),
        watched=_describe_watched(trace),
        duration_ns=scale_ns,
    )


def _count_calls(calls: Sequence[Call]) -> str:
    parts = []
    for kind, name in CALL_NAMES.items():
        took = [call.total_ns for call in calls if call.kind == kind]
        parts += [f"{len(took):,} {name} {time_of(sum(took))}"] if took else []
    return " · ".join(parts)


def _describe_watched(trace: Trace) -> str:
    if not trace.watched:
        return ""
    unwatched = f" Not watched: {', '.join(trace.not_watched)}." if trace.not_watched else ""
    return f"Watched: {', '.join(trace.watched)}.{unwatched}"


def _bars_of(row: TraceRow, at: Callable[[float], float]) -> list[tuple[float, float]]:
    """Return the position and width of each bar; what is too close to be drawn apart is one, so they are bounded."""
    apart = _MARKS_APART if row.is_mark else _BARS_APART
    ends: list[list[float]] = []
    for began, total in sorted(row.spans):
        x, end_x = at(began), max(at(began + total), at(began) + _LEAST_WIDTH)
        if ends and x - ends[-1][1] < apart:
            ends[-1][1] = max(ends[-1][1], end_x) if not row.is_mark else ends[-1][1]
        else:
            ends.append([x, end_x])
    return [(x, round(end_x - x, 2)) for x, end_x in ends]


def _draw(row: TraceRow, y: float, at: Callable[[float], float]) -> DrawnRow:
    bars = _bars_of(row, at)
    return DrawnRow(
        row=row,
        y=y,
        x=row.depth * 2 * _CHAR,
        label=one_line(row.title.lstrip(), _LABEL_CHARS - 2 * row.depth),
        bars=tuple(bars),
        end_x=round(max((x + width for x, width in bars), default=0), 2),
    )


def trace_lines(shown: TraceShown) -> Iterator[str]:
    """Yield the findings, then a line for each row, for a terminal and for tests."""
    yield f"  {shown.about}"
    for text, remedy in shown.findings:
        yield f"  ! {text}"
        yield f"    {remedy}"
    for note in shown.notes:
        yield f"  note: {note}"
    width = max([4, *(len(row.name) for row in shown.rows)])
    for row in shown.rows[:_TEXT_ROWS]:
        end = "  ".join(filter(None, [row.detail and f"({row.detail})", row.error and f"! {row.error}", row.origin]))
        lane = _lane(row, shown.duration_ns)
        yield f"  {row.began:>8} {row.took:>8}  {lane}  {row.name:<{width}} {one_line(row.title, 80)}  {end}".rstrip()
    if len(shown.rows) > _TEXT_ROWS:
        yield f"  … {count_of(len(shown.rows) - _TEXT_ROWS, 'more row')}"
    if shown.left_out:
        yield f"  … {shown.left_out}"
    if shown.watched and not any(row.name for row in shown.rows):
        yield f"  {shown.watched}"


def _lane(row: TraceRow, duration_ns: int) -> str:
    cells = ["·"] * _COLUMNS
    for began, total in row.spans:
        first = min(int(began / duration_ns * _COLUMNS), _COLUMNS - 1)
        last = min(int((began + total) / duration_ns * _COLUMNS), _COLUMNS - 1)
        if last > first:
            cells[first : last + 1] = ["█"] * (last - first + 1)
        elif cells[first] == "·":
            cells[first] = "▌"
    return "".join(cells)
