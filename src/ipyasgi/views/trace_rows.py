"""The rows of a trace's waterfall: messages, layers, dependencies, steps, calls and output, alike ones together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from ..engine.runs import Event
from ..records.output import OutputLine
from ..records.settings import Settings
from ..tracing.middleware_row import FRAMEWORKS
from ..tracing.shapes import shape_of_call
from ..tracing.trace import Call, Dependency, Layer, Step, Trace
from .figures import BACKGROUND_NS, count_of, size_of, time_of
from .view import one_line

TEXT_CHARS = 400
CALL_NAMES = {"sql": "SQL", "http": "HTTP", "cache": "cache"}
_ROWS = 40  # of layers and dependencies, of calls, and of steps
_MESSAGES = 12
_LINES = 8
_MOST_DEPTH = 8
_STEPS_APART = 12
"""Of more steps, those whose names differ only in numbers share a row."""
_NUMBER = re.compile(r"\d+")
_QUIET_NS = 1_000_000
_QUIET_SHARE = 0.05
"""The share of the time below which a framework's layer that changed nothing is folded."""
_STEPS = {"validate": "validate the input", "serialize": "build the response"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceRow:
    """
    One row of the waterfall: what is alike, such as all calls with one text from one line of the app, shares one.

    :ivar kind: ``message``, ``layer``, ``dependency``, ``step``, ``sql``, ``http``, ``cache`` or ``output``: its colour
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
        """The time of all of them; empty for what was not reached, and for what has no length."""
        return time_of(sum(total for _, total in self.spans)) if self.spans and not self.is_mark else ""

    @property
    def is_mark(self) -> bool:
        """Whether it has no length: a message, a printed line."""
        return self.kind in ("message", "output")

    @property
    def title(self) -> str:
        """``12 × SELECT author``."""
        title = f"{self.count} × {self.text}" if self.count > 1 else self.text
        return "  " * self.depth + title

    @property
    def name(self) -> str:
        """The kind, as people write it."""
        return CALL_NAMES.get(self.kind, "")


def list_rows(trace: Trace, settings: Settings) -> tuple[tuple[TraceRow, ...], int]:
    """Return the rows from top to bottom, and the number of those left out."""
    layers = _list_layers(trace)[:_ROWS]
    at_endpoint, depth = _find_endpoint(trace, layers)
    dependencies = [row for one in trace.dependencies for row in _list_dependencies(one, depth, settings)]
    steps, calls = _list_steps(trace, depth), _group(trace.calls, settings)
    layers[at_endpoint:at_endpoint] = [*dependencies[:_ROWS], *steps[:_ROWS]]
    messages, lines = _list_messages(trace), _list_output(trace.output, settings)
    left_out = sum(max(len(rows) - most, 0) for rows, most in ((steps, _ROWS), (calls, _ROWS)))
    return (*messages, *layers, *calls[:_ROWS], *lines), left_out


def _list_messages(trace: Trace) -> list[TraceRow]:
    """Return a row for each message; those of one kind that follow each other share one, and the last row the rest."""
    groups = [list(group) for _, group in groupby(trace.messages, lambda event: (event.direction, event.type))]
    rows = [_message_row(group) for group in groups[:_MESSAGES]]
    rest = [event for group in groups[_MESSAGES:] for event in group]
    if rest:
        spans = tuple((event.at_ns, 0) for event in rest)
        rows.append(TraceRow(kind="message", text=f"… {count_of(len(rest), 'more message')}", spans=spans))
    ended = trace.response_end_ns
    if ended is not None and trace.duration_ns - ended > BACKGROUND_NS:
        rows.append(TraceRow(kind="message", text="the app ends", spans=((trace.duration_ns, 0),)))
    return rows


def _message_row(group: Sequence[Event]) -> TraceRow:
    first, size_bytes = group[0], sum(event.body_bytes for event in group)
    status = first.message.get("status")
    details = [str(status)] if type(status) is int else []
    details += [size_of(size_bytes)] if size_bytes else []
    return TraceRow(
        kind="message",
        text=one_line(f"{first.direction} {first.type}", TEXT_CHARS),
        detail=", ".join(details),
        count=len(group),
        spans=tuple((event.at_ns, 0) for event in group),
    )


def _list_output(lines: Sequence[OutputLine], settings: Settings) -> list[TraceRow]:
    """Return a row for each of a few printed or logged lines; of many, a row for those of one source and logger."""
    if len(lines) <= _LINES:
        return [_output_row([line], settings) for line in lines]
    groups: dict[tuple[str, str], list[OutputLine]] = {}
    for line in lines:
        groups.setdefault((line.source, line.label), []).append(line)
    rows = [_output_row(group, settings) for group in groups.values()]
    rest = [span for row in rows[_LINES:] for span in row.spans]
    if rest:
        more = f"… {count_of(sum(row.count for row in rows[_LINES:]), 'more line')}"
        rows[_LINES:] = [TraceRow(kind="output", text=more, spans=tuple(rest))]
    return rows


def _output_row(group: Sequence[OutputLine], settings: Settings) -> TraceRow:
    first = group[0]
    text = settings.redactor.text(first.text.strip()) if len(group) == 1 else ""
    return TraceRow(
        kind="output",
        text=one_line(" ".join(filter(None, [first.label or first.source, text])), TEXT_CHARS),
        count=len(group),
        spans=tuple((line.at_ns, 0) for line in group),
    )


def _list_steps(trace: Trace, depth: int) -> list[TraceRow]:
    """Return a row for each step, those of one name and line on one."""
    has_endpoint = any(one.kind == "endpoint" for one in trace.steps)
    for name_of in (_full_name, _name_without_numbers):
        groups: dict[tuple[str, str, str, int], list[Step]] = {}
        for one in trace.steps:
            groups.setdefault((one.kind, name_of(one), one.source, one.depth), []).append(one)
        if len(groups) <= _STEPS_APART:
            break
    return [
        _step_row(group, depth + (has_endpoint and kind == "span"), name if len(group) > 1 else group[0].name)
        for (kind, name, _, _), group in groups.items()
    ]


def _full_name(step: Step) -> str:
    return step.name


def _name_without_numbers(step: Step) -> str:
    return _NUMBER.sub("…", step.name)


def _step_row(group: Sequence[Step], depth: int, name: str) -> TraceRow:
    first = group[0]
    name = _STEPS.get(first.kind) or (name if first.kind in ("span", "cleanup") else f"{name}()")
    details = ["in the background"] if first.kind == "background" else []
    details += [first.thread] if first.kind in ("endpoint", "background") else []
    details += [first.detail] if first.detail and len(group) == 1 else []
    return TraceRow(
        kind="step",
        text=one_line(name, TEXT_CHARS),
        origin=one_line(first.source, 120),
        detail=one_line(", ".join(details), 200),
        error=one_line(next((one.error for one in group if one.error), ""), 200),
        count=len(group),
        depth=min(depth + first.depth, _MOST_DEPTH),
        spans=tuple((one.began_ns, one.total_ns) for one in group),
    )


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
                text=one_line(layer.name, TEXT_CHARS),
                origin=one_line(layer.source, 120),
                detail=one_line(", ".join([_own_time(layer), *parts]), 300),
                depth=min(depth, _MOST_DEPTH),
                spans=((layer.began_ns, layer.total_ns),),
            )
        )
    return [*rows, _fold(folded, folded_depth)] if folded and rows else rows


def _find_endpoint(trace: Trace, rows: Sequence[TraceRow]) -> tuple[int, int]:
    """Return the number and the depth of a row for what the endpoint needs: inside the layer that calls it, by time."""
    names = {one_line(layer.name, TEXT_CHARS) for layer in trace.layers if layer.with_endpoint}
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
    called = f"{one.function}()"
    yield TraceRow(
        kind="dependency",
        text=one_line(f"{one.name} = {called}" if one.name else called, TEXT_CHARS),
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
    """Return a row for each text and line of the app, in the order of the first call; of many, for each shape."""
    for text_of in (_full_text, shape_of_call):
        groups: dict[tuple[str, str, str], list[Call]] = {}
        for call in calls:
            groups.setdefault((call.kind, text_of(call), call.origin), []).append(call)
        if len(groups) <= _ROWS:
            break
    return [_row(group, settings) for group in groups.values()]


def _full_text(call: Call) -> str:
    return call.text


def _row(group: Sequence[Call], settings: Settings) -> TraceRow:
    first = group[0]
    results = [
        f"{one.status}" if one.status else count_of(one.rows, "row") if one.rows is not None else "" for one in group
    ]
    details = [first.parameters, *dict.fromkeys(results)] if len(group) == 1 else [*dict.fromkeys(results)][:4]
    details += [] if all(one.ended for one in group) else ["not ended"]
    return TraceRow(
        kind=first.kind,
        text=one_line(first.text, TEXT_CHARS),
        origin=one_line(first.origin, 120),
        detail=one_line(settings.redactor.text(", ".join(filter(None, details))), 200),
        error=one_line(settings.redactor.text(next((one.error for one in group if one.error), "")), 200),
        count=len(group),
        spans=tuple((one.began_ns, one.total_ns) for one in group),
    )
