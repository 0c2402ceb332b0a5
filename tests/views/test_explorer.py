"""The card of an app."""

from types import SimpleNamespace
from typing import Annotated, Literal
from uuid import UUID

import pytest
from fastapi import Depends, FastAPI, Query, WebSocket
from fastapi.security import HTTPBearer
from pydantic import BaseModel, Field

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
    assert rest[-1] == "try: %asgi GET /   %asgi routes   %asgi help"  # a terminal has no panel
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


class Item(BaseModel):
    """A body."""

    name: str = Field(min_length=3)


def build_fastapi() -> FastAPI:
    """Return an app in which nothing can be sent without a value."""
    app = FastAPI()

    @app.get("/me", dependencies=[Depends(HTTPBearer())])
    def me(): ...

    @app.post("/items")
    def make(item: Item):
        return item

    @app.get("/items/{item_id}/{kind}")
    def show(item_id: UUID, kind: Literal["new", "old"], limit: Annotated[int, Query(ge=5)]): ...

    @app.websocket("/chat")
    async def chat(websocket: WebSocket): ...

    return app


@pytest.mark.parametrize(
    ("kept", "line"),
    [
        ({"show", "make", "me", "chat"}, "%asgi GET /items/00000000-0000-4000-8000-000000000000/new limit==5"),
        ({"make", "me", "chat"}, "%asgi POST /items name=aaa"),
        ({"me", "chat"}, "%asgi GET /me"),
        ({"chat"}, "%asgi ws /chat"),
        (set(), "%asgi GET /openapi.json"),
    ],
)
def test_the_first_suggestion_can_be_sent(kept: set[str], line: str) -> None:
    """An operation of the app's own, filled from its document; credentials, sockets and the framework's come last."""
    app = build_fastapi()
    app.router.routes[:] = [
        one for one in app.router.routes if one.name in kept or one.endpoint.__module__.startswith("fastapi")
    ]
    with Explorer(app) as explorer:
        (*_, suggested) = view_explorer(explorer, explorer.settings).text.split("\n")
    assert suggested == f"try: {line}   %asgi routes   %asgi help"


def test_a_suggestion_sends_nothing() -> None:
    """The document is not requested for it: a card is only a display."""
    asked = []

    async def app(scope, receive, send):
        asked.append(scope["type"])
        raise RuntimeError("none")

    app.routes = [SimpleNamespace(path=path, methods={"GET"}) for path in ("/openapi.json", "/items/{id}")]
    with Explorer(app) as explorer:
        view_explorer(explorer, explorer.settings)
    assert asked == ["lifespan"]


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
