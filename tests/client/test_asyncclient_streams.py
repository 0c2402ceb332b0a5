"""`AsyncTestClient` and streamed responses: read as they come, held back, left early, cancelled."""

import asyncio
import time
import warnings
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import anyio
import pytest
import trio

from ipyasgi import AsyncTestClient
from ipyasgi.client.httpx import httpx
from ipyasgi.engine import graces

from .conftest import MakeAsync, Run
from .replies import becomes_true_async, counting_turns, reply

# trio complains of every generator of httpx's that is left early. Python 3.14 words it in another way.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored .* <async_generator:pytest.PytestUnraisableExceptionWarning"
)

START = {"type": "http.response.start", "status": 200}


def part(data: bytes) -> dict[str, Any]:
    return {"type": "http.response.body", "body": data, "more_body": True}


END = {"type": "http.response.body"}


class Feed:
    """Send and count endless pieces; log received messages and how it ended."""

    def __init__(self, *, tidies_s: float = 0.0, raises: BaseException | None = None) -> None:
        self.sent = 0
        self.steps: list[str] = []
        self._tidies_s = tidies_s
        self._raises = raises

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(self._feed, send)
                self.steps.append((await receive())["type"])
                await anyio.sleep(self._tidies_s)
                self.steps.append("tidied")
                group.cancel_scope.cancel()
        finally:
            self.steps.append("ended")
            if self._raises is not None:
                raise self._raises

    async def _feed(self, send: Any) -> None:
        await send(START)
        while True:
            await send(part(b"x" * 100))
            self.sent += 1
            await anyio.sleep(0.001)


def test_pieces_come_as_they_are_sent(run: Run) -> None:
    """A piece is there before the next one is sent; empty ones are skipped."""
    asked: list[int] = []

    async def app(scope, receive, send):
        await send(START)
        for number in range(3):
            while len(asked) <= number:
                await anyio.sleep(0.002)
            await send(part(b""))
            await send(part(b"%d" % number))
        await send(END)

    async def main(make: MakeAsync) -> None:
        pieces = []
        async with make(app).stream("GET", "/") as response:
            asked.append(0)
            async for piece in response.aiter_raw():
                pieces.append(piece)
                asked.append(len(pieces))
        assert pieces == [b"0", b"1", b"2"]

    run(main)


def test_a_slow_reader_holds_the_app_back(run: Run) -> None:
    """An app does not run ahead of its reader by more than the window, and nothing is sent before the first read."""
    sent: list[int] = []

    async def app(scope, receive, send):
        await send(START)
        for number in range(200):
            await send(part(b"x"))
            sent.append(number)
        await send(END)

    async def main(make: MakeAsync) -> None:
        got = 0
        async with make(app).stream("GET", "/") as response:
            await anyio.sleep(0.05)
            assert sent == []
            async for _ in response.aiter_raw():
                got += 1
                if got == 50:
                    await anyio.sleep(0.05)
                    assert len(sent) <= 50 + 16 + 1
        assert got == 200

    run(main)


@pytest.fixture
def coarse_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the clock of asyncio and of deadlines tick as that of Windows before Python 3.13: each 15.6 ms."""
    exact_ns, tick_ns = time.monotonic_ns, 15_625_000
    monkeypatch.setattr(time, "monotonic_ns", lambda: exact_ns() // tick_ns * tick_ns)
    monkeypatch.setattr(time, "monotonic", lambda: exact_ns() // tick_ns * tick_ns / 1e9)


@pytest.mark.nightly
@pytest.mark.usefixtures("coarse_clock")
def test_a_reader_of_a_flood_lets_its_loop_go_on_by_a_coarse_clock(run: Run) -> None:
    """A clock that stands still for 15.6 ms changes nothing for the other tasks of the reader's loop."""
    _read_a_flood(run)


def test_a_reader_of_a_flood_lets_its_loop_go_on(run: Run) -> None:
    """However much is there to be read, the other tasks of the reader's loop have their turn."""
    _read_a_flood(run)


def _read_a_flood(run: Run) -> None:

    async def app(scope, receive, send):
        await send(START)
        for _ in range(1000):
            await send(part(b"x"))
        await send(END)

    async def main(make: MakeAsync) -> None:
        async with counting_turns() as turns, make(app).stream("GET", "/") as response:
            async for _ in response.aiter_raw():
                until = time.perf_counter() + 0.0002  # which is exact everywhere
                while time.perf_counter() < until:  # a reader with work of its own, slower than the app
                    pass
            assert len(turns) > 650

    run(main)


