"""`OperationForm`: an operation of the app's document as a form: its fields, and its untouched values. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, cast

from ...openapi.document import Document
from ...openapi.fields import Field, FieldTree, Member, read_fields
from ...openapi.form_values import (
    ABSENT,
    FormValues,
    SampleFile,
    is_file_text,
    sample_body,
    sample_fields,
    sample_values,
)
from ...openapi.operation import JSONSchema, MediaType, Operation, Parameter
from ...openapi.styles import to_text
from ...records.body_text import is_json_type
from ...records.redaction import Redactor
from ...records.secret_rules import Place
from .draft import Draft
from .form_secrets import is_secret_field, without_secrets

FORM_TYPE = "application/x-www-form-urlencoded"
MULTIPART_TYPE = "multipart/form-data"
_TEXTUAL = ("+xml", "/xml", "/yaml", "/x-yaml", "/x-ndjson", "/javascript")
_DEPTH = 10
# What FastAPI accepts as a boolean in a query.
_BOOLEANS = {"true": True, "false": False, "1": True, "0": False, "on": True, "off": False, "yes": True, "no": False}
_PLAIN = ("ref", "description", "nullable", "deprecated", "hint", "format", "discriminator", "smallest")


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
    :ivar redactor: which of its fields are secret
    """

    key: str
    operation: Operation
    document: Document
    redactor: Redactor = Redactor()

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


def try_operation_form(document: Document | None, key: str, redactor: Redactor = Redactor()) -> OperationForm | None:
    """Return the form of a route, None if the document does not describe it."""
    if document is None:
        return None
    operation = document.operation(key)
    if operation is None:
        return None
    return OperationForm(key=key, operation=operation, document=document, redactor=redactor)


def start_draft(draft: Draft, form: OperationForm) -> Draft:
    """
    Return the untouched form of an operation, with the method, path and header rows of a draft.

    Secrets are empty, because the user would not know one that was invented.
    """
    values = sample_values(form.operation, form.document)
    known = [
        (f"{place}.{name}", _as_text(form, f"{place}.{name}", value))
        for place, named in _places_of(values)
        for name, value in without_secrets(named, form.redactor, place).items()
    ]
    media, body = "", ""
    if form.media:
        first = next((one for one in form.media if one.name == values.media_type), form.media[0])
        media = first.name
        kind = body_kind(media)
        given, text, _ = sample_body(first, form.document)
        if kind == "multipart":
            given = _with_marks(sample_fields(first, form.document))
        if kind in ("json", "form", "multipart") and given is not ABSENT:
            body = json.dumps(without_secrets(given, form.redactor), indent=2, ensure_ascii=False)
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


def _places_of(values: FormValues) -> tuple[tuple[Place, Mapping[str, Any]], ...]:
    return (("query", values.query), ("header", values.header), ("cookie", values.cookie))


def _path_text(value: Any) -> str:
    return to_text("path", value) if not isinstance(value, (list, dict)) else ",".join(map(str, value))


def _with_marks(value: Any) -> Any:
    """Return a value of `sample_fields` with the page's mark for each file."""
    if isinstance(value, SampleFile):
        return {"$python": ""}
    if isinstance(value, dict):
        return {name: _with_marks(one) for name, one in value.items()}
    return [_with_marks(one) for one in value] if isinstance(value, list) else value


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
        "bodies": [_body(form, one) for one in form.media],
    }


def _tree(tree: FieldTree, redactor: Redactor) -> dict[str, Any]:
    page = _PageTree(tree, redactor)
    return {
        "field": page.field(tree.root),
        "definitions": {name: page.field(one) for name, one in tree.definitions.items()},
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
        "secret": form.redactor.strict().is_secret(one.name, cast("Place", one.place)),
        **_tree(form.tree(one.schema), form.redactor),
    }


def _body(form: OperationForm, one: MediaType) -> dict[str, Any]:
    kind = body_kind(one.name)
    tree = form.tree(one.schema, files=kind == "multipart")
    if kind == "multipart":
        tree = _with_encoded_files(tree, one)
    return {
        "media": one.name,
        "kind": kind,
        **_tree(tree, form.redactor),
        "examples": [[name or "example", value] for name, value in one.examples.items()],
    }


def _with_encoded_files(tree: FieldTree, media: MediaType) -> FieldTree:
    """Return the fields of a form with files where only ``encoding`` says so, as in OpenAPI 3.1."""

    def encoded(one: Field, name: str) -> Field:
        if one.kind == "array" and one.items is not None:
            return replace(one, items=encoded(one.items, name))
        is_file = one.kind in ("string", "any") and is_file_text({"format": one.format}, media.encoded_as(name))
        return replace(one, kind="file", hint="", format="") if is_file else one

    root = tree.resolve(tree.root)
    root = replace(root, members=tuple(replace(one, field=encoded(one.field, one.name)) for one in root.members))
    if tree.root.kind != "ref":
        return replace(tree, root=root)
    return replace(tree, definitions={**tree.definitions, tree.root.ref: root})


class _PageTree:
    """A tree of fields as JSON for the page, without empty attributes."""

    def __init__(self, tree: FieldTree, redactor: Redactor) -> None:
        self._tree = tree
        self._redactor = redactor

    def field(self, one: Field) -> dict[str, Any]:
        """Return one field with its parts."""
        page: dict[str, Any] = {"kind": one.kind}
        page |= {name: value for name in _PLAIN if (value := getattr(one, name))}
        found: Mapping[str, Any] = {
            "readOnly": one.read_only,
            "examples": list(one.examples),
            "choices": list(one.choices),
            "members": [self._member(member) for member in one.members],
            "prefix": [self.field(item) for item in one.prefix],
            "items": self.field(one.items) if one.items is not None else None,
            "additional": self.field(one.additional) if one.additional is not None else None,
            "variants": [[variant.label, variant.tag, self.field(variant.field)] for variant in one.variants],
            "minItems": one.min_items,
            "maxItems": one.max_items,
        }
        page |= {name: value for name, value in found.items() if value or (name == "maxItems" and value is not None)}
        return page if one.default is ABSENT else page | {"default": one.default}

    def _member(self, member: Member) -> list[Any]:
        is_secret = is_secret_field(member.name, self._tree.resolve(member.field), self._redactor, "body")
        return [member.name, member.required, self.field(member.field) | ({"secret": True} if is_secret else {})]
