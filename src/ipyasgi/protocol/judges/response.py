"""Checks of the parts of any HTTP response, including one that denies a WebSocket: status, headers, body and flags.

The rules are the same for both kinds of connection; their ids begin with the kind.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..types import Kind, Message
from ..violations import Violation, note, refuse

# Matches a name and a value joined by LF if `_judge_headers` would find nothing in them.
_is_plain_field = re.compile(rb"[a-z0-9!#$%&'*+.^_`|~-]+\n(?![ \t])[^\0\r\n]*(?<![ \t])").fullmatch
_is_plain_name = re.compile(rb"[a-z0-9!#$%&'*+.^_`|~-]+").fullmatch
_token_at_start = re.compile(rb"[A-Za-z0-9!#$%&'*+.^_`|~-]{0,40}").match
_SPACE = (b" ", b"\t")

_REUSABLE = (list, tuple, str, bytes, Mapping)  # can be iterated again, or are refused because of their type

MOST_FIELDS = 10_000
"""The most header fields of one message: more than any client accepts, and a bound for endless iterables."""


def check_status(kind: Kind, status: object) -> Violation | None:
    """Return the violation of a status; fatal if it is not an int."""
    if type(status) is int and 200 <= status <= 599:
        return None
    if isinstance(status, bool):
        return note(f"{kind}.status", "the status is a bool, not an int from 100 to 599")
    if not isinstance(status, int):
        return refuse(f"{kind}.status", f"the status is {type(status).__name__}, not an int from 100 to 599")
    if not 100 <= status <= 599:
        return note(f"{kind}.status", f"the status is {number_text(status)}, not from 100 to 599")
    if status < 200:
        return note(f"{kind}.interim-status", f"the status is {status:d}, which is interim: a final one must follow")
    return None


def check_body(kind: Kind, body: object) -> Violation | None:
    """Return the violation of a message's body; always fatal."""
    if isinstance(body, (bytes, bytearray, memoryview)):
        return None
    return refuse(f"{kind}.body-type", f"the body is {type(body).__name__}, not bytes")


def check_flag(kind: Kind, message: Message, name: str) -> Violation | None:
    """Return the violation of a flag that is not a bool; servers use its truth value, so it is non-fatal."""
    value = message.get(name, False)
    return None if value is False or value is True else note(f"{kind}.flag-type", f"{name} is {_type(value)}, not bool")


def check_headers(kind: Kind, headers: Any) -> Iterable[Violation]:
    """
    Return the violations of header fields, in order; fatal if they are not pairs.

    :param headers: can be iterated more than once
    """
    if isinstance(headers, (list, tuple)) and len(headers) > MOST_FIELDS:
        return (refuse(f"{kind}.headers", f"there are more than {MOST_FIELDS:,} headers"),)
    if type(headers) is list or isinstance(headers, Iterable):
        for pair in headers:  # the fast path of valid fields, on every request
            if (type(pair) is not tuple and type(pair) is not list) or len(pair) != 2:
                break
            name, value = pair
            if type(name) is not bytes or type(value) is not bytes or not _is_plain_field(name + b"\n" + value):
                break
        else:
            return ()
    return _judge_headers(kind, headers)


def _judge_headers(kind: Kind, headers: Any) -> Iterator[Violation]:
    if not isinstance(headers, Iterable):
        yield refuse(f"{kind}.headers", f"the headers are {_type(headers)}, not pairs of bytes")
        return
    for pair in headers:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            yield refuse(f"{kind}.headers", f"the headers contain a {_type(pair)} that is not a pair of bytes")
            continue
        name, value = pair
        if isinstance(name, bytes) and isinstance(value, bytes):
            if not _is_plain_name(name):
                yield _judge_name(kind, name)
            if b"\n" in value or b"\r" in value or b"\0" in value:
                yield note(f"{kind}.header-value", f"the value of the header {_shown(name)} contains a CR, LF or NUL")
            elif value[:1] in _SPACE or value[-1:] in _SPACE:
                text = f"the value of the header {_shown(name)} begins or ends with a space"
                yield note(f"{kind}.header-space", text)
        else:
            text = f"the header {_shown(name)} is a pair of {_type(name)} and {_type(value)}, not of bytes"
            yield note(f"{kind}.header-type", text)


def _judge_name(kind: Kind, name: bytes) -> Violation:
    if _is_plain_name(name.lower()):
        return note(f"{kind}.header-case", f"the header name {_shown(name)} is not lower-case")
    if not name:
        return note(f"{kind}.header-name", "a header has an empty name")
    return note(f"{kind}.header-name", f"the header name that begins with {_shown(name)} is not a token")


def _shown(name: object) -> str:
    """Return a header's name for a message; names that are not tokens are truncated: they may contain a secret."""
    if isinstance(name, str):
        name = name.encode("utf-8", "replace")
    if not isinstance(name, bytes):
        return f"of a {_type(name)} name"
    start = _token_at_start(name)
    return repr(start.group() if start else b"")


def _type(value: object) -> str:
    return type(value).__name__


def number_text(number: int) -> str:
    """Return a number from the app as text of bounded length."""
    return f"{number:d}" if -1000 < number < 100_000 else "out of range"


def readable_twice(message: Message) -> Message:
    """
    Return the message with fields that can be iterated more than once: the specification allows any iterable.

    At most `MOST_FIELDS` + 1 items are read, so that the judge refuses a longer iterable.
    """
    if isinstance(message, dict):
        for field in ("headers", "links"):
            values = message.get(field)
            if values is None or type(values) is list:  # nearly always
                continue
            if isinstance(values, Iterable) and not isinstance(values, _REUSABLE):
                message = {**message, field: list(itertools.islice(values, MOST_FIELDS + 1))}
    return message
