"""The client on uvloop: ``backend_options={"use_uvloop": True}``, as with Starlette's."""

import asyncio
import contextlib
from typing import Any

import pytest

from ipyasgi.testclient import TestClient

from .replies import reply


@pytest.fixture(autouse=True)
def _uvloop() -> None:
    """Skip where there is none."""
    pytest.importorskip("uvloop")


def running_loop() -> str:
    """Return the module that the running loop's type comes from."""
    return type(asyncio.get_running_loop()).__module__.partition(".")[0]


async def tell_loop(scope: Any, receive: Any, send: Any) -> None:
    """Report the running loop in the lifespan's state, in a buffered or streamed response, and in a frame."""
    await receive()
    if scope["type"] == "lifespan":
        scope["state"]["loop"] = running_loop()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
    elif scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": running_loop()})
        await receive()
    elif scope["path"] == "/chunks":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(100):
            await asyncio.sleep(0)
            await send({"type": "http.response.body", "body": running_loop().encode(), "more_body": True})
        await send({"type": "http.response.body"})
    else:
        await reply(send, running_loop())


def check_all(client: TestClient) -> None:
    """Make a call of each kind."""
    assert client.get("/").json() == "uvloop"
    with client.stream("GET", "/chunks") as response:
        assert list(response.iter_raw()) == [b"uvloop"] * 100
    with client.websocket_connect("/") as websocket:
        assert websocket.receive_text() == "uvloop"


def test_everything_runs_on_it() -> None:
    """Requests, streams and WebSockets run on uvloop outside ``with`` and inside, and so does the lifespan."""
    client = TestClient(tell_loop, backend_options={"use_uvloop": True})
    with contextlib.closing(client):
        check_all(client)
        with client:
            check_all(client)
            assert client.app_state == {"loop": "uvloop"}
            assert client.portal.call(on_the_loop) == "uvloop"


async def on_the_loop() -> str:
    return running_loop()
