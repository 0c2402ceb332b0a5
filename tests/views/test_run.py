"""One call of the app by itself."""

from typing import Any

import pytest

from ipyasgi import Settings
from ipyasgi.records import Event, LifespanRun, WebSocketRun
from ipyasgi.views.run import view_run

from .calls import crowd, long_call
from .conftest import Markup

_CONNECT = {"type": "websocket.connect"}
_ACCEPT = {"type": "websocket.accept"}


def websocket(*messages: dict[str, Any], **options: Any) -> WebSocketRun:
    """Return a run of these messages, a millisecond apart."""
    received = ("websocket.connect", "websocket.receive", "websocket.disconnect")
    return WebSocketRun(
        kind="websocket",
        scope={"path": "/ws", "query_string": b"token=s3cret", "headers": ((b"cookie", b"sid=s3cret"), "no pair")},
        events=tuple(
            Event(direction="receive" if message["type"] in received else "send", message=message, at_ns=n * 1_000_000)
            for n, message in enumerate(messages)
        ),
        started_at_s=0,
        duration_ns=9_000_000,
        outcome=options.pop("outcome", "returned"),
        **options,
    )


@pytest.mark.parametrize(
    ("messages", "outcome"),
    [
        ([_CONNECT, _ACCEPT, {"type": "websocket.close"}], "closed by the app, 1000"),
        (
            [_CONNECT, _ACCEPT, {"type": "websocket.close", "code": 4001, "reason": "bye"}],
            "closed by the app, 4001 bye",
        ),
        ([_CONNECT, _ACCEPT, {"type": "websocket.disconnect", "code": 1001}], "closed by the client, 1001"),
        ([_CONNECT, _ACCEPT, {"type": "websocket.disconnect"}], "closed by the client, 1005"),
        ([_CONNECT, _ACCEPT], "not closed"),
        ([_CONNECT, {"type": "websocket.close"}], "refused with 403"),
        ([_CONNECT, {"type": "websocket.http.response.start", "status": 401}], "refused with 401"),
        ([_CONNECT], "never accepted"),
    ],
)
def test_how_a_websocket_ended(messages: list[dict[str, Any]], outcome: str) -> None:
    """Who closed the connection, with which code and reason, or why there was none, is in the first line."""
    view = view_run(websocket(*messages), Settings())
    assert view.text.split("\n")[0].startswith(f"WebSocket /ws?token=••• → {outcome}  9.00 ms")
    assert outcome in Markup(view.html).text


def test_messages_in_both_directions() -> None:
    """Each message has its time, direction, size and payload; subprotocol and totals are in the first line."""
    run = websocket(
        _CONNECT,
        {"type": "websocket.accept", "subprotocol": "chat", "headers": [(b"set-cookie", b"a=s3cret; Path=/")]},
        {"type": "websocket.receive", "text": "hello, password=s3cret"},
        {"type": "websocket.send", "bytes": b"\x01"},
    )
    view = view_run(run, Settings())
    for form in (Markup(view.html).text, view.text):
        assert "subprotocol chat" in form
        assert "1 from the client" in form
        assert "hello, password=•••" in form
        assert "bytes 01" in form
        assert "s3cret" not in form
    assert "sid=•••" in Markup(view.html).text
    assert view_run(run, Settings(show_secrets=True)).html.count("s3cret") == 4


def test_thousands_of_messages() -> None:
    """A long conversation stays small: bars put together, rows left out and counted."""
    view = view_run(crowd(), Settings())
    assert len(view.html) < 60_000
    assert len(view.text.split("\n")) < 50
    assert "4,973 messages left out here" in view.text


def test_an_exception_is_shown() -> None:
    """What the app raised comes before the messages."""
    view = view_run(websocket(_CONNECT, outcome="raised", exception=ValueError("it broke")), Settings())
    assert "ValueError: it broke" in view.text
    assert view.html.index("it broke") < view.html.index("websocket.connect")


def test_a_lifespan() -> None:
    """The state it ended in is named and lit in the drawing."""
    message = {"type": "lifespan.startup"}
    run = LifespanRun(
        kind="lifespan",
        scope={},
        events=(Event(direction="receive", message=message, at_ns=5),),
        started_at_s=0,
        duration_ns=1000,
        outcome="raised",
        exception=RuntimeError("no database"),
        status="startup failed",
    )
    view = view_run(run, Settings())
    assert view.text.startswith("Lifespan startup failed  1 µs")
    assert "RuntimeError: no database" in view.text
    assert 'class="i-now"' in view.html


def test_an_http_run() -> None:
    """A request that a plain client recorded shows its status, times of minutes and masked headers."""
    view = view_run(long_call(), Settings())
    assert view.text.startswith("GET /report?api_key=••• → 200  3 min 10 s + 15.0 s background")
    assert "first byte after 2 min 10 s" in view.text
    assert "sid=•••" in view.html


def test_a_run_of_nothing() -> None:
    """A run without messages, path and headers can be shown."""
    view = view_run(
        WebSocketRun(kind="websocket", scope={}, events=(), started_at_s=0, duration_ns=0, outcome="cancelled"),
        Settings(),
    )
    assert view.text == "WebSocket never accepted  0 µs  0 from the client  0 from the app"
