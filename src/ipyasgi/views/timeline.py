"""Messages of one run in time: two lanes to scale for the SVG, rows for the table, and lines for a terminal."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import attrgetter, itemgetter
from typing import Any

from ..engine.runs import Event, HttpRun, Run
from ..records.redaction import Redactor
from .figures import BACKGROUND_NS, count_of, size_of, time_of
from .view import one_line

WIDTH = 720
_LEFT, _RIGHT = 58, 14
_LANES = {"receive": 46, "send": 88}  # the y of each lane's baseline
_TALL, _SHORT = 24, 7
_BINS = 160
_AGGREGATE_OVER = 200
_HEAD_ROWS, _TAIL_ROWS = 24, 6
_CHAR = 6.7  # of the drawing's font, 11 px and monospaced
_GAP_SHARE, _GAP_NS, _GAPS = 0.15, 1e6, 3  # a gap's least share of the time and length, and how many are shown
_PAYLOAD_CHARS = 160
_QUIET, _PLAIN_MESSAGES = ("http.disconnect", "http.response.body"), 3
_COLUMNS = 64
_BARS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One bar of a lane: a message, or several that are too close to be drawn separately."""

    lane: str
    x: float
    width: float
    height: float
    label: str = ""
    label_x: float = 0
    anchor: str = "start"

    @property
    def y(self) -> float:
        """The top of the bar."""
        return round(_LANES[self.lane] - self.height, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One message as text, or a note about messages that are left out, without ``at``."""

    at: str
    direction: str = ""
    type: str = ""
    size: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """
    One run in time.

    :ivar ticks: ``(x, text)`` of the axis
    :ivar gaps: ``(x, end_x, text)`` of the longest times without a message
    :ivar first_byte_x: the start of the response, None without one
    :ivar background_x: the end of the response, None unless the app went on afterwards
    :ivar about: a summary in one line
    :ivar lively: whether it has more than a request, a start and a body
    """

    marks: tuple[Mark, ...]
    rows: tuple[Row, ...]
    ticks: tuple[tuple[float, str], ...]
    gaps: tuple[tuple[float, float, str], ...]
    end_x: float
    first_byte_x: float | None
    background_x: float | None
    about: str
    lively: bool = True


def build_timeline(run: Run, redactor: Redactor) -> Timeline | None:
    """Return the timeline of a run, its payloads masked; None without messages."""
    if not run.events:
        return None
    scale_ns = max(run.duration_ns, run.events[-1].at_ns, 1)

    def at(ns: float) -> float:
        return round(_LEFT + ns / scale_ns * (WIDTH - _LEFT - _RIGHT), 1)

    first = run.first_byte_ns if isinstance(run, HttpRun) else None
    ended = run.response_end_ns if isinstance(run, HttpRun) else None
    if ended is not None and scale_ns - ended <= max(0.02 * scale_ns, 1e6):
        ended = None  # nothing ran in the background
    about = [count_of(len(run.events) + run.events_dropped, "message")]
    about += [f"first byte after {time_of(first)}"] if first is not None else []
    about += [f"response complete after {time_of(ended)}"] if ended is not None else []
    if isinstance(run, HttpRun) and run.cut_off_ns is not None:
        about.append(f"response cut off after {time_of(run.cut_off_ns)}")
    about.append(f"{time_of(run.duration_ns)} in the app")
    is_long = len(run.events) > _AGGREGATE_OVER
    marks = _aggregate(run.events, at, scale_ns) if is_long else _single(run.events, at)
    return Timeline(
        marks=tuple(marks),
        rows=tuple(_rows(run, redactor)),
        ticks=tuple((at(ns), time_of(ns) if ns else "0") for ns in axis_ticks(scale_ns)),
        gaps=tuple(_gaps(run.events, at, scale_ns)),
        end_x=at(scale_ns),
        first_byte_x=None if first is None else at(first),
        background_x=None if ended is None else at(ended),
        about=", ".join(about),
        lively=_is_lively(run),
    )


def _is_lively(run: Run) -> bool:
    # Quart ends each body with an empty message, and Django asks for a disconnect and tidies up: neither counts.
    counted = [event for event in run.events if event.type not in _QUIET or event.body_bytes]
    went_on = isinstance(run, HttpRun) and run.background_ns > BACKGROUND_NS
    return len(counted) > _PLAIN_MESSAGES or went_on


def _gaps(events: Sequence[Event], at: Callable[[float], float], scale_ns: int) -> list[tuple[float, float, str]]:
    """Return the longest times between two messages, in order; the time after the last one is not a gap."""
    spans = [(after.at_ns - before.at_ns, before.at_ns) for before, after in pairwise(events)]
    spans.insert(0, (events[0].at_ns, 0))
    long = [(span, begin) for span, begin in spans if span >= max(_GAP_SHARE * scale_ns, _GAP_NS)]
    return [
        (at(begin), at(begin + span), time_of(span))
        for span, begin in sorted(sorted(long, reverse=True)[:_GAPS], key=itemgetter(1))
    ]


def _single(events: Sequence[Event], at: Callable[[float], float]) -> list[Mark]:
    """Return a bar for each message, with a label to its right or left if there is room."""
    biggest = max(event.body_bytes for event in events) or 1
    marks = []
    for lane in _LANES:
        own = [event for event in events if event.direction == lane]
        xs = [at(event.at_ns) for event in own]
        free_from = float(_LEFT)
        for event, x, following in zip(own, xs, [*xs[1:], WIDTH], strict=False):
            mark = Mark(lane=lane, x=x, width=3, height=_height(event.body_bytes / biggest))
            label = _label(event)
            width = len(label) * _CHAR
            if x + 9 + width <= following:
                mark, free_from = replace(mark, label=label, label_x=round(x + 5, 1)), x + 5 + width
            else:
                if x - 7 - width >= free_from:
                    mark = replace(mark, label=label, label_x=round(x - 3, 1), anchor="end")
                free_from = x + 3
            marks.append(mark)
    return marks


def _height(share: float) -> float:
    return round(_SHORT + (_TALL - _SHORT) * math.sqrt(share), 1)


def _aggregate(events: Sequence[Event], at: Callable[[float], float], scale_ns: int) -> list[Mark]:
    bins: dict[tuple[str, int], list[Event]] = {}
    for event in events:
        bins.setdefault((event.direction, min(int(event.at_ns * _BINS / scale_ns), _BINS - 1)), []).append(event)
    most, width = max(map(len, bins.values())), round(at(scale_ns / _BINS) - _LEFT, 1)
    marks = []
    for (lane, number), inside in bins.items():
        x = at(number * scale_ns / _BINS)
        marks.append(Mark(lane=lane, x=x, width=width, height=_height(len(inside) / most)))
    return marks


def _rows(run: Run, redactor: Redactor) -> list[Row]:
    events = run.events
    left_out = len(events) - _HEAD_ROWS - _TAIL_ROWS
    head, tail = (events, ()) if left_out < 2 else (events[:_HEAD_ROWS], events[-_TAIL_ROWS:])
    rows = [_row(event, redactor) for event in head]
    if tail:
        rows.append(Row(at="", detail=f"{count_of(left_out, 'message')} left out here; all are in .events"))
        rows += [_row(event, redactor) for event in tail]
    if run.events_dropped:
        rows.append(Row(at="", detail=f"{count_of(run.events_dropped, 'more message')} not kept"))
    return rows


def _row(event: Event, redactor: Redactor) -> Row:
    return Row(
        at=time_of(event.at_ns),
        direction=event.direction,
        type=one_line(event.type, 60),
        size=size_of(event.body_bytes) if event.body_bytes else "",
        detail=_detail(event, redactor),
    )


def _detail(event: Event, redactor: Redactor) -> str:
    message = event.message
    if event.type in ("websocket.receive", "websocket.send"):
        text, content = message.get("text"), message.get("bytes")
        if type(text) is str:  # masked first: after cutting, a name without its value would not be recognised
            return one_line(redactor.text(text[: 16 * _PAYLOAD_CHARS]), _PAYLOAD_CHARS)
        if isinstance(content, bytes):
            return f"bytes {content[:24].hex(' ')}{' …' if len(content) > 24 else ''}"
        return ""
    if "status" in message:
        return plain(message["status"])
    if event.type in ("http.request", "http.response.body"):
        return "more to come" if message.get("more_body") else "last"
    if "code" in message:
        return redactor.text(f"{plain(message['code'])} {plain(message.get('reason') or '')}".rstrip())
    if message.get("subprotocol"):
        return redactor.text(f"subprotocol {plain(message['subprotocol'])}")
    return redactor.text(plain(message.get("message", "")))


def _label(event: Event) -> str:
    short = one_line(event.type.rpartition(".")[2], 24)
    if event.type.endswith("response.start"):
        return f"start {plain(event.message.get('status', ''))}".rstrip()
    if event.body_bytes:
        return f"{short} {size_of(event.body_bytes)}"
    if event.type == "http.response.body" and not event.message.get("more_body"):
        return "end"
    return short


def plain(value: Any) -> str:
    """Return a value of a message as text, cut, without calling the app's code."""
    return one_line(str(value), 80) if type(value) in (int, str) else f"<{type(value).__name__}>"


def axis_ticks(scale_ns: int) -> list[float]:
    """Return the times of an axis: about five, at round numbers."""
    rough = scale_ns / 5
    power = 10 ** math.floor(math.log10(rough)) if rough >= 1 else 1
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    return [n * step for n in range(int(scale_ns / step) + 1)]


def timeline_lines(timeline: Timeline) -> Iterator[str]:
    """Yield the summary, the lanes and the axis for a terminal; after the response the lanes are dotted."""
    yield timeline.about
    for lane in _LANES:
        yield f"{lane:<9}{_lane(timeline, lane)}"
    yield f"{'':9}{_axis(timeline)}"
    if timeline.gaps:
        yield f"{'':9}no message for {', '.join(text for _, _, text in timeline.gaps)}"


def row_line(row: Row) -> str:
    """Return a message as a line for a terminal."""
    return one_line(f"  {row.at:>9}  {row.direction:<7}  {row.type}  {row.size}  {row.detail}".rstrip(), 200)


def _lane(timeline: Timeline, lane: str) -> str:
    response_end = _COLUMNS if timeline.background_x is None else _column(timeline.background_x)
    cells = ["─" if column <= response_end else "┄" for column in range(_COLUMNS + 1)]
    for mark in sorted(timeline.marks, key=attrgetter("height")):  # the tallest one of a column remains
        if mark.lane == lane:
            cells[_column(mark.x)] = _BARS[int(mark.height / _TALL * (len(_BARS) - 1))]
    return "".join(cells)


def _axis(timeline: Timeline) -> str:
    line = ""
    for x, text in timeline.ticks:
        column = _column(x)
        if len(line) <= column and column + len(text) <= _COLUMNS + 12:
            line = line.ljust(column) + text + "  "
    return line.rstrip()


def _column(x: float) -> int:
    return round((x - _LEFT) / (WIDTH - _LEFT - _RIGHT) * _COLUMNS)
