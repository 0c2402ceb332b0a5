"""
Frozen values as plain data for JSON, and back: `to_plain` and `read_plain`. Pure.

What is read is foreign: each part is checked against the types of the fields, so a wrong one is an error with its name,
and reading runs no code of the file.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import functools
import math
import types
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
_TEXT_BYTES = 16 * 1024  # more bytes are base64, which has no brackets and commas
_MOST_INT = 2**63


def to_plain(value: Any) -> Any:
    """
    Return a value as plain data: of a dataclass an object without the fields that have their default.

    Bytes become a text if they are short and UTF-8, else ``{"base64": ...}``. Raises ``TypeError`` for other types.
    """
    if value is None or type(value) in (str, int, float, bool):
        return value
    if isinstance(value, bytes):
        return _plain_bytes(value)
    if isinstance(value, tuple):
        return [to_plain(one) for one in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            one.name: to_plain(part)
            for one in dataclasses.fields(value)
            if (part := getattr(value, one.name)) != one.default
        }
    raise TypeError(f"{type(value).__name__} cannot be saved")


def read_plain(kind: type[T], data: Any) -> T:
    """Return the value of a type that `to_plain` made plain; raises ``ValueError`` that names the wrong part."""
    found: T = _read(kind, data, "")
    return found


def _read(kind: Any, data: Any, at: str) -> Any:
    origin = get_origin(kind)
    if origin in (types.UnionType, Union):
        return _read_one_of(get_args(kind), data, at)
    if origin is Literal:
        if type(data) is str and data in get_args(kind):
            return data
        raise ValueError(f"{_named(at)} is not one of {', '.join(map(repr, get_args(kind)))}")
    if origin is tuple:
        return _read_tuple(get_args(kind), data, at)
    if issubclass(kind, tuple):  # a named tuple
        return kind(*_read_tuple(tuple(_hints(kind).values()), data, at))
    if dataclasses.is_dataclass(kind):
        return _read_fields(kind, data, at)
    return _READERS[kind](data, at)


def _read_one_of(kinds: tuple[Any, ...], data: Any, at: str) -> Any:
    errors = []
    for kind in kinds:
        try:
            return _read(kind, data, at)
        except ValueError as exc:
            errors.append(exc)
    raise errors[0]


def _read_tuple(kinds: tuple[Any, ...], data: Any, at: str) -> tuple[Any, ...]:
    if type(data) is not list:
        raise ValueError(f"{_named(at)} is not a list")
    if kinds[-1:] == (...,):
        return tuple(_read(kinds[0], one, f"{at}[{number}]") for number, one in enumerate(data))
    if len(data) != len(kinds):
        raise ValueError(f"{_named(at)} does not have {len(kinds)} items")
    return tuple(
        _read(kind, one, f"{at}[{number}]") for number, (kind, one) in enumerate(zip(kinds, data, strict=True))
    )


def _read_fields(kind: Any, data: Any, at: str) -> Any:
    if type(data) is not dict:
        raise ValueError(f"{_named(at)} is not an object")
    known = {one.name: one for one in dataclasses.fields(kind)}
    if unknown := next((name for name in data if name not in known), None):
        raise ValueError(f"{_named(at)} has the unknown field {unknown[:60]!r}")
    missing = (name for name, one in known.items() if name not in data and _is_required(one))
    if (first := next(missing, None)) is not None:
        raise ValueError(f"{_named(at)} does not have the field {first!r}")
    hints = _hints(kind)
    return kind(**{name: _read(hints[name], part, f"{at}.{name}" if at else name) for name, part in data.items()})


def _is_required(one: dataclasses.Field[Any]) -> bool:
    return one.default is dataclasses.MISSING and one.default_factory is dataclasses.MISSING


@functools.cache
def _hints(kind: type) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _plain_bytes(value: bytes) -> Any:
    if len(value) <= _TEXT_BYTES:
        try:
            return value.decode()
        except UnicodeDecodeError:
            pass
    return {"base64": base64.b64encode(value).decode("ascii")}


def _read_bytes(data: Any, at: str) -> bytes:
    try:
        if type(data) is str:
            return data.encode()
        if type(data) is dict and data.keys() == {"base64"}:
            return base64.b64decode(data["base64"], validate=True)
    except (TypeError, ValueError, binascii.Error):
        pass
    raise ValueError(f"{_named(at)} is not a body")


def _of_type(kind: type, noun: str) -> Callable[[Any, str], Any]:
    def read(data: Any, at: str) -> Any:
        if type(data) is not kind:
            raise ValueError(f"{_named(at)} is not {noun}")
        return data

    return read


def _read_int(data: Any, at: str) -> int:
    if type(data) is not int or abs(data) >= _MOST_INT:
        raise ValueError(f"{_named(at)} is not an integer of 64 bits")
    return data


def _read_float(data: Any, at: str) -> float:
    if type(data) not in (int, float) or not math.isfinite(data) or abs(data) >= _MOST_INT:
        raise ValueError(f"{_named(at)} is not a number")
    return float(data)


_READERS: Mapping[type, Callable[[Any, str], Any]] = {
    str: _of_type(str, "a text"),
    bool: _of_type(bool, "true or false"),
    type(None): _of_type(type(None), "null"),
    int: _read_int,
    float: _read_float,
    bytes: _read_bytes,
}


def _named(at: str) -> str:
    return at or "the line"
