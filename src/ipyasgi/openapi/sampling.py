"""The smallest valid example of a schema: deterministic, also for recursive schemas. Pure."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from .document import Document
from .flattening import read_tags, remember, types_of
from .operation import JSONSchema
from .pattern import PatternError, build_match
from .references import MAX_DEPTH, as_list, same_json

_MAX_SCHEMAS = 5_000
_MAX_ITEMS = 1_000
_MAX_CHARS = 10_000
_KINDS: Mapping[str, tuple[str, ...]] = {  # the keywords that give a schema without a type its kind
    "object": ("properties", "required", "additionalProperties", "minProperties", "patternProperties"),
    "array": ("items", "prefixItems", "minItems", "contains", "uniqueItems"),
    "string": ("pattern", "minLength", "maxLength", "format"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}
_EXAMPLES = {
    "2000-01-01T00:00:00Z": "date-time",
    "2000-01-01": "date",
    "00:00:00Z": "time",
    "P1D": "duration",
    "user@example.com": "email idn-email name-email",
    "example.com": "hostname idn-hostname",
    "127.0.0.1": "ipv4 ipvanyaddress",
    "::1": "ipv6",
    "127.0.0.0/8": "ipv4network ipvanynetwork",
    "::/128": "ipv6network",
    "127.0.0.1/8": "ipv4interface ipvanyinterface",
    "::1/128": "ipv6interface",
    "http://example.com/": "uri url iri",
    "/": "uri-reference iri-reference",
    "/{id}": "uri-template",
    **{f"00000000-0000-{version}000-8000-000000000000": f"uuid{version}" for version in (1, 3, 5)},
    "00000000-0000-4000-8000-000000000000": "uuid uuid4",
    "YQ==": "byte base64 base64url",
    "/a": "json-pointer",
    "0": "relative-json-pointer decimal int64",
    "null": "json-string",
    "a": "regex",
    "black": "color",
}
_GIVEN = frozenset({"const", "enum", "default", "examples"})
_WORD = "string"
_FORMATS = {name: text for text, names in _EXAMPLES.items() for name in names.split()}


class SampleError(Exception):
    """A schema has no example."""


def build_sample(
    schema: JSONSchema, document: Document, *, optional: bool = False, filled: bool = False, response: bool = False
) -> Any:
    """
    Return the constant, example, default or first enum value of a schema, else the smallest value, None if not found.

    :param optional: include properties that are not required, and one item in each array
    :param filled: prefer a text of one character and an array of one item, because a URL or form cannot represent empty
        ones
    :param response: of a response, to be read: with the properties that are only read, and ``"string"`` as text
    """
    try:
        return _Sampler(document, optional, filled, response).value(schema)
    except SampleError:
        return None


class _Sampler:
    def __init__(self, document: Document, optional: bool, filled: bool, response: bool) -> None:
        self._flatten = remember(document.flatten)
        self._response = response
        self._left_out = "writeOnly" if response else "readOnly"
        self._optional = optional
        self._filled = filled
        self._open: list[str] = []
        self._depth = 0
        self._count = 0

    def value(self, schema: JSONSchema) -> Any:
        """Return an example; raises `SampleError` if the schema allows none, or only an infinite one."""
        self._count += 1
        if self._count > _MAX_SCHEMAS or self._depth > MAX_DEPTH:
            raise SampleError("the schema is too large")
        refs = list(_refs_of(schema))
        if not set(refs).isdisjoint(self._open):
            raise SampleError("the schema requires itself")
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
        makers: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
            "object": self._object, "array": self._array, "string": self._string,
            "integer": build_number, "number": build_number, "boolean": lambda _: False,
        }  # fmt: skip
        try:
            return makers[kind](flat) if kind in makers else None
        except SampleError:
            if "null" in types_of(flat):
                return None
            raise

    def _variant(self, flat: Mapping[str, Any], word: str) -> Any:
        """Return a value of the first variant that is not null and has an example."""
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
            name, mapped, own = read_tags(flat.get("discriminator"), variant)
            if (mapped or own) and isinstance(value, dict):
                is_fixed = self._fixes(variant, name) and self._fixes(chosen, name)
                value = value if value.get(name) and is_fixed else {**value, name: next(iter(mapped), own)}
            return value
        if failure is not None and not null:
            raise failure
        return None

    def _fixes(self, variant: JSONSchema, name: str) -> bool:
        """Return whether a variant says which values a member has."""
        flat = self._flatten(variant)
        member = self._flatten(flat.get("properties", {}).get(name, True))
        return not _GIVEN.isdisjoint(flat) or not _GIVEN.isdisjoint(member)

    def _object(self, flat: Mapping[str, Any]) -> dict[str, Any]:
        properties: Mapping[str, Any] = flat.get("properties", {})
        required = flat.get("required", [])
        least = flat.get("minProperties", 0)
        made: dict[str, Any] = {}
        present = {name: one for name, one in properties.items() if self._flatten(one).get(self._left_out) is not True}
        for name, schema in present.items():
            if name in required:
                made[name] = self.value(schema)
            elif self._optional:
                self._try_put(made, name, schema)
        for name in required:
            if name not in properties:
                made[name] = self.value(flat.get("additionalProperties", True))
        for name, schema in present.items():
            if name not in made and len(made) < least:
                self._try_put(made, name, schema)
        name, mapped, _ = read_tags(flat.get("discriminator"))
        if mapped and name in made and name in properties and not self._fixes(flat, name):
            made[name] = mapped[0]  # of a base schema whose variants are known by their names alone
        names = (f"property{number}" for number in itertools.count(1))
        while len(made) < min(least, _MAX_ITEMS):
            made.setdefault(next(names), self.value(flat.get("additionalProperties", True)))
        return made

    def _try_put(self, made: dict[str, Any], name: str, schema: JSONSchema) -> None:
        with contextlib.suppress(SampleError):
            made[name] = self.value(schema)

    def _array(self, flat: Mapping[str, Any]) -> list[Any]:
        prefix = list(flat.get("prefixItems", ()))
        least = int(flat.get("minItems", 0))
        if least > _MAX_ITEMS:
            raise SampleError(f"an array of {least} items is too long")
        most = int(flat.get("maxItems", _MAX_ITEMS))
        wanted = max(least, min(len(prefix) or 1, most)) if self._optional or self._filled else least
        schemas = itertools.chain(prefix, itertools.repeat(flat.get("items", True)))
        made: list[Any] = []
        if "contains" in flat and flat.get("minContains", 1) and not prefix:
            made.append(self.value(flat["contains"]))
        try:
            for schema in itertools.islice(schemas, len(made), wanted):
                value = self.value(schema)
                made.append(self._other_than(made, value, schema) if flat.get("uniqueItems") else value)
        except SampleError:
            if len(made) < least:
                raise
        return made

    def _other_than(self, made: list[Any], value: Any, schema: JSONSchema) -> Any:
        """Return the value, or another valid one if it was generated before."""
        candidates = itertools.chain([value], _others(self._flatten(schema), value))
        return next((one for one in candidates if not any(same_json(one, other) for other in made)), value)

    def _string(self, flat: Mapping[str, Any]) -> str:
        if self._response and flat.keys().isdisjoint(("pattern", "format")) and _has_room(flat, _WORD):
            return _WORD
        try:
            return build_text(flat, int(self._filled))
        except PatternError:
            return build_text({key: value for key, value in flat.items() if key != "pattern"}, int(self._filled))


def _has_room(flat: Mapping[str, Any], text: str) -> bool:
    return bool(flat.get("minLength", 0) <= len(text) <= flat.get("maxLength", len(text)))


def _kind_of(flat: Mapping[str, Any]) -> str:
    types = types_of(flat)
    if types:
        return next((one for one in types if one != "null"), "null")
    # Otherwise a text, which a path, a query and a body can all contain.
    return next((kind for kind, words in _KINDS.items() if any(word in flat for word in words)), "string")


def _refs_of(schema: Any) -> Iterator[str]:
    """Yield the references within one level of a schema."""
    left, seen = [schema], set()
    while left:
        part = left.pop()
        if isinstance(part, Mapping) and id(part) not in seen:
            seen.add(id(part))
            if isinstance(part.get("$ref"), str):
                yield part["$ref"]
            left += as_list(part.get("allOf"))


def _others(flat: Mapping[str, Any], value: Any) -> Iterator[Any]:
    """Yield more values of a schema, for arrays whose items must differ."""
    if "const" in flat:
        return
    if "enum" in flat:
        yield from flat["enum"]
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, (int, float)):
        step = flat.get("multipleOf", 1)
        inside = (value + sign * step * n for n in range(1, _MAX_ITEMS) for sign in (1, -1))
        low, high = flat.get("minimum", float("-inf")), flat.get("maximum", float("inf"))
        above, below = flat.get("exclusiveMinimum", float("-inf")), flat.get("exclusiveMaximum", float("inf"))
        yield from (one for one in inside if low <= one <= high and above < one < below)
    elif isinstance(value, str) and not {"pattern", "format"} & set(flat):
        for length in range(max(len(value), 1), int(flat.get("maxLength", len(value) + 4)) + 1):
            letters = itertools.product("abcdefghijklmnopqrstuvwxyz", repeat=min(length, 4))
            yield from ("".join(some).rjust(length, "a") for some in itertools.islice(letters, 500))


def build_number(flat: Mapping[str, Any]) -> float:
    """Return the number nearest to zero that a flat schema allows, an int if possible; raises `SampleError`."""
    whole = "integer" in types_of(flat) and "number" not in types_of(flat)
    step = _exact(flat.get("multipleOf")) or (Fraction(1) if whole else None)
    if whole and step is not None and step.denominator != 1:
        step = Fraction(step.numerator)  # the whole multiples of n/d are those of n
    low, low_open = _stricter(flat, "minimum", "exclusiveMinimum", max)
    high, high_open = _stricter(flat, "maximum", "exclusiveMaximum", min)

    def fits(number: Fraction) -> bool:
        above = low is None or number > low or (number == low and not low_open)
        below = high is None or number < high or (number == high and not high_open)
        return above and below and (step is None or number % step == 0)

    candidates = [Fraction(0)]
    edge = low if low is not None and low >= 0 else high  # the bound that is nearer to zero
    if edge is not None:
        unit = step or Fraction(1)
        candidates += [edge, *(edge // unit * unit + away for away in (0, unit, -unit))]
    found = [number for number in candidates if fits(number)]
    if not found and low is not None and high is not None and fits((low + high) / 2):
        found = [(low + high) / 2]
    if not found:
        raise SampleError("no number is within the bounds")
    nearest = min(found, key=abs)
    return int(nearest) if nearest.denominator == 1 else float(nearest)


def _stricter(flat: Mapping[str, Any], closed: str, exclusive: str, strict: Any) -> tuple[Fraction | None, bool]:
    """Return the stricter of two bounds, and whether it is exclusive."""
    inclusive_bound, exclusive_bound = _exact(flat.get(closed)), _exact(flat.get(exclusive))
    candidates = [(one, one is exclusive_bound) for one in (exclusive_bound, inclusive_bound) if one is not None]
    return strict(candidates, key=lambda bound: bound[0]) if candidates else (None, False)


def _exact(number: float | None) -> Fraction | None:
    # From its decimal digits: 0.1 is a tenth, not the nearest binary float.
    return None if number is None else Fraction(str(number))


def build_text(flat: Mapping[str, Any], shortest: int = 0) -> str:
    """
    Return the shortest text that a flat schema allows, with at least ``shortest`` characters if possible.

    Raises `SampleError` if there is none, `PatternError` if none was found for the pattern.
    """
    most = int(flat["maxLength"]) if "maxLength" in flat else None
    least = int(flat.get("minLength", 0))
    least = max(least, shortest if most is None else min(shortest, most))
    if least > _MAX_CHARS:
        raise SampleError(f"a text of {least} characters is too long")
    if "pattern" in flat:
        return build_match(flat["pattern"], least, most)
    known = _FORMATS.get(flat.get("format", ""), "")
    if known and least <= len(known) and (most is None or len(known) <= most):
        return known
    if most is not None and least > most:
        raise SampleError(f"no text has at least {least} and at most {most} characters")
    return "a" * least
