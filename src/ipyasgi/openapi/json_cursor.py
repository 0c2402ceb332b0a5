"""Finds the cursor's position at the end of incomplete JSON: its object, and whether at a name or a value. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from ..records.json_tokens import ends_inside_string, read_token


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonPlace:
    """
    The position at the end of a JSON text.

    :ivar fragment: the beginning of the name or value, with its quote
    :ivar path: the names that lead to the object or the value; None for an item of an array
    :ivar names: members that the object already has
    """

    kind: Literal["name", "value"]
    fragment: str
    path: tuple[str | None, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(slots=True)
class _Level:
    """An open object or array; ``awaits`` is the kind of its next token."""

    is_object: bool
    awaits: Literal["name", "colon", "value", "comma"]
    name: str | None = None
    names: list[str] = field(default_factory=list)


def find_json_place(text: str) -> JsonPlace | None:
    """Return the position at the end; None after a value, in an expression or in invalid JSON."""
    levels: list[_Level] = []
    awaits, at = "value", 0
    while True:
        kind, at, end = _next_token(text, at)
        level = levels[-1] if levels else None
        awaits = level.awaits if level is not None else awaits
        if not kind or (end == len(text) and kind in ("number", "word")):
            return _place(levels, awaits, text[at:])
        token = text[at:end]
        if token in ("{", "["):
            if awaits != "value":
                return None
            levels.append(_Level(is_object=token == "{", awaits="name" if token == "{" else "value"))
        elif token in ("}", "]"):
            if level is None or (token == "}") != level.is_object:
                return None
            levels.pop()
            awaits = "comma"
            if levels:
                levels[-1].awaits = "comma"
        elif level is None:
            return None
        elif token == ",":
            level.awaits = "name" if level.is_object else "value"
        elif token == ":":
            level.awaits = "value"
        elif awaits == "name":
            level.name = token.strip('"')
            level.names.append(level.name)
            level.awaits = "colon"
        else:
            level.awaits = "comma"
        at = end


def _next_token(text: str, at: int) -> tuple[str, int, int]:
    """Return kind, start and end of the next token; the kind is empty for an incomplete token and at the end."""
    token = read_token(text, at)
    if token is not None and token.kind == "space":
        token = read_token(text, token.end)
    if token is None:
        return "", len(text), len(text)
    if text.startswith("{{", token.start):  # an expression instead of a value
        end = text.find("}}", token.start) + 2
        return "expression" if end > 1 else "", token.start, end
    is_cut = token.kind == "string" and token.end == len(text) and ends_inside_string(text[token.start :])
    return "" if is_cut else token.kind, token.start, token.end


def _place(levels: list[_Level], awaits: str, fragment: str) -> JsonPlace | None:
    if not levels or awaits not in ("name", "value") or "{{" in fragment:
        return None
    path = tuple(level.name if level.is_object else None for level in levels)
    place = JsonPlace(kind="value", fragment=fragment, path=path, names=tuple(levels[-1].names))
    return replace(place, kind="name", path=path[:-1]) if awaits == "name" else place
