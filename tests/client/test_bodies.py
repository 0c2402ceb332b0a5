"""Request bodies: given whole where they are short and known, else in pieces as the app asks for them."""

import contextlib
import io
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest

from ipyasgi.client.bodies import WHOLE_BYTES
from ipyasgi.protocol.errors import RequestError
from ipyasgi.testclient import TestClient

from .conftest import Make
from .replies import becomes_true, reply

CHUNK = b"x" * 1000
THIS_FILE = str(Path(__file__).resolve())


@pytest.fixture
def client_of(client_of: Make) -> Make:
    """Give the maker of clients, for apps that know nothing of a lifespan."""

    def make_one(app: Any, **options: Any) -> TestClient:
        return client_of(app, lifespan="off", **options)

    return make_one


async def count(scope: Any, receive: Any, send: Any) -> None:
    """Answer with the size of each message of the request."""
    sizes = []
    more = True
    while more:
        message = await receive()
        sizes.append(len(message["body"]))
        more = message.get("more_body", False)
    await reply(send, sizes)


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answer each piece of the request as it comes, in capitals."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        await send({"type": "http.response.body", "body": message["body"].upper(), "more_body": True})
        more = message.get("more_body", False)
    await send({"type": "http.response.body"})


@pytest.mark.parametrize("content", [b"", b"abc", "äö", io.BytesIO(b"x" * 5000)])
def test_a_short_body_of_known_length_comes_whole(client_of: Make, content: Any) -> None:
    """Bytes, text and short files are one message, as with Starlette's client."""
    assert len(client_of(count).post("/", content=content).json()) == 1


def test_a_short_form_with_a_file_comes_whole(client_of: Make) -> None:
    """A multipart body below the bound is one message too."""
    assert len(client_of(count).post("/", files={"f": b"1234"}, data={"a": "b"}).json()) == 1


def test_a_long_file_comes_in_pieces(client_of: Make) -> None:
    """A body over the limit is read as the app receives it, in pieces of at most 64 KiB and an end message."""
    sizes = client_of(count).post("/", content=io.BytesIO(b"x" * (WHOLE_BYTES + 1))).json()
    assert sum(sizes) == WHOLE_BYTES + 1
    assert max(sizes) <= 64 * 1024
    assert sizes[-1] == 0


def test_a_generator_is_read_off_the_loop(client_of: Make) -> None:
    """Each item of an iterator is one message; it runs neither on the loop's thread nor before the app asks."""
    seen: list[str] = []

    def items() -> Iterator[bytes]:
        seen.append(threading.current_thread().name)
        yield b"a" * 3
        yield b"b" * 4

    assert client_of(count).post("/", content=items()).json() == [3, 4, 0]
    assert not seen[0].startswith("ipyasgi-loop")


def test_an_asynchronous_iterator_from_a_thread(client_of: Make) -> None:
    """A synchronous client sends an asynchronous iterator too; it runs on a loop of its own, gone afterwards."""
    seen: list[threading.Thread] = []

    async def items() -> AsyncIterator[bytes]:
        seen.append(threading.current_thread())
        yield b"a" * 3
        await anyio.sleep(0.001)
        yield b"b" * 4

    client = client_of(count)
    assert client.post("/", content=items()).json() == [3, 4, 0]
    assert seen[0] is not client._runner.loops.current().thread
    assert becomes_true(lambda: not seen[0].is_alive())


def test_both_directions_at_once(client_of: Make) -> None:
    """The app responds to the first piece before the second one exists."""
    answered = threading.Event()

    def items() -> Iterator[bytes]:
        yield b"one"
        assert answered.wait(5)
        yield b"two"

    with client_of(echo).stream("POST", "/", content=items()) as response:
        pieces = response.iter_raw()
        assert next(pieces) == b"ONE"
        answered.set()
        assert list(pieces) == [b"TWO"]


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("app", [count, echo])
def test_what_the_body_raises_is_raised(client_of: Make, app: Any, stream: bool) -> None:
    """An exception of the iterator is raised itself; the app gets a disconnect."""
    told = []

    def items() -> Iterator[bytes]:
        yield b"x"
        raise ValueError("mine")

    async def watched(scope: Any, receive: Any, send: Any) -> None:
        async def noting() -> Any:
            message = await receive()
            told.append(message["type"])
            return message

        await app(scope, noting, send)

    client = client_of(watched)
    with pytest.raises(ValueError, match="mine"):
        if stream:
            with client.stream("POST", "/", content=items()) as response:
                response.read()
        else:
            client.post("/", content=items())
    assert told == ["http.request", "http.disconnect"]


@pytest.mark.usefixtures("patient", "short_cleanup")
def test_an_app_that_ignores_the_broken_body_is_ended(client_of: Make) -> None:
    """An app that does not end after an exception of the body does not block the caller."""
    ended = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        try:
            await receive()
            await receive()
            await anyio.sleep_forever()
        finally:
            ended.append(True)

    def items() -> Iterator[bytes]:
        yield b"x"
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        client_of(app).post("/", content=items())
    assert ended == [True]


def test_text_is_not_bytes(client_of: Make) -> None:
    """An iterator of str raises an error with a remedy."""
    with pytest.raises(RequestError, match=r"type str, not bytes: encode it first"):
        client_of(count).post("/", content=iter(["text"]))


