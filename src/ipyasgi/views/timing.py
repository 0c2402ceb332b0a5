"""How long a request takes: figures, and the distribution of its times as a drawing and as a line of text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..experiments.statistics import quantile
from ..experiments.timing import Samples, Timing
from ..records.settings import Settings
from .figures import count_of, time_of
from .timeline import axis_ticks
from .view import View, build_view, one_line, shows

WIDTH, ROW_HEIGHT, LABEL_HEIGHT, AXIS_HEIGHT = 640, 56, 16, 18
_BINS, _TEXT_BINS = 64, 32
_SHARE = 0.98  # of the times that the axis has; a few are many times as long
_BLOCKS = " ▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplesShown:
    """
    The times of one app for text and templates.

    :ivar y: of the base of its bars
    :ivar bars: positions and heights
    :ivar line: the distribution as one line of text
    :ivar beyond: how many times are longer than the axis
    """

    name: str
    median: str
    p95: str
    fastest: str
    slowest: str
    statuses: str
    y: int
    bars: tuple[tuple[float, float], ...]
    median_x: float
    line: str
    beyond: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimingShown:
    """
    A timing for text and templates.

    :ivar runs: ``102 requests``
    :ivar result: the sentence about the other app, or empty
    :ivar tone: of the sentence
    """

    method: str
    target: str
    runs: str
    result: str
    tone: str
    rows: tuple[SamplesShown, ...]
    ticks: tuple[tuple[float, str], ...]
    height: int


def timing_data(timing: Timing, settings: Settings) -> dict[str, Any]:
    """
    Return ``method, target, runs, median_ms, p95_ms, statuses, against, ratio, interval, verdict``.

    ``against`` is the other app's ``name, median_ms, p95_ms, statuses``, or None like the ratio.
    """
    estimate = timing.estimate
    return {
        "method": timing.spec.method,
        "target": settings.redactor.url(timing.spec.target),
        "runs": len(timing.samples.times_ns),
        **_samples_data(timing.samples),
        "against": {"name": timing.against.name, **_samples_data(timing.against)} if timing.against else None,
        "ratio": round(estimate.ratio, 4) if estimate is not None else None,
        "interval": [round(bound, 4) for bound in estimate.interval] if estimate is not None else None,
        "verdict": timing.verdict,
    }


def _samples_data(samples: Samples) -> dict[str, Any]:
    return {
        "median_ms": round(samples.median_ns / 1e6, 4),
        "p95_ms": round(samples.p95_ns / 1e6, 4),
        "statuses": {str(status): count for status, count in samples.statuses.items()},
    }


@shows(Timing, timing_data)
def view_timing(timing: Timing, settings: Settings) -> View:
    """Return the view of a timing."""
    shown = show_timing(timing, settings)
    return build_view("\n".join(_lines(shown)), "timing.html", timing=shown)


def show_timing(timing: Timing, settings: Settings) -> TimingShown:
    """Return the timing for display."""
    every = [one for one in (timing.samples, timing.against) if one is not None]
    end_ns = max([1.0, *(quantile(one.times_ns, _SHARE) for one in every)])
    rows = [_show(one, end_ns, number, settings) for number, one in enumerate(every)]
    result, tone = _result(timing, settings)
    return TimingShown(
        method=timing.spec.method,
        target=settings.redactor.url(timing.spec.target),
        runs=count_of(len(timing.samples.times_ns), "request") + (" to each app" if timing.against else ""),
        result=result,
        tone=tone,
        rows=tuple(rows),
        ticks=tuple((round(ns / end_ns * WIDTH, 1), time_of(ns) if ns else "0") for ns in axis_ticks(round(end_ns))),
        height=len(rows) * (ROW_HEIGHT + LABEL_HEIGHT) + AXIS_HEIGHT,
    )


def _show(samples: Samples, end_ns: float, number: int, settings: Settings) -> SamplesShown:
    counts = _count(samples, end_ns, _BINS)
    most = max([1, *counts])
    texts = _count(samples, end_ns, _TEXT_BINS)
    most_text = max([1, *texts])
    statuses = ", ".join(f"{status} ×{count:,}" for status, count in sorted(samples.statuses.items()))
    return SamplesShown(
        name=one_line(settings.redactor.text(samples.name), 40),
        median=time_of(samples.median_ns),
        p95=time_of(samples.p95_ns),
        fastest=time_of(min(samples.times_ns, default=0)),
        slowest=time_of(max(samples.times_ns, default=0)),
        statuses=statuses,
        y=(number + 1) * (ROW_HEIGHT + LABEL_HEIGHT),
        bars=tuple(
            (round(at * WIDTH / _BINS, 1), round(max(count / most * ROW_HEIGHT, 1.5), 1))
            for at, count in enumerate(counts)
            if count
        ),
        median_x=round(min(samples.median_ns / end_ns, 1) * WIDTH, 1),
        line="".join(_BLOCKS[-(-count * (len(_BLOCKS) - 1) // most_text)] for count in texts),
        beyond=sum(ns > end_ns for ns in samples.times_ns),
    )


def _count(samples: Samples, end_ns: float, bins: int) -> list[int]:
    counts = [0] * bins
    for ns in samples.times_ns:
        if ns <= end_ns:
            counts[min(int(ns / end_ns * bins), bins - 1)] += 1
    return counts


def _result(timing: Timing, settings: Settings) -> tuple[str, str]:
    """Return the sentence about the other app, and its tone; empty without one."""
    estimate, against = timing.estimate, timing.against
    if estimate is None or against is None:
        return "", ""
    names = [one_line(settings.redactor.text(one.name), 40) for one in (timing.samples, against)]
    low, high = estimate.interval
    figures = f"{estimate.ratio:.2f} ({low:.2f} to {high:.2f})"
    if estimate.verdict:
        return f"{names[0]} is {estimate.verdict}: it takes {figures} of the time of {names[1]}", (
            "good" if estimate.verdict == "faster" else "bad"
        )
    noise = max(*(max(bound, 1 / bound) for bound in estimate.spread))
    return f"No difference can be seen: {figures} of the time of {names[1]}, where chance alone makes {noise:.2f}", ""


def _lines(shown: TimingShown) -> Iterator[str]:
    yield f"{shown.method} {one_line(shown.target, 120)}  {shown.runs}"
    width = max(len(row.name) for row in shown.rows)
    yield f"  {'':<{width}}  {'median':>8}  {'p95':>8}  {'fastest':>8}  {'slowest':>8}  statuses"
    for row in shown.rows:
        figures = "  ".join(f"{one:>8}" for one in (row.median, row.p95, row.fastest, row.slowest))
        yield f"  {row.name:<{width}}  {figures}  {row.statuses}"
    for row in shown.rows:
        yield f"  {row.name:<{width}}  0 {row.line} {shown.ticks[-1][1] if shown.ticks else ''}"
    if shown.result:
        yield f"  {shown.result}"
