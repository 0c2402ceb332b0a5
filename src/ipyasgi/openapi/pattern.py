"""Builds a text that matches a regular expression of a schema, and searches a text with one. Pure.

It understands literals, classes, ``.``, groups, ``|``, quantifiers, anchors, and, in a search, lookaheads. It works on
the tree of the standard library's parser. That library never runs a document's expression, which could take very long.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Mapping, Sequence
from re import _constants as ops  # type: ignore[attr-defined]  # the parser has no public name
from re import _parser  # type: ignore[attr-defined]
from typing import Any

_MAX_CHARS = 10_000
_MAX_STEPS = 100_000
_LETTERS = string.ascii_lowercase + string.ascii_uppercase
_CHARACTERS = _LETTERS + string.digits + "-_./:@ +,;=%#&?!~*'()[]{}<>|^$`\"\\\n\t\r"  # in order of preference
_CATEGORIES = {"DIGIT": string.digits, "WORD": _LETTERS + string.digits + "_", "SPACE": string.whitespace}
_ANY = [(ops.NEGATE, None), (ops.LITERAL, ord("\n")), (ops.LITERAL, ord("\r"))]
_REPEATS = (ops.MAX_REPEAT, ops.MIN_REPEAT)
_LOOKS = (ops.ASSERT, ops.ASSERT_NOT)
_CHARACTER_OPS = (ops.LITERAL, ops.NOT_LITERAL, ops.ANY, ops.IN)
_STARTS = (ops.AT_BEGINNING, ops.AT_BEGINNING_STRING)
_ENDS = (ops.AT_END, ops.AT_END_STRING)
_MAX_PATTERN_CHARS = 5_000
_MAX_NODES = 20_000
# JavaScript's syntax that differs from Python's. A class is matched as a whole, its content is translated separately.
_JAVASCRIPT = re.compile(
    r"(?P<class>\[\^?+\]?+(?:\\.|[^\\\]])*+\])|(?P<open>\[)|\\p\{?(?P<letters>\w+)\}?|(?P<z>\\z)|\\.|\(\?<(?=\w)",
    re.DOTALL,
)
_IN_CLASS = re.compile(r"\\p(?:\{(?P<name>\w+)\}|(?P<letter>\w))|\\.|[\[&|~]|(?<=-)-", re.DOTALL)
_PROPERTIES = {
    "L": "a-zA-Z", "Ll": "a-z", "Lu": "A-Z", "N": "0-9", "Nd": "0-9", "P": r"\-_.:", "S": "+=", "Z": " ", "Zs": " ",
}  # fmt: skip


class PatternError(ValueError):
    """An expression is broken or not supported."""


_FAILURES = (re.error, ValueError, OverflowError, RecursionError, Warning)


def build_match(pattern: str, min_length: int = 0, max_length: int | None = None) -> str:
    """Return a short text that matches a JSON Schema pattern, the same on each call; raises `PatternError`."""
    try:
        text = _build(_parse(pattern), min_length)
    except _FAILURES as exc:
        raise PatternError(f"the pattern {pattern[:100]!r}: {exc}") from None
    if len(text) < min_length or (max_length is not None and len(text) > max_length):
        raise PatternError(f"no text of {min_length} to {max_length} characters was found")
    return text


class Search:
    """
    Searches with the patterns of schemas, in a limited number of steps for all of them.

    It follows all ways through an expression at once, so the time is linear in the text, whatever the expression.
    """

    def __init__(self, steps: int) -> None:
        self._left = steps
        self._programs: dict[str, list[_Node] | None] = {}

    def try_search(self, pattern: str, text: str) -> bool | None:
        """Return whether a pattern matches somewhere in a text; None if it is not supported or takes too long."""
        if pattern not in self._programs:
            try:
                self._programs[pattern] = _Compiler(_parse(pattern)).nodes
            except _FAILURES:
                self._programs[pattern] = None
        nodes = self._programs[pattern]
        try:
            return None if nodes is None else self._run(nodes, text, 0, everywhere=True)
        except PatternError:
            return None

    def _run(self, nodes: list[_Node], text: str, place: int, *, everywhere: bool = False) -> bool:
        current: list[int] = []
        for at in range(place, len(text) + 1):
            reached: set[int] = set()
            following: list[int] = []
            starts = [*current, 0] if everywhere or at == place else current
            if not starts:
                return False
            while starts:
                number = starts.pop()
                if number in reached:
                    continue
                reached.add(number)
                self._left -= 1
                if self._left < 0:
                    raise PatternError("the search takes too long")
                op, value, targets = nodes[number]
                if op is ops.SUCCESS:
                    return True
                if op in _CHARACTER_OPS:
                    if at < len(text) and _is_one_of(op, value, text[at]):
                        following.append(number + 1)
                elif op is ops.AT:
                    starts += [number + 1] if _holds_at(value, text, at) else []
                elif op in _LOOKS:
                    starts += [number + 1] if self._run(value, text, at) == (op is ops.ASSERT) else []
                starts += targets
            current = following
        return False


_Node = tuple[Any, Any, tuple[int, ...]]
"""Its operation, its value, and the nodes that are reached without a character; after a match it is the next one."""


class _Compiler:
    """Compiler of a parsed expression into nodes; raises `PatternError` for unsupported syntax."""

    def __init__(self, tree: Any) -> None:
        if tree.state.flags & re.IGNORECASE:
            raise PatternError("flags are not understood")
        self.nodes: list[_Node] = []
        self._steps = 0
        self._put_all(tree)
        self.nodes.append((ops.SUCCESS, None, ()))

    def _put_all(self, items: Any) -> None:
        for op, value in items:
            self._count()
            if op in _CHARACTER_OPS or op is ops.AT:
                self.nodes.append((op, value, ()))
            elif op in _REPEATS:
                self._put_repeat(*value)
            elif op in _LOOKS and value[0] == 1:
                self.nodes.append((op, _Compiler(value[1]).nodes, ()))
            elif op is ops.SUBPATTERN and not value[1]:
                self._put_all(value[3])
            elif op is ops.BRANCH:
                self._put_branch(value[1])
            else:
                raise PatternError(f"{str(op).lower()} is not understood")

    def _put_repeat(self, least: int, most: int, part: Any) -> None:
        for _ in range(least):
            self._count()
            self._put_all(part)
        if most is ops.MAXREPEAT:
            split = self._hold()
            self._put_all(part)
            self.nodes.append((None, None, (split,)))
            self.nodes[split] = (None, None, (split + 1, len(self.nodes)))
            return
        splits = []
        for _ in range(most - least):
            splits.append(self._hold())
            self._put_all(part)
        for split in splits:
            self.nodes[split] = (None, None, (split + 1, len(self.nodes)))

    def _put_branch(self, branches: Sequence[Any]) -> None:
        split, starts, ends = self._hold(), [], []
        for branch in branches:
            starts.append(len(self.nodes))
            self._put_all(branch)
            ends.append(self._hold())
        self.nodes[split] = (None, None, tuple(starts))
        for end in ends:
            self.nodes[end] = (None, None, (len(self.nodes),))

    def _hold(self) -> int:
        self._count()
        self.nodes.append((None, None, ()))
        return len(self.nodes) - 1

    def _count(self) -> None:
        self._steps += 1
        if self._steps > _MAX_NODES:
            raise PatternError("it is very large")


def _is_one_of(op: Any, value: Any, sign: str) -> bool:
    if op is ops.ANY:
        return sign != "\n"
    if op is not ops.IN:
        return bool((ord(sign) == value) == (op is ops.LITERAL))
    is_negated = value[0][0] is ops.NEGATE
    return any(_contains(kind, part, sign) for kind, part in value[is_negated:]) != is_negated


def _contains(kind: Any, part: Any, sign: str) -> bool:
    if kind is ops.RANGE:
        return bool(part[0] <= ord(sign) <= part[1])
    if kind is ops.CATEGORY:
        name = str(part).removeprefix("CATEGORY_")
        return _HAS[name.removeprefix("NOT_")](sign) != name.startswith("NOT_")
    return bool(ord(sign) == part)


def _is_word(sign: str) -> bool:
    return sign.isalnum() or sign == "_"


_HAS: Mapping[str, Callable[[str], bool]] = {"DIGIT": str.isdecimal, "SPACE": str.isspace, "WORD": _is_word}


def _holds_at(anchor: Any, text: str, at: int) -> bool:
    if anchor in _STARTS:
        return at == 0
    if anchor in _ENDS:
        return at == len(text) or (anchor is ops.AT_END and at == len(text) - 1 and text[at] == "\n")
    is_boundary = (at > 0 and _is_word(text[at - 1])) != (at < len(text) and _is_word(text[at]))
    return is_boundary == bool(anchor is ops.AT_BOUNDARY)


def _parse(pattern: str) -> Any:
    if len(pattern) > _MAX_PATTERN_CHARS:
        raise PatternError("it is very long")
    try:
        return _parser.parse(_JAVASCRIPT.sub(_to_python, pattern))
    except RecursionError:
        raise PatternError("too many groups in one another") from None


def _to_python(match: re.Match[str]) -> str:
    if match["open"]:
        raise PatternError("a class is not closed")
    if match["class"]:
        return "[" + _IN_CLASS.sub(_to_python_class, match["class"][1:-1]) + "]"
    if match["letters"] in _PROPERTIES:
        return f"[{_PROPERTIES[match['letters']]}]"
    return r"\Z" if match["z"] else "(?P<" if match[0] == "(?<" else match[0]


def _to_python_class(match: re.Match[str]) -> str:
    if match[0] == "-":
        raise PatternError("'--' in a class is not understood")
    if match[0].startswith("\\"):
        return _PROPERTIES.get(match["name"] or match["letter"], match[0])
    return "\\" + match[0]  # Python reserves these for set operations, and warns


def _build(tree: Any, min_length: int) -> str:
    least, _ = tree.getwidth()
    if max(least, min_length) > _MAX_CHARS:
        raise PatternError("the text would be very long")
    builder = _Builder(tree)
    text = builder.text(tree, max(min_length, least))
    if not builder.anchors.intersection(_ENDS):
        text = text.ljust(min_length, "a")
    return text if builder.anchors.intersection(_STARTS) else text.rjust(min_length, "a")


class _Builder:
    """Builder of a text from a parsed expression, in a limited number of steps; ``anchors`` are the expression's."""

    def __init__(self, tree: Any) -> None:
        self.anchors: set[Any] = set()
        self._state = tree.state
        self._steps = 0
        self._check(tree, first=True, last=True)

    def _check(self, items: Any, *, first: bool, last: bool) -> None:
        """Collect the anchors; raises `PatternError` for unsupported syntax, such as an anchor within the text."""
        wide = [number for number, item in enumerate(items) if self._width(item)[1]] or [len(items)]
        for number, (op, value) in enumerate(items):
            is_first = first and number <= wide[0]
            is_last = last and (number >= wide[-1] or wide == [len(items)])
            if op is ops.AT:
                if not (value in _STARTS and is_first) and not (value in _ENDS and is_last):
                    raise PatternError(f"{str(value).lower()} within the text is not understood")
                self.anchors.add(value)
            for part in _parts(op, value):
                is_once = op not in _REPEATS
                self._check(part, first=is_first and is_once, last=is_last and is_once)

    def _width(self, item: Any) -> tuple[int, int]:
        width: tuple[int, int] = _parser.SubPattern(self._state, [item]).getwidth()
        return width

    def text(self, items: Any, length: int) -> str:
        """Return a match of about this length, within the limits of the expression."""
        self._steps += len(items) + 1
        if self._steps > _MAX_STEPS:
            raise PatternError("the text would take very long to build")
        widths = [self._width(item) for item in items]
        spare = max(length - sum(least for least, _ in widths), 0)
        texts = []
        for (op, value), (least, most) in zip(items, widths, strict=True):
            texts.append(self._item(op, value, min(least + spare, most)))
            spare = max(spare - (len(texts[-1]) - least), 0)
        return "".join(texts)

    def _item(self, op: Any, value: Any, length: int) -> str:
        if op is ops.LITERAL:
            return chr(value)
        if op in _REPEATS:
            return self._repeated(value, length)
        if op is ops.AT:
            return ""
        parts = _parts(op, value)
        if not parts:
            return _choose({ops.ANY: _ANY, ops.NOT_LITERAL: [(ops.NEGATE, None), (ops.LITERAL, value)]}.get(op, value))
        sizes = [(part, *part.getwidth()) for part in parts]
        fitting = (part for part, least, most in sizes if least <= length <= most)
        nearest = max(sizes, key=lambda size: size[2] if length > size[2] else -size[1])[0]
        return self.text(next(fitting, nearest), length)

    def _repeated(self, value: Any, length: int) -> str:
        least, most, part = value
        part_least, part_most = part.getwidth()
        texts: list[str] = []
        size = 0
        while (len(texts) < least and part_least) or (size < length and len(texts) < most):
            rest = max(least - len(texts) - 1, 0) * part_least
            texts.append(self.text(part, min(max(length - size - rest, part_least), part_most)))
            size += len(texts[-1])
            if not texts[-1]:  # all further ones would be empty too
                break
        return "".join(texts)


