"""`PathTemplate`: a path such as ``/items/{item_id}``: the names in it, filled, and read back from a path. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

from ..protocol.errors import RequestError

# A NUL is not in a name: the language of %asgi marks its expressions with it.
_FIELD = re.compile(r"\{([^{}:\0]+)(?::([^{}\0]*))?\}")
# What may stand in a path segment as it is, RFC 3986, section 3.3.
_PLAIN = "!$&'()*+,;=:@-._~"
# Werkzeug's and Django's way to write a field.
_ANGLES = re.compile(r"<(?:([A-Za-z_]\w*)(?:\([^>]*\))?:)?\s*([A-Za-z_]\w*)\s*>")
_KEPT = frozenset({"path", "uuid"})  # the convertors that change how a field is filled


@dataclass(frozen=True, slots=True)
class PathField:
    """
    A field of a template.

    :ivar convertor: ``path`` of ``{name:path}``, empty where there is none
    :ivar text: as it stands in the template, with its braces
    """

    name: str
    convertor: str
    text: str

    def fill(self, value: object) -> str:
        """
        Return a value percent-encoded; slashes stay where the convertor is ``path``.

        Raises `RequestError` where the value is None or its text empty: the path would have another shape.
        """
        if value is None or not str(value):
            raise RequestError(f"{self.name} needs a value: it is part of the path")
        return quote(str(value), safe=_PLAIN + "/" if self.convertor == "path" else _PLAIN)


@dataclass(frozen=True, slots=True)
class PathTemplate:
    """
    A path with fields in braces, each with or without a convertor: ``/files/{name:path}``.

    :ivar text: the template; what stands after a ``?`` is a query, in which braces are only text
    """

    text: str

    def pieces(self) -> Iterator[str | PathField]:
        """Yield the fields of the path and the texts between them, in order; then the query, with its ``?``."""
        path, question, query = self.text.partition("?")
        end = 0
        for found in _FIELD.finditer(path):
            yield path[end : found.start()]
            yield PathField(found[1], found[2] or "", found[0])
            end = found.end()
        yield path[end:] + question + query

    @property
    def fields(self) -> tuple[PathField, ...]:
        """The fields in order, each name once."""
        fields = (piece for piece in self.pieces() if isinstance(piece, PathField))
        return tuple({field.name: field for field in fields}.values())

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the fields, in order, each once."""
        return tuple(field.name for field in self.fields)

    @property
    def plain(self) -> str:
        """The template without its convertors, as OpenAPI writes it."""
        return self.write(lambda field: f"{{{field.name}}}")

    def fill(self, values: Mapping[str, object]) -> str:
        """
        Return the path with each field replaced by its value, percent-encoded.

        :param values: by name; names that the template does not have are left out
        Raises `RequestError` where a name has no value, or one whose text is empty.
        """
        return self.write(lambda field: field.fill(values.get(field.name)))

    def write(self, text_of: Callable[[PathField], str]) -> str:
        """Return the path with each field replaced by the text that a function gives for it."""
        return "".join(piece if isinstance(piece, str) else text_of(piece) for piece in self.pieces())

    def match(self, path: str) -> dict[str, str] | None:
        """Return the values that lead from the template to a path, None where none do."""
        found = re.fullmatch("".join(map(_pattern_of, self.pieces())), path)
        if found is None:
            return None
        names = (piece.name for piece in self.pieces() if isinstance(piece, PathField))
        values: dict[str, str] = {}
        for name, text in zip(names, found.groups(), strict=True):
            if values.setdefault(name, unquote(text)) != unquote(text):
                return None
        return values


def _pattern_of(piece: str | PathField) -> str:
    if isinstance(piece, str):
        return re.escape(piece)
    return "(.+)" if piece.convertor == "path" else "([^/]+)"


def read_angles(path: str) -> str:
    """Return the template of a path of Werkzeug's or Django's: ``/f/{p:path}/{pk}`` for ``/f/<path:p>/<int:pk>``."""
    return _ANGLES.sub(lambda field: f"{{{field[2]}{':' + field[1] if field[1] in _KEPT else ''}}}", path)
