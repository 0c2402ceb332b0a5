"""Reads JSON text, also if it is cut or broken: its tokens, the names of members, the ends of values. Pure.

It builds no values and does not recurse: the time is linear in the length of any text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple, cast

from ..lazy_pattern import lazy_pattern

STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)'
"""The pattern of a string token; a cut string reaches to the end of the text."""

_TOKEN = lazy_pattern(
    rf'(?P<string>{STRING})|(?P<number>-?\d[^\s"{{}}\[\],:]*+)|(?P<mark>[{{}}\[\],:])|(?P<space>\s++)|(?P<word>[^\s"{{}}\[\],:]++)',
    re.DOTALL,
)
# Python literals too, so that a secret value is found whole: 'text', b"bytes", (1, 2).
_PIECE = lazy_pattern(
    rf"""\s++|b?{STRING}|b?{STRING.replace('"', "'")}|[\[({{]|[\])}}]|,|[^\s"'\[\](){{}},]++|.""", re.DOTALL
)
_NAME = lazy_pattern(rf"({STRING})\s*+:\s*+|{STRING}", re.DOTALL)
_QUOTE = lazy_pattern(r'\\.|"', re.DOTALL)


class Token(NamedTuple):
    """One token of a text; a ``mark`` is one of ``{}[],:``, a ``word`` is ``true``, ``null`` or not JSON."""

    kind: Literal["string", "number", "word", "mark", "space"]
    start: int
    end: int


def read_token(text: str, start: int = 0) -> Token | None:
    """Return the token that begins at ``start``, None at the end of the text."""
    match = _TOKEN.match(text, start)
    return Token(cast("Literal['word']", match.lastgroup), start, match.end()) if match is not None else None


def json_tokens(text: str) -> Iterator[Token]:
    """Yield every token; together they are the whole text."""
    start = 0
    while (token := read_token(text, start)) is not None:
        yield token
        start = token.end


def member_names(text: str) -> set[str]:
    """Return the names of the members at any depth."""
    return {name_of(string) for string in set(_NAME.findall(text)) if string}


def find_member(text: str, start: int = 0) -> tuple[str, int] | None:
    """Return the next name of a member and the position of its value, None if there is none."""
    while (match := _NAME.search(text, start)) is not None:
        if match[1]:
            return name_of(match[1]), match.end()
        start = match.end()
    return None


def name_of(string: str) -> str:
    """Return the value of a string token; if it is broken, the token without its quotes."""
    if "\\" in string:
        try:
            return str(json.loads(string, strict=False))
        except ValueError:
            pass
    return string[1:].removesuffix('"')


def end_of_value(text: str, start: int) -> int:
    """Return the end of the JSON or Python value at ``start``, the end of the text if it is cut."""
    depth = 0
    while (piece := _PIECE.match(text, start)) is not None:
        if depth == 0 and piece[0] in "]}),":
            return start
        start = piece.end()
        depth += (piece[0] in "[{(") - (piece[0] in "]})")
        if depth == 0 and not piece[0].isspace():
            return start
    return len(text)


def ends_inside_string(text: str, inside: bool = False) -> bool:
    """Return whether a JSON text ends inside a string; ``inside`` if it begins inside one."""
    for quote in _QUOTE.findall(text):
        inside ^= quote == '"'
    return inside
