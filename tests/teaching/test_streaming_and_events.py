"""Wrong answers to the exercises of notebook 06 are distinguished; the right ones are run from the notebook itself."""

import anyio
import pytest

from ipyasgi.teaching import check

from .apps import answering, silent

PLAIN = [(b"content-type", b"text/plain")]


def in_pieces(*pieces, gap_s=0.0, headers=PLAIN):
    """Return an app that sends these pieces and hears nothing; without end where the last is None."""

    async def app(scope, receive, send):
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for piece in pieces:
            while piece is None:
                await send({"type": "http.response.body", "body": b"tick", "more_body": True})
                await anyio.sleep(0.02)
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            await anyio.sleep(gap_s)
        await send({"type": "http.response.body"})

    return app


@pytest.mark.parametrize(
    ("app", "what"),
    [
        (answering(200, b"321go", PLAIN), "the chunks are ['321go']"),
        (in_pieces(b"3", b"2", b"1"), "the chunks are ['3', '2', '1']"),
        (in_pieces(b"3", b"2", b"1", b"go", headers=[]), "content-type"),
        (answering(404), "404"),
    ],
)
def test_countdown(app, what):
    """06-1: one chunk, a chunk too few, no content type, another status."""
    result = check("06-1", app)
    assert (result.state, what in result.message) == ("wrong", True), result


@pytest.mark.parametrize(
    ("encode", "what"),
    [
        (lambda data, event="": f"data: {data}\n\n", "which is not bytes"),
        (lambda data, event="": f"data: {data}\n".encode(), "waits for the rest"),
        (lambda data, event="": f"data: {data}\n\n".encode(), "is read as an event 'message'"),
        (lambda data, event="": f"event: {event or 'message'}\ndata: {data}\n\n".encode(), "is read as the data"),
        (lambda data, event="": b"data: a\n\ndata: b\n\n", "is read as 2 events"),
        ("data: tea", "should be a function"),
    ],
)
def test_encode_event(encode, what):
    """06-2: a text, an event without its end, without its name, data cut at a line end, two events, no function."""
    result = check("06-2", encode)
    assert (result.state, what in result.message) == ("wrong", True), result


@pytest.mark.parametrize(
    ("app", "what"),
    [
        (in_pieces(None), "had to be stopped"),
        (in_pieces(b"tick"), "ended after ['tick']"),
        (in_pieces(b"tock", b"tock", b"tock", None), "the chunks are"),
    ],
)
def test_clock(app, what):
    """06-3: an app that ignores the disconnect, one that ends by itself, another word."""
    result = check("06-3", app)
    assert (result.state, what in result.message) == ("wrong", True), result


def test_nothing_is_open():
    """An app that does nothing is an exercise not begun."""
    assert [check(f"06-{one}", silent).state for one in (1, 3)] == ["open", "open"]
    assert check("06-2", lambda data, event="": None).state == "open"
