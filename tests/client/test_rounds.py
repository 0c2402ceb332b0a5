"""Rounds of attaching, calling and detaching an app leak no threads, tasks or files."""

import asyncio
import gc
import threading
from typing import Any

import pytest

from ipyasgi import Explorer
from ipyasgi.engine.background_loop import BackgroundLoop
from ipyasgi.engine.loops import Backend
from ipyasgi.explorer.explored_app import background_loop_of
from ipyasgi.testclient import TestClient

from .replies import becomes_true, open_files, reply

rounds_each = pytest.mark.parametrize("rounds", [60, pytest.param(500, marks=[pytest.mark.nightly, pytest.mark.slow])])


async def shop(scope: Any, receive: Any, send: Any) -> None:
    """A lifespan, a plain response, an endless one at ``/ticks``, and a WebSocket that echoes."""
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            await send({**message, "type": "websocket.send"})
    elif scope["path"] == "/ticks":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while True:
            await send({"type": "http.response.body", "body": b"tick", "more_body": True})
    else:
        await reply(send)


def use(client: TestClient, number: int) -> None:
    """Make one call of each kind; in some rounds the endless one too, whose end takes the grace it is given."""
    assert client.get("/").json() == "ok"
    if number % 50 == 0:
        with client.stream("GET", "/ticks") as response:
            assert next(response.iter_raw()) == b"tick"
    with client.websocket_connect("/") as websocket:
        websocket.send_text("a")
        assert websocket.receive_text() == "a"


def count_here() -> tuple[int, int]:
    """Return the number of threads and of open files."""
    gc.collect()
    return threading.active_count(), open_files()


def no_more(now: tuple[int, ...], before: tuple[int, ...]) -> bool:
    """Return whether no count is higher than before; leftovers of earlier tests may have gone."""
    return all(one <= other for one, other in zip(now, before, strict=True))


async def count_tasks(backend: Backend) -> int:
    """Return the number of tasks on this loop, the asking one included."""
    if backend == "asyncio":
        return len(asyncio.all_tasks())
    import trio

    def count(task: trio.lowlevel.Task) -> int:
        return 1 + sum(count(child) for nursery in task.child_nurseries for child in nursery.child_tasks)

    root = trio.lowlevel.current_root_task()
    assert root is not None
    return count(root)


@pytest.mark.serial
@rounds_each
def test_rounds_of_clients_on_one_loop(backend: Backend, rounds: int) -> None:
    """Clients that are entered on a loop they were given, used and left, leave no task on it either."""
    loop = BackgroundLoop(backend=backend)

    def round_trip(number: int) -> None:
        with TestClient(shop, loop=loop, backend=backend) as client:
            use(client, number)

    try:
        round_trip(0)  # what is opened once and kept: anyio's backend, a codec
        here, tasks = count_here(), loop.call(count_tasks, backend)
        for number in range(rounds):
            round_trip(number)
        assert becomes_true(lambda: no_more((*count_here(), loop.call(count_tasks, backend)), (*here, tasks)))
    finally:
        loop.close()


@pytest.mark.serial
@rounds_each
@pytest.mark.parametrize("attached", ["client", "explorer"])
def test_rounds_of_attaching_and_letting_go(backend: Backend, attached: str, rounds: int) -> None:
    """Clients and explorers, each with loops of its own, stop these and close all they opened."""

    def round_trip(number: int) -> None:
        if attached == "client":
            with TestClient(shop, backend=backend) as client:
                use(client, number)
            return
        explorer = Explorer(shop, backend=backend)
        assert explorer.get("/").status_code == 200
        use(explorer.client, number)
        assert background_loop_of(explorer).submit(asleep).result(20) is None
        explorer.close()

    round_trip(0)
    here = count_here()
    for number in range(rounds):
        round_trip(number)
    assert becomes_true(lambda: no_more(count_here(), here))
    assert becomes_true(lambda: not living_tasks())


async def asleep() -> None:
    """Do nothing, on the explorer's second loop."""


def living_tasks() -> list[object]:
    """Return the tasks of either backend that are still there and not done."""
    gc.collect()
    return [each for each in gc.get_objects() if _is_living_task(each)]


def _is_living_task(each: object) -> bool:
    kind = type(each)  # not isinstance, which Django's lazy objects answer by reading settings
    if issubclass(kind, asyncio.Task):
        return not each.done()
    return kind.__name__ == "Task" and kind.__module__.startswith("trio.") and each.coro.cr_frame is not None
