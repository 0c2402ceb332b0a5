"""The caller's end of a call, awaited: deadlines, cancelling, leaving, on every caller's loop and every app's."""

import concurrent.futures
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import anyio
import anyio.to_thread
import pytest

from ipyasgi.engine import graces
from ipyasgi.engine.background_loop import BackgroundLoop
from ipyasgi.engine.call_handle import Deadline
from ipyasgi.engine.kernel_loop import KernelLoop
from ipyasgi.engine.loops import Backend, Loop
from ipyasgi.protocol.errors import DeadlineError

from .calls import START, becomes_true, begun, body

Run = Callable[[Callable[[Loop], Awaitable[None]]], None]


@pytest.fixture(params=["asyncio", "trio"])
def caller(request: pytest.FixtureRequest) -> Backend:
    """Give each library that a caller may await in."""
    return request.param


@pytest.fixture(params=["asyncio", "trio", "kernel"])
def place(request: pytest.FixtureRequest) -> str:
    """Give each place where the app may run: a loop of its own, or the caller's."""
    return request.param


@pytest.fixture
def run(caller: Backend, place: Any) -> Iterator[Run]:
    """Give what runs a coroutine function with the loop for the app, within a time."""
    own = None if place == "kernel" else BackgroundLoop(backend=place)

    async def within_a_time(main: Callable[[Loop], Awaitable[None]]) -> None:
        with anyio.fail_after(20):
            await main(own or KernelLoop())

    yield lambda main: anyio.run(within_a_time, main, backend=caller)
    if own is not None:
        own.close()


class Listener:
    """Start a response, wait for the disconnect, and clean up for a while."""

    def __init__(self, tidies_s: float) -> None:
        self.steps: list[str] = []
        self.listening = False
        self._tidies_s = tidies_s

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await send(START)
        await receive()
        try:
            self.listening = True
            self.steps.append((await receive())["type"])
            await anyio.sleep(self._tidies_s)
            self.steps.append("tidied")
        finally:
            self.steps.append("ended")

    async def until_listening(self) -> None:
        while not self.listening:
            await anyio.sleep(0.002)


async def hang(scope: Any, receive: Any, send: Any) -> None:
    await send(START)
    await anyio.sleep_forever()


def test_a_response(run: Run) -> None:
    """A buffered and a streamed response are awaited, and the end may be awaited again and again."""

    async def app(scope, receive, send):
        await send(START)
        for piece in (b"a", b"", b"b"):
            await send(body(piece, more=True))
        await send(body())

    async def main(loop: Loop) -> None:
        cycle = begun(app, loop)
        for _ in range(3):
            await cycle.wait_response_async(gap_s=20)
            assert await cycle.wait_ended_async(0)
            assert await cycle.abort_async()
        assert cycle.content() == b"ab"
        cycle = begun(app, loop, stream=True)
        await cycle.wait_response_async()
        assert [piece async for piece in cycle.iter_chunks_async()] == [b"a", b"b"]
        await cycle.finish_async()
        assert cycle.outcome == "returned"

    run(main)


