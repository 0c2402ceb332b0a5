"""A loop of each kind; blocking calls on it fail, unless a test says that its app blocks on purpose."""

from collections.abc import Iterator

import pytest
from blockbuster import BlockBuster

from ipyasgi.engine.loops import Backend, BackgroundLoop


@pytest.fixture(params=["asyncio", "trio"])
def backend(request: pytest.FixtureRequest) -> Backend:
    """Give the name of each backend in turn."""
    return request.param


@pytest.fixture
def loop(backend: Backend) -> Iterator[BackgroundLoop]:
    """Give a running loop."""
    loop = BackgroundLoop(backend=backend)
    yield loop
    loop.close()


@pytest.fixture
def may_block() -> None:
    """Let the app of this test block its loop."""


@pytest.fixture(autouse=True)
def _no_blocking(request: pytest.FixtureRequest) -> Iterator[None]:
    if "may_block" in request.fixturenames:
        yield
        return
    guard = BlockBuster("ipyasgi")
    # Coverage takes a lock of its own when it first sees a file in a thread.
    guard.functions["threading.Lock.acquire"].can_block_in("coverage/collector.py", "lock_data")
    guard.activate()
    yield
    guard.deactivate()
