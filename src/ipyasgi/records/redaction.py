"""Which names are secret, and how their values are masked; every way out of the house asks here.

Pure but for `SECRET_NAMES`: the names that an app's document, or a person, calls secret though nothing in them says so.
"""

from __future__ import annotations

import itertools
import json
import re
import threading
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote

from .json_tokens import end_of_value, name_of
from .multipart import find_contents

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
_PATH_SIGNS = re.compile(r"[^\w-]+")
_URL_HEADERS = frozenset({"location", "content-location", "referer", "link", "refresh"})
_SCHEME = re.compile(r"(?:basic|bearer|digest|negotiate|token|apikey)(?= )", re.IGNORECASE)
_USER = re.compile(r"(?<=://)[^/?#@]*(?=@)")
_FIELD = re.compile(r"""(["'])((?:(?!\1)[^\\\n]|\\.){1,100})\1\s*:\s*""")

# A document that calls one of these a key says nothing of its value: masked, every request would look the same.
_EVERYBODYS = frozenset(
    {
        "accept",
        "accept-charset",
        "accept-encoding",
        "accept-language",
        "cache-control",
        "connection",
        "content-encoding",
        "content-length",
        "content-location",
        "content-type",
        "date",
        "etag",
        "expires",
        "forwarded",
        "host",
        "last-modified",
        "link",
        "location",
        "origin",
        "range",
        "referer",
        "server",
        "transfer-encoding",
        "user-agent",
        "vary",
        "via",
    }
)


class SecretNames:
    """
    Names that are secret because somebody said so. They only ever become more; any thread may add and ask.

    Case does not matter, nor whether words are joined by ``-`` or ``_``: ``X-Foo`` is ``x_foo`` in a Python endpoint.
    A path that has such a name in it, ``app.state.x_foo``, is secret too.
    """

    def __init__(self) -> None:
        # Another set each time, so that who asks needs no lock.
        self._names: frozenset[str] = frozenset()
        self._lock = threading.Lock()

    def add(self, names: Iterable[str]) -> None:
        """Count these names as secret from now on; those that everybody uses for something else are left out."""
        told = {_plain(name) for name in names} - _EVERYBODYS - {""}
        if not told <= self._names:
            with self._lock:
                self._names |= told

    def __contains__(self, name: str) -> bool:
        plain = _plain(name)
        return plain in self._names or not self._names.isdisjoint(_PATH_SIGNS.split(plain))

    def __repr__(self) -> str:
        return f"<{len(self._names)} secret names>"


def _plain(name: str) -> str:
    return name.strip().lower().replace("_", "-")


# The one value of this module that changes, and it only grows: whether a name is secret is asked in dozens of places
# that know no app, and the name of one app's key is secret whichever app's request, answer or state it stands in.
# Forgetting a name, or keeping it for one explorer, would open what another still hides.
SECRET_NAMES = SecretNames()


def is_secret(name: str) -> bool:
    """Tell whether a header, cookie, query or body field of this name holds a secret, by its words or as told."""
    words = [word.lower() for word in _WORD.findall(name)]
    if any(word in _SECRET_WORDS or word.endswith(_SECRET_ENDS) for word in words) or name in SECRET_NAMES:
        return True
    return not _SECRET_PAIRS.isdisjoint(itertools.pairwise(words))


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
        if is_secret(name_of(f'"{field[2]}"')):
            parts.append(field[1] + MASK + field[1])
            done = end_of_value(text, done)
    return "".join([*parts, text[done:]])


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
    done, pieces = 0, []
    for name, start, end in find_contents(body.decode("latin-1"), content_type):
        if is_secret(name):
            pieces += [body[done:start], MASK.encode()]
            done = end
    return b"".join([*pieces, body[done:]])
