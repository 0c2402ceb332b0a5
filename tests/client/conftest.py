"""Yield a factory of clients on each backend; blocking calls on a loop fail, unless the test uses `may_block`."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from typing import Any

import anyio
import pytest

from ipyasgi import AsyncTestClient, KernelLoop
from ipyasgi.engine.loops import Backend
from ipyasgi.testclient import TestClient

Make = Callable[..., TestClient]


@pytest.fixture(params=["asyncio", "trio"])
def backend(request: pytest.FixtureRequest) -> Backend:
    """Give the name of each backend in turn."""
    return request.param


@pytest.fixture
def make(backend: Backend) -> Iterator[Make]:
    """Give a maker of bare clients, closed with the test."""
    with ExitStack() as stack:

        def make(app: Any, **options: Any) -> TestClient:
            client = TestClient(app, **{"backend": backend, "lifespan": "auto", **options})
            stack.callback(client.close)
            return client

        yield make


@pytest.fixture(params=["bare", "with"])
def client_of(request: pytest.FixtureRequest, make: Make) -> Iterator[Make]:
    """Give a maker of clients, outside ``with`` and inside."""
    with ExitStack() as stack:

        def make_one(app: Any, **options: Any) -> TestClient:
            client = make(app, **options)
            return client if request.param == "bare" else stack.enter_context(client)

        yield make_one


@pytest.fixture(autouse=True)
def _no_blocking(no_blocking: None) -> None:
    """For every test of the client: blocking calls on a loop fail, unless the test uses `may_block`."""


MakeAsync = Callable[..., AsyncTestClient]
Run = Callable[[Callable[[MakeAsync], Awaitable[None]]], None]


@pytest.fixture(params=["asyncio", "trio"])
def caller(request: pytest.FixtureRequest) -> Backend:
    """Give each library that a caller may await in."""
    return request.param


@pytest.fixture(params=["asyncio", "trio", "kernel"])
def place(request: pytest.FixtureRequest) -> str:
    """Give each place where the app may run: a loop of its own, or the caller's."""
    return request.param


@pytest.fixture
def run(caller: Backend, place: str) -> Run:
    """Give what runs a coroutine function with a maker of clients, closed with it, within a time."""

    async def within_a_time(main: Callable[[MakeAsync], Awaitable[None]]) -> None:
        made: list[AsyncTestClient] = []

        def make(app: Any, **options: Any) -> AsyncTestClient:
            where: dict[str, Any] = {"loop": KernelLoop()} if place == "kernel" else {"backend": place}
            made.append(AsyncTestClient(app, **{"lifespan": "auto", **where, **options}))
            return made[-1]

        with anyio.fail_after(40):
            try:
                await main(make)
            finally:
                for client in made:
                    await client.aclose()

    def run(main: Callable[[MakeAsync], Awaitable[None]]) -> None:
        anyio.run(within_a_time, main, backend=caller)

    return run
