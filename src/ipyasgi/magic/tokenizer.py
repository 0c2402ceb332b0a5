"""A line of the magic cut into words, with its quotes, its backslashes and its ``{{expr}}``. Pure; knows no HTTP.

::

    word  :=  part {part}
    part  :=  "'" anything "'"      as it stands, but for {{expr}}
           |  '"' anything '"'      a backslash takes its meaning from " and from another backslash
           |  "{{" expr "}}"        a Python value, within quotes too; expr may hold quotes and blanks
           |  a character           a backslash takes its meaning from a blank, a quote and {{; before anything
                                    else it is a backslash: C:\\temp stays

``{{`` runs to the first ``}}`` where the text between is an expression. Where there is none, ``{{`` is just a text.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ..protocol.errors import CallError
from ..records.template import Placeholder, Template

Evaluate = Callable[[str], Any]
"""Returns the value of a Python expression; raises `GrammarError`."""

EXPRESSION_CHARS = 2000
"""The longest ``{{expr}}``."""
_ENDS_TRIED = 8
_BLANKS = frozenset(" \t\r\n\f\v")
_ESCAPED = {"": _BLANKS | {"'", '"'}, "'": frozenset[str](), '"': frozenset({'"', "\\"})}
"""The characters that a backslash takes the meaning from: outside of quotes and within each kind."""


class GrammarError(CallError):
    """The line or cell cannot be understood; the text says what to write instead."""

    def __init__(self, text: str) -> None:
        super().__init__(" ".join(text.split("\n")))  # IPython shows a UsageError as one line


@dataclass(frozen=True, slots=True, eq=False)  # a user's value may not know how to be compared
class Expression(Placeholder):
    """
    One ``{{expr}}``.

    :ivar name: the expression
    :ivar value: its value
    """

    value: Any = None


class Text(Template[Expression]):
    """A text with Python values in it."""

    __slots__ = ()

    def fill(self, show: Callable[[Any], str] | None = None) -> str:
        """
        Return the text with its values as texts.

        :param show: makes a text of a value; by default ``str``
        """
        return self.render(lambda one: (show or text_of)(one.value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """
    One word of a line.

    :ivar text: without quotes and backslashes
    :ivar source: as it is written, quotes and all
    :ivar start: where it begins in the line
    :ivar end: where it ends
    :ivar quoted: whether it begins with a quote
    :ivar tail: its last character where that stands bare, neither quoted nor escaped; else nothing
    :ivar open: what is not closed in it: a quote, ``{{``, or nothing
    """

    text: Text
    source: str
    start: int
    end: int
    quoted: bool = False
    tail: str = ""
    open: str = ""


def split_tokens(line: str, evaluate: Evaluate | None = None) -> list[Token]:
    """
    Return the words of a line; the last may be open, which is for the caller to judge.

    :param evaluate: gives the values; without it they are all None
    """
    check_characters(line)
    return list(_Scanner(line, evaluate).words())


def read_text(source: str, evaluate: Evaluate) -> Text:
    """Return a text in which only ``{{expr}}`` and ``\\{{`` mean something: a header's value, a body."""
    check_characters(source)
    pieces: list[str | Expression] = []
    position = 0
    while (start := source.find("{{", position)) >= 0:
        if start > position and source[start - 1] == "\\":
            pieces += (source[position : start - 1], "{{")
            position = start + 2
        elif (found := try_expression(source, start)) is None:  # JSON opens and closes several objects at once
            pieces.append(source[position : start + 2])
            position = start + 2
        else:
            pieces += (source[position:start], Expression(found[0], value=evaluate(found[0])))
            position = found[1]
    return Text.of(*pieces, source[position:])


def try_expression(text: str, start: int) -> tuple[str, int] | None:
    """Return the expression that begins with the ``{{`` at ``start``, and where it ends; None where there is none."""
    end = start + 2
    for _ in range(_ENDS_TRIED):
        end = text.find("}}", end, start + EXPRESSION_CHARS)
        if end < 0:
            return None
        source = text[start + 2 : end].strip()
        if _is_expression(source):
            # The dict in {{ {"a": {}} }} ends with braces of its own.
            return source, end + 2
        end += 1
    return None


def text_of(value: Any) -> str:
    """Return ``str(value)``; raises `GrammarError` where the value's own ``__str__`` does not work."""
    try:
        return str(value)
    except Exception as exc:
        raise GrammarError(f"a {type(value).__name__} has no text: {type(exc).__name__} in its __str__") from None


def check_characters(text: str) -> None:
    """Raise for what no request can hold: a NUL, and halves of surrogate pairs."""
    if "\x00" in text:
        raise GrammarError("there is a NUL character in the text: take it out, or send bytes with explorer.request")
    try:
        text.encode()
    except UnicodeEncodeError as exc:
        raise GrammarError(f"{text[exc.start]!a} is half a surrogate pair and cannot be sent: take it out") from None


def _is_expression(source: str) -> bool:
    try:
        with warnings.catch_warnings():  # such as SyntaxWarning for `n is 1`: said when it is evaluated
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

    def words(self) -> Iterator[Token]:
        while True:
            while self._at < len(self._line) and self._line[self._at] in _BLANKS:
                self._at += 1
            if self._at == len(self._line):
                return
            start = self._at
            yield Token(
                text=Text.of(*self._parts()),
                source=self._line[start : self._at],
                start=start,
                end=self._at,
                quoted=self._line[start] in "'\"",
                tail=self._tail,
                open=self._open,
            )

    def _parts(self) -> Iterator[str | Expression]:
        line, quote = self._line, ""
        while self._at < len(line) and (quote or line[self._at] not in _BLANKS):
            character, self._tail = line[self._at], ""
            if character == quote or (not quote and character in "'\""):
                quote = "" if quote else character
                self._at += 1
            elif line.startswith("{{", self._at):
                yield self._expression()
            elif character == "\\" and self._escapes(_ESCAPED[quote]):
                yield self._escaped()
            else:
                self._tail = "" if quote else character
                yield character
                self._at += 1
        self._open = quote or self._open

    def _escapes(self, characters: frozenset[str]) -> bool:
        following = self._line[self._at + 1 : self._at + 3]
        return following[:1] in characters if following != "{{" else True

    def _escaped(self) -> str:
        length = 2 if self._line.startswith("{{", self._at + 1) else 1
        self._at += 1 + length
        return self._line[self._at - length : self._at]

    def _expression(self) -> str | Expression:
        found = try_expression(self._line, self._at)
        if found is None:
            self._open = self._open or "{{"
            self._at += 2
            return "{{"
        source, self._at = found
        return Expression(source, value=self._evaluate(source) if self._evaluate is not None else None)
