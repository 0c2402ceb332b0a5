"""The card of an app."""

from types import SimpleNamespace

import pytest

from ipyasgi import Explorer
from ipyasgi.samples.shop import Shop
from ipyasgi.views.explorer import view_explorer

from .conftest import Markup


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_the_card_of_the_sample() -> None:
    """Name, lifespan, routes and what to try next are on the card."""
    with Explorer(Shop(), name="shop:app") as explorer:
        explorer.get("/items")
        view = view_explorer(explorer, explorer.settings)
    first, *rest = view.text.split("\n")
    assert first.startswith("shop:app  lifespan running (")
    assert first.endswith("9 routes  1 exchange")
    assert rest[-1] == "try: %asgi GET /   %asgi routes   %asgi panel"
    text = Markup(view.html).text
    assert "/items/{item_id}" in text
    assert "%asgi panel" in text


def test_many_routes_are_cut() -> None:
    """The first dozen routes are shown; how many there are beyond is said, and a path that can be tried."""

    async def app(scope, receive, send):
        raise RuntimeError("none")

    app.routes = [SimpleNamespace(path=f"/r{n}/{{id}}" if n < 3 else f"/r{n}", methods={"GET"}) for n in range(20)]
    with Explorer(app) as explorer:
        view = view_explorer(explorer, explorer.settings)
    assert "… 8 more routes: %asgi routes" in view.text
    assert "try: %asgi GET /r3 " in view.text
    assert "/r11" in view.html
    assert "/r12" not in view.html


def test_a_failed_startup_is_on_the_card() -> None:
    """The exception with the app's frame, and what to do about it."""

    async def app(scope, receive, send):
        await receive()
        raise OSError("no database")

    with Explorer(app) as explorer:
        view = view_explorer(explorer, explorer.settings)
    for form in (view.text, Markup(view.html).text):
        assert "startup failed" in form
        assert "OSError: no database" in form
        assert 'raise OSError("no database")' in form
        assert "%asgi lifespan restart" in form


def test_a_closed_explorer_is_marked() -> None:
    """After closing nothing is suggested."""

    async def app(scope, receive, send):
        raise RuntimeError("none")

    explorer = Explorer(app)
    explorer.close()
    view = view_explorer(explorer, explorer.settings)
    assert "closed" in view.text
    assert "%asgi" not in view.text
