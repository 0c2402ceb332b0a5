"""Apps that are one route."""

from starlette.staticfiles import StaticFiles

from ipyasgi.routes.routes import read_routes


class GraphQL:
    async def __call__(self, scope, receive, send): ...


def test_their_routes(tmp_path):
    """Files are got under any path; GraphQL takes any method."""
    assert list(read_routes(StaticFiles(directory=tmp_path))) == ["GET /{path:path}"]
    for module in ("strawberry.asgi", "ariadne.asgi.graphql"):
        kind = type("GraphQL", (GraphQL,), {"__module__": module})
        assert list(read_routes(kind())) == ["ANY /"]
