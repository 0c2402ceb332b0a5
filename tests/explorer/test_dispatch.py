"""What an exchange keeps of a response that was cut off, or is longer than the setting allows."""

import gzip
import hashlib
import json
import os
import signal
import threading
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import CancelledError
from typing import Any

import anyio
import pytest

from ipyasgi import Explorer, Settings
from ipyasgi.client.httpx import httpx
from ipyasgi.errors import BodyLimitError, DeadlineError, RequestError
from ipyasgi.protocol.types import Message

OK: Message = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]}
MIB = 1024 * 1024

began = threading.Event()


def piece(body: bytes, *, more: bool = True) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more}


async def app(scope, receive, send):
    await receive()
    match scope["path"]:
        case "/events":
            await events(send)
        case "/json":
            await send({**OK, "headers": [(b"content-type", b"application/json")]})
            await send(piece(b'[{"a": 1},'))
            began.set()
            await anyio.sleep(30)
        case "/moved":
            await send({"type": "http.response.start", "status": 303, "headers": [(b"location", b"/events")]})
            await send(piece(b"", more=False))
        case "/mail":
            await send(OK)
            await send(piece(b"sent", more=False))
            await mail()
        case "/bye":
            await send(OK)
            await send(piece(b"a"))
            began.set()
            await receive()
            await send(piece(b"bye", more=False))
        case "/gzip":
            await send({**OK, "headers": [(b"content-encoding", b"gzip")]})
            await send(piece(gzip.compress(b"data: 1\n\n" * 100)[:-30]))
            began.set()
            await anyio.sleep(30)
        case _:
            began.set()
            await anyio.sleep(30)


async def events(send):
    await send(OK)
    for number in range(10**6):
        await send(piece(b"data: %d\n\n" % number))
        if number == 2:
            began.set()
        await anyio.sleep(0.01)


async def mail():
    began.set()
    await anyio.sleep(30)


@pytest.fixture(params=["asyncio", "trio"])
def explorer(request: pytest.FixtureRequest, deadlines_from: Any) -> Iterator[Explorer]:
    began.clear()
    deadlines_from(began.is_set)
    with Explorer(app, lifespan="off", backend=request.param) as explorer:
        yield explorer


def by_deadline(explorer: Explorer, path: str) -> BaseException:
    with pytest.raises(DeadlineError) as caught:
        explorer.get(path, timeout=0.4)
    return caught.value


def by_cancel(explorer: Explorer, path: str) -> BaseException:
    pending = explorer.begin("GET", path)
    assert began.wait(10)
    pending.cancel()
    with pytest.raises(CancelledError) as caught:
        pending.result(10)
    return caught.value


def by_interrupt(explorer: Explorer, path: str) -> BaseException:
    def interrupt() -> None:
        assert began.wait(10)
        time.sleep(0.05)  # so that the main thread waits
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        with pytest.raises(KeyboardInterrupt) as caught:
            explorer.get(path)
    finally:
        thread.join()
    return caught.value


WAYS = [by_deadline, by_cancel, by_interrupt]


@pytest.mark.parametrize("cut", WAYS, ids=lambda cut: cut.__name__)
def test_what_came_is_kept(explorer: Explorer, cut) -> None:
    """Status, headers, body so far and events are kept, and it is said that the response did not end, and where."""
    cut(explorer, "/events")
    exchange = explorer.history[-1]
    assert (exchange.status_code, exchange.cut_off, exchange.outcome) == (200, True, "200 OK, cut off")
    assert exchange.text.startswith("data: 0\n\ndata: 1\n\n")
    assert exchange.headers["content-type"] == "text/event-stream"
    assert [event.data for event in exchange.response.iter_sse()][:2] == ["0", "1"]
    assert exchange.run.response_end_ns is None
    assert "test_dispatch.py:" in exchange.run.waited_at
    text = exchange.to_text()
    assert "cut off after" in text
    assert "while the app was waiting at explorer/test_dispatch.py:" in text
    assert "complete after" not in text
    assert "sent no response" not in text
    assert not exchange.ok


