"""The difference of two texts, line by line with a little around it. Masks nothing: give it texts that may be shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from .alignment import find_gaps

_CONTEXT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffLine:
    """
    One line of a difference.

    :ivar mark: ``-`` it was there, ``+`` it is there now, a space for what is around, ``…`` where lines are left out
    """

    mark: Literal["-", "+", " ", "…"]
    text: str


def find_line_changes(before: str, after: str) -> Iterator[DiffLine]:
    """Yield what was removed and added, in the order of the text, with two lines around each change; none if equal."""
    old, new = before.split("\n"), after.split("\n")
    end = 0  # of what is told of the later text
    changes = [spans for spans in find_gaps(old, new) if any(spans)]
    for number, (old_span, new_span) in enumerate(changes):
        if number:
            middle = min(end + _CONTEXT, new_span.start)
            yield from _around(new, end, middle)
            end = middle
        begin = max(new_span.start - _CONTEXT, end)
        if begin > end:
            yield DiffLine(mark="…", text="")
        yield from _around(new, begin, new_span.start)
        yield from (DiffLine(mark="-", text=old[index]) for index in old_span)
        yield from (DiffLine(mark="+", text=new[index]) for index in new_span)
        end = new_span.stop
    if changes:
        yield from _around(new, end, min(end + _CONTEXT, len(new)))


def _around(lines: list[str], begin: int, end: int) -> Iterator[DiffLine]:
    return (DiffLine(mark=" ", text=lines[index]) for index in range(begin, end))
