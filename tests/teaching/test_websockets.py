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
        ("07-2", talking(str), "the app chooses None"),
        ("07-2", talking(str, accept={"subprotocol": "tea.v1"}), "a client that offers nothing is accepted"),
        ("07-2", refusing, "rejects a client that offers ['tea.v1']"),
        ("07-3", talking(str), "should be a class"),
        ("07-3", class_of(refusing), "rejects"),
    ],
)
def test_wrong(exercise, answer, what):
    """Each wrong answer has a message of its own."""
    result = check(exercise, answer)
    assert (result.state, what in result.message) == ("wrong", True), result


def test_an_echo_is_no_relay():
    """07-3: who only talks back to the speaker leaves the others waiting."""
    result = check("07-3", class_of(talking(str)))
    assert "nothing is received by the second client" in result.message


def test_nothing_is_open():
    """An app that does nothing is an exercise not begun."""
    assert [check(f"07-{one}", silent).state for one in (1, 2)] == ["open", "open"]
