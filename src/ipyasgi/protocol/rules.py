"""The rules an app must follow, as one frozen table: what each requires, and the section that requires it.

Only the table lives here: `ipyasgi.protocol.judges` apply it and return `ipyasgi.protocol.violations.Violation`.

Not in the table, because it is allowed or is the server's responsibility:

- A body on HEAD. RFC 9110 (9.3.2) forbids the server to send it, and ASGI servers drop it; ASGI requires nothing of
  the app, and frameworks serve HEAD with their GET endpoint.
- ``transfer-encoding`` alone. "Response Start" lets the app send it and the server ignore it. Together with
  ``content-length`` it violates RFC 9112.
- Sending after a disconnect was received. "Error Handling" makes it a no-op, and from version 2.4 on ``send`` may raise
  ``OSError``. The app may not even have seen the disconnect yet.
- Rejecting a WebSocket before ``websocket.connect`` was received: no section forbids it, and frameworks do so.
- Returning from an open WebSocket without closing it: the server then closes it ("WebSocket Connection Scope").
- Returning from a lifespan scope before receiving anything: an app *should* raise there, and servers continue without.
- ``bytearray`` and ``memoryview`` for a byte string: servers accept both, and frameworks send them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from .types import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """
    One requirement of the specification.

    :ivar id: short and stable; begins with the kind, such as ``http.body-before-start``
    :ivar kind: the scope type it belongs to
    :ivar summary: the requirement in one sentence
    :ivar section: document and section, such as ``HTTP & WebSocket: Response Start - send event``
    :ivar url: that section on the web
    """

    id: str
    kind: Kind
    summary: str
    section: str
    url: str


class _Section(NamedTuple):
    name: str
    url: str


_DOCUMENTS = {
    "Specification": "https://asgi.readthedocs.io/en/latest/specs/main.html",
    "HTTP & WebSocket": "https://asgi.readthedocs.io/en/latest/specs/www.html",
    "Lifespan": "https://asgi.readthedocs.io/en/latest/specs/lifespan.html",
    "Extensions": "https://asgi.readthedocs.io/en/latest/extensions.html",
}


def _asgi(document: str, title: str) -> _Section:
    words = "".join(letter if letter.isalnum() else " " for letter in title.lower()).split()
    return _Section(f"{document}: {title}", f"{_DOCUMENTS[document]}#{'-'.join(words)}")


def _rfc(number: int, section: str, title: str) -> _Section:
    return _Section(f"RFC {number}, {section} {title}", f"https://www.rfc-editor.org/rfc/rfc{number}#section-{section}")


_EVENTS = _asgi("Specification", "Events")
_ERRORS = _asgi("Specification", "Error Handling")
_EXTENSIONS = _asgi("Specification", "Extensions")
_START = _asgi("HTTP & WebSocket", "Response Start - send event")
_BODY = _asgi("HTTP & WebSocket", "Response Body - send event")
_TRAILERS = _asgi("Extensions", "HTTP Trailers")
_DEBUG = _asgi("Extensions", "Debug")
_DENIAL = _asgi("Extensions", "Websocket Denial Response")
_CONNECT = _asgi("HTTP & WebSocket", "Connect - receive event")
_ACCEPT = _asgi("HTTP & WebSocket", "Accept - send event")
_SEND = _asgi("HTTP & WebSocket", "Send - send event")
_CLOSE = _asgi("HTTP & WebSocket", "Close - send event")
_LIFESPAN = _asgi("Lifespan", "Scope")
_STARTUP = _asgi("Lifespan", "Startup - receive event")
_STARTUP_COMPLETE = _asgi("Lifespan", "Startup Complete - send event")
_STARTUP_FAILED = _asgi("Lifespan", "Startup Failed - send event")
_SHUTDOWN = _asgi("Lifespan", "Shutdown - receive event")
_SHUTDOWN_COMPLETE = _asgi("Lifespan", "Shutdown Complete - send event")
_FIELD_NAME = _rfc(9110, "5.1", "Field Names")
_FIELD_VALUE = _rfc(9110, "5.5", "Field Values")
_CONTENT_LENGTH = _rfc(9110, "8.6", "Content-Length")
_CONTENT = _rfc(9110, "6.4.1", "Content Semantics")
_INTERIM = _rfc(9110, "15.2", "Informational 1xx")
_TRANSFER_ENCODING = _rfc(9112, "6.2", "Content-Length")
_SUBPROTOCOL = _rfc(6455, "4.2.2", "Sending the Server's Opening Handshake")
_CLOSE_CODES = _rfc(6455, "7.4.1", "Defined Status Codes")
_CONTROL_FRAMES = _rfc(6455, "5.5", "Control Frames")

# One row each: name, requirement, section. The id is the kind and the name.
_Row = tuple[str, str, _Section]

_EVERY_KIND: tuple[_Row, ...] = (
    ("no-message", "Every message is a dict whose type is a str.", _EVENTS),
    ("not-a-dict", "Every message is a dict, not another kind of mapping.", _EVENTS),
    ("unknown-message", "Only message types of the protocol are sent.", _ERRORS),
)


def _response_rows(start: _Section, body: _Section, fields: _Section) -> tuple[_Row, ...]:
    """Return the rows of any HTTP response, to an HTTP request or to a WebSocket handshake."""
    return (
        ("status", "The status is an int from 100 to 599.", start),
        ("interim-status", "A response has a final status, not 1xx.", _INTERIM),
        ("body-type", "The body is bytes.", body),
        ("flag-type", "more_body, trailers and more_trailers are bool.", body),
        ("headers", "Headers are an iterable of pairs.", fields),
        ("header-type", "Header names and values are bytes.", fields),
        ("header-case", "Header names are lower-case.", fields),
        ("header-name", "Header names are tokens: not empty, no spaces, colons or pseudo names.", _FIELD_NAME),
        ("header-value", "Header values contain no CR, LF or NUL.", _FIELD_VALUE),
        ("header-space", "Header values do not begin or end with a space or tab.", _FIELD_VALUE),
    )


_HTTP: tuple[_Row, ...] = (
    *_EVERY_KIND,
    *_response_rows(_START, _BODY, _START),
    ("start-twice", "A response starts once.", _START),
    ("body-before-start", "http.response.start comes before the body.", _START),
    ("body-after-end", "No body message comes after the last one.", _BODY),
    ("body-unfinished", "The last message of the body has no more_body.", _BODY),
    ("no-response", "An app that returns has sent a response.", _START),
    ("content-length-number", "content-length is a number of bytes.", _CONTENT_LENGTH),
    ("content-length-differs", "content-length is given once.", _CONTENT_LENGTH),
    ("content-length-forbidden", "A response 1xx or 204 has no content-length.", _CONTENT_LENGTH),
    ("transfer-encoding", "content-length and transfer-encoding are not sent together.", _TRANSFER_ENCODING),
    ("body-too-long", "The body is at most as long as content-length declares.", _CONTENT_LENGTH),
    ("body-too-short", "The body is at least as long as content-length declares.", _CONTENT_LENGTH),
    ("body-forbidden", "A response 1xx, 204, 205 or 304 has no body.", _CONTENT),
    ("extension-not-offered", "Messages of an extension are sent only if the scope offers it.", _EXTENSIONS),
    ("extension-order", "Messages of an extension are sent in its order, such as debug before the start.", _DEBUG),
    ("extension-field", "Messages of an extension have the fields it requires.", _EXTENSIONS),
    ("trailers-not-announced", "Trailers are announced by trailers=True at the start.", _TRAILERS),
    ("trailers-before-body-end", "Trailers come after the last message of the body.", _TRAILERS),
    ("trailers-after-end", "Nothing comes after the last trailers.", _TRAILERS),
    ("trailers-unfinished", "Trailers that were announced are sent.", _TRAILERS),
)

_WEBSOCKET: tuple[_Row, ...] = (
    *_EVERY_KIND,
    *_response_rows(_DENIAL, _DENIAL, _ACCEPT),
    ("before-connect", "The app receives websocket.connect before it accepts.", _CONNECT),
    ("send-before-accept", "websocket.accept comes before websocket.send.", _CONNECT),
    ("accept-twice", "A connection is accepted once.", _ACCEPT),
    ("after-close", "Nothing comes after websocket.close or a denial.", _CLOSE),
    ("denial-order", "A denial is a start, then bodies, instead of every other message.", _DENIAL),
    ("denial-unfinished", "The last body of a denial has no more_body.", _DENIAL),
    ("extension-not-offered", "A denial is sent only if the scope offers websocket.http.response.", _DENIAL),
    ("handshake-unfinished", "An app that returns has accepted, closed or denied the connection.", _CONNECT),
    ("payload", "Exactly one of text and bytes is not None.", _SEND),
    ("payload-type", "text is str and bytes is bytes.", _SEND),
    ("subprotocol", "The subprotocol is one that the client offers.", _SUBPROTOCOL),
    ("subprotocol-header", "The subprotocol is not among the headers of websocket.accept.", _ACCEPT),
    ("close-code", "The close code is one an endpoint may send: 1000-1003, 1007-1014 or 3000-4999.", _CLOSE_CODES),
    ("close-reason-type", "The reason is a str.", _CLOSE),
    ("close-reason-length", "The reason is at most 123 bytes of UTF-8.", _CONTROL_FRAMES),
)

_OF_LIFESPAN: tuple[_Row, ...] = (
    *_EVERY_KIND,
    ("before-startup", "The app receives lifespan.startup before it completes or fails it.", _STARTUP),
    ("startup-twice", "The startup completes or fails once.", _STARTUP_COMPLETE),
    ("before-shutdown", "The app receives lifespan.shutdown before it completes or fails it.", _SHUTDOWN),
    ("shutdown-twice", "The shutdown completes or fails once.", _SHUTDOWN_COMPLETE),
    ("failed-message", "The message of a failure is a str.", _STARTUP_FAILED),
    ("startup-unfinished", "An app that returns has completed or failed its startup.", _STARTUP_COMPLETE),
    ("returned-early", "An app that has started waits for lifespan.shutdown.", _LIFESPAN),
    ("shutdown-unfinished", "An app that returns has completed or failed its shutdown.", _SHUTDOWN_COMPLETE),
)

_ROWS: tuple[tuple[Kind, tuple[_Row, ...]], ...] = (
    ("http", _HTTP),
    ("websocket", _WEBSOCKET),
    ("lifespan", _OF_LIFESPAN),
)

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        f"{kind}.{name}": Rule(id=f"{kind}.{name}", kind=kind, summary=summary, section=section.name, url=section.url)
        for kind, rows in _ROWS
        for name, summary, section in rows
    }
)
"""Every rule by its id."""
