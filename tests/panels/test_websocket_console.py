"""The WebSocket console: said by hand and from the page, its rows, its ends, what stays and what is not saved."""

import json
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import anyio
import pytest

from ipyasgi import Explorer
from ipyasgi.panels import WebSocketConsole
from ipyasgi.protocol.errors import RequestError

SECRET = "s3cret"


class Parameter:
    """A query parameter, as FastAPI has it."""

    def __init__(self, alias: str, *, required: bool) -> None:
        self.alias = alias
        self.field_info = SimpleNamespace(is_required=lambda: required)


async def read_json(websocket: Any) -> None:
    """Stand for an endpoint of Starlette."""
    await websocket.receive_json()


class Route:
    """A row of the app's route table."""

    kind = "websocket"

    def __init__(self, path: str, endpoint: Any) -> None:
        self.path, self.endpoint = path, endpoint
        fields = [Parameter("name", required=True), Parameter("token", required=False)] if "{" in path else []
        self.dependant = SimpleNamespace(query_params=fields, dependencies=[])


class App:
    """Echoes; floods when asked to; notes how its connections ended."""

    def __init__(self) -> None:
        self.notes: list[Any] = []
        self.routes = [Route("/rooms/{room}", self), Route("/json", read_json)]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        self.notes.append([(name, value) for name, value in scope["headers"] if name == b"x-token"])
        if scope["path"] == "/denied":
            await send({"type": "websocket.close"})
            return
        await send({"type": "websocket.accept", "subprotocol": next(iter(scope["subprotocols"]), None)})
        while (message := await receive())["type"] != "websocket.disconnect":
            match message.get("text"):
                case "boom":
                    raise ValueError("the app broke")
                case "flood":
                    for n in range(12_000):
                        await send({"type": "websocket.send", "text": str(n)})
                        if n % 100 == 0:
                            await anyio.sleep(0.001)
                case _:
                    await send({**message, "type": "websocket.send"})
        self.notes.append((message["code"], message.get("reason")))


@pytest.fixture
def app() -> App:
    """Give the app."""
    return App()


@pytest.fixture(params=["asyncio", "trio"])
def explorer(app: App, request: pytest.FixtureRequest) -> Iterator[Explorer]:
    """Give an explorer of it."""
    with Explorer(app, lifespan="off", backend=request.param) as explorer:
        yield explorer


@pytest.fixture
def console(explorer: Explorer) -> WebSocketConsole:
    """Give a console on the echo."""
    return WebSocketConsole(explorer, "/ws")


def rows(console: WebSocketConsole) -> list[Any]:
    """Return every row that a console has for its page."""
    return list(console.rows_channel._log._rows)


def saved(console: WebSocketConsole) -> str:
    """Return all that a notebook keeps of a console."""
    bundle = console._repr_mimebundle_()
    states = [widget.get_state() for widget in (console.page, console.record, console.notice)]
    return repr(states) + bundle["text/html"] + bundle["text/plain"]


def test_it_is_used_from_a_cell(console: WebSocketConsole, app: App, until: Callable) -> None:
    """Connect, say, hear, disconnect with code and reason; every message has its time and size, the record stays."""
    console.connect(headers=[("X-Token", "abc")], subprotocols=["chat"])
    console.send_text("é")
    console.send_json({"a": 1})
    console.send_bytes(b"\x00\xff")
    until(lambda: len(console.messages) == 6)
    until(lambda: console.page.session["text"] == "Open, subprotocol chat")
    console.disconnect(4001, "done")
    until(lambda: console.page.session["status"] == "ended")

    assert app.notes == [[(b"x-token", b"abc")], (4001, "done")]
    sent = [row for row in rows(console) if row["kind"] == "receive"]  # the first may be echoed before the next is sent
    assert [(row["label"], row["text"], row["bytes"]) for row in sent] == [
        ("you", "é", 2),
        ("you", '{"a":1}', 7),
        ("you bytes", "00 ff", 2),
    ]
    assert {row["text"] for row in rows(console) if row["kind"] == "info"} == {
        "accepted by the app, subprotocol chat",
        "closed by you, 4001 done",
    }
    assert "closed by the client, 4001 done" in console.view().text
    assert console.run is console.explorer.websockets[-1]
    until(lambda: "closed by the client, 4001" in console.record.value)


