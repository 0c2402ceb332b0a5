"""Wrong answers to the exercises of notebook 06 are distinguished; the right ones are run from the notebook itself."""

import contextlib
import time
from concurrent.futures import CancelledError
from itertools import pairwise

import anyio
import pytest

from ipyasgi import Explorer
from ipyasgi.engine.pending import Progress
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
    """06-3: a text, an event without its end, without its name, data cut at a line end, two events, no function."""
    result = check("06-3", encode)
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
    """06-5: an app that ignores the disconnect, one that ends by itself, another word."""
    result = check("06-5", app)
    assert (result.state, what in result.message) == ("wrong", True), result


def test_nothing_is_open():
    """An app that does nothing is an exercise not begun."""
    assert [check(f"06-{one}", silent).state for one in (1, 5)] == ["open", "open"]
    assert check("06-2", lambda r: None).state == "open"
    assert check("06-3", lambda data, event="": None).state == "open"
    assert check("06-4", ...).state == "open"


def pauses_ns(r):
    times_ns = [event.at_ns for event in r.events]
    return [after - before for before, after in pairwise(times_ns)]


@pytest.mark.parametrize(
    "longest_pause",
    [
        pytest.param(lambda r: max(pauses_ns(r)), id="nanoseconds"),
        pytest.param(lambda r: max(pauses_ns(r)) / 1e6, id="milliseconds"),
        pytest.param(lambda r: r.events[-1].at_ns / 1e9, id="the whole time"),
        pytest.param(lambda r: pauses_ns(r)[0] / 1e9, id="the first pause"),
    ],
)
def test_longest_pause(longest_pause):
    """06-2: another unit, the time of the last message, the first pause."""
    result = check("06-2", longest_pause)
    assert (result.state, result.message.startswith("for a pause of ")) == ("wrong", True), result


def test_longest_pause_of_another_type():
    """06-2: a text, and a value that is not a function."""
    assert "it returns '0.1 s', not a number" in check("06-2", lambda r: "0.1 s").message
    assert "should be a function" in check("06-2", 0.1).message


def test_longest_pause_right():
    """06-2: of all messages, or of those that the app sent."""
    assert check("06-2", lambda r: max(pauses_ns(r)) / 1e9).passed

    def among_sent(r):
        sent_ns = [event.at_ns for event in r.events if event.direction == "send"]
        return max(after - before for before, after in pairwise(sent_ns)) * 1e-9

    assert check("06-2", among_sent).passed


class Handle:
    """A request in the background, at any point of its life."""

    def __init__(self, chunks, *, cancelled, ended):
        self.progress = Progress(chunks=chunks)
        self.cancelled = cancelled
        self.ended = ended

    def done(self):
        return self.ended

    def result(self, timeout):
        raise CancelledError if self.ended else TimeoutError

    def cancel(self):
        raise AssertionError("a check changes nothing")


@pytest.mark.parametrize(
    ("handle", "what"),
    [
        (Handle(5, cancelled=False, ended=False), "the request is still running"),
        (Handle(5, cancelled=False, ended=True), "ended, but was not cancelled"),
        (Handle(1, cancelled=True, ended=True), "it was cancelled after 1 chunks"),
        (Handle(5, cancelled=True, ended=False), "had not ended after"),
        (5, "pass what `&` returns"),
    ],
)
def test_cancelled(handle, what):
    """06-4: a request that runs on, one that ended by itself, one cancelled too early, one that does not end."""
    result = check("06-4", handle)
    assert (result.state, what in result.message) == ("wrong", True), result


def test_cancelled_right():
    """06-4: an endless response that was cancelled while it was sent, also if it is still cleaning up."""
    with Explorer(in_pieces(None), lifespan="off") as explorer:
        request = explorer.begin("GET", "/")
        while request.progress.chunks < 3:
            time.sleep(0.005)
        request.cancel()
        assert check("06-4", request).passed


PRICES = [f"data: {price}\n\n" for price in (100, 101, 102)]


async def close_after_the_loop(log):
    for price in PRICES:
        yield price
    log.append("closed")


async def close_twice(log):
    try:
        for price in PRICES:
            yield price
        log.append("closed")
    finally:
        log.append("closed")


async def close_first(log):
    log.append("closed")
    for price in PRICES[:2]:
        yield price


async def never_close(log):
    for price in PRICES:
        yield price


@pytest.mark.parametrize(
    ("closing_prices", "what"),
    [
        (close_after_the_loop, "if the client leaves after one price `log` is []"),
        (close_twice, "after all prices `log` is ['closed', 'closed']"),
        (close_first, "it yields ['data: 100"),
        (lambda log: PRICES, "not an async generator"),
        ("closed", "should be a function"),
    ],
)
def test_closing_prices(closing_prices, what):
    """06-6: closed only after the last price, closed twice, a price missing, a list, no function."""
    result = check("06-6", closing_prices)
    assert (result.state, what in result.message) == ("wrong", True), result


def test_closing_prices_right():
    """06-6: in a `finally`, and in a context manager; a generator that does not close is not begun."""

    async def close_at_exit(log):
        with contextlib.ExitStack() as stack:
            stack.callback(log.append, "closed")
            for price in PRICES:
                await anyio.sleep(0)
                yield price

    assert check("06-6", close_at_exit).passed
    assert check("06-6", never_close).state == "open"
