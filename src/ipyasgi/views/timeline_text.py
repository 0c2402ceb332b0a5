"""A timeline for a terminal: two lanes of bars to the same scale, and what is written under them."""

from __future__ import annotations

from collections.abc import Iterator

from .timeline import LEFT, RIGHT, TALL, WIDTH, Timeline

_COLUMNS = 64
_BARS = "▁▂▃▄▅▆▇█"
_LANE = 9


def timeline_lines(timeline: Timeline) -> Iterator[str]:
    """Yield what it is about, the lanes and the axis; after the response the ground is dotted."""
    yield timeline.about
    for lane in ("receive", "send"):
        yield f"{lane:<{_LANE}}{_lane(timeline, lane)}"
    yield " " * _LANE + _axis(timeline)
    if timeline.gaps:
        yield " " * _LANE + "no message for " + ", ".join(gap.label for gap in timeline.gaps)


def _lane(timeline: Timeline, lane: str) -> str:
    response_end = _COLUMNS if timeline.background_x is None else _column(timeline.background_x)
    cells = ["─" if column <= response_end else "┄" for column in range(_COLUMNS + 1)]
    heights: dict[int, float] = {}
    for mark in timeline.marks:
        if mark.lane == lane:
            column = _column(mark.x)
            heights[column] = max(heights.get(column, 0), mark.height)
    for column, height in heights.items():
        cells[column] = _bar(height)
    return "".join(cells)


def _axis(timeline: Timeline) -> str:
    line = ""
    for x, text in timeline.ticks:
        column = _column(x)
        if len(line) <= column and column + len(text) <= _COLUMNS + 12:
            line = line.ljust(column) + text + "  "
    return line.rstrip()


def _bar(height: float) -> str:
    return _BARS[min(int(height / TALL * (len(_BARS) - 1)), len(_BARS) - 1)]


def _column(x: float) -> int:
    return round((x - LEFT) / (WIDTH - LEFT - RIGHT) * _COLUMNS)
