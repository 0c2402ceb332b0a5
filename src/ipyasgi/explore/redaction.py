"""Which names are secret, and how their values are masked. Pure; every way out of the house asks here."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote

MASK = "•••"

# Words of a name, split at case changes, digits aside: X-API-Key, access_token, sessionId, client-secret.
_SECRET_WORDS = frozenset(
    {
        "authorization",
        "cookie",
        "password",
        "passwd",
        "passphrase",
        "secret",
        "token",
        "apikey",
        "credential",
        "credentials",
        "session",
        "sessionid",
        "csrf",
        "xsrf",
        "jwt",
        "pwd",
        "pin",
        "otp",
        "signature",
    }
)
_SECRET_ENDS = ("token", "password", "secret", "sessid", "sessionid", "apikey")
_SECRET_PAIRS = frozenset({("api", "key"), ("private", "key"), ("access", "key"), ("auth", "key"), ("set", "cookie")})
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_URL_HEADERS = frozenset({"location", "content-location", "referer", "link", "refresh"})
_SCHEME = re.compile(r"(?:basic|bearer|digest|negotiate|token|apikey)(?= )", re.IGNORECASE)
_USER = re.compile(r"(?<=://)[^/?#@]*(?=@)")
_PART_NAME = re.compile(rb'content-disposition:[^\r\n]*?[;\s]name="?([^";\r\n]*)', re.IGNORECASE)
_EMPTY_LINE = re.compile(rb"\r?\n\r?\n")
_FIELD = re.compile(r"""(["'])((?:(?!\1)[^\\\n]|\\.){1,100})\1\s*:\s*""")
_PIECE = re.compile(
    r"""\s+|b?"(?:[^"\\]|\\.)*(?:"|\Z)|b?'(?:[^'\\]|\\.)*(?:'|\Z)|[\[({]|[\])}]|,|[^\s"'\[\](){},]+|.""", re.DOTALL
)


def is_secret(name: str) -> bool:
    """Tell whether a header, cookie, query or body field of this name holds a secret."""
    words = [word.lower() for word in _WORD.findall(name)]
    told = any(word in _SECRET_WORDS or word.endswith(_SECRET_ENDS) for word in words)
    return told or not _SECRET_PAIRS.isdisjoint(itertools.pairwise(words))


def mask_headers(
    headers: tuple[tuple[bytes, bytes], ...] | list[tuple[bytes, bytes]], *, show: bool = False
) -> list[tuple[str, str]]:
    """
    Return header pairs as text, latin-1, with secret values masked.

    Of cookies the names and attributes stay, of an authorization its scheme, of a URL all but its secret fields.
    """
    pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
    return pairs if show else [(name, _mask_header(name.lower(), value)) for name, value in pairs]


def _mask_header(name: str, value: str) -> str:
    if name == "set-cookie":
        pair, semicolon, attributes = value.partition(";")
        return f"{_mask_cookie(pair)}{semicolon}{attributes}"
    if name == "cookie":
        return ";".join(map(_mask_cookie, value.split(";")))
    if is_secret(name):
        scheme = _SCHEME.match(value)
        return f"{scheme[0]} {MASK}" if scheme is not None else MASK
    return mask_url(value) if name in _URL_HEADERS else value


def _mask_cookie(pair: str) -> str:
    name, equals, _ = pair.partition("=")
    return f"{name}={MASK}" if equals else MASK


def mask_url(url: str, *, show: bool = False) -> str:
    """Return a URL, or a path with a query, with its user, and secret fields of its query and fragment masked."""
    if show:
        return url
    head, mark, fragment = url.partition("#")
    place, question, query = head.partition("?")
    return _USER.sub(MASK, place) + question + mask_query(query) + mark + mask_query(fragment)


def mask_query(query: str, *, show: bool = False) -> str:
    """Return a query string with the values of secret names masked; without one it comes back as it was."""
    if show or not any(is_secret(name) for name, _ in parse_qsl(query, keep_blank_values=True)):
        return query
    return "&".join(
        f"{quote(name)}={MASK if is_secret(name) else quote(value)}"
        for name, value in parse_qsl(query, keep_blank_values=True)
    )


def mask_json(value: Any, *, show: bool = False) -> Any:
    """Return a copy of decoded JSON in which the values of secret names are masked, at any depth."""
    if show:
        return value
    if isinstance(value, Mapping):
        return {key: MASK if is_secret(str(key)) else mask_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [mask_json(item) for item in value]
    return value


def mask_text(text: str, *, show: bool = False) -> str:
    """
    Return text with the values of secret names masked where it looks like JSON or Python: ``"token": "abc"``.

    For what cannot be parsed: cut or broken JSON, lines of JSON, the short text of a picture.
    """
    if show:
        return text
    parts: list[str] = []
    done = 0
    while (field := _FIELD.search(text, done)) is not None:
        parts.append(text[done : field.end()])
        done = field.end()
        if is_secret(field[2]):
            parts.append(field[1] + MASK + field[1])
            done = end_of_value(text, done)
    return "".join([*parts, text[done:]])


def end_of_value(text: str, position: int) -> int:
    """Return where the JSON or Python value that begins at ``position`` ends; the end of the text where it is cut."""
    depth = 0
    while (piece := _PIECE.match(text, position)) is not None:
        if depth == 0 and piece[0] in "]}),":
            return position
        position = piece.end()
        depth += (piece[0] in "[{(") - (piece[0] in "]})")
        if depth == 0 and not piece[0].isspace():
            return position
    return len(text)


def is_json_type(content_type: str) -> bool:
    """Tell whether a content type says JSON: ``application/json``, ``application/problem+json; charset=utf-8``."""
    media_type = content_type.partition(";")[0].strip().lower()
    return media_type == "application/json" or media_type.endswith("+json")


def mask_body(body: bytes, content_type: str, *, show: bool = False) -> bytes:
    """
    Return a JSON, form or multipart body with secret fields masked; any other, and one without secrets, as it is.

    :param content_type: the field's value, such as ``application/json; charset=utf-8``
    """
    if show or not body:
        return body
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == "application/x-www-form-urlencoded":
        return mask_query(body.decode("latin-1")).encode()
    if media_type == "multipart/form-data":
        return _mask_multipart(body, content_type)
    if is_json_type(content_type):
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            return mask_text(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        masked = mask_json(value)
        return body if masked == value else json.dumps(masked, ensure_ascii=False).encode()
    return body


def _mask_multipart(body: bytes, content_type: str) -> bytes:
    boundary = content_type.rpartition("boundary=")[2].partition(";")[0].strip().strip('"').encode("latin-1", "replace")
    parts = body.split(b"--" + boundary) if boundary else [body]
    for number, part in enumerate(parts):
        gap = _EMPTY_LINE.search(part)
        name = _PART_NAME.search(part, 0, gap.start()) if gap is not None else None
        if gap is not None and name is not None and is_secret(name[1].decode("latin-1")):
            parts[number] = part[: gap.end()] + MASK.encode() + b"\r\n"
    return (b"--" + boundary).join(parts) if boundary else body
