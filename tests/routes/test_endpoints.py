"""Who answered, as Starlette's router says it, and in which kind of thread."""

import functools
from typing import Any

import pytest
from litestar import Litestar, get
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from ipyasgi import Explorer
from ipyasgi.records.record import Endpoint
from ipyasgi.routes.endpoints import read_endpoint


def plain(request: Any, word: str = "x") -> PlainTextResponse:
    return PlainTextResponse(word)


async def awaited(request: Any, word: str = "x") -> PlainTextResponse:
    return PlainTextResponse(word)


class Shelf(HTTPEndpoint):
    async def get(self, request: Any) -> PlainTextResponse:
        return PlainTextResponse("x")


class Called:
    async def __call__(self, request: Any) -> PlainTextResponse:
        return PlainTextResponse("x")


@pytest.mark.parametrize(
    ("endpoint", "handler", "thread"),
    [
        (plain, "plain", "worker thread"),
        (awaited, "awaited", "event loop"),
        (functools.partial(awaited, word="y"), "awaited", "event loop"),
        (functools.partial(plain, word="y"), "plain", "worker thread"),
        (Shelf, "Shelf", ""),
    ],
)
def test_who_answered(endpoint: Any, handler: str, thread: str) -> None:
    """An exchange knows its endpoint, where it is written, and whether it ran on the loop or in a worker thread."""
    with Explorer(Starlette(routes=[Route("/", endpoint)])) as explorer:
        found = explorer.get("/").endpoint
        missed = explorer.get("/nowhere").endpoint
    assert found is not None
    assert (found.handler, found.thread) == (handler, thread)
    assert ("test_endpoints.py:" in found.source) == bool(thread)  # a class has no line of its own
    assert missed is None


def test_who_answered_in_litestar() -> None:
    """Litestar says it in words of its own, and runs a function where it was told to."""

    @get("/awaited")
    async def awaited() -> str:
        return "x"

    @get("/plain", sync_to_thread=False)
    def plain() -> str:
        return "x"

    @get("/pooled", sync_to_thread=True)
    def pooled() -> str:
        return "x"

    with Explorer(Litestar([awaited, plain, pooled], logging_config=None)) as explorer:
        found = [explorer.get(path).endpoint for path in ("/awaited", "/plain", "/pooled")]
    with Explorer(Starlette(routes=[Mount("/sub", explorer.app)])) as explorer:
        assert explorer.get("/sub/plain").endpoint == found[1]
    assert [one.handler.rpartition(".")[2] for one in found] == ["awaited", "plain", "pooled"]
    assert [one.thread for one in found] == ["event loop", "event loop", "worker thread"]


def test_an_object_that_is_awaited() -> None:
    """An object whose call is a coroutine runs on the loop."""
    assert read_endpoint({"endpoint": Called()}).thread == "event loop"
    assert read_endpoint({"endpoint": "no function"}) is None
    assert read_endpoint({}) is None


def test_in_words() -> None:
    """It is said in one line."""
    assert str(Endpoint(handler="a", source="b.py:1", thread="worker thread")) == "a (b.py:1) in a worker thread"
    assert str(Endpoint(handler="a")) == "a"