@pytest.mark.parametrize("cut", WAYS, ids=lambda cut: cut.__name__)
def test_a_complete_response_with_a_slow_task(explorer: Explorer, cut) -> None:
    """The response is whole, and it is said that a background task was still running, and where."""
    if cut is by_cancel:  # the response has come, so there is nothing to raise
        pending = explorer.begin("GET", "/mail")
        assert began.wait(10)
        pending.cancel()
        assert pending.result(10).text == "sent"
    else:
        error = cut(explorer, "/mail")
        if cut is by_deadline:
            assert "the response is complete (200 OK, 1 chunk, 4 bytes), but after 0.4 s a background task" in str(
                error
            )
            assert " in mail" in str(error)
    exchange = explorer.history[-1]
    assert (exchange.text, exchange.cut_off, exchange.outcome) == ("sent", False, "200 OK")
    assert "a background task had to be cancelled at explorer/test_dispatch.py:" in exchange.to_text()
    assert "response complete after" in exchange.to_text()


@pytest.mark.parametrize("cut", WAYS, ids=lambda cut: cut.__name__)
def test_no_response(explorer: Explorer, cut) -> None:
    """Where none began, there is none, and no 500 instead."""
    cut(explorer, "/none")
    exchange = explorer.history[-1]
    assert (exchange.response, exchange.cut_off) == (None, False)
    assert "500" not in exchange.to_text()
    with pytest.raises(AttributeError, match="has no response"):
        _ = exchange.status_code


def test_the_error_of_the_deadline(explorer: Explorer) -> None:
    """It counts what has come, names the app's line, and suggests the ways to read an endless stream."""
    error = by_deadline(explorer, "/events")
    assert isinstance(error, httpx.ReadTimeout)
    assert str(error).startswith("the response did not end within 0.4 s (200 OK, ")
    assert " so far); the app was waiting at explorer/test_dispatch.py:" in str(error)
    assert "& at the end of the line" in str(error)


def test_what_comes_after_the_cut_does_not_count(explorer: Explorer) -> None:
    """An app that ends its response after the disconnect has not completed it: its reader had left."""
    by_deadline(explorer, "/bye")
    exchange = explorer.history[-1]
    assert (exchange.text, exchange.cut_off) == ("a", True)


def test_a_redirect_to_an_endless_stream(explorer: Explorer) -> None:
    """The redirect is kept, and the request is the one that was cut off; the spec is the one to send again."""
    by_deadline(explorer, "/moved")
    exchange = explorer.history[-1]
    assert [one.outcome for one in exchange.previous] == ["303 See Other"]
    assert (exchange.spec.path, exchange.request.url.path, exchange.cut_off) == ("/moved", "/events", True)


def test_a_compressed_body_is_decoded_as_far_as_it_came(explorer: Explorer) -> None:
    """The end of a compressed stream is missing, but not its beginning."""
    by_deadline(explorer, "/gzip")
    assert explorer.history[-1].cut_off
    assert explorer.history[-1].text.startswith("data: 1") or explorer.history[-1].content == b""


def test_json_of_a_cut_body(explorer: Explorer) -> None:
    """The error says that the body is incomplete."""
    by_deadline(explorer, "/json")
    with pytest.raises(ValueError, match="line 1") as caught:
        explorer.history[-1].json()
    assert "was cut off, so its body is incomplete" in caught.value.__notes__[0]


def test_a_replay_is_cut_off_too(explorer: Explorer) -> None:
    """Replay and recheck work with such an exchange; a recheck of everything leaves it out."""
    by_deadline(explorer, "/events")
    again = explorer.replay("r1", timeout=1)
    assert (again.outcome, again.replay_of) == ("200 OK, cut off", "r1")
    assert explorer.recheck("r1", timeout=1).same
    assert len(explorer.recheck(timeout=0.2)) == 0


