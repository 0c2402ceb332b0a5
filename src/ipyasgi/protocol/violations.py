"""What an app did against the specification: rules with an id, a sentence and the section that says so.

Pure: looks at one message and the state it came in, and returns violations. Whether one is raised into the
app or only written down is the engine's business.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .errors import ProtocolError
from .types import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """
    One breach of the specification by the app.

    :ivar rule: short stable id, such as ``http.body-before-start``
    :ivar what: one sentence saying what happened
    :ivar section: where the specification says so
    :ivar fatal: whether the message was refused (raised into the app's ``send``)
    """

    rule: str
    what: str
    section: str
    fatal: bool = False

    def error(self) -> ProtocolError:
        """Return the error to raise into the app's ``send``."""
        return ProtocolError(self.what, rule=self.rule)


_START = "Response Start - send event"
_BODY = "Response Body - send event"
_CALLED = {"websocket": "connection"}
_TRAILERS = "HTTP Trailers (extension)"


def judge_http_order(state: str, message: Message, *, trailers_announced: bool) -> Violation:
    """
    Return the violation for a message that `ipyasgi.protocol.machines.HTTP` does not allow in ``state``.

    An unknown message type is noted and ignored, as servers do; the others are fatal. The texts are those
    of Starlette's ``TestClient``, which suites match on.
    """
    kind = message["type"]
    if kind == "http.response.start":
        return _fatal("http.start-twice", 'Received multiple "http.response.start" messages.', _START)
    if kind == "http.response.body":
        if state == "no response":
            text = 'Received "http.response.body" without "http.response.start".'
            return _fatal("http.body-before-start", text, _BODY)
        if state == "trailers due":
            return _fatal("http.body-after-end", 'Received "http.response.body" after body completed.', _BODY)
        return _fatal("http.body-after-end", 'Received "http.response.body" after response completed.', _BODY)
    if kind == "http.response.trailers":
        return _judge_trailers(state, trailers_announced)
    return note_unknown("http", kind)


def _judge_trailers(state: str, announced: bool) -> Violation:
    if not announced:
        text = 'Received "http.response.trailers" without declaring trailers.'
        return _fatal("http.trailers-not-announced", text, _TRAILERS)
    if state == "complete":
        text = 'Received "http.response.trailers" after response completed.'
        return _fatal("http.trailers-after-end", text, _TRAILERS)
    text = 'Received "http.response.trailers" before body completed.'
    return _fatal("http.trailers-before-body-end", text, _TRAILERS)


def judge_shape(kind: str, message: object) -> Violation:
    """Return the violation for something that is no message at all: not a dict with a ``type`` of its own."""
    found = f"a dict with the keys {sorted(map(str, message))}" if isinstance(message, dict) else type(message).__name__
    return _fatal(f"{kind}.no-message", f'send() was given {found}, not a dict with a "type"', "Specification: events")


def check_http_fields(message: Message) -> Iterator[Violation]:
    """Yield what is wrong with the fields of one message from an app; fatal where it cannot be read at all."""
    kind = message["type"]
    if kind == "http.response.start":
        status = message.get("status")
        if not isinstance(status, int):
            yield _fatal("http.status", f"the status is {status!r}, not an int from 100 to 599", _START)
        elif not 100 <= status <= 599:
            yield _noted("http.status", f"the status is {status!r}, not an int from 100 to 599", _START)
        yield from _check_headers(message.get("headers", ()), _START)
    elif kind == "http.response.body":
        body = message.get("body", b"")
        if not isinstance(body, (bytes, bytearray, memoryview)):
            yield _fatal("http.body-type", f"the body is {type(body).__name__}, not bytes", _BODY)
    elif kind == "http.response.trailers":
        yield from _check_headers(message.get("headers", ()), _TRAILERS)
    elif kind == "http.response.debug" and "info" not in message:
        yield _fatal("http.debug-info", 'http.response.debug was sent without "info"', "Debug (extension)")


def note_unknown(kind: str, message_type: str) -> Violation:
    """Return the violation for a message type that the protocol does not have."""
    text = f"a message of the unknown type {message_type!r} was sent on a connection of type {kind!r}; it was ignored"
    return _noted(f"{kind}.unknown-message", text, "Specification: event types")


def note_no_response(outcome: str) -> Violation:
    """Return the violation of an app that ended without ``http.response.start``."""
    return _noted("http.no-response", f"the app {outcome} without sending http.response.start", _START)


def note_unfinished_body() -> Violation:
    """Return the violation of an app that returned while ``more_body`` was still true."""
    return _noted("http.body-unfinished", "the app returned before the last http.response.body", _BODY)


def judge_order(kind: str, state: str, message_type: str, *, fatal: bool) -> Violation:
    """Return the violation for a WebSocket or lifespan message in a state that does not allow it."""
    what = f"{message_type} was sent while the {_CALLED.get(kind, kind)} was {state!r}"
    return Violation(rule=f"{kind}.order", what=what, section="Event order", fatal=fatal)


def _check_headers(headers: Any, section: str) -> Iterator[Violation]:
    if not isinstance(headers, Iterable):
        yield _fatal("http.headers", f"the headers are {type(headers).__name__}, not pairs of bytes", section)
        return
    for pair in headers:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            what = f"a {type(pair).__name__} that is no pair stands among the headers, not a pair of bytes"
            yield _fatal("http.headers", what, section)
            continue
        name, value = pair
        if not isinstance(name, bytes) or not isinstance(value, bytes):
            shown = name if isinstance(name, (bytes, str)) else type(name)  # never the value: it may be a secret
            types = f"{type(name).__name__} and {type(value).__name__}"
            yield _noted("http.header-type", f"the header {shown!r} is a pair of {types}, not of bytes", section)
        elif name != name.lower():
            yield _noted("http.header-case", f"the header name {name!r} is not lower-case", section)


def _fatal(rule: str, what: str, section: str) -> Violation:
    return Violation(rule=rule, what=what, section=section, fatal=True)


def _noted(rule: str, what: str, section: str) -> Violation:
    return Violation(rule=rule, what=what, section=section)
