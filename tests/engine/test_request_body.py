"""Request bodies that are read while the app asks: from iterators of either kind, at the app's own pace."""

import asyncio
import concurrent.futures
import contextvars
import math
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import anyio
import pytest

from ipyasgi.engine.http_cycle import HttpCycle
from ipyasgi.engine.loops import Backend, BackgroundLoop
from ipyasgi.engine.request_body import PIECE_BYTES, AsyncIteratorBody, IteratorBody, RequestBody
from ipyasgi.protocol.errors import DeadlineError, RequestError

from .calls import START, becomes_true, body, http_scope

MakeBody = Callable[[Any, BackgroundLoop], RequestBody]


@pytest.fixture
def source() -> Iterator[BackgroundLoop]:
    """Give the caller's own loop, where asynchronous iterables run."""
    source = BackgroundLoop(name="ipyasgi-loop (source)")
    yield source
    source.close()


@pytest.fixture(params=["iterator", "async iterator"])
def body_of(request: pytest.FixtureRequest, source: BackgroundLoop) -> MakeBody:
    """Give a maker of a body of each kind from one generator function's items; the generator stays a plain one."""

    def make(items: Any, loop: BackgroundLoop) -> RequestBody:
        if request.param == "iterator":
            return IteratorBody(items)

        async def generated() -> AsyncIterator[Any]:
            try:
                for item in items:
                    yield item
            finally:
                if hasattr(items, "close"):
                    items.close()

        return AsyncIteratorBody(generated(), source, loop)

    return make


def begun(app: Any, loop: BackgroundLoop, request_body: RequestBody, **options: Any) -> HttpCycle:
    cycle = HttpCycle(app, http_scope("POST"), request_body, loop, **options)
    cycle.begin()
    return cycle


async def read_all(scope: Any, receive: Any, send: Any) -> None:
    """Answer with what each message of the request held."""
    seen = []
    while True:
        message = await receive()
        seen.append(message)
        if not message.get("more_body"):
            break
    scope["state"]["seen"] = seen
    await send(START)
    await send(body(b"".join(message.get("body", b"") for message in seen)))


# -- what the app is given --------------------------------------------------------------------------------------


def test_each_item_is_a_message(loop: BackgroundLoop, body_of: MakeBody) -> None:
    """Every item that is not empty comes in a message of its own, then an empty one ends the body."""
    items = [b"a", b"", bytearray(b"b"), b"", memoryview(b"c")]
    cycle = begun(read_all, loop, body_of(items, loop))
    cycle.wait_response()
    assert cycle.content() == b"abc"
    assert cycle.scope["state"]["seen"] == [
        *({"type": "http.request", "body": data, "more_body": True} for data in (b"a", b"b", b"c")),
        {"type": "http.request", "body": b"", "more_body": False},
    ]


@pytest.mark.parametrize("items", [[], [b""], iter(()), (b"" for _ in range(3))])
def test_a_body_without_content(loop: BackgroundLoop, items: Any) -> None:
    """A body that yields nothing, or only nothing, is one empty last message."""
    cycle = begun(read_all, loop, IteratorBody(items))
    cycle.wait_response()
    assert cycle.scope["state"]["seen"] == [{"type": "http.request", "body": b"", "more_body": False}]