def test_it_is_used_from_the_page(console: WebSocketConsole, app: App, until: Callable, page_says: Callable) -> None:
    """The page connects with headers and subprotocols, speaks in four ways of writing, and disconnects."""
    page = console.page
    page_says(page, ask="connect", path="/ws", headers="X-Token: abc\n", subprotocols="chat, json")
    until(lambda: console.page.session["status"] == "open")
    for kind, text in (("text", "hi"), ("json", '{ "a": [1, 2] }'), ("hex", "0x0a, ff"), ("base64", "aGk=")):
        page_says(page, ask="send", kind=kind, text=text)
    until(lambda: len(console.messages) == 8)
    assert [one.payload for one in console.messages if one.direction == "send"] == [
        "hi",
        '{"a":[1,2]}',
        b"\n\xff",
        b"hi",
    ]
    page_says(page, ask="disconnect", code=1001, reason="")
    until(lambda: app.notes[-1] == (1001, ""))


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"ask": "send", "kind": "text", "text": "x"}, "Not connected"),
        ({"ask": "send", "kind": "json", "text": '{"a":}'}, "Not JSON at line 1, column 6"),
        ({"ask": "send", "kind": "hex", "text": "0g"}, "Not hex"),
        ({"ask": "send", "kind": "base64", "text": "a"}, "Not base64"),
        ({"ask": "connect", "path": "/ws", "headers": "no colon", "subprotocols": ""}, "Line 1 of the headers"),
        ({"ask": "connect", "path": "/rooms/{room}", "headers": "", "subprotocols": ""}, "room is required"),
        ({"ask": "connect", "path": "ws", "headers": "", "subprotocols": ""}, "does not begin with '/'"),
        ({"ask": "connect", "path": " ", "headers": "", "subprotocols": ""}, "The path is missing"),
    ],
)
def test_what_is_wrong_is_said_in_the_panel(
    console: WebSocketConsole, said: dict[str, Any], reason: str, until: Callable, page_says: Callable
) -> None:
    """A mistake is one line above everything, and nothing is sent."""
    page_says(console.page, **said)
    until(lambda: reason in console.notice.text)
    assert not console.notice.detail
    assert console.messages == ()


@pytest.mark.parametrize("nonsense", [{}, {"ask": "send"}, {"ask": "disconnect", "code": "x", "reason": 1}, {"ask": 1}])
def test_nonsense_from_the_page_is_not_heard(
    console: WebSocketConsole, nonsense: dict[str, Any], page_says: Callable
) -> None:
    """A message of the page that makes no sense changes nothing."""
    page_says(console.page, **nonsense)
    assert console.conversation is None


def test_the_app_s_exception_is_shown_with_its_frames(console: WebSocketConsole, until: Callable) -> None:
    """The row says what ended it, the record below has the frames; connecting again begins a new log."""
    console.connect()
    console.send_text("boom")
    until(lambda: console.page.session["status"] == "ended")
    assert rows(console)[-1] | {"at_ms": 0} == {"at_ms": 0, "kind": "error", "text": "ended by ValueError"}
    until(lambda: "test_websocket_console.py" in console.record.value)
    first = console.page.session["rows_from"]
    console.connect()
    until(lambda: console.page.session["status"] == "open")
    assert console.page.session["rows_from"] > first
    until(lambda: not console.record.value)


def test_a_denied_handshake_is_told(console: WebSocketConsole, until: Callable) -> None:
    """A refusal is the end of the conversation, in words, and no error of the panel."""
    console.connect("/denied")
    until(lambda: console.page.session["text"].startswith("Refused with 403"))
    assert not console.notice.text
    with pytest.raises(RequestError, match="connect again"):
        console.send_text("x")


def test_connecting_anew_ends_what_was_open(console: WebSocketConsole, app: App, until: Callable) -> None:
    """One conversation at a time; what the first one still says does not mix with the second."""
    first = console.connect()
    until(lambda: first.status == "open")
    second = console.connect()
    until(lambda: second.status == "open" and first.done())
    assert (1001, "connecting anew") in app.notes
    assert console.conversation is second
    assert first.ending not in repr(rows(console)[console.page.session["rows_from"] :])


def test_closing_the_panel_tells_the_app(explorer: Explorer, app: App, until: Callable) -> None:
    """The app gets its websocket.disconnect, and no thread stays behind."""
    console = WebSocketConsole(explorer, "/ws")
    conversation = console.connect()
    until(lambda: conversation.status == "open")
    console.close()
    until(conversation.done)
    assert app.notes[-1] == (1001, "the console is closed")
    assert explorer.websockets[-1] is conversation.run


def test_many_messages_are_batched_and_bounded(console: WebSocketConsole, until: Callable) -> None:
    """Twelve thousand, more than a record holds: the newest stay in the kernel, the page is told of the rest."""
    console.connect()
    console.send_text("flood")
    until(lambda: console.messages and console.messages[-1].number == 12_001, within_s=30)
    assert len(console.messages) == 10_000
    assert rows(console)[-1]["text"] == "11999"
    assert len(rows(console)) == 6000


