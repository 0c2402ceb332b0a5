"""What happened inside one request: findings first, then a waterfall to scale, as text and as a drawing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..records.settings import Settings
from ..tracing.middleware_row import FRAMEWORKS
from ..tracing.trace import Call, Dependency, Layer, Trace
from .changes import pick, pick_all
from .figures import count_of, time_of
from .timeline import axis_ticks
from .view import View, build_view, one_line, shows

ROW_HEIGHT, TOP = 18, 20
_LEAST_WIDTH = 0.5  # of a bar
_CHAR = 6.1
_LABEL_CHARS = 44
_TEXT_CHARS = 400
_ROWS = 40
_TEXT_ROWS = 30
_BARS = 400  # of one row
_COLUMNS = 24
_MOST_DEPTH = 8
_NAMES = {"sql": "SQL", "http": "HTTP", "cache": "cache"}
_QUIET_NS = 1_000_000
_QUIET_SHARE = 0.05
"""The share of the time below which a framework's layer that changed nothing is folded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceRow:
    """
    One row of the waterfall: a layer, a dependency, a call, or all calls with one text from one line of the app.

    :ivar kind: ``layer``, ``dependency``, ``sql``, ``http`` or ``cache``, which is its colour
    :ivar count: the number of calls
    :ivar detail: parameters, rows or status
    :ivar error: the first error among them
    :ivar spans: ``(began_ns, total_ns)`` of each
    """

    kind: str
    text: str
    origin: str = ""
    detail: str = ""
    error: str = ""
    count: int = 1
    depth: int = 0
    spans: tuple[tuple[int, int], ...] = ()

    @property
    def began(self) -> str:
        """When the first one began; empty for what was not reached."""
        return time_of(self.spans[0][0]) if self.spans else ""

    @property
    def took(self) -> str:
        """The time of all of them; empty for what was not reached."""
        return time_of(sum(total for _, total in self.spans)) if self.spans else ""

    @property
    def title(self) -> str:
        """``12 × SELECT author``."""
        title = f"{self.count} × {self.text}" if self.count > 1 else self.text
        return "  " * self.depth + title

    @property
    def name(self) -> str:
        """The kind, as people write it."""
        return _NAMES.get(self.kind, "")


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
    Return ``ms, findings, layers, dependencies, calls, watched, not_watched``.

    Times are milliseconds, ``began_ms`` since the app was called.
    """
    return {
        "ms": _ms(trace.duration_ns),
        "findings": pick_all(trace.findings, "kind", "text", "place", "remedy", "count"),
        "layers": [_layer_data(layer) for layer in trace.layers],
        "dependencies": [_dependency_data(one) for one in trace.dependencies],
        "calls": [_call_data(call, settings) for call in trace.calls],
        "watched": list(trace.watched),
        "not_watched": list(trace.not_watched),
    }


def _layer_data(layer: Layer) -> dict[str, Any]:
    picked = pick(layer, "name", "source", "package", "depth", "responded", "caught", "raised")
    times = {"began_ms": _ms(layer.began_ns), "ms": _ms(layer.total_ns), "own_ms": _ms(layer.own_ns)}
    return {**picked, "changed": list(layer.changed), **times}


def _dependency_data(one: Dependency) -> dict[str, Any]:
    picked = pick(one, "name", "function", "source", "kind", "thread", "value", "cached", "reached", "error")
    cleanup = None if one.cleanup_ns is None else _ms(one.cleanup_ns)
    times = {"began_ms": _ms(one.began_ns), "ms": _ms(one.total_ns), "cleanup_ms": cleanup}
    return {**picked, **times, "inside": [_dependency_data(inner) for inner in one.inside]}


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
        "rows": call.rows,
        "status": call.status,
        "error": settings.redactor.text(call.error),
    }


def _ms(ns: int) -> float:
    return round(ns / 1e6, 3)


@shows(Trace, trace_data)
def view_trace(trace: Trace, settings: Settings) -> View:
    """Return the view of a trace."""
    shown = show_trace(trace, settings)
    return build_view("\n".join(["Trace", *trace_lines(shown)]), "trace.html", trace=shown)


def trace_marks(trace: Trace | None) -> Iterator[str]:
    """Yield what the summary line of an exchange has of its trace: ``13 SQL 1.4 ms``, ``N+1``."""
    if trace is None:
        return
    if trace.calls:
        yield _count_calls(trace.calls)
    yield from dict.fromkeys(_FINDINGS[finding.kind] for finding in trace.findings)


_FINDINGS = {
    "n+1": "N+1",
    "repeated query": "repeated query",
    "slow layer": "slow layer",
    "slow dependency": "slow dependency",
}


def show_trace(trace: Trace, settings: Settings) -> TraceShown:
    """Return the trace for display."""
    layers, calls = _list_layers(trace)[:_ROWS], _group(trace.calls, settings)
    at_endpoint, depth = _find_endpoint(trace, layers)
    layers[at_endpoint:at_endpoint] = [
        row for one in trace.dependencies for row in _list_dependencies(one, depth, settings)
    ][:_ROWS]
    every = [*layers, *calls]
    rows = tuple(every[: len(layers) + _ROWS])
    spans = [span for row in every for span in row.spans]
    scale_ns = max(trace.duration_ns, *(began + total for began, total in spans), 1)

    def at(ns: float) -> float:
        return round(ns / scale_ns * 100, 2)

    ended = trace.response_end_ns
    if ended is not None and scale_ns - ended <= max(0.02 * scale_ns, 1e6):
        ended = None  # nothing ran in the background
    notes = [f"{count_of(trace.missing, 'call')} not recorded"] if trace.missing else []
    left_out = [count_of(len(every) - len(rows), "more row") + " left out; all calls are in .calls"]
    return TraceShown(
        about=_count_calls(trace.calls) or "No SQL, HTTP or cache calls",
        findings=tuple(
            (one_line(finding.text, _TEXT_CHARS), one_line(finding.remedy, _TEXT_CHARS)) for finding in trace.findings
        ),
        rows=rows,
        drawn=tuple(_draw(row, TOP + number * ROW_HEIGHT, at) for number, row in enumerate(rows)),
        ticks=tuple((at(ns), time_of(ns) if ns else "0") for ns in axis_ticks(scale_ns)),
        height=TOP + len(rows) * ROW_HEIGHT + 20,
        end_x=at(scale_ns),
        first_byte_x=None if trace.first_byte_ns is None else at(trace.first_byte_ns),
        background_x=None if ended is None else at(ended),
        left_out=left_out[0] if len(every) > len(rows) else "",
        notes=tuple(notes),
        watched=_describe_watched(trace),
        duration_ns=scale_ns,
    )


def _count_calls(calls: Sequence[Call]) -> str:
    parts = []
    for kind, name in _NAMES.items():
        took = [call.total_ns for call in calls if call.kind == kind]
        parts += [f"{len(took):,} {name} {time_of(sum(took))}"] if took else []
    return " · ".join(parts)


def _describe_watched(trace: Trace) -> str:
    if not trace.watched:
        return ""
    unwatched = f" Not watched: {', '.join(trace.not_watched)}." if trace.not_watched else ""
    return f"Watched: {', '.join(trace.watched)}.{unwatched}"


def _list_layers(trace: Trace) -> list[TraceRow]:
    """Return a row for each layer; those of a framework that did nothing and contain each other share one."""
    rows: list[TraceRow] = []
    folded: list[Layer] = []
    folded_depth = 0
    outside: list[tuple[int, int]] = []  # of each layer around the present one: its depth, and that of its row
    for layer in trace.layers:
        while outside and outside[-1][0] >= layer.depth:
            outside.pop()
        depth = outside[-1][1] + 1 if outside else 0
        parts = _describe_layer(layer)
        quiet = not parts and layer.own_ns < max(_QUIET_SHARE * trace.duration_ns, _QUIET_NS)
        folds = quiet and layer.package in FRAMEWORKS
        if folds and folded and folded[-1].depth < layer.depth:
            depth = folded_depth
        elif folded:
            rows.append(_fold(folded, folded_depth))
            folded = []
        outside.append((layer.depth, depth))
        if folds:
            folded_depth = depth
            folded.append(layer)
            continue
        rows.append(
            TraceRow(
                kind="layer",
                text=one_line(layer.name, _TEXT_CHARS),
                origin=one_line(layer.source, 120),
                detail=one_line(", ".join([_own_time(layer), *parts]), 300),
                depth=min(depth, _MOST_DEPTH),
                spans=((layer.began_ns, layer.total_ns),),
            )
        )
    return [*rows, _fold(folded, folded_depth)] if folded and rows else rows


def _find_endpoint(trace: Trace, rows: Sequence[TraceRow]) -> tuple[int, int]:
    """Return the number and the depth of a row for what the endpoint needs: inside the layer that calls it, by time."""
    names = {one_line(layer.name, _TEXT_CHARS) for layer in trace.layers if layer.with_endpoint}
    found = next((number for number, row in enumerate(rows) if row.text in names), len(rows) - 1)
    if found < 0:
        return 0, 0
    depth = rows[found].depth
    began_ns = min((one.began_ns for one in trace.dependencies if one.reached), default=0)
    for number in range(found + 1, len(rows)):
        if rows[number].depth <= depth or (rows[number].depth == depth + 1 and rows[number].spans[0][0] > began_ns):
            return number, depth + 1
    return len(rows), depth + 1


def _describe_layer(layer: Layer) -> list[str]:
    """Return what a layer did; empty if it only passed everything on."""
    parts = [*layer.changed[:6], *(["…"] if len(layer.changed) > 6 else [])]
    parts += [f"caught {layer.caught}"] if layer.caught else []
    parts += [f"raised {layer.raised}"] if layer.raised else []
    parts += [f"sent {layer.responded}"] if layer.responded is not None else []
    return parts


def _own_time(layer: Layer) -> str:
    """Return the time of a layer alone; that of the router contains what it calls."""
    return f"own {time_of(layer.own_ns)}{' with the endpoint' if layer.with_endpoint else ''}"


def _list_dependencies(one: Dependency, depth: int, settings: Settings) -> Iterator[TraceRow]:
    """Yield a row for a dependency, then those for what it needs."""
    if not one.reached:
        parts = ["not reached"]
    else:
        parts = ["from the cache"] if one.cached else [one.kind]
        parts += [f"value {settings.redactor.text(one.value)}"] if one.value else []
        cleanup_ns = one.cleanup_ns or 0
        parts += [f"cleanup {time_of(cleanup_ns)}"] if cleanup_ns >= _QUIET_NS else []
    called = f"{one.function}()"
    yield TraceRow(
        kind="dependency",
        text=one_line(f"{one.name} = {called}" if one.name else called, _TEXT_CHARS),
        origin=one_line(one.source, 120),
        detail=one_line(", ".join(parts), 200),
        error=one_line(settings.redactor.text(one.error), 200),
        depth=min(depth, _MOST_DEPTH),
        spans=((one.began_ns, one.total_ns),) if one.reached else (),
    )
    for inner in one.inside if not one.cached else ():  # what that needs is from the cache too
        yield from _list_dependencies(inner, depth + 1, settings)


def _fold(layers: Sequence[Layer], depth: int) -> TraceRow:
    packages = dict.fromkeys(layer.package for layer in layers)
    return TraceRow(
        kind="layer",
        text=f"… {count_of(len(layers), 'layer')} of {' and '.join(packages)}",
        detail=f"own {time_of(sum(layer.own_ns for layer in layers))}",
        depth=min(depth, _MOST_DEPTH),
        spans=((layers[0].began_ns, layers[0].total_ns),),
    )


def _group(calls: Sequence[Call], settings: Settings) -> list[TraceRow]:
    """Return a row for each text and line of the app, in the order of the first call."""
    groups: dict[tuple[str, str, str], list[Call]] = {}
    for call in calls:
        groups.setdefault((call.kind, call.text, call.origin), []).append(call)
    return [_row(group, settings) for group in groups.values()]


def _row(group: Sequence[Call], settings: Settings) -> TraceRow:
    first = group[0]
    results = [
        f"{one.status}" if one.status else count_of(one.rows, "row") if one.rows is not None else "" for one in group
    ]
    details = [first.parameters, *dict.fromkeys(results)] if len(group) == 1 else [*dict.fromkeys(results)][:4]
    details += [] if all(one.ended for one in group) else ["not ended"]
    return TraceRow(
        kind=first.kind,
        text=one_line(first.text, _TEXT_CHARS),
        origin=one_line(first.origin, 120),
        detail=one_line(settings.redactor.text(", ".join(filter(None, details))), 200),
        error=one_line(settings.redactor.text(next((one.error for one in group if one.error), "")), 200),
        count=len(group),
        spans=tuple((one.began_ns, one.total_ns) for one in group),
    )


def _draw(row: TraceRow, y: float, at: Callable[[float], float]) -> DrawnRow:
    bars = [(at(began), max(round(at(began + total) - at(began), 2), _LEAST_WIDTH)) for began, total in row.spans]
    return DrawnRow(
        row=row,
        y=y,
        x=row.depth * 2 * _CHAR,
        label=one_line(row.title.lstrip(), _LABEL_CHARS - 2 * row.depth),
        bars=tuple(bars[:_BARS]),
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
