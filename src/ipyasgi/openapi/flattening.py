"""Flattens one level of a schema: follows references, merges ``allOf``, converts OpenAPI 3.0 to 3.1. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from .references import MAX_DEPTH, Note, as_mapping, is_list, try_resolve

_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_COUNTS = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")
_LISTS = ("enum", "anyOf", "oneOf", "allOf", "prefixItems", "required", "examples")
_SCHEMAS = ("items", "additionalProperties", "contains", "propertyNames", "not")
_MAX_MERGED = 500
_TYPES = frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})


def flatten(schema: Any, root: Mapping[str, Any], note: Note) -> dict[str, Any]:
    """
    Return a schema without ``$ref`` and, as far as it can be merged, without ``allOf``.

    Nested schemas are unchanged, except the member of a discriminator: if a base of the schema maps values to the
    reference, only these are left, and if it maps nothing, the name in the reference (OpenAPI, Discriminator Object).
    A keyword with an invalid value is left out with a note. A self-reference is ``{}``. References are resolved in
    ``root``, the document.
    """
    flattening = _Flattening(root, note)
    flat = flattening.flat(schema, frozenset(), 0)
    for discriminator in flattening.discriminators if "$ref" in as_mapping(schema) else ():
        name, mapped, own = read_tags(discriminator, schema)
        tags = mapped if as_mapping(discriminator).get("mapping") else [own]
        flat = _with_tags(flat, name, tags, flattening)
    return flat


def remember(flatten: Callable[[Any], Mapping[str, Any]]) -> Callable[[Any], Mapping[str, Any]]:
    """Return a `flatten` that computes the result for the same schema only once."""
    known: dict[int, tuple[Any, Mapping[str, Any]]] = {}  # with the schema, so that its id stays unique

    def once(schema: Any) -> Mapping[str, Any]:
        found = known.get(id(schema))
        if found is None:
            found = known[id(schema)] = schema, flatten(schema)
        return found[1]

    return once


class _Flattening:
    """
    The flattening of one schema.

    Each schema in it is merged once, since to require it twice changes nothing, and many levels of
    ``allOf: [next, next]`` would take exponential time.

    :ivar discriminators: of the bases, which distinguish all their variants
    """

    def __init__(self, root: Mapping[str, Any], note: Note) -> None:
        self._root = root
        self._note = note
        self._merged: set[int] = set()
        self.discriminators: list[Any] = []

    def flat(self, schema: Any, seen: frozenset[str], depth: int) -> dict[str, Any]:
        note = self._note
        if isinstance(schema, bool):
            return {} if schema else {"not": {}}
        if not isinstance(schema, Mapping):
            note(f"a schema is of type {type(schema).__name__}: read as one that allows anything")
            return {}
        if depth > MAX_DEPTH or len(self._merged) >= _MAX_MERGED:
            note("schemas are nested too deeply: the rest is left out")
            return {}
        own = _checked(schema, note)
        members = []
        ref = own.pop("$ref", None)
        if ref is not None:
            if str(ref) in seen:
                note(f"the reference {str(ref)[:200]!r} refers to itself")
            elif (target := try_resolve(self._root, ref, note)) is not None:
                members.append(self._member(target, seen | {str(ref)}, depth + 1))
        for member in own.pop("allOf", ()):
            flat = self._member(member, seen, depth + 1)
            if "oneOf" not in flat and "anyOf" not in flat and "discriminator" in flat:
                self.discriminators.append(flat.pop("discriminator"))
            members.append(flat)
        nullable = own.pop("nullable", None) is True
        merged: dict[str, Any] = {}
        for one in [*members, own]:
            merged = _merge(merged, one, note) if merged else one
        return _with_null(merged) if nullable else merged

    def _member(self, schema: Any, seen: frozenset[str], depth: int) -> dict[str, Any]:
        if id(schema) in self._merged and isinstance(schema, Mapping) and not _refers_to(schema, seen):
            return {}
        self._merged.add(id(schema))
        return self.flat(schema, seen, depth)


def _refers_to(schema: Mapping[str, Any], seen: frozenset[str]) -> bool:
    return str(schema.get("$ref")) in seen  # to itself, which is noted


# -- the keywords of one schema, checked and converted to 3.1 ----------------------------------------------


def _checked(schema: Mapping[str, Any], note: Note) -> dict[str, Any]:
    """Return a copy whose keywords are valid in JSON Schema 2020-12."""
    flat = {}
    for word, value in schema.items():
        if _fits(word, value):
            flat[word] = value
        else:
            note(f"the keyword {str(word)[:50]!r} of a schema has the invalid value {str(value)[:50]!r}: left out")
    if is_list(types := flat.get("type")) and len(types) == 1:
        flat["type"] = types[0]
    for exclusive, limit in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(flat.get(exclusive), bool) and flat.pop(exclusive) and limit in flat:
            flat[exclusive] = flat.pop(limit)
    if is_list(flat.get("items")):
        flat.setdefault("prefixItems", flat.pop("items"))
        if "additionalItems" in flat:
            flat["items"] = flat.pop("additionalItems")
    if isinstance(flat.get("examples"), Mapping):
        flat["examples"] = list(flat["examples"].values())
    if "example" in flat:
        flat.setdefault("examples", [flat.pop("example")])
    return flat


def _fits(word: Any, value: Any) -> bool:
    if word == "type":
        return all(isinstance(one, str) and one in _TYPES for one in (value if is_list(value) else [value]))
    if word in ("exclusiveMinimum", "exclusiveMaximum") and isinstance(value, bool):
        return True
    if word in _NUMBERS:
        return _is_number(value) and (word != "multipleOf" or value > 0)
    if word in _COUNTS:
        return _is_number(value) and value >= 0 and value == int(value)
    if word == "examples" or (word == "items" and is_list(value)):
        return is_list(value) or isinstance(value, Mapping)
    if word in ("anyOf", "oneOf", "enum"):
        return is_list(value) and len(value) > 0
    if word == "required":
        return is_list(value) and all(isinstance(one, str) for one in value)
    if word in _LISTS:
        return is_list(value)
    if word in _SCHEMAS:
        return isinstance(value, (Mapping, bool))
    if word in ("properties", "patternProperties", "dependentSchemas", "discriminator"):
        return isinstance(value, Mapping)
    if word in ("pattern", "format", "title", "description", "contentMediaType", "contentEncoding"):
        return isinstance(value, str)
    return isinstance(word, str)


def _is_number(value: Any) -> bool:
    try:
        return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:  # an int that no float can hold, which bounds nothing that can be sent
        return False


def _with_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema that allows null too, as ``nullable`` in OpenAPI 3.0."""
    if "type" in schema:
        types = types_of(schema)
        return {**schema, "type": [*types, "null"]} if "null" not in types else schema
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return {**schema, word: [*schema[word], {"type": "null"}]}
    return schema


