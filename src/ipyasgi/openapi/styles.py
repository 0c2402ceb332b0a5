"""How a value is written where its parameter stands: OpenAPI's table of styles, exploded or not. Pure.

A text that would end its own part, such as a comma in a list of a path, is percent-encoded where that is read back
(path), and refused where it is not (header, cookie). ``allowReserved`` needs nothing: a server decodes both alike.
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
_PATH_PLAIN = "!$&'()*+:@-._~"  # what may stand in a path segment, but for the delimiters of the styles: , ; =
_MAX_DEPTH = 20
_Write = Callable[[Any], str]


def write_path(parameter: Parameter, value: Any) -> str:
    """
    Return what stands in the path, percent-encoded.

    Raises `FieldError` for a value that is empty, null, or nested.
    """

    def write(part: Any) -> str:
        text = quote(to_text(parameter.key, part), safe=_PATH_PLAIN)
        return text.replace(".", "%2E") if parameter.style == "label" else text  # where it would separate

    if parameter.media_type:
        return quote(to_json(parameter.key, value), safe=_PATH_PLAIN)
    if value is None or value in ("", [], {}):
        raise FieldError(parameter.key, "it is part of the path, so it needs a value")
    if parameter.style == "matrix":
        return _matrix(quote(parameter.name, safe=_PATH_PLAIN), value, parameter.explode, write)
    dot = parameter.style == "label"
    between = "." if dot and parameter.explode else ","
    text = between.join(_simple(value, parameter.explode, write))
    return f".{text}" if dot else text


def write_query(parameter: Parameter, value: Any) -> list[tuple[str, str]]:
    """
    Return the pairs of a query, not yet encoded; none for null and for what is empty.

    Raises `FieldError` for a value that the style cannot write.
    """
    key, name = parameter.key, parameter.name
    if parameter.media_type:
        return [(name, to_json(key, value))]
    if parameter.style == "deepObject" and isinstance(value, Mapping):
        return list(_deep(key, name, value, 0))
    return write_form(key, name, value, _SEPARATORS.get(parameter.style, ","), explode=parameter.explode)


def write_form(key: str, name: str, value: Any, separator: str, *, explode: bool) -> list[tuple[str, str]]:
    """Return the pairs that a value of a query or of a urlencoded body is in the style ``form``."""
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
    """
    Return the text of a header.

    Raises `FieldError` for what the style cannot write.
    """

    def write(part: Any) -> str:
        text = to_text(parameter.key, part)
        if "," in text and not isinstance(value, str):
            raise FieldError(parameter.key, f"{text[:50]!r} has a comma, which is what separates here")
        return text

    if parameter.media_type:
        return to_json(parameter.key, value)
    return ",".join(_simple(value, parameter.explode, write))


def write_cookie(parameter: Parameter, value: Any) -> list[tuple[str, str]]:
    """
    Return the cookies that a value is, by name.

    Raises `FieldError` for what the style cannot write, and for what would end the cookie.
    """
    pairs = write_query(parameter, value)
    for name, text in pairs:
        if not name or any(sign in name for sign in "=;, \t") or ";" in text:
            raise FieldError(parameter.key, f"{name[:50]}={text[:50]} cannot be a cookie: it has a sign that ends one")
    return pairs


def to_json(key: str, value: Any) -> str:
    """
    Return a value as JSON.

    Raises `FieldError` for what JSON cannot say.
    """
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        # Half of a surrogate pair can be sent as an escape only.
        return text if text.isascii() or _is_unicode(text) else json.dumps(value, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as exc:
        raise FieldError(key, f"this is no JSON value: {exc}") from exc


def to_text(key: str, value: Any) -> str:
    """
    Return one value as the text that stands for it: of texts itself, of others their JSON.

    Raises `FieldError` for lists and objects, and for what JSON cannot say.
    """
    if isinstance(value, str):
        if not _is_unicode(value):
            raise FieldError(key, "half of a surrogate pair cannot be sent")
        return value
    if isinstance(value, Mapping) or is_list(value):
        raise FieldError(key, "a list or an object within another cannot be written in this style")
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
    """Return ``a[b][c]=1``: OpenAPI defines one level, and this is what servers make of further ones."""
    if depth > _MAX_DEPTH:
        raise FieldError(key, "objects lie too deep in one another")
    if isinstance(value, Mapping):
        return [
            pair
            for each, one in value.items()
            if one is not None
            for pair in _deep(key, f"{name}[{each}]", one, depth + 1)
        ]
    if is_list(value):
        return [pair for one in value if one is not None for pair in _deep(key, name, one, depth + 1)]
    return [(name, to_text(key, value))]