def test_a_long_message_is_fetched_whole(console: WebSocketConsole, until: Callable, page_says: Callable) -> None:
    """Its row is short and says so; asked for, it is offered masked; one that is gone is told."""
    console.connect()
    console.send_text(json.dumps({"token": SECRET, "x": "y" * 5000}))
    console.send_bytes(bytes(100))
    until(lambda: len(console.messages) == 4)
    by_number = {row["message"]: row for row in rows(console) if "message" in row}
    assert not by_number[1]["whole"]
    assert len(by_number[1]["text"]) <= 1000
    page_says(console.page, ask="load", number=1)
    until(lambda: console.page.loaded.get("number") == 1)
    content = console.rows_channel._bodies[console.page.loaded["offer"]["key"]]
    assert json.loads(content) == {"token": "•••", "x": "y" * 5000}
    page_says(console.page, ask="load", number=99)
    until(lambda: "no longer" in console.page.loaded.get("gone", ""))


def test_no_secret_is_saved(console: WebSocketConsole, app: App, until: Callable, page_says: Callable) -> None:
    """In the path, a header, a message: sent as they are, and neither in the state nor in a row."""
    path = f"/ws?token={SECRET}"
    page_says(console.page, ask="connect", path=path, headers=f"X-Token: {SECRET}", subprotocols="")
    until(lambda: console.page.session["status"] == "open")
    console.send_text(f'{{"password": "{SECRET}"}}')
    until(lambda: len(console.messages) == 2)
    assert app.notes[0] == [(b"x-token", SECRET.encode())]
    assert console.page.path == "/ws?token=•••"
    console.disconnect()
    until(lambda: console.record.value)
    assert SECRET not in saved(console) + repr(rows(console))
    page_says(console.page, ask="connect", path="/ws?token=•••", headers="", subprotocols="")
    until(lambda: console.page.session["status"] == "open")
    assert console.conversation.path == path


def test_the_first_route_is_the_path_it_opens_with(explorer: Explorer) -> None:
    """Without a path the app's own WebSocket route is offered; nothing is connected by itself."""
    console = WebSocketConsole(explorer)
    assert (console.path, [route["path"] for route in console.page.routes]) == (
        "/rooms/{room}",
        ["/rooms/{room}", "/json"],
    )
    assert console.view().text == "WebSocket /rooms/{room}: Not connected"
    assert not [one for one in threading.enumerate() if one.name.startswith("ipyasgi-socket")]


def test_the_parameters_of_a_route_are_filled_in(
    explorer: Explorer, app: App, until: Callable, page_says: Callable
) -> None:
    """The page has those of the path and of the signature; typed values go into the address, not into traits."""
    console = WebSocketConsole(explorer)
    parameters = console.page.routes[0]["parameters"]
    assert [(one["place"], one["name"], one["required"], one["secret"]) for one in parameters] == [
        ("path", "room", True, False),
        ("query", "name", True, False),
        ("query", "token", False, True),
    ]
    values = {"path.room": "a b", "query.name": "Ann & Bo", "query.token": SECRET, "query.empty": ""}
    page_says(console.page, ask="connect", path="/rooms/{room}", values=values, headers="", subprotocols="")
    until(lambda: console.page.session["status"] == "open")
    assert console.conversation is not None
    assert console.conversation.path == f"/rooms/a%20b?name=Ann+%26+Bo&token={SECRET}"
    assert console.page.path == "/rooms/{room}"
    assert SECRET not in saved(console)
    page_says(console.page, ask="connect", path="/rooms/{room}", values={"path.room": 7}, headers="", subprotocols="")
    until(lambda: "room is required" in console.notice.text)


def test_messages_are_written_as_the_endpoint_reads_them(
    console: WebSocketConsole, until: Callable, page_says: Callable
) -> None:
    """JSON where it calls receive_json, else text, and then as the user chose for that route."""
    assert console.page.kind == "text"
    console.offer("/json?x=1")
    until(lambda: console.page.kind == "json")
    page_says(console.page, ask="connect", path="/json?x=1", headers="", subprotocols="")
    until(lambda: console.page.session["status"] == "open")
    page_says(console.page, ask="send", kind="hex", text="0a")
    until(lambda: len(console.messages) == 2)
    console.offer("/rooms/7")
    until(lambda: console.page.kind == "text")
    console.offer("/json")
    until(lambda: console.page.kind == "hex")


def test_an_address_of_a_form_is_that_of_the_next_session(
    console: WebSocketConsole, until: Callable, page_says: Callable
) -> None:
    """While a session is open the form may change; Connect again goes where the form is then."""
    page_says(console.page, ask="connect", path="/ws", headers="", subprotocols="")
    until(lambda: console.page.session["status"] == "open")
    console.offer("/other")
    until(lambda: console.page.path == "/other")
    assert console.path == "/ws"
    page_says(console.page, ask="connect", path="/other", headers="", subprotocols="")
    until(lambda: console.path == "/other" and console.page.session["status"] == "open")


def test_a_message_of_several_lines_is_one_row(console: WebSocketConsole, until: Callable) -> None:
    """A sign stands for each newline, and the row says that the message is longer."""
    console.connect()
    console.send_text("one\ntwo")
    until(lambda: len(console.messages) == 2)
    row = next(one for one in rows(console) if one["kind"] == "receive")
    assert (row["text"], row["whole"]) == ("one↵two", False)
