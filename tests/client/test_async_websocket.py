"""`AsyncWebSocketTestSession`: connecting, talking, closing, cancelling, on every caller's loop and every app's."""

import asyncio
from collections.abc import Callable
from typing import Any

import anyio
import pytest

from ipyasgi import AsyncTestClient
from ipyasgi.client.httpx import httpx
from ipyasgi.protocol.errors import AppExitError, DeadlineError, LoopError, ProtocolError, RequestError
from ipyasgi.testclient import WebSocketDenialResponse, WebSocketDisconnect

from .conftest import MakeAsync, Run
from .replies import becomes_true_async, counting_turns, reply


class Echo:
    """Accept, echo messages, and log how it ended; ``/hang`` never accepts."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.entered = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await receive()
            self.entered = True
            if scope["path"] == "/hang":
                await anyio.sleep_forever()
            offered = scope["subprotocols"]
            await send({"type": "websocket.accept", "subprotocol": offered[0] if offered else None, "headers": []})
            while (message := await receive())["type"] == "websocket.receive":
                await send({**message, "type": "websocket.send"})
            self.steps.append(f"told {message['code']}")
            await anyio.sleep(0.02)
            self.steps.append("tidied")
        finally:
            self.steps.append("ended")


async def cancel_when(scope: anyio.CancelScope, holds: Callable[[], object]) -> None:
    """Cancel the work of another task as soon as something holds."""
    assert await becomes_true_async(holds)
    scope.cancel()


async def accept(receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})


# -- talking --------------------------------------------------------------------------------------------------


def test_talking(run: Run) -> None:
    """Text, bytes and JSON are echoed; leaving disconnects the app and lets it clean up."""

    async def main(make: MakeAsync) -> None:
        app = Echo()
        connection = make(app).websocket_connect("/ws", subprotocols=["a", "b"])
        for _ in range(2):
            async with connection as websocket:
                assert websocket.accepted_subprotocol == "a"
                await websocket.send_text("hello")
                assert await websocket.receive_text() == "hello"
                await websocket.send_bytes(b"\x00")
                assert await websocket.receive_bytes() == b"\x00"
                await websocket.send_json({"a": [1]})
                assert await websocket.receive_json() == {"a": [1]}
                await websocket.send_json({"a": [1]}, mode="binary")
                assert await websocket.receive_json(mode="binary") == {"a": [1]}
                with pytest.raises(KeyError):
                    await websocket.send_bytes(b"")
                    await websocket.receive_text()
        assert app.steps == ["told 1000", "tidied", "ended"] * 2

    run(main)


def test_iterating(run: Run) -> None:
    """``async for`` gives the payloads until the app closes."""

    async def app(scope, receive, send):
        await accept(receive, send)
        for payload in ({"text": "first"}, {"text": "a"}, {"bytes": b"b"}):
            await send({"type": "websocket.send", **payload})
        await send({"type": "websocket.close", "code": 4000})

    async def main(make: MakeAsync) -> None:
        async with make(app).websocket("/") as websocket:
            async for payload in websocket:
                assert payload == "first"
                break
            assert [payload async for payload in websocket] == ["a", b"b"]

    run(main)


def test_a_flood_lets_the_loop_go_on(run: Run) -> None:
    """Reading or sending a thousand messages does not block the caller's loop."""

    async def app(scope, receive, send):
        await accept(receive, send)
        for _ in range(2000):
            await send({"type": "websocket.send", "text": "x"})
        for _ in range(2000):
            await receive()
        await send({"type": "websocket.close"})

    async def main(make: MakeAsync) -> None:
        async with make(app).websocket_connect("/") as websocket:
            await anyio.sleep(0.3)
            async with counting_turns() as turns:
                for _ in range(2000):
                    assert await websocket.receive_text() == "x"
                assert len(turns) > 1000
                turns.clear()
                for _ in range(2000):
                    await websocket.send_text("x")
                assert len(turns) > 1000
            assert (await websocket.receive())["type"] == "websocket.close"

    run(main)


# -- ends -----------------------------------------------------------------------------------------------------


