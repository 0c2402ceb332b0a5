"""Finds the part of the grammar that a cursor is in, for completion. Pure, evaluates nothing.

Only the text before the cursor is read; a quote or ``{{`` in it may be open.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from ..formats.http_lines import read_comment
from ..records.requests import METHODS
from .grammar import OPTIONS
from .items import find_sign
from .tokenizer import GrammarError, Token, split_tokens

Kind = Literal[
    "head",  # the first word: a method, a subcommand or an app
    "target",  # the path of a request
    "item",  # the name of an item, without a sign
    "value",  # the value of an item: see name and sign
    "word",  # a word of a subcommand
    "option",  # the name of an option, with its dashes
    "option value",  # the value of an option: see name
    "expression",  # inside {{ }}
    "header",  # the name of a header in a cell
    "header value",  # see name
    "body",  # the body in a cell
]

_CELL = re.compile(r"\s*%%asgi\b[ \t]*")
_LINE = re.compile(r"[ \t]*(?:[^\W\d][\w.,\[\] \t'\"]*=[ \t]*)?%asgi(?:[ \t]+|\Z)")
_ASSIGNED = re.compile(r"[ \t]*(?:[^\W\d]\w*)[ \t]*<<[ \t]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """
    The part of the grammar that a cursor is in.

    :ivar fragment: the text of this part before the cursor, as it is written
    :ivar start: the offset of the fragment in the whole text
    :ivar head: the first word of the line, once it is complete
    :ivar words: the complete words after it except options, without quotes
    :ivar name: of the item, option or header whose value it is
    :ivar sign: of the item
    """

    kind: Kind
    fragment: str
    start: int
    head: str = ""
    words: tuple[str, ...] = ()
    name: str = ""
    sign: str = ""

    @property
    def target(self) -> str:
        """The path of the request, once it is complete."""
        return self.words[0] if self.head in METHODS and self.words else ""


def find_place(text: str, at: int) -> Place | None:
    """Return the position of the cursor at an offset in the text of a cell; None outside of ``%asgi``."""
    before = text[:at]
    cell = _CELL.match(before)
    if cell is not None:
        return _place_in_cell(before, cell.end())
    begin = before.rfind("\n") + 1
    line = _LINE.match(before, begin)
    return _place_in_line(before, line.end()) if line is not None else None


def _place_in_cell(before: str, begin: int) -> Place | None:
    lines: list[tuple[int, str]] = []
    start = begin
    for line in before[begin:].split("\n"):
        if line.startswith("###"):
            lines.clear()  # the part of the cursor begins after the last separator
        else:
            lines.append((start, line))
        start += len(line) + 1
    while len(lines) > 1 and (
        not lines[0][1].strip() or read_comment(lines[0][1]) is not None or _is_options(lines[0])
    ):
        lines.pop(0)
    if not lines:
        return None
    first_start, first = lines[0]
    if len(lines) == 1:
        return _place_in_line(before, first_start)
    request = _place_in_line(first + " ", 0)
    if request is None:
        return None
    about = Place(kind="body", fragment="", start=0, head=request.head, words=request.words)
    empty = next((number for number, (_, line) in enumerate(lines[1:-1], 1) if not line.strip()), None)
    if empty is not None:
        start = lines[empty + 1][0]
        return replace(about, fragment=before[start:], start=start)
    start, line = lines[-1]
    name, colon, value = line.partition(":")
    if colon:
        lead = len(value) - len(value.lstrip())
        return replace(
            about, kind="header value", name=name.strip(), fragment=value.lstrip(), start=start + len(name) + 1 + lead
        )
    return replace(about, kind="header", fragment=line, start=start)


def _is_options(line: tuple[int, str]) -> bool:
    """Return whether only options follow ``%%asgi``, so that the request is below."""
    words = line[1].split()
    return bool(words) and all(word.startswith("--") for word in words)


def _place_in_line(before: str, begin: int) -> Place | None:
    assigned = _ASSIGNED.match(before, begin)
    begin = assigned.end() if assigned is not None else begin
    try:
        words = split_tokens(before[begin:])
    except GrammarError:
        return None
    at = len(before)
    typing = words.pop() if words and begin + words[-1].start + len(words[-1].source) == at else None
    place = Place(kind="head", fragment="", start=at)
    awaited = ""
    for word in words:
        if awaited:
            awaited = ""
        elif _is_option(word):
            name, equals, _ = word.source[2:].partition("=")
            awaited = name if not equals and name in OPTIONS and OPTIONS[name].value else ""
        elif not place.head:
            head = word.text.fill(lambda value: "")
            place = replace(place, head=head.upper() if head.upper() in METHODS else head)
        else:
            place = replace(place, words=(*place.words, word.text.fill(lambda value: "")))
    if typing is not None:
        place = replace(place, fragment=typing.source, start=begin + typing.start)
    return _classify(place, typing, awaited)


def _classify(place: Place, typing: Token | None, awaited: str) -> Place:
    """Return the position with its kind and the fragment of that kind; ``awaited`` is an option without its value."""
    if typing is not None and typing.open == "{{":
        return _from(place, "expression", typing.source.rfind("{{") + 2)
    if typing is not None and typing.open in ("{", "["):
        return replace(place, kind="body")
    if awaited:
        return replace(place, kind="option value", name=awaited)
    if typing is not None and _is_option(typing):
        name, equals, _ = typing.source[2:].partition("=")
        if equals:
            return replace(_from(place, "option value", len(name) + 3), name=name)
        return replace(place, kind="option")
    if not place.head:
        return place
    if place.head == "time" and place.words:  # a request follows
        return _classify(replace(place, head=place.words[0].upper(), words=place.words[1:]), typing, awaited)
    if place.head not in METHODS:
        return replace(place, kind="word")
    if not place.words:
        return replace(place, kind="target")
    found = find_sign(place.fragment)
    if found is None:
        return replace(place, kind="item")
    name, sign, _ = found
    return replace(_from(place, "value", len(name) + len(sign)), name=name.lstrip("'\""), sign=sign)


def _from(place: Place, kind: Kind, length: int) -> Place:
    return replace(place, kind=kind, fragment=place.fragment[length:], start=place.start + length)


def _is_option(word: Token) -> bool:
    return not word.quoted and word.source.startswith("-") and word.source != "-"
