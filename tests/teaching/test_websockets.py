"""Wrong answers to the exercises of notebook 07 are distinguished; the right ones are run from the notebook itself."""

import pytest

from ipyasgi.teaching import check

from .apps import silent


def talking(answer, *, accept=None):
    """Return an app that accepts and answers each text; it ends with the client."""

    async def app(scope, receive, send):
        if scope["type"] != "websocket":
            raise NotImplementedError(scope["type"])
        await receive()
        await send({"type": "websocket.accept", **(accept or {})})
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": answer(message["text"])})

    return app


async def refusing(scope, receive, send):
    if scope["type"] != "websocket":
        raise NotImplementedError(scope["type"])
    await receive()
    await send({"type": "websocket.close"})


def class_of(app):
    """Return a class whose objects behave as that app."""

    class Relay:
        async def __call__(self, scope, receive, send):
            await app(scope, receive, send)

    return Relay


@pytest.mark.parametrize(
    ("exercise", "answer", "what"),
    [
        ("07-1", talking(str), "for 'tea' it sends 'tea'"),
        ("07-1", refusing, "rejects"),
        ("07-1", 7, "is not an ASGI app"),
        ("07-3", talking(str), "the app chooses None"),
        ("07-3", talking(str, accept={"subprotocol": "tea.v1"}), "a client that offers nothing is accepted"),
        ("07-3", refusing, "rejects a client that offers ['tea.v1']"),
        ("07-2", lambda websocket, texts: list(texts), "returns ['tea', 'cake', 'tea'], not ['1: tea'"),
        ("07-2", "tea", "should be a function"),
        ("07-4", talking(str), "should be a class"),
        ("07-4", class_of(refusing), "rejects"),
    ],
)
def test_wrong(exercise, answer, what):
    """Each wrong answer has a message of its own."""
    result = check(exercise, answer)
    assert (result.state, what in result.message) == ("wrong", True), result


def test_an_echo_is_no_relay():
    """07-4: who only talks back to the speaker leaves the others waiting."""
    result = check("07-4", class_of(talking(str)))
    assert "nothing is received by the second client" in result.message


def test_nothing_is_open():
    """An app that does nothing is an exercise not begun."""
    assert [check(f"07-{one}", silent).state for one in (1, 3, 5)] == ["open"] * 3
    assert check("07-2", lambda websocket, texts: None).state == "open"
    assert check("07-4", class_of(silent)).state == "open"


def send_all_first(websocket, texts):
    for text in texts:
        websocket.send_text(text)
    return [websocket.receive_text() for _ in texts]


def test_converse_right():
    """07-2: one after the other, or all texts before all replies."""
    assert check("07-2", send_all_first).passed
    assert check(
        "07-2", lambda websocket, texts: [websocket.send_text(t) or websocket.receive_text() for t in texts]
    ).passed


def greeting(*texts, code=1000, stays=False):
    """Return an app that sends these texts with the path's name, and then closes, stays, or (code None) returns."""

    async def app(scope, receive, send):
        if scope["type"] != "websocket":
            raise NotImplementedError(scope["type"])
        await receive()
        await send({"type": "websocket.accept"})
        for text in texts:
            await send({"type": "websocket.send", "text": text.format(scope["path"].rpartition("/")[2])})
        if stays:
            await receive()
        elif code is not None:
            await send({"type": "websocket.close", "code": code})

    return app


@pytest.mark.parametrize(
    ("app", "what"),
    [
        (greeting("hello ada"), "/hello/ben sends 'hello ada'"),
        (greeting("{}"), "/hello/ada sends 'ada'"),
        (greeting("hello {}", "how are you?"), "sends 'how are you?', too"),
        (greeting("hello {}", code=1011), "is closed with 1011"),
        (greeting(), "the app closed the WebSocket with 1000"),
        (refusing, "rejects a client"),
    ],
)
def test_greeter(app, what):
    """07-5: a name that is always the same, no greeting, one text more, an error at the end, nothing, a rejection."""
    result = check("07-5", app)
    assert (result.state, what in result.message) == ("wrong", True), result


@pytest.fixture
def short_wait(monkeypatch):
    """Wait half as long for what does not come."""
    monkeypatch.setattr("ipyasgi.teaching.websockets.REQUEST_S", 1.5)


def test_converse_waits(short_wait):
    """07-2: a function that receives before it has sent anything."""
    result = check("07-2", lambda websocket, texts: [websocket.receive_text()])
    assert (result.state, "within 1.5 s" in result.message) == ("wrong", True), result


def test_greeter_stays(short_wait):
    """07-5: an app that stays connected after its greeting."""
    assert "is still open" in check("07-5", greeting("hello {}", stays=True)).message


def test_greeter_right():
    """07-5: an app that closes, and one that returns."""
    assert check("07-5", greeting("hello {}")).passed
    assert check("07-5", greeting("hello {}", code=None)).passed
