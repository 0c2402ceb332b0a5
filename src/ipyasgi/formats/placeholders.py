"""`Placeholders`: names that replace the secrets of an export, so that it can be committed and still runs. Pure.

A mark takes the place of each secret first. A format then writes its text, marks and all, and puts its own spelling,
``"$TOKEN"`` or ``os.environ["TOKEN"]``, where the marks are; so nothing that it escapes is ever a name.
What is secret is said in `ipyasgi.records.redaction`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from ..records.multipart import find_contents
from ..records.redaction import is_secret, mask_body, mask_headers, mask_query, mask_text, mask_url
from ..records.requests import RequestSpec

_USER = re.compile(r"(?<=://)[^/?#@]+(?=@)")
_SCHEME = re.compile(r"(?:basic|bearer|digest|negotiate|token|apikey) +", re.IGNORECASE)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# Names that a shell fills by itself.
_TAKEN = frozenset({"PWD", "OLDPWD"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Placeholder:
    """
    A place for a value.

    :ivar name: upper-case, such as ``TOKEN``
    :ivar is_json: the value is any JSON, not the inside of a text
    """

    name: str
    is_json: bool = False


class Placeholders:
    """
    The marks of one export and what they stand for.

    :param specs: the requests whose texts no mark may be taken for
    """

    def __init__(self, specs: Sequence[RequestSpec] = ()) -> None:
        stem = "BLANK"
        while any(_holds(spec, stem) for spec in specs):
            stem += "X"
        self._stem = stem
        self._mark = re.compile(f"{stem}([0-9]+)E")
        self._numbers: dict[tuple[str, str, bool], int] = {}
        self._found: list[Placeholder] = []

    @property
    def names(self) -> tuple[str, ...]:
        """Every name in the order of its first use."""
        return tuple(blank.name for blank in self._found)

    @property
    def values(self) -> tuple[str, ...]:
        """Every value that a mark took the place of."""
        return tuple(value for _, value, _ in self._numbers)

    def mark(self, field: str, value: str, *, is_json: bool = False) -> str:
        """Return the mark for a value: the same for the same value of the same field."""
        wanted = _variable_name(field)
        number = self._numbers.setdefault((wanted, value, is_json), len(self._found))
        if number == len(self._found):
            others = sum(key[0] == wanted for key in self._numbers)
            self._found.append(Placeholder(name=wanted if others == 1 else f"{wanted}_{others}", is_json=is_json))
        return f"{self._stem}{number}E"

    def split(self, text: str) -> list[str | Placeholder]:
        """Return a text in pieces: what is written as it is, and the blanks between."""
        pieces = self._mark.split(text)
        return [self._found[int(piece)] if number % 2 else piece for number, piece in enumerate(pieces) if piece]

    def fill(self, text: str, write: Callable[[Placeholder], str], keep: Callable[[str], str] = str) -> str:
        """Return a text with each blank written by ``write`` and what is between them by ``keep``."""
        return "".join(keep(piece) if isinstance(piece, str) else write(piece) for piece in self.split(text))

    def unquote_json(self, text: str) -> str:
        """Return JSON text in which the marks that stand for any JSON have lost the quotes around them."""
        return re.sub(
            f'"({self._mark.pattern})"',
            lambda match: match[1] if self._found[int(match[2])].is_json else match[0],
            text,
        )


def hide_secrets(specs: Iterable[RequestSpec], *, show: bool = False) -> tuple[tuple[RequestSpec, ...], Placeholders]:
    """
    Return the requests with a mark in the place of each secret, and what the marks stand for.

    :param show: leave the secrets where they are
    """
    given = tuple(specs)
    blanks = Placeholders(given)
    return (given if show else tuple(_hide(spec, blanks) for spec in given)), blanks


def _hide(spec: RequestSpec, blanks: Placeholders) -> RequestSpec:
    return replace(
        spec,
        path=_USER.sub(lambda match: blanks.mark("credentials", match[0]), spec.path),
        query=tuple((name, _hide_value(name, value, blanks)) for name, value in spec.query),
        headers=tuple((name, _hide_header(name, value, blanks)) for name, value in spec.headers),
        body=_hide_body(spec, blanks),
    )


def _hide_value(name: str, value: str, blanks: Placeholders) -> str:
    return blanks.mark(name, value) if value and (is_secret(name) or mask_url(value) != value) else value


def _hide_header(name: bytes, value: bytes, blanks: Placeholders) -> bytes:
    field, text = name.decode("latin-1"), value.decode("latin-1")
    if field == "cookie":
        pairs = (pair.partition("=") for pair in text.split(";"))
        text = ";".join(
            f"{key}={blanks.mark(key.strip(), crumb)}" if crumb else key + sign for key, sign, crumb in pairs
        )
    elif is_secret(field) and text:
        scheme = _SCHEME.match(text)
        start = scheme.end() if scheme is not None else 0
        kind = text[:start].strip().lower()
        known = {"bearer": "token", "token": "token", "basic": "credentials"}.get(kind, field)
        text = text[:start] + blanks.mark(known if field == "authorization" else field, text[start:])
    elif mask_headers(((name, value),), show=False) != mask_headers(((name, value),), show=True):
        text = blanks.mark(field, text)
    return text.encode("latin-1")


def _hide_body(spec: RequestSpec, blanks: Placeholders) -> bytes:
    body, content_type = spec.body, spec.header("content-type")
    media_type = content_type.partition(";")[0].strip().lower()
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict | list):
        hidden = _hide_json(value, blanks)
        return body if hidden == value else json.dumps(hidden, ensure_ascii=False).encode("utf-8", "surrogatepass")
    if media_type == "application/x-www-form-urlencoded" and b"\n" not in body:
        text = body.decode("utf-8", "surrogateescape")
        pairs = parse_qsl(text, keep_blank_values=True)
        hidden_pairs = [(name, _hide_value(name, given, blanks)) for name, given in pairs]
        return body if hidden_pairs == pairs else urlencode(hidden_pairs).encode()
    if media_type.startswith("multipart/"):
        return _hide_parts(body, content_type, blanks)
    return blanks.mark("body", body.decode("latin-1")).encode() if _looks_secret(body, content_type) else body


def _hide_json(value: Any, blanks: Placeholders) -> Any:
    if isinstance(value, list):
        return [_hide_json(item, blanks) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: _hide_field(key, item, blanks) for key, item in value.items()}


def _hide_field(key: str, value: Any, blanks: Placeholders) -> Any:
    if not is_secret(key):
        return _hide_json(value, blanks)
    if value in (None, "", [], {}) or isinstance(value, bool):
        return value  # nothing to hide
    if isinstance(value, str):
        return blanks.mark(key, value)
    return blanks.mark(key, json.dumps(value), is_json=True)


def _hide_parts(body: bytes, content_type: str, blanks: Placeholders) -> bytes:
    done, pieces = 0, []
    for name, start, end in find_contents(body.decode("latin-1"), content_type):
        if is_secret(name) and start < end:
            pieces += [body[done:start], blanks.mark(name, body[start:end].decode("latin-1")).encode()]
            done = end
    return b"".join([*pieces, body[done:]])


def _looks_secret(body: bytes, content_type: str) -> bool:
    """Tell whether what is no JSON, form or multipart holds a secret all the same; in doubt it does."""
    text = body.decode("utf-8", "replace")
    return (
        mask_body(body, content_type) != body
        or mask_text(text) != text
        or any(mask_query(word) != word for word in text.split() if "=" in word)
    )


def _holds(spec: RequestSpec, stem: str) -> bool:
    texts = [spec.path, *(text for pair in spec.query for text in pair)]
    raw = [spec.body, *(value for _, value in spec.headers)]
    return any(stem in text for text in texts) or any(stem.encode() in part for part in raw)


def _variable_name(field: str) -> str:
    name = re.sub(r"[^A-Z0-9]+", "_", _HUMP.sub("_", field).upper()).strip("_") or "SECRET"
    return f"APP_{name}" if name in _TAKEN or name[0].isdigit() else name
