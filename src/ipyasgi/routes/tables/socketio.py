"""Socket.IO and Engine.IO: an app that takes one path itself, and gives the other requests to the app inside."""

from __future__ import annotations

from typing import Any

from ..route import ANY, Route


def read_own(app: Any) -> list[Route]:
    """Return the routes of the server's own path; empty for another app."""
    if not any(kind.__module__ == "engineio.async_drivers.asgi" for kind in type(app).__mro__):
        return []
    path = "/" + str(app.engineio_path).strip("/") + "/"
    server = type(app.engineio_server).__name__
    about = {"path": path, "name": path.strip("/"), "handler": server, "package": "socketio"}
    return [Route(kind="http", method=ANY, **about), Route(kind="websocket", method="WS", **about)]  # type: ignore[arg-type]
