"""One request and its response: bodies, headers, order, backpressure, background work."""

import threading
import time
from collections.abc import Callable
from typing import Any

import anyio
import anyio.to_thread
import pytest

from ipyasgi.engine import graces
from ipyasgi.engine.background_loop import BackgroundLoop
from ipyasgi.engine.http_cycle import LIMIT_ITEMS, HttpCycle

from .calls import START, becomes_true, begun, body


def rules(cycle: HttpCycle) -> list[str]:
    return [violation.rule for violation in cycle.violations]


# -- what is sent is what arrives -----------------------------------------------------------------------------


def test_a_buffered_response(loop: BackgroundLoop) -> None:
    """Status, headers and the joined chunks arrive when the app has ended."""

    async def app(scope, receive, send):
        await send(START)
        for chunk in (b"a", bytearray(b"b"), memoryview(b"c"), b""):
            await send(body(chunk, more=True))
        await send({"type": "http.response.body"})

    cycle = begun(app, loop)
    cycle.wait_response()
    assert (cycle.status, cycle.headers, cycle.content()) == (200, [(b"x-a", b"1")], b"abc")
    assert (cycle.outcome, cycle.ended, cycle.complete, rules(cycle)) == ("returned", True, True, [])


def test_the_request_arrives_once_then_the_disconnect(loop: BackgroundLoop) -> None:
    """The whole body comes in one message; after the response there is only ``http.disconnect``, again and again."""
    received = []

    async def app(scope, receive, send):
        received.append(await receive())
        await send(START)
        await send(body())
        received.extend([await receive(), await receive()])

    begun(app, loop, content=b"data").wait_response()
    assert received == [{"type": "http.request", "body": b"data"}, *[{"type": "http.disconnect"}] * 2]


@pytest.mark.parametrize("record", [False, True])
@pytest.mark.parametrize("headers", [iter, tuple, list, lambda pairs: (pair for pair in pairs)])
def test_headers_may_be_any_iterable(loop: BackgroundLoop, headers: Callable[[Any], Any], record: bool) -> None:
    """The specification allows any iterable of pairs, also one that can be read only once."""

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": headers([(b"a", b"1"), (b"b", b"2")])})
        await send(body())

    cycle = begun(app, loop, record=record)
    cycle.wait_response()
    assert cycle.headers == [(b"a", b"1"), (b"b", b"2")]
    if record:
        assert cycle.run is not None
        assert list(cycle.run.events[0].message["headers"]) == cycle.headers


def test_a_head_response_has_no_body(loop: BackgroundLoop) -> None:
    """The body that an app sends for HEAD is dropped."""

    async def app(scope, receive, send):
        await send(START)
        await send(body(b"data", more=True))
        await send(body(b"data"))

    cycle = begun(app, loop, method="HEAD")
    cycle.wait_response()
    assert (cycle.content(), cycle.complete) == (b"", True)
    streamed = begun(app, loop, method="HEAD", stream=True)
    streamed.wait_response()
    assert list(streamed.iter_chunks()) == []


def test_trailers_and_debug(loop: BackgroundLoop) -> None:
    """Announced trailers are collected over several messages; debug information is kept."""

    async def app(scope, receive, send):
        await send({"type": "http.response.debug", "info": {"template": "t"}})
        await send({**START, "trailers": True})
        await send(body(b"x"))
        await send({"type": "http.response.trailers", "headers": [(b"a", b"1")], "more_trailers": True})
        await send({"type": "http.response.trailers", "headers": [(b"b", b"2")]})

    cycle = begun(app, loop)
    cycle.wait_response()
    assert (cycle.trailers, cycle.debug_info, cycle.complete) == (
        [(b"a", b"1"), (b"b", b"2")],
        {"template": "t"},
        True,
    )


# -- streaming ------------------------------------------------------------------------------------------------


def test_chunks_arrive_as_they_are_sent(loop: BackgroundLoop) -> None:
    """A streamed response is read while the app still sends it."""
    turn = threading.Semaphore(0)

    async def app(scope, receive, send):
        await send(START)
        for number in range(3):
            while not turn.acquire(blocking=False):
                await anyio.sleep(0.001)
            await send(body(b"%d" % number, more=True))
            await send(body(b"", more=True))
        await send(body())

    cycle = begun(app, loop, stream=True)
    cycle.wait_response(gap_s=20)
    turn.release()
    seen = []
    for chunk in cycle.iter_chunks(gap_s=20):
        seen.append(chunk)
        turn.release()
    assert seen == [b"0", b"1", b"2"]
    assert list(cycle.iter_chunks()) == []


