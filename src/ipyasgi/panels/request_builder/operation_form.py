"""`OperationForm`: an operation of the app's document as a form: its fields, and its untouched values. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from ...openapi.credentials import fields_of, token_url
from ...openapi.document import Document
from ...openapi.fields import Field, FieldTree, read_fields
from ...openapi.form_values import ABSENT, sample_body, sample_values
from ...openapi.operation import JSONSchema, MediaType, Operation, Parameter
from ...openapi.styles import to_text
from ...records.redaction import is_json_type
from .draft import Draft

FORM_TYPE = "application/x-www-form-urlencoded"
MULTIPART_TYPE = "multipart/form-data"
_TEXTUAL = ("+xml", "/xml", "/yaml", "/x-yaml", "/x-ndjson", "/javascript")
_DEPTH = 10
# What FastAPI accepts as a boolean in a query.
_BOOLEANS = {"true": True, "false": False, "1": True, "0": False, "on": True, "off": False, "yes": True, "no": False}
_PLAIN = ("ref", "description", "nullable", "deprecated", "hint", "format", "discriminator")


def body_kind(media_type: str) -> str:
    """Return how a body of a media type is edited: as ``json``, ``form``, ``multipart``, ``text`` or ``file``."""
    name = media_type.partition(";")[0].strip().lower()
    if not name or is_json_type(name) or name == "*/*":
        return "json"
    if name in (FORM_TYPE, MULTIPART_TYPE):
        return "form" if name == FORM_TYPE else "multipart"
    is_text = name.startswith("text/") or name.endswith(_TEXTUAL)
    return "text" if is_text else "file"


@dataclass(frozen=True, kw_only=True)
class OperationForm:
    """
    One operation of a document.

    :ivar key: of the route, ``"POST /items"``, which may differ from the operation's own
    """

    key: str
    operation: Operation
    document: Document

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """The parameters by their keys, ``"query.limit"``."""
        return {parameter.key: parameter for parameter in self.operation.parameters}

    @property
    def media(self) -> tuple[MediaType, ...]:
        """The media types of the body."""
        return self.operation.body.media if self.operation.body is not None else ()

    def media_named(self, name: str) -> MediaType | None:
        """Return the media type with a name, for an empty name the first that is JSON."""
        if not name:
            return next((one for one in self.media if body_kind(one.name) == "json"), None)
        return next((one for one in self.media if one.name == name), None)

    @property
    def expected_status(self) -> int:
        """The first status of success in the document, by default 200."""
        return next((int(one) for one in self.operation.responses if one.isdecimal() and one.startswith("2")), 200)

    def tree(self, schema: JSONSchema, *, files: bool = False) -> FieldTree:
        """Return the fields of one of this operation's schemas."""
        return read_fields(schema, self.document.flatten, files=files)

    def coerce(self, value: Any, schema: JSONSchema, depth: int = 0) -> Any:
        """Return a value with texts converted to the numbers and booleans of the schema."""
        flat = self.document.flatten(schema)
        if isinstance(value, str):
            return _coerce_text(value, self._types(flat))
        if depth < _DEPTH and isinstance(value, list):
            return [self.coerce(item, flat.get("items", True), depth + 1) for item in value]
        if depth < _DEPTH and isinstance(value, dict):
            known = flat.get("properties", {})
            return {name: self.coerce(item, known.get(name, True), depth + 1) for name, item in value.items()}
        return value

    def _types(self, flat: Mapping[str, Any], depth: int = 0) -> set[str]:
        types = flat.get("type", ())
        found = {types} if isinstance(types, str) else set(types)
        if depth < _DEPTH:
            for one in (*flat.get("anyOf", ()), *flat.get("oneOf", ())):
                found |= self._types(self.document.flatten(one), depth + 1)
        return found


def _coerce_text(text: str, types: set[str]) -> Any:
    if "string" in types or not types & {"integer", "number", "boolean"}:
        return text
    if "boolean" in types and text.lower() in _BOOLEANS:
        return _BOOLEANS[text.lower()]
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return value if is_number and types & {"integer", "number"} else text


def try_operation_form(document: Document | None, key: str) -> OperationForm | None:
    """Return the form of a route, None if the document does not describe it."""
    if document is None:
        return None
    operation = document.operation(key)
    return OperationForm(key=key, operation=operation, document=document) if operation is not None else None


