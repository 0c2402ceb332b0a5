"""One conversation over a WebSocket: what is said, when it is over, what is raised."""

import contextlib
import logging
import time

import anyio
import pytest

from ipyasgi import Explorer
from ipyasgi.protocol.errors import DeadlineError, RequestError
from ipyasgi.records import WebSocketRun
from ipyasgi.views.run import view_run

chats: list[bool] = []


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        raise RuntimeError("no lifespan")
    await receive()
    match scope["path"]:
        case "/silent":
            await anyio.sleep_forever()
        case "/denied":
            await send({"type": "websocket.close", "code": 4001})
            return
    await send({"type": "websocket.accept"})
    if scope["path"] == "/chatty":
        while True:
            await send({"type": "websocket.send", "text": "again"})
            chats.append(True)
            await anyio.sleep(0.01)
    while (message := await receive())["type"] != "websocket.disconnect":
        if message.get("text") == "boom":
            raise ValueError("the app broke")
        if message.get("text") == "bye":
            await send({"type": "websocket.close", "code": 1000})
            if scope["path"] == "/lingers":
                await anyio.sleep(30)
            return
        await send({**message, "type": "websocket.send"})


@pytest.fixture(params=["asyncio", "trio"])
def explorer(request):
    """An explorer of the app above."""
    with Explorer(app, backend=request.param) as explorer:
        yield explorer


def test_everything_said_and_heard_is_in_the_record(explorer):
    """Texts and bytes go as frames of their kind; the client leaves when it has been quiet, and the app returns."""
    run = explorer.websocket_exchange("/echo", "a", b"\xff", wait_s=1.5)
    sent = [event.message for event in run.events if event.type == "websocket.send"]

    assert isinstance(run, WebSocketRun)
    assert [one.get("text") or one.get("bytes") for one in sent] == ["a", b"\xff"]
    assert run.events[-1].type == "websocket.disconnect"
    assert (run.events[-1].message["code"], run.outcome) == (1000, "returned")


def test_it_is_over_when_the_app_closes(explorer):
    """No waiting for silence then; a denied handshake is a record too."""
    began = time.monotonic()
    assert explorer.websocket_exchange("/echo", "bye", wait_s=30).events[-1].type == "websocket.close"
    assert any(
        event.type == "websocket.close" for event in explorer.websocket_exchange("/lingers", "bye", wait_s=30).events
    )
    assert explorer.websocket_exchange("/denied", wait_s=30).events[-1].message["code"] == 4001
    assert time.monotonic() - began < 25


def test_an_app_that_never_stops_talking_is_left_at_the_deadline(explorer, deadlines_from):
    """``timeout`` bounds the whole conversation."""
    chats.clear()
    deadlines_from(lambda: len(chats) > 5)
    run = explorer.websocket_exchange("/chatty", wait_s=30, timeout=0.3)

    assert len(run.events) > 5


def test_a_handshake_that_is_not_answered_is_a_deadline(explorer):
    """The error names what did not come."""
    with pytest.raises(DeadlineError, match=r"websocket\.accept"):
        explorer.websocket_exchange("/silent", timeout=0.2)


def test_what_the_app_raises_is_raised(explorer):
    """As itself."""
    with pytest.raises(ValueError, match="the app broke"):
        explorer.websocket_exchange("/echo", "boom", wait_s=5)


@pytest.mark.parametrize("path", ["chat", "http://x/chat", ""])
def test_a_path_that_is_none(explorer, path):
    """Said before anything is opened."""
    with pytest.raises(RequestError, match="does not begin with '/'"):
        explorer.websocket_exchange(path)


async def failing(scope, receive, send):
    """Fail in a WebSocket as a framework would."""
    await receive()
    await send({"type": "websocket.accept"})
    try:
        raise LookupError(scope["path"])
    except LookupError:
        if scope["path"] == "/let-out":
            raise
        if scope["path"] == "/logged":  # Quart
            logging.getLogger("shop").exception("it broke")
        if scope["path"] == "/inside":  # Litestar
            await send({"type": "websocket.close", "code": 4500})
            return
        if scope["path"] == "/expected":
            await send({"type": "websocket.close", "code": 1008})
            return
    await send({"type": "websocket.close"})


