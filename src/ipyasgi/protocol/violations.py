"""What an app did against the specification: rules with an id, a sentence and the section that says so.

Pure: looks at one message and the state it came in, and returns violations. Whether one is raised into the
app or only written down is the engine's business.
"""

from __future__ import annotations

from collections.abc import Iterator
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


def check_http_fields(message: Message) -> Iterator[Violation]:
    """Yield what is wrong with the fields of one message from an app; nothing here stops the message."""
    kind = message["type"]
    if kind == "http.response.start":
        status = message.get("status")
        if not isinstance(status, int) or not 100 <= status <= 599:
            yield _noted("http.status", f"the status is {status!r}, not an int from 100 to 599", _START)
        yield from _check_headers(message.get("headers", ()), _START)
    elif kind == "http.response.body":
        body = message.get("body", b"")
        if not isinstance(body, (bytes, bytearray, memoryview)):
            yield _noted("http.body-type", f"the body is {type(body).__name__}, not bytes", _BODY)


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


def note_order(kind: str, state: str, message_type: str) -> Violation:
    """Return the violation for a WebSocket or lifespan message in a state that does not allow it."""
    return _noted(f"{kind}.order", f"{message_type} was sent while the connection was {state!r}", "Event order")


def _check_headers(headers: Any, section: str) -> Iterator[Violation]:
    for pair in headers:
        name, value = pair
        if not isinstance(name, bytes) or not isinstance(value, bytes):
            yield _noted("http.header-type", f"the header {name!r}: {value!r} is not a pair of bytes", section)
        elif name != name.lower():
            yield _noted("http.header-case", f"the header name {name!r} is not lower-case", section)


def _fatal(rule: str, what: str, section: str) -> Violation:
    return Violation(rule=rule, what=what, section=section, fatal=True)


def _noted(rule: str, what: str, section: str) -> Violation:
    return Violation(rule=rule, what=what, section=section)
