"""Bounds of a schema in words a form has room for: ``1..20 chars``, ``integer ≥ 1``. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

_MAX_PATTERN = 60


def say_bounds(schema: Mapping[str, Any], kind: str) -> str:
    """
    Return the type and the bounds of a plain schema.

    :param kind: the `Field` kind it is drawn as
    """
    return ", ".join(word for word in _WORDS.get(kind, _no_words)(schema) if word)


def _no_words(schema: Mapping[str, Any]) -> Iterator[str]:
    return iter(())


def _of_string(schema: Mapping[str, Any]) -> Iterator[str]:
    yield str(schema.get("format", ""))
    yield _counts(schema, "Length", "char")
    pattern = schema.get("pattern")
    if isinstance(pattern, str):
        yield f"like {pattern if len(pattern) <= _MAX_PATTERN else pattern[:_MAX_PATTERN] + '…'}"


def _of_number(schema: Mapping[str, Any], word: str) -> Iterator[str]:
    low, high = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    if low is not None and high is not None:
        yield f"{word} {_number(low)}..{_number(high)}"
    else:
        limits = [("≥", low), (">", above), ("≤", high), ("<", below)]
        told = [f"{sign} {_number(limit)}" for sign, limit in limits if limit is not None]
        yield " ".join([word, " and ".join(told)]).strip()
    if (step := schema.get("multipleOf")) is not None:
        yield f"a multiple of {_number(step)}"


def _of_array(schema: Mapping[str, Any]) -> Iterator[str]:
    yield _counts(schema, "Items", "item")
    yield "all different" if schema.get("uniqueItems") else ""


def _of_object(schema: Mapping[str, Any]) -> Iterator[str]:
    yield _counts(schema, "Properties", "member")


def _counts(schema: Mapping[str, Any], suffix: str, noun: str) -> str:
    low, high = schema.get(f"min{suffix}") or 0, schema.get(f"max{suffix}")
    if high is None:
        return f"at least {low} {_plural(noun, low)}" if low else ""
    if low == high:
        return f"{low} {_plural(noun, low)}"
    return f"{low}..{high} {noun}s" if low else f"at most {high} {_plural(noun, high)}"


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"


def _number(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


_WORDS: Mapping[str, Callable[[Mapping[str, Any]], Iterator[str]]] = {
    "string": _of_string,
    "integer": lambda schema: _of_number(schema, "integer"),
    "number": lambda schema: _of_number(schema, "number"),
    "array": _of_array,
    "object": _of_object,
}
