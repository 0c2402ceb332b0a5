"""Runs of every kind, by a plain client and by hand. Not a test."""

import contextlib

from ipyasgi import TestClient
from ipyasgi.records import Event, HttpRun, Run, WebSocketRun
from ipyasgi.testclient import WebSocketDisconnect

from .exhibit import Exhibit


def call_everything(app: Exhibit) -> list[tuple[str, Run]]:
    """Return runs as a plain client keeps them, and some that take minutes or microseconds."""
    with TestClient(app, record=True) as client:
        client.headers["Authorization"] = "Bearer in-a-handshake"
        with client.websocket_connect("/talk?token=in-a-query", subprotocols=["chat.v2"]) as talk:
            talk.receive_json()
            talk.send_text("I am Ada, password=in-a-sent-message")
            talk.receive_text()
            talk.receive_bytes()
            talk.send_bytes(b"\x00\x01\x02")
            with contextlib.suppress(WebSocketDisconnect):
                talk.receive()
        talk_run = talk.run
        assert talk_run is not None
        life = client.life
    assert life.run is not None
    return [
        ("websocket", talk_run),
        ("websocket, thousands of messages", crowd()),
        ("lifespan run", life.run),
        ("http run of minutes", long_call()),
    ]


def crowd() -> WebSocketRun:
    """Return a connection of 5,000 messages, in bursts."""
    moments = [(n // 500) * 400 + n % 500 * 0.2 for n in range(5000)]
    events = [
        Event(
            direction="receive" if n % 3 == 0 else "send",
            message={"type": f"websocket.{'receive' if n % 3 == 0 else 'send'}", "text": f"message {n}"},
            at_ns=int(ms * 1e6),
            body_bytes=12,
        )
        for n, ms in enumerate(moments)
    ]
    return WebSocketRun(
        kind="websocket",
        scope={"path": "/crowd"},
        events=(
            Event(direction="receive", message={"type": "websocket.connect"}, at_ns=0),
            Event(direction="send", message={"type": "websocket.accept"}, at_ns=10),
            *events,
            Event(direction="receive", message={"type": "websocket.disconnect", "code": 1001}, at_ns=4_000_000_000),
        ),
        started_at_s=0,
        duration_ns=4_050_000_000,
        outcome="returned",
    )


def long_call() -> HttpRun:
    """Return a call that takes minutes."""
    start = {"type": "http.response.start", "status": 200, "headers": [(b"set-cookie", b"sid=in-a-run; Path=/")]}
    return HttpRun(
        kind="http",
        scope={"method": "GET", "path": "/report", "query_string": b"api_key=in-a-query", "headers": []},
        events=(
            Event(direction="receive", message={"type": "http.request"}, at_ns=20_000),
            Event(direction="send", message=start, at_ns=130_000_000_000),
            Event(
                direction="send", message={"type": "http.response.body"}, at_ns=190_000_000_000, body_bytes=5_000_000
            ),
        ),
        started_at_s=0,
        duration_ns=205_000_000_000,
        outcome="returned",
        response_end_ns=190_000_000_000,
    )
