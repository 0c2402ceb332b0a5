"""JSON text laid out and marked for highlighting, token by token: numbers and repeated keys stay as they were sent.

Works on text that is cut or broken, stops at a limit, and never builds the value, so it needs no depth and no
memory beyond what it shows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from ..explore.redaction import MASK, end_of_value, is_secret

Token = tuple[str, str]
"""``(kind, text)``; the kind is ``key``, ``string``, ``number``, ``word``, ``mark``, ``secret`` or empty."""

_TOKEN = re.compile(
    r'(?P<string>"(?:[^"\\]|\\.)*(?:"|\Z))'
    r"|(?P<number>-?\d[\d.eE+-]*)"
    r"|(?P<word>[A-Za-z_]+|-Infinity)"
    r"|(?P<mark>[{}\[\],:])"
    r"|(?P<space>\s+)"
    r"|(?P<other>.)",
    re.DOTALL,
)
_SCALAR = r'(?:"(?:[^"\\\[\]]|\\.){0,40}"|[\w.+-]{1,24})'
_SHORT_ARRAY = re.compile(rf"\[\s*(?:{_SCALAR}(?:\s*,\s*{_SCALAR}){{0,12}})?\s*\]")
_EMPTY_OBJECT = re.compile(r"\{\s*\}")
_AFTER_KEY = re.compile(r"\s*:")
_INDENT = "  "
_MAX_INDENT = 40
_SHORT = 60


def lay_out(text: str, limit: int, *, show_secrets: bool = False) -> tuple[list[Token], int]:
    """
    Return JSON text as tokens that are indented and masked, and where in ``text`` they end.

    :param limit: characters to lay out; the rest is left out
    """
    tokens: list[Token] = []
    length = 0
    writer = _Layout(text, show_secrets)
    for token in writer.run():
        left = limit - length
        if len(token[1]) > left:
            tokens.append((token[0], token[1][:left]))
            return tokens, max(writer.position - (len(token[1]) - left), 0)
        tokens.append(token)
        length += len(token[1])
    return tokens, len(text)


class _Layout:
    """One pass over the text."""

    def __init__(self, text: str, show_secrets: bool) -> None:
        self.text = text
        self.position = 0
        self._show = show_secrets
        self._depth = 0

    def run(self) -> Iterator[Token]:
        while (match := _TOKEN.match(self.text, self.position)) is not None:
            kind = match.lastgroup or ""
            if kind == "space":
                self.position = match.end()
            elif kind == "string" and (colon := _AFTER_KEY.match(self.text, match.end())) is not None:
                self.position = colon.end()
                yield "key", _readable(match[0])
                yield "mark", ": "
                if not self._show and is_secret(_readable(match[0])):
                    self.position = end_of_value(self.text, self.position)
                    yield "secret", f'"{MASK}"'
            elif kind == "mark":
                yield from self._mark(match)
            else:
                self.position = match.end()
                yield ("" if kind == "other" else kind), _readable(match[0]) if kind == "string" else match[0]

    def _mark(self, match: re.Match[str]) -> Iterator[Token]:
        mark = match[0]
        short = _EMPTY_OBJECT.match(self.text, match.start()) or _SHORT_ARRAY.match(self.text, match.start())
        if short is not None and len(short[0]) <= _SHORT:
            self.position = short.end()
            yield from _in_a_row(short[0])
            return
        self.position = match.end()
        if mark in "{[":
            self._depth += 1
            yield "mark", mark + self._newline()
        elif mark in "}]":
            self._depth = max(self._depth - 1, 0)
            yield "mark", self._newline() + mark
        else:
            yield "mark", mark + (self._newline() if mark == "," else " ")

    def _newline(self) -> str:
        return "\n" + _INDENT * min(self._depth, _MAX_INDENT)


def _in_a_row(text: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind == "string":
            yield kind, _readable(match[0])
        elif kind == "mark":
            yield kind, ", " if match[0] == "," else match[0]
        elif kind != "space":
            yield kind, match[0]


def _readable(string: str) -> str:
    r"""Return a JSON string with its ``\uXXXX`` escapes as the characters they mean."""
    if "\\u" not in string:
        return string
    try:
        return json.dumps(json.loads(string), ensure_ascii=False)
    except ValueError:
        return string
