"""`OperationForm`: the request of the form as the app's document describes it: its fields, checks and start. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ...openapi.document import Document
from ...openapi.fields import FieldTree, read_fields
from ...openapi.operation import JSONSchema, MediaType, Operation, Parameter
from ...records.redaction import is_json_type

FORM_TYPE = "application/x-www-form-urlencoded"
MULTIPART_TYPE = "multipart/form-data"


def body_kind(media_type: str) -> str:
    """Return how a body of this type is written: as ``json``, ``form``, ``multipart``, ``text`` or ``file``."""
    name = media_type.partition(";")[0].strip().lower()
    if not name or is_json_type(name) or name == "*/*":
        return "json"
    if name in (FORM_TYPE, MULTIPART_TYPE):
        return "form" if name == FORM_TYPE else "multipart"
    textual = name.startswith("text/") or name.endswith(
        ("+xml", "/xml", "/yaml", "/x-yaml", "/x-ndjson", "/javascript")
    )
    return "text" if textual else "file"


@dataclass(frozen=True, kw_only=True)
class OperationForm:
    """
    One operation of a document; what costs time is read when it is asked for, and once.

    :ivar key: of the route, ``"POST /items"``, which need not be the operation's own
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
        """The types a body may have, as the document has them."""
        return self.operation.body.media if self.operation.body is not None else ()

    def media_named(self, name: str) -> MediaType | None:
        """Return the body's type of a name; of the empty name the first that is JSON."""
        if not name:
            return next((one for one in self.media if body_kind(one.name) == "json"), None)
        return next((one for one in self.media if one.name == name), None)

    def tree(self, schema: JSONSchema, *, files: bool = False) -> FieldTree:
        """Return the fields of one of this operation's schemas."""
        return read_fields(schema, self.document.flatten, files=files)

    def coerce(self, value: Any, schema: JSONSchema, depth: int = 0) -> Any:
        """Return what a text says where the schema wants a number or a boolean; other values as they are."""
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


_DEPTH = 10


def _coerce_text(text: str, types: set[str]) -> Any:
    if "string" in types or not types & {"integer", "number", "boolean"}:
        return text
    if "boolean" in types and text.lower() in _BOOLEANS:
        return _BOOLEANS[text.lower()]
    if types & {"integer", "number"}:
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return text
        return value if isinstance(value, (int, float)) and not isinstance(value, bool) else text
    return text


# What FastAPI takes for a boolean in a query.
_BOOLEANS = {"true": True, "false": False, "1": True, "0": False, "on": True, "off": False, "yes": True, "no": False}


def try_sheet(document: Document | None, key: str) -> OperationForm | None:
    """Return the sheet of a route, None where no document speaks of it."""
    operation = document.operation(key) if document is not None else None
    return (
        None
        if operation is None or document is None
        else OperationForm(key=key, operation=operation, document=document)
    )