def test_a_long_item_comes_in_pieces(loop: BackgroundLoop, body_of: MakeBody) -> None:
    """No message holds more than servers hand over at once."""
    data = bytes(range(256)) * (PIECE_BYTES // 256) * 2 + b"rest"
    cycle = begun(read_all, loop, body_of([data], loop))
    cycle.wait_response()
    assert cycle.content() == data
    assert [len(m["body"]) for m in cycle.scope["state"]["seen"]] == [PIECE_BYTES, PIECE_BYTES, 4, 0]


def test_a_reused_buffer_is_copied(loop: BackgroundLoop, body_of: MakeBody) -> None:
    """An iterator may fill the same buffer again and again."""

    def items() -> Iterator[bytearray]:
        buffer = bytearray(1)
        for letter in b"abc":
            buffer[0] = letter
            yield buffer
        buffer[0] = 0

    cycle = begun(read_all, loop, body_of(items(), loop))
    cycle.wait_response()
    assert cycle.content() == b"abc"


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

    cycle = begun(app, loop, body_of(items(), loop))
    for read in range(3):
        time.sleep(0.03)
        assert stepped == list(range(read))
        turn.release()
        assert becomes_true(lambda read=read: cycle.scope["state"].get("read") == read + 1)
    cycle.wait_response()
    assert stepped == [0, 1, 2]


# -- where the iterators run ------------------------------------------------------------------------------------


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
    begun(app, loop, request_body).wait_response()
    assert seen == [("the caller's", False)] * 2


def test_an_async_iterable_is_one_task(loop: BackgroundLoop, source: BackgroundLoop) -> None:
    """A cancel scope may stay open from one item to the next, because one task makes all the steps."""

    async def items() -> AsyncIterator[bytes]:
        async with anyio.create_task_group() as group:
            group.start_soon(anyio.sleep, 0)
            with anyio.fail_after(5):
                yield b"a"
                await anyio.sleep(0.01)
                yield b"b"

    cycle = begun(read_all, loop, AsyncIteratorBody(items(), source, loop))
    cycle.wait_response()
    assert (cycle.content(), cycle.source_error) == (b"ab", None)


def test_a_waiting_iterator_holds_up_nobody_else(loop: BackgroundLoop, body_of: MakeBody, may_block: None) -> None:
    """While one body waits, the loop serves other requests; and the waiting one goes on where it was."""
    turn = threading.Event()

    def items() -> Iterator[bytes]:
        assert turn.wait(5)
        yield b"late"

    waiting = begun(read_all, loop, body_of(items(), loop))
    other = begun(read_all, loop, IteratorBody([b"soon"]))
    other.wait_response(gap_s=5)
    assert (other.content(), waiting.ended) == (b"soon", False)
    turn.set()
    waiting.wait_response()
    assert waiting.content() == b"late"


def test_the_pause_of_the_body_is_under_no_read_deadline(loop: BackgroundLoop, body_of: MakeBody) -> None:
    """A read deadline is the app's: it stands still while the app awaits the client, and counts again afterwards."""

    def items() -> Iterator[bytes]:
        time.sleep(0.3)
        yield b"x"

    cycle = begun(read_all, loop, IteratorBody(items()))
    cycle.wait_response(gap_s=0.1)
    assert cycle.content() == b"x"

    async def reads_then_sleeps(scope, receive, send):
        await receive()
        await anyio.sleep(10)

    slow = begun(reads_then_sleeps, loop, body_of([b"x"], loop))
    with pytest.raises(DeadlineError):
        slow.wait_response(gap_s=0.1)
    assert slow._heard_s != math.inf


# -- what goes wrong --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("item", "named"), [("text", "str"), (1, "int"), (None, "NoneType"), ([b"x"], "list")])
def test_an_item_that_is_not_bytes(loop: BackgroundLoop, body_of: MakeBody, item: Any, named: str) -> None:
    """The error names the type and says what to do; the app is told that the client is gone."""
    cycle = begun(read_all, loop, body_of([b"first", item], loop))
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
    """What it raised is kept for the caller; the app receives ``http.disconnect`` from then on; the loop goes on."""
    received: list[str] = []

    def items() -> Iterator[bytes]:
        yield b"x"
        raise raised

    async def app(scope, receive, send):
        received.extend([(await receive())["type"] for _ in range(4)])
        await send(START)
        await send(body(b"goes nowhere"))

    cycle = begun(app, loop, body_of(items(), loop), stream=True)
    cycle.wait_response(gap_s=5)
    assert isinstance(cycle.source_error, kept)
    assert received == ["http.request", *["http.disconnect"] * 3]
    assert cycle.wait_ended(5)
    assert cycle.outcome == "returned"
    after = begun(read_all, loop, IteratorBody([b"still here"]))
    after.wait_response(gap_s=5)
    assert after.content() == b"still here"


def test_what_is_not_iterable(loop: BackgroundLoop, source: BackgroundLoop) -> None:
    """An object that cannot be iterated is an error of the caller's, kept like one that an iterator raised."""
    things: list[RequestBody] = [IteratorBody(1), AsyncIteratorBody([b"x"], source, loop)]  # type: ignore[arg-type]
    for thing in things:
        cycle = begun(read_all, loop, thing)
        cycle.wait_response(gap_s=5)
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

    cycle = begun(app, loop, AsyncIteratorBody(items(), source, loop))
    assert becomes_true(lambda: "began" in cycle.scope["state"])
    source.close()
    cycle.wait_response(gap_s=5)
    assert isinstance(cycle.source_error, concurrent.futures.CancelledError)
    late = begun(read_all, loop, AsyncIteratorBody(items(), source, loop))
    late.wait_response(gap_s=5)
    assert isinstance(late.source_error, RuntimeError)


# -- leaving early ----------------------------------------------------------------------------------------------


async def answers_at_once(scope: Any, receive: Any, send: Any) -> None:
    await send(START)
    await send(body(b"enough"))


async def answers_after_one(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await answers_at_once(scope, receive, send)


async def leaves_after_one(scope: Any, receive: Any, send: Any) -> None:
    await receive()


async def raises_after_one(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    raise ValueError


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
    begun(app, loop, body_of(generator, loop)).wait_response(gap_s=5)
    assert becomes_true(lambda: len(steps) == 2)
    assert steps == [0, ("closed on the loop", False)]


def test_a_begun_generator_that_nobody_asks_for_is_closed(loop: BackgroundLoop) -> None:
    """An app that answers without receiving reads nothing, and the generator is closed all the same."""
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
    cycle = begun(answers_at_once, loop, IteratorBody(generator))
    cycle.wait_response()
    assert cycle.content() == b"enough"
    assert becomes_true(lambda: steps)
    assert steps == ["closed"]


def test_an_iterator_that_is_no_generator_is_left_as_it_is(loop: BackgroundLoop, tmp_path: Any) -> None:
    """A file given as a body belongs to the caller, who may go on with it."""
    path = tmp_path / "lines"
    path.write_bytes(b"a\nb\n")
    with path.open("rb") as file:
        begun(answers_after_one, loop, IteratorBody(file)).wait_response()
        time.sleep(0.05)
        assert (file.closed, file.read()) == (False, b"b\n")


def test_leaving_while_the_iterator_waits(loop: BackgroundLoop, body_of: MakeBody, may_block: None) -> None:
    """The reader who leaves waits for no step: the app is told at once, and the generator closes when it wakes."""
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
    cycle = begun(app, loop, body_of(generator, loop), stream=True)
    cycle.wait_response()
    assert becomes_true(lambda: steps == ["waits"])
    before = time.monotonic()
    cycle.finish()
    assert time.monotonic() - before < 1
    assert (steps, cycle.outcome) == (["waits", "http.disconnect"], "returned")
    time.sleep(0.05)  # until the body was told to close, in vain so far
    turn.set()
    assert becomes_true(lambda: steps[2:] == ["closed"])


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

    cycle = begun(read_all, loop, AsyncIteratorBody(items(), source, loop))
    assert becomes_true(lambda: steps)
    assert cycle.abort()
    assert becomes_true(lambda: steps == ["waits", "closed"])
    assert cycle.outcome == "cancelled"


def test_a_generator_that_fails_as_it_closes(loop: BackgroundLoop, body_of: MakeBody) -> None:
    """What it raises then changes nothing any more: the response is there."""
    closing = threading.Event()

    def items() -> Iterator[bytes]:
        try:
            yield b"x"
        finally:
            closing.set()
            raise ValueError

    cycle = begun(answers_after_one, loop, body_of(items(), loop))
    cycle.wait_response()
    assert (cycle.content(), cycle.source_error) == (b"enough", None)
    assert becomes_true(closing.is_set)


def test_endless_empty_items_can_be_cancelled(loop: BackgroundLoop, body_of: MakeBody) -> None:
    """An iterator that yields nothing for ever does not hold the loop or the caller."""

    def items() -> Iterator[bytes]:
        while True:
            yield b""

    cycle = begun(read_all, loop, body_of(items(), loop))
    time.sleep(0.05)
    assert cycle.abort()
    assert cycle.outcome == "cancelled"


# -- several things at once -------------------------------------------------------------------------------------


def test_the_response_is_sent_while_the_request_is_read(
    loop: BackgroundLoop, body_of: MakeBody, may_block: None
) -> None:
    """Full duplex: each piece of the request is answered before the next one is made."""
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

    cycle = begun(app, loop, body_of(items(), loop), stream=True)
    cycle.wait_response()
    for chunk in cycle.iter_chunks(gap_s=5):
        answers.append(chunk)  # noqa: PERF402  (the iterator watches it grow)
    assert answers == [b"00", b"11", b"22"]
    assert cycle.wait_ended(5)


def test_two_tasks_may_receive_at_once(loop: BackgroundLoop, body_of: MakeBody) -> None:
    """Every piece goes to one of them, in order; one is told of the end, the other waits for the disconnect."""
    got: list[Any] = []

    async def app(scope, receive, send):
        async def drain() -> None:
            while True:
                message = await receive()
                got.append(message.get("body", message["type"]))
                if not message.get("more_body"):
                    return

        async with anyio.create_task_group() as group:
            group.start_soon(drain)
            group.start_soon(drain)
            await anyio.sleep(0.1)
            await send(START)
            await send(body())

    cycle = begun(app, loop, body_of([b"%d" % n for n in range(20)], loop))
    cycle.wait_response(gap_s=5)
    assert got == [*(b"%d" % n for n in range(20)), b"", "http.disconnect"]


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

    cycle = begun(app, loop, body_of(items(), loop))
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

    cycle = begun(app, loop, IteratorBody([b"x" * (2 * PIECE_BYTES) + b"y"]))
    cycle.wait_response()
    assert cycle.content() == b"x" * PIECE_BYTES + b"y"


def test_what_is_sent_while_another_task_awaits_the_body_starts_no_deadline(
    loop: BackgroundLoop, body_of: MakeBody, may_block: None
) -> None:
    """A read deadline stands still as long as some task of the app waits for the client, whatever others send."""

    def items() -> Iterator[bytes]:
        time.sleep(0.3)
        yield b"x"

    async def app(scope, receive, send):
        await send(START)
        async with anyio.create_task_group() as group:
            group.start_soon(receive)
            await anyio.sleep(0.05)
            await send(body(b"a", more=True))
        await send(body(b"b"))

    cycle = begun(app, loop, body_of(items(), loop))
    cycle.wait_response(gap_s=0.15)
    assert cycle.content() == b"ab"


def test_the_messages_are_recorded(loop: BackgroundLoop) -> None:
    """The record shows each message of the request."""
    cycle = begun(read_all, loop, IteratorBody([b"a", b"b"]), record=True)
    cycle.wait_response()
    assert cycle.run is not None
    requests = [event for event in cycle.run.events if event.direction == "receive"]
    assert [(event.message["body"], event.message["more_body"]) for event in requests] == [
        (b"a", True),
        (b"b", True),
        (b"", False),
    ]


def test_a_loop_that_ends_takes_its_bodies_along(backend: Backend, may_block: None) -> None:
    """Closing the app's loop waits for no iterator, however long its step takes."""
    loop = BackgroundLoop(backend=backend)
    turn = threading.Event()

    def items() -> Iterator[bytes]:
        turn.wait(20)
        yield b"x"

    cycle = begun(read_all, loop, IteratorBody(items()))
    time.sleep(0.05)
    before = time.monotonic()
    loop.close()
    assert time.monotonic() - before < 1.5
    assert (loop.thread.is_alive(), cycle.wait_ended(1)) == (False, True)
    turn.set()
