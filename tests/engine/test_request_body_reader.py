"""Request bodies as the app reads them: in pieces, at its own pace, during the response, and partly."""

import math
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import anyio
import pytest

from ipyasgi.engine.background_loop import BackgroundLoop
from ipyasgi.engine.request_body import PIECE_BYTES, IteratorBody, RequestBody
from ipyasgi.protocol.errors import DeadlineError

from .calls import START, answers_after_one, answers_at_once, becomes_true, body, posted, read_all

MakeBody = Callable[[Any, BackgroundLoop], RequestBody]


async def leaves_after_one(scope: Any, receive: Any, send: Any) -> None:
    await receive()


async def raises_after_one(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    raise ValueError


def test_each_item_is_a_message(loop: BackgroundLoop, body_of: MakeBody) -> None:
    """Every item that is not empty comes in a message of its own, then an empty one ends the body."""
    items = [b"a", b"", bytearray(b"b"), b"", memoryview(b"c")]
    cycle = posted(read_all, loop, body_of(items, loop))
    cycle.wait_response()
    assert cycle.content() == b"abc"
    assert cycle.scope["state"]["seen"] == [
        *({"type": "http.request", "body": data, "more_body": True} for data in (b"a", b"b", b"c")),
        {"type": "http.request", "body": b"", "more_body": False},
    ]


def test_a_long_item_comes_in_pieces(loop: BackgroundLoop, body_of: MakeBody) -> None:
    """No message holds more than servers hand over at once."""
    data = bytes(range(256)) * (PIECE_BYTES // 256) * 2 + b"rest"
    cycle = posted(read_all, loop, body_of([data], loop))
    cycle.wait_response()
    assert cycle.content() == data
    assert [len(m["body"]) for m in cycle.scope["state"]["seen"]] == [PIECE_BYTES, PIECE_BYTES, 4, 0]


def test_nothing_is_read_ahead_of_the_app(loop: BackgroundLoop, body_of: MakeBody) -> None:
    """The iterator is stepped when the app asks, and not before: the app's pace is the backpressure."""
    stepped: list[int] = []
    turn = threading.Semaphore(0)

    def items() -> Iterator[bytes]:
        for number in range(5):
            stepped.append(number)
            yield b"%d" % number

    async def app(scope, receive, send):
        for _ in range(3):
            while not turn.acquire(blocking=False):
                await anyio.sleep(0.001)
            await receive()
            scope["state"]["read"] = scope["state"].get("read", 0) + 1
        await send(START)
        await send(body())

    cycle = posted(app, loop, body_of(items(), loop))
    for read in range(3):
        time.sleep(0.03)
        assert stepped == list(range(read))
        turn.release()
        assert becomes_true(lambda read=read: cycle.scope["state"].get("read") == read + 1)
    cycle.wait_response()
    assert stepped == [0, 1, 2]


def test_asking_for_a_moment_only_loses_nothing(loop: BackgroundLoop, body_of: MakeBody, may_block: None) -> None:
    """A receive() that is cancelled, at once or while it waits, leaves the piece to the next one."""

    def items() -> Iterator[bytes]:
        for number in range(3):
            time.sleep(0.05)
            yield b"%d" % number

    async def app(scope, receive, send):
        for wait_s in (0, 0.01, 0, 0.01):
            with anyio.move_on_after(wait_s):
                await receive()
        await read_all(scope, receive, send)

    cycle = posted(app, loop, body_of(items(), loop))
    cycle.wait_response()
    assert cycle.content() == b"012"


def test_asking_without_waiting_takes_nothing(loop: BackgroundLoop) -> None:
    """A receive() inside a scope that is cancelled already takes no piece, although one is there."""

    async def app(scope, receive, send):
        await receive()
        with anyio.CancelScope() as over:
            over.cancel()
            await receive()
        await read_all(scope, receive, send)

    cycle = posted(app, loop, IteratorBody([b"x" * (2 * PIECE_BYTES) + b"y"]))
    cycle.wait_response()
    assert cycle.content() == b"x" * PIECE_BYTES + b"y"


def test_two_tasks_may_receive_at_once(loop: BackgroundLoop, body_of: MakeBody) -> None:
    """Two tasks share the pieces in order; one gets the end, the other one the disconnect."""
    got: list[Any] = []

    async def app(scope, receive, send):
        read = anyio.Event()

        async def drain() -> None:
            while True:
                message = await receive()
                got.append(message.get("body", message["type"]))
                if not message.get("more_body"):
                    read.set()
                    return

        async with anyio.create_task_group() as group:
            group.start_soon(drain)
            group.start_soon(drain)
            await read.wait()
            await send(START)
            await send(body())

    cycle = posted(app, loop, body_of([b"%d" % n for n in range(20)], loop))
    cycle.wait_response(gap_s=20)
    assert got == [*(b"%d" % n for n in range(20)), b"", "http.disconnect"]


def test_the_response_is_sent_while_the_request_is_read(
    loop: BackgroundLoop, body_of: MakeBody, may_block: None
) -> None:
    """Full duplex: the app responds to each piece of the request before the next one is made."""
    answers: list[bytes] = []

    def items() -> Iterator[bytes]:
        for number in range(3):
            assert becomes_true(lambda number=number: len(answers) == number)
            yield b"%d" % number

    async def app(scope, receive, send):
        await send(START)
        while (message := await receive()).get("more_body"):
            await send(body(message["body"] * 2, more=True))
        await send(body())

    cycle = posted(app, loop, body_of(items(), loop), stream=True)
    cycle.wait_response()
    for chunk in cycle.iter_chunks(gap_s=20):
        answers.append(chunk)  # noqa: PERF402  (the iterator watches it grow)
    assert answers == [b"00", b"11", b"22"]
    assert cycle.wait_ended(20)


@pytest.mark.serial
def test_the_pause_of_the_body_is_under_no_read_deadline(loop: BackgroundLoop, body_of: MakeBody) -> None:
    """A read deadline is paused while the app awaits the client, and continues afterwards."""

    def items() -> Iterator[bytes]:
        time.sleep(1.5)
        yield b"x"

    cycle = posted(read_all, loop, IteratorBody(items()))
    cycle.wait_response(gap_s=1)
    assert cycle.content() == b"x"

    async def reads_then_sleeps(scope, receive, send):
        await receive()
        await anyio.sleep(10)

    slow = posted(reads_then_sleeps, loop, body_of([b"x"], loop))
    with pytest.raises(DeadlineError):
        slow.wait_response(gap_s=0.4)
    assert slow._last_message_s != math.inf


@pytest.mark.serial
def test_what_is_sent_while_another_task_awaits_the_body_starts_no_deadline(
    loop: BackgroundLoop, body_of: MakeBody, may_block: None
) -> None:
    """A read deadline is paused while any task of the app awaits the client, even if others send."""

    def items() -> Iterator[bytes]:
        time.sleep(1.5)
        yield b"x"

    async def app(scope, receive, send):
        await send(START)
        async with anyio.create_task_group() as group:
            group.start_soon(receive)
            await anyio.sleep(0.05)
            await send(body(b"a", more=True))
        await send(body(b"b"))

    cycle = posted(app, loop, body_of(items(), loop))
    cycle.wait_response(gap_s=1)
    assert cycle.content() == b"ab"


@pytest.mark.parametrize("app", [answers_after_one, leaves_after_one, raises_after_one])
def test_a_body_that_is_not_read_to_its_end_is_closed(loop: BackgroundLoop, body_of: MakeBody, app: Any) -> None:
    """However the app leaves, the rest is never pulled, and the generator is closed off the app's loop."""
    steps: list[Any] = []

    def items() -> Iterator[bytes]:
        try:
            for number in range(3):
                steps.append(number)
                yield b"x"
        finally:
            steps.append(("closed on the loop", loop.is_own_thread()))

    generator = items()
    posted(app, loop, body_of(generator, loop)).wait_response(gap_s=20)
    assert becomes_true(lambda: len(steps) == 2)
    assert steps == [0, ("closed on the loop", False)]


def test_a_begun_generator_that_nobody_asks_for_is_closed(loop: BackgroundLoop) -> None:
    """An app that responds without receiving reads nothing, and the generator is closed."""
    steps: list[str] = []

    def items() -> Iterator[bytes]:
        try:
            yield b"a"
            steps.append("pulled")
            yield b"b"
        finally:
            steps.append("closed")

    generator = items()
    next(generator)
    cycle = posted(answers_at_once, loop, IteratorBody(generator))
    cycle.wait_response()
    assert cycle.content() == b"enough"
    assert becomes_true(lambda: steps)
    assert steps == ["closed"]


@pytest.mark.usefixtures("patient")
def test_leaving_while_the_iterator_waits(loop: BackgroundLoop, body_of: MakeBody, may_block: None) -> None:
    """Leaving does not wait for a step: the app gets a disconnect at once, and the generator closes later."""
    steps: list[str] = []
    turn = threading.Event()

    def items() -> Iterator[bytes]:
        try:
            yield b"x"
            steps.append("waits")
            turn.wait(20)
            yield b"never read"
        finally:
            steps.append("closed")

    async def app(scope, receive, send):
        await receive()
        await send(START)
        steps.append((await receive())["type"])

    generator = items()  # held here, or it would be closed as garbage
    cycle = posted(app, loop, body_of(generator, loop), stream=True)
    cycle.wait_response()
    assert becomes_true(lambda: steps == ["waits"])
    cycle.finish()
    assert (steps, cycle.outcome) == (["waits", "http.disconnect"], "returned")
    time.sleep(0.05)  # until the body was told to close, in vain so far
    turn.set()
    assert becomes_true(lambda: steps[2:] == ["closed"])


def test_the_messages_are_recorded(loop: BackgroundLoop) -> None:
    """The record shows each message of the request."""
    cycle = posted(read_all, loop, IteratorBody([b"a", b"b"]), record=True)
    cycle.wait_response()
    assert cycle.run is not None
    requests = [event for event in cycle.run.events if event.direction == "receive"]
    assert [(event.message["body"], event.message["more_body"]) for event in requests] == [
        (b"a", True),
        (b"b", True),
        (b"", False),
    ]
