"""Writes a parameter's value in OpenAPI's styles, exploded or not. Pure.

A separator within a value is percent-encoded in a path, where it is decoded again, and rejected in headers and cookies.
All functions raise `FieldError` for a value that the style cannot write.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from ..protocol.errors import FieldError
from .operation import Parameter
from .references import is_list

_SEPARATORS = {"form": ",", "spaceDelimited": " ", "pipeDelimited": "|"}
_PATH_PLAIN = "!$&'()*+:@-._~"  # the characters allowed in a path segment, except the styles' delimiters: , ; =
_MAX_DEPTH = 20
_Write = Callable[[Any], str]


def write_path(parameter: Parameter, value: Any) -> str:
    """Return a value percent-encoded for a path; it may not be empty, null or nested."""

    def write(part: Any) -> str:
        text = quote(to_text(parameter.key, part), safe=_PATH_PLAIN)
        return text.replace(".", "%2E") if parameter.style == "label" else text  # the separator of this style

    if parameter.media_type:
        return quote(to_json(parameter.key, value), safe=_PATH_PLAIN)
    if value is None or value in ("", [], {}):
        raise FieldError(parameter.key, "this part of the path needs a value")
    if parameter.style == "matrix":
        return _matrix(quote(parameter.name, safe=_PATH_PLAIN), value, parameter.explode, write)
    dot = parameter.style == "label"
    between = "." if dot and parameter.explode else ","
    text = between.join(_simple(value, parameter.explode, write))
    return f".{text}" if dot else text


def write_query(parameter: Parameter, value: Any) -> list[tuple[str, str]]:
    """Return the pairs of a query, not encoded; none for null and empty values."""
    key, name = parameter.key, parameter.name
    if parameter.media_type:
        return [(name, to_json(key, value))]
    if parameter.style == "deepObject" and isinstance(value, Mapping):
        return list(_deep(key, name, value, 0))
    return write_form(key, name, value, _SEPARATORS.get(parameter.style, ","), explode=parameter.explode)


def write_form(key: str, name: str, value: Any, separator: str, *, explode: bool) -> list[tuple[str, str]]:
    """Return the pairs of a query or urlencoded body for a value in the style ``form``."""
    if value is None:
        return []
    if isinstance(value, Mapping):
        pairs = [(str(each), to_text(key, one)) for each, one in value.items() if one is not None]
        return pairs if explode else _joined(name, [text for pair in pairs for text in pair], separator)
    if is_list(value):
        texts = [to_text(key, one) for one in value if one is not None]
        return [(name, text) for text in texts] if explode else _joined(name, texts, separator)
    return [(name, to_text(key, value))]


def write_header(parameter: Parameter, value: Any) -> str:
    """Return the text of a header."""

    def write(part: Any) -> str:
        text = to_text(parameter.key, part)
        if "," in text and not isinstance(value, str):
            raise FieldError(parameter.key, f"{text[:50]!r} contains a comma, which separates items here")
        return text

    if parameter.media_type:
        return to_json(parameter.key, value)
    return ",".join(_simple(value, parameter.explode, write))


def write_cookie(parameter: Parameter, value: Any) -> list[tuple[str, str]]:
    """Return the cookies for a value as ``(name, text)`` pairs."""
    pairs = write_query(parameter, value)
    for name, text in pairs:
        if not name or any(sign in name for sign in "=;, \t") or ";" in text:
            raise FieldError(parameter.key, f"{name[:50]}={text[:50]} has a character that a cookie cannot contain")
    return pairs


def to_json(key: str, value: Any) -> str:
    """Return a value as JSON text."""
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        # A lone surrogate can be sent only as an escape.
        return text if text.isascii() or _is_unicode(text) else json.dumps(value, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as exc:
        raise FieldError(key, f"not a JSON value: {exc}") from exc


def to_text(key: str, value: Any) -> str:
    """Return a string unchanged, and any other value except lists and objects as JSON."""
    if isinstance(value, str):
        if not _is_unicode(value):
            raise FieldError(key, "a lone surrogate cannot be sent: remove it")
        return value
    if isinstance(value, Mapping) or is_list(value):
        raise FieldError(key, "this style cannot write a list or object within another")
    return "" if value is None else to_json(key, value)


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= sign <= "\udfff" for sign in text)


def _simple(value: Any, explode: bool, write: _Write) -> list[str]:
    if isinstance(value, Mapping):
        pairs = [(write(str(name)), write(one)) for name, one in value.items() if one is not None]
        return [f"{name}={text}" for name, text in pairs] if explode else [text for pair in pairs for text in pair]
    if is_list(value):
        return [write(one) for one in value if one is not None]
    return [write(value)]


def _matrix(name: str, value: Any, explode: bool, write: _Write) -> str:
    if not isinstance(value, Mapping) and not is_list(value):
        return f";{name}={write(value)}"
    texts = _simple(value, explode, write)
    if not explode:
        return f";{name}={','.join(texts)}"
    return "".join(f";{text}" if isinstance(value, Mapping) else f";{name}={text}" for text in texts)


def _joined(name: str, texts: list[str], separator: str) -> list[tuple[str, str]]:
    return [(name, separator.join(texts))] if texts else []


def _deep(key: str, name: str, value: Any, depth: int) -> list[tuple[str, str]]:
    """Return ``a[b][c]=1``: OpenAPI defines one level; most servers accept more."""
    if depth > _MAX_DEPTH:
        raise FieldError(key, "objects are nested too deeply")
    if isinstance(value, Mapping):
        parts = [(f"{name}[{each}]", one) for each, one in value.items()]
    elif is_list(value):
        parts = [(name, one) for one in value]
    else:
        return [(name, to_text(key, value))]
    return [pair for inner, one in parts if one is not None for pair in _deep(key, inner, one, depth + 1)]
