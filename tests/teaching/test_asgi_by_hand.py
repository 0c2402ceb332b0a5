"""Wrong answers to the exercises of notebook 01 are distinguished; the right ones are run from the notebook itself."""

import pytest

from ipyasgi.teaching import check

from .apps import answering

PLAIN = [(b"content-type", b"text/plain")]


@pytest.mark.parametrize(
    ("app", "what"),
    [
        (answering(404, b"hello ada", PLAIN), "404"),
        (answering(200, b"hello ada"), "content-type"),
        (answering(200, b"hello ada", PLAIN), "GET /grace returns b'hello ada'"),
        (answering(200, b"hello /ada", PLAIN), "GET /ada returns b'hello /ada'"),
    ],
)
def test_greet(app, what):
    """01-1: a wrong status, a missing kind, a name that is fixed or still has its slash."""
    result = check("01-1", app)
    assert (result.state, what in result.message) == ("wrong", True), result


async def first_piece(scope, receive, send):
    message = await receive()
    await answering(200, message["body"].upper())(scope, receive, send)


def test_shout():
    """01-2: reading one piece is not enough, and a body in lower case is not in upper case."""
    assert "for the pieces [b'tea', b'pot'] it returns b'TEA'" in check("01-2", first_piece).message
    assert "for the body b'teapot'" in check("01-2", answering(200, b"teapot")).message


async def first_body(app, path):
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "http.request"}

    await app({"type": "http", "method": "GET", "path": path}, receive, send)
    return sent[0]["status"], sent[1].get("body", b"")


async def nothing(app, path):
    pass


async def made_up(app, path):
    return 200, b"hello"


def test_fetch():
    """01-3: one body message is not the whole body, a made-up value is seen through, and nothing is asked for."""
    assert "the app sent 404" in check("01-3", first_body).message
    assert check("01-3", nothing).state == "open"
    assert check("01-3", made_up).message == "the app was never called"
    assert "at once" in check("01-3", lambda app, path: (200, b"")).message
