"""Routes and endpoints, read from real frameworks."""

import functools
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from litestar import Litestar, get
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from ipyasgi import Explorer
from ipyasgi.records.record import Endpoint
from ipyasgi.routes.routes import read_endpoint, read_routes
from ipyasgi.samples.shop import app as shop


async def page(request):
    """Show a page."""


class Pages(HTTPEndpoint):
    async def get(self, request): ...

    async def post(self, request): ...


def test_fastapi_with_routers_and_mounts(tmp_path):
    """Included routers (nested too), WebSockets, mounted apps and files are all there, the framework's own last."""
    inner, outer = APIRouter(prefix="/inner"), APIRouter(prefix="/outer")
    inner.get("/a/{x}")(lambda x: x)
    inner.websocket("/ws")(lambda ws: None)
    outer.include_router(inner)
    app, mounted = FastAPI(), FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(outer, prefix="/api")
    mounted.post("/s")(lambda: None)
    app.mount("/sub", mounted)
    app.mount("/static", StaticFiles(directory=tmp_path))
    app.api_route("/multi", methods=["GET", "PUT"])(lambda: None)
    keys = list(read_routes(app))

    assert {
        "GET /api/outer/inner/a/{x}",
        "WS /api/outer/inner/ws",
        "POST /sub/s",
        "GET /static/{path:path}",
        "GET /multi",
        "PUT /multi",
    } <= set(keys)
    assert keys.index("GET /multi") < keys.index("GET /openapi.json")


def test_starlette_with_classes_and_middleware():
    """Class endpoints give one route a method; a middleware around the app is seen through."""
    app = Starlette(
        routes=[
            Route("/", page, name="home"),
            Route("/pages", Pages),
            Mount("/m", routes=[Route("/x/{p:path}", page, methods=["GET", "POST"]), WebSocketRoute("/w", page)]),
        ]
    )
    routes = read_routes(GZipMiddleware(app))

    assert list(routes) == ["GET /", "GET /pages", "POST /pages", "GET /m/x/{p:path}", "POST /m/x/{p:path}", "WS /m/w"]
    assert routes["GET /"].name == "home"
    assert routes["GET /"].handler == "page"
    assert routes["GET /"].doc == "Show a page."
    assert routes["GET /"].source.startswith("routes/test_routes.py:")


def test_the_sample():
    """The raw-ASGI sample's own table is understood too."""
    routes = read_routes(shop)

    assert routes["GET /items/{item_id}"].parameters == ("item_id",)
    assert routes["WS /chat"].kind == "websocket"
    assert routes["POST /items"].key == "POST /items"


def test_an_app_without_a_table_has_none():
    """A bare function offers nothing that can be read, and an unknown key says what keys are like."""

    async def app(scope, receive, send): ...

    assert dict(read_routes(app)) == {}
    with pytest.raises(KeyError, match="the keys are like"):
        read_routes(shop)["GET /nothing"]


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
    assert ("test_routes.py:" in found.source) == bool(thread)  # a class has no line of its own
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
