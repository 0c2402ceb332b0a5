"""The difference of two decoded JSON values: exact, in the time it takes to sort them. Masks nothing.

Ours and not deepdiff's, by measurement: of 440 kB with 1,700 changes deepdiff took four seconds and this one twentieth
of that, and deepdiff takes ``[1]`` and ``[true]`` for the same. Nor the pictures of `ipyasgi.records.state`: those are
bounded, and what lies beyond their bounds would count as equal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from .alignment import find_gaps

Step = str | int
Path = tuple[Step, ...]
"""Keys and indexes from the whole value down."""

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Difference:
    """
    One place where two values differ.

    :ivar path: where; of an array's item its index in the later array, of a removed one in the earlier
    :ivar before: the earlier value; None where ``kind`` is ``added``
    :ivar after: the later value; None where ``kind`` is ``removed``
    """

    path: Path
    kind: Literal["added", "removed", "changed"]
    before: Any = None
    after: Any = None

    @property
    def unstable(self) -> Path:
        """What differs if this difference is one of chance: the value, or the container whose members come and go."""
        return self.path if self.kind == "changed" else self.path[:-1]

    def __repr__(self) -> str:
        return f"<{path_text(self.path)} {self.kind}>"


def find_differences(before: Any, after: Any) -> Iterator[Difference]:
    """
    Yield where two decoded JSON values differ, in the order of the later one, removed members first.

    Types count: ``1``, ``1.0`` and ``true`` are three values. The order of an object's members does not. Arrays are
    laid along the items they share; what lies between those is compared in turn.
    Raises ``RecursionError`` for values nested as deeply as Python's own stack.
    """
    numbers = _Numbers()
    numbers.give(before)
    numbers.give(after)
    yield from _differences(before, after, (), numbers)


def path_text(path: Path) -> str:
    """Return a path as JSONPath writes it: ``$.items[0].name``, ``$["odd key"]``."""
    return "$" + "".join(map(_step_text, path))


class _Numbers:
    """Numbers such that two values are equal exactly where theirs are: whole arrays are compared in one step."""

    def __init__(self) -> None:
        self._known: dict[object, int] = {}
        self._containers: dict[int, int] = {}  # by id, which stays theirs while both values live

    def give(self, value: Any) -> int:
        kind = type(value)
        key: object
        if kind is dict:
            key = (dict, frozenset((name, self.give(item)) for name, item in value.items()))
        elif kind is list:
            key = (list, tuple(map(self.give, value)))
        else:
            key = (kind, repr(value))  # of a float, because NaN is not equal to itself
        number = self._known.setdefault(key, len(self._known))
        if kind is dict or kind is list:
            self._containers[id(value)] = number
        return number

    def of(self, value: Any) -> int:
        return self._containers[id(value)] if type(value) in (dict, list) else self.give(value)


def _differences(before: Any, after: Any, path: Path, numbers: _Numbers) -> Iterator[Difference]:
    if numbers.of(before) == numbers.of(after):
        return
    if type(before) is dict and type(after) is dict:
        for key in before:
            if key not in after:
                yield Difference(path=(*path, key), kind="removed", before=before[key])
        for key, item in after.items():
            if key in before:
                yield from _differences(before[key], item, (*path, key), numbers)
            else:
                yield Difference(path=(*path, key), kind="added", after=item)
    elif type(before) is list and type(after) is list:
        yield from _differences_of_arrays(before, after, path, numbers)
    else:
        yield Difference(path=path, kind="changed", before=before, after=after)


def _differences_of_arrays(before: list[Any], after: list[Any], path: Path, numbers: _Numbers) -> Iterator[Difference]:
    old, new = list(map(numbers.of, before)), list(map(numbers.of, after))
    for old_span, new_span in find_gaps(old, new):
        paired = min(len(old_span), len(new_span))
        for index in old_span[paired:]:
            yield Difference(path=(*path, index), kind="removed", before=before[index])
        for old_index, index in zip(old_span, new_span, strict=False):
            yield from _differences(before[old_index], after[index], (*path, index), numbers)
        for index in new_span[paired:]:
            yield Difference(path=(*path, index), kind="added", after=after[index])


def _step_text(step: Step) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if _IDENTIFIER.fullmatch(step) else f"[{json.dumps(step, ensure_ascii=False)}]"