@pytest.mark.usefixtures("patient")
def test_left_early(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaving early disconnects the app, which may clean up; if it takes too long, it is cancelled."""

    async def main(make: MakeAsync) -> None:
        for tidies_s, cleanup_s, steps in ((0.1, 10, ["tidied", "ended"]), (30, 0.1, ["ended"])):
            monkeypatch.setattr(graces, "CLEANUP_S", cleanup_s)
            app = Feed(tidies_s=tidies_s)
            async with make(app).stream("GET", "/") as response:
                async for _ in response.aiter_raw():
                    break
            assert app.steps == ["http.disconnect", *steps]

    run(main)


def test_leaving_early_leaves_no_generator_of_ours_to_the_collector() -> None:
    """trio, which warns of generators that are not closed, has nothing to say about the client's."""

    async def main() -> None:
        stream = AsyncTestClient(Feed(), lifespan="off").stream("GET", "/")
        async with stream as response, aclosing(response.aiter_raw()) as chunks:
            async for _ in chunks:
                break

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        trio.run(main)
    assert [str(one.message) for one in said if "ipyasgi" in str(one.message)] == []


def test_leaving_raises_what_the_app_raises(run: Run) -> None:
    """An exception of the app after the disconnect is raised by the ``async with``."""

    async def main(make: MakeAsync) -> None:
        with pytest.raises(ValueError, match="no reader"):
            async with make(Feed(raises=ValueError("no reader"))).stream("GET", "/") as response:
                async for _ in response.aiter_raw():
                    break

    run(main)


@pytest.mark.parametrize("raises", [None, ValueError("cancelled, am I?")])
@pytest.mark.parametrize("reading", [True, False])
def test_cancelled_while_it_streams(run: Run, raises: BaseException | None, reading: bool) -> None:
    """A cancelled reader waits for no clean-up, and nothing that the app raises takes the cancellation's place."""

    async def main(make: MakeAsync) -> None:
        app = Feed(tidies_s=30, raises=raises)
        with anyio.CancelScope() as scope:
            async with make(app).stream("GET", "/") as response:
                began = time.monotonic()
                scope.deadline = anyio.current_time() + 0.2  # from here on: a first loop may take longer to start
                async for _ in response.aiter_raw():
                    if not reading:
                        await anyio.sleep_forever()
        assert scope.cancelled_caught
        assert time.monotonic() - began < 5
        assert await becomes_true_async(lambda: app.steps == ["ended"]), app.steps  # nobody waited for it

    run(main)


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("place", ["asyncio", "trio"], indirect=True)
@pytest.mark.parametrize("caller", ["asyncio"], indirect=True)
def test_a_timeout_of_asyncio_while_it_streams(run: Run) -> None:
    """``asyncio.timeout`` around a stream raises its own TimeoutError, whatever the app raises at its end."""

    async def main(make: MakeAsync) -> None:
        app = Feed(raises=ValueError("cancelled, am I?"))
        with pytest.raises(TimeoutError) as caught:
            async with asyncio.timeout(None) as limit, make(app).stream("GET", "/") as response:
                async for _ in response.aiter_raw():
                    limit.reschedule(asyncio.get_running_loop().time())
        assert not isinstance(caught.value, httpx.ReadTimeout)
        assert app.steps[-1] == "ended"

    run(main)


def test_a_deadline_for_each_gap(run: Run, deadlines_from: Any) -> None:
    """A stalled stream raises a deadline error with the app's line, not the app's exception after the disconnect."""
    stalled: list[bool] = []
    deadlines_from(lambda: stalled)

    async def app(scope, receive, send):
        await receive()
        await send(START)
        await send(part(b"x"))
        stalled.append(True)
        await receive()
        raise ValueError("my reader has left")

    async def main(make: MakeAsync) -> None:
        pieces = []
        with pytest.raises(
            httpx.ReadTimeout, match=r"the response did not continue within 0\.1 s .*awaiting receive\(\)"
        ):
            async with make(app, timeout=0.1).stream("GET", "/") as response:
                async for piece in response.aiter_raw():
                    pieces.append(piece)  # noqa: PERF401
        assert pieces == [b"x"]

    run(main)


def test_half_then_raise(run: Run) -> None:
    """A streamed response is returned first; the app's exception is raised at its end, if configured."""

    async def app(scope, receive, send):
        await send(START)
        await send(part(b"half"))
        raise ValueError("server")

    async def main(make: MakeAsync) -> None:
        with pytest.raises(ValueError, match="server"):
            async with make(app).stream("GET", "/") as response:
                assert await response.aread() == b"half"
        async with make(app, raise_server_exceptions=False).stream("GET", "/") as response:
            assert await response.aread() == b"half"
        with pytest.raises(ValueError, match="server"):
            await make(app).get("/")

    run(main)


def test_a_recorded_run(run: Run) -> None:
    """With ``record=True`` the response carries its messages as soon as it is read."""

    async def app(scope, receive, send):
        await reply(send, b"x")

    async def main(make: MakeAsync) -> None:
        async with make(app, record=True).stream("GET", "/") as response:
            await response.aread()
        kinds = [event.type for event in response.extensions["ipyasgi.run"].events]
        assert kinds == ["http.response.start", "http.response.body"]

    run(main)


def test_many_streams_at_once(run: Run) -> None:
    """Fifty readers of one client, each of its own response, go on side by side."""
    app = Feed()

    async def main(make: MakeAsync) -> None:
        client = make(app)
        done: list[int] = []

        async def read(number: int) -> None:
            got = 0
            async with client.stream("GET", "/") as response:
                async for piece in response.aiter_raw():
                    got += len(piece)
                    if got >= 500:
                        break
            done.append(number)

        async with anyio.create_task_group() as group:
            for number in range(50):
                group.start_soon(read, number)
        assert sorted(done) == list(range(50))
        assert await becomes_true_async(lambda: app.steps.count("ended") == 50)

    run(main)


def test_a_body_that_nobody_reads_is_closed(run: Run) -> None:
    """A generator given as content ends with the call, not when the response is dropped or the loop shuts down."""
    closed: list[bool] = []

    async def items() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"x" * 1000
        finally:
            closed.append(True)

    async def app(scope, receive, send):
        await receive()
        await reply(send)

    async def main(make: MakeAsync) -> None:
        response = await make(app).post("/", content=items())
        assert await becomes_true_async(lambda: closed == [True])
        assert response.status_code == 200

    run(main)