def start_draft(draft: Draft, form: OperationForm) -> Draft:
    """Return the untouched form of an operation, with the method, path and header rows of a draft."""
    values = sample_values(form.operation, form.document)
    known = [
        (f"{place}.{name}", _as_text(form, f"{place}.{name}", value))
        for place, named in (("query", values.query), ("header", values.header), ("cookie", values.cookie))
        for name, value in named.items()
    ]
    media, body = "", ""
    if form.media:
        first = next((one for one in form.media if one.name == values.media_type), form.media[0])
        media = first.name
        kind = body_kind(media)
        given, text, files = sample_body(first, form.document)
        if kind in ("json", "form", "multipart") and given is not ABSENT:
            body = json.dumps(_with_marks(given, files), indent=2, ensure_ascii=False)
        elif kind == "text":
            body = text if isinstance(text, str) else ("" if given is ABSENT else str(given))
    return replace(
        draft,
        path_values=tuple((name, _path_text(values.path.get(name, ""))) for name, _ in draft.path_values),
        query=(),
        known=tuple(known),
        media=media,
        body=body if form.operation.body is not None and form.operation.body.required else "",
    )


def _path_text(value: Any) -> str:
    return to_text("path", value) if not isinstance(value, (list, dict)) else ",".join(map(str, value))


def _with_marks(given: Any, files: Mapping[str, Any]) -> Any:
    return given | {name: {"$python": ""} for name in files} if isinstance(given, dict) else given


def _as_text(form: OperationForm, key: str, value: Any) -> Any:
    """Return the value of a parameter for the page: as text, unless it is sent as JSON."""
    if form.parameters[key].media_type:
        return value
    if isinstance(value, list):
        return [_as_text(form, key, item) for item in value]
    if isinstance(value, dict):
        return {name: _as_text(form, key, item) for name, item in value.items()}
    return to_text(key, value)


def page_operation_form(form: OperationForm) -> dict[str, Any]:
    """Return the form for the page."""
    operation = form.operation
    return {
        "key": form.key,
        "summary": operation.summary,
        "deprecated": operation.deprecated,
        "parameters": [_parameter(form, one) for one in operation.parameters],
        "auth": _schemes(form),
        "bodies": [_body(form, one) for one in form.media],
    }


def _tree(tree: FieldTree) -> dict[str, Any]:
    return {
        "field": _page_field(tree.root),
        "definitions": {name: _page_field(one) for name, one in tree.definitions.items()},
    }


def _parameter(form: OperationForm, one: Parameter) -> dict[str, Any]:
    return {
        "key": one.key,
        "name": one.name,
        "place": one.place,
        "required": one.required,
        "deprecated": one.deprecated,
        "description": one.description,
        # Text is sent as typed; only JSON in a parameter has types.
        "text": not one.media_type,
        **_tree(form.tree(one.schema)),
    }


def _body(form: OperationForm, one: MediaType) -> dict[str, Any]:
    kind = body_kind(one.name)
    return {
        "media": one.name,
        "kind": kind,
        **_tree(form.tree(one.schema, files=kind in ("form", "multipart"))),
        "examples": [[name or "example", value] for name, value in one.examples.items()],
    }


def _page_field(one: Field) -> dict[str, Any]:
    """Return a field as JSON, without empty attributes."""
    page: dict[str, Any] = {"kind": one.kind}
    page |= {name: value for name in _PLAIN if (value := getattr(one, name))}
    found: Mapping[str, Any] = {
        "readOnly": one.read_only,
        "examples": list(one.examples),
        "choices": list(one.choices),
        "members": [[member.name, member.required, _page_field(member.field)] for member in one.members],
        "prefix": [_page_field(item) for item in one.prefix],
        "items": _page_field(one.items) if one.items is not None else None,
        "additional": _page_field(one.additional) if one.additional is not None else None,
        "variants": [[variant.label, variant.tag, _page_field(variant.field)] for variant in one.variants],
        "minItems": one.min_items,
        "maxItems": one.max_items,
    }
    page |= {name: value for name, value in found.items() if value or (name == "maxItems" and value is not None)}
    return page if one.default is ABSENT else page | {"default": one.default}


def _schemes(form: OperationForm) -> list[dict[str, Any]]:
    keys = dict.fromkeys(key for one in form.operation.security for key in one)
    schemes = [form.document.schemes[key] for key in keys if key in form.document.schemes]
    return [
        {
            "key": scheme.key,
            "kind": " ".join(filter(None, (scheme.kind, scheme.scheme, scheme.place, scheme.name))),
            "description": scheme.description,
            "fields": [*fields_of(scheme), *(["token"] if token_url(scheme) else [])],
            "asks": token_url(scheme),
        }
        for scheme in schemes
    ]
