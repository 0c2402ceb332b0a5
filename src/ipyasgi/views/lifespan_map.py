"""The table of the lifespan as a drawing of boxes and arrows, which the template draws.

The first column has the states of a normal run, from top to bottom. Right of each state is its failure. The last
columns have the states that follow several others; each is as high as its predecessors. So the drawing fits into a
narrow panel without being cut or scaled.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from ..protocol.machines import LIFESPAN

WIDTH, HEIGHT = 400, 346
_BOX_HEIGHT, _ROW, _TOP = 28, 76, 6
_LEFT, _BOX = 6, 104
_FAILED_LEFT, _FAILED_BOX = 172, 92
_FAILED_DOWN = 17  # lower than the state beside it, so that arrows to the last columns pass above
_TO_FAILED = 23  # the arrow to the failure, from the top of the state
_LINE = 12
_HAPPY = ("not started", "starting", "running", "shutting down", "stopped")
_BESIDE = {"unsupported": 0, "startup failed": 1, "died": 2, "shutdown failed": 3}
_HIGH = {
    "not answering": (0, 3, 278, 60, 5, ("deadline", "passed")),
    "lost": (1, 3, 346, 48, 12, ("loop", "blocked")),
}
"""First and last row, left edge, width, how far below the top of a state its arrow begins, and the cause."""
_LABELS = {"app.raised": "raises", "app.returned": "returns", "app.cancelled": "cancelled"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One state; its ``lines`` begin at ``text_y``, and ``cause`` below them is set if its arrows have no label."""

    name: str
    x: float
    y: float
    width: float
    height: float
    tone: str
    lines: tuple[str, ...]
    cause: tuple[str, ...] = ()
    text_y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """One transition; ``path`` and ``head`` are SVG paths, ``label`` has lines of text from ``(x, y)`` down."""

    path: str
    head: str
    tone: str
    label: tuple[str, ...] = ()
    x: float = 0
    y: float = 0


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
    if name in _HIGH:
        first, last, x, width, _, cause = _HIGH[name]
        y, height = _top(first), _top(last) + _BOX_HEIGHT - _top(first)
        text_y = y + _BOX_HEIGHT + _LINE  # between two arrows that pass through
        return Box(
            name=name, x=x, y=y, width=width, height=height, tone=tone,
            lines=tuple(name.split()), cause=cause, text_y=text_y,
        )  # fmt: skip
    x, y, width = _LEFT, 0, _BOX
    if name in _HAPPY:
        y = _top(_HAPPY.index(name))
    else:
        x, y, width = _FAILED_LEFT, _top(_BESIDE[name]) + _FAILED_DOWN, _FAILED_BOX
    return Box(name=name, x=x, y=y, width=width, height=_BOX_HEIGHT, tone=tone, lines=(name,), text_y=y + 18)


def _arrow(state: str, then: str, tokens: list[str], lit: bool) -> Arrow:
    arrow = functools.partial(Arrow, tone="lit" if lit else "")
    row = _HAPPY.index(state)
    top, right = _top(row), _LEFT + _BOX
    if then in _HAPPY:
        x, begin, end = _LEFT + 24, top + _BOX_HEIGHT, _top(_HAPPY.index(then))
        label = tuple(tokens[0].removeprefix("lifespan.").replace(".", " .").split(" "))
        y = (begin + end) / 2 + 2 - (len(label) - 1) * _LINE / 2
        return arrow(path=f"M{x} {begin}V{end - 6}", head=f"M{x} {end}l-4 -8h8z", label=label, x=x + 6, y=y)
    if then in _HIGH:
        _, _, x, _, down, _ = _HIGH[then]
        y = top + down
        return arrow(path=f"M{right} {y}H{x - 6}", head=f"M{x} {y}l-8 -4v8z")
    label = tuple(_LABELS.get(token, token.rpartition(".")[2]) for token in tokens)
    other = _BESIDE[then]
    arrow = functools.partial(arrow, label=label, x=right + 4)
    if other == row:
        y = top + _TO_FAILED
        path, head = f"M{right} {y}H{_FAILED_LEFT - 6}", f"M{_FAILED_LEFT} {y}l-8 -4v8z"
        return arrow(path=path, head=head, y=y + _LINE)
    target = _top(other) + _FAILED_DOWN
    if other > row:  # out of the bottom of the state, past its label
        x, y, end = right - 12, _top(other) - 8, _FAILED_LEFT + 20
        return arrow(path=f"M{x} {top + _BOX_HEIGHT}V{y}H{end}V{target - 6}", head=f"M{end} {target}l-4 -8h8z", y=y - 3)
    y, end, target = top + _BOX_HEIGHT / 2, _FAILED_LEFT + _FAILED_BOX / 2, target + _BOX_HEIGHT
    return arrow(path=f"M{right} {y}H{end}V{target + 6}", head=f"M{end} {target}l-4 8h8z", y=y + _LINE)


def _top(row: int) -> float:
    return _TOP + row * _ROW
