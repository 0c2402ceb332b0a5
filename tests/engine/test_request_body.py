"""Where the pieces of request bodies come from: iterators of either kind, what they see, and how they end."""

import asyncio
import concurrent.futures
import contextvars
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import anyio
import pytest

from ipyasgi.engine.background_loop import BackgroundLoop
from ipyasgi.engine.loops import Backend
from ipyasgi.engine.request_body import AsyncIteratorBody, IteratorBody, RequestBody
from ipyasgi.protocol.errors import RequestError

from .calls import START, answers_after_one, becomes_true, body, posted, read_all

MakeBody = Callable[[Any, BackgroundLoop], RequestBody]


@pytest.mark.parametrize("items", [[], [b""], iter(()), (b"" for _ in range(3))])
def test_a_body_without_content(loop: BackgroundLoop, items: Any) -> None:
    """A body that yields nothing, or only nothing, is one empty last message."""
    cycle = posted(read_all, loop, IteratorBody(items))
    cycle.wait_response()
    assert cycle.scope["state"]["seen"] == [{"type": "http.request", "body": b"", "more_body": False}]


def test_a_reused_buffer_is_copied(loop: BackgroundLoop, body_of: MakeBody) -> None:
    """An iterator may fill the same buffer again and again."""

    def items() -> Iterator[bytearray]:
        buffer = bytearray(1)
        for letter in b"abc":
            buffer[0] = letter
            yield buffer
        buffer[0] = 0

    cycle = posted(read_all, loop, body_of(items(), loop))
    cycle.wait_response()
    assert cycle.content() == b"abc"


def test_the_iterator_runs_in_the_callers_context_off_the_loop(loop: BackgroundLoop, body_of: MakeBody) -> None:
    """It sees the caller's context variables, not the app's, and never runs on the app's thread."""
    whose = contextvars.ContextVar("whose", default="nobody's")
    seen: list[tuple[str, bool]] = []

    def items() -> Iterator[bytes]:
        for _ in range(2):
            seen.append((whose.get(), loop.is_own_thread()))
            yield b"x"

    async def app(scope, receive, send):
        whose.set("the app's")
        await read_all(scope, receive, send)

    whose.set("the caller's")
    request_body = body_of(items(), loop)
    whose.set("nobody's again")
    posted(app, loop, request_body).wait_response()
    assert seen == [("the caller's", False)] * 2


def test_an_async_iterable_is_one_task(loop: BackgroundLoop, source: BackgroundLoop) -> None:
    """A cancel scope may stay open from one item to the next, because one task makes all the steps."""

    async def items() -> AsyncIterator[bytes]:
        async with anyio.create_task_group() as group:
            group.start_soon(anyio.sleep, 0)
            with anyio.fail_after(20):
                yield b"a"
                await anyio.sleep(0.01)
                yield b"b"

    cycle = posted(read_all, loop, AsyncIteratorBody(items(), source, loop))
    cycle.wait_response()
    assert (cycle.content(), cycle.source_error) == (b"ab", None)


def test_a_waiting_iterator_holds_up_nobody_else(loop: BackgroundLoop, body_of: MakeBody, may_block: None) -> None:
    """While one body waits, the loop serves other requests; the waiting one continues afterwards."""
    turn = threading.Event()

    def items() -> Iterator[bytes]:
        assert turn.wait(5)
        yield b"late"

    waiting = posted(read_all, loop, body_of(items(), loop))
    other = posted(read_all, loop, IteratorBody([b"soon"]))
    other.wait_response(gap_s=20)
    assert (other.content(), waiting.ended) == (b"soon", False)
    turn.set()
    waiting.wait_response()
    assert waiting.content() == b"late"


@pytest.mark.parametrize(("item", "named"), [("text", "str"), (1, "int"), (None, "NoneType"), ([b"x"], "list")])
def test_an_item_that_is_not_bytes(loop: BackgroundLoop, body_of: MakeBody, item: Any, named: str) -> None:
    """The error names the type and a remedy; the app gets a disconnect."""
    cycle = posted(read_all, loop, body_of([b"first", item], loop))
    cycle.wait_response()
    assert isinstance(cycle.source_error, RequestError)
    assert named in str(cycle.source_error)
    assert ("encode" in str(cycle.source_error)) == (named == "str")
    assert [m["type"] for m in cycle.scope["state"]["seen"]] == ["http.request", "http.disconnect"]


