"""Routes of Sanic, from objects of its structure: its wheels change what other frameworks have installed."""

import functools
import re
from types import SimpleNamespace

from ipyasgi.routes.routes import read_routes


async def show(request, n):
    """Show it."""


async def handle(handler, request): ...


class Sanic:
    def __init__(self, routes):
        self.router = SimpleNamespace(routes=routes)

    async def __call__(self, scope, receive, send): ...


Sanic.__module__ = "sanic.app"


def route(path, methods, handler, **extra):
    """Return a route of sanic-routing."""
    return SimpleNamespace(
        path=path, methods=frozenset(methods), handler=handler, name=f"app.{path}", extra=SimpleNamespace(**extra)
    )


def test_its_routes():
    """Fields, WebSockets and files are read."""
    routes = read_routes(
        Sanic(
            [
                route("a/<n:int>", ["GET"], show),
                route("b/<n>", ["POST", "PUT"], show),
                route("ws/<room:str>", ["GET"], functools.partial(handle, show), websocket=True),
                route("st/<__file_uri__:path>", ["GET", "HEAD"], functools.partial(handle, show), static=True),
                route(r"re/<n:(?P<n>\d+)>", ["GET"], show),
            ]
        )
    )
    assert list(routes)[:5] == [
        "GET /a/{n}",
        "POST /b/{n}",
        "PUT /b/{n}",
        "WS /ws/{room}",
        "GET /st/{__file_uri__:path}",
    ]
    assert routes["WS /ws/{room}"].handler == "show"
    assert routes["GET /a/{n}"].doc == "Show it."
    assert re.search("static", routes["GET /st/{__file_uri__:path}"].handler)
