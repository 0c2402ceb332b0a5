"""A request as ``%asgi`` code: one line, or a cell for a longer body. Pure.

The grammar is in `ipyasgi.magic.grammar`. A secret becomes ``{{name}}``, a Python variable, so that the code can be
committed. A request that the magic cannot express becomes Python.
"""

from __future__ import annotations

import json
import mimetypes
import re
import shlex
from collections.abc import Iterator, Sequence
from typing import Any

from ..records.body_text import is_json_type
from ..records.requests import METHODS
from ..records.template import Placeholder
from .placeholders import RequestTemplate, Text, has_placeholder, title_of, write_braces, write_json
from .python_code import render_python, try_form_fields
from .uploads import FormPart, notes_of

_LINE_LENGTH = 100
_LONGEST_FORM = 200
_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
# Names that are unambiguous in the grammar.
_ITEM_NAME = re.compile(r"(?!--)[^=:@\s\\\x00-\x1f]+")
_FIELD_NAME = re.compile(r"(?!--)[^=:@\s\\\x00-\x1f\[\]]+")  # brackets are nested fields


def render_magic(request: RequestTemplate) -> str:
    """Return code that sends the same path, query and headers, and the same bytes or the same JSON."""
    if request.parts is not None:
        return _try_upload(request, request.parts) or render_python(request)
    if request.spec.header("content-type") == _FORM and (form := _try_form(request)) is not None:
        return form
    if not _is_expressible(request):
        return render_python(request)
    line = _try_line(request)
    return _cell(request) if line is None else line


def render_magic_socket(target: Text) -> str | None:
    """Return the line that opens a WebSocket and sends a JSON message; None if the magic cannot express the target."""
    if target.placeholders or not target.outline.isprintable():
        return None
    return f"%asgi ws {_quote(target)} '\"hello\"'"


def _is_expressible(request: RequestTemplate) -> bool:
    texts = [request.spec.path, *(text for pair in request.spec.query for text in pair)]
    try:
        body = request.spec.body.decode()
    except UnicodeDecodeError:
        return False
    is_json = is_json_type(request.spec.header("content-type"))
    # A cell drops empty lines at both ends of a body, and its lines of ### separate requests.
    return (
        request.spec.method in METHODS
        and all(text.isprintable() for text in texts)
        and body == body.strip("\n")
        and not re.search("[\r\x00]|^###", body, re.MULTILINE)
        and not request.path.placeholders
        and (_has_items(request) or not request.query_string.placeholders)
        and (not request.body.placeholders or (is_json and request.decoded is not None))
    )


def _has_items(request: RequestTemplate) -> bool:
    """Return whether the query can be items: its spelling need not be kept, and its names fit the grammar."""
    return not request.is_spelled and all(_ITEM_NAME.fullmatch(name) for name, _ in request.query)


def _try_line(request: RequestTemplate) -> str | None:
    headers = _headers(request)
    outlines = [value.outline for _, value in headers]
    fields = _try_fields(request)
    if fields is None or any(one.startswith("=") or one != one.strip() for one in outlines):
        return None
    items = [_item(name, ":", value) for name, value in headers]
    line = " ".join(["%asgi", request.spec.method, *_target(request), *items, *fields])
    return line if len(line) <= _LINE_LENGTH or not request.spec.body else None


def _try_form(request: RequestTemplate) -> str | None:
    """Return the line of a form; None if it is long, or the magic cannot express it."""
    fields = try_form_fields(request)
    texts = [request.spec.path, *(text for pair in request.spec.query for text in pair)]
    headers = [pair for pair in _headers(request) if pair[0] != "Content-Type"]
    values = [Text.of(value) for value in (fields or {}).values() if not isinstance(value, list)]
    if (
        not fields
        or len(values) < len(fields)
        or request.spec.method not in METHODS
        or not all(text.isprintable() for text in (*texts, *(one.outline.replace("\x00", "") for one in values)))
        or request.path.placeholders
        or not (_has_items(request) or not request.query_string.placeholders)
        or not all(map(_ITEM_NAME.fullmatch, fields))
        or any(value.outline != value.outline.strip() for _, value in headers)
        or any(value.outline.startswith("=") for value in (*values, *(value for _, value in headers)))
    ):
        return None
    items = [_item(name, ":", value) for name, value in headers]
    items += [_item(name, "=", value) for name, value in zip(fields, values, strict=True)]
    line = " ".join(["%asgi", request.spec.method, *_target(request), "--form", *items])
    return line if len(line) <= _LONGEST_FORM else None