@pytest.mark.parametrize(
    ("raised", "kept"),
    [
        (OSError("torn"), OSError),
        (KeyboardInterrupt(), KeyboardInterrupt),
        (SystemExit(3), SystemExit),
        (StopIteration(), RuntimeError),
        (concurrent.futures.CancelledError(), concurrent.futures.CancelledError),
        (asyncio.CancelledError(), concurrent.futures.CancelledError),
    ],
)
def test_an_iterator_that_raises(
    loop: BackgroundLoop, body_of: MakeBody, raised: BaseException, kept: type[BaseException]
) -> None:
    """The exception of a body is kept for the caller; the app receives ``http.disconnect``; the loop still runs."""
    received: list[str] = []

    def items() -> Iterator[bytes]:
        yield b"x"
        raise raised

    async def app(scope, receive, send):
        received.extend([(await receive())["type"] for _ in range(4)])
        await send(START)
        await send(body(b"goes nowhere"))

    cycle = posted(app, loop, body_of(items(), loop), stream=True)
    cycle.wait_response(gap_s=20)
    assert isinstance(cycle.source_error, kept)
    assert received == ["http.request", *["http.disconnect"] * 3]
    assert cycle.wait_ended(20)
    assert cycle.outcome == "returned"
    after = posted(read_all, loop, IteratorBody([b"still here"]))
    after.wait_response(gap_s=20)
    assert after.content() == b"still here"


def test_what_is_not_iterable(loop: BackgroundLoop, source: BackgroundLoop) -> None:
    """An object that cannot be iterated is an error of the caller's, kept like one that an iterator raised."""
    things: list[RequestBody] = [IteratorBody(1), AsyncIteratorBody([b"x"], source, loop)]
    for thing in things:
        cycle = posted(read_all, loop, thing)
        cycle.wait_response(gap_s=20)
        assert isinstance(cycle.source_error, TypeError)


def test_a_source_loop_that_is_closed(loop: BackgroundLoop) -> None:
    """Where the iterable's own loop ends first, the body breaks off instead of never coming."""
    source = BackgroundLoop(name="ipyasgi-loop (source)")

    async def items() -> AsyncIterator[bytes]:
        yield b"x"
        await anyio.sleep_forever()

    async def app(scope, receive, send):
        await receive()
        scope["state"]["began"] = True
        await read_all(scope, receive, send)

    cycle = posted(app, loop, AsyncIteratorBody(items(), source, loop))
    assert becomes_true(lambda: "began" in cycle.scope["state"])
    source.close()
    cycle.wait_response(gap_s=20)
    assert isinstance(cycle.source_error, concurrent.futures.CancelledError)
    late = posted(read_all, loop, AsyncIteratorBody(items(), source, loop))
    late.wait_response(gap_s=20)
    assert isinstance(late.source_error, RuntimeError)


def test_an_iterator_that_is_no_generator_is_left_as_it_is(loop: BackgroundLoop, tmp_path: Any) -> None:
    """A file given as a body stays open for the caller."""
    path = tmp_path / "lines"
    path.write_bytes(b"a\nb\n")
    with path.open("rb") as file:
        posted(answers_after_one, loop, IteratorBody(file)).wait_response()
        time.sleep(0.05)
        assert (file.closed, file.read()) == (False, b"b\n")


def test_an_async_iterable_is_cancelled_with_the_call(loop: BackgroundLoop, source: BackgroundLoop) -> None:
    """A call that is ended from outside ends the wait of its body too, whose cleanup may await."""
    steps: list[str] = []

    async def items() -> AsyncIterator[bytes]:
        try:
            steps.append("waits")
            await anyio.sleep_forever()
            yield b""
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.sleep(0.01)
                steps.append("closed")

    cycle = posted(read_all, loop, AsyncIteratorBody(items(), source, loop))
    assert becomes_true(lambda: steps)
    assert cycle.abort()
    assert becomes_true(lambda: steps == ["waits", "closed"])
    assert cycle.outcome == "cancelled"


def test_a_generator_that_fails_as_it_closes(loop: BackgroundLoop, body_of: MakeBody) -> None:
    """An exception of the body after the response has no effect."""
    closing = threading.Event()

    def items() -> Iterator[bytes]:
        try:
            yield b"x"
        finally:
            closing.set()
            raise ValueError

    cycle = posted(answers_after_one, loop, body_of(items(), loop))
    cycle.wait_response()
    assert (cycle.content(), cycle.source_error) == (b"enough", None)
    assert becomes_true(closing.is_set)


def test_endless_empty_items_can_be_cancelled(loop: BackgroundLoop, body_of: MakeBody) -> None:
    """An iterator of endless empty items does not block the loop or the caller."""

    def items() -> Iterator[bytes]:
        while True:
            yield b""

    cycle = posted(read_all, loop, body_of(items(), loop))
    time.sleep(0.05)
    assert cycle.abort()
    assert cycle.outcome == "cancelled"


@pytest.mark.serial
def test_a_loop_that_ends_takes_its_bodies_along(backend: Backend, may_block: None) -> None:
    """Closing the app's loop waits for no iterator, however long its step takes."""
    loop = BackgroundLoop(backend=backend)
    turn = threading.Event()

    def items() -> Iterator[bytes]:
        turn.wait(20)
        yield b"x"

    cycle = posted(read_all, loop, IteratorBody(items()))
    time.sleep(0.05)
    before = time.monotonic()
    loop.close()
    assert time.monotonic() - before < 10
    assert (loop.thread.is_alive(), cycle.wait_ended(20)) == (False, True)
    turn.set()
