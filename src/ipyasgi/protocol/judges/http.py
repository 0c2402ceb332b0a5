"""Judge of HTTP connections: the order of the messages, their fields, and what is missing at the end."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from ..types import Message
from ..violations import Violation, note, note_unknown, refuse
from .response import MOST_FIELDS, check_body, check_flag, check_headers, check_status

START = "http.response.start"
BODY = "http.response.body"
TRAILERS = "http.response.trailers"
DEBUG = "http.response.debug"

_LINKS = f"an iterable of bytes, {MOST_FIELDS:,} at most"
# The required field of each extension's message, its type in words, and its check. Source: ASGI, "Extensions".
_FIELDS: dict[str, tuple[str, str, Callable[[Any], bool]]] = {
    DEBUG: ("info", "a dict", lambda info: isinstance(info, dict)),
    "http.response.push": ("path", "a str", lambda path: isinstance(path, str)),
    "http.response.early_hint": ("links", _LINKS, lambda links: _are_bytes(links)),
    "http.response.pathsend": ("path", "a str", lambda path: isinstance(path, str)),
    "http.response.zerocopysend": ("file", "an open file", lambda file: file is not None),
}
EXTENSIONS = frozenset({TRAILERS, *_FIELDS})
is_known = frozenset({START, BODY, *EXTENSIONS}).__contains__


def judge_order(state: str, message: Message, *, trailers_announced: bool, offered: Collection[str]) -> Violation:
    """
    Return the violation for a message that `ipyasgi.protocol.machines.HTTP` does not allow in ``state``.

    Unknown messages and those of extensions are non-fatal and ignored, as in servers; the others are fatal, with the
    texts of Starlette's ``TestClient``, which test suites match.

    :param offered: the extensions in the scope
    """
    kind = message["type"]
    if kind == START:
        return refuse("http.start-twice", 'Received multiple "http.response.start" messages.')
    if kind == BODY:
        if state == "no response":
            text = 'Received "http.response.body" without "http.response.start".'
            return refuse("http.body-before-start", text)
        ended = "body" if state == "trailers due" else "response"
        return refuse("http.body-after-end", f'Received "http.response.body" after {ended} completed.')
    if kind == TRAILERS:
        return _judge_trailers(state, trailers_announced)
    if kind not in EXTENSIONS:
        return note_unknown("http", kind)
    if kind not in offered:
        return _not_offered(kind, "; it was ignored")
    return note("http.extension-order", f"{kind} was sent while the response was {state!r}; it was ignored")


def check_message(message: Message, *, state: str, offered: Collection[str]) -> Iterable[Violation]:
    """
    Return the violations of a message that is allowed in ``state``; fatal if it cannot be read.

    :param message: its headers can be iterated more than once
    :param offered: the extensions in the scope
    """
    kind = message["type"]
    if kind == BODY:  # the fast path of a valid message, on every request
        if type(message.get("body", b"")) is bytes and type(message.get("more_body", False)) is bool:
            return ()
        return _check_body(message)
    if kind == START:
        if (status := message.get("status")).__class__ is int and 200 <= status <= 599 and "trailers" not in message:
            return check_headers("http", message.get("headers", ()))
        return _check_start(message, offered)
    return _check_extension(message, state, offered)


def check_end(state: str) -> Violation | None:
    """Return the violation of an app that returned in ``state``."""
    if state == "complete":
        return None
    if state == "no response":
        return note("http.no-response", f"the app returned without sending {START}")
    if state == "trailers due":
        return note("http.trailers-unfinished", f"the app announced trailers but returned before the last {TRAILERS}")
    return note("http.body-unfinished", f"the app returned before the last {BODY}")


def _judge_trailers(state: str, announced: bool) -> Violation:
    if not announced:
        text = 'Received "http.response.trailers" without declaring trailers.'
        return refuse("http.trailers-not-announced", text)
    if state == "complete":
        return refuse("http.trailers-after-end", 'Received "http.response.trailers" after response completed.')
    return refuse("http.trailers-before-body-end", 'Received "http.response.trailers" before body completed.')


def _check_body(message: Message) -> Iterator[Violation]:
    if found := check_body("http", message.get("body", b"")):
        yield found
    if found := check_flag("http", message, "more_body"):
        yield found


def _check_start(message: Message, offered: Collection[str]) -> Iterator[Violation]:
    if found := check_status("http", message.get("status")):
        yield found
    if "trailers" in message:
        if found := check_flag("http", message, "trailers"):
            yield found
        if message["trailers"] and TRAILERS not in offered:
            yield _not_offered(TRAILERS)
    yield from check_headers("http", message.get("headers", ()))


def _check_extension(message: Message, state: str, offered: Collection[str]) -> Iterator[Violation]:
    kind = message["type"]
    if kind not in offered:
        yield _not_offered(kind)
    if kind == DEBUG and state != "no response":
        yield note("http.extension-order", f"{kind} was sent while the response was {state!r}, not before its start")
    if kind in _FIELDS:
        field, wanted, holds = _FIELDS[kind]
        if not holds(message.get(field)):
            yield refuse("http.extension-field", f"{kind} was sent without {field!r} that is {wanted}")
    for flag in ("more_body", "more_trailers"):
        if found := check_flag("http", message, flag):
            yield found
    if kind == TRAILERS or "headers" in message:
        yield from check_headers("http", message.get("headers", ()))


def _not_offered(kind: str, then: str = "") -> Violation:
    return note("http.extension-not-offered", f"{kind} was used, though the scope does not offer that extension{then}")


def _are_bytes(links: object) -> bool:
    if not isinstance(links, Iterable) or isinstance(links, (str, bytes)):
        return False
    first = list(itertools.islice(links, MOST_FIELDS + 1))
    return len(first) <= MOST_FIELDS and all(isinstance(link, bytes) for link in first)
