"""The table of the lifespan as a drawing: boxes and arrows with their places. The template draws them.

The happy path is the first row; below each state is how it fails; at the bottom, as wide as the states it can come
from, is what can happen to several.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from ..protocol.machines import LIFESPAN

WIDTH, HEIGHT = 836, 232
_BOX, _GAP, _TALL = 112, 66, 28
_FAILED_BOX = 98  # narrower, so that arrows to the bottom pass on both sides
_TOP, _MIDDLE, _LOW, _LOWEST = 24, 104, 152, 192
_HAPPY = ("not started", "starting", "running", "shutting down", "stopped")
_BELOW = {"unsupported": 0, "startup failed": 1, "died": 2, "shutdown failed": 3}
_WIDE = {"not answering": (0, 3, _LOW, -54), "lost": (1, 3, _LOWEST, 54)}
_WORDS = {
    "app.raised": "raises",
    "app.returned": "returns",
    "app.cancelled": "cancelled",
    "deadline.passed": "deadline passed",
    "loop.lost": "loop blocked",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """
    One state.

    :ivar tone: ``now``, ``next`` or empty
    :ivar at: the middle of its text
    :ivar why: what leads to it, where no arrow says it
    """

    name: str
    x: float
    y: float
    width: float
    height: float
    tone: str
    at: float
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """
    One way from a state to another.

    :ivar path: the ``d`` of an SVG path
    :ivar head: the ``d`` of its head
    :ivar title: every message or happening that leads along it
    :ivar label: lines of text at ``(x, y)``
    """

    path: str
    head: str
    tone: str
    title: str
    label: tuple[str, ...] = ()
    x: float = 0
    y: float = 0
    anchor: str = "start"


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
    arrows = [_arrow(state, then, tokens, state == status) for (state, then), tokens in ways.items()]
    arrows.sort(key=lambda arrow: arrow.tone)  # the lit ones are drawn last, over the others
    return LifespanMap(width=WIDTH, height=HEIGHT, boxes=boxes, arrows=tuple(arrows))


def _box(name: str, status: str, nexts: set[str]) -> Box:
    tone = "now" if name == status else "next" if name in nexts else ""
    if name in _HAPPY:
        column = _HAPPY.index(name)
        return Box(name=name, x=_left(column), y=_TOP, width=_BOX, height=_TALL, tone=tone, at=_middle(column))
    if name in _BELOW:
        at = _middle(_BELOW[name])
        return Box(name=name, x=at - _FAILED_BOX / 2, y=_MIDDLE, width=_FAILED_BOX, height=_TALL, tone=tone, at=at)
    first, last, y, _ = _WIDE[name]
    why = " or ".join(
        dict.fromkeys(
            _WORDS[token]
            for (_, token), then in LIFESPAN.table.items()
            if then == name and token in ("deadline.passed", "loop.lost")
        )
    )
    width = _left(last) + _BOX - _left(first)
    # Left of every arrow that passes through to the box below.
    at = (_left(first) + _middle(first + 1) + _BOX / 2) / 2 if y < _LOWEST else _left(first) + width / 2
    return Box(name=name, x=_left(first), y=y, width=width, height=_TALL, tone=tone, at=at, why=why)


def _arrow(state: str, then: str, tokens: list[str], lit: bool) -> Arrow:
    way = functools.partial(Arrow, tone="lit" if lit else "", title=f"{state} → {then}: {' or '.join(tokens)}")
    column, ground = _HAPPY.index(state), _TOP + _TALL
    if then in _HAPPY:
        begin, end, y = _left(column) + _BOX, _left(_HAPPY.index(then)), _TOP + _TALL / 2
        words = tuple(tokens[0].removeprefix("lifespan.").replace(".", " .").split(" "))
        way = functools.partial(way, x=(begin + end) / 2, y=y - 6 - 11 * (len(words) - 1), anchor="middle")
        return way(path=f"M{begin} {y}H{end - 6}", head=f"M{end} {y}l-8 -4v8z", label=words)
    if then in _WIDE:
        _, _, y, aside = _WIDE[then]
        x = _middle(column) + aside
        return way(path=f"M{x} {ground}V{y - 6}", head=_down(x, y))
    x, target = _middle(column), _middle(_BELOW[then])
    words = tuple(_WORDS.get(token, token.rpartition(".")[2]) for token in tokens)
    if x == target:
        x -= 14  # or the longest word would run over the arrow to the bottom
        path, head = f"M{x} {ground}V{_MIDDLE - 6}", _down(x, _MIDDLE)
    else:
        y, side = _MIDDLE + _TALL / 2, 1 if x > target else -1
        edge = target + side * _FAILED_BOX / 2
        x += _BOX / 2 - 4 if side < 0 else 0  # past the box below
        path, head = f"M{x} {ground}V{y}H{edge + side * 6}", f"M{edge} {y}l{side * 8} -4v8z"
    return way(path=path, head=head, label=words, x=x + 4, y=ground + 13)


def _down(x: float, y: float) -> str:
    return f"M{x} {y}l-4 -8h8z"


def _left(column: int) -> float:
    return 6 + column * (_BOX + _GAP)


def _middle(column: int) -> float:
    return _left(column) + _BOX / 2