@pytest.mark.parametrize("kind", ["iterator", "asynchronous"])
def test_a_body_that_nobody_reads_is_closed(client_of: Make, kind: str) -> None:
    """An app that responds without reading leaves the iterator unread; a started generator is closed at once."""
    closed = threading.Event()

    def items() -> Iterator[bytes]:
        try:
            while True:
                yield CHUNK
        finally:
            closed.set()

    async def items_async() -> AsyncIterator[bytes]:
        with contextlib.closing(items()) as source:
            for item in source:
                yield item

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await reply(send)

    response = client_of(app).post("/", content=items() if kind == "iterator" else items_async())
    assert response.status_code == 200
    assert closed.wait(3), f"although {response} still holds the request"


def test_a_body_that_nobody_began_goes_on_with_a_redirect(client_of: Make) -> None:
    """An app that redirects without a look at the body leaves it whole for the next request."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/":
            await reply(send, status=307, headers=[(b"location", b"/next")])
        else:
            await count(scope, receive, send)

    assert sum(client_of(app).post("/", content=(CHUNK for _ in range(3))).json()) == 3 * len(CHUNK)


def test_a_reader_that_leaves_ends_a_waiting_body(client_of: Make) -> None:
    """Leaving the response wakes an app that waits for more of the request, although the iterator is blocked."""
    release = threading.Event()
    told = threading.Event()

    def items() -> Iterator[bytes]:
        yield b"one"
        release.wait(10)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await receive()
        await send({"type": "http.response.body", "body": b"1", "more_body": True})
        message = await receive()
        if message["type"] == "http.disconnect":
            told.set()

    try:
        with client_of(app).stream("POST", "/", content=items()) as response:
            assert next(response.iter_raw()) == b"1"
        assert told.wait(3)
    finally:
        release.set()


def test_no_read_deadline_while_the_body_waits(client_of: Make) -> None:
    """The gap that ``timeout`` bounds is the app's: a slow iterator of the caller's does not count."""

    def items() -> Iterator[bytes]:
        yield b"a"
        threading.Event().wait(2.5)
        yield b"b"

    assert client_of(count).post("/", content=items(), timeout=2).json() == [1, 1, 0]


def test_a_whole_body_for_who_needs_one(make: Make) -> None:
    """Authentication that needs the whole body raises an error for the other kind of iterator."""
    from ipyasgi.client.httpx import httpx

    class NeedsBody(httpx.Auth):
        requires_request_body = True

        def auth_flow(self, request: Any) -> Any:
            yield request

    async def items() -> AsyncIterator[bytes]:
        yield b"x"

    with pytest.raises(RequestError, match="give bytes"):
        make(count).post("/", content=items(), auth=NeedsBody())


def test_extensions_are_offered_when_asked_for(client_of: Make) -> None:
    """Early hints, pushes and sent files reach the response of a client that offers them."""
    offered = ["http.response.early_hint", "http.response.push", "http.response.pathsend"]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert set(offered) <= set(scope["extensions"])
        await send({"type": "http.response.early_hint", "links": [b"</a.css>; rel=preload"]})
        await send({"type": "http.response.push", "path": "/a.css", "headers": [(b"accept", b"text/css")]})
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.pathsend", "path": THIS_FILE})

    response: Any = client_of(app, extensions=offered).get("/")
    assert response.early_hints == ("</a.css>; rel=preload",)
    assert [(push.path, push.headers) for push in response.pushes] == [("/a.css", ((b"accept", b"text/css"),))]
    assert response.text.startswith('"""Request bodies')


def test_extensions_are_not_offered_by_themselves(client_of: Make) -> None:
    """Without being asked for there are only the two that Starlette's client offers."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await reply(send, sorted(scope["extensions"]))

    assert client_of(app).get("/").json() == ["http.response.debug", "http.response.trailers"]
    with pytest.raises(RequestError, match=r"unknown extensions tls: choose from http\.response\.early_hint"):
        TestClient(app, extensions=["tls"])


def test_debug_information_after_the_start_of_a_stream(client_of: Make) -> None:
    """Debug information that an app sends while streaming is on the response too."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"a", "more_body": True})
        await send({"type": "http.response.debug", "info": {"template": "t.html", "context": {"a": 1}}})
        await send({"type": "http.response.body"})

    with client_of(app).stream("GET", "/") as response:
        assert not hasattr(response, "template")
        response.read()
    assert (response.template, response.context) == ("t.html", {"a": 1})


def test_server_sent_events_as_they_come(client_of: Make) -> None:
    """``iter_sse`` yields each event once it is complete, while the app runs."""
    go_on = threading.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
        await send({"type": "http.response.body", "body": b"data: on", "more_body": True})
        await send({"type": "http.response.body", "body": b"e\n\ndata: tw", "more_body": True})
        await anyio.to_thread.run_sync(go_on.wait, 5)
        await send({"type": "http.response.body", "body": b"o\n\n"})

    with client_of(app).stream("GET", "/") as response:
        events = response.iter_sse()
        assert next(events).data == "one"
        go_on.set()
        assert [event.data for event in events] == ["two"]
