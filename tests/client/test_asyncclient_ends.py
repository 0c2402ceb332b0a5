"""How calls of an `AsyncTestClient` end: deadlines, cancellations, closing; without blocking the caller's loop."""

import asyncio
import concurrent.futures
import threading
from typing import Any

import anyio
import anyio.lowlevel
import anyio.to_thread
import pytest

from ipyasgi import AsyncTestClient, KernelLoop
from ipyasgi.client.httpx import httpx
from ipyasgi.protocol.errors import DeadlineError, LoopError

from .conftest import MakeAsync, Run
from .replies import becomes_true, becomes_true_async, longest_gap, reply, ticking, who_runs, with_lifespan


async def hang(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        await anyio.sleep_forever()


@pytest.mark.parametrize(
    ("of_client", "of_call"),
    [({"timeout": 0.1}, {}), ({}, {"timeout": 0.1}), ({"total_timeout": 0.1}, {}), ({"timeout": 9}, {"timeout": 0.1})],
)
def test_deadlines(run: Run, of_client: dict[str, Any], of_call: dict[str, Any]) -> None:
    """Both deadlines are kept, and their error contains the app's line; the next request works."""

    async def app(scope, receive, send):
        await (anyio.sleep_forever() if scope["path"] == "/slow" else reply(send))

    async def main(make: MakeAsync) -> None:
        client = make(app, **of_client)
        for _ in range(20):  # on a busy machine the deadline may pass before the app is entered: it is nowhere then
            with pytest.raises(httpx.ReadTimeout, match=r"no response within 0\.1 s") as caught:
                await client.get("/slow", **of_call)
            assert isinstance(caught.value, (DeadlineError, TimeoutError))
            if caught.value.place:
                break
        assert "; the app was waiting at " in str(caught.value)
        assert "test_asyncclient_ends" in str(caught.value)
        assert (await client.get("/")).status_code == 200

    run(main)


def test_an_endless_stream_ends_at_the_total_deadline(run: Run) -> None:
    """``get()`` on a response without an end comes back when ``total_timeout`` has passed."""

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200})
        while True:
            await send({"type": "http.response.body", "body": b"x", "more_body": True})

    async def main(make: MakeAsync) -> None:
        with pytest.raises(httpx.ReadTimeout):
            await make(app, total_timeout=0.2).get("/")

    run(main)


# -- the caller's loop goes on --------------------------------------------------------------------------------


@pytest.mark.parametrize("inside", [False, True])
def test_the_callers_loop_goes_on(run: Run, inside: bool) -> None:
    """Starting, asking, a blocking endpoint in its thread and stopping: all the while the caller's loop ticks."""
    ticked: list[bool] = []

    async def main(make: MakeAsync) -> None:
        async with ticking() as ticks:

            def block_until_it_ticks() -> None:
                seen = len(ticks)
                ticked.append(becomes_true(lambda: len(ticks) > seen + 20))

            async def app(scope, receive, send):
                if scope["type"] == "lifespan":
                    await receive()
                    await anyio.to_thread.run_sync(block_until_it_ticks)
                    await send({"type": "lifespan.startup.complete"})
                    await receive()
                    await anyio.to_thread.run_sync(block_until_it_ticks)
                    await send({"type": "lifespan.shutdown.complete"})
                else:
                    await anyio.to_thread.run_sync(block_until_it_ticks)
                    await reply(send)

            client = make(app)
            if inside:
                async with client:
                    await client.get("/")
            else:
                await client.get("/")
            await client.aclose()
            assert ticked == [True] * (3 if inside else 1)
            assert longest_gap(ticks) < 3  # less than what would have stopped it, more than a busy machine does

    run(main)


@pytest.mark.usefixtures("usual_graces")
@pytest.mark.parametrize("place", ["asyncio", "trio"], indirect=True)
def test_a_blocked_app_blocks_nobody(run: Run, may_block: None) -> None:
    """While an endpoint blocks the app's loop, past its deadline too, the caller's ticks; the next request works."""
    release = threading.Event()

    async def app(scope, receive, send):
        if scope["path"] == "/block":
            release.wait(20)
        await reply(send)

    async def main(make: MakeAsync) -> None:
        client = make(app)
        try:
            async with ticking() as ticks:
                before = len(ticks)
                with pytest.raises(httpx.ReadTimeout):
                    await client.get("/block", timeout=0.3)
                assert len(ticks) > before
                assert (await client.get("/", timeout=10)).status_code == 200
                assert longest_gap(ticks) < 5  # less than what would have stopped it, more than a busy machine does
        finally:
            release.set()

    run(main)


# -- cancelling -----------------------------------------------------------------------------------------------


