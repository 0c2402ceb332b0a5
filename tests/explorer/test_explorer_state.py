"""Where an app's state is: in middleware of Falcon, in attributes of Quart, in the app inside a wrapper."""

from typing import Any

import falcon.asgi
from quart import Quart

from ipyasgi import Explorer


class Counting:
    def __init__(self) -> None:
        self.count = 0

    async def process_request(self, req: Any, resp: Any) -> None:
        self.count += 1


class Thing:
    async def on_get(self, req: Any, resp: Any) -> None: ...


def test_middleware_of_falcon() -> None:
    """The middleware of Falcon is its state."""
    app = falcon.asgi.App(middleware=[Counting()])
    app.add_route("/", Thing())
    with Explorer(app) as explorer:
        assert [str(one) for one in explorer.get("/").state_diff] == ["app.middleware[0].count 0 → 1"]


def test_attributes_of_quart() -> None:
    """Attributes that were added to an app of Quart are its state, Quart's own are not."""
    app = Quart("app")

    @app.get("/")
    async def page() -> str:
        app.db["count"] += 1  # type: ignore[attr-defined]
        return "x"

    with Explorer(app) as explorer:
        explorer.state.look()
        app.db = {"count": 0}  # type: ignore[attr-defined]
        assert [str(one) for one in explorer.get("/").state_diff] == ["app.db['count'] 0 → 1"]
        assert list(explorer.state.places()) == ["app", "state"]
