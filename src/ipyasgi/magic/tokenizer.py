"""Splits a line of the magic into words, with quotes, backslashes and ``{{expr}}``. Pure; knows no HTTP.

::

    word  :=  json | part {part}
    json  :=  "{" ... "}" or "[" ... "]", a JSON object or array up to white space or the end, with {{expr}} in it
    part  :=  "'" anything "'"      literal, except {{expr}}
           |  '"' anything '"'      a backslash escapes " and another backslash
           |  "{{" expr "}}"        a Python value, within quotes too; expr may contain quotes and spaces
           |  a character           a backslash escapes white space, a quote and {{; before anything else it
                                    stands for itself: C:\\temp

``{{`` extends to the first ``}}`` that makes the text between them an expression; without one it is a literal ``{{``.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ..protocol.errors import CallError
from ..records.json_tokens import end_of_value, ends_inside_string
from ..records.template import Placeholder, Template

Evaluate = Callable[[str], Any]
"""A function that returns the value of a Python expression, or raises `GrammarError`."""

_EXPRESSION_CHARS = 2000
_ENDS_TRIED = 8
_SPACES = frozenset(" \t\r\n\f\v")
_ENDS = _SPACES | {"", ";"}
"""What may follow JSON in a line."""
_ESCAPED = {"": _SPACES | {"'", '"'}, "'": frozenset[str](), '"': frozenset({'"', "\\"})}
"""The characters that a backslash escapes, outside of quotes and within each kind."""
_JSON_BEGINS = re.compile(r"""\{\s*+(?:["']|\w++\s*+:\s|\Z)|\[\s*+(?:["'{]|-?\d++\s*+,|\Z)""")
"""How JSON begins, and no nested item such as ``[0]=x``."""


class GrammarError(CallError):
    """A line or cell with a syntax error; the text says what to write instead."""

    def __init__(self, text: str) -> None:
        super().__init__(" ".join(text.split("\n")))  # IPython shows a UsageError as one line


@dataclass(frozen=True, slots=True, eq=False)  # a user's value may not support comparison
class Expression(Placeholder):
    """One ``{{expr}}``: the expression is its name."""

    value: Any = None


class Text(Template[Expression]):
    """A text with Python values in it."""

    __slots__ = ()

    def fill(self, show: Callable[[Any], str] | None = None) -> str:
        """Return the text with its values converted by ``show``, or by ``str``."""
        return self.render(lambda one: (show or text_of)(one.value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """
    One word of a line.

    :ivar text: without quotes and backslashes
    :ivar source: as it is written, with quotes
    :ivar start: its offset in the line
    :ivar quoted: whether it begins with a quote
    :ivar tail: its last character if that is neither quoted nor escaped, else empty
    :ivar open: the quote or ``{{`` that is not closed in it, the ``{`` or ``[`` of broken JSON, or empty
    """

    text: Text
    source: str
    start: int
    quoted: bool = False
    tail: str = ""
    open: str = ""

    @property
    def is_json(self) -> bool:
        """Whether it is a JSON object or array, in quotes or without."""
        return self.text.outline[:1] in ("{", "[") and not find_json_error(self.text)


def split_tokens(line: str, evaluate: Evaluate | None = None) -> list[Token]:
    """Return the words of a line, of which the last may be open; without ``evaluate`` all values are None."""
    check_characters(line)
    return list(_Scanner(line, evaluate).words())


def read_text(source: str, evaluate: Evaluate) -> Text:
    """Return a text with its ``{{expr}}`` evaluated; ``\\{{`` is the only escape: for a header's value or a body."""
    check_characters(source)
    pieces: list[str | Expression] = []
    position = 0
    while (start := source.find("{{", position)) >= 0:
        if start > position and source[start - 1] == "\\":
            pieces += (source[position : start - 1], "{{")
            position = start + 2
        elif (found := _try_expression(source, start)) is None:  # such as nested JSON objects
            pieces.append(source[position : start + 2])
            position = start + 2
        else:
            pieces += (source[position:start], Expression(found[0], value=evaluate(found[0])))
            position = found[1]
    return Text.of(*pieces, source[position:])


def json_pieces(text: Text) -> Iterator[tuple[str | Expression, bool]]:
    """Yield the strings and values of a JSON text, and whether each value is inside a JSON string."""
    inside = False
    for piece in text.pieces:
        yield piece, inside
        if isinstance(piece, str):
            inside = ends_inside_string(piece, inside)


def find_json_error(text: Text) -> str:
    """Return why a text is not JSON, whatever the values of its expressions; an empty string for JSON."""
    values = (piece if isinstance(piece, str) else "" if inside else "0" for piece, inside in json_pieces(text))
    try:
        json.loads("".join(values))
    except json.JSONDecodeError as exc:
        return f"{exc.msg} at column {exc.pos + 1}"
    except ValueError as exc:
        return str(exc)
    except RecursionError:
        return ""  # who sends it says that it is nested too deeply
    return ""


def _try_expression(text: str, start: int) -> tuple[str, int] | None:
    """Return the expression after the ``{{`` at ``start``, and the offset after its ``}}``; None without one."""
    end = start + 2
    for _ in range(_ENDS_TRIED):
        end = text.find("}}", end, start + _EXPRESSION_CHARS)
        if end < 0:
            return None
        source = text[start + 2 : end].strip()
        if _is_expression(source):
            return source, end + 2
        end += 1  # the dict in {{ {"a": {}} }} contains }}
    return None


def begins_json(text: str) -> bool:
    """Return whether a text looks like a JSON object or array, perhaps a broken one, and no item such as ``[0]=x``."""
    return _JSON_BEGINS.match(text) is not None


def text_of(value: Any) -> str:
    """Return ``str(value)``; raises `GrammarError` if ``__str__`` raises."""
    try:
        return str(value)
    except Exception as exc:
        raise GrammarError(
            f"Cannot convert a {type(value).__name__} to text: {type(exc).__name__} in its __str__."
        ) from None


def check_characters(text: str) -> None:
    """Raise for characters that a request cannot contain: NUL and lone surrogates."""
    if "\x00" in text:
        raise GrammarError("The text contains a NUL character. Remove it, or send bytes with explorer.request.")
    try:
        text.encode()
    except UnicodeEncodeError as exc:
        raise GrammarError(f"{text[exc.start]!a} is a lone surrogate and cannot be sent. Remove it.") from None


def _is_expression(source: str) -> bool:
    try:
        with warnings.catch_warnings():  # such as SyntaxWarning for `n is 1`: shown when it is evaluated
            warnings.simplefilter("ignore")
            compile(source, "{{}}", "eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError, OverflowError):
        return False
    return True


class _Scanner:
    """One pass over a line."""

    def __init__(self, line: str, evaluate: Evaluate | None) -> None:
        self._line = line
        self._evaluate = evaluate
        self._at = 0
        self._tail = ""
        self._open = ""
        self._tried = 0  # up to here no word is JSON, because one around it is not

    def words(self) -> Iterator[Token]:
        while True:
            while self._at < len(self._line) and self._line[self._at] in _SPACES:
                self._at += 1
            if self._at == len(self._line):
                return
            start = self._at
            written = self._try_json()
            if written is not None:
                yield written
                continue
            yield Token(
                text=Text.of(*self._parts()),
                source=self._line[start : self._at],
                start=start,
                quoted=self._line[start] in "'\"",
                tail=self._tail,
                open=self._open,
            )

    def _try_json(self) -> Token | None:
        """Return the word of a JSON object or array, also a broken one; None for another word."""
        line, start = self._line, self._at
        if line[start] not in "{[" or line.startswith("{{", start) or start < self._tried:
            return None
        end = self._tried = end_of_value(line, start)
        if line[end : end + 1] not in _ENDS:
            return None
        source = line[start:end]
        error = find_json_error(read_text(source, lambda expression: None))
        if error and not _JSON_BEGINS.match(source):
            return None
        self._at = end
        if error:
            return Token(text=Text.of(source), source=source, start=start, open=source[0])
        return Token(text=read_text(source, self._evaluate or (lambda expression: None)), source=source, start=start)

    def _parts(self) -> Iterator[str | Expression]:
        line, quote = self._line, ""
        while self._at < len(line) and (quote or line[self._at] not in _SPACES):
            character, self._tail = line[self._at], ""
            if character == quote or (not quote and character in "'\""):
                quote = "" if quote else character
                self._at += 1
            elif line.startswith("{{", self._at):
                yield self._expression()
            elif character == "\\" and (escaped := self._try_escaped(_ESCAPED[quote])):
                self._at += 1 + len(escaped)
                yield escaped
            else:
                self._tail = "" if quote else character
                yield character
                self._at += 1
        self._open = quote or self._open

    def _try_escaped(self, characters: frozenset[str]) -> str:
        following = self._line[self._at + 1 : self._at + 3]
        if following == "{{":
            return following
        return following[:1] if following[:1] in characters else ""

    def _expression(self) -> str | Expression:
        found = _try_expression(self._line, self._at)
        if found is None:
            self._open = self._open or "{{"
            self._at += 2
            return "{{"
        source, self._at = found
        return Expression(source, value=self._evaluate(source) if self._evaluate is not None else None)
