"""The table of the lifespan as a drawing of boxes and arrows, which the template draws.

The first row has the states of a normal run. Below each state is its failure. The bottom rows have the states that
follow several others; each is as wide as its predecessors.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from ..protocol.machines import LIFESPAN

WIDTH, HEIGHT = 788, 232
BOX_HEIGHT = 28
_BOX, _GAP = 104, 64
_FAILED_BOX = 92  # narrower, so that arrows to the bottom pass on both sides
_TOP, _MIDDLE, _LOW, _LOWEST = 24, 104, 152, 192
_HAPPY = ("not started", "starting", "running", "shutting down", "stopped")
_BELOW = {"unsupported": 0, "startup failed": 1, "died": 2, "shutdown failed": 3}
_WIDE = {"not answering": (0, 3, _LOW, -49, "deadline passed"), "lost": (1, 3, _LOWEST, 49, "loop blocked")}
_LABELS = {"app.raised": "raises", "app.returned": "returns", "app.cancelled": "cancelled"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One state; ``at`` is the middle of its text, and ``cause`` is set if its arrows have no label."""

    name: str
    x: float
    y: float
    width: float
    tone: str
    at: float
    cause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """One transition; ``path`` and ``head`` are SVG paths, ``label`` has lines of text from ``(x, y)`` down."""

    path: str
    head: str
    tone: str
    label: tuple[str, ...] = ()
    x: float = 0
    y: float = 0
    anchor: str = "start"


@dataclass(frozen=True, slots=True, kw_only=True)
class LifespanMap:
    """The whole drawing."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def draw_lifespan(status: str) -> LifespanMap:
    """Return the drawing of `LIFESPAN` with the present state and the states that may follow marked."""
    transitions: dict[tuple[str, str], list[str]] = {}
    for (state, token), then in LIFESPAN.table.items():
        if state != then:
            transitions.setdefault((state, then), []).append(token)
    tones = dict.fromkeys((then for state, then in transitions if state == status), "next") | {status: "now"}
    boxes = tuple(_box(name, tones.get(name, "")) for name in LIFESPAN.states())
    arrows = [_arrow(state, then, tokens, state == status) for (state, then), tokens in transitions.items()]
    arrows.sort(key=lambda arrow: arrow.tone)  # marked ones are drawn last, on top
    return LifespanMap(boxes=boxes, arrows=tuple(arrows))


def _box(name: str, tone: str) -> Box:
    if name in _HAPPY:
        column = _HAPPY.index(name)
        return Box(name=name, x=_left(column), y=_TOP, width=_BOX, tone=tone, at=_middle(column))
    if name in _BELOW:
        at = _middle(_BELOW[name])
        return Box(name=name, x=at - _FAILED_BOX / 2, y=_MIDDLE, width=_FAILED_BOX, tone=tone, at=at)
    first, last, y, _, cause = _WIDE[name]
    x, width = _left(first), _left(last) + _BOX - _left(first)
    # Left of every arrow that passes through to the box below.
    at = (x + _middle(first + 1) + _BOX / 2) / 2 if y < _LOWEST else x + width / 2
    return Box(name=name, x=x, y=y, width=width, tone=tone, at=at, cause=cause)


def _arrow(state: str, then: str, tokens: list[str], lit: bool) -> Arrow:
    arrow = functools.partial(Arrow, tone="lit" if lit else "")
    column, bottom = _HAPPY.index(state), _TOP + BOX_HEIGHT
    if then in _HAPPY:
        begin, end, y = _left(column) + _BOX, _left(_HAPPY.index(then)), _TOP + BOX_HEIGHT / 2
        label = tuple(tokens[0].removeprefix("lifespan.").replace(".", " .").split(" "))
        arrow = functools.partial(arrow, x=(begin + end) / 2, y=y - 6 - 12 * (len(label) - 1), anchor="middle")
        return arrow(path=f"M{begin} {y}H{end - 6}", head=f"M{end} {y}l-8 -4v8z", label=label)
    if then in _WIDE:
        _, _, y, offset, _ = _WIDE[then]
        x = _middle(column) + offset
        return arrow(path=f"M{x} {bottom}V{y - 6}", head=_down(x, y))
    x, target = _middle(column), _middle(_BELOW[then])
    label = tuple(_LABELS.get(token, token.rpartition(".")[2]) for token in tokens)
    if x == target:
        x -= 14  # else the longest word would cover the arrow to the bottom
        path, head = f"M{x} {bottom}V{_MIDDLE - 6}", _down(x, _MIDDLE)
    else:
        y, side = _MIDDLE + BOX_HEIGHT / 2, 1 if x > target else -1
        edge = target + side * _FAILED_BOX / 2
        x += _BOX / 2 - 4 if side < 0 else 0  # past the box below
        path, head = f"M{x} {bottom}V{y}H{edge + side * 6}", f"M{edge} {y}l{side * 8} -4v8z"
    return arrow(path=path, head=head, label=label, x=x + 4, y=bottom + 13)


def _down(x: float, y: float) -> str:
    return f"M{x} {y}l-4 -8h8z"


def _left(column: int) -> float:
    return 6 + column * (_BOX + _GAP)


def _middle(column: int) -> float:
    return _left(column) + _BOX / 2