def test_a_slow_reader_holds_the_app_back(loop: BackgroundLoop) -> None:
    """The app is a window ahead of its reader and no further."""
    sent = []

    async def app(scope, receive, send):
        await send(START)
        for number in range(200):
            await send(body(b"x", more=True))
            sent.append(number)
        await send(body())

    cycle = begun(app, loop, stream=True)
    cycle.wait_response()
    time.sleep(0.05)
    assert sent == []
    chunks = cycle.iter_chunks()
    for read in range(1, 61):
        next(chunks)
        if read % 20 == 0:
            assert becomes_true(lambda read=read: read - 1 <= len(sent))
            time.sleep(0.03)
            assert len(sent) <= read + LIMIT_ITEMS
    assert len(list(chunks)) == 140


# -- background work -----------------------------------------------------------------------------------------


@pytest.mark.serial
@pytest.mark.parametrize("stream", [False, True])
def test_background_work_is_under_no_read_deadline(loop: BackgroundLoop, stream: bool) -> None:
    """A read deadline ends with the last message of the response; background tasks may take longer."""
    done = []

    async def app(scope, receive, send):
        await send(START)
        await send(body(b"x"))
        await receive()
        await anyio.sleep(1.5)
        done.append(True)

    cycle = begun(app, loop, stream=stream)
    cycle.wait_response(gap_s=1)
    content = b"".join(cycle.iter_chunks(gap_s=1)) if stream else cycle.content()
    assert (content, done) == (b"x", [True])


def test_background_work_need_not_be_waited_for(loop: BackgroundLoop) -> None:
    """With ``wait_background=False`` the response is there at its last message."""
    release = threading.Event()

    async def app(scope, receive, send):
        await send(START)
        await send(body(b"x"))
        while not release.is_set():
            await anyio.sleep(0.005)

    cycle = begun(app, loop, wait_background=False)
    cycle.wait_response()
    assert (cycle.content(), cycle.ended) == (b"x", False)
    release.set()
    assert cycle.wait_ended(20)


# -- leaving early -----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("patient")
def test_leaving_early_tells_then_lets_clean_up(loop: BackgroundLoop) -> None:
    """Closing before the end gives ``http.disconnect``; sending goes nowhere from then on, and cleanup may await."""
    steps: list[str] = []

    async def app(scope, receive, send):
        await receive()
        await send(START)
        for _ in range(3):
            await send(body(b"x" * 100_000, more=True))
        steps.append((await receive())["type"])
        await send(body(b"goes nowhere", more=True))
        await anyio.sleep(0.1)
        steps.append("cleaned up")

    cycle = begun(app, loop, stream=True)
    cycle.wait_response()
    next(cycle.iter_chunks())
    cycle.finish()
    assert steps == ["http.disconnect", "cleaned up"]
    assert (cycle.outcome, cycle.ended) == ("returned", True)


@pytest.mark.serial
def test_leaving_early_cancels_who_does_not_listen(loop: BackgroundLoop) -> None:
    """An app that sleeps is given a moment, then cancelled where it waits."""
    steps: list[str] = []

    async def app(scope, receive, send):
        await send(START)
        try:
            await anyio.sleep_forever()
        finally:
            steps.append("cancelled")

    cycle = begun(app, loop, stream=True)
    cycle.wait_response()
    cycle.finish()
    assert (steps, cycle.outcome) == (["cancelled"], "cancelled")


def test_cleanup_has_an_end_too(loop: BackgroundLoop, monkeypatch: pytest.MonkeyPatch) -> None:
    """An app that has received the disconnect and does not end is cancelled after the grace."""
    monkeypatch.setattr(graces, "CLEANUP_S", 0.1)

    async def app(scope, receive, send):
        await receive()
        await send(START)
        await receive()
        await anyio.sleep_forever()

    cycle = begun(app, loop, stream=True)
    cycle.wait_response()
    cycle.finish()
    assert cycle.outcome == "cancelled"


def test_leaving_a_complete_response_waits_for_background_work(loop: BackgroundLoop) -> None:
    """After the last message nothing is cancelled: closing waits, as with Starlette's client."""
    done = []

    async def app(scope, receive, send):
        await send(START)
        await send(body(b"x"))
        await anyio.sleep(0.15)
        done.append(True)

    cycle = begun(app, loop, stream=True)
    cycle.wait_response()
    next(cycle.iter_chunks())
    cycle.finish()
    assert done == [True]
