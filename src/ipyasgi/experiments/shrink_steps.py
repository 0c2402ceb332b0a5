"""How to make a list of requests and a JSON value smaller, one step at a time. Pure: sends nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

T = TypeVar("T")

_MOST_MEMBERS = 40
_DEEPEST = 12
_WHOLE = 2**53


def fewest(items: Sequence[T], fails: Callable[[Sequence[T]], bool]) -> list[T]:
    """
    Return items with which it still fails, of which none can be left out alone: Zeller's ``ddmin``.

    :param fails: whether it fails with these items only; it is known to fail with all
    """
    kept, parts = list(items), 2
    while kept:
        size = max(1, len(kept) // parts)
        rests = ([*kept[:start], *kept[start + size :]] for start in range(0, len(kept), size))
        smaller = next((rest for rest in rests if fails(rest)), None)
        if smaller is not None:
            kept, parts = smaller, max(parts - 1, 2)
        elif size == 1:
            break
        else:
            parts = min(parts * 2, len(kept))
    return kept


def size_of_json(value: Any) -> tuple[int, str]:
    """Return what `smaller_values` makes smaller: the length of the JSON text, then the text itself."""
    text = json.dumps(value, separators=(",", ":"))
    return len(text), text


def smaller_values(value: Any) -> Iterator[Any]:
    """Yield JSON values that are smaller than this one, those that leave out most first."""
    size = size_of_json(value)
    for candidate in (*_texts_at_once(value), *_smaller(value, 0)):
        if size_of_json(candidate) < size:
            yield candidate


def _texts_at_once(value: Any) -> Iterator[Any]:
    """Yield the value with each text replaced wherever it occurs: a failure may need two equal ones."""
    for text in dict.fromkeys(_texts_in(value, 0)):
        for short in ("", "0", text[: len(text) // 2]):
            yield _replaced(value, text, short)


def _texts_in(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif depth < _DEEPEST:
        members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        for member in list(members)[:_MOST_MEMBERS]:
            yield from _texts_in(member, depth + 1)


def _replaced(value: Any, text: str, short: str) -> Any:
    if isinstance(value, dict):
        return {key: _replaced(one, text, short) for key, one in value.items()}
    if isinstance(value, list):
        return [_replaced(one, text, short) for one in value]
    return short if isinstance(value, str) and value == text else value


def _smaller(value: Any, depth: int) -> Iterator[Any]:
    if isinstance(value, dict) and depth < _DEEPEST:
        for key in list(value)[:_MOST_MEMBERS]:
            yield {name: one for name, one in value.items() if name != key}
        for key in list(value)[:_MOST_MEMBERS]:
            yield from ({**value, key: one} for one in _smaller(value[key], depth + 1))
    elif isinstance(value, list) and depth < _DEEPEST:
        half = len(value) // 2
        if half > 1:
            yield from (value[:half], value[half:])
        for at in range(min(len(value), _MOST_MEMBERS)):
            yield [*value[:at], *value[at + 1 :]]
        for at in range(min(len(value), _MOST_MEMBERS)):
            yield from ([*value[:at], one, *value[at + 1 :]] for one in _smaller(value[at], depth + 1))
    else:
        yield from _smaller_scalars(value)


def _smaller_scalars(value: Any) -> Iterator[Any]:
    if isinstance(value, str):
        yield from ("", "0", value[: len(value) // 2], value[len(value) // 2 :], value[:-1], value[1:])
    elif isinstance(value, int) and not isinstance(value, bool):
        yield from (0, 1, value // 2, value // 10)
    elif isinstance(value, float):
        yield from (0, 1, *([int(value)] if abs(value) < _WHOLE else []))
