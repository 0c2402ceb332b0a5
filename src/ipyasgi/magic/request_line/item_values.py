"""What the value of an item is, as a text, as JSON, as a file: with the Python that gives it. Reads files."""

from __future__ import annotations

import json
import mimetypes
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...records.redaction import Place, Redactor
from ..items import Item
from ..python_call import (
    Argument,
    called,
    from_environment,
    literal,
    read_string,
    read_value,
    source_of_expression,
    tuple_of,
)
from ..tokenizer import Expression, GrammarError, Template
from .json_source import read_json

_PLACES: Mapping[str, Place] = {"query": "query", "header": "header"}
_OCTETS = "application/octet-stream"


class ItemValues:
    """
    Gives the arguments that items stand for.

    :param redactor: says which values are not written into the source
    """

    def __init__(self, redactor: Redactor) -> None:
        self.redactor = redactor

    def plain(self, item: Item) -> Argument:
        """Return the Python value where the item is nothing else, else its text."""
        return self._secret_item(item, self._text_in_file(item) if item.from_file else read_value(item.value))

    def text(self, item: Item) -> Argument:
        """Return a text."""
        return self._secret_item(item, self._text_in_file(item) if item.from_file else read_string(item.value))

    def json(self, item: Item) -> Argument:
        """Return what the item is in JSON."""
        if item.kind != "json":
            return self.plain(item)
        name = item.name.fill()
        if item.from_file:
            text = self._text_in_file(item)
            _, value = read_json(Template(text.value), item.value.fill(), redactor=Redactor(show=True))
            return called("json.loads", text, lambda _: value.value, "import json")
        hint = (
            f"put quotes around JSON with quotes in it, {name}:='[\"a\"]'; for a text write {name}={item.value.fill()}"
        )
        value = read_json(item.value, f"{name}:={item.value.fill()}", hint, redactor=self.redactor)[1]
        return self._secret_item(item, value)

    def form(self, item: Item) -> Argument:
        """Return what the item is in a form: a text; JSON travels as its text."""
        return (
            called("json.dumps", self.json(item), json.dumps, "import json") if item.kind == "json" else self.text(item)
        )

    def upload(self, item: Item) -> Argument:
        """Return ``(filename, bytes, media type)`` of a file item."""
        embedded = item.value.whole
        if embedded is not None and not isinstance(embedded.value, (str, os.PathLike)):
            return tuple_of((read_string(item.name), _bytes_of(embedded), literal(_OCTETS)))
        path, content, media_type = self.file(item)
        return tuple_of((literal(Path(path).name), content, literal(media_type)))

    def file(self, item: Item) -> tuple[str, Argument, str]:
        """Return the path of a file, its bytes and its media type, guessed where ``;type=`` does not say it."""
        return read_file(item.value)

    def secret(self, name: Template, value: Argument, place: Place) -> Argument:
        """Return a value with a source that does not say it, where its name is that of a secret."""
        named = name.fill()
        is_literal = value.source == literal(value.value).source
        if is_literal and self.redactor.is_secret(named, place):
            return from_environment(named, value.value)
        return value

    def _secret_item(self, item: Item, value: Argument) -> Argument:
        return self.secret(item.name, value, _PLACES.get(item.kind, "body"))

    def _text_in_file(self, item: Item) -> Argument:
        path, content, _ = self.file(item)
        try:
            text = content.value.decode()
        except UnicodeDecodeError:
            raise GrammarError(f"{path} is no UTF-8 text: send it as a file, name@{path}") from None
        return Argument(value=text, source=f"{content.source}.decode()", imports=content.imports)


def read_file(text: Template) -> tuple[str, Argument, str]:
    """
    Return the path of a file, its bytes and its media type.

    :param text: a path, perhaps with ``;type=image/png``; or nothing but a value that is a path, bytes or an open file
    """
    embedded = text.whole
    if embedded is not None and not isinstance(embedded.value, (str, os.PathLike)):
        return "", _bytes_of(embedded), _OCTETS
    place, _, media_type = text.marked.partition(";type=")
    path = read_string(text.part(place))
    content = called("Path", path, lambda _: _read(path.value), "from pathlib import Path")
    expand = ".expanduser()" if path.value.startswith("~") else ""
    content = Argument(value=content.value, source=f"{content.source}{expand}.read_bytes()", imports=content.imports)
    guessed = text.part(media_type).fill() or mimetypes.guess_type(path.value)[0] or _OCTETS
    return path.value, content, guessed


def _read(path: str) -> bytes:
    try:
        place = Path(path).expanduser()
        if not place.is_file():  # a pipe or a device would keep the reader for ever
            raise GrammarError(f"there is no file {path!r}; a text that begins with @ is written \\@{path}")
        return place.read_bytes()
    except (OSError, RuntimeError, ValueError) as exc:
        raise GrammarError(f"{path!r} cannot be read: {exc}") from None


def _bytes_of(embedded: Expression) -> Argument:
    value: Any = embedded.value
    if isinstance(value, (bytes, bytearray, memoryview)):
        return Argument(value=bytes(value), source=source_of_expression(embedded))
    if callable(getattr(value, "read", None)):
        try:
            content = value.read()
        except Exception as exc:
            raise GrammarError(f"{embedded.source} cannot be read: {type(exc).__name__}: {exc}") from None
        if isinstance(content, str):
            return Argument(value=content.encode(), source=f"{source_of_expression(embedded)}.read().encode()")
        if isinstance(content, bytes):
            return Argument(value=content, source=f"{source_of_expression(embedded)}.read()")
    raise GrammarError(f"{embedded.source} is a {type(value).__name__}: a file is a path, bytes, or an open file")
