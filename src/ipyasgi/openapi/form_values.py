"""`FormValues`: what a form has in its fields, and `sample_values`: what it has before anybody touches it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Literal

from .document import Document
from .flattening import types_of
from .media import is_json, is_text, kind_of
from .operation import JSONSchema, MediaType, Operation, OperationBody, Parameter
from .sampling import build_sample

UploadFile = tuple[str, bytes, str]
"""File name, content, media type."""


class Absent(Enum):
    """The kind of `ABSENT`."""

    ABSENT = "absent"

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Literal[Absent.ABSENT] = Absent.ABSENT
"""A body that is not there; None is JSON's null."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormValues:
    """
    The values of an operation's fields. A name that is absent is not sent.

    :ivar path: by parameter name, as JSON values
    :ivar media_type: of the body; empty for no body
    :ivar body: what the body says, as a JSON value
    :ivar text: the body as it stands, instead of ``body``
    :ivar files: by property: files of a multipart body; the whole body's file under ``""``
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
    """
    Return the values of an untouched form: what is required, by its example or the smallest that is valid.

    What is secret is not made up: headers and cookies of security schemes are not there.
    """
    places: dict[str, Any] = {"path": {}, "query": {}, "header": {}, "cookie": {}}
    for parameter in operation.parameters:
        if parameter.required:
            places[parameter.place][parameter.name] = sample_parameter(parameter, document)
    values = FormValues(**places)
    if operation.body is None or not operation.body.required:
        return values
    media = choose_media(operation.body)
    body, text, files = sample_body(media, document)
    return replace(values, media_type=media.name, body=body, text=text, files=files)


def sample_parameter(parameter: Parameter, document: Document) -> Any:
    """Return the first example of a parameter, else the smallest value that can be seen in a URL or a header."""
    if parameter.examples:
        return next(iter(parameter.examples.values()))
    value = build_sample(parameter.schema, document, filled=True).value
    if value == {}:  # which is written as nothing
        value = build_sample(parameter.schema, document, filled=True, optional=True).value
    return value


def choose_media(body: OperationBody) -> MediaType:
    """Return the first form of a body that can be written from values, else the first."""
    return next((one for one in body.media if kind_of(one.name) != "other"), body.media[0])


def sample_body(media: MediaType, document: Document) -> tuple[Any, str | bytes | None, dict[str, UploadFile]]:
    """Return ``body``, ``text`` and ``files`` of `FormValues`: the first example, else the smallest valid ones."""
    kind = kind_of(media.name)
    example = next(iter(media.examples.values()), ABSENT)
    if kind in ("text", "other"):
        if is_file(media.schema, document):
            return ABSENT, b"", {}
        value = build_sample(media.schema, document).value if example is ABSENT else example
        return (ABSENT, value, {}) if isinstance(value, str) else (value, None, {})
    if kind == "json":
        return (build_sample(media.schema, document).value if example is ABSENT else example), None, {}
    # An empty text or array of a form is as good as none to many servers.
    value = build_sample(media.schema, document, filled=True).value if example is ABSENT else example
    if value == {}:  # which means no body
        value = build_sample(media.schema, document, filled=True, optional=True).value
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
    Return whether a schema means bytes: ``format: binary``, or a content type that is not text; an array of such too.

    :param encoded: the content type that the body's encoding gives it
    """
    for _ in range(5):
        flat = document.flatten(schema)
        if flat.get("format") == "binary":
            return True
        media_type = str(flat.get("contentMediaType") or encoded)
        if "contentEncoding" not in flat and media_type and types_of(flat) in (("string",), ()):
            return not (is_text(media_type) or is_json(media_type))
        variants = [one for word in ("anyOf", "oneOf") for one in flat.get(word, ())]
        inner = next((one for one in variants if types_of(document.flatten(one)) != ("null",)), flat.get("items"))
        if inner is None:
            return False
        schema = inner
    return False