def _parts(op: Any, value: Any) -> Sequence[Any]:
    """Return the expressions within an item: one, or the alternatives of a branch."""
    if op in _REPEATS:
        return [value[2]]
    if op is ops.BRANCH:
        return list(value[1])
    if op is ops.SUBPATTERN:
        return [value[3]]
    if op not in (ops.LITERAL, ops.NOT_LITERAL, ops.ANY, ops.IN, ops.AT):
        raise PatternError(f"{str(op).lower()} is not understood")
    return []


def _choose(members: Sequence[tuple[Any, Any]]) -> str:
    """Return the first character of a class."""
    found: set[str] = set()
    for op, value in members:
        if op is ops.LITERAL:
            found.add(chr(value))
        elif op is ops.RANGE:
            found |= {chr(value[0]), *(one for one in _CHARACTERS if value[0] <= ord(one) <= value[1])}
        elif op is ops.CATEGORY:
            name = str(value).removeprefix("CATEGORY_")
            known = set(_CATEGORIES[name.removeprefix("NOT_")])
            found |= set(_CHARACTERS) - known if name.startswith("NOT_") else known
    if members[0][0] is ops.NEGATE:
        found = set(_CHARACTERS) - found
    if not found:
        raise PatternError("a class without a character")
    return min(found, key=lambda one: (_CHARACTERS.find(one) % 1_000, one))
