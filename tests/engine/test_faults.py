"""`Faults`: what the app receives, what is left of its response, and what the record says."""

import asyncio
import json
from typing import Any

import pytest

from ipyasgi import AsyncTestClient, CallOptions, Explorer, Faults, TestClient
from ipyasgi.engine.background_loop import BackgroundLoop
from ipyasgi.engine.faults import FaultyCycle
from ipyasgi.errors import RequestError

from .calls import START, body, http_scope


def began(app: Any, loop: BackgroundLoop, content: Any = b"", *, method: str = "POST", **faults: Any) -> FaultyCycle:
    cycle = FaultyCycle(app, http_scope(method), content, loop, faults=Faults(**faults), record=True)
    cycle.begin()
    cycle.wait_response()
    return cycle


async def read_all(receive: Any) -> list[dict[str, Any]]:
    messages = [await receive()]
    while messages[-1].get("more_body"):
        messages.append(await receive())
    return messages


def echo(seen: list[Any]) -> Any:
    async def app(scope, receive, send):
        seen.extend(await read_all(receive))
        await send(START)
        await send(body(b"done"))
        seen.append(await receive())

    return app


@pytest.mark.parametrize(
    ("content", "split", "pieces"),
    [
        (b"abcdefgh", 3, [b"abc", b"def", b"gh"]),
        (b"abcdef", 3, [b"abc", b"def"]),
        (b"abc", 5, [b"abc"]),
        (b"", 3, [b""]),
        (b"abc", 0, [b"abc"]),
    ],
)
def test_split(loop: BackgroundLoop, content: bytes, split: int, pieces: list[bytes]) -> None:
    """The body comes in messages of so many bytes, the last one without more to come, then the disconnect."""
    seen: list[Any] = []
    cycle = began(echo(seen), loop, content, split=split)
    assert [message["body"] for message in seen[:-1]] == pieces
    assert [message["more_body"] for message in seen[:-1]] == [True] * (len(pieces) - 1) + [False]
    assert seen[-1] == {"type": "http.disconnect"}
    assert (cycle.status, cycle.content(), cycle.left) == (200, b"done", False)


def test_split_of_an_iterator(loop: BackgroundLoop, body_of: Any) -> None:
    """A body that is read while it is sent comes in such pieces too, and in the same order."""
    seen: list[Any] = []
    began(echo(seen), loop, body_of(iter([b"abcd", b"efg"]), loop), split=3)
    assert [message["body"] for message in seen[:-1]] == [b"abc", b"d", b"efg", b""]


def test_a_large_body_in_pieces_of_a_byte(loop: BackgroundLoop) -> None:
    """A body never makes more than 10,000 messages."""
    seen: list[Any] = []
    began(echo(seen), loop, b"x" * 1_000_000, split=1)
    assert len(seen) - 1 == 10_000


def test_slow_up_and_down(loop: BackgroundLoop) -> None:
    """Each message of the body comes after a pause, and each of the response takes one; the record has the times."""
    cycle = began(echo([]), loop, b"abcd", split=2, slow_up_s=0.02, slow_down_s=0.03)
    assert cycle.run is not None
    at_ms = [event.at_ns / 1e6 for event in cycle.run.events]
    assert at_ms[0] >= 20
    assert at_ms[1] - at_ms[0] >= 20
    assert cycle.run.duration_ns / 1e6 >= 20 + 20 + 30


def test_a_pause_is_no_silence_of_the_app(loop: BackgroundLoop) -> None:
    """The longest time between two messages of the app does not include the client's pauses."""
    cycle = FaultyCycle(echo([]), http_scope("POST"), b"a", loop, faults=Faults(slow_up_s=2))
    cycle.begin()
    cycle.wait_response(gap_s=1.5)
    assert cycle.complete


def stream(seen: list[Any], count: int = 10) -> Any:
    async def app(scope, receive, send):
        await read_all(receive)
        await send(START)
        for number in range(count):
            await send(body(b"%d," % number, more=number < count - 1))
        seen.append(await receive())

    return app


@pytest.mark.parametrize(("after", "content"), [(0, b""), (1, b"0,"), (3, b"0,1,2,")])
@pytest.mark.parametrize("sent", [b"", b"abc"])
def test_leave(loop: BackgroundLoop, after: int, content: bytes, sent: bytes) -> None:
    """After so many messages the app receives a disconnect, and what it goes on to send is lost."""
    seen: list[Any] = []
    cycle = began(stream(seen), loop, sent, leave_after=after)
    assert (cycle.status, cycle.content(), cycle.left, cycle.complete) == (200, content, True, False)
    assert seen == [{"type": "http.disconnect"}]
    assert (cycle.violations, cycle.exception, cycle.outcome) == ([], None, "returned")
    assert cycle.run is not None
    assert cycle.run.cut_off_ns is not None


