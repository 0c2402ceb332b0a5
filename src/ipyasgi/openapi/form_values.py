"""`FormValues`, the values of a form's fields, and `sample_values`, the values of a new form. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Literal

from ..records.redaction import is_json_type
from .document import Document
from .flattening import types_of
from .media import is_text, kind_of
from .operation import JSONSchema, MediaType, Operation
from .sampling import build_sample

UploadFile = tuple[str, bytes, str]
"""File name, content, media type."""


class Absent(Enum):
    """The type of `ABSENT`."""

    ABSENT = "absent"

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Literal[Absent.ABSENT] = Absent.ABSENT
"""No body or default; None is JSON's null."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormValues:
    """
    The values of an operation's fields: JSON values by parameter name; absent names are not sent.

    :ivar media_type: of the body; empty for no body
    :ivar body: the JSON value of the body
    :ivar text: the raw body, instead of ``body``
    :ivar files: by property of a multipart body
    """

    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    header: Mapping[str, Any] = field(default_factory=dict)
    cookie: Mapping[str, Any] = field(default_factory=dict)
    media_type: str = ""
    body: Any = ABSENT
    text: str | bytes | None = None
    files: Mapping[str, UploadFile | Sequence[UploadFile]] = field(default_factory=dict)


def sample_values(operation: Operation, document: Document) -> FormValues:
    """Return the values of a new form: an example or the smallest valid value for each required field; no secrets."""
    places: dict[str, Any] = {"path": {}, "query": {}, "header": {}, "cookie": {}}
    for parameter in operation.parameters:
        if parameter.required:
            example = next(iter(parameter.examples.values()), ABSENT)
            value = _sample_filled(parameter.schema, document) if example is ABSENT else example
            places[parameter.place][parameter.name] = value
    values = FormValues(**places)
    if operation.body is None or not operation.body.required:
        return values
    choices = operation.body.media
    media = next((one for one in choices if kind_of(one.name) != "other"), choices[0])
    body, text, files = sample_body(media, document)
    return replace(values, media_type=media.name, body=body, text=text, files=files)


def _sample_filled(schema: JSONSchema, document: Document) -> Any:
    value = build_sample(schema, document, filled=True)
    return build_sample(schema, document, filled=True, optional=True) if value == {} else value


def sample_body(media: MediaType, document: Document) -> tuple[Any, str | bytes | None, dict[str, UploadFile]]:
    """Return ``body``, ``text`` and ``files`` of `FormValues`: of the first example, else the smallest valid ones."""
    kind = kind_of(media.name)
    example = next(iter(media.examples.values()), ABSENT)
    if kind in ("text", "other"):
        if is_file(media.schema, document):
            return ABSENT, b"", {}
        value = build_sample(media.schema, document) if example is ABSENT else example
        return (ABSENT, value, {}) if isinstance(value, str) else (value, None, {})
    if kind == "json":
        return (build_sample(media.schema, document) if example is ABSENT else example), None, {}
    # Many servers treat an empty string or array in a form as missing.
    value = _sample_filled(media.schema, document) if example in (ABSENT, {}) else example
    if kind != "multipart" or not isinstance(value, Mapping):
        return value, None, {}
    properties = document.flatten(media.schema).get("properties", {})
    body, files = dict(value), {}
    for name, schema in properties.items():
        encoded = str(media.encoding.get(name, {}).get("contentType", "")).partition(",")[0].strip()
        flat = document.flatten(schema)
        if name in body and is_file(schema, document, encoded):
            files[name] = ("file", b"", encoded or flat.get("contentMediaType", "application/octet-stream"))
            del body[name]
    return body, None, files


def is_file(schema: JSONSchema, document: Document, encoded: str = "") -> bool:
    """
    Return whether a schema, or its items' schema, means bytes: ``format: binary``, or a content type other than text.

    :param encoded: the content type in the body's ``encoding``
    """
    for _ in range(5):
        flat = document.flatten(schema)
        if flat.get("format") == "binary":
            return True
        media_type = str(flat.get("contentMediaType") or encoded)
        if "contentEncoding" not in flat and media_type and types_of(flat) in (("string",), ()):
            return not (is_text(media_type) or is_json_type(media_type))
        variants = [one for word in ("anyOf", "oneOf") for one in flat.get(word, ())]
        inner = next((one for one in variants if types_of(document.flatten(one)) != ("null",)), flat.get("items"))
        if inner is None:
            return False
        schema = inner
    return False
