"""Routes of a Litestar app."""

from litestar import Litestar, Router, WebSocket, asgi, get, post, websocket, websocket_listener
from starlette.applications import Starlette
from starlette.routing import Mount

from ipyasgi.routes.routes import read_routes


@get("/a/{x:int}", name="show")
async def show() -> int:
    """Show it."""
    return 1


@post("/a/{x:int}")
async def change() -> int:
    return 1


@websocket("/ws/{room:str}")
async def talk(socket: WebSocket) -> None: ...


@asgi("/raw", is_mount=True, copy_scope=True)
async def raw(scope: dict, receive: object, send: object) -> None: ...


@get("/pooled", sync_to_thread=True)
def pooled() -> int:
    """Wait."""
    return 1


@websocket_listener("/ears")
def listen(data: str) -> str:
    return data


app = Litestar(
    [Router("/api", route_handlers=[show, change]), talk, raw, pooled, listen], logging_config=None
)  # otherwise it sets logging up for the whole process


def test_its_routes():
    """Handlers below routers, WebSockets and mounted apps are there, Litestar's own after them."""
    routes = read_routes(app)
    own = [route for route in routes.values() if not route.installed]

    assert {route.key for route in own} == {
        "GET /api/a/{x:int}",
        "POST /api/a/{x:int}",
        "WS /ws/{room:str}",
        "ANY /raw/{path:path}",
        "GET /pooled",
        "WS /ears",
    }
    assert list(routes.values())[: len(own)] == own
    shown = routes["GET /api/a/{x:int}"]
    assert (shown.name, shown.handler, shown.doc, shown.parameters) == ("show", "show", "Show it.", ("x",))
    assert shown.source.startswith("tables/test_litestar.py:")
    assert "GET /schema/openapi.json" in routes


def test_functions_inside_objects_of_its_own():
    """A function for the thread pool and one that listens are named, not what Litestar wraps them in."""
    routes = read_routes(app)

    assert (routes["GET /pooled"].handler, routes["GET /pooled"].doc) == ("pooled", "Wait.")
    assert routes["WS /ears"].handler == "listen"


def test_mounted_in_another():
    """An app of another framework that is mounted is read too, under its prefix."""
    alone = {route.method: route.path for route in read_routes(app).values() if not route.installed}
    mounted = read_routes(Starlette(routes=[Mount("/sub", app)]))

    own = {route.method: route.path for route in mounted.values() if not route.installed}
    assert own == {method: f"/sub{path}" for method, path in alone.items()}
    assert mounted["GET /sub/api/a/{x:int}"].handler == "show"
    assert mounted["WS /sub/ears"].handler == "listen"
