"""A loop of each kind; blocking calls on it fail, unless a test says that its app blocks on purpose."""

from collections.abc import Iterator

import pytest

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


@pytest.fixture(autouse=True)
def _no_blocking(no_blocking: None) -> None:
    """Every test of this floor: what blocks a loop fails, unless the test says `may_block`."""
