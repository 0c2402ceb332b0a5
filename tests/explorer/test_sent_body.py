"""Request bodies from iterators and files: read while the app reads them, within the deadline, and recorded."""

import io
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from ipyasgi import Explorer, Settings
from ipyasgi.errors import DeadlineError, RequestError

MIB = 1024 * 1024


async def app(scope, receive, send):
    path, size, messages = scope["path"], 0, 0
    headers = [(b"content-type", b"text/plain")]
    if path == "/moved":
        headers.append((b"location", b"/up"))
    while path != "/ignore":
        message = await receive()
        size, messages = size + len(message.get("body", b"")), messages + 1
        if not message.get("more_body") or (path == "/first" and messages == 1):
            break
    await send({"type": "http.response.start", "status": 307 if path == "/moved" else 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"%d" % size})


@pytest.fixture
def explorer() -> Iterator[Explorer]:
    with Explorer(app, lifespan="off", settings=Settings(body_bytes=2 * MIB)) as explorer:
        yield explorer


def pieces(count: int = 3, size: int = 10) -> Iterator[bytes]:
    for _ in range(count):
        yield b"x" * size


async def async_pieces(count: int = 3, size: int = 10):
    for _ in range(count):
        yield b"x" * size


class Lines:
    """An iterable that is not a generator, so that it can be read twice."""

    def __iter__(self):
        return iter([b"a" * 10, b"b" * 20])


def file():
    return io.BytesIO(b"x" * 30)


def listed():
    return [b"x" * 30]


@pytest.mark.parametrize("make", [pieces, async_pieces, Lines, file, listed])
@pytest.mark.parametrize("in_background", [False, True])
def test_what_was_sent_is_recorded(explorer: Explorer, make, in_background: bool) -> None:
    """The body arrives, is part of the exchange, and is sent again by a replay and by an export."""
    content = make()
    if in_background:
        exchange = explorer.begin("POST", "/up", content=content).result(10)
    else:
        exchange = explorer.post("/up", content=content)
    assert exchange.text == "30"
    assert (len(exchange.spec.body), exchange.spec.is_partial) == (30, False)
    assert explorer.replay(exchange).text == "30"
    assert exchange.spec.body.decode() in exchange.to_curl()
    assert exchange.spec.body.decode() in exchange.to_har()
    assert exchange.spec.body.decode() in exchange._repr_mimebundle_()["text/html"]


def test_nothing_is_read_before_the_app_asks(explorer: Explorer) -> None:
    """An app that does not read the body leaves the iterator alone; what it has read is kept and marked as a part."""
    read = []

    def content():
        for number in range(100):
            read.append(number)
            yield b"x" * 10

    assert explorer.post("/ignore", content=content()).text == "0"
    assert read == []
    exchange = explorer.post("/first", content=content())
    assert exchange.text == "10"
    assert exchange.spec.is_partial
    assert len(read) < 5
    with pytest.raises(RequestError, match="give its content again"):
        explorer.replay(exchange)
    for export in (exchange.to_curl, exchange.to_httpx, exchange.to_http):
        with pytest.raises(RequestError, match="cannot be exported: its body was sent from an iterator"):
            export()
    assert "is not kept whole" in exchange.to_text() or "of it are kept" in exchange.to_text()
    assert len(explorer.recheck()) == 0


def endless():
    while True:
        yield b"x" * 50_000


async def async_endless():
    while True:
        yield b"x" * 50_000


def slow():
    while True:
        time.sleep(0.05)
        yield b"x"


@pytest.mark.parametrize("make", [endless, async_endless, slow])
def test_an_endless_body_ends_at_the_deadline(explorer: Explorer, make) -> None:
    """The deadline counts while the iterator is read, and what is kept is bounded."""
    tracemalloc.start()
    try:
        began_s = time.monotonic()
        with pytest.raises(DeadlineError, match=r"no response within 0\.5 s"):
            explorer.post("/up", content=make(), timeout=0.5)
        assert time.monotonic() - began_s < 20
        assert tracemalloc.get_traced_memory()[1] < 16 * MIB
    finally:
        tracemalloc.stop()
    assert explorer.history[-1].spec.is_partial


def test_a_long_body_is_kept_up_to_its_beginning(explorer: Explorer, tmp_path: Path) -> None:
    """A file beyond the setting is sent whole, with its length; the exchange keeps the first megabyte."""
    path = tmp_path / "long.bin"
    path.write_bytes(b"z" * (5 * MIB))
    with path.open("rb") as file:
        exchange = explorer.post("/up", content=file)
    assert exchange.text == str(5 * MIB)
    assert exchange.request.headers["content-length"] == str(5 * MIB)
    assert exchange.spec.body == b"z" * MIB
    assert exchange.spec.is_partial
    with path.open("rb") as file:
        uploaded = explorer.post("/up", files={"file": file})
    assert int(uploaded.text) > 5 * MIB
    assert uploaded.request.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert len(uploaded.spec.body) == MIB


def test_a_redirect_sends_it_again(explorer: Explorer) -> None:
    """A body that can be iterated twice follows a redirect."""
    exchange = explorer.post("/moved", content=Lines())
    assert (exchange.text, len(exchange.spec.body)) == ("30", 30)


def test_an_error_of_the_iterator(explorer: Explorer) -> None:
    """An exception of the iterator, or an item that is not bytes, is raised; what was read is kept."""

    def breaks():
        yield b"x"
        raise LookupError("no more")

    with pytest.raises(LookupError, match="no more"):
        explorer.post("/up", content=breaks())
    assert explorer.history[-1].spec.body == b"x"
    with pytest.raises(RequestError, match="yielded an item of type str"):
        explorer.post("/up", content=iter(["text"]))


def test_the_generator_is_closed(explorer: Explorer) -> None:
    """A generator that is not read to its end is closed."""
    closed = []

    def content():
        try:
            while True:
                yield b"x"
        finally:
            closed.append("sync")

    async def async_content():
        try:
            while True:
                yield b"x"
        finally:
            closed.append("async")

    explorer.post("/first", content=content())
    explorer.post("/first", content=async_content())
    until_s = time.monotonic() + 30
    while len(closed) < 2 and time.monotonic() < until_s:
        time.sleep(0.01)
    assert sorted(closed) == ["async", "sync"]
