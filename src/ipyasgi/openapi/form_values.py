"""`FormValues`, the values of a form's fields, and `sample_values`, the values of a new form. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Literal, NamedTuple

from ..records.body_text import is_json_type
from .document import Document
from .flattening import types_of
from .media import is_text, kind_of
from .operation import JSONSchema, MediaType, Operation
from .sampling import build_sample

UploadFile = tuple[str, bytes, str]
"""File name, content, media type."""

_Files = dict[str, UploadFile | Sequence[UploadFile]]


class SampleFile(NamedTuple):
    """A file that is not chosen yet: an `UploadFile` without content."""

    name: str
    content: bytes
    media_type: str


DEEPEST_FILE = 20
"""The maximum depth of a file in a form's value."""

_MAX_VARIANTS = 50


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


def sample_body(media: MediaType, document: Document) -> tuple[Any, str | bytes | None, _Files]:
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
    value = sample_fields(media, document)
    if kind != "multipart":
        return value, None, {}
    body, found = split_files(value, lambda one: isinstance(one, SampleFile))
    files: _Files = {}
    for part, placed in found.items():
        files[part] = placed[0][1] if len(placed) == 1 else [one for _, one in placed]
    return body, None, files


def sample_fields(media: MediaType, document: Document) -> Any:
    """Return the value of a form's body as in `sample_body`, with a `SampleFile` in the place of each file."""
    example = next(iter(media.examples.values()), ABSENT)
    # Many servers treat an empty string or array in a form as missing.
    value = _sample_filled(media.schema, document) if example in (ABSENT, {}) else example
    if kind_of(media.name) != "multipart" or not isinstance(value, Mapping):
        return value
    flat = _variants_of(media.schema, document)
    return {
        name: _with_files(item, _member_schema(flat, name), document, media.encoded_as(str(name)), 0)
        for name, item in value.items()
    }


def split_files(value: Any, is_file: Callable[[Any], bool]) -> tuple[Any, dict[str, list[tuple[str, Any]]]]:
    """
    Return a form's value without its files, and the files by the name of their part, each with its JSON pointer.

    A file within an object is a part ``meta[image]``, as web frameworks read it; OpenAPI does not say.
    """
    found: dict[str, list[tuple[str, Any]]] = {}

    def rest_of(item: Any, part: str, pointer: str, depth: int) -> Any:
        if is_file(item):
            found.setdefault(part, []).append((pointer, item))
            return ABSENT
        if depth > DEEPEST_FILE or not isinstance(item, (dict, list)) or not item:
            return item
        if isinstance(item, dict):
            parts = {name: (f"{part}[{name}]", f"{pointer}/{escape_pointer(name)}") for name in item}
            named = {name: rest_of(one, *parts[name], depth + 1) for name, one in item.items()}
            rest: Any = {name: one for name, one in named.items() if one is not ABSENT}
        else:
            kept = [
                rest_of(one, part if is_file(one) else f"{part}[{number}]", f"{pointer}/{number}", depth + 1)
                for number, one in enumerate(item)
            ]
            rest = [one for one in kept if one is not ABSENT]
        return rest or ABSENT

    if not isinstance(value, Mapping):
        return value, {}
    parts = {name: rest_of(item, str(name), f"/{escape_pointer(name)}", 0) for name, item in value.items()}
    return {name: item for name, item in parts.items() if item is not ABSENT}, found


def escape_pointer(part: object) -> str:
    """Return one step of a JSON pointer: RFC 6901, section 3."""
    return str(part).replace("~", "~0").replace("/", "~1")


def _with_files(value: Any, schema: JSONSchema, document: Document, encoded: str, depth: int) -> Any:
    """Return a value with a `SampleFile` in place of each text that is a file by its schema."""
    if depth > DEEPEST_FILE:
        return value
    if isinstance(value, str):
        if not is_file(schema, document, encoded):
            return value
        named = (flat.get("contentMediaType") for flat in _variants_of(schema, document))
        return SampleFile("file", b"", encoded or next(filter(None, named), "application/octet-stream"))
    if isinstance(value, dict):
        flat = _variants_of(schema, document)
        return {
            name: _with_files(one, _member_schema(flat, name), document, "", depth + 1) for name, one in value.items()
        }
    if isinstance(value, list):
        items = _item_schemas(_variants_of(schema, document), len(value))
        return [_with_files(one, item, document, encoded, depth + 1) for one, item in zip(value, items, strict=True)]
    return value


def _variants_of(schema: JSONSchema, document: Document) -> list[Mapping[str, Any]]:
    """Return a schema and its alternatives, each flat."""
    found: list[Mapping[str, Any]] = []
    waiting: list[Any] = [schema]
    while waiting and len(found) < _MAX_VARIANTS:
        flat = document.flatten(waiting.pop())
        found.append(flat)
        waiting += reversed([*flat.get("anyOf", ()), *flat.get("oneOf", ())])
    return found


def _member_schema(flat: Sequence[Mapping[str, Any]], name: Any) -> JSONSchema:
    """Return the schema of a member in the first alternative that has one."""
    declared = (one["properties"][name] for one in flat if name in one.get("properties", {}))
    others = (one["additionalProperties"] for one in flat if isinstance(one.get("additionalProperties"), Mapping))
    return next(itertools.chain(declared, others), True)


def _item_schemas(flat: Sequence[Mapping[str, Any]], count: int) -> list[JSONSchema]:
    one = next((one for one in flat if "items" in one or "prefixItems" in one), {})
    prefix: list[JSONSchema] = list(one.get("prefixItems", ()))[:count]
    return [*prefix, *[one.get("items", True)] * (count - len(prefix))]


def is_file(schema: JSONSchema, document: Document, encoded: str = "") -> bool:
    """
    Return whether a schema, or its items' schema, means bytes: ``format: binary``, or a content type other than text.

    :param encoded: the content type in the body's ``encoding``
    """
    for _ in range(5):
        flat = document.flatten(schema)
        variants = [one for word in ("anyOf", "oneOf") for one in flat.get(word, ())]
        inner = next((one for one in variants if types_of(document.flatten(one)) != ("null",)), flat.get("items"))
        if is_file_text(flat, encoded):
            return True
        if inner is None:
            return False
        schema = inner
    return False


def is_file_text(flat: Mapping[str, Any], encoded: str = "") -> bool:
    """Return whether a flat schema means bytes."""
    if flat.get("format") == "binary":
        return True
    media_type = str(flat.get("contentMediaType") or encoded)
    is_binary = bool(media_type) and not is_text(media_type) and not is_json_type(media_type)
    return is_binary and "contentEncoding" not in flat and types_of(flat) in (("string",), (), ("string", "null"))
