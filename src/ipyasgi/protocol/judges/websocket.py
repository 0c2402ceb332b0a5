"""Judge of WebSockets: the order of the messages, their fields, and what is missing at the end."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from ..types import Message
from ..violations import Violation, note, refuse
from .response import check_body, check_flag, check_headers, check_status, number_text

SENT = frozenset(
    {
        "websocket.accept",
        "websocket.send",
        "websocket.close",
        "websocket.http.response.start",
        "websocket.http.response.body",
    }
)
"""The message types an app may send."""
DENIAL = "websocket.http.response"
BEFORE_CONNECT = frozenset({"websocket.close", "websocket.http.response.start"})
"""The message types an app may send before it has received ``websocket.connect``: they reject the connection."""
_REASON_BYTES = 123  # a control frame has 125 bytes, two of them for the code


def judge_order(state: str, kind: str) -> Violation:
    """
    Return the violation for a message of `SENT` that `ipyasgi.protocol.machines.WEBSOCKET` does not allow in ``state``.

    It is non-fatal before ``websocket.connect`` was received, because servers accept that; else it is fatal.
    """
    text = f"{kind} was sent while the connection was {state!r}"
    if state == "connecting":
        return note("websocket.before-connect", text)
    if state == "closed":
        return refuse("websocket.after-close", text)
    if state == "denying" or kind.startswith(DENIAL):
        return refuse("websocket.denial-order", text)
    if kind == "websocket.send":
        return refuse("websocket.send-before-accept", text)
    return refuse("websocket.accept-twice", text)


def check_message(message: Message, *, subprotocols: Sequence[str], offered: Collection[str]) -> Iterator[Violation]:
    """
    Yield the violations of a message that is allowed now; fatal if it cannot be read.

    :param message: its headers can be iterated more than once
    :param subprotocols: offered by the client
    :param offered: the extensions in the scope
    """
    kind = message["type"]
    if kind == "websocket.send":
        if found := _check_payload(message.get("text"), message.get("bytes")):
            yield found
    elif kind == "websocket.accept":
        yield from _check_accept(message, subprotocols)
    elif kind == "websocket.close":
        yield from _check_close(message)
    elif kind == f"{DENIAL}.start":
        if DENIAL not in offered:
            text = f"{kind} was sent, though the scope does not offer that extension"
            yield note("websocket.extension-not-offered", text)
        if found := check_status("websocket", message.get("status")):
            yield found
        yield from check_headers("websocket", message.get("headers", ()))
    else:
        if found := check_body("websocket", message.get("body", b"")):
            yield found
        if found := check_flag("websocket", message, "more_body"):
            yield found


def check_end(state: str) -> Violation | None:
    """Return the violation of an app that returned in ``state`` while the client was connected."""
    if state in ("connecting", "handshake"):
        return note(
            "websocket.handshake-unfinished", "the app returned without accepting, closing or denying the connection"
        )
    if state == "denying":
        return note("websocket.denial-unfinished", f"the app returned before the last {DENIAL}.body")
    return None


def _check_payload(text: object, data: object) -> Violation | None:
    if data is None and isinstance(text, str):
        return None
    if data is None and text is None:
        return refuse("websocket.payload", "websocket.send has neither text nor bytes")
    if not isinstance(text, str | None) or not isinstance(data, bytes | bytearray | memoryview | None):
        types = f"text of type {type(text).__name__} and bytes of type {type(data).__name__}"
        return refuse("websocket.payload-type", f"websocket.send has {types}")
    return None if text is None else note("websocket.payload", "websocket.send has both text and bytes")


def _check_accept(message: Message, subprotocols: Sequence[str]) -> Iterator[Violation]:
    chosen = message.get("subprotocol")
    if chosen is not None and not isinstance(chosen, str):
        yield note("websocket.subprotocol", f"the subprotocol is {type(chosen).__name__}, not str")
    elif chosen is not None and chosen not in subprotocols:
        yield note("websocket.subprotocol", "the subprotocol is not one of those the client offers")
    headers = message.get("headers", ())
    violations = list(check_headers("websocket", headers))
    yield from violations
    if any(violation.fatal for violation in violations):
        return
    if any(isinstance(name, bytes) and name.lower() == b"sec-websocket-protocol" for name, _ in headers):
        yield note("websocket.subprotocol-header", "sec-websocket-protocol is among the headers of websocket.accept")


def _check_close(message: Message) -> Iterator[Violation]:
    code, reason = message.get("code", 1000), message.get("reason")
    if code is None or isinstance(code, bool):
        yield note("websocket.close-code", f"the close code is {type(code).__name__}, not int")
    elif not isinstance(code, int):
        yield refuse("websocket.close-code", f"the close code is {type(code).__name__}, not int")
    elif not (1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999):
        yield note("websocket.close-code", f"the close code is {number_text(code)}, which an endpoint must not send")
    if reason is None:
        return
    if not isinstance(reason, str):
        yield note("websocket.close-reason-type", f"the close reason is {type(reason).__name__}, not str")
    elif (size := len(reason.encode("utf-8", "replace"))) > _REASON_BYTES:
        yield note("websocket.close-reason-length", f"the close reason is {size} bytes, more than {_REASON_BYTES}")
