"""WebSockets in the history: each that has ended is an entry, found, shown and masked like a request."""

import json
import threading
from typing import Any

import pytest

from ipyasgi import Explorer
from ipyasgi.history import Exchanges, WebSocketExchange
from ipyasgi.protocol.errors import RequestError
from ipyasgi.shown import VIEWS

SECRET = "s3cret"


async def talker(scope: Any, receive: Any, send: Any) -> None:
    """Echo, print, raise, close or deny, as the path and the messages ask for."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})
        return
    await receive()
    if scope["path"] == "/denied":
        await send({"type": "websocket.close"})
        return
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] != "websocket.disconnect":
        match message.get("text"):
            case "boom":
                raise ValueError("the app broke")
            case "bye":
                await send({"type": "websocket.close", "code": 4001, "reason": f"token={SECRET}"})
                return
            case _:
                print("heard")
                await send({**message, "type": "websocket.send"})


def html_of(one: WebSocketExchange) -> str:
    """Return the display of an exchange in a notebook."""
    return VIEWS.view_of(one).html


@pytest.fixture(params=["asyncio", "trio"])
def explorer(request: pytest.FixtureRequest) -> Any:
    """Give an explorer of the app above."""
    with Explorer(talker, lifespan="off", backend=request.param) as explorer:
        yield explorer


def test_an_exchange_of_messages_is_an_entry(explorer: Explorer) -> None:
    """It has the handshake, the messages and the output; it counts as sent, and its text has the messages."""
    explorer.get("/")
    explorer.websocket_exchange(f"/chat?token={SECRET}&a=1", "hi", b"\x00", wait_s=0.1)
    one = explorer.history["r2"]
    assert isinstance(one, WebSocketExchange)
    assert (one.spec.method, one.spec.path, one.messages, one.ok, one.failed) == ("WS", "/chat", 4, True, False)
    assert one.outcome == "closed by the client, 1000"
    assert "".join(line.text for line in one.output) == "heard\nheard\n"
    assert one.socket is not None
    assert not one.answered
    text = one.to_text()
    assert text.startswith("WS /chat?token=•••&a=1 → closed by the client, 1000")
    assert "4 messages" in text
    assert "websocket.receive  2 B  hi" in text
    data = one.to_dict()
    assert (data["outcome"], data["status"]) == ("closed by the client, 1000", None)
    assert [row["detail"] for row in data["messages"] if row["type"] == "websocket.send"] == ["hi", "bytes 00"]
    listed = explorer.history.to_text()
    assert "r2" in listed
    assert SECRET not in text + listed + html_of(one) + json.dumps(one.to_dict()) + repr(one)


def test_a_session_is_an_entry_when_it_has_ended(explorer: Explorer) -> None:
    """Panels are told, like of a request; a session that is open is none yet."""
    events = []
    explorer.subscribe(events.append)
    echoed = threading.Event()
    session = explorer.websocket("/chat", on_message=lambda message: message.direction == "receive" or echoed.set())
    session.send_text("hi")
    assert echoed.wait(10)
    assert len(explorer.history) == 0
    session.disconnect(4000, "done")
    assert session.wait(10)
    assert [one.exchange for one in events if one.kind == "exchange"] == [explorer.history[-1]]
    assert explorer.history[-1].outcome == "closed by the client, 4000 done"


@pytest.mark.parametrize(
    ("path", "message", "outcome", "ok", "failed"),
    [
        ("/chat", "bye", f"closed by the app, 4001 token={SECRET}", False, False),
        ("/denied", "", "refused with 403", False, False),
        ("/chat", "boom", "closed by the app's exception", False, True),
    ],
)
def test_how_it_ended(explorer: Explorer, path: str, message: str, outcome: str, ok: bool, failed: bool) -> None:
    """The app's own code, its refusal and its exception, by which filters find it."""
    session = explorer.websocket(path)
    session.send_text(message)
    assert session.wait(10)
    one = explorer.history[-1]
    assert (one.outcome, one.ok, one.failed) == (outcome, ok, failed)
    assert len(explorer.history.filter("error")) == failed
    assert len(explorer.history.filter("method:WS path:/*")) == 1
    assert SECRET not in one.to_text() + explorer.history.to_text() + html_of(one) + repr(one)
    if failed:
        assert one.exception_name == "ValueError"
        assert "test_socket_history.py" in one.to_text()
        assert explorer.last_exception is one.exception


def test_an_old_exception_becomes_text(explorer: Explorer) -> None:
    """Like that of a request: only the newest keep their frames."""
    for _ in range(4):
        session = explorer.websocket("/chat")
        session.send_text("boom")
        assert session.wait(10)
    first = explorer.history[0]
    assert first.exception is None
    assert first.exception_name == "ValueError"
    assert "the app broke" in first.to_text()


def test_it_is_no_request(explorer: Explorer) -> None:
    """It is not sent again, compared or exported; among requests it is left out."""
    explorer.websocket_exchange("/chat", wait_s=0)
    for act in (
        lambda: explorer.replay("r1"),
        lambda: explorer.begin_replay("r1"),
        lambda: explorer.recheck("r1"),
        lambda: explorer.compare("r1", "r1"),
        lambda: explorer.history["r1"].to_curl(),
        lambda: Exchanges(explorer.history).to_pytest(),
    ):
        with pytest.raises(RequestError, match="r1 is a WebSocket"):
            act()
    explorer.get("/")
    explorer.websocket_exchange("/chat", wait_s=0)
    assert [one.replay_of for one in explorer.replay("1-3")] == ["r2"]
    assert explorer.recheck().same
    assert "curl" in Exchanges(explorer.history).to_curl()
    assert "def test" in Exchanges(explorer.history).to_pytest()
