"""A WebSocket that stays open: who may speak when, how it ends, and what stays of it."""

import threading
import time

import anyio
import pytest

from ipyasgi import Explorer
from ipyasgi.engine.recording import Recording
from ipyasgi.explorer import websocket_session
from ipyasgi.protocol.errors import DeadlineError, LoopError, RequestError


class App:
    """Echoes; notes what it was told at the end."""

    def __init__(self):
        self.notes = []

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            self.notes.append("shutdown")
            await send({"type": "lifespan.shutdown.complete"})
            return None
        await receive()
        match scope["path"]:
            case "/denied":
                return await send({"type": "websocket.close", "code": 4001, "reason": "no"})
            case "/returns":
                return None
            case "/late":
                await anyio.sleep(0.2)
            case "/silent":
                await anyio.sleep_forever()
        await send({"type": "websocket.accept", "subprotocol": next(iter(scope["subprotocols"]), None)})
        if scope["path"] == "/deaf":
            return await anyio.to_thread.run_sync(time.sleep, 2)
        while (message := await receive())["type"] != "websocket.disconnect":
            if message.get("text") == "boom":
                raise ValueError("the app broke")
            if message.get("text") == "bye":
                return await send({"type": "websocket.close", "code": 4000, "reason": "as you wish"})
            await send({**message, "type": "websocket.send"})
        self.notes.append((message["code"], message.get("reason")))
        return None


@pytest.fixture
def app():
    """Give the app."""
    return App()


@pytest.fixture(params=["asyncio", "trio"])
def explorer(request, app):
    """Give an explorer of the app."""
    with Explorer(app, backend=request.param) as explorer:
        yield explorer


def until(holds, within_s=20.0):
    """Wait until something holds."""
    end_s = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < end_s, "it did not happen in time"
        time.sleep(0.005)


def test_both_sides_are_heard_in_order_and_the_app_is_told_of_the_end(explorer, app):
    """Texts, bytes and JSON go and come back, numbered; a disconnect carries code and reason; the record stays."""
    heard, changes = [], []
    talk = explorer.websocket(
        "/echo", subprotocols=["chat"], on_message=heard.append, on_change=lambda one: changes.append(one.status)
    )
    talk.send_text("é")
    talk.send_bytes(b"\xff")
    talk.send_json({"a": [1]})
    until(lambda: len(talk.messages) == 6)
    talk.disconnect(4005, "enough")

    assert talk.wait(20)
    assert [one.payload for one in talk.messages if one.direction == "send"] == ["é", b"\xff", '{"a":[1]}']
    assert [one.number for one in talk.messages] == [1, 2, 3, 4, 5, 6]
    assert talk.messages[0].size_bytes == 2
    assert tuple(heard) == talk.messages
    assert app.notes == [(4005, "enough")]
    assert (talk.subprotocol, talk.ending, talk.exception) == ("chat", "closed by you, 4005 enough", None)
    until(lambda: changes == ["open", "closing", "ended"])
    assert explorer.websockets[-1] is talk.run
    assert talk.run.events[-1].type == "websocket.disconnect"


@pytest.mark.parametrize(
    ("path", "said", "ending"),
    [
        ("/echo", "bye", "closed by the app, code 4000: as you wish"),
        ("/echo", "boom", "ended by ValueError"),
        ("/denied", None, "refused with 403, code 4001: no"),
        ("/returns", None, "never accepted: the app returned without accepting or closing the WebSocket"),
    ],
)
def test_each_end_has_its_words(explorer, path, said, ending):
    """Closed by the app, ended by an exception, refused, never accepted; what comes after is refused with a reason."""
    talk = explorer.websocket(path)
    if said:
        talk.send_text(said)
    assert talk.wait(20)

    assert talk.ending == ending
    assert (type(talk.exception) is ValueError) == (said == "boom")
    with pytest.raises(RequestError, match="ended: connect again"):
        talk.send_text("more")


def test_what_is_said_before_the_handshake_waits_for_it(explorer):
    """Nobody has to wait for the app to accept before speaking; the order stays."""
    talk = explorer.websocket("/late")
    for word in "abc":
        talk.send_text(word)
    assert talk.status == "connecting"
    until(lambda: len(talk.messages) == 6)

    assert [one.payload for one in talk.messages if one.direction == "receive"] == ["a", "b", "c"]
    talk.disconnect()
    assert talk.wait(20)


