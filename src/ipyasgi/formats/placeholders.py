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
from urllib.parse import unquote_plus

from ..records.redaction import Redactor, Span, read_body, write_body
from ..records.requests import RequestSpec

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BY_SCHEME = {"bearer": "token", "token": "token", "basic": "credentials"}
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


def hide_secrets(
    specs: Iterable[RequestSpec], redactor: Redactor = Redactor()
) -> tuple[tuple[RequestSpec, ...], Placeholders]:
    """Return the requests with a mark in the place of each secret, and what the marks stand for."""
    given = tuple(specs)
    blanks = Placeholders(given)
    return tuple(_hide(spec, redactor, blanks) for spec in given), blanks


def _hide(spec: RequestSpec, redactor: Redactor, blanks: Placeholders) -> RequestSpec:
    return replace(
        spec,
        path=_hide_spans(spec.path, redactor.url_spans(spec.path), blanks),
        query=tuple(
            (name, blanks.mark(name, value) if redactor.hides(name, value, "query") else value)
            for name, value in spec.query
        ),
        headers=tuple((name, _hide_header(name, value, redactor, blanks)) for name, value in spec.headers),
        body=_hide_body(spec, redactor, blanks),
    )


def _hide_header(name: bytes, value: bytes, redactor: Redactor, blanks: Placeholders) -> bytes:
    field, text = name.decode("latin-1"), value.decode("latin-1")
    spans = redactor.header_spans(field, text)
    if field == "authorization":
        spans = [span._replace(name=_BY_SCHEME.get(text[: span.start].strip().lower(), field)) for span in spans]
    return _hide_spans(text, spans, blanks).encode("latin-1")


def _hide_body(spec: RequestSpec, redactor: Redactor, blanks: Placeholders) -> bytes:
    text, encoding = read_body(spec.body)
    spans = redactor.spans(text, spec.header("content-type"))
    if not spans:
        return spec.body
    if any(span.kind == "text" for span in spans):  # what it is, is not known, so a mark may not stand in it
        return blanks.mark("body", spec.body.decode("latin-1")).encode()
    return write_body(_hide_spans(text, spans, blanks), encoding)


def _hide_spans(text: str, spans: Iterable[Span], blanks: Placeholders) -> str:
    parts: list[str] = []
    done = 0
    for span in spans:
        parts += [text[done : span.start], _mark(text[span.start : span.end], span, blanks)]
        done = span.end
    return "".join([*parts, text[done:]])


def _mark(secret: str, span: Span, blanks: Placeholders) -> str:
    """Return what stands in the place of a secret; one that is empty, or says only yes or no, stays."""
    if span.kind == "json":
        value = json.loads(secret)
        if value in (None, "", [], {}) or isinstance(value, bool):
            return secret
        is_text = isinstance(value, str)
        return f'"{blanks.mark(span.name, value if is_text else json.dumps(value), is_json=not is_text)}"'
    if not secret:
        return secret
    return blanks.mark(span.name, unquote_plus(secret) if span.kind == "form" else secret)


def _holds(spec: RequestSpec, stem: str) -> bool:
    texts = [spec.path, *(text for pair in spec.query for text in pair)]
    raw = [spec.body, *(value for _, value in spec.headers)]
    return any(stem in text for text in texts) or any(stem.encode() in part for part in raw)


def _variable_name(field: str) -> str:
    name = re.sub(r"[^A-Z0-9]+", "_", _HUMP.sub("_", field).upper()).strip("_") or "SECRET"
    return f"APP_{name}" if name in _TAKEN or name[0].isdigit() else name
