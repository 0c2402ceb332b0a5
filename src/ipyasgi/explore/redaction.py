"""Which names are secret, and how their values are masked. Pure; every way out of the house asks here."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote

MASK = "•••"

# Words of a name, split at case changes, digits aside: X-API-Key, access_token, sessionId, client-secret.
_SECRET_WORDS = frozenset(
    {"authorization", "cookie", "password", "passwd", "passphrase", "secret", "token", "apikey", "credential",
     "credentials", "session", "sessionid", "csrf", "xsrf", "jwt", "pwd", "pin", "otp", "signature"}
)
_SECRET_PAIRS = frozenset({("api", "key"), ("private", "key"), ("access", "key"), ("auth", "key"), ("set", "cookie")})
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def is_secret(name: str) -> bool:
    """Tell whether a header, cookie, query or body field of this name holds a secret."""
    words = [word.lower() for word in _WORD.findall(name)]
    return not _SECRET_WORDS.isdisjoint(words) or any(pair in _SECRET_PAIRS for pair in zip(words, words[1:], strict=False))


def mask_headers(
    headers: tuple[tuple[bytes, bytes], ...] | list[tuple[bytes, bytes]], *, show: bool = False
) -> list[tuple[str, str]]:
    """Return header pairs as text, latin-1, with secret values masked."""
    return [
        (name.decode("latin-1"), MASK if not show and is_secret(name.decode("latin-1")) else value.decode("latin-1"))
        for name, value in headers
    ]


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


def mask_body(body: bytes, content_type: str, *, show: bool = False) -> bytes:
    """
    Return a JSON or form body with secret fields masked; any other body, and one without secrets, as it is.

    :param content_type: the field's value, such as ``application/json; charset=utf-8``
    """
    if show or not body:
        return body
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == "application/x-www-form-urlencoded":
        return mask_query(body.decode("latin-1")).encode()
    if media_type == "application/json" or media_type.endswith("+json"):
        try:
            value = json.loads(body)
        except ValueError:
            return body
        masked = mask_json(value)
        return body if masked == value else json.dumps(masked, ensure_ascii=False).encode()
    return body
