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
    """01-2: one body message is not the whole body, a made-up value is seen through, and nothing is asked for."""
    assert "the app sent 404" in check("01-2", first_body).message
    assert check("01-2", nothing).state == "open"
    assert check("01-2", made_up).message == "the app was never called"
    assert "at once" in check("01-2", lambda app, path: (200, b"")).message


async def dots(app, path):
    await first_body(app, path)
    return ...


def test_fetch_with_its_dots():
    """01-2: what the notebook returns as it stands is open."""
    assert check("01-2", dots).state == "open"


async def first_piece(scope, receive, send):
    message = await receive()
    await answering(200, message["body"].upper())(scope, receive, send)


def test_shout():
    """01-3: reading one piece is not enough, and a body in lower case is not in upper case."""
    assert "for the pieces [b'tea', b'pot'] it returns b'TEA'" in check("01-3", first_piece).message
    assert "for the body b'teapot'" in check("01-3", answering(200, b"teapot")).message


def sending(*messages):
    async def app(scope, receive, send):
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        for message in ({"type": "http.response.start", "status": 200, "headers": []}, *messages):
            await send(message)

    return app


@pytest.mark.parametrize(
    ("message", "what"),
    [
        ({"body": "bytes"}, "the body is str, not bytes"),
        ({"body": b"bytes", "more_body": True}, "before the last http.response.body"),
        ({"body": b"not bytes"}, "the body is b'not bytes', not b'bytes'"),
    ],
)
def test_repaired(message, what):
    """01-4: each of the two errors is still there, or the text is another."""
    result = check("01-4", sending({"type": "http.response.body", **message}))
    assert (result.state, what in result.message) == ("wrong", True), result


def test_repaired_in_any_way():
    """01-4: the dots are open; the body may come in pieces."""
    assert check("01-4", sending(...)).state == "open"
    assert check("01-4", sending({"type": "http.response.body", "body": ...})).state == "open"
    pieces = [
        {"type": "http.response.body", "body": b"by", "more_body": True},
        {"type": "http.response.body", "body": b"tes"},
    ]
    assert check("01-4", sending(*pieces)).passed


@pytest.mark.parametrize(
    ("types", "what"),
    [
        (["http.response.start", "http.response.body"], "has 2 messages, and 3 were recorded"),
        (["http.response.start", "http.response.body", "http.request"], "message 1 is 'http.request'"),
        ("http.request", "not a list of texts"),
    ],
)
def test_types(types, what):
    """01-5: without what the app receives, in another order, one type alone."""
    result = check("01-5", (first_piece, types))
    assert (result.state, what in result.message) == ("wrong", True), result
    assert check("01-5", (first_piece, ("http.request", "http.response.start", "http.response.body"))).passed


def only(types):
    async def app(scope, receive, send):
        if scope["type"] not in types:
            raise NotImplementedError(scope["type"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"hello"})

    return app


async def late(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
    await only(["http"])(scope, receive, send)


@pytest.mark.parametrize(
    ("app", "what"),
    [
        (only(["http", "websocket"]), "for the type 'websocket' it raises no exception"),
        (only(["lifespan"]), "NotImplementedError: http"),
        (late, "for the type 'lifespan' it calls `receive`"),
        (answering(200, b"bye"), "not b'hello'"),
    ],
)
def test_only_http(app, what):
    """01-6: too many types, none of the right ones, an exception that comes too late, another response."""
    result = check("01-6", app)
    assert (result.state, what in result.message) == ("wrong", True), result


def test_only_http_in_any_way():
    """01-6: the dots are open, and how the type is compared does not matter."""
    assert check("01-6", only(...)).state == "open"
    assert check("01-6", only("http")).passed
