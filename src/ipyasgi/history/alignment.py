"""Two rows laid along the items they share, in the time it takes to sort them; two texts laid along their lines.

As patience diff does it: what is there once in each row anchors them, the rest is compared between the anchors.
difflib would look harder and, on hostile rows, take the cube of their length. Nothing is masked here.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

_CONTEXT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffLine:
    """
    One line of a difference.

    :ivar mark: ``-`` it was there, ``+`` it is there now, a space for what is around, ``…`` where lines are left out
    """

    mark: Literal["-", "+", " ", "…"]
    text: str


def find_gaps(old: Sequence[Hashable], new: Sequence[Hashable]) -> Iterator[tuple[range, range]]:
    """
    Yield the spans of two rows that lie between what they share, in order; perhaps empty ones.

    Everything outside of them is equal, item by item.
    """
    old_begin = new_begin = 0
    for old_end, new_end in [*_anchors(old, new), (len(old), len(new))]:
        shorter = min(old_end - old_begin, new_end - new_begin)
        first = next((n for n in range(shorter) if old[old_begin + n] != new[new_begin + n]), shorter)
        rest = shorter - first
        last = next((n for n in range(rest) if old[old_end - 1 - n] != new[new_end - 1 - n]), rest)
        yield range(old_begin + first, old_end - last), range(new_begin + first, new_end - last)
        old_begin, new_begin = old_end + 1, new_end + 1


def _anchors(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Return the longest run of ``(old index, new index)``, both rising, of items that are there once in each row."""
    once_old = {item for item, count in Counter(old).items() if count == 1}
    place = {item: index for index, item in enumerate(new)}
    once = {item for item, count in Counter(new).items() if count == 1} & once_old
    pairs = [(index, place[item]) for index, item in enumerate(old) if item in once]
    ends: list[int] = []  # of the best run of each length, the place in ``new`` where it ends
    runs: list[int] = []  # and which of the pairs that is
    came_from: list[int] = []
    for number, (_, index) in enumerate(pairs):
        length = bisect_left(ends, index)
        came_from.append(runs[length - 1] if length else -1)
        ends[length : length + 1] = [index]
        runs[length : length + 1] = [number]
    anchors: list[tuple[int, int]] = []
    number = runs[-1] if runs else -1
    while number >= 0:
        anchors.append(pairs[number])
        number = came_from[number]
    return anchors[::-1]


def find_line_changes(before: str, after: str) -> Iterator[DiffLine]:
    """Yield what was removed and added, in the order of the text, with two lines around each change; none if equal."""
    old, new = before.split("\n"), after.split("\n")
    end = 0  # of what was yielded of the later text
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
