"""The shop's own table of routes."""

from __future__ import annotations

import anyio
import pytest

from ipyasgi.samples.shop import app, try_match


def test_routes_can_be_read_by_duck_typing():
    """Each route has a kind, methods, a path, a name and an endpoint that bears that name."""
    assert all(route.name == route.endpoint.__name__ for route in app.routes)
    assert {route.kind for route in app.routes} == {"http", "websocket"}
    assert all(bool(route.methods) == (route.kind == "http") for route in app.routes)


@pytest.mark.parametrize(
    ("template", "path", "values"),
    [
        ("/", "/", {}),
        ("/items", "/items", {}),
        ("/items/{item_id}", "/items/7", {"item_id": "7"}),
        ("/{kind}/{item_id}", "/items/7", {"kind": "items", "item_id": "7"}),
        ("/items/{item_id}", "/items/", None),
        ("/items/{item_id}", "/items/7/", None),
        ("/items/{item_id}", "/other/7", None),
        ("/items", "/items/", None),
    ],
)
def test_a_path_is_matched_part_by_part(template, path, values):
    """A template matches a path of as many parts; each brace takes one part that is not empty."""
    assert try_match(template, path) == values


def test_an_unknown_kind_of_scope_is_refused(backend):
    """A server that asks for something else than http, websocket or lifespan is told so."""
    with pytest.raises(ValueError, match="not 'mqtt'"):
        anyio.run(app, {"type": "mqtt"}, None, None, backend=backend)