def test_closed_by_the_app(run: Run) -> None:
    """A close, before the handshake's end or after it, is `WebSocketDisconnect` with the app's code and words."""

    async def app(scope, receive, send):
        if scope["path"] == "/":
            await accept(receive, send)
        await send({"type": "websocket.close", "code": 4001, "reason": "full"})

    async def main(make: MakeAsync) -> None:
        client = make(app)
        with pytest.raises(WebSocketDisconnect, match="code 4001: full"):
            async with client.websocket_connect("/refuse"):
                raise NotImplementedError
        async with client.websocket_connect("/") as websocket:
            with pytest.raises(WebSocketDisconnect, match="code 4001: full") as caught:
                await websocket.receive_text()
        assert (caught.value.code, caught.value.reason) == (4001, "full")

    run(main)


def test_denied(run: Run) -> None:
    """A handshake that is denied with a response raises that complete response."""

    async def app(scope, receive, send):
        await receive()
        await send({"type": "websocket.http.response.start", "status": 403, "headers": [(b"x-why", b"age")]})
        for piece, more in ((b"too ", True), (b"young", False)):
            await anyio.sleep(0.01)
            await send({"type": "websocket.http.response.body", "body": piece, "more_body": more})

    async def main(make: MakeAsync) -> None:
        with pytest.raises(WebSocketDenialResponse) as caught:
            async with make(app).websocket_connect("/"):
                raise NotImplementedError
        assert (caught.value.status_code, caught.value.headers["x-why"], caught.value.text) == (403, "age", "too young")

    run(main)


@pytest.mark.parametrize(("path", "what"), [("/", "accepting or closing the WebSocket"), ("/accepted", "closing it")])
def test_an_app_that_returns(run: Run, path: str, what: str) -> None:
    """An app that returns without closing ends the connection, and no wait hangs."""

    async def app(scope, receive, send):
        if scope["path"] == "/accepted":
            await accept(receive, send)

    async def main(make: MakeAsync) -> None:
        with pytest.raises(WebSocketDisconnect, match=f"code 1006: the app returned without {what}"):
            async with make(app).websocket_connect(path) as websocket:
                await websocket.receive()

    run(main)


@pytest.mark.parametrize("accepted", [True, False])
@pytest.mark.parametrize("raised", [ValueError("server"), SystemExit(3)])
def test_what_the_app_raises(run: Run, accepted: bool, raised: BaseException) -> None:
    """The app's exception is raised itself where it is awaited; SystemExit as an error of the app."""

    async def app(scope, receive, send):
        if accepted:
            await accept(receive, send)
        raise raised

    async def main(make: MakeAsync) -> None:
        with pytest.raises(ValueError if isinstance(raised, ValueError) else AppExitError):
            async with make(app).websocket_connect("/") as websocket:
                await websocket.receive()

    run(main)


def test_strict(run: Run) -> None:
    """With ``strict=True`` a violation is raised when the session is left."""

    async def app(scope, receive, send):
        await accept(receive, send)
        await send({"type": "websocket.ping"})
        await receive()

    async def main(make: MakeAsync) -> None:
        async with make(app).websocket_connect("/") as websocket:
            pass
        assert len(websocket.violations) == 1
        with pytest.raises(ProtocolError):
            async with make(app, strict=True).websocket_connect("/"):
                pass

    run(main)


def test_not_a_websocket(run: Run) -> None:
    """Another URL scheme is an error; a session that is not entered has no connection."""

    async def app(scope, receive, send):
        await reply(send)

    async def main(make: MakeAsync) -> None:
        client = make(app)
        with pytest.raises(RequestError, match="ftp"):
            async with client.websocket_connect("ftp://testserver/"):
                raise NotImplementedError
        session = (await client.get("ws://testserver/")).extensions["ipyasgi.session"]
        with pytest.raises(LoopError, match="not connected"):
            await session.receive()

    run(main)


# -- deadlines and cancelling ---------------------------------------------------------------------------------


def test_deadlines(run: Run, deadlines_from: Any) -> None:
    """The client's deadline counts for the handshake and each message, a call's own comes first."""

    async def main(make: MakeAsync) -> None:
        app = Echo()
        deadlines_from(lambda: app.entered)
        with pytest.raises(DeadlineError, match=r"no websocket\.accept within 0\.1 s; .*test_async_websocket"):
            async with make(app, timeout=0.1).websocket_connect("/hang"):
                raise NotImplementedError
        with pytest.raises(DeadlineError, match=r"no websocket message within 0\.05 s"):
            async with make(app, timeout=30).websocket_connect("/") as websocket:
                await websocket.receive(timeout=0.05)
        assert app.steps.count("ended") == 2

    run(main)