def types_of(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the types of a flat schema, if any."""
    types = schema.get("type", ())
    return (types,) if isinstance(types, str) else tuple(types)


def read_tags(discriminator: Any, variant: Any = None) -> tuple[str, list[str], str]:
    """
    Return the name of a discriminator's member, its values that are mapped to a variant, and the variant's own name.

    Without a variant all mapped values are returned. The name is empty for a broken discriminator.
    """
    discriminator = as_mapping(discriminator)
    name, mapping = discriminator.get("propertyName"), as_mapping(discriminator.get("mapping"))
    if not isinstance(name, str):
        return "", [], ""
    if variant is None:
        return name, list(mapping), ""
    ref = as_mapping(variant).get("$ref")
    if not isinstance(ref, str):
        return name, [], ""
    last = ref.rpartition("/")[2]
    return name, [tag for tag, target in mapping.items() if target in (ref, last)], last


def _with_tags(flat: dict[str, Any], name: str, mapped: list[str], flattening: _Flattening) -> dict[str, Any]:
    """Return a schema whose member has the values that are mapped to the schema, unless it has other values itself."""
    properties = flat.get("properties", {})
    if not mapped or name not in properties:
        return flat
    member = flattening.flat(properties[name], frozenset(), 0)
    if "const" in member or any(tag not in member.get("enum", mapped) for tag in mapped):
        return flat
    return {**flat, "properties": {**properties, name: {**member, "enum": mapped}}}


# -- merging two schemas -----------------------------------------------------------------------------------


def _merge(first: dict[str, Any], second: dict[str, Any], note: Note) -> dict[str, Any]:
    """Return a schema that requires what both require; annotations, such as a title, are the second's."""
    merged = dict(first)
    for word, value in second.items():
        if word not in merged or word in _ANNOTATIONS:
            merged[word] = value
        elif merged[word] != value or word == "allOf":
            both = _BOTH.get(word)
            if both is not None:
                merged[word] = both(merged[word], value)
            else:
                merged["allOf"] = [*merged.get("allOf", ()), {word: merged[word]}]
                merged[word] = value
    if "type" in first and "type" in second:
        types = _types_of_both(types_of(first), types_of(second))
        if types:
            merged["type"] = types[0] if len(types) == 1 else list(types)
        else:
            note(f"no value can be both {first['type']!r} and {second['type']!r}, as an allOf requires")
    return merged


def _types_of_both(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    def allowed(one: str, types: tuple[str, ...]) -> bool:
        return one in types or (one == "integer" and "number" in types)

    return tuple(one for one in dict.fromkeys((*first, *second)) if allowed(one, first) and allowed(one, second))


def _properties_of_both(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(first)
    for name, schema in second.items():
        merged[name] = {"allOf": [merged[name], schema]} if merged.get(name, schema) != schema else schema
    return merged


def _schema_of_both(first: Any, second: Any) -> Any:
    if first is True or second is False:
        return second
    if second is True or first is False:
        return first
    return {"allOf": [first, second]}


def _multiple_of_both(first: float, second: float) -> float:
    return math.lcm(first, second) if isinstance(first, int) and isinstance(second, int) else max(first, second)


def _enum_of_both(first: Any, second: Any) -> list[Any]:
    try:
        known = {_key_of(one) for one in second}
        return [one for one in first if _key_of(one) in known] or list(second)
    except RecursionError:  # very deep values
        return list(second)


def _key_of(value: Any) -> Any:
    """Return a key that is equal for equal JSON values."""
    if isinstance(value, (str, int, float, type(None))):
        return isinstance(value, bool), value
    if is_list(value):
        return tuple(map(_key_of, value))
    if isinstance(value, Mapping):
        return frozenset((str(name), _key_of(one)) for name, one in value.items())
    return str(type(value))


_ANNOTATIONS = frozenset(
    {"title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "format", "type"}
    | {"discriminator", "$id", "$schema", "$comment", "$defs", "externalDocs", "xml", "contentMediaType"}
)
_BOTH: Mapping[str, Callable[[Any, Any], Any]] = {
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"), max),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"), min),
    **dict.fromkeys(("properties", "patternProperties", "dependentSchemas"), _properties_of_both),
    **dict.fromkeys(("items", "additionalProperties", "contains", "propertyNames"), _schema_of_both),
    "multipleOf": _multiple_of_both,
    "required": lambda first, second: list(dict.fromkeys((*first, *second))),
    "enum": _enum_of_both,
    "uniqueItems": lambda first, second: bool(first or second),
    "not": lambda first, second: {"anyOf": [first, second]},
    "allOf": lambda first, second: [*first, *(one for one in second if one not in first)],
}
