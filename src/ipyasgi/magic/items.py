"""Items of a request line: the sign of each, and the text on both sides. Reads no file, sends nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ..records.requests import METHODS
from .grammar import OPTIONS, hint_for_option
from .tokenizer import GrammarError, Text, Token

Kind = Literal["field", "json", "query", "header", "file"]

_KINDS: dict[str, Kind] = {"=": "field", ":=": "json", "==": "query", ":": "header", "@": "file"}
# The name ends at the first sign without a backslash before it; a longer sign takes precedence.
_ITEM = re.compile(
    r"(?P<name>(?:[^=:@\\]|\\[=:@]|\\(?![=:@]))*)(?P<sign>:=@|==@|=@|:@|:=|==|=|:|@)(?P<value>.*)", re.DOTALL
)
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.1
_ESCAPED_SIGN = re.compile(r"\\([=:@])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """
    One item.

    :ivar name: the text before the sign; empty only for a file that is the whole body
    :ivar value: the text after the sign
    :ivar from_file: whether ``value`` is the path of a file whose text is the value
    """

    kind: Kind
    name: Text
    value: Text
    from_file: bool = False


def try_item(text: Text) -> Item | None:
    """Return the item of a word, None without a sign or a name."""
    match = _ITEM.fullmatch(text.outline)
    if match is None:
        return None
    sign = match["sign"]
    name, value = text.part(*match.span("name")), text.part(match.start("value"))
    if not name and sign != "@":
        return None
    from_file = len(sign) > 1 and sign.endswith("@")
    return Item(
        kind=_KINDS[sign.removesuffix("@") if from_file else sign],
        name=name.map_text(lambda one: _ESCAPED_SIGN.sub(r"\1", one)),
        value=value.part(1) if re.match(r"\\+@", value.outline) else value,
        from_file=from_file,
    )


def find_sign(text: str) -> tuple[str, str, str] | None:
    """Return the text before the sign of an unfinished item, the sign, and the text after it; None without a sign."""
    match = _ITEM.fullmatch(text)
    return (match["name"], match["sign"], match["value"]) if match is not None else None


def read_item(word: Token) -> Item:
    """Return the item of a word; raises `GrammarError` for a word that is not an item."""
    item = try_item(word.text)
    if item is not None:
        if item.kind == "header" and not _HEADER_NAME.fullmatch(item.name.fill()):
            raise GrammarError(f"Invalid header name {item.name.fill()!r}. Use ASCII without spaces.{_hint(word)}")
        return item
    written = word.text.fill()
    if written.startswith("-") and not word.quoted:
        elsewhere = hint_for_option(written.lstrip("-"))
        if elsewhere:
            raise GrammarError(f"Unknown option {written}.{elsewhere}")
        near = [name for name in OPTIONS if name.startswith(written.lstrip("-")[:1])] or OPTIONS
        raise GrammarError(f"Unknown option {written}. Options: {', '.join(f'--{name}' for name in near)}.")
    if written in METHODS:
        raise GrammarError(f"{written!r} is a second method. Put several requests in one cell, with ### between them.")
    raise GrammarError(
        f"{written!r} is not an item. Write name=value (a text), name:=json, name==value (query), Header:value, "
        f"or field@path (a file).{_hint(word)}"
    )


def _hint(word: Token) -> str:
    if word.source.startswith(("{", "[")):
        return " Write a JSON body in a cell: `%%asgi POST /path` and the JSON in the lines below."
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9]*-[A-Za-z0-9-]+;?", word.source):
        return f" For a header without a value write {word.source.rstrip(';')}:."
    return ""