def test_cancelled_in_the_handshake(run: Run) -> None:
    """Who stops waiting for the handshake takes the app along."""

    async def main(make: MakeAsync) -> None:
        app = Echo()
        with anyio.CancelScope() as scope:
            async with anyio.create_task_group() as group:
                group.start_soon(cancel_when, scope, lambda: app.entered)
                async with make(app).websocket_connect("/hang"):
                    raise NotImplementedError
        assert scope.cancelled_caught
        assert await becomes_true_async(lambda: app.steps == ["ended"])

    run(main)


def test_cancelled_inside(run: Run) -> None:
    """Cancelling the body of a session disconnects the app without waiting for it."""

    async def main(make: MakeAsync) -> None:
        for receiving in (True, False):
            app, inside = Echo(), anyio.Event()
            with anyio.CancelScope() as scope:
                async with anyio.create_task_group() as group:
                    group.start_soon(cancel_when, scope, inside.is_set)
                    async with make(app).websocket_connect("/") as websocket:
                        inside.set()
                        await (websocket.receive() if receiving else anyio.sleep_forever())
            assert scope.cancelled_caught
            assert await becomes_true_async(lambda steps=app.steps: steps[-1:] == ["ended"])
            assert "tidied" not in app.steps

    run(main)


def test_a_cancelled_receive_ends_nothing(run: Run) -> None:
    """A cancelled receive loses no message and leaves the session open."""

    async def main(make: MakeAsync) -> None:
        async with make(Echo()).websocket_connect("/") as websocket:
            for number in range(20):
                with anyio.move_on_after(0.001):
                    await websocket.receive()
                    raise AssertionError("nothing was sent")
                await websocket.send_text(str(number))
                assert await websocket.receive_text() == str(number)

    run(main)


def test_a_cancelled_receive_loses_nothing(run: Run) -> None:
    """Cancelled over and over just when messages come, the receives together get each of them once, in order."""

    async def app(scope, receive, send):
        await accept(receive, send)
        for number in range(100):
            await anyio.sleep(0.002)
            await send({"type": "websocket.send", "text": str(number)})
        await receive()

    async def main(make: MakeAsync) -> None:
        got: list[str] = []
        async with make(app).websocket_connect("/") as websocket:
            while len(got) < 100:
                with anyio.move_on_after(0.002):
                    got.append(await websocket.receive_text())
        assert got == [str(number) for number in range(100)]

    run(main)


def test_two_who_receive(run: Run) -> None:
    """Two tasks that receive on one session share the messages, and both learn of the end."""

    async def app(scope, receive, send):
        await accept(receive, send)
        for number in range(50):
            await send({"type": "websocket.send", "text": str(number)})
            if number % 10 == 0:
                await anyio.sleep(0.005)

    async def main(make: MakeAsync) -> None:
        got: list[str] = []
        ends: list[int] = []

        async with make(app).websocket_connect("/") as websocket:

            async def take() -> None:
                try:
                    while True:
                        got.append(await websocket.receive_text())
                except WebSocketDisconnect as exc:
                    ends.append(exc.code)

            async with anyio.create_task_group() as group:
                group.start_soon(take)
                group.start_soon(take)
        assert sorted(got, key=int) == [str(number) for number in range(50)]
        assert ends == [1006, 1006]

    run(main)


def test_the_bodys_own_exception_comes_first(run: Run) -> None:
    """The caller's exception is not hidden by one of the app during the exit."""

    async def app(scope, receive, send):
        await accept(receive, send)
        await receive()
        raise ValueError("server")

    async def main(make: MakeAsync) -> None:
        with pytest.raises(ZeroDivisionError):
            async with make(app).websocket_connect("/"):
                raise ZeroDivisionError
        with pytest.raises(ValueError, match="server"):
            async with make(app).websocket_connect("/"):
                pass

    run(main)


def test_wait_for_of_asyncio() -> None:
    """``asyncio.wait_for`` around a receive leaves the session open."""

    async def main() -> None:
        async with AsyncTestClient(Echo(), lifespan="off") as client, client.websocket_connect("/") as websocket:
            with pytest.raises(TimeoutError) as caught:
                await asyncio.wait_for(websocket.receive(), 0.05)
            assert not isinstance(caught.value, (DeadlineError, httpx.ReadTimeout))
            await websocket.send_text("x")
            assert await websocket.receive_text(timeout=5) == "x"

    asyncio.run(main())
