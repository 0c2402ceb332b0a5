"""A maker of clients on each backend; blocking calls on a loop fail, unless a test says that it blocks on purpose."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

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
    """Every test of this floor: what blocks a loop fails, unless the test says `may_block`."""
