"""`PathTemplate`: a path such as ``/items/{item_id}``, filled with values or matched with a path. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast
from urllib.parse import quote, unquote

from ..protocol.errors import RequestError

# A name contains no NUL, which marks expressions in the language of %asgi.
_FIELD = re.compile(r"\{([^{}:\0]+)(?::([^{}\0]*))?\}")
# The characters of a path segment that are not encoded: RFC 3986, section 3.3.
_PLAIN = "!$&'()*+,;=:@-._~"
# A field in the syntax of Werkzeug and Django.
_ANGLES = re.compile(r"<(?:([A-Za-z_]\w*)(?:\([^<>]*\))?:)?\s*([A-Za-z_]\w*)\s*>")
_MAX_STEPS = 20_000
_KEPT = frozenset({"path", "uuid"})  # the convertors that affect values


@dataclass(frozen=True, slots=True)
class PathField:
    """A field of a template: its ``text`` with braces, the name and the convertor, such as ``path``, or empty."""

    name: str
    convertor: str
    text: str

    def fill(self, value: object) -> str:
        """Return a value percent-encoded, with slashes kept for ``path``; raises `RequestError` if it is empty."""
        if value is None or not str(value):
            raise RequestError(f"{self.name} is required: it is part of the path")
        return quote(str(value), safe=_PLAIN + "/" if self.convertor == "path" else _PLAIN)


@dataclass(frozen=True, slots=True)
class PathTemplate:
    """A path with fields such as ``{name:path}``, and optionally a query, in which braces are literal."""

    text: str

    def pieces(self) -> Iterator[str | PathField]:
        """Yield the fields and the texts between them in order; the query is part of the last text."""
        path, question, query = self.text.partition("?")
        end = 0
        for found in _FIELD.finditer(path):
            yield path[end : found.start()]
            yield PathField(found[1], found[2] or "", found[0])
            end = found.end()
        yield path[end:] + question + query

    @property
    def fields(self) -> tuple[PathField, ...]:
        """The fields in order, without repeated names."""
        fields = (piece for piece in self.pieces() if isinstance(piece, PathField))
        return tuple({field.name: field for field in fields}.values())

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the fields in order, without repetitions."""
        path = self.text.partition("?")[0]
        return tuple(dict.fromkeys(found[1] for found in _FIELD.finditer(path))) if "{" in path else ()

    @property
    def plain(self) -> str:
        """The template without convertors, as in OpenAPI."""
        return self.write(lambda field: f"{{{field.name}}}")

    def fill(self, values: Mapping[str, object]) -> str:
        """Return the path with percent-encoded values; raises `RequestError` if one is missing or empty."""
        return self.write(lambda field: field.fill(values.get(field.name)))

    def write(self, text_of: Callable[[PathField], str]) -> str:
        """Return the path with each field replaced by the result of a function."""
        return "".join(piece if isinstance(piece, str) else text_of(piece) for piece in self.pieces())

    def match(self, path: str) -> dict[str, str] | None:
        """Return the values of a path that matches the template, or None."""
        spans = self.spans(path)
        if spans is None:
            return None
        values: dict[str, str] = {}
        for name, start, end in spans:
            text = unquote(path[start:end])
            if values.setdefault(name, text) != text:
                return None
        return values

    def spans(self, path: str) -> list[tuple[str, int, int]] | None:
        """Return the name of each field with the start and end of its value in a path that matches, or None."""
        spans = _find_spans(list(self.pieces()), path)
        if spans is None:
            return None
        names = (piece.name for piece in self.pieces() if isinstance(piece, PathField))
        return [(name, start, end) for name, (start, end) in zip(names, spans, strict=True)]


def _find_spans(pieces: list[str | PathField], path: str) -> list[tuple[int, int]] | None:
    """
    Return where each field begins and ends in a path, the first ones as long as possible; None if it does not match.

    It does what a regular expression does, but in a limited number of steps.
    """
    fields, texts = pieces[1::2], cast("list[str]", pieces[::2])
    if not path.startswith(texts[0]) or (not fields and path != texts[0]):
        return None

    def ends_of(number: int, start: int) -> Iterator[int]:
        """Yield where a field that begins here may end, the last place first."""
        field, text = cast("PathField", fields[number]), texts[number + 1]
        slash = -1 if field.convertor == "path" else path.find("/", start)
        limit = len(path) if slash < 0 else slash
        if number == len(fields) - 1:
            end = len(path) - len(text)
            yield from [end] if start < end <= limit and path.endswith(text) else []
            return
        end = path.rfind(text, start + 1, limit + len(text))
        while end > start:
            yield end
            end = path.rfind(text, start + 1, end - 1 + len(text))

    starts, ends = [len(texts[0])], [0]
    waiting = [ends_of(0, starts[0])] if fields else []
    failed: set[tuple[int, int]] = set()
    for _ in range(_MAX_STEPS):
        if not waiting:
            break
        number = len(waiting) - 1
        end = next(waiting[-1], -1)
        if end < 0:
            failed.add((number, starts[number]))
            waiting.pop()
            continue
        starts[number + 1 :] = [end + len(texts[number + 1])]
        ends[number:] = [end]
        if number == len(fields) - 1:
            return list(zip(starts, ends, strict=False))
        if (number + 1, starts[-1]) not in failed:
            waiting.append(ends_of(number + 1, starts[-1]))
    return None if fields else []


def read_angles(path: str) -> str:
    """Return the template of a Werkzeug or Django path: ``/f/{p:path}/{pk}`` for ``/f/<path:p>/<int:pk>``."""
    return _ANGLES.sub(lambda field: f"{{{field[2]}{':' + field[1] if field[1] in _KEPT else ''}}}", path)
