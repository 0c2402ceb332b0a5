"""One conversation over a WebSocket: what is said, when it is over, what is raised."""

import logging
import time

import anyio
import pytest

from ipyasgi import Explorer
from ipyasgi.protocol.errors import DeadlineError, RequestError
from ipyasgi.records import WebSocketRun
from ipyasgi.views.run import view_run


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
    run = explorer.websocket_exchange("/echo", "a", b"\xff", wait_s=0.2)
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
    assert time.monotonic() - began < 10


def test_an_app_that_never_stops_talking_is_left_at_the_deadline(explorer):
    """``timeout`` bounds the whole conversation."""
    began = time.monotonic()
    run = explorer.websocket_exchange("/chatty", wait_s=30, timeout=0.3)

    assert time.monotonic() - began < 5
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
