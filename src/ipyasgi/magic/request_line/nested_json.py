"""Nested fields of HTTPie 3: ``a[b]=1 a[c][]:=2 [0]=x``, and ``\\[`` for a bracket in a name. Pure.

Source: HTTPie's documentation, "Nested JSON".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ..python_call import Argument, dict_of, list_of, literal
from ..tokenizer import GrammarError, Text

_MAX_INDEX = 1000
_MAX_DEPTH = 100
_NUMBER = re.compile(r"-?\d+(?=[\[\]]|\Z)", re.ASCII)
_PLAIN_INT = re.compile(r"-?\d+", re.ASCII)

Key = str | int | None
"""A key of an object, an index of an array, or None for ``[]``, which appends."""


@dataclass(slots=True)
class _Level:
    """An object or an array under construction; its kind is set by the first key."""

    keys: dict[Key, Any] = field(default_factory=dict)
    is_array: bool | None = None


def is_nested(names: Iterable[Text]) -> bool:
    """Return whether a name has a bracket, so that the fields are nested."""
    return any("[" in name.outline or "]" in name.outline for name in names)


def build_nested(fields: Iterable[tuple[Text, Argument]]) -> Argument:
    """Return the JSON of fields with nested names; raises `GrammarError` for a name that contradicts an earlier one."""
    root = _Level()
    for name, value in fields:
        written = name.fill()
        keys = _read_keys(written)
        level, done = root, ""
        for number, key in enumerate(keys):
            _check_kind(level, key, done, written)
            key = len(level.keys) if key is None else key
            if number == len(keys) - 1:
                level.keys[key] = value
                break
            done += f"[{key}]" if done or type(key) is int else str(key)
            following = level.keys.get(key)
            if following is None:
                following = level.keys[key] = _Level()
            elif isinstance(following, Argument):
                following = level.keys[key] = _opened(following, done, written)
            level = following
    return _argument_of(root)


def _read_keys(name: str) -> list[Key]:
    """Return the keys of ``a[b][0][]``."""
    keys: list[Key] = []
    token, quoted, inside, begun = "", False, False, False
    at = 0
    while at < len(name):
        character, following = name[at], name[at + 1 : at + 2]
        if character == "\\" and following and (following in "[]\\" or (not token and _NUMBER.match(name, at + 1))):
            token, quoted = token + following, True
            at += 2
            continue
        if character == "[" and not inside:
            if token or quoted or (keys and not begun):
                keys.append(token)
            inside, begun = True, True
            token, quoted = "", False
        elif character == "[":
            raise GrammarError(_syntax(name, at, "expected a key, an index or ]"))
        elif character == "]" and not inside:
            raise GrammarError(_syntax(name, at, "] without ["))
        elif character == "]":
            keys.append(None if not token and not quoted else _index_of(token, quoted))
            inside, token, quoted = False, "", False
            if name[at + 1 : at + 2] not in ("", "["):
                raise GrammarError(_syntax(name, at + 1, "expected [ or the end of the name"))
        else:
            token += character
        at += 1
    if inside:
        raise GrammarError(_syntax(name, len(name), "expected ]"))
    if token or quoted or not keys:
        keys.append(token)
    if len(keys) > _MAX_DEPTH:
        raise GrammarError(f"The name {name[:40]}… is nested too deeply. Write the body as JSON, below %%asgi.")
    return keys


def _index_of(token: str, quoted: bool) -> Key:
    if quoted or not _PLAIN_INT.fullmatch(token):
        return token
    if token.startswith("-"):
        raise GrammarError(f"The index [{token[:20]}] is negative. Begin with 0, or write [\\{token[:20]}] for a key.")
    index = int(token) if len(token) < 6 else _MAX_INDEX + 1
    if index > _MAX_INDEX:
        raise GrammarError(f"The index [{token[:20]}] is above {_MAX_INDEX}. Write [] to append, or the body as JSON.")
    return index


def _check_kind(level: _Level, key: Key, done: str, written: str) -> None:
    is_array = not isinstance(key, str)
    if level.is_array is None:
        level.is_array = is_array
    if level.is_array is is_array:
        return
    where = f"{done!r}" if done else "the body"
    held, wanted = ("array", "key") if level.is_array else ("object", "index")
    hint = " Write [\\0] for a key that is a number." if not level.is_array else ""
    given = "[]" if key is None else f"[{key}]"
    raise GrammarError(
        f"{written}: {where} is an {held} by an earlier item, and {given} is the {wanted} of another.{hint}"
    )


def _syntax(name: str, at: int, expected: str) -> str:
    return f"Invalid name {name[:60]!r} at character {at + 1}: {expected}. For a bracket in a name write \\[ or \\]."


def _opened(value: Argument, done: str, written: str) -> _Level:
    """Return a value that an earlier item gave as JSON, to add to it."""
    if not value.is_literal or not isinstance(value.value, (dict, list)):
        kind = type(value.value).__name__
        raise GrammarError(f"{written}: {done!r} has a value already ({kind}), so nothing can be put into it.")
    if isinstance(value.value, dict):
        return _Level(keys={key: literal(one) for key, one in value.value.items()}, is_array=False)
    return _Level(keys={number: literal(one) for number, one in enumerate(value.value)}, is_array=True)


def _argument_of(level: _Level) -> Argument:
    made = {key: _argument_of(one) if isinstance(one, _Level) else one for key, one in level.keys.items()}
    if not level.is_array:
        return dict_of([(literal(key), one) for key, one in made.items()])
    last = max((key for key in made if isinstance(key, int)), default=-1)
    return list_of([made.get(number, literal(None)) for number in range(last + 1)])