def test_a_cancelled_request_cancels_the_app(run: Run) -> None:
    """Who stops waiting takes the app along, after its ``finally``; before the start nothing is begun."""
    steps: list[str] = []
    ended = threading.Event()

    async def app(scope, receive, send):
        steps.append("began")
        try:
            await anyio.sleep_forever()
        finally:
            steps.append("ended")
            ended.set()

    async def main(make: MakeAsync) -> None:
        client = make(app)
        with anyio.CancelScope() as scope:
            scope.cancel()
            await client.get("/")
        assert scope.cancelled_caught
        assert steps in ([], ["began", "ended"])
        steps.clear()
        ended.clear()

        async def cancel() -> None:
            assert await becomes_true_async(lambda: steps)
            scope.cancel()

        async with anyio.create_task_group() as group:
            group.start_soon(cancel)
            with anyio.CancelScope() as scope:
                await client.get("/")
        assert scope.cancelled_caught
        assert await anyio.to_thread.run_sync(ended.wait, 20)  # a loop that is slow to respond is not waited for
        assert steps == ["began", "ended"]

    run(main)


def test_asyncios_own_cancellation(place: str) -> None:
    """``asyncio.timeout`` and ``Task.cancel``, which know no shield, leave nothing running either."""
    ended: list[bool] = []
    began = threading.Event()

    async def app(scope, receive, send):
        began.set()
        try:
            await anyio.sleep_forever()
        finally:
            ended.append(True)

    async def main() -> None:
        where: dict[str, Any] = {"loop": KernelLoop()} if place == "kernel" else {"backend": place}
        async with AsyncTestClient(app, lifespan="off", **where) as client:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1):
                    await client.get("/")
            assert ended == [True]
            began.clear()
            task = asyncio.create_task(client.get("/"))
            while not began.is_set():
                await asyncio.sleep(0.005)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert ended == [True, True]

    asyncio.run(main())


# -- call -----------------------------------------------------------------------------------------------------


def test_call(run: Run) -> None:
    """``call`` returns the value or raises the function's exception, and cancels it at a deadline."""
    entered: list[str] = []
    left: list[str] = []

    async def double(number: int) -> int:
        await anyio.lowlevel.checkpoint()
        return 2 * number

    async def fail() -> None:
        raise ZeroDivisionError

    async def dawdle(name: str) -> None:
        entered.append(name)
        try:
            await anyio.sleep_forever()
        finally:
            left.append(name)

    async def main(make: MakeAsync) -> None:
        client = make(with_lifespan)
        assert await client.call(double, 4) == 8
        with pytest.raises(ZeroDivisionError):
            await client.call(fail)
        with pytest.raises(DeadlineError, match=r"no result of .*dawdle within 0\.5 s"):
            await client.call(dawdle, "deadline", timeout=0.5)
        with anyio.move_on_after(0.5):
            await client.call(dawdle, "cancelled")
        assert left == entered  # on a busy machine not all of them have begun by then

    run(main)


def test_after_closing(run: Run) -> None:
    """A closed client raises an error when used; closing it again does nothing."""

    async def main(make: MakeAsync) -> None:
        client = make(who_runs)
        await client.get("/")
        await client.aclose()
        await client.aclose()
        for asked in (client.get("/"), client.stream("GET", "/").__aenter__()):
            with pytest.raises(RuntimeError, match="closed"):
                await asked
        with pytest.raises(LoopError, match="this client is closed"):
            await client.call(anyio.sleep, 0)

    run(main)


@pytest.mark.usefixtures("patient")
def test_closing_ends_what_is_open(run: Run) -> None:
    """``aclose`` disconnects the apps of all open responses at once, and lets them clean up."""
    steps: list[str] = []

    async def app(scope, receive, send):
        await receive()
        await send({"type": "http.response.start", "status": 200})
        steps.append((await receive())["type"])
        while len(steps) < 4:  # one after the other, the first would wait in vain for the last
            await anyio.sleep(0.002)
        steps.append("cleaned up")

    async def main(make: MakeAsync) -> None:
        client = make(app)
        opened = [await client.send(client.build_request("GET", "/"), stream=True) for _ in range(4)]
        await client.aclose()
        assert sorted(steps) == ["cleaned up"] * 4 + ["http.disconnect"] * 4
        with pytest.raises(concurrent.futures.CancelledError):
            await opened[0].aread()

    run(main)


def test_a_dropped_client_leaves_nothing(run: Run, place: str) -> None:
    """A client that is forgotten unclosed gives its loop back."""

    async def main(make: MakeAsync) -> None:
        where: dict[str, Any] = {"loop": KernelLoop()} if place == "kernel" else {"backend": place}
        await AsyncTestClient(who_runs, **where).get("/")

    run(main)


def test_an_answer_may_go_on(run: Run) -> None:
    """``get()`` waits for background tasks, unless configured not to."""
    done: list[bool] = []
    release = threading.Event()

    async def app(scope, receive, send):
        await reply(send, b"x")
        while not release.is_set():
            await anyio.sleep(0.002)
        done.append(True)

    async def main(make: MakeAsync) -> None:
        assert (await make(app, wait_background=False).get("/")).content == b"x"
        assert done == []
        release.set()
        assert (await make(app).get("/")).content == b"x"
        assert await becomes_true_async(lambda: len(done) == 2)

    run(main)
