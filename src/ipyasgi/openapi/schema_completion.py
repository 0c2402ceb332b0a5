"""Completes names and values from an app's OpenAPI document. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ..routes.path_template import PathTemplate
from .document import Document
from .flattening import types_of
from .form_values import is_file
from .json_cursor import JsonPlace
from .media import kind_of
from .operation import JSONSchema, MediaType, Operation, ParameterPlace

_MOST_VARIANTS = 20
_SIGNS: Mapping[str, ParameterPlace] = {"==": "query", ":": "header"}


def item_names(document: Document, operation: Operation, target: str) -> Iterator[str]:
    """Yield the names of the operation's inputs with their signs, such as ``limit==``, the required ones first."""
    filled = PathTemplate(target).names
    for parameter in sorted(operation.parameters, key=lambda one: not one.required):
        if parameter.place == "path" and parameter.name in filled:
            yield f"{parameter.name}="
        elif parameter.place == "query":
            yield f"{parameter.name}=="
        elif parameter.place == "header":
            yield f"{_as_header(parameter.name)}:"
    media = _media_of(operation)
    if media is None:
        return
    properties, required = _properties(document, media.schema)
    for name in sorted(properties, key=lambda one: one not in required):
        yield f"{name}{_sign_of(document, media, properties[name])}"


def item_values(document: Document, operation: Operation, name: str, sign: str) -> Iterator[str]:
    """Yield the values of an input whose schema lists them."""
    place = _SIGNS.get(sign)
    wanted = place or "path"
    for parameter in operation.parameters:
        same = parameter.name.lower().replace("_", "-") == name.lower().replace("_", "-")
        if parameter.place == wanted and (parameter.name == name or (wanted == "header" and same)):
            yield from map(_as_text, choices(document, parameter.schema))
    media = _media_of(operation)
    if media is None or place is not None:
        return
    properties, _ = _properties(document, media.schema)
    if name in properties:
        yield from map(json.dumps if sign == ":=" else _as_text, choices(document, properties[name]))


def json_words(document: Document, operation: Operation, place: JsonPlace) -> Iterator[str]:
    """Yield the completions at a position in a JSON body: names with their colon, or values."""
    media = _media_of(operation)
    if media is None or kind_of(media.name) != "json":
        return
    schemas: list[JSONSchema] = [media.schema]
    for name in place.path:
        schemas = [inner for schema in schemas for inner in _inside(document, schema, name)][:_MOST_VARIANTS]
    if place.kind == "value":
        yield from (json.dumps(value, ensure_ascii=False) for schema in schemas for value in choices(document, schema))
        return
    for schema in schemas:
        properties, required = _properties(document, schema)
        for name in sorted(properties, key=lambda one: one not in required):
            if name not in place.names:
                yield f"{json.dumps(name, ensure_ascii=False)}: "


def choices(document: Document, schema: JSONSchema) -> list[Any]:
    """Return the values of a schema that lists them: of an enum, a constant, both booleans."""
    found: list[Any] = []
    for flat in _variants(document, schema):
        types = types_of(flat)
        if "enum" in flat:
            found += flat["enum"]
        elif "const" in flat:
            found.append(flat["const"])
        elif "boolean" in types:
            found += [True, False]
        elif "array" in types and "items" in flat:
            found += document.flatten(flat["items"]).get("enum", [])
    return found


def _media_of(operation: Operation) -> MediaType | None:
    media = operation.body.media if operation.body is not None else ()
    return next((one for one in media if kind_of(one.name) in ("json", "urlencoded", "multipart")), None)


def _variants(document: Document, schema: JSONSchema) -> list[dict[str, Any]]:
    """Return a schema and its alternatives, flattened."""
    flat = [document.flatten(schema)]
    for one in flat:
        for word in ("anyOf", "oneOf"):
            flat += [document.flatten(variant) for variant in one.get(word, ())]
        if len(flat) > _MOST_VARIANTS:
            break
    return flat


def _properties(document: Document, schema: JSONSchema) -> tuple[dict[str, JSONSchema], set[str]]:
    """Return the properties of a request, and the names of the required ones."""
    properties: dict[str, JSONSchema] = {}
    required: set[str] = set()
    for flat in _variants(document, schema):
        required |= set(flat.get("required", ()))
        for name, inner in flat.get("properties", {}).items():
            if document.flatten(inner).get("readOnly") is not True:
                properties.setdefault(name, inner)
    return properties, required


def _inside(document: Document, schema: JSONSchema, name: str | None) -> Iterator[JSONSchema]:
    for flat in _variants(document, schema):
        if name is None:
            yield from [flat["items"]] if "items" in flat else []
        elif name in flat.get("properties", {}):
            yield flat["properties"][name]
        elif isinstance(flat.get("additionalProperties"), Mapping):
            yield flat["additionalProperties"]


def _sign_of(document: Document, media: MediaType, schema: JSONSchema) -> str:
    """Return the sign after a property's name: ``=`` for text, ``:=`` for other JSON, ``@`` for files."""
    kind = kind_of(media.name)
    if kind == "multipart" and is_file(schema, document):
        return "@"
    types = {one for flat in _variants(document, schema) for one in types_of(flat)} - {"null"}
    return "=" if kind != "json" or not types or "string" in types else ":="


def _as_header(name: str) -> str:
    return "-".join(part[:1].upper() + part[1:] for part in name.split("-"))


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
