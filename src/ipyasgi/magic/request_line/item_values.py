"""The values of items, as text, JSON or file, with their Python. Reads files."""

from __future__ import annotations

import functools
import json
import mimetypes
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...records.redaction import Redactor
from ..items import Item
from ..python_call import (
    Argument,
    coded,
    literal,
    read_string,
    read_value,
    source_of_expression,
    tuple_of,
    wrapped,
)
from ..tokenizer import Expression, GrammarError, Text
from .json_source import read_json

if TYPE_CHECKING:
    from ...formats.placeholders import Placeholders

_OCTETS = "application/octet-stream"


class ItemValues:
    """Reader of items as arguments; in their code, values that the redactor masks are ``placeholders``."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor

    @functools.cached_property
    def placeholders(self) -> Placeholders:
        """The placeholders of the code."""
        return _make_placeholders(self._redactor)

    def text(self, item: Item) -> Argument:
        """Return the value of an item as a string."""
        value = _text_in_file(item) if item.from_file else read_string(item.value)
        return self.secret(item.name, value, item.kind)

    def json(self, item: Item) -> Argument:
        """Return the value of an item in JSON; a single ``{{expr}}`` keeps its value."""
        if item.kind != "json":
            value = _text_in_file(item) if item.from_file else read_value(item.value)
        elif item.from_file:
            text = _text_in_file(item)
            _, read = read_json(Text.of(text.value), item.value.fill())
            value = wrapped(read.value, "json.loads(", text, ")", "import json")
        else:
            name, given = item.name.fill(), item.value.fill()
            hint = f"Quote JSON that contains quotes, {name}:='[\"a\"]'. For a text write {name}={given}."
            _, value = read_json(item.value, f"{name}:={given}", hint)
        return self.secret(item.name, value, "json")

    def form(self, item: Item) -> Argument:
        """Return the value of an item in a form: a string; JSON is encoded."""
        if item.kind != "json":
            return self.text(item)
        value = self.json(item)
        return wrapped(json.dumps(value.value), "json.dumps(", value, ")", "import json")

    def upload(self, item: Item) -> Argument:
        """Return ``(filename, bytes, media type)`` of an item."""
        embedded = item.value.whole
        if embedded is not None and not isinstance(embedded.value, (str, os.PathLike)):
            return tuple_of(read_string(item.name), _bytes_of(embedded), literal(_OCTETS))
        path, content, media_type = read_file(item.value)
        return tuple_of(literal(Path(path).name), content, literal(media_type))

    def secret(self, name: Text, value: Argument, kind: str) -> Argument:
        """Return a value; if it is a secret, its code is a placeholder. ``kind`` is the item's."""
        if name.placeholders:
            return value
        named = name.fill()
        if kind == "json" or not value.is_literal:
            code = self.placeholders.hide_json({named: value.code})[named]
            return value if code == value.code else Argument(value=value.value, code=code)
        if kind == "header":
            hidden = self.placeholders.hide_header(named.lower(), value.value)
        else:
            hidden = self.placeholders.hide_value(named, value.value, "query" if kind == "query" else "body")
        return Argument(value=value.value, code=hidden) if hidden.placeholders else value

    def hide_text(self, text: Argument, content_type: str) -> Any:
        """Return the code of a text body; one that contains a secret becomes a placeholder as a whole."""
        hidden, _ = _make_placeholders(self._redactor).hide_body(text.value.encode(), content_type)
        return self.placeholders.hide("body", text.value) if hidden.placeholders else text.code


def _make_placeholders(redactor: Redactor) -> Placeholders:
    from ...formats.placeholders import Placeholders  # a request without items has no use for it

    return Placeholders(redactor)


def _text_in_file(item: Item) -> Argument:
    path, content, _ = read_file(item.value)
    try:
        text = content.value.decode()
    except UnicodeDecodeError:
        raise GrammarError(f"{path} is not UTF-8 text. Send it as a file: name@{path}") from None
    return wrapped(text, "", content, ".decode()")


def read_file(text: Text, *, is_item: bool = True) -> tuple[str, Argument, str]:
    """
    Return path, bytes and media type of a file: ``path;type=image/png``, or a value of ``{{expr}}``.

    :param is_item: whether it follows an ``@``, which a text may begin with too
    """
    embedded = text.whole
    if embedded is not None and not isinstance(embedded.value, (str, os.PathLike)):
        return "", _bytes_of(embedded), _OCTETS
    first, *media_type = text.split(";type=")
    path = read_string(first)
    expand = ".expanduser()" if path.value.startswith("~") else ""
    content = wrapped(_read(path.value, is_item), "Path(", path, f"){expand}.read_bytes()", "from pathlib import Path")
    guessed = ";type=".join(one.fill() for one in media_type) or mimetypes.guess_type(path.value)[0] or _OCTETS
    return path.value, content, guessed


def _read(path: str, is_item: bool) -> bytes:
    try:
        file = Path(path).expanduser()
        if not file.is_file():  # reading a pipe or a device may never end
            hint = f" To send the literal text, write \\@{path}." if is_item else ""
            raise GrammarError(f"File not found: {path}.{hint}")
        return file.read_bytes()
    except (OSError, RuntimeError, ValueError) as exc:
        raise GrammarError(f"Cannot read {path}: {exc}") from None


def _bytes_of(embedded: Expression) -> Argument:
    value: Any = embedded.value
    if isinstance(value, (bytes, bytearray, memoryview)):
        return coded(bytes(value), source_of_expression(embedded))
    if callable(getattr(value, "read", None)):
        try:
            content = value.read()
        except Exception as exc:
            raise GrammarError(f"Cannot read {embedded.name}: {type(exc).__name__}: {exc}") from None
        if isinstance(content, str):
            return coded(content.encode(), f"{source_of_expression(embedded)}.read().encode()")
        if isinstance(content, bytes):
            return coded(content, f"{source_of_expression(embedded)}.read()")
    raise GrammarError(f"{embedded.name} is a {type(value).__name__}. For a file give a path, bytes, or an open file.")
