"""Flattens one level of a schema: follows references, merges ``allOf``, converts OpenAPI 3.0 to 3.1. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from .references import MAX_DEPTH, Note, is_list, try_resolve

_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_COUNTS = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")
_LISTS = ("enum", "anyOf", "oneOf", "allOf", "prefixItems", "required", "examples")
_SCHEMAS = ("items", "additionalProperties", "contains", "propertyNames", "not")
_TYPES = frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})


def flatten(schema: Any, root: Mapping[str, Any], note: Note) -> dict[str, Any]:
    """
    Return a schema without ``$ref`` and, as far as it can be merged, without ``allOf``.

    Nested schemas are unchanged. A keyword with an invalid value is left out with a note. A self-reference is ``{}``.
    References are resolved in ``root``, the document.
    """
    return _flatten(schema, root, note, frozenset(), 0)


def _flatten(schema: Any, root: Mapping[str, Any], note: Note, seen: frozenset[str], depth: int) -> dict[str, Any]:
    if isinstance(schema, bool):
        return {} if schema else {"not": {}}
    if not isinstance(schema, Mapping):
        note(f"a schema is of type {type(schema).__name__}: read as one that allows anything")
        return {}
    if depth > MAX_DEPTH:
        note("schemas are nested too deeply: the rest is left out")
        return {}
    own = _checked(schema, note)
    members = []
    ref = own.pop("$ref", None)
    if ref is not None:
        if str(ref) in seen:
            note(f"the reference {str(ref)[:200]!r} refers to itself")
        elif (target := try_resolve(root, ref, note)) is not None:
            members.append(_flatten(target, root, note, seen | {str(ref)}, depth + 1))
    for member in own.pop("allOf", ()):
        flat = _flatten(member, root, note, seen, depth + 1)
        if "oneOf" not in flat and "anyOf" not in flat:
            flat.pop("discriminator", None)  # it belongs to the base schema and distinguishes all its variants
        members.append(flat)
    nullable = own.pop("nullable", None) is True
    merged: dict[str, Any] = {}
    for member in [*members, own]:
        merged = _merge(merged, member, note) if merged else member
    return _with_null(merged) if nullable else merged


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
    if word in ("pattern", "format", "title", "description"):
        return isinstance(value, str)
    return isinstance(word, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


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
    "enum": lambda first, second: [one for one in first if one in second] or list(second),
    "uniqueItems": lambda first, second: bool(first or second),
    "not": lambda first, second: {"anyOf": [first, second]},
    "allOf": lambda first, second: [*first, *(one for one in second if one not in first)],
}
