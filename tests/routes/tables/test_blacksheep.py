"""Routes of BlackSheep, from objects of its structure: its wheels change what other frameworks have installed."""

from types import SimpleNamespace

from ipyasgi.routes.routes import read_routes


async def show(request):
    """Show it."""


async def normalized(request): ...


normalized.root_fn = show  # type: ignore[attr-defined]


class Application:
    def __init__(self, routes):
        self.router = SimpleNamespace(routes=routes)

    async def __call__(self, scope, receive, send): ...


Application.__module__ = "blacksheep.server.application"


def test_its_routes():
    """Fields of both syntaxes, files and WebSockets are read; HEAD is not."""
    table = {
        b"GET": [
            SimpleNamespace(pattern=b"/a/:id", handler=normalized),
            SimpleNamespace(pattern=b"/b/{path:rest}", handler=show),
            SimpleNamespace(pattern=b"/st/*", handler=show),
        ],
        b"HEAD": [SimpleNamespace(pattern=b"/st/*", handler=show)],
        b"GET_WS": [SimpleNamespace(pattern=b"/ws/{room}", handler=show)],
    }
    routes = read_routes(Application(table))
    assert list(routes) == ["GET /a/{id}", "GET /b/{rest:path}", "GET /st/{path:path}", "WS /ws/{room}"]
    assert routes["GET /a/{id}"].doc == "Show it."