@pytest.mark.usefixtures("usual_graces")
def test_a_handshake_that_is_not_answered_ends(explorer):
    """The handshake has a deadline; giving it up by hand works too."""
    talk = explorer.websocket("/silent", timeout=0.1)
    assert talk.wait(20)
    assert isinstance(talk.exception, DeadlineError)
    assert "websocket.accept" in talk.ending
    given_up = explorer.websocket("/silent")
    given_up.disconnect()
    assert given_up.wait(20)
    assert given_up.ending == "closed by you, 1000"


@pytest.mark.usefixtures("may_block", "usual_graces")
def test_an_app_that_cannot_be_cancelled_is_left_behind(explorer):
    """A disconnect ends the conversation in bounded time, whatever the app does in its thread."""
    talk = explorer.websocket("/deaf")
    until(lambda: talk.status == "open")
    talk.disconnect()

    assert talk.wait(20)


def test_closing_the_explorer_disconnects_before_the_shutdown(app):
    """As a server does: sockets are told first, then the lifespan; afterwards nothing can be opened."""
    threads = set(threading.enumerate())
    explorer = Explorer(app)
    talk = explorer.websocket("/echo")
    until(lambda: talk.status == "open")
    explorer.close()

    assert app.notes == [(1001, "the client is going away"), "shutdown"]
    assert talk.done()
    until(lambda: {thread.name for thread in set(threading.enumerate()) - threads} <= {"AnyIO worker thread"})
    with pytest.raises(LoopError, match="detached"):
        explorer.websocket("/echo")


def test_another_app_in_its_place_ends_the_conversation(explorer, app):
    """A conversation belongs to the app it began with."""
    talk = explorer.websocket("/echo")
    until(lambda: talk.status == "open")
    explorer.replace_app(App())

    assert talk.done()
    assert app.notes[0] == (1001, "the client is going away")


def test_a_long_conversation_keeps_its_newest_messages(explorer, monkeypatch):
    """Messages are bounded by count and by bytes; numbers tell what is gone."""
    monkeypatch.setattr(websocket_session, "MESSAGES_KEPT", 10)
    talk = explorer.websocket("/echo")
    for _ in range(20):
        talk.send_text("x")
    until(lambda: talk.messages and talk.messages[-1].number == 40)
    assert [one.number for one in talk.messages] == list(range(31, 41))
    monkeypatch.setattr(websocket_session, "BYTES_KEPT", 100)
    talk.send_text("y" * 200)
    until(lambda: talk.messages[-1].number == 42)
    assert [len(one.payload) for one in talk.messages] == [200]
    talk.disconnect()
    assert talk.wait(20)


def test_records_are_kept_of_the_newest(explorer):
    """`talk` keeps its record too; of more than the bound the oldest go, and only the newest keeps its exception."""
    with pytest.raises(ValueError, match="broke"):
        explorer.websocket_exchange("/echo", "boom")
    for _ in range(2):
        talk = explorer.websocket("/echo")
        talk.send_text("boom")
        assert talk.wait(20)
    raised, first, second = explorer.websockets
    assert (raised.exception, first.exception, type(second.exception)) == (None, None, ValueError)
    for _ in range(websocket_session.RUNS_KEPT):
        explorer.websocket_exchange("/echo", "bye")
    assert len(explorer.websockets) == websocket_session.RUNS_KEPT


def test_the_record_of_an_app_that_has_just_ended_is_waited_for(explorer, monkeypatch):
    """Who leaves between the end of the app and its record gets the record, however long that takes."""
    freeze = Recording.freeze

    def freeze_late(self, **fields):
        time.sleep(0.1)
        freeze(self, **fields)

    monkeypatch.setattr(Recording, "freeze", freeze_late)
    assert explorer.websocket_exchange("/echo", "bye").close_code == 4000


def test_nothing_said_is_in_a_repr(explorer):
    """What is shown bare in a notebook is saved with it."""
    talk = explorer.websocket("/echo?token=s3cret")
    talk.send_text("s3cret")
    until(lambda: len(talk.messages) == 2)
    talk.disconnect()
    assert talk.wait(20)
    assert "s3cret" not in repr(talk) + repr(talk.messages) + repr(explorer.websockets)
