"""A text that a regular expression matches, for the expressions that schemas have. Pure; runs no expression.

Understood: literals, classes, ``.``, groups, ``|``, quantifiers, anchors at the ends. What looks around or back is not.
A text is built by the rules of the expression and never tried against it, so no expression can make this slow.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

_MOST = 10_000
_MAX_DEPTH = 40
_QUANTITY = re.compile(r"\{(\d{1,6})(,)?(\d{1,6})?\}")
_ENDLESS = 1 << 30
# What a class is asked for, in this order: letters before digits before signs.
_CHARACTERS = (
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" + "-_./:@ +,;=%#&?!~*'()[]{}<>|^$`\"\\\n\t\r"
)
_DIGITS = frozenset("0123456789")
_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_SPACE = frozenset(" \t\n\r\f\v")
_ANY = frozenset(_CHARACTERS) - {"\n", "\r"}
_CLASSES = {"d": _DIGITS, "w": _WORD, "s": _SPACE}
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}
_UNICODE = {"L": "a", "Ll": "a", "Lu": "A", "N": "0", "Nd": "0", "P": "-", "S": "+", "Z": " ", "Zs": " "}


class PatternError(ValueError):
    """An expression that is broken, or not of the kind that is understood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Node(ABC):
    """A part of an expression: what matches it is at least ``least`` and at most ``most`` characters long."""

    least: int
    most: int

    @abstractmethod
    def text(self, length: int) -> str:
        """Return a match that is about this long: within the bounds, and no shorter where that can be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _One(_Node):
    """One character, or none where an anchor stands."""

    character: str

    def text(self, length: int) -> str:
        return self.character


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row(_Node):
    parts: Sequence[_Node]

    def text(self, length: int) -> str:
        spare, texts = max(length - self.least, 0), []
        for part in self.parts:
            text = part.text(min(part.least + spare, part.most))
            spare = max(spare - (len(text) - part.least), 0)
            texts.append(text)
        return "".join(texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice(_Node):
    ways: Sequence[_Node]

    def text(self, length: int) -> str:
        fitting = (way for way in self.ways if way.least <= length <= way.most)
        return next(fitting, max(self.ways, key=lambda way: way.most if length > way.most else -way.least)).text(length)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Repeat(_Node):
    part: _Node
    times_least: int
    times_most: int

    def text(self, length: int) -> str:
        texts: list[str] = []
        size = 0
        while (len(texts) < self.times_least and self.part.least) or (size < length and len(texts) < self.times_most):
            rest = max(self.times_least - len(texts) - 1, 0) * self.part.least
            texts.append(self.part.text(min(max(length - size - rest, self.part.least), self.part.most)))
            size += len(texts[-1])
            if size > _MOST:
                raise PatternError("the text would be very long")
            if not texts[-1]:  # and so would be all that are left
                break
        return "".join(texts)


def build_match(pattern: str, min_length: int = 0, max_length: int | None = None) -> str:
    """
    Return a text that has the pattern in it, the shortest where nothing else is wanted; always the same.

    :param pattern: a regular expression as JSON Schema has it: not anchored unless it says so
    Raises `PatternError`.
    """
    if min_length > _MOST:
        raise PatternError("the text would be very long")
    reader = _Reader(pattern)
    node = reader.read()
    text = node.text(max(min_length, node.least))
    if len(text) < min_length and not reader.ends_at_end:
        text = text.ljust(min_length, "a")
    if len(text) < min_length and not reader.begins_at_start:
        text = text.rjust(min_length, "a")
    if len(text) < min_length or (max_length is not None and len(text) > max_length):
        raise PatternError(f"no text of {min_length} to {max_length} characters was found")
    return text


class _Reader:
    """Reads one expression into nodes."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._depth = 0
        self.begins_at_start = False
        self.ends_at_end = False

    def read(self) -> _Node:
        node = self._choice()
        if self._at < len(self._pattern):
            raise self._wrong("a ')' too many")
        return node

    def _choice(self) -> _Node:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise self._wrong("too many groups in one another")
        ways = [self._row()]
        while self._peek() == "|":
            self._at += 1
            ways.append(self._row())
        self._depth -= 1
        if len(ways) == 1:
            return ways[0]
        return _Choice(least=min(way.least for way in ways), most=max(way.most for way in ways), ways=ways)

    def _row(self) -> _Node:
        parts: list[_Node] = []
        ended = False
        while self._peek() not in ("", "|", ")"):
            if self._peek() == "^" or self._pattern.startswith("\\A", self._at):
                if parts or (self._depth > 1 and self._pattern[: self._at].strip("(?:^")):
                    raise self._wrong("'^' within it")
                self._at += 1 if self._peek() == "^" else 2
                self.begins_at_start = True
                continue
            if ended:
                raise self._wrong("'$' within it")
            if self._peek() == "$" or self._pattern[self._at : self._at + 2] in ("\\Z", "\\z"):
                self._at += 1 if self._peek() == "$" else 2
                if self._depth > 1 and self._pattern[self._at :].strip(")$"):
                    raise self._wrong("'$' within it")
                self.ends_at_end = ended = True
                continue
            parts.append(self._quantified(self._atom()))
        least, most = sum(part.least for part in parts), sum(part.most for part in parts)
        return _Row(least=least, most=min(most, _ENDLESS), parts=parts)

    def _quantified(self, part: _Node) -> _Node:
        sign = self._peek()
        quantity = _QUANTITY.match(self._pattern, self._at)
        if quantity is not None:
            least = int(quantity[1])
            most = int(quantity[3]) if quantity[3] else _ENDLESS if quantity[2] else least
            self._at = quantity.end()
        elif sign and sign in "*+?":
            least, most = int(sign == "+"), 1 if sign == "?" else _ENDLESS
            self._at += 1
        else:
            return part
        if self._peek() in ("?", "+"):  # lazy or possessive: the same texts
            self._at += 1
        if least > most or least * part.least > _MOST:
            raise self._wrong("a quantity that cannot be")
        return self._quantified(
            _Repeat(
                least=least * part.least,
                most=min(most * part.most, _ENDLESS),
                part=part,
                times_least=least,
                times_most=most,
            )
        )

    def _atom(self) -> _Node:
        sign = self._take()
        if sign == "(":
            return self._group()
        if sign == "[":
            return self._one_of(self._class())
        if sign == ".":
            return self._one_of(_ANY)
        if sign == "\\":
            return self._one_of(self._escape())
        if sign in "*+?":
            raise self._wrong("a quantity of nothing")
        return _One(least=1, most=1, character=sign)

    def _group(self) -> _Node:
        if self._peek() == "?":
            self._at += 1
            if self._take() != ":":
                self._at -= 1
                named = re.compile(r"P?<[A-Za-z_]\w*>").match(self._pattern, self._at)
                if named is None:
                    raise self._wrong("a group of a kind that is not understood")
                self._at = named.end()
        node = self._choice()
        if self._take() != ")":
            raise self._wrong("a '(' too many")
        return node

    def _class(self) -> frozenset[str]:
        """Return the characters of a class, as far as they are of those that are ever chosen."""
        negated = self._peek() == "^"
        self._at += negated
        found: set[str] = set()
        first = True
        while self._peek() != "]" or first:
            first = False
            low = self._class_member()
            following = self._pattern[self._at + 1 : self._at + 2]
            if len(low) == 1 and self._peek() == "-" and following not in ("]", ""):
                self._at += 1
                high = self._class_member()
                (begin,), end = low, max(high)
                found |= {begin} | {one for one in _CHARACTERS if begin <= one <= end}
            else:
                found |= low
        self._at += 1
        return frozenset(_CHARACTERS) - found if negated else frozenset(found)

    def _class_member(self) -> frozenset[str]:
        sign = self._take()
        if sign == "[" and self._peek() in (":", "["):
            raise self._wrong("a class within a class")
        return self._escape() if sign == "\\" else frozenset(sign)

    def _escape(self) -> frozenset[str]:
        """Return the characters that an escape stands for; its backslash is read."""
        sign = self._take()
        if sign.lower() in _CLASSES:
            known = _CLASSES[sign.lower()]
            return known if sign.islower() else frozenset(_CHARACTERS) - known
        if sign in _CONTROLS:
            return frozenset(_CONTROLS[sign])
        code = re.compile(r"x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})").match(self._pattern, self._at - 1)
        if code is not None:
            self._at = code.end()
            return frozenset(chr(int(code[1] or code[2], 16)))
        category = re.compile(r"p(?:\{([A-Z][a-z]?)\}|([A-Z]))").match(self._pattern, self._at - 1)
        if category is not None and (category[1] or category[2]) in _UNICODE:
            self._at = category.end()
            return frozenset(_UNICODE[category[1] or category[2]])
        if sign.isalnum():
            raise self._wrong(f"'\\{sign}'")
        return frozenset(sign)

    def _one_of(self, characters: frozenset[str]) -> _Node:
        if not characters:
            raise self._wrong("a class without a character")
        chosen = next((one for one in _CHARACTERS if one in characters), min(characters))
        return _One(least=1, most=1, character=chosen)

    def _peek(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _take(self) -> str:
        sign = self._peek()
        if not sign:
            raise self._wrong("an end too early")
        self._at += 1
        return sign

    def _wrong(self, what: str) -> PatternError:
        return PatternError(f"the pattern {self._pattern[:100]!r} has {what}")
