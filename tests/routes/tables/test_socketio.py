"""Routes of a Socket.IO server with another app."""

import pytest
from fastapi import FastAPI

from ipyasgi.routes.routes import read_routes

socketio = pytest.importorskip("socketio")


def test_its_routes() -> None:
    """Its own path takes any method and WebSockets; the routes of the other app come first."""
    app = FastAPI(openapi_url=None)
    app.get("/x")(lambda: 1)
    server = socketio.AsyncServer(async_mode="asgi")
    own = ["ANY /live/", "WS /live/"]
    assert list(read_routes(socketio.ASGIApp(server, other_asgi_app=app, socketio_path="live"))) == ["GET /x", *own]
    assert list(read_routes(socketio.ASGIApp(server, socketio_path="live"))) == own
