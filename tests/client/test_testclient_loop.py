"""`TestClient` and the loop it lives on: portal, call, task, threads, endpoints that call it."""

import asyncio
import threading
from typing import Any

import anyio
import anyio.to_thread
import pytest

from ipyasgi.protocol.errors import LoopError
from ipyasgi.testclient import TestClient

from .conftest import Make
from .replies import reply, who_runs, with_lifespan


def test_portal_is_there_inside_with(make: Make) -> None:
    """``portal`` is anyio's inside ``with``, on the loop of the requests, and None outside."""
    client = make(who_runs)

    async def ident() -> int:
        return threading.get_ident()

    assert client.portal is None
    with client:
        assert client.portal.call(ident) == client.get("/").json()
        future, value = client.portal.start_task(tell_task_status)
        assert value == "started"
        assert future.result(20) == "ended"
    assert client.portal is None


async def tell_task_status(*, task_status: Any) -> str:
    task_status.started("started")
    return "ended"


def test_a_stopped_portal_does_not_disturb_the_exit(make: Make) -> None:
    """Stopping the portal does not stop the client."""
    with make(with_lifespan) as client:
        client.portal.call(client.portal.stop)
        assert client.get("/").status_code == 200


def test_call_works_always(client_of: Make) -> None:
    """``call`` runs a coroutine function where the app's things live, inside ``with`` and outside."""
    client = client_of(who_runs)

    async def ident(offset: int) -> int:
        await anyio.sleep(0)
        return threading.get_ident() + offset

    assert client.call(ident, 0) == client.get("/").json()


def test_task_is_the_lifespan(make: Make) -> None:
    """``task`` is there from the first ``with`` on, and ends with the app."""
    client = make(with_lifespan)
    with pytest.raises(AttributeError, match="before the first `with client:`"):
        _ = client.task
    with client:
        assert not client.task.done()
    assert client.task.result(20) is None


def test_the_lifespan_from_async_code(make: Make, may_block: None) -> None:
    """``wait_startup``, ``wait_shutdown`` and ``lifespan`` are for callers that are async themselves."""
    client = make(with_lifespan)

    async def main() -> None:
        await client.wait_startup()
        assert client.life.status == "running"
        await client.wait_shutdown()
        await client.lifespan()

    asyncio.run(main())
    assert client.app_state == {"lives": 2}
    assert client.life.status == "stopped"


# -- threads --------------------------------------------------------------------------------------------------


def test_many_threads(client_of: Make) -> None:
    """One client may be used from many threads at once; waits overlap."""

    async def app(scope, receive, send):
        if scope["type"] == "http":
            await anyio.sleep(0.05)
            await reply(send, scope["path"])

    client = client_of(app)
    seen: list[str] = []

    def ask(number: int) -> None:
        seen.append(client.get(f"/{number}").json())

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(seen) == sorted(f"/{number}" for number in range(20))


def test_from_the_own_loop_inside_with(make: Make) -> None:
    """An endpoint that calls the client it is called by, on the same loop, gets an error instead of a standstill."""

    async def app(scope, receive, send):
        if scope["type"] == "http":
            client.get("/again")

    client = make(app)
    with (
        client,
        pytest.raises(LoopError, match=r"from its own thread.*use `await` there"),
    ):
        client.get("/", timeout=5)


def test_from_an_async_endpoint_without_with(make: Make, may_block: None) -> None:
    """A bare client works inside an endpoint, another one and the same one, however often, on two loops in all."""

    async def inner(scope, receive, send):
        await reply(send, threading.get_ident())

    async def outer(scope, receive, send):
        found = [threading.get_ident()]
        if scope["path"] == "/":
            found += [TestClient(inner).get("/").json(), *same.get("/again").json()]
        await reply(send, found)

    same = make(outer)
    seen: set[int] = set()
    for _ in range(5):
        seen.update(same.get("/", timeout=5).json())
    assert len(same._runner.loops._leases) == 2
    assert seen


def test_from_a_sync_endpoint(client_of: Make) -> None:
    """From a worker thread of the app's loop the same client may be called."""

    async def app(scope, receive, send):
        if scope["type"] == "http":
            path = scope["path"]
            await reply(send, await anyio.to_thread.run_sync(again) if path == "/" else "inner")

    def again() -> str:
        return client.get("/again").json()

    client = client_of(app)
    assert client.get("/", timeout=10).json() == "inner"
