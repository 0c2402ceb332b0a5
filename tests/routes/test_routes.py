"""What an app offers, read from real frameworks."""

import pytest
from fastapi import APIRouter, FastAPI
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from ipyasgi.routes.routes import read_routes
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
