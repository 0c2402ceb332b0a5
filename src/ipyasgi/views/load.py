"""What an app did under load: throughput and latency by the number of users, and what held the event loop."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ..experiments.load import Load
from ..experiments.load_step import LoadStep
from ..records.settings import Settings
from .figures import count_of, time_of
from .view import View, build_view, one_line, shows

WIDTH, PLOT_HEIGHT, TOP, LEFT, BOTTOM = 340, 110, 34, 8, 34
_MOST_LINES = 2
_SHARE = 0.02  # of the time of a step: what held the loop for less is not named
_COLUMNS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class StepShown:
    """
    One number of users for text and templates.

    :ivar limits: sentences about what the requests waited for: the event loop, the worker threads
    :ivar failed: empty without failures
    :ivar waiting: requests without a response when the time was up, or empty
    """

    users: str
    per_s: str
    p50: str
    p95: str
    p99: str
    failed: str
    waiting: str
    limits: tuple[str, ...]
    lane: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveShown:
    """
    One drawing.

    :ivar lines: tuples of name, colour, a path, and the points as position, position of the text below, and text
    """

    title: str
    lines: tuple[tuple[str, str, str, tuple[tuple[float, float, float, str], ...]], ...]
    most: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadShown:
    """
    A load for text and templates.

    :ivar ticks: the numbers of users on the axis
    :ivar notes: sentences about failures and cancelled requests
    """

    about: str
    steps: tuple[StepShown, ...]
    curves: tuple[CurveShown, ...]
    ticks: tuple[tuple[float, str], ...]
    notes: tuple[str, ...]


def load_data(load: Load, settings: Settings) -> dict[str, Any]:
    """
    Return ``requests, steps, kept``.

    A step has ``users, responses, per_s, p50_ms, p95_ms, p99_ms, failed, waiting, cut, held, waiting_for_thread,
    threads``, and a line that held the loop ``place, requests, longest_ms, total_ms``.
    """
    return {"requests": load.requests, "steps": [_step_data(step) for step in load.steps], "kept": list(load.kept)}


def _step_data(step: LoadStep) -> dict[str, Any]:
    return {
        "users": step.users,
        "responses": step.requests,
        "per_s": round(step.per_s, 2),
        "p50_ms": round(step.p50_ns / 1e6, 3),
        "p95_ms": round(step.p95_ns / 1e6, 3),
        "p99_ms": round(step.p99_ns / 1e6, 3),
        "failed": step.failed,
        "waiting": step.waiting,
        "cut": step.cut,
        "held": [
            {
                "place": one.place,
                "requests": one.requests,
                "longest_ms": round(one.longest_ns / 1e6, 3),
                "total_ms": round(one.total_ns / 1e6, 3),
            }
            for one in step.held
        ],
        "waiting_for_thread": step.waiting_for_thread,
        "threads": step.threads,
    }


@shows(Load, load_data)
def view_load(load: Load, settings: Settings) -> View:
    """Return the view of a load."""
    shown = show_load(load)
    return build_view("\n".join(_lines(shown)), "load.html", load=shown, height=TOP + PLOT_HEIGHT + BOTTOM)


def show_load(load: Load) -> LoadShown:
    """Return the load for display."""
    steps = load.steps
    most = max([1e-9, *(step.per_s for step in steps)])
    curves = [
        _curve("responses per second", steps, [("", "#3c9a41", lambda step: step.per_s)], _rate_of),
        _curve(
            "latency",
            steps,
            [
                ("p95", "#c87511", lambda step: step.p95_ns),
                ("p50", "#2f86d6", lambda step: step.p50_ns),
            ],
            time_of,
        ),
    ]
    return LoadShown(
        about=f"{count_of(load.requests, 'request')}, {count_of(sum(step.requests for step in steps), 'response')}",
        steps=tuple(_show(step, most) for step in steps),
        curves=tuple(curves),
        ticks=tuple((_x_of(at, len(steps)), f"{step.users:,}") for at, step in enumerate(steps)),
        notes=tuple(_notes(load)),
    )


def _show(step: LoadStep, most: float) -> StepShown:
    answered = step.requests > 0
    return StepShown(
        users=f"{step.users:,}",
        per_s=_rate_of(step.per_s),
        p50=time_of(step.p50_ns) if answered else "–",
        p95=time_of(step.p95_ns) if answered else "–",
        p99=time_of(step.p99_ns) if answered else "–",
        failed=f"{step.failed:,}" if step.failed else "",
        waiting=f"{step.waiting:,}" if step.waiting else "",
        limits=tuple(_limits(step)),
        lane="█" * max(round(step.per_s / most * _COLUMNS), int(answered)),
    )


def _limits(step: LoadStep) -> Iterator[str]:
    """Yield the share of the time in which the loop was held, if a line held it for long, and the lack of threads."""
    duration_ns = max(step.duration_ns, 1)
    share = min(sum(one.total_ns for one in step.held) / duration_ns, 1)
    places = [
        f"{one_line(one.place, 100)}, up to {time_of(one.longest_ns)}"
        for one in step.held
        if one.place and one.total_ns / duration_ns >= _SHARE
    ]
    if places:
        yield f"the event loop: held {share:.0%}, at {'; '.join(places[:_MOST_LINES])}"
    if step.waiting_for_thread:
        waited = f"{count_of(step.waiting_for_thread, 'request')} waited for a thread at once"
        yield f"the worker threads: all {step.threads:,} were taken, up to {waited}"


def _notes(load: Load) -> Iterator[str]:
    failed, cut = sum(step.failed for step in load.steps), sum(step.cut for step in load.steps)
    if failed:
        first, last = (load.kept[0], load.kept[-1]) if load.kept else ("", "")
        kept = f"{first} to {last}" if last != first else first
        yield f"{count_of(failed, 'response')} failed" + (f": {kept} in the history" if kept else "")
    if cut:
        yield f"{count_of(cut, 'request')} had no response within the timeout and were cancelled, so the load ended"


def _rate_of(per_s: float) -> str:
    return f"{per_s:,.0f}" if per_s >= 9.95 else f"{per_s:.1f}"


def _x_of(at: int, count: int) -> float:
    return round(LEFT + (WIDTH - 2 * LEFT - 60) * at / max(count - 1, 1), 1)


def _curve(
    title: str,
    steps: tuple[LoadStep, ...],
    lines: list[tuple[str, str, Callable[[LoadStep], float]]],
    text: Callable[[float], str],
) -> CurveShown:
    most = max([1e-9, *(read(step) for _, _, read in lines for step in steps)])
    drawn = []
    for number, (name, colour, read) in enumerate(lines):
        below = -6 if number == 0 else 14  # so that the texts of two lines that meet can be read
        points = [
            (_x_of(at, len(steps)), round(TOP + PLOT_HEIGHT * (1 - read(step) / most), 1), below, text(read(step)))
            for at, step in enumerate(steps)
        ]
        path = "M" + "L".join(f"{px} {py}" for px, py, *_ in points) if points else ""
        drawn.append((name, colour, path, tuple(points)))
    return CurveShown(title=title, lines=tuple(drawn), most=text(most) if math.isfinite(most) else "")


def _lines(shown: LoadShown) -> Iterator[str]:
    yield f"Load: {shown.about}"
    yield f"  {'users':>6}  {'responses/s':>11}  {'p50':>8}  {'p95':>8}  {'p99':>8}  {'failed':>6}  {'waiting':>7}"
    for step in shown.steps:
        yield (
            f"  {step.users:>6}  {step.per_s:>11}  {step.p50:>8}  {step.p95:>8}  {step.p99:>8}  {step.failed:>6}"
            f"  {step.waiting:>7}  {step.lane}"
        )
        for limit in step.limits:
            yield f"          {limit}"
    for note in shown.notes:
        yield f"  note: {note}"
