"""From a schema to its smallest valid example: deterministic, also for recursive schemas. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ..document import Document
from ..flattening import types_of
from ..operation import JSONSchema
from ..references import MAX_DEPTH
from .number import SampleError, build_number
from .pattern import PatternError
from .text import build_text

Purpose = Literal["request", "response"]
_MOST_SCHEMAS = 5_000
_MOST_ITEMS = 1_000
_KINDS: Mapping[str, tuple[str, ...]] = {  # what a schema without a type is about, by its keywords
    "object": ("properties", "required", "additionalProperties", "minProperties", "patternProperties"),
    "array": ("items", "prefixItems", "minItems", "contains", "uniqueItems"),
    "string": ("pattern", "minLength", "maxLength", "format"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """
    An example made from a schema.

    :ivar value: JSON: dicts, lists, texts, numbers, booleans, None
    :ivar problems: why the value may be invalid, one sentence each; empty where it is valid
    """

    value: Any
    problems: tuple[str, ...] = ()


def build_sample(
    schema: JSONSchema,
    document: Document,
    *,
    optional: bool = False,
    purpose: Purpose = "request",
    filled: bool = False,
) -> Sample:
    """
    Return the smallest valid example of a schema: its own constant, example, default or first enum value, else made.

    :param optional: also properties that are not required, and one item of arrays
    :param purpose: ``readOnly`` properties are left out of requests, ``writeOnly`` ones of responses
    :param filled: no empty text and no empty array, where the schema allows others: in a URL or a form they are the
        same as no value
    """
    sampler = _Sampler(document, optional, purpose, filled)
    try:
        value = sampler.value(schema)
    except SampleError as exc:
        sampler.problems[str(exc)] = None
        value = None
    return Sample(value=value, problems=tuple(sampler.problems))


class _Sampler:
    def __init__(self, document: Document, optional: bool, purpose: Purpose, filled: bool) -> None:
        self._flatten = document.flatten
        self._optional = optional
        self._hidden = "readOnly" if purpose == "request" else "writeOnly"
        self._filled = filled
        self._open: list[str] = []
        self._depth = 0
        self._spent = 0
        self.problems: dict[str, None] = {}

    def value(self, schema: JSONSchema) -> Any:
        """Return an example; raises `SampleError` where the schema allows none, or only an endless one."""
        self._spent += 1
        if self._spent > _MOST_SCHEMAS or self._depth > MAX_DEPTH:
            raise SampleError("the schema is too large: no example was made of it")
        refs = list(_refs_of(schema))
        if recurring := [ref for ref in refs if ref in self._open]:
            raise SampleError(f"{recurring[0]} needs itself without end")
        self._open += refs
        self._depth += 1
        try:
            return self._value(self._flatten(schema))
        finally:
            self._depth -= 1
            del self._open[len(self._open) - len(refs) :]

    def _value(self, flat: Mapping[str, Any]) -> Any:
        if "not" in flat and flat["not"] in ({}, True):
            raise SampleError("a schema allows no value")
        if "const" in flat:
            return flat["const"]
        if flat.get("examples"):
            return flat["examples"][0]
        if "default" in flat:
            return flat["default"]
        if "enum" in flat:
            return next((one for one in flat["enum"] if one is not None), None)
        for word in ("oneOf", "anyOf"):
            if word in flat:
                return self._variant(flat, word)
        kind = _kind_of(flat)
        try:
            return self._MAKERS[kind](self, flat) if kind in self._MAKERS else None
        except SampleError:
            if "null" in types_of(flat):
                return None
            raise

    def _variant(self, flat: Mapping[str, Any], word: str) -> Any:
        """Return a value of the first variant that is not null and has one."""
        rest = {key: value for key, value in flat.items() if key != word}
        failure, null = None, False
        for variant in flat[word]:
            chosen = {"allOf": [rest, variant]} if rest else variant
            if types_of(self._flatten(chosen)) == ("null",):
                null = True
                continue
            try:
                value = self.value(chosen)
            except SampleError as exc:
                failure = failure or exc
                continue
            tag = _tag_of(flat.get("discriminator"), variant)
            if tag and isinstance(value, dict):
                value = {**value, tag[0]: value.get(tag[0]) or tag[1]}
            return value
        if failure is not None and not null:
            raise failure
        return None

    def _object(self, flat: Mapping[str, Any]) -> dict[str, Any]:
        properties: Mapping[str, Any] = flat.get("properties", {})
        required = flat.get("required", [])
        least = flat.get("minProperties", 0)
        made: dict[str, Any] = {}
        put_off = []
        for name, schema in properties.items():
            if self._flatten(schema).get(self._hidden) is True:
                continue
            if name in required:
                made[name] = self.value(schema)
            elif not self._optional or not self._try_put(made, name, schema):
                put_off.append((name, schema))
        for name in required:
            if name not in properties:
                made[name] = self.value(flat.get("additionalProperties", True))
        for name, schema in put_off:
            if len(made) < least:
                self._try_put(made, name, schema)
        names = (f"property{number}" for number in itertools.count(1))
        while len(made) < min(least, _MOST_ITEMS):
            made.setdefault(next(names), self.value(flat.get("additionalProperties", True)))
        if len(made) > flat.get("maxProperties", len(made)):
            self.problems[f"an object of {len(made)} properties has more than it may"] = None
        return made

    def _try_put(self, made: dict[str, Any], name: str, schema: JSONSchema) -> bool:
        try:
            made[name] = self.value(schema)
        except SampleError:
            return False
        return True

    def _array(self, flat: Mapping[str, Any]) -> list[Any]:
        places = list(flat.get("prefixItems", ()))
        least = int(flat.get("minItems", 0))
        if least > _MOST_ITEMS:
            raise SampleError(f"an array of {least} items is too long for an example")
        most = int(flat.get("maxItems", _MOST_ITEMS))
        wanted = max(least, min(len(places) or 1, most)) if self._optional or self._filled else least
        further = flat.get("items", True)
        made: list[Any] = []
        if "contains" in flat and flat.get("minContains", 1) and not places:
            made.append(self.value(flat["contains"]))
        try:
            while len(made) < wanted:
                made.append(self.value(places[len(made)] if len(made) < len(places) else further))
        except SampleError:
            if len(made) < least:
                raise
        if flat.get("uniqueItems"):
            self._make_unique(made, places, further)
        return made

    def _make_unique(self, made: list[Any], places: list[Any], further: JSONSchema) -> None:
        for number, value in enumerate(made):
            schema = places[number] if number < len(places) else further
            others = iter(_others(self._flatten(schema), value))
            while any(_same(value, earlier) for earlier in made[:number]):
                try:
                    value = next(others)
                except StopIteration:
                    self.problems["no further value was found for an array of different items"] = None
                    break
            made[number] = value

    def _string(self, flat: Mapping[str, Any]) -> str:
        try:
            return build_text(flat, int(self._filled))
        except PatternError as exc:
            self.problems[f"no text was found: {exc}"] = None
            return build_text({key: value for key, value in flat.items() if key != "pattern"}, int(self._filled))

    _MAKERS: Mapping[str, Callable[[_Sampler, Mapping[str, Any]], Any]] = {
        "object": _object,
        "array": _array,
        "string": _string,
        "integer": lambda _, flat: build_number(flat),
        "number": lambda _, flat: build_number(flat),
        "boolean": lambda *_: False,
    }


def _kind_of(flat: Mapping[str, Any]) -> str:
    types = types_of(flat)
    if types:
        return next((one for one in types if one != "null"), "null")
    # Without any hint it is a text, which a path, a query and a body can all contain.
    return next((kind for kind, words in _KINDS.items() if any(word in flat for word in words)), "string")


def _refs_of(schema: Any, depth: int = 0) -> Iterator[str]:
    """Yield the references that one level of a schema goes through."""
    if isinstance(schema, Mapping) and depth < MAX_DEPTH:
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"]
        members = schema.get("allOf")
        for member in members if isinstance(members, (list, tuple)) else ():
            yield from _refs_of(member, depth + 1)


def _tag_of(discriminator: Any, variant: Any) -> tuple[str, str] | None:
    """Return the discriminator property and its value for this variant."""
    ref = variant.get("$ref") if isinstance(variant, Mapping) else None
    if not isinstance(discriminator, Mapping) or not isinstance(ref, str):
        return None
    name, mapping = discriminator.get("propertyName"), discriminator.get("mapping")
    if not isinstance(name, str):
        return None
    last = ref.rpartition("/")[2]
    values = mapping.items() if isinstance(mapping, Mapping) else ()
    return name, next((str(value) for value, target in values if target in (ref, last)), last)


def _others(flat: Mapping[str, Any], value: Any) -> Iterator[Any]:
    """Yield further values that a schema allows, for arrays whose items must differ."""
    if "const" in flat:
        return
    if "enum" in flat:
        yield from flat["enum"]
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, (int, float)):
        step = flat.get("multipleOf", 1)
        inside = (value + sign * step * n for n in range(1, _MOST_ITEMS) for sign in (1, -1))
        low, high = flat.get("minimum", float("-inf")), flat.get("maximum", float("inf"))
        above, below = flat.get("exclusiveMinimum", float("-inf")), flat.get("exclusiveMaximum", float("inf"))
        yield from (one for one in inside if low <= one <= high and above < one < below)
    elif isinstance(value, str) and not {"pattern", "format"} & set(flat):
        for length in range(max(len(value), 1), int(flat.get("maxLength", len(value) + 4)) + 1):
            letters = itertools.product("abcdefghijklmnopqrstuvwxyz", repeat=min(length, 4))
            yield from ("".join(some).rjust(length, "a") for some in itertools.islice(letters, 500))


def _same(first: Any, second: Any) -> bool:
    return bool(first == second) and isinstance(first, bool) == isinstance(second, bool)