@pytest.mark.parametrize(("gap_s", "whole_s"), [(0.1, None), (None, 0.1), (9, 0.1), (0.1, 9)])
def test_a_deadline(run: Run, gap_s: float | None, whole_s: float | None) -> None:
    """The nearer one of both deadlines counts; the error contains the app's line."""

    async def hang(scope, receive, send):
        await anyio.sleep_forever()

    async def main(loop: Loop) -> None:
        cycle = begun(hang, loop)
        while not cycle._read_place()[1].endswith("sleep_forever"):
            await anyio.sleep(0.002)
        place = r"engine/test_call_handle\.py:\d+ in hang, awaiting sleep_forever"
        with pytest.raises(DeadlineError, match=rf"no response within 0\.1 s; the app was waiting at {place}"):
            await cycle.wait_response_async(gap_s, Deadline.after(whole_s))
        assert cycle.outcome == "cancelled"

    run(main)


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("tidies_s", [0.1, 30])
def test_a_deadline_tells_the_app(run: Run, tidies_s: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """At a deadline the app gets a disconnect, has time to clean up, and is then cancelled."""
    if tidies_s > 1:
        monkeypatch.setattr(graces, "CLEANUP_S", 0.1)

    async def main(loop: Loop) -> None:
        app = Listener(tidies_s)
        cycle = begun(app, loop)
        await app.until_listening()
        with pytest.raises(DeadlineError):
            await cycle.wait_response_async(0.05)
        assert app.steps == ["http.disconnect", *(["tidied"] if tidies_s < 1 else []), "ended"]

    run(main)


def test_a_cancelled_wait_cancels_at_once(run: Run) -> None:
    """Who is cancelled while waiting has the app cancelled, and its ``finally`` run, before going on."""

    async def main(loop: Loop) -> None:
        app = Listener(30)
        cycle = begun(app, loop)
        await app.until_listening()
        with anyio.move_on_after(0.1) as scope:
            await cycle.wait_response_async()
        assert scope.cancelled_caught
        assert (cycle.outcome, app.steps) == ("cancelled", ["ended"])

    run(main)


@pytest.mark.usefixtures("patient")
def test_leaving_is_gentle_unless_in_haste(run: Run) -> None:
    """A reader that leaves by itself lets the app clean up; one that is being cancelled does not wait for that."""

    async def main(loop: Loop) -> None:
        for hasty in (False, True):
            app = Listener(0.1)
            cycle = begun(app, loop, stream=True)
            await cycle.wait_response_async()
            await app.until_listening()
            with anyio.CancelScope() as scope:
                try:
                    if hasty:
                        scope.cancel()
                        await anyio.sleep_forever()
                finally:
                    await cycle.finish_async()
            assert app.steps == (["ended"] if hasty else ["http.disconnect", "tidied", "ended"])

    run(main)


def test_one_call_awaited_by_two(run: Run) -> None:
    """When one of two waiters ends a call, the other one is released too."""

    async def main(loop: Loop) -> None:
        cycle = begun(hang, loop)

        async def wait() -> None:
            await cycle.wait_response_async()
            with pytest.raises(concurrent.futures.CancelledError):
                cycle.content()

        async with anyio.create_task_group() as group:
            group.start_soon(wait)
            await anyio.sleep(0.05)
            assert await cycle.abort_async()
            assert cycle.outcome == "cancelled"

    run(main)


@pytest.mark.usefixtures("usual_graces")
def test_work_in_a_thread_is_left_behind(run: Run) -> None:
    """A synchronous endpoint cannot be ended: it is left behind within the grace, its place in the limit given back."""
    entered, release = threading.Event(), threading.Event()

    def block() -> None:
        entered.set()
        release.wait(10)

    async def app(scope, receive, send):
        await anyio.to_thread.run_sync(block)

    async def tokens() -> float:
        return anyio.to_thread.current_default_thread_limiter().total_tokens

    async def main(loop: Loop) -> None:
        try:
            before = await loop.call_async(tokens)
            cycle = begun(app, loop)
            while not entered.is_set():
                await anyio.sleep(0.002)
            assert not await cycle.abort_async()
            assert cycle.outcome == "abandoned"
            while await loop.call_async(tokens) != before + 1:
                await anyio.sleep(0.01)
            assert not cycle.ended
        finally:
            release.set()
        while not cycle.ended:
            await anyio.sleep(0.01)
        assert await loop.call_async(tokens) == before

    run(main)


@pytest.mark.usefixtures("usual_graces")
@pytest.mark.parametrize("place", ["asyncio", "trio"], indirect=True)
def test_a_blocked_loop_is_suspected(run: Run, may_block: None) -> None:
    """An app that blocks its loop is abandoned, and the loop is suspect before a waiter is released."""
    entered, release = threading.Event(), threading.Event()

    async def app(scope, receive, send):
        entered.set()
        release.wait(10)

    async def main(loop: Loop) -> None:
        cycle = begun(app, loop)
        suspected: list[bool] = []
        other = threading.Thread(target=lambda: (cycle.wait_ended(10), suspected.append(loop.suspect)))
        other.start()
        try:
            assert await anyio.to_thread.run_sync(becomes_true, entered.is_set)
            assert not await cycle.abort_async()
            assert await anyio.to_thread.run_sync(becomes_true, lambda: suspected)
            assert suspected == [True]
        finally:
            release.set()
        other.join(5)

    run(main)


def test_calling_a_function(run: Run) -> None:
    """`call_async` gives values and exceptions, and ends the work at its deadline or with its caller, and then only."""
    entered: list[str] = []
    left: list[str] = []

    async def work(name: str) -> str:
        entered.append(name)
        try:
            await anyio.sleep(0.05 if name == "quick" else 30)
        finally:
            left.append(name)
        return name

    async def timeout_of_its_own() -> None:
        raise TimeoutError("mine")

    async def main(loop: Loop) -> None:
        assert await loop.call_async(work, "quick", timeout_s=5) == "quick"
        with pytest.raises(DeadlineError, match=r"no result of .*work within 0\.05 s"):
            await loop.call_async(work, "late", timeout_s=0.05)
        with anyio.move_on_after(0.05):
            await loop.call_async(work, "cancelled")
        assert left == entered  # on a busy machine not all of them have begun by then
        with pytest.raises(TimeoutError, match="mine") as caught:
            await loop.call_async(timeout_of_its_own, timeout_s=5)
        assert not isinstance(caught.value, DeadlineError)
        assert not loop.suspect

    run(main)


@pytest.mark.usefixtures("usual_graces")
@pytest.mark.parametrize("backend", ["asyncio"], indirect=True)
def test_a_call_on_a_blocked_loop(loop: BackgroundLoop, caller: Backend, may_block: None) -> None:
    """A function that blocks its loop is given up after the grace, and the loop is suspect."""
    release = threading.Event()

    async def block() -> None:
        release.wait()

    async def main() -> None:
        with pytest.raises(DeadlineError):
            await loop.call_async(block, timeout_s=0.05)
        assert not release.is_set()
        assert loop.suspect

    try:
        anyio.run(main, backend=caller)
    finally:
        release.set()
