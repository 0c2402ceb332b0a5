"""Validates a JSON value against a schema: of a form that is being filled in, or of a response. Pure.

It does not use the `jsonschema` package: with Jupyter installed, importing that takes four seconds (4.26), and it
supports neither OpenAPI's discriminator nor read-only members. The tests compare the two.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from ipaddress import IPv4Address, IPv6Address
from itertools import pairwise
from typing import Any, Literal, NamedTuple
from uuid import UUID

from .fields import Flatten, count_of
from .flattening import remember, types_of
from .form_values import escape_pointer
from .operation import JSONSchema
from .pattern import Search
from .references import same_json

MAX_ERRORS = 50
MAX_DEPTH = 60
MAX_STEPS = 20_000
MAX_PATTERN_STEPS = 100_000
_ENUM_VALUES_IN_A_STEP = 50
_MAX_TEXT = 10_000  # a longer text is not checked for its pattern and format


class SchemaError(NamedTuple):
    """An error in one value: its JSON pointer, such as ``/pets/0/name``, and a message to show beside the field."""

    pointer: str
    text: str


def find_errors(
    value: Any, schema: JSONSchema, flatten: Flatten, *, left_out: Literal["readOnly", "writeOnly"] = "readOnly"
) -> tuple[SchemaError, ...]:
    """
    Return the errors in a JSON value, in its order; for a very large value only the first ones.

    :param left_out: members that are left out even if they are required: a request has no ``readOnly`` ones, and a
        response no ``writeOnly`` ones
    """
    return tuple(dict.fromkeys(_Check(flatten, left_out).look(value, schema, "", 0)))


class _Check:
    def __init__(self, flatten: Flatten, left_out: str) -> None:
        self._flatten = remember(flatten)
        self._left_out = left_out
        self._steps = 0
        self._search = Search(MAX_PATTERN_STEPS)

    def look(self, value: Any, schema: Any, at: str, depth: int) -> list[SchemaError]:
        self._steps += 1
        if self._steps > MAX_STEPS or depth > MAX_DEPTH:
            return []
        flat = self._flatten(schema)
        if "const" in flat and not same_json(value, flat["const"]):
            return [SchemaError(at, f"must be {_json(flat['const'])}")]
        self._steps += len(flat.get("enum", ())) // _ENUM_VALUES_IN_A_STEP
        if "enum" in flat and not any(same_json(value, one) for one in flat["enum"]):
            return [SchemaError(at, f"must be one of {', '.join(map(_json, flat['enum']))[:160]}")]
        types = types_of(flat)
        if types and not any(_is_of(value, one) for one in types):
            return [SchemaError(at, f"must be {_name_types(types)}")]
        if "not" in flat and not self.look(value, flat["not"], at, depth + 1):
            return [SchemaError(at, "is not allowed here")]
        found = [SchemaError(at, text) for text in self._errors_of_one(value, flat)]
        for step in self._parts(value, flat, at, depth):
            found += step
            if len(found) >= MAX_ERRORS:
                break
        return found[:MAX_ERRORS]

    def _parts(self, value: Any, flat: Mapping[str, Any], at: str, depth: int) -> Iterator[list[SchemaError]]:
        for member in flat.get("allOf", ()):
            yield self.look(value, member, at, depth + 1)
        for word in ("anyOf", "oneOf"):
            if word in flat:
                yield self._nearest(value, flat[word], flat.get("discriminator", {}), at, depth + 1)
        if isinstance(value, Mapping):
            yield from self._members(value, flat, at, depth + 1)
        elif isinstance(value, list):
            prefix = flat.get("prefixItems", ())
            for number, item in enumerate(value):
                schema = prefix[number] if number < len(prefix) else flat.get("items", True)
                if schema is False:
                    yield [SchemaError(at, f"must have at most {count_of(len(prefix), 'item')}")]
                    return
                yield self.look(item, schema, f"{at}/{number}", depth + 1)

    def _members(
        self, value: Mapping[str, Any], flat: Mapping[str, Any], at: str, depth: int
    ) -> Iterator[list[SchemaError]]:
        properties = flat.get("properties", {})
        for name in flat.get("required", ()):
            # OpenAPI 3.1, section 4.8.24.
            if name not in value and self._flatten(properties.get(name, True)).get(self._left_out) is not True:
                yield [SchemaError(f"{at}/{escape_pointer(name)}", "is required")]
        patterns = flat.get("patternProperties", {})
        for name, item in value.items():
            place = f"{at}/{escape_pointer(name)}"
            schemas = [properties[name]] if name in properties else []
            schemas += [schema for pattern, schema in patterns.items() if self._matches(pattern, name)]
            others = flat.get("additionalProperties", True)
            if not schemas and others is False:
                yield [SchemaError(place, "is not a property here")]
                continue
            for schema in schemas or [others]:
                yield self.look(item, schema, place, depth)
            if "propertyNames" in flat and self.look(name, flat["propertyNames"], "", depth):
                yield [SchemaError(place, "is not an allowed name")]

    def _nearest(
        self, value: Any, variants: Sequence[Any], discriminator: Mapping[str, Any], at: str, depth: int
    ) -> list[SchemaError]:
        """Return the errors of the variant that fits best; none if one fits."""
        tried = [self.look(value, one, at, depth) for one in variants]
        if any(not errors for errors in tried):
            return []
        name = discriminator.get("propertyName")
        if isinstance(name, str) and isinstance(value, Mapping):
            mark = f"{at}/{escape_pointer(name)}"
            named = [errors for errors in tried if all(error.pointer != mark for error in errors)]
            if not named:
                return [SchemaError(mark, "is required" if name not in value else "is not one of the variants")]
            tried = named
        inner = [errors for errors in tried if all(error.pointer != at for error in errors)]
        if inner:
            # Constants distinguish variants, so a wrong constant outweighs any other errors.
            constant = ('must be "', "must be one of")
            return min(inner, key=lambda errors: (any(one.text.startswith(constant) for one in errors), len(errors)))
        texts = dict.fromkeys(error.text for errors in tried for error in errors if error.pointer == at)
        kinds = [text.removeprefix("must be ") for text in texts if text.startswith("must be a")]
        return [SchemaError(at, f"must be {' or '.join(kinds)}" if kinds else next(iter(texts)))]

    def _errors_of_one(self, value: Any, flat: Mapping[str, Any]) -> Iterator[str]:
        if isinstance(value, str):
            yield from _counted(len(value), flat, "Length", "character")
            pattern = flat.get("pattern")
            if isinstance(pattern, str) and len(value) <= _MAX_TEXT and not self._matches(pattern, value):
                yield f"must match {pattern[:100]}"
            parse = _FORMATS.get(str(flat.get("format", "")))
            if parse is not None and len(value) <= _MAX_TEXT and not _accepts(parse, value):
                yield f"is not a valid {flat['format']}"
        elif _is_of(value, "number"):
            yield from _bounded(value, flat)
        elif isinstance(value, list):
            yield from _counted(len(value), flat, "Items", "item")
            if flat.get("uniqueItems") is True and len(value) <= MAX_STEPS:
                keys = sorted(map(_json, value))
                if any(one == other for one, other in pairwise(keys)):
                    yield "contains an item twice"
        elif isinstance(value, Mapping):
            yield from _counted(len(value), flat, "Properties", "property")

    def _matches(self, pattern: str, text: str) -> bool:
        return self._search.try_search(pattern, text) is not False  # one that is not supported matches any text


def _bounded(value: Any, flat: Mapping[str, Any]) -> Iterator[str]:
    for word, sign, holds in _BOUNDS:
        if word in flat and not holds(value, flat[word]):
            yield f"must be {sign} {flat[word]:g}"
    step = flat.get("multipleOf")
    if step is not None:
        try:
            parts = value / step
            # Approximately, because 0.3 has to be a multiple of 0.1 with binary floats too.
            if abs(parts - round(parts)) > 1e-9 * max(abs(parts), 1):
                yield f"must be a multiple of {step:g}"
        except (OverflowError, ValueError):  # too large to compute
            return


_BOUNDS: tuple[tuple[str, str, Callable[[Any, Any], bool]], ...] = (
    ("minimum", "at least", lambda value, limit: value >= limit),
    ("maximum", "at most", lambda value, limit: value <= limit),
    ("exclusiveMinimum", "more than", lambda value, limit: value > limit),
    ("exclusiveMaximum", "less than", lambda value, limit: value < limit),
)


def _counted(size: int, flat: Mapping[str, Any], suffix: str, noun: str) -> Iterator[str]:
    low, high = flat.get(f"min{suffix}"), flat.get(f"max{suffix}")
    if low is not None and size < low:
        yield f"must have at least {count_of(int(low), noun)}"
    if high is not None and size > high:
        yield f"must have at most {count_of(int(high), noun)}"


def _is_of(value: Any, kind: str) -> bool:
    if kind in ("integer", "number"):
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return is_number and (kind == "number" or value == value // 1)
    kinds: Mapping[str, type | tuple[type, ...]] = {
        "null": type(None), "boolean": bool, "string": str, "array": list, "object": Mapping,
    }  # fmt: skip
    return isinstance(value, kinds.get(kind, object))


def _name_types(types: Sequence[str]) -> str:
    return " or ".join(one if one == "null" else f"{'an' if one[0] in 'aio' else 'a'} {one}" for one in types)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def _accepts(parse: Callable[[str], object], text: str) -> bool:
    try:
        return parse(text) is not None
    except ValueError:
        return False


_FORMATS: Mapping[str, Callable[[str], object]] = {
    "date-time": lambda text: datetime.fromisoformat(text) if len(text) > 10 else None,
    "date": lambda text: date.fromisoformat(text) if len(text) == 10 else None,
    "time": time.fromisoformat,
    "email": re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+").fullmatch,
    "uuid": UUID,
    "ipv4": IPv4Address,
    "ipv6": IPv6Address,
    "uri": re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+").fullmatch,
    "duration": re.compile(r"-?P(?=.)(\d+[YMWD])*(T(\d+(\.\d+)?[HMS])+)?|-?\d.*").fullmatch,
}
