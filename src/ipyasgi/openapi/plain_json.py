"""Makes an app's document plain JSON, so that no other module here meets anything else. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Set
from datetime import date, time
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any
from uuid import UUID

from .references import Note, is_list

MAX_LEVELS = 200
"""The maximum number of levels of a document; no real one has as many."""

_MAX_PARTS = 2_000_000  # to look at; one that has more may be made in Python, of objects that occur often
_MAX_BITS = 1_000  # of an int; a float holds it


def plain_json(data: Any, note: Note) -> Any:
    """
    Return data as plain JSON; unchanged if it is.

    Python's own values are converted. Numbers that JSON or a float cannot hold, objects within themselves, and what is
    nested very deeply become null, with a note.
    """
    return data if _is_plain(data) else _Conversion(note).convert(data, 0)


def _is_plain(data: Any) -> bool:
    level, count = [data], 0
    for _ in range(MAX_LEVELS):
        following: list[Any] = []
        for part in level:
            if type(part) is dict:
                if not all(type(key) is str and _is_plain_scalar(key) for key in part):
                    return False
                part = part.values()
            elif type(part) is not list:
                return False
            following += [one for one in part if not _is_plain_scalar(one)]
        level = following
        count += len(level)
        if not level or count > _MAX_PARTS:
            return not level
    return False


def _is_plain_scalar(value: Any) -> bool:
    if isinstance(value, str):
        return type(value) is str and (value.isascii() or _as_unicode(value) == value)
    if type(value) is int:
        return value.bit_length() <= _MAX_BITS
    return value is None or type(value) is bool or (type(value) is float and math.isfinite(value))


class _Conversion:
    """The conversion of one document; an object that occurs often is converted once."""

    def __init__(self, note: Note) -> None:
        self._note = note
        self._done: dict[int, tuple[Any, Any]] = {}  # with the object, so that its id stays unique

    def convert(self, value: Any, depth: int) -> Any:
        if isinstance(value, Enum):
            value = value.value
        if isinstance(value, (bool, int, float, str, type(None))):
            return self._scalar(value)
        if not isinstance(value, (Mapping, Set)) and not is_list(value):
            return self._other(value)
        if id(value) in self._done:
            return self._done[id(value)][1]
        if depth > MAX_LEVELS:
            self._note("the document is nested too deeply: the rest is left out")
            return None
        self._done[id(value)] = value, None  # if it contains itself
        try:
            found: Any = self._object(value, depth) if isinstance(value, Mapping) else self._array(value, depth)
        except Exception as exc:  # of a container of the app's own
            self._note(f"a value of type {type(value).__name__} cannot be read, {type(exc).__name__}: left out")
            found = None
        self._done[id(value)] = value, found
        return found

    def _object(self, value: Mapping[Any, Any], depth: int) -> dict[str, Any]:
        return {self._key(key): self.convert(one, depth + 1) for key, one in value.items()}

    def _array(self, value: Any, depth: int) -> list[Any]:
        return [self.convert(one, depth + 1) for one in value]

    def _key(self, key: Any) -> str:
        key = self.convert(key, MAX_LEVELS)
        return key if isinstance(key, str) else json.dumps(key)

    def _scalar(self, value: Any) -> Any:
        if isinstance(value, str):
            return _as_unicode(str.__str__(value))
        if isinstance(value, bool) or value is None:
            return value
        number = int(value) if isinstance(value, int) else float(value)
        if _is_plain_scalar(number):
            return number
        self._note("a number that JSON cannot hold: left out")
        return None

    def _other(self, value: Any) -> Any:
        if isinstance(value, (date, time)):
            return value.isoformat()
        if isinstance(value, Decimal):
            return self._scalar(float(value))
        if isinstance(value, (UUID, PurePath)):
            return str(value)
        if isinstance(value, (bytes, bytearray)):
            return value.decode(errors="replace")
        self._note(f"a value of type {type(value).__name__} is not JSON: left out")
        return None


def _as_unicode(text: str) -> str:
    """Return a text without lone surrogates, which a page cannot receive."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
