"""Makes an app's document plain JSON, so that no other module here meets anything else. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any
from uuid import UUID

from .references import Note, is_list

MAX_LEVELS = 200
"""The maximum number of levels of a document; no real one has as many."""

_MAX_VALUES = 2_000_000  # to look at; one that has more may be made in Python, of objects that occur often
_MAX_BITS = 1_000  # of an int; a float holds it


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainJSON:
    """
    A document as plain JSON.

    :ivar has_secret: whether any object in it is a secret schema, with ``format: password`` or ``writeOnly``
    """

    data: Any
    has_secret: bool


def read_plain(data: Any, note: Note) -> PlainJSON:
    """
    Return data as plain JSON; unchanged if it is.

    Python's own values are converted. Numbers that JSON or a float cannot hold, objects within themselves, and what is
    nested very deeply become null, with a note.
    """
    look = _Look()
    if look.is_plain(data):
        return PlainJSON(data=data, has_secret=look.has_secret)
    conversion = _Conversion(note)
    data = conversion.convert(data, 0)
    return PlainJSON(data=data, has_secret=conversion.has_secret)


class _Look:
    """
    One look at a whole document, which the first form waits for: GitHub's has half a million keys and values.

    :ivar has_secret: of `PlainJSON`: found here, few documents need another look
    """

    def __init__(self) -> None:
        self.has_secret = False
        self._names: set[str] = set()
        self._left = _MAX_VALUES

    def is_plain(self, data: Any) -> bool:
        """Return whether data is an object or array of plain JSON."""
        return type(data) in (dict, list) and self._are_plain((data,), 0) and all(map(_is_unicode, self._names))

    def _are_plain(self, values: Collection[Any], depth: int) -> bool:
        self._left -= len(values)
        if depth > MAX_LEVELS or self._left < 0:
            return False
        for one in values:
            kind = type(one)
            if kind is str:
                fits = one.isascii() or _is_unicode(one)
            elif kind is dict:
                for key in one:
                    if type(key) is not str:
                        return False
                self._names.update(one)
                fits = self._are_plain(one.values(), depth + 1)
                if fits and ("format" in one or "writeOnly" in one) and _is_secret(one):
                    self.has_secret = True
            elif kind is list:
                fits = self._are_plain(one, depth + 1)
            else:
                fits = one is None or kind is bool or ((kind is int or kind is float) and _is_number(one))
            if not fits:
                return False
        return True


def _is_secret(schema: dict[str, Any]) -> bool:
    return schema.get("format") == "password" or schema.get("writeOnly") is True


class _Conversion:
    """
    The conversion of one document; an object that occurs often is converted once.

    :ivar has_secret: of `PlainJSON`
    """

    def __init__(self, note: Note) -> None:
        self.has_secret = False
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
        found = {self._key(key): self.convert(one, depth + 1) for key, one in value.items()}
        self.has_secret = self.has_secret or _is_secret(found)
        return found

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
        if _is_number(number):
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


def _is_number(number: float) -> bool:
    """Return whether JSON and a float can hold a number."""
    return number.bit_length() <= _MAX_BITS if isinstance(number, int) else math.isfinite(number)


def _is_unicode(text: str) -> bool:
    return _as_unicode(text) == text


def _as_unicode(text: str) -> str:
    """Return a text without lone surrogates, which a page cannot receive."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
