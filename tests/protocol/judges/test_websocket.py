"""Judge of WebSockets: order, fields and missing messages."""

from typing import Any

import pytest

from ipyasgi.protocol.judges.websocket import SENT, check_end, check_message, judge_order
from ipyasgi.protocol.machines import WEBSOCKET

ACCEPT, SEND, CLOSE, DENY, DENIED = (
    f"websocket.{kind}" for kind in ("accept", "send", "close", "http.response.start", "http.response.body")
)


@pytest.mark.parametrize(
    ("state", "kinds", "rule"),
    [
        ("connecting", sorted(SENT), "before-connect"),
        ("handshake", [SEND], "send-before-accept!"),
        ("handshake", [DENIED], "denial-order!"),
        ("open", [ACCEPT], "accept-twice!"),
        ("open", [DENY, DENIED], "denial-order!"),
        ("denying", [ACCEPT, SEND, CLOSE, DENY], "denial-order!"),
        ("closed", sorted(SENT), "after-close!"),
    ],
)
def test_order(state: str, kinds: list[str], rule: str) -> None:
    """A message that the table does not allow is fatal, except before websocket.connect was received."""
    for kind in kinds:
        assert WEBSOCKET.advance(state, kind) is None
        found = judge_order(state, kind)
        assert found.rule + "!" * found.fatal == f"websocket.{rule}"
        assert found.message == f"{kind} was sent while the connection was {state!r}"


@pytest.mark.parametrize(
    ("kind", "fields", "rules"),
    [
        (SEND, {"text": ""}, ""),
        (SEND, {"bytes": b""}, ""),
        (SEND, {"text": "a", "bytes": None}, ""),
        (SEND, {"text": None, "bytes": bytearray()}, ""),
        (SEND, {}, "payload!"),
        (SEND, {"text": None, "bytes": None}, "payload!"),
        (SEND, {"text": "a", "bytes": b"a"}, "payload"),
        (SEND, {"text": b"a"}, "payload-type!"),
        (SEND, {"bytes": "a"}, "payload-type!"),
        (SEND, {"text": 1, "bytes": b"a"}, "payload-type!"),
        (ACCEPT, {}, ""),
        (ACCEPT, {"subprotocol": None, "headers": [(b"a", b"b")]}, ""),
        (ACCEPT, {"subprotocol": "b"}, ""),
        (ACCEPT, {"subprotocol": "c"}, "subprotocol"),
        (ACCEPT, {"subprotocol": ""}, "subprotocol"),
        (ACCEPT, {"subprotocol": b"a"}, "subprotocol"),
        (ACCEPT, {"headers": [(b"Sec-WebSocket-Protocol", b"a")]}, "header-case subprotocol-header"),
        (ACCEPT, {"headers": [(b"a",)]}, "headers!"),
        (ACCEPT, {"headers": None}, "headers!"),
        (CLOSE, {}, ""),
        (CLOSE, {"code": 1000, "reason": None}, ""),
        (CLOSE, {"code": 1014, "reason": "é" * 61}, ""),
        (CLOSE, {"code": 4999, "reason": ""}, ""),
        (CLOSE, {"code": 0}, "close-code"),
        (CLOSE, {"code": 1004}, "close-code"),
        (CLOSE, {"code": 1005}, "close-code"),
        (CLOSE, {"code": 1006}, "close-code"),
        (CLOSE, {"code": 1015}, "close-code"),
        (CLOSE, {"code": 2999}, "close-code"),
        (CLOSE, {"code": 5000}, "close-code"),
        (CLOSE, {"code": None}, "close-code"),
        (CLOSE, {"code": True}, "close-code"),
        (CLOSE, {"code": "1000"}, "close-code!"),
        (CLOSE, {"reason": b"a"}, "close-reason-type"),
        (CLOSE, {"reason": "é" * 62}, "close-reason-length"),
        (CLOSE, {"reason": "\ud800" * 124}, "close-reason-length"),
        (DENY, {"status": 403}, ""),
        (DENY, {}, "status!"),
        (DENY, {"status": 403, "headers": [("a", "b")]}, "header-type"),
        (DENIED, {}, ""),
        (DENIED, {"body": "no"}, "body-type!"),
        (DENIED, {"more_body": 1}, "flag-type"),
    ],
    ids=range(42),
)
def test_fields(kind: str, fields: dict[str, Any], rules: str) -> None:
    """Wrong fields are violations, fatal (``!``) if the message cannot be read without them."""
    found = check_message({"type": kind, **fields}, subprotocols=["a", "b"], offered=["websocket.http.response"])
    assert [one.rule + "!" * one.fatal for one in found] == [f"websocket.{rule}" for rule in rules.split()]


def test_a_denial_that_is_not_offered() -> None:
    """A denial with a response is a violation unless the scope offers that extension."""
    (found,) = check_message({"type": DENY, "status": 403}, subprotocols=[], offered=[])
    assert (found.rule, found.fatal) == ("websocket.extension-not-offered", False)


@pytest.mark.parametrize("fields", [{"subprotocol": "SECRET"}, {"headers": [(b"a", b" SECRET")]}])
def test_nothing_secret_is_told(fields: dict[str, Any]) -> None:
    """A violation of a subprotocol does not contain it, because some clients send a token there."""
    (found,) = check_message({"type": ACCEPT, **fields}, subprotocols=[], offered=[])
    assert "SECRET" not in repr(found)


@pytest.mark.parametrize(
    ("state", "rule"),
    [
        ("connecting", "handshake-unfinished"),
        ("handshake", "handshake-unfinished"),
        ("denying", "denial-unfinished"),
        ("open", ""),
        ("closed", ""),
        ("disconnected", ""),
    ],
)
def test_the_end(state: str, rule: str) -> None:
    """Returning during the handshake or a denial is a violation; the server closes an open connection."""
    found = check_end(state)
    assert (found.rule if found else "") == (f"websocket.{rule}" if rule else "")