def test_a_response_that_is_complete_before(loop: BackgroundLoop) -> None:
    """A response of no more messages than that is complete: nothing is cut off."""
    cycle = began(stream([], 3), loop, leave_after=3)
    assert (cycle.content(), cycle.left, cycle.complete) == (b"0,1,2,", False, True)
    assert cycle.run is not None
    assert cycle.run.cut_off_ns is None


def test_an_app_that_waits_for_the_disconnect(loop: BackgroundLoop) -> None:
    """An app that is inside `receive` when the client leaves is woken."""
    if loop.backend == "trio":
        pytest.skip("the app uses asyncio")

    async def app(scope, receive, send):
        await read_all(receive)
        await send(START)
        left = asyncio.ensure_future(receive())
        while not left.done():
            await send(body(b"x", more=True))
            await asyncio.sleep(0)

    assert began(app, loop, leave_after=5).content() == b"x" * 5


async def headers_app(scope, receive, send):
    names = b",".join(name for name, _ in scope["headers"])
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for name in names.split(b","):
        await send({"type": "http.response.body", "body": name + b" ", "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def test_the_clients() -> None:
    """Both test clients take them as an option of a request; a streamed response ends where the client left."""
    options = {"ipyasgi.options": CallOptions(faults=Faults(lose=("X-Key",), leave_after=2))}
    with TestClient(headers_app, lifespan="off") as client:
        assert client.get("/", headers={"X-Key": "1"}, extensions=options).text == "host accept "
        with client.stream("GET", "/", extensions=options) as response:
            assert b"".join(response.iter_bytes()) == b"host accept "
        assert "x-key" in client.get("/", headers={"X-Key": "1"}).text

    async def ask() -> str:
        async with AsyncTestClient(headers_app, lifespan="off") as client:
            return (await client.get("/", extensions=options)).text

    assert asyncio.run(ask()) == "host accept "


def test_the_explorer() -> None:
    """The exchange is marked, a replay has the same faults, and only pytest can say them."""
    with Explorer(headers_app, lifespan="off") as explorer:
        faults = Faults(split=3, slow_up_s=0.001, leave_after=2, lose="X-Key")
        exchange = explorer.post("/", headers={"X-Key": "1"}, content=b"abcd", faults=faults)
        assert "faults: split 3 B, slow up 1 ms, leave after 2, lose X-Key" in exchange.to_text()
        assert "note: the client left after" in exchange.to_text()
        assert exchange.outcome == "200 OK, cut off"
        assert exchange.to_dict()["faults"] == {
            "split": 3,
            "slow_up_s": 0.001,
            "leave_after": 2,
            "lose": ["X-Key"],
        }
        assert json.loads(json.dumps(exchange.to_dict())) == exchange.to_dict()
        assert explorer.replay("r1").faults == faults
        assert explorer.recheck("r1").ok
        assert [explorer.get("/").faults, "faults" in explorer.get("/").to_dict()] == [None, False]
        for form in ("curl", "http", "httpx"):
            with pytest.raises(RequestError, match=r"r1 was sent with Faults \(split 3 B.*export it as pytest"):
                getattr(exchange, f"to_{form}")()
        assert '"_faults"' in exchange.to_har()
        names: dict[str, Any] = {}
        code = exchange.to_pytest()
        assert 'CallOptions(faults=Faults(split=3, slow_up_s=0.001, leave_after=2, lose=("X-Key",)))' in code
        exec(code.replace("from main import app", "app = None"), names)
        with TestClient(headers_app, lifespan="off") as client:
            names["test_post_root"](client)


def test_the_client_leaves_before_any_response() -> None:
    """An app that sends nothing once the client has left: the exchange says that there was no response."""

    async def app(scope, receive, send):
        await receive()
        assert await receive() == {"type": "http.disconnect"}

    with Explorer(app, lifespan="off") as explorer:
        exchange = explorer.get("/", faults=Faults(leave_after=0))
        assert not exchange.answered
        assert exchange.violations == ()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"split": -1}, "give a number from 0"),
        ({"split": True}, "give a number"),
        ({"leave_after": 1.5}, "give a number"),
        ({"slow_up_s": -0.1}, "give seconds"),
        ({"slow_down_s": float("nan")}, "give seconds"),
        ({"slow_down_s": float("inf")}, "give seconds"),
        ({"lose": ("",)}, "give names of headers"),
    ],
)
def test_impossible_values(given: dict[str, Any], said: str) -> None:
    """A value that is not possible is refused when the `Faults` are made."""
    with pytest.raises(RequestError, match=said):
        Faults(**given)


def test_repr() -> None:
    """The repr is the code that makes it, of what was given only."""
    assert repr(Faults(split=3, lose="X-Key")) == "Faults(split=3, lose=('X-Key',))"
    assert repr(Faults()) == "Faults()"