@pytest.mark.parametrize(("path", "known"), [("/logged", True), ("/inside", True), ("/expected", False)])
def test_what_the_app_raised_and_caught_itself(path, known, caplog):
    """An exception that the app caught is the record's, where the app says that it failed or logs it as an error."""
    with Explorer(failing, lifespan="off") as explorer:
        run = explorer.websocket_exchange(path, wait_s=0.2)
        held = explorer.websocket(path)
        assert held.wait(5)

        assert isinstance(run.exception, LookupError) is known
        assert isinstance(held.run.exception, LookupError) is known
        assert (explorer.last_exception is held.run.exception) is known or explorer.last_exception is None
        assert ("caught its exception itself" in view_run(run, explorer.settings).text) is known


def test_the_record_of_one_that_raised_is_kept():
    """What a WebSocket's app lets out is raised, and is what the app raised last, over an older exchange's."""
    with Explorer(failing, lifespan="off") as explorer:
        with pytest.raises(LookupError) as handled_exception:
            explorer.websocket_exchange("/let-out")

        assert explorer.websockets[-1].exception is handled_exception.value
        assert explorer.last_exception is handled_exception.value


class FrameworkDisconnect(Exception):
    """Raised by the echo loops below when the client has left, as frameworks do."""


async def echo_loop(scope, receive, send):
    """Echo without an end, as the first example of several frameworks does."""
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] != "websocket.disconnect":
        await send({"type": "websocket.send", "text": f"you said {message['text']}"})
    if scope["path"] == "/broken":
        raise ValueError("the cleanup broke")
    if scope["path"] == "/group":
        raise ExceptionGroup("tasks", [FrameworkDisconnect(1000)])
    if scope["path"] == "/logs":
        try:
            raise FrameworkDisconnect(1000)
        except FrameworkDisconnect:
            logging.getLogger("shop").exception("left")
            await send({"type": "websocket.close"})
            return
    raise FrameworkDisconnect(1000)


def starlette_loop():
    """Return the first example of Starlette's documentation."""
    from starlette.applications import Starlette
    from starlette.routing import WebSocketRoute

    async def echo(websocket):
        await websocket.accept()
        while True:
            await websocket.send_text(f"you said {await websocket.receive_text()}")

    return Starlette(routes=[WebSocketRoute("/loop", echo)])


@pytest.mark.parametrize("path", ["/loop", "/group", "/logs", "/starlette"])
def test_an_echo_loop_ends_with_the_client(path, caplog):
    """The framework's exception for a client that has left is no error: the client closed, and the record is shown."""
    app, path = (starlette_loop(), "/loop") if path == "/starlette" else (echo_loop, path)
    with Explorer(app, lifespan="off") as explorer:
        run = explorer.websocket_exchange(path, "hello", wait_s=0.2)
        held = explorer.websocket(path)
        held.send_text("hello")
        until_s = time.monotonic() + 30
        while len(held.messages) < 2 and time.monotonic() < until_s:
            time.sleep(0.01)
        held.disconnect()

        assert held.wait(5)
        assert (held.ending, held.exception, held.run.exception) == ("closed by you, 1000", None, None)
        assert [one.payload for one in held.messages] == ["hello", "you said hello"]
        assert (run.closed_by, run.close_code, run.exception) == ("client", 1000, None)
        assert "closed by the client, 1000" in view_run(run, explorer.settings).text
        assert "you said hello" in view_run(run, explorer.settings).text
        assert explorer.websockets == (run, held.run)
        assert explorer.last_exception is None


def test_an_error_after_the_client_has_left_is_raised():
    """A cleanup that fails is an error of the app."""
    with Explorer(echo_loop, lifespan="off") as explorer:
        with pytest.raises(ValueError, match="the cleanup broke"):
            explorer.websocket_exchange("/broken", "hello", wait_s=0.1)

        assert explorer.websockets[-1].closed_by == "client"
        assert isinstance(explorer.last_exception, ValueError)


