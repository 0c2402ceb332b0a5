"""Routes as a table."""

from ipyasgi import Route, Settings
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
        view.text == "2 routes\n  GET  /             show_home  shop/api.py:7\n  WS   /chat/{room}  chat  shop/api.py:9"
    )
    markup = Markup(view.html)
    assert sum(tag == "tr" for tag, _ in markup.elements) == 3
    assert "shop/api.py:9" in markup.text


def test_no_routes_is_no_error() -> None:
    """An app without a supported table has a note that requests still work."""
    view = view_routes(Routes([]), Settings())
    assert view.text.startswith("No routes found")
    assert "<table" not in view.html
