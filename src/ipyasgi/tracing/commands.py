"""Commands of a cache as text: which parts are secret, and what two commands have in common. Pure.

The first argument of a command is its key in nearly all cases; what follows are values.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ..records.redaction import Redactor
from ..records.secret_rules import MASK
from ..records.state import take_picture
from .statements import Parameters

_KEY_CHARS = 120
_VALUE_CHARS = 80
_ARGUMENTS = 12
_COMMANDS = 6

_WORDS = re.compile(r"[^\W\d_]+")
_PARTS = re.compile(r"([:/|.{}\s]+)")
_SPACE = re.compile(r"\s+")
_IDENTIFIER = re.compile(r"[0-9a-fA-F-]{8,}|\d+")
_LAST_PART = re.compile(r"(?<=[:/|.])[^:/|.\s;]+(?=$|;)")
_PIPELINE = "pipeline: "
_PAIRED = ("HSET", "HMSET", "HSETNX", "XADD")  # fields and their values
_CREDENTIALS = ("AUTH", "HELLO", "ACL", "CONFIG", "MIGRATE")
_WITHOUT_KEY = (
    "PING",
    "INFO",
    "SELECT",
    "FLUSHDB",
    "FLUSHALL",
    "DBSIZE",
    "TIME",
    "EVAL",
    "EVALSHA",
    "SCRIPT",
    "CLIENT",
)


def name_command(arguments: Sequence[Any]) -> str:
    """Return a command and its key: ``GET user:3``."""
    name, key = _name(arguments), _key(arguments)
    return f"{name} {key}" if key else name


def name_pipeline(commands: Sequence[Sequence[Any]]) -> str:
    """Return the first commands of a pipeline, each with its key, on one line: ``pipeline: GET a; GET b``."""
    named = [name_command(one).replace("; ", ";") for one in commands[:_COMMANDS]]
    if len(commands) > _COMMANDS:
        named.append(f"… {len(commands)} commands in all")
    return _PIPELINE + "; ".join(named)


def picture_arguments(arguments: Sequence[Any]) -> Parameters:
    """Return the values of a command as short texts, unmasked; the fields of a hash are their names."""
    name = _name(arguments)
    if name in _CREDENTIALS:
        return ()
    values = arguments[2 if _key(arguments) else 1 :]
    if name in _PAIRED and len(values) % 2 == 0:
        pairs = [(_text(field), value) for field, value in zip(values[::2], values[1::2], strict=True)]
    else:
        pairs = [("", value) for value in values]
    texts = tuple((field, _picture(value)) for field, value in pairs[:_ARGUMENTS])
    left_out = len(pairs) - len(texts)
    return (*texts, ("", f"… {left_out} more")) if left_out > 0 else texts


def mask_command(statement: str, redactor: Redactor) -> str:
    """Return commands with their keys, of which the part after a secret word is masked: ``GET session:•••``."""
    if not statement.startswith(_PIPELINE):
        return _mask_one(statement, redactor)
    return _PIPELINE + "; ".join(_mask_one(one, redactor) for one in statement[len(_PIPELINE) :].split("; "))


def shape_of_command(statement: str) -> str:
    """Return a command with ``?`` for the last part of its key, and for identifiers in the others."""
    return _IDENTIFIER.sub("?", _LAST_PART.sub("?", statement))


def _mask_one(command: str, redactor: Redactor) -> str:
    parts = _PARTS.split(command)
    for number, part in enumerate(parts[:-1]):
        if any(redactor.is_secret(word, "body") for word in (part, *_WORDS.findall(part))):
            return "".join(parts[: number + 2]) + MASK
    return redactor.text(command)


def _name(arguments: Sequence[Any]) -> str:
    return _text(arguments[0]).upper()


def _key(arguments: Sequence[Any]) -> str:
    if len(arguments) < 2 or _name(arguments).partition(" ")[0] in (*_CREDENTIALS, *_WITHOUT_KEY):
        return ""
    return _SPACE.sub(" ", _text(arguments[1])).strip()


def _text(value: Any) -> str:
    if type(value) in (bytes, bytearray):
        value = bytes(value[:_KEY_CHARS]).decode("utf-8", "backslashreplace")
    elif type(value) not in (str, int, float):
        value = take_picture(value).text
    return str(value)[:_KEY_CHARS]


def _picture(value: Any) -> str:
    if type(value) in (bytes, bytearray):
        value = bytes(value[:_VALUE_CHARS]).decode("utf-8", "backslashreplace")
    return take_picture(value).text[:_VALUE_CHARS]
