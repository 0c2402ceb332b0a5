"""Routes as a table."""

import dataclasses

from fastapi import APIRouter, FastAPI
from starlette.staticfiles import StaticFiles

from ipyasgi import Explorer, Route, Settings
from ipyasgi.routes import Routes
from ipyasgi.views.routes import view_routes

from .conftest import Markup


def test_each_route_is_a_row() -> None:
    """Method, path, name, handler and source stand in columns, aligned in a terminal."""
    routes = Routes(
        [
            Route(kind="http", method="GET", path="/", name="home", handler="show_home", source="shop/api.py:7"),
            Route(
                kind="websocket", method="WS", path="/chat/{room}", name="chat", handler="chat", source="shop/api.py:9"
            ),
        ]
    )
    view = view_routes(routes, Settings())
    assert (
        view.text
        == "2 routes\n  GET  /             show_home  shop/api.py:7\n  WS   /chat/{room}  chat       shop/api.py:9"
    )
    markup = Markup(view.html)
    assert sum(tag == "tr" for tag, _ in markup.elements) == 3
    assert "shop/api.py:9" in markup.text


def test_no_routes_is_no_error() -> None:
    """An app without a supported table has a note that requests still work."""
    view = view_routes(Routes([]), Settings())
    assert view.text.startswith("No routes found")
    assert "<table" not in view.html


def _clinic() -> FastAPI:
    app, pets = FastAPI(), APIRouter(tags=["pets", "animals"])

    @pets.post("/pets", summary="Register a pet")
    def create_pet() -> None: ...

    @pets.get("/pets")
    def list_pets() -> None: ...

    @app.get("/health")
    def health() -> None: ...

    app.include_router(pets)
    return app


def test_routes_are_grouped_by_tag() -> None:
    """The document's first tag is a heading; its summary is there unless it is the handler's name in words."""
    with Explorer(_clinic()) as explorer:
        view = view_routes(explorer.routes, explorer.settings)
        plain = view_routes(explorer.routes, explorer.settings, labelled=False)
    lines = [" ".join(line.split(" views/")[0].split()) for line in view.text.split("\n")]
    assert lines == [
        "7 routes",
        "GET /health _clinic.<locals>.health",
        "pets",
        "POST /pets _clinic.<locals>.create_pet",
        "GET /pets _clinic.<locals>.list_pets",
        "4 of FastAPI's own: /openapi.json, /docs, /docs/oauth2-redirect, /redoc",
    ]
    assert view.text.split("\n")[3].endswith("  Register a pet")
    assert [text for text in ("Health", "List Pets", "animals") if text in view.text + view.html] == []
    assert "methodpathhandlersummarysource" in Markup(view.html).text
    assert ("th", {"scope": "rowgroup", "colspan": "5"}) in Markup(view.html).elements
    assert "\npets\n" not in plain.text


def test_the_routes_of_the_framework_are_one_line() -> None:
    """They are folded, with their sources, unless the app has no others; what the user has mounted is not."""
    app = _clinic()
    app.mount("/static", StaticFiles(directory="."))
    with Explorer(app) as explorer, Explorer(FastAPI()) as bare:
        html = view_routes(explorer.routes, explorer.settings).html
        own = view_routes(bare.routes, bare.settings)
        card = explorer.to_text()
    shown, folded = html.split("<summary>4 of FastAPI&#39;s own</summary>")
    assert "/static" in shown
    assert "/redoc" not in shown
    assert "/redoc" in folded
    assert "…swagger_ui_redirect" in folded
    assert "4 of FastAPI's own: /openapi.json" in card
    assert len(own.text.split("\n")) == 5
    assert "own" not in own.text


def test_the_first_of_many_routes() -> None:
    """A caller that has no room for all lists some, and the title says so."""
    routes = Routes([Route(kind="http", method="GET", path=f"/{n}") for n in range(1_200)])
    view = view_routes(routes, Settings(), most=2)
    assert view.text.split("\n") == [
        "1,200 routes, the first 2 here: %asgi docs WORD filters",
        "  GET  /0",
        "  GET  /1",
    ]
    assert view.html.count('class="i-path"') == 2
    assert "the first 1,000 here" in view_routes(routes, Settings()).text


def test_a_long_handler_is_cut_and_a_path_is_not() -> None:
    """The last name of a long handler is kept; the path is on one line, whatever the width of the page."""
    route = Route(
        kind="http", method="GET", path="/a/{b}" * 15, handler="build_the_app.<locals>.routes_of_it.<locals>.show"
    )
    view = view_routes(
        Routes([route, dataclasses.replace(route, method="PUT", handler="build.<locals>.show")]), Settings()
    )
    first, second = view.text.split("\n")[1:]
    assert first == f"  GET  {route.path}  …show"
    assert second.endswith("  build.<locals>.show")
    assert f'<td class="i-path"><code>{route.path}</code></td>' in view.html
