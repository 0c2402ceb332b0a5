"""The items of a request line: which sign each has, and what stands on its two sides. Reads no file, sends nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, cast

from ..records.requests import METHODS
from .grammar import OPTIONS
from .tokenizer import GrammarError, Text, Token

Kind = Literal["field", "json", "query", "header", "file"]

_KINDS: dict[str, Kind] = {"=": "field", ":=": "json", "==": "query", ":": "header", "@": "file"}
# The name ends at the first sign that no backslash takes away; the longer sign goes before.
_ITEM = re.compile(
    r"(?P<name>(?:[^=:@\\]|\\[=:@]|\\(?![=:@]))*)(?P<sign>:=@|==@|=@|:@|:=|==|=|:|@)(?P<value>.*)", re.DOTALL
)
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A field name of RFC 9110, section 5.1."""
_ESCAPED_SIGN = re.compile(r"\\([=:@])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """
    One item.

    :ivar kind: what it becomes
    :ivar name: the left side; empty only for a file that is the whole body
    :ivar value: the right side
    :ivar from_file: whether the right side is the path of a file whose text is the value
    """

    kind: Kind
    name: Text
    value: Text
    from_file: bool = False

    @property
    def reads_file(self) -> bool:
        """Whether a file is read for it."""
        return self.from_file or self.kind == "file"


def read_items(words: Iterable[Token]) -> list[Item]:
    """Return the items; raises `GrammarError` for a word that is none."""
    return [_read_item(word) for word in words]


def try_item(text: Text) -> Item | None:
    """Return the item that a word is, None where it has no sign or no name."""
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
    """Return what stands before the sign of an unfinished item, the sign, and what stands after; None without one."""
    match = _ITEM.fullmatch(text)
    return cast("tuple[str, str, str]", match.group("name", "sign", "value")) if match is not None else None


def _read_item(word: Token) -> Item:
    item = try_item(word.text)
    if item is not None:
        if item.kind == "header" and not HEADER_NAME.fullmatch(item.name.fill()):
            raise GrammarError(f"{item.name.fill()!r} is not the name of a header: no blanks, and ASCII only")
        return item
    written = word.text.fill()
    if written.startswith("-") and not word.quoted:
        near = [name for name in OPTIONS if name.startswith(written.lstrip("-")[:1])] or OPTIONS
        raise GrammarError(f"there is no option {written}: write one of {', '.join(f'--{name}' for name in near)}")
    if written in METHODS:
        raise GrammarError(f"{written!r} is a second method: several requests go into one cell, with ### between them")
    raise GrammarError(
        f"{written!r} is not an item: write name=value (a text), name:=json, name==value (query), Header:value, "
        "or field@path (a file)"
    )