async def ending(scope, receive, send):
    """End in the way of the path."""
    await receive()
    if scope["path"] == "/never":
        await anyio.sleep_forever()
    if scope["path"] == "/refuses":
        await send({"type": "websocket.close"})
        raise LookupError("after the refusal")
    await send({"type": "websocket.accept"})
    match scope["path"]:
        case "/closes":
            await send({"type": "websocket.close", "code": 4001, "reason": "enough"})
            await receive()
        case "/closes-last":
            await receive()
            await send({"type": "websocket.close", "code": 1011})
        case "/raises":
            raise LookupError
        case "/deaf":
            await anyio.sleep_forever()


@pytest.mark.parametrize(
    ("path", "closing", "shown"),
    [
        ("/closes", ("app", 4001, "enough"), "closed by the app, 4001 enough"),
        ("/closes-last", ("client", 1000, ""), "closed by the client, 1000"),
        ("/deaf", ("client", 1000, ""), "closed by the client, 1000"),
        ("/raises", ("exception", None, ""), "closed by the app's exception"),
        ("/never", ("deadline", 1006, ""), "never accepted"),
        ("/refuses", ("app", 1000, ""), "refused with 403"),
    ],
)
def test_who_closed(path, closing, shown):
    """The first to close is named, also if the other side closes too or does not hear of it."""
    with Explorer(ending, lifespan="off") as explorer:
        raised = LookupError if path in ("/raises", "/refuses") else DeadlineError if path == "/never" else ()
        with contextlib.suppress(raised):
            explorer.websocket_exchange(path, wait_s=1, timeout=0.5 if path == "/never" else 20)
        run = explorer.websockets[-1]

        assert (run.closed_by, run.close_code, run.close_reason) == closing
        assert shown in view_run(run, explorer.settings).text


async def allowed_origins(scope, receive, send):
    """Refuse any other Origin, as the validators of channels do; answer with the headers."""
    await receive()
    headers = dict(scope["headers"])
    if headers.get(b"origin") != b"http://localhost":
        if scope["path"] == "/denies":
            await send({"type": "websocket.http.response.start", "status": 403, "headers": []})
            await send({"type": "websocket.http.response.body", "body": b""})
        else:
            await send({"type": "websocket.close"})
        return
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": headers[b"upgrade"].decode()})
    await receive()


@pytest.mark.parametrize("path", ["/closes", "/denies"])
def test_a_refused_handshake_names_the_origin(path):
    """A 403 says which Origin the request had, and which to add."""
    with Explorer(allowed_origins, lifespan="off", base_url="http://localhost") as explorer:
        without = view_run(explorer.websocket_exchange(path), explorer.settings).text
        other = explorer.websocket_exchange(path, headers={"Origin": "http://other"})
        right = explorer.websocket_exchange(path, headers={"Origin": "http://localhost"}, wait_s=0.1)

        assert "has no Origin: if the app checks it, add Origin:http://localhost" in without
        assert "has the Origin http://other" in view_run(other, explorer.settings).text
        assert "Origin:" not in view_run(right, explorer.settings).text


def test_the_handshake_is_a_real_one():
    """A server checks these headers (RFC 6455, section 4.1), and so do some apps; given ones are kept."""
    with Explorer(app, lifespan="off") as explorer:
        first, second = (
            dict(explorer.websocket_exchange("/echo", wait_s=0, headers=given).scope["headers"])
            for given in (None, {"Sec-WebSocket-Version": "8"})
        )

        assert (first[b"upgrade"], first[b"connection"].lower()) == (b"websocket", b"upgrade")
        assert len(first[b"sec-websocket-key"]) == 24
        assert first[b"sec-websocket-key"] != second[b"sec-websocket-key"]
        assert (first[b"sec-websocket-version"], second[b"sec-websocket-version"]) == (b"13", b"8")
