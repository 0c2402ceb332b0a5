"""What a body is: its text, and whether it is JSON or multipart. Pure."""

from __future__ import annotations

import contextlib
import json


def read_body(body: bytes) -> tuple[str, str]:
    """Return a body as text, and the encoding that restores the same bytes with ``surrogateescape``."""
    encoding = json.detect_encoding(body)
    with contextlib.suppress(UnicodeError):
        if encoding != "utf-8" and is_json(text := body.decode(encoding)):
            return text, encoding
    return body.decode("utf-8", "surrogateescape"), "utf-8"


def is_json_type(content_type: str) -> bool:
    """Return whether a content type is JSON: ``application/json``, ``application/problem+json; charset=utf-8``."""
    media_type = content_type.partition(";")[0].strip().lower()
    return media_type in ("application/json", "text/json") or media_type.endswith("+json")


def is_multipart_type(content_type: str) -> bool:
    """Return whether a content type is multipart."""
    return content_type.strip().lower().startswith("multipart/")


def is_json(text: str) -> bool:
    """Return whether a text is an object or array of JSON."""
    if text.lstrip(" \t\r\n")[:1] not in ("{", "["):
        return False
    try:
        return isinstance(json.loads(text), (dict, list))
    except (ValueError, RecursionError):
        return False