def test_exports_and_filter(explorer: Explorer) -> None:
    """A test does not assert a cut body, a HAR archive says that it is one, and the history finds it."""
    by_deadline(explorer, "/events")
    exchange = explorer.history[-1]
    (entry,) = json.loads(exchange.to_har())["log"]["entries"]
    assert entry["response"]["status"] == 200
    assert entry["response"]["content"]["text"].startswith("data: 0")
    assert "cut off after" in entry["response"]["content"]["comment"]
    with pytest.raises(RequestError, match="none of these exchanges has a response to check"):
        exchange.to_pytest()
    assert "/events" in exchange.to_curl()
    assert list(explorer.history.filter("cut")) == [exchange]


# -- bodies that are longer than the setting -----------------------------------------------------------------


async def long(scope, receive, send):
    """Send as many bytes as the query says, in chunks of its second number."""
    size, chunk, *encoding = scope["query_string"].decode().split(",")
    headers = []
    if encoding:
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        content = b"".join(packer.compress(bytes(MIB)) for _ in range(int(size) // MIB)) + packer.flush()
        headers = [(b"content-encoding", b"gzip")]
    else:
        content = bytes(range(256)) * (int(size) // 256)
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for start in range(0, len(content), int(chunk)):
        await send(piece(content[start : start + int(chunk)]))
    await send(piece(b"", more=False))


@pytest.fixture
def bounded() -> Iterator[Explorer]:
    with Explorer(long, lifespan="off", settings=Settings(body_bytes=4 * MIB)) as explorer:
        yield explorer


@pytest.mark.parametrize("chunk", [1000, 65536, 9 * MIB])
def test_a_long_body(bounded: Explorer, chunk: int) -> None:
    """The beginning, the size and the digest are kept; what needs the whole body raises an error with the setting."""
    exchange = bounded.get(f"/?{8 * MIB},{chunk}")
    for read in (lambda: exchange.content, lambda: exchange.text, exchange.json, lambda: exchange.response.content):
        with pytest.raises(BodyLimitError, match=r"8,388,608 bytes, more than the setting body_bytes \(4,194,304\)"):
            read()
    digest = hashlib.sha256(bytes(range(256)) * (8 * MIB // 256)).hexdigest()
    assert (exchange.run.body_bytes, exchange.run.body_sha256) == (8 * MIB, digest)
    assert digest in exchange.to_text()
    assert bounded._store.held_bytes < 6 * MIB
    assert exchange.to_dict()["status"] == 200
    assert len(bounded.history.filter("size:>8MB")) == 1
    assert "response.json" not in exchange.to_pytest()
    assert "keeps the first 1,048,576 of 8,388,608 bytes" in exchange.to_har()


def test_within_the_limit(bounded: Explorer) -> None:
    """A body up to the limit is kept whole."""
    assert len(bounded.get(f"/?{4 * MIB},65536").content) == 4 * MIB


def test_long_bodies_are_compared_by_digest(bounded: Explorer) -> None:
    """The same long body is the same, another one is not."""
    first = bounded.get(f"/?{8 * MIB},65536")
    assert bounded.compare(first, bounded.get(f"/?{8 * MIB},1000")).body.kind == "equal"
    assert bounded.compare(first, bounded.get(f"/?{9 * MIB},65536")).body.kind == "bytes"


@pytest.mark.parametrize("chunk", [1000, 9 * MIB])
def test_a_compressed_body_is_decoded_within_the_limit(bounded: Explorer, chunk: int) -> None:
    """A kilobyte that is a gigabyte is decoded up to the limit."""
    exchange = bounded.get(f"/?{256 * MIB},{chunk},gzip")
    with pytest.raises(BodyLimitError, match="is longer, decoded, than the setting body_bytes"):
        _ = exchange.content
    assert "decoded bytes" in exchange.to_text()
    assert len(bounded.get(f"/?{3 * MIB},{chunk},gzip").content) == 3 * MIB
