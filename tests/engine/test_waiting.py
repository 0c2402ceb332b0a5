"""Where a call waits: in what it awaits, in the tasks that it waits for, and in threads."""

import asyncio
import functools
import threading
from collections.abc import Awaitable, Callable

import anyio
import anyio.to_thread
import pytest

from ipyasgi.engine.background_loop import BackgroundLoop
from ipyasgi.engine.loops import Backend
from ipyasgi.engine.source_location import describe_frames, describe_place
from ipyasgi.engine.waiting import read_stacks
from ipyasgi.protocol.errors import DeadlineError

from .calls import START, becomes_true, begun, body

pytestmark = pytest.mark.usefixtures("usual_graces")


class Pool:
    async def acquire(self) -> None:
        await anyio.sleep_forever()


async def view(pool: Pool) -> None:
    await pool.acquire()


def place_of(coroutine: object) -> str:
    return " and ".join(describe_place(stack.frames, threaded=stack.threaded) for stack in read_stacks(coroutine))


def test_the_place_is_the_innermost_own_line(backend: Backend) -> None:
    """Frames of installed packages and of the standard library are in the stack, but are not where the app waits."""
    found: list[tuple[tuple[str, ...], str]] = []

    async def main() -> None:
        coroutine = view(Pool())

        async def run() -> None:
            await coroutine

        async with anyio.create_task_group() as group:
            group.start_soon(run)
            await anyio.wait_all_tasks_blocked()
            (stack,) = read_stacks(coroutine)
            found.append((describe_frames(stack.frames), describe_place(stack.frames)))
            group.cancel_scope.cancel()

    anyio.run(main, backend=backend)
    ((stack, place),) = found
    assert [line.split(" in ")[1] for line in stack[:3]] == ["view", "acquire", "sleep_forever"]
    assert place.startswith("engine/test_waiting.py:")
    assert place.endswith(" in acquire, awaiting sleep_forever")


def test_no_coroutine_has_no_place() -> None:
    """A call that has ended, or has not begun, waits nowhere."""
    assert read_stacks(None) == []


def test_a_coroutine_that_has_not_begun() -> None:
    """A coroutine that was never awaited is at its first line and awaits nothing."""
    coroutine = view(Pool())
    assert place_of(coroutine).endswith(" in view")
    coroutine.close()


# -- through the deadline of a call, whose error names the place ----------------------------------------------


async def work() -> None:
    entered.set()
    await anyio.sleep(30)


async def listen(receive: Callable[[], Awaitable[dict]]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def block() -> None:
    entered.set()
    leave.wait(20)


entered, leave = threading.Event(), threading.Event()


@pytest.fixture(autouse=True)
def _events():
    entered.clear()
    leave.clear()
    yield
    leave.set()


def assert_place(app: Callable[..., Awaitable[None]], loop: BackgroundLoop, *expected: str) -> None:
    """Assert that the error of a call that is late names these functions; the app sets ``entered`` when it waits."""
    cycle = begun(app, loop)
    assert entered.wait(10)
    becomes_true(lambda: functions_of(place_of(cycle._coroutine)) == sorted(expected))  # between the event and the wait
    try:
        with pytest.raises(DeadlineError) as caught:
            cycle.wait_response(gap_s=0.01)
    finally:
        leave.set()
    assert functions_of(caught.value.place) == sorted(expected)


def functions_of(place: str) -> list[str]:
    return sorted(one.partition(" in ")[2] for one in place.split(" and "))


async def in_gather() -> None:
    await asyncio.gather(asyncio.sleep(0), work())


async def in_a_task() -> None:
    await asyncio.create_task(work())


async def in_a_group() -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(work())


async def in_wait_for() -> None:
    await asyncio.wait_for(work(), 30)


async def in_wait() -> None:
    await asyncio.wait([asyncio.create_task(work())])


async def in_shield() -> None:
    await asyncio.shield(work())


async def in_nested_groups() -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(in_gather())


@pytest.mark.parametrize(
    "wait",
    [in_gather, in_a_task, in_a_group, in_wait_for, in_wait, in_shield, in_nested_groups],
    ids=lambda f: f.__name__,
)
@pytest.mark.parametrize("backend", ["asyncio"])
def test_a_task_that_the_app_waits_for(wait: Callable[[], Awaitable[None]], loop: BackgroundLoop) -> None:
    """The place is in the task that keeps the app waiting, not where the app waits for the task."""

    async def app(scope, receive, send):
        await wait()

    assert_place(app, loop, "work, awaiting sleep")


def test_a_task_group_of_anyio(loop: BackgroundLoop) -> None:
    """A task that only listens for the disconnect does not keep the app waiting."""

    async def app(scope, receive, send):
        async with anyio.create_task_group() as group:
            group.start_soon(listen, receive)
            group.start_soon(work)

    assert_place(app, loop, "work, awaiting sleep")


def test_two_tasks_have_two_places(loop: BackgroundLoop) -> None:
    """All tasks with a line of the app's own are named."""

    async def other() -> None:
        await anyio.sleep(30)

    async def app(scope, receive, send):
        async with anyio.create_task_group() as group:
            group.start_soon(work)
            group.start_soon(other)

    assert_place(app, loop, "work, awaiting sleep", "other, awaiting sleep")


def test_a_worker_thread(loop: BackgroundLoop) -> None:
    """The place is in the function that runs in the thread."""

    async def app(scope, receive, send):
        await anyio.to_thread.run_sync(block)

    assert_place(app, loop, "block")


@pytest.mark.parametrize("backend", ["asyncio"])
@pytest.mark.parametrize("way", ["to_thread", "run_in_executor", "in a task"])
def test_a_thread_of_asyncio(way: str, loop: BackgroundLoop) -> None:
    """The place is in the thread of an executor too, also if another task waits for it."""

    async def app(scope, receive, send):
        if way == "to_thread":
            await asyncio.to_thread(functools.partial(block))
        elif way == "run_in_executor":
            await asyncio.get_running_loop().run_in_executor(None, block)
        else:
            await asyncio.gather(asyncio.to_thread(block))

    assert_place(app, loop, "block")


def test_a_blocked_loop(loop: BackgroundLoop) -> None:
    """An app that blocks the loop is at the line that blocks."""

    async def app(scope, receive, send):
        blocking()

    def blocking() -> None:
        entered.set()
        while not leave.is_set():
            pass

    assert_place(app, loop, "blocking")


def test_an_asynchronous_generator(loop: BackgroundLoop) -> None:
    """The place is inside the generator that the app iterates, also through a second one."""

    async def chunks():
        yield b"a"
        entered.set()
        await anyio.sleep(30)

    async def upper():
        async for chunk in chunks():
            yield chunk.upper()

    async def app(scope, receive, send):
        await send(START)
        async for chunk in upper():
            await send(body(chunk, more=True))

    assert_place(app, loop, "chunks, awaiting sleep")


def test_the_call_itself_awaits_the_client(loop: BackgroundLoop) -> None:
    """An app without another task that waits for the client is where it awaits ``receive``."""

    async def app(scope, receive, send):
        await receive()
        entered.set()
        await receive()

    assert_place(app, loop, "app, awaiting receive()")
