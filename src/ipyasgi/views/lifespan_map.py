"""The table of the lifespan as a drawing: boxes and arrows with their places. The template draws them.

The happy path is the first row; below each state is how it fails; at the bottom, as wide as the states it can come
from, is what can happen to several.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..protocol.machines import LIFESPAN

WIDTH, HEIGHT = 760, 248
_BOX, _GAP, _TALL = 100, 62, 30
_TOP, _MIDDLE, _LOW, _LOWEST = 22, 104, 166, 210
_HAPPY = ("not started", "starting", "running", "shutting down", "stopped")
_BELOW = {"unsupported": 0, "startup failed": 1, "died": 2, "shutdown failed": 3}
_WIDE = {"not answering": (0, 3, _LOW, -36), "lost": (1, 3, _LOWEST, 36)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One state; ``tone`` is ``now``, ``next`` or empty."""

    name: str
    x: float
    y: float
    width: float
    height: float
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """
    One way from a state to another.

    :ivar path: the ``d`` of an SVG path
    :ivar label: lines of text at ``(x, y)``
    :ivar title: every message or happening that leads along it
    """

    path: str
    tone: str
    title: str
    label: tuple[str, ...]
    x: float
    y: float
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LifespanMap:
    """The whole drawing."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def draw_lifespan(status: str) -> LifespanMap:
    """Return the drawing of `LIFESPAN` with ``status`` lit and what may come next marked."""
    ways: dict[tuple[str, str], list[str]] = {}
    for (state, token), then in LIFESPAN.table.items():
        if state != then:
            ways.setdefault((state, then), []).append(token)
    nexts = {then for state, then in ways if state == status}
    boxes = tuple(_box(name, status, nexts) for name in LIFESPAN.states())
    arrows = [_arrow(state, then, tokens, status) for (state, then), tokens in ways.items()]
    arrows.sort(key=lambda arrow: arrow.tone)  # the lit ones are drawn last, over the others
    return LifespanMap(width=WIDTH, height=HEIGHT, boxes=boxes, arrows=tuple(arrows))


def _box(name: str, status: str, nexts: set[str]) -> Box:
    tone = "now" if name == status else "next" if name in nexts else ""
    if name in _HAPPY:
        return Box(name=name, x=_left(_HAPPY.index(name)), y=_TOP, width=_BOX, height=_TALL, tone=tone)
    if name in _BELOW:
        return Box(name=name, x=_left(_BELOW[name]), y=_MIDDLE, width=_BOX, height=_TALL, tone=tone)
    first, last, y, _ = _WIDE[name]
    return Box(name=name, x=_left(first), y=y, width=_left(last) + _BOX - _left(first), height=_TALL, tone=tone)


def _arrow(state: str, then: str, tokens: list[str], status: str) -> Arrow:
    lit = "next" if state == status else ""
    title = f"{state} → {then}: {' or '.join(tokens)}"
    if then in _HAPPY:
        begin, end = _left(_HAPPY.index(state)) + _BOX, _left(_HAPPY.index(then))
        y = _TOP + _TALL / 2
        words = tuple(tokens[0].removeprefix("lifespan.").replace(".", " .").split(" "))
        label_y = y - 6 - 11 * (len(words) - 1)
        return Arrow(
            path=f"M{begin} {y}H{end}", tone=lit, title=title, label=words, x=(begin + end) / 2, y=label_y,
            anchor="middle",
        )  # fmt: skip
    if state in _BELOW or state in _WIDE:
        raise ValueError(f"no place for an arrow from {state!r}")
    x = _left(_HAPPY.index(state)) + _BOX / 2
    if then in _WIDE:
        _, _, y, aside = _WIDE[then]
        begin_y = _TOP + _TALL
        return Arrow(
            path=f"M{x + aside} {begin_y}V{y}", tone=lit, title=title, label=(), x=x, y=begin_y, anchor="start"
        )
    target = _left(_BELOW[then]) + _BOX / 2
    if target == x:
        return Arrow(path=f"M{x} {_TOP + _TALL}V{_MIDDLE}", tone=lit, title=title, label=(), x=x, y=0, anchor="start")
    return Arrow(
        path=f"M{x} {_TOP + _TALL}V{_MIDDLE + _TALL / 2}H{target + _BOX / 2}",
        tone=lit, title=title, label=(), x=x, y=0, anchor="start",
    )  # fmt: skip


def _left(column: int) -> float:
    return 4 + column * (_BOX + _GAP)
