"""Routes that are pairs of a regular expression and a view."""

import re

from ipyasgi.routes.routes import read_routes


async def view(request): ...


class Router:
    def __init__(self, routes):
        self.routes = routes

    async def __call__(self, scope, receive, send): ...


def test_its_routes():
    """Named groups are fields, and the optional suffix of a format is left out."""
    pairs = [(re.compile(text), view) for text in (r"/favicon.ico", r"/-/static/(?P<path>.*)$", r"/(?P<db>[^/]+)/?$")]
    assert list(read_routes(Router(pairs)))[1:] == ["ANY /-/static/{path}", "ANY /{db}"]
    assert read_routes(Router(pairs))["ANY /{db}"].handler == "view"
