"""Routes of Starlette's table that are not functions: mounted apps, apps as endpoints, hosts, files."""

from typing import Any

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import Host, Mount, Route, Router
from starlette.staticfiles import StaticFiles

from ipyasgi import Explorer
from ipyasgi.routes.routes import read_routes


async def raw(scope: Any, receive: Any, send: Any) -> None: ...


class Raw:
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...


async def page(request: Any) -> None: ...


def test_where_any_method_is_taken(tmp_path: Any) -> None:
    """A mounted app without a table and an app as endpoint take any method; files are got."""
    app = Starlette(
        routes=[
            Mount("/raw", raw),
            Mount("/obj", Raw()),
            Route("/o", Raw()),
            Mount("/s", StaticFiles(directory=tmp_path)),
        ]
    )
    routes = read_routes(app)
    assert list(routes) == ["ANY /raw/{path:path}", "ANY /obj/{path:path}", "ANY /o", "GET /s/{path:path}"]
    assert [one.handler for one in routes.values()] == ["raw", "Raw", "Raw", "StaticFiles"]
    assert routes["ANY /raw/{path:path}"].source.startswith("tables/test_starlette.py:")
    with Explorer(app) as explorer:
        assert explorer.routes["ANY /o"].example().method == "GET"


def test_hosts() -> None:
    """A route for one host says so, and its example is sent to that host."""
    app = Starlette(routes=[Host("api.example.org", Router([Route("/h", page)])), Route("/h", page)])
    assert list(read_routes(app)) == ["GET api.example.org/h", "GET /h"]
    with Explorer(app) as explorer:
        assert (b"host", b"api.example.org") in explorer.routes["GET api.example.org/h"].example().headers


def test_a_frontend(tmp_path: Any) -> None:
    """The files that FastAPI serves besides its routes are listed."""
    app = FastAPI(openapi_url=None)
    if hasattr(app, "frontend"):  # FastAPI 0.16x
        app.frontend("/", directory=str(tmp_path))
        assert list(read_routes(app)) == ["GET /{path:path}"]
