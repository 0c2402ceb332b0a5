"""Routes of a Falcon app."""

import falcon.asgi

from ipyasgi.routes.routes import read_routes


class Thing:
    async def on_get(self, req, resp, id):
        """Get it."""

    async def on_post(self, req, resp, id): ...

    async def on_get_all(self, req, resp): ...

    async def on_websocket(self, req, ws, id): ...


def test_its_routes():
    """Responders are there, with a suffix too, and the methods that a resource has not are not."""
    app = falcon.asgi.App()
    app.add_route("/things/{id:int}", Thing())
    app.add_route("/things", Thing(), suffix="all")
    app.add_route('/at/{id:dt("%Y-%m")}', Thing())
    routes = read_routes(app)

    assert set(routes) == {
        "GET /things",
        "GET /things/{id:int}",
        "POST /things/{id:int}",
        "WS /things/{id:int}",
        "GET /at/{id:dt}",
        "POST /at/{id:dt}",
        "WS /at/{id:dt}",
    }
    shown = routes["GET /things/{id:int}"]
    assert (shown.name, shown.handler, shown.doc) == ("Thing", "Thing.on_get", "Get it.")
