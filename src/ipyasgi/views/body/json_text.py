"""JSON text as tokens for highlighting and folding; numbers and repeated names stay as they were sent.

This accepts cut and invalid text, stops at a limit, and never builds the value: depth is not limited, and memory is
needed only for the tokens.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Literal

from ...records.json_tokens import STRING, json_tokens, read_token
from ...records.secret_rules import MASK
from ..figures import count_of

Token = tuple[str, str]
"""
``(kind, text)``; the kind is ``key``, ``string``, ``number``, ``word``, ``mark``, ``secret``, ``more`` or empty.

``fold`` (open) and ``shut`` (closed) begin a foldable part. ``head`` ends its first line, with the number of items as
text; ``tail`` ends its last line.
"""

# A part with at most one level of parts in it is one step, for speed; deeper parts take a step per bracket.
_WITHOUT_PARTS = rf"[\[{{](?:{STRING}|[^\"\[\]{{}}]++)*+[\]}}]"
_WITH_PARTS = rf"[\[{{](?:{STRING}|[^\"\[\]{{}}]++|{_WITHOUT_PARTS})*+[\]}}]"
_STEP = re.compile(rf"{_WITH_PARTS}|{STRING}|[\[{{]|[\]}}]|(?P<between>[^\"\[\]{{}}]+)", re.DOTALL)
_SCALAR = r'(?:"(?:[^"\\\[\]]|\\.){0,40}"|[\w.+-]{1,24})'
_SHORT_ARRAY = re.compile(rf"\[\s*+(?:{_SCALAR}(?:\s*+,\s*+{_SCALAR}){{0,12}}\s*+)?\]")
_EMPTY_OBJECT = re.compile(r"\{\s*\}")
_AFTER_KEY = re.compile(r"\s*:")
_COMMA = re.compile(r"\s*,")
_OPENS = re.compile(r"\s*[\[{]")
_END = re.compile(r"\s*\Z")
_MAX_INDENT = 40
_MAX_FOLDS = 24
_SHORT = 60
_ITEMS = 100  # of one array or object; further ones are counted
_STRING_CHARS = 4000
_FOLDED_LINES = 6  # shorter parts cannot be folded
_SHUT_LINES = 30  # longer parts are folded at first, except the outer two


def lay_out(text: str, limit: int) -> tuple[list[Token], int]:
    """Return masked JSON text as tokens, indented and cut to ``limit`` characters, and their end in the text."""
    layout = _Layout(text, limit)
    layout.run()
    return layout.tokens, layout.position


@dataclass(slots=True)
class _Part:
    """An array or object in progress; ``fold`` and ``head`` are the positions of these tokens."""

    fold: int
    first_line: int
    noun: str = "field"
    items: int = 1
    head: int = 0


class _Layout:
    """One pass over the text. ``_due`` delays line ends, because a fold begins before the indentation of its line."""

    def __init__(self, text: str, limit: int) -> None:
        self.tokens: list[Token] = []
        self.position = 0
        self._text = text
        self._left = limit
        self._over = 0
        self._parts: list[_Part] = []
        self._begun = False
        self._depth = 0
        self._line = 0  # without lines that are folded
        self._due: Literal["", "line", "indent"] = ""

    def run(self) -> None:
        while (token := read_token(self._text, self.position)) is not None:
            kind, begin, self.position = token
            text = self._text[begin : token.end]
            if kind == "string" and (colon := _AFTER_KEY.match(self._text, token.end)) is not None:
                self._key(text, colon.end())
            elif kind == "string":
                self._string(_readable(text))
            elif kind == "mark":
                self._mark(text, begin)
            elif kind != "space":
                self._write(kind, text)
            if self._over:
                self.position = max(begin, self.position - self._over)
                break
        while self._parts:  # cut, or not closed
            self._end_fold("", whole=False)

    def _write(self, kind: str, text: str) -> None:
        if self._due:
            before = ("\n" if self._due == "line" else "") + "  " * min(self._depth, _MAX_INDENT)
            self._due = ""
            if before:
                self._emit("", before)
        self._emit(kind, text)

    def _emit(self, kind: str, text: str) -> None:
        if self._over:
            return
        self._over = max(len(text) - self._left, 0)
        text = text[: self._left]
        self._left -= len(text)
        self._line += text.count("\n")
        self.tokens.append((kind, text))

    def _key(self, string: str, end: int) -> None:
        self.position = end
        opens = _OPENS.match(self._text, end)
        if opens is not None and self._in_a_row(opens.end() - 1) is None:
            self._begin_fold()
        self._write("key", _readable(string))
        self._write("mark", ": ")

    def _string(self, text: str) -> None:
        self._write("secret" if text == f'"{MASK}"' else "string", text[:_STRING_CHARS])
        if len(text) > _STRING_CHARS:
            self._write("more", f"… {count_of(len(text) - _STRING_CHARS, 'more character')}")

    def _mark(self, mark: str, begin: int) -> None:
        short = self._in_a_row(begin)
        if short is not None:
            self.position = short.end()
            for kind, start, end in json_tokens(short[0]):
                text = short[0][start:end]
                if kind == "string":
                    self._string(_readable(text))
                elif kind != "space":
                    self._write(kind, ", " if text == "," else text)
        elif mark in "{[":
            self._open(mark)
        elif mark in "}]":
            self._close(mark)
        elif mark == ",":
            self._write("mark", ",")
            self._due = "line"
            self._next_item()
        else:
            self._write("mark", ": ")

    def _in_a_row(self, begin: int) -> re.Match[str] | None:
        short = _EMPTY_OBJECT.match(self._text, begin) or _SHORT_ARRAY.match(self._text, begin)
        return short if short is not None and len(short[0]) <= _SHORT else None

    def _open(self, mark: str) -> None:
        if not self._begun:
            self._begin_fold()
        self._write("mark", mark)
        self._depth += 1
        self._due = "line"
        if self._begun and not self._over:
            part = self._parts[-1]
            part.noun = "item" if mark == "[" else "field"
            part.head = len(self.tokens)
            self._emit("head", "\n")
            self._due = "indent"
        self._begun = False

    def _begin_fold(self) -> None:
        if self._depth >= _MAX_FOLDS or self._over:
            return
        if self._due == "line":
            self._emit("", "\n")
            self._due = "indent"
        self._parts.append(_Part(fold=len(self.tokens), first_line=self._line))
        self.tokens.append(("fold", ""))
        self._begun = True

    def _close(self, mark: str) -> None:
        folds = 0 < self._depth <= _MAX_FOLDS and bool(self._parts)
        self._depth = max(self._depth - 1, 0)
        self._due = self._due or "line"
        self._write("mark", mark)
        if not folds:
            return
        comma = _COMMA.match(self._text, self.position)
        if comma is not None:
            self.position = comma.end()
            self._write("mark", ",")
        more = _END.match(self._text, self.position) is None
        self._end_fold("\n" if more else "", whole=True)
        if more:
            self._due = "indent"
        if comma is not None:
            self._next_item()

    def _end_fold(self, line_end: str, *, whole: bool) -> None:
        part = self._parts.pop()
        lines = self._line - part.first_line
        if whole and lines < _FOLDED_LINES and not self._over:
            self.tokens[part.fold] = ("", "")
            self.tokens[part.head] = ("", "\n")
            self._emit("", line_end)
            return
        if part.head:  # the number of items of an incomplete part is not known
            self.tokens[part.head] = ("head", "")
        if whole:
            shut = lines > _SHUT_LINES and len(self._parts) > 1
            self._line -= lines * shut  # folded lines do not count for the part around it
            self.tokens[part.fold] = ("shut" if shut else "fold", "")
            self.tokens[part.head] = ("head", count_of(part.items, part.noun))
        if not self._over:
            self._emit("tail", line_end)
            return
        if not part.head:  # a part that is cut can be folded too
            self.tokens.append(("head", ""))
        self.tokens.append(("tail", ""))

    def _next_item(self) -> None:
        """Count an item of the present part; beyond the limit, skip to the end of the part."""
        if not self._parts or self._depth > _MAX_FOLDS:
            return
        part = self._parts[-1]
        part.items += 1
        if part.items <= _ITEMS:
            return
        depth, more = 0, 1
        while (step := _STEP.match(self._text, self.position)) is not None:
            if depth == 0 and step[0] in "]}":
                break
            self.position = step.end()
            depth += (step[0] in "[{") - (step[0] in "]}")
            more += step[0].count(",") if depth == 0 and step.lastgroup == "between" else 0
        part.items += more - 1
        self._write("more", f"… {more:,} more")


def _readable(string: str) -> str:
    r"""Return a JSON string with characters instead of ``\uXXXX`` escapes."""
    if "\\u" not in string:
        return string
    try:
        return json.dumps(json.loads(string), ensure_ascii=False)
    except ValueError:
        return string
