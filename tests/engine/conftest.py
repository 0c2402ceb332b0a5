"""Return a loop of each kind; blocking calls on it fail, unless the test uses `may_block`."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from ipyasgi.engine.background_loop import BackgroundLoop
from ipyasgi.engine.loops import Backend
from ipyasgi.engine.request_body import AsyncIteratorBody, IteratorBody, RequestBody


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
def source() -> Iterator[BackgroundLoop]:
    """Give the caller's own loop, where asynchronous iterables run."""
    source = BackgroundLoop(name="ipyasgi-loop (source)")
    yield source
    source.close()


@pytest.fixture(params=["iterator", "async iterator"])
def body_of(request: pytest.FixtureRequest, source: BackgroundLoop) -> Callable[[Any, BackgroundLoop], RequestBody]:
    """Give a maker of a body of each kind from one generator function's items; the generator stays a plain one."""

    def make(items: Any, loop: BackgroundLoop) -> RequestBody:
        if request.param == "iterator":
            return IteratorBody(items)

        async def generated() -> AsyncIterator[Any]:
            try:
                for item in items:
                    yield item
            finally:
                if hasattr(items, "close"):
                    items.close()

        return AsyncIteratorBody(generated(), source, loop)

    return make


@pytest.fixture(autouse=True)
def _no_blocking(no_blocking: None) -> None:
    """For every test of the engine: blocking calls on a loop fail, unless the test uses `may_block`."""