def _try_upload(request: RequestTemplate, parts: Sequence[FormPart]) -> str | None:
    """Return the line of an upload, whose files are in the working directory; None if the magic cannot express it."""
    texts = [request.spec.path, *(text for pair in request.spec.query for text in pair)]
    texts += [part.value.outline for part in parts if part.filename is None and part.value is not None]
    if (
        request.spec.method not in METHODS
        or not all(text.replace("\x00", "").isprintable() for text in texts)
        or request.path.placeholders
        or not (_has_items(request) or not request.query_string.placeholders)
        or not all(_ITEM_NAME.fullmatch(part.name) for part in parts)
        or any(part.filename is not None and part.filename != part.path for part in parts)
    ):
        return None
    headers = [pair for pair in _headers(request) if pair[0] != "Content-Type"]
    if any(value.outline.startswith("=") or value.outline != value.outline.strip() for _, value in headers):
        return None
    items = [_item(name, ":", value) for name, value in headers]
    for part in parts:
        if part.filename is None:
            items.append(_item(part.name, "=", Text.of(part.value or "")))
        else:
            media_type = "" if _guessed(part.path) == part.content_type else f";type={part.content_type}"
            items.append(_quote(Text.of(f"{part.name}@{part.path}", media_type if part.content_type else "")))
    lines = [f"# {note}" for note in notes_of(parts)]
    return "\n".join([*lines, " ".join(["%asgi", request.spec.method, *_target(request), *items])])


def _guessed(path: str) -> str:
    return mimetypes.guess_type(path)[0] or "application/octet-stream"


def _try_fields(request: RequestTemplate) -> list[str] | None:
    """Return a flat JSON object as items; None for any other body."""
    if not request.spec.body:
        return []
    try:
        fields = json.loads(request.spec.body) if request.decoded is None else request.decoded
    except (ValueError, RecursionError):
        return None
    if request.spec.header("content-type") != _JSON or not isinstance(fields, dict) or not fields:
        return None
    if any(isinstance(value, dict | list) and has_placeholder(value) for value in fields.values()):
        return None
    return [_field(*field) for field in fields.items()] if all(map(_FIELD_NAME.fullmatch, fields)) else None


def _field(name: str, value: Any) -> str:
    if isinstance(value, Placeholder):
        return _item(name, ":=" if value.is_json else "=", Text.of(value))
    if isinstance(value, str) and not value.startswith("=") and value.isprintable():
        return _item(name, "=", Text.of(value))
    return _item(name, ":=", Text.of(json.dumps(value, ensure_ascii=False)))


def _target(request: RequestTemplate) -> Iterator[str]:
    if _has_items(request):
        yield _quote(request.path)
        for name, value in request.query:
            yield _item(name, "==", value)
    else:
        yield _quote(request.target)


def _item(name: str, sign: str, value: Text) -> str:
    # A value that begins with @ would name a file.
    return _quote(Text.of(name + sign, "\\" if re.match(r"\\*@", value.outline) else "", value))


def _cell(request: RequestTemplate) -> str:
    lines = [" ".join(["%%asgi", request.spec.method, *_target(request)])]
    lines += [f"{name}: {write_braces(value)}" for name, value in _headers(request)]
    body = request.body if request.decoded is None else Text.of(*write_json(request.decoded, indent=2))
    return "\n".join([*lines, "", write_braces(body)] if body else lines)


def _headers(request: RequestTemplate) -> list[tuple[str, Text]]:
    """Return the headers without the content type that the magic adds automatically."""
    looks_like_json = request.spec.body.lstrip()[:1] in (b"{", b"[")
    headers = [(title_of(name), value) for name, value in request.headers]
    return [pair for pair in headers if not looks_like_json or pair != ("Content-Type", Text.of(_JSON))]


def _quote(text: Text) -> str:
    texts = [piece for piece in text.pieces if isinstance(piece, str)]
    is_bare = text.placeholders and all(shlex.quote(piece) == piece for piece in texts)
    return write_braces(text) if is_bare else shlex.quote(write_braces(text))
