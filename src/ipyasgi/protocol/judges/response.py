"""What every HTTP response has, one that denies a WebSocket too: a status, header fields, a body and flags.

The rules are the same for both kinds of connection; their ids begin with the kind.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..types import Kind, Message
from ..violations import Violation, note, refuse

# A name and a value with LF between: what `_judge_headers` would say nothing of.
_is_plain_field = re.compile(rb"[a-z0-9!#$%&'*+.^_`|~-]+\n(?![ \t])[^\0\r\n]*(?<![ \t])").fullmatch
_is_plain_name = re.compile(rb"[a-z0-9!#$%&'*+.^_`|~-]+").fullmatch
_token_at_start = re.compile(rb"[A-Za-z0-9!#$%&'*+.^_`|~-]{0,40}").match
_SPACE = (b" ", b"\t")

_PLAIN = (list, tuple, str, bytes, Mapping)  # readable as often as one likes, or to be refused for what they are

MOST_FIELDS = 10_000
"""Header fields that one message may have, more than any client takes; an iterable of more perhaps never ends."""


def check_status(kind: Kind, status: object) -> Violation | None:
    """Return what is wrong with a status; fatal where it is no int."""
    if type(status) is int and 200 <= status <= 599:
        return None
    if isinstance(status, bool):
        return note(f"{kind}.status", "the status is a bool, not an int from 100 to 599")
    if not isinstance(status, int):
        return refuse(f"{kind}.status", f"the status is {type(status).__name__}, not an int from 100 to 599")
    if not 100 <= status <= 599:
        told = f"{status:d}" if -1000 < status < 100_000 else "far away"
        return note(f"{kind}.status", f"the status is {told}, not from 100 to 599")
    if status < 200:
        return note(f"{kind}.interim-status", f"the status is {status:d}, which only announces a response")
    return None


def check_body(kind: Kind, body: object) -> Violation | None:
    """Return what is wrong with the body of a message; always fatal."""
    if isinstance(body, (bytes, bytearray, memoryview)):
        return None
    return refuse(f"{kind}.body-type", f"the body is {type(body).__name__}, not bytes")


def check_flag(kind: Kind, message: Message, name: str) -> Violation | None:
    """Return the violation of a flag that is no bool; any value counts as its truth, as with servers."""
    value = message.get(name, False)
    return None if value is False or value is True else note(f"{kind}.flag-type", f"{name} is {_type(value)}, not bool")


def check_headers(kind: Kind, headers: Any) -> Iterable[Violation]:
    """
    Return what is wrong with header fields, in their order; fatal where they are no pairs.

    :param headers: readable more than once
    """
    if isinstance(headers, (list, tuple)) and len(headers) > MOST_FIELDS:
        return (refuse(f"{kind}.headers", f"there are more than {MOST_FIELDS:,} headers, or no end of them"),)
    if type(headers) is list or isinstance(headers, Iterable):
        for pair in headers:  # every request comes through here: one look at each field that is as it should be
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
            what = f"a {_type(pair)} that is no pair stands among the headers, not a pair of bytes"
            yield refuse(f"{kind}.headers", what)
            continue
        name, value = pair
        if isinstance(name, bytes) and isinstance(value, bytes):
            if not _is_plain_name(name):
                yield _judge_name(kind, name)
            if b"\n" in value or b"\r" in value or b"\0" in value:
                yield note(f"{kind}.header-value", f"the value of the header {_shown(name)} holds a CR, LF or NUL")
            elif value[:1] in _SPACE or value[-1:] in _SPACE:
                told = f"the value of the header {_shown(name)} begins or ends with a space"
                yield note(f"{kind}.header-space", told)
        else:
            told = f"the header {_shown(name)} is a pair of {_type(name)} and {_type(value)}, not of bytes"
            yield note(f"{kind}.header-type", told)


def _judge_name(kind: Kind, name: bytes) -> Violation:
    if _is_plain_name(name.lower()):
        return note(f"{kind}.header-case", f"the header name {_shown(name)} is not lower-case")
    if not name:
        return note(f"{kind}.header-name", "a header has an empty name")
    return note(f"{kind}.header-name", f"the header name that begins with {_shown(name)} is not a token")


def _shown(name: object) -> str:
    """Return a header's name as a sentence may hold it: what is no token may be a value that slipped into the name."""
    if isinstance(name, str):
        name = name.encode("utf-8", "replace")
    if not isinstance(name, bytes):
        return f"of a {_type(name)} name"
    start = _token_at_start(name)
    return repr(start.group() if start else b"")


def _type(value: object) -> str:
    return type(value).__name__


def readable_twice(message: Message) -> Message:
    """
    Return the message with fields that may be read more than once: the specification allows any iterable.

    Of an iterable that may have no end as many are read as its judge has to see to refuse it.
    """
    if isinstance(message, dict):
        for field in ("headers", "links"):
            values = message.get(field)
            if values is None or type(values) is list:  # nearly always
                continue
            if isinstance(values, Iterable) and not isinstance(values, _PLAIN):
                message = {**message, field: list(itertools.islice(values, MOST_FIELDS + 1))}
    return message
