"""In a browser's page, without threads, every caller is served by a `PageLoop`."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import anyio
import pytest

from ipyasgi.client.httpx import AppReadTimeout
from ipyasgi.client.testclient import TestClient
from ipyasgi.engine.page_loop import PageLoop
from ipyasgi.engine.strategy import make_loop
from ipyasgi.explorer.explorer import Explorer
from ipyasgi.records.requests import RequestSpec

from .fake_page import FakePage


@pytest.fixture(autouse=True)
def page(monkeypatch: pytest.MonkeyPatch, may_block: None) -> Iterator[FakePage]:
    """Have a browser's page: its loop runs wherever our code runs, so all of our code blocks it."""
    with FakePage().open(monkeypatch) as page:
        yield page
        assert page.reported == []


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await receive()
        scope["state"]["pool"] = "open"
        await send({"type": "lifespan.startup.complete"})
        await receive()
        LIVES.append("shut down")
        await send({"type": "lifespan.shutdown.complete"})
        return
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": message["text"].upper()})
        return
    if scope["path"] == "/hang":
        LIVES.append("/hang")
        await anyio.sleep_forever()
    body = b""
    while (message := await receive()).get("more_body"):
        body += message["body"]
    await send({"type": "http.response.start", "status": 200})
    for piece in (scope.get("state", {}).get("pool", "").encode(), body + message["body"]):
        await anyio.sleep(0)
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body"})


LIVES: list[str] = []


async def pieces() -> AsyncIterator[bytes]:
    yield b"a"
    yield b"b"


def test_a_client(deadlines_from: Any) -> None:
    """Requests, streams, WebSockets, the lifespan and a passed deadline all work where waiting runs the loop."""
    LIVES.clear()
    with TestClient(app) as client:
        assert client.post("/", content=b"!").text == "open!"
        with client.stream("GET", "/") as response:
            assert list(response.iter_raw()) == [b"open"]
        with client.websocket_connect("/ws") as websocket:
            websocket.send_text("a")
            assert websocket.receive_text() == "A"
        deadlines_from(lambda: "/hang" in LIVES)
        with pytest.raises(AppReadTimeout, match="in app, awaiting sleep_forever"):
            client.get("/hang", timeout=0.1)
        assert client.call(anyio.sleep, 0) is None
    assert LIVES == ["/hang", "shut down"]


def test_a_client_without_with_and_on_a_given_loop() -> None:
    """The loop that clients share, and one that is handed in, may be of any kind."""
    loop = PageLoop()
    for client in (TestClient(app), TestClient(app, loop=loop)):
        assert client.get("/").status_code == 200
        client.close()
    assert not loop.closed
    loop.close()


@pytest.mark.parametrize("content", [lambda: iter([b"a", b"b"]), pieces])
def test_bodies_in_pieces(content: Any) -> None:
    """An iterator that may block, and an asynchronous one, are read without a thread."""
    with TestClient(app) as client:
        assert client.post("/", content=content()).text == "openab"


def test_an_explorer() -> None:
    """An explorer starts the app, sends, sends in the background, and holds a conversation."""
    with Explorer(app) as explorer:
        assert explorer.get("/").text == "open"
        assert explorer.submit(RequestSpec(method="GET", path="/")).result(5).text == "open"
        run = explorer.websocket_exchange("/ws", "a", wait_s=0.05)
        assert [event.message.get("text") for event in run.events if event.type == "websocket.send"] == ["A"]
    assert explorer.closed


def test_closing_runs_the_closers() -> None:
    """The closers of a loop run before it closes, within the remaining time."""
    loop = PageLoop()
    left: list[float] = []
    loop.closers.append(left.append)
    loop.close(timeout_s=5)
    loop.close()
    assert loop.closed
    assert [4 < one <= 5 for one in left] == [True]


def test_a_loop_that_is_blocked_is_given_up() -> None:
    """Every kind of loop can be asked whether it responds, and be declared lost."""
    loop = make_loop()
    loop.closers.append(lambda timeout_s: None)
    assert loop.responds(1)
    loop.give_up()
    assert not loop.responds(0.01)
    assert (loop.lost, loop.closed, loop.closers) == (True, True, [])
