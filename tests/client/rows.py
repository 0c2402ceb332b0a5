"""Building blocks of the misbehaving apps: rows, small apps made of messages, and actions of a client."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import anyio

from ipyasgi.engine.runs import Run
from ipyasgi.protocol.errors import ProtocolError
from ipyasgi.testclient import TestClient, WebSocketDenialResponse, WebSocketDisconnect

App = Callable[..., Any]

START: dict[str, Any] = {"type": "http.response.start", "status": 200}
BODY = {"type": "http.response.body", "body": b"ok"}
LENGTH_9 = (b"content-length", b"9")
TRAILERS = {"type": "http.response.trailers"}
DEBUG = {"type": "http.response.debug", "info": {}}
CONNECT = "websocket.connect"
ACCEPT = {"type": "websocket.accept"}
SEND = {"type": "websocket.send", "text": "a"}
CLOSE = {"type": "websocket.close"}
DENY = {"type": "websocket.http.response.start", "status": 403}
DENIED = {"type": "websocket.http.response.body", "body": b"no"}
STARTED = {"type": "lifespan.startup.complete"}
STOPPED = {"type": "lifespan.shutdown.complete"}


@dataclass(frozen=True, kw_only=True)
class Row:
    """
    One app of the bench.

    :ivar breaks: the rules it is found to break, in order
    :ivar told: the type of the error that the caller sees; None for none
    :ivar talk: what the client does
    :ivar within_s: the client's deadline for every wait, and for a whole request
    """

    name: str
    app: App
    breaks: tuple[str, ...] = ()
    told: type[Exception] | None = None
    talk: Callable[[TestClient], object]
    within_s: float = 20.0


class Watch:
    """Keeps the frozen record of one call."""

    def __init__(self) -> None:
        self.run: Run | None = None

    def opened(self, scope: Any) -> None:
        pass

    def message(self, event: Any) -> None:
        pass

    def closed(self, run: Run) -> None:
        self.run = run

    def around(self) -> contextlib.AbstractContextManager[object]:
        return contextlib.nullcontext()


def sends(*messages: Any) -> App:
    """Return an app that receives once, sends these messages whatever happens to them, and returns."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        for message in messages:
            await send(message)

    return app


def sends_unasked(*messages: Any) -> App:
    """Return an app that sends these messages without receiving."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        for message in messages:
            await send(message)

    return app


def lives(*messages: Any, then: tuple[Any, ...] = ()) -> App:
    """Return an app that sends these messages at startup, and those at shutdown."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        for message in messages:
            await send(message)
        await receive()
        for message in then:
            await send(message)

    return app


def for_ever(message: Any, *before: Any) -> App:
    """Return an app that sends a message again and again, without pause and without minding that it is refused."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        for one in before:
            await send(one)
        while True:
            with contextlib.suppress(ProtocolError):
                await send(message)

    return app


async def sleeps(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await anyio.sleep_forever()


async def starts_and_sleeps(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send(STARTED)
    await anyio.sleep_forever()


# -- what a client does -----------------------------------------------------------------------------------------


def get(client: TestClient) -> object:
    return client.get("/")


def head(client: TestClient) -> object:
    return client.head("/")


def leave_early(client: TestClient) -> None:
    with client.stream("GET", "/"):
        pass


def start(status: Any = 200, *headers: Any, **more: Any) -> dict[str, Any]:
    return {**START, "status": status, "headers": list(headers), **more}


def refused(name: str, *messages: Any, breaks: str) -> Row:
    return Row(name=name, app=sends(*messages), breaks=(f"http.{breaks}",), told=ProtocolError, talk=get)


def noted(name: str, *messages: Any, breaks: str) -> Row:
    return Row(name=name, app=sends(*messages), breaks=(f"http.{breaks}",), talk=get)


def unfit(name: str, *headers: Any, breaks: str) -> Row:
    return noted(name, start(200, *headers), BODY, breaks=breaks)


def sized(name: str, length: bytes, *bodies: bytes, breaks: str) -> Row:
    *first, last = ({"type": "http.response.body", "body": body, "more_body": True} for body in bodies)
    return noted(name, start(200, (b"content-length", length)), *first, {**last, "more_body": False}, breaks=breaks)


def connect(client: TestClient) -> None:
    """Read until the app closes."""
    with client.websocket_connect("/", subprotocols=["offered"]) as session:
        while session.receive()["type"] != "websocket.close":
            pass


def connect_offering_nothing(client: TestClient) -> None:
    session = client.websocket_connect("/")
    session.scope = {**session.scope, "extensions": {}}
    with session:
        pass


def leave(client: TestClient) -> None:
    with client.websocket_connect("/"):
        pass


def ws(name: str, *messages: Any, breaks: str, told: type[Exception] | None = None) -> Row:
    return Row(name=name, app=sends(*messages), breaks=(f"websocket.{breaks}",), told=told, talk=connect)


def ws_refused(name: str, *messages: Any, breaks: str) -> Row:
    return ws(name, *messages, breaks=breaks, told=ProtocolError)


def ws_closed(name: str, *messages: Any, breaks: str) -> Row:
    return ws(name, *messages, breaks=breaks, told=WebSocketDisconnect)


def denied(name: str, *messages: Any, breaks: str) -> Row:
    return ws(name, *messages, breaks=breaks, told=WebSocketDenialResponse)


def ws_unfit(name: str, *headers: Any, breaks: str) -> Row:
    return ws(name, {**ACCEPT, "headers": list(headers)}, CLOSE, breaks=breaks)


def live(client: TestClient) -> None:
    with client:
        pass


def life(name: str, app: App, *breaks: str, told: type[Exception] | None = None, within_s: float = 20.0) -> Row:
    rules = tuple(f"lifespan.{rule}" for rule in breaks)
    return Row(name=name, app=app, breaks=rules, told=told, talk=live, within_s=within_s)


def fine(name: str, *messages: Any, talk: Callable[[TestClient], object] = get) -> Row:
    return Row(name=name, app=sends(*messages), talk=talk)
