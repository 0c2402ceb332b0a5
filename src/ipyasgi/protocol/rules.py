"""The rules an app is held to, as one frozen table: what each asks for, and the section that says so.

The table only: who judges is in `ipyasgi.protocol.judges`, what was found is a `ipyasgi.protocol.violations.Violation`.

What is *not* here is allowed, or not the app's to answer for:

- A body on HEAD. RFC 9110 (9.3.2) forbids the server to send it, and ASGI servers drop it; ASGI asks nothing of the
  app, and frameworks answer HEAD with their GET endpoint.
- ``transfer-encoding`` by itself. "Response Start" lets the app send it and has the server ignore it. Together with
  ``content-length`` it is a breach of RFC 9112.
- Sending after a disconnect was received. "Error Handling" makes it a no-op, and from version 2.4 on ``send`` may raise
  ``OSError``: either is the server's side. The app may not even know yet.
- Refusing a WebSocket before ``websocket.connect`` was received: no section forbids it, and frameworks do so.
- Returning from an open WebSocket without closing it: the server closes then ("WebSocket Connection Scope").
- Returning from a lifespan scope before receiving anything: an app *should* raise there, and servers go on without.
- ``bytearray`` and ``memoryview`` for a byte string: servers take both, and frameworks send them.
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
    One thing the specification asks of an app.

    :ivar id: short and stable; begins with the kind, such as ``http.body-before-start``
    :ivar kind: the scope type it belongs to
    :ivar gist: what is asked for, in one sentence
    :ivar section: document and section that say so, such as ``HTTP & WebSocket: Response Start - send event``
    :ivar url: that section on the web
    """

    id: str
    kind: Kind
    gist: str
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

# One row each: name, what is asked for, section. The id is the kind and the name.
_Row = tuple[str, str, _Section]

_EVERY_KIND: tuple[_Row, ...] = (
    ("no-message", "Every message is a dict whose type is a str.", _EVENTS),
    ("not-a-dict", "Every message is a dict, not another kind of mapping.", _EVENTS),
    ("unknown-message", "Only message types of the protocol are sent.", _ERRORS),
)


def _response_rows(start: _Section, body: _Section, fields: _Section) -> tuple[_Row, ...]:
    """Return the rows of every HTTP response, whichever kind of connection it answers."""
    return (
        ("status", "The status is an int from 100 to 599.", start),
        ("interim-status", "A response has a final status: 1xx ones only announce it.", _INTERIM),
        ("body-type", "The body is bytes.", body),
        ("flag-type", "more_body, trailers and more_trailers are bool.", body),
        ("headers", "Headers are an iterable of pairs.", fields),
        ("header-type", "Header names and values are bytes.", fields),
        ("header-case", "Header names are lower-case.", fields),
        ("header-name", "Header names are tokens: not empty, no spaces, colons or pseudo names.", _FIELD_NAME),
        ("header-value", "Header values hold no CR, LF or NUL.", _FIELD_VALUE),
        ("header-space", "Header values neither begin nor end with a space or tab.", _FIELD_VALUE),
    )


_HTTP: tuple[_Row, ...] = (
    *_EVERY_KIND,
    *_response_rows(_START, _BODY, _START),
    ("start-twice", "A response starts once.", _START),
    ("body-before-start", "http.response.start comes before the body.", _START),
    ("body-after-end", "Nothing of the body comes after its last message.", _BODY),
    ("body-unfinished", "The last message of the body has no more_body.", _BODY),
    ("no-response", "An app that returns has sent a response.", _START),
    ("content-length-number", "content-length is a number of bytes.", _CONTENT_LENGTH),
    ("content-length-differs", "content-length is given once.", _CONTENT_LENGTH),
    ("content-length-forbidden", "A response 1xx or 204 has no content-length.", _CONTENT_LENGTH),
    ("transfer-encoding", "content-length and transfer-encoding do not come together.", _TRANSFER_ENCODING),
    ("body-too-long", "The body is no longer than content-length says.", _CONTENT_LENGTH),
    ("body-too-short", "The body is no shorter than content-length says.", _CONTENT_LENGTH),
    ("body-forbidden", "A response 1xx, 204, 205 or 304 has no body.", _CONTENT),
    ("extension-not-offered", "Messages of an extension are sent where the scope offers it.", _EXTENSIONS),
    ("extension-order", "Messages of an extension come where it says, such as debug before the start.", _DEBUG),
    ("extension-field", "Messages of an extension have the fields it asks for.", _EXTENSIONS),
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
    ("extension-not-offered", "A denial is sent where the scope offers websocket.http.response.", _DENIAL),
    ("no-answer", "An app that returns has accepted, closed or denied the connection.", _CONNECT),
    ("payload", "Exactly one of text and bytes is not None.", _SEND),
    ("payload-type", "text is str and bytes is bytes.", _SEND),
    ("subprotocol", "The subprotocol is one that the client offers.", _SUBPROTOCOL),
    ("subprotocol-header", "The subprotocol is no header of websocket.accept.", _ACCEPT),
    ("close-code", "The close code is one an endpoint may send: 1000-1003, 1007-1014 or 3000-4999.", _CLOSE_CODES),
    ("close-reason-type", "The reason is a str.", _CLOSE),
    ("close-reason-length", "The reason is at most 123 bytes of UTF-8.", _CONTROL_FRAMES),
)

_OF_LIFESPAN: tuple[_Row, ...] = (
    *_EVERY_KIND,
    ("before-startup", "The app receives lifespan.startup before it answers.", _STARTUP),
    ("startup-twice", "The startup is answered once.", _STARTUP_COMPLETE),
    ("shutdown-unasked", "The app receives lifespan.shutdown before it answers.", _SHUTDOWN),
    ("shutdown-twice", "The shutdown is answered once.", _SHUTDOWN_COMPLETE),
    ("failed-message", "The message of a failure is a str.", _STARTUP_FAILED),
    ("no-startup-answer", "An app that returns has answered lifespan.startup.", _STARTUP_COMPLETE),
    ("returned-early", "An app that has started waits for lifespan.shutdown.", _LIFESPAN),
    ("no-shutdown-answer", "An app that returns has answered lifespan.shutdown.", _SHUTDOWN_COMPLETE),
)

_ROWS: tuple[tuple[Kind, tuple[_Row, ...]], ...] = (
    ("http", _HTTP),
    ("websocket", _WEBSOCKET),
    ("lifespan", _OF_LIFESPAN),
)

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        f"{kind}.{name}": Rule(id=f"{kind}.{name}", kind=kind, gist=gist, section=section.name, url=section.url)
        for kind, rows in _ROWS
        for name, gist, section in rows
    }
)
"""Every rule by its id."""
