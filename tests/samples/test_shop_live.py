"""What takes time in the shop: slow answers, ticks, chat, and an error to debug."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from ipyasgi.samples.shop import app
from ipyasgi.testclient import WebSocketDisconnect


def build_scope(path: str, **more: Any) -> dict[str, Any]:
    """Return a scope with just the keys that the shop reads."""
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
    return {**scope, "state": {"served": {"http": 0, "websocket": 0}}, **more}


def test_slow_lets_others_go_first(backend):
    """While `/slow` sleeps, the same loop answers another request."""
    answered = []

    async def main():
        async def receive():
            return {"type": "http.request", "body": b""}

        async def ask(path, query=b""):
            async def send(message):
                if message["type"] == "http.response.body":
                    answered.append((path, message["body"]))

            await app(build_scope(path, query_string=query), receive, send)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask, "/slow", b"seconds=0.2")
            await anyio.sleep(0.01)
            tasks.start_soon(ask, "/")

    anyio.run(main, backend=backend)
    assert [path for path, _ in answered] == ["/", "/slow"]
    assert answered[-1][1] == b'{"slept": 0.2}'


def test_boom_shows_its_reason_in_its_locals(client):
    """`/boom` divides by zero two calls below the endpoint, where the locals say why."""
    with pytest.raises(ZeroDivisionError) as caught:
        client.get("/boom")
    frames = {entry.name: entry.locals for entry in caught.traceback}
    assert list(frames)[-3:] == ["go_boom", "build_praise", "average_price"]
    assert frames["average_price"] == {"items": [], "total": 0, "count": 0}
    assert frames["build_praise"]["kind"] == "gift"
    assert client.get("/items").status_code == 200


def test_ticks_are_streamed(client):
    """`/ticks` sends each event as one chunk of a `text/event-stream`."""
    with client.stream("GET", "/ticks?n=3&gap=0.01") as response:
        assert response.headers["content-type"] == "text/event-stream"
        assert "".join(response.iter_text()) == "".join(
            f'id: {tick}\nevent: tick\ndata: {{"tick": {tick}, "of": 3}}\n\n' for tick in (1, 2, 3)
        )


def test_ticks_end_when_the_client_leaves(backend):
    """After `http.disconnect` no further event is sent, and the endpoint returns at once."""
    sent = []

    async def main():
        begun, two_sent = anyio.Event(), anyio.Event()

        async def receive():
            if not begun.is_set():
                begun.set()
                return {"type": "http.request", "body": b""}
            await two_sent.wait()
            return {"type": "http.disconnect"}

        async def send(message):
            sent.append(message["type"])
            if len(sent) == 3:  # the start and two events
                two_sent.set()

        with anyio.fail_after(5):
            await app(build_scope("/ticks", query_string=b"n=1000&gap=0.05"), receive, send)

    anyio.run(main, backend=backend)
    assert sent == ["http.response.start", "http.response.body", "http.response.body"]


def test_chat_echoes_with_a_number(client):
    """Each JSON message comes back with its number; `"bye"` comes back too, then the shop closes with 1000."""
    with client.websocket_connect("/chat") as chat:
        chat.send_json({"say": "hello"})
        assert chat.receive_json() == {"number": 1, "echo": {"say": "hello"}}
        chat.send_bytes(b"[2]")
        assert chat.receive_json() == {"number": 2, "echo": [2]}
        chat.send_json("bye")
        assert chat.receive_json() == {"number": 3, "echo": "bye"}
        with pytest.raises(WebSocketDisconnect) as caught:
            chat.receive_json()
    assert (caught.value.code, caught.value.reason) == (1000, "bye")


@pytest.mark.parametrize("data", [{"text": "no JSON"}, {"text": ""}, {"bytes": b"\xff"}])
def test_chat_closes_on_what_is_no_json(client, data):
    """A message that is not JSON is answered by closing with 1007, invalid payload."""
    with client.websocket_connect("/chat") as chat:
        chat.send({"type": "websocket.receive", **data})
        with pytest.raises(WebSocketDisconnect) as caught:
            chat.receive_json()
    assert caught.value.code == 1007


def test_chat_ends_when_the_client_leaves(backend):
    """After `websocket.disconnect` the endpoint returns and says nothing more."""
    sent = []

    async def main():
        incoming = iter([{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1001}])

        async def receive():
            return next(incoming)

        async def send(message):
            sent.append(message)

        await app(build_scope("/chat", type="websocket"), receive, send)

    anyio.run(main, backend=backend)
    assert sent == [{"type": "websocket.accept"}]


def test_another_websocket_path_is_closed_before_it_opens(client):
    """A WebSocket to a path without a route, or to a path for HTTP only, is never accepted."""
    for path in ("/nowhere", "/items"):
        with pytest.raises(WebSocketDisconnect), client.websocket_connect(path):
            pass
