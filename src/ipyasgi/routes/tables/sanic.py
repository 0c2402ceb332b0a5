"""Sanic's table: ``router.routes``, whose paths have fields such as ``<name:int>``."""

from __future__ import annotations

import re
from typing import Any

from ..route import Route, about_endpoint

_FIELD = re.compile(r"<(\w+)(?::([^<>]*))?>")


def try_read(app: Any) -> list[Route] | None:
    """Return the routes of a Sanic app, else None."""
    if not any(kind.__module__ == "sanic.app" for kind in type(app).__mro__):
        return None
    return [route for item in app.router.routes for route in _routes_at(item)]


def _routes_at(item: Any) -> list[Route]:
    path = "/" + _FIELD.sub(lambda field: f"{{{field[1]}{':path' if field[2] == 'path' else ''}}}", item.path)
    name = str(item.name).partition(".")[2] or str(item.name)
    handler = item.handler
    extra = getattr(item, "extra", None)
    if getattr(extra, "websocket", False):
        handler = handler.args[0] if getattr(handler, "args", ()) else handler
        return [Route(kind="websocket", method="WS", path=path, name=name, **about_endpoint(handler))]
    about = {"handler": "static"} if getattr(extra, "static", False) else about_endpoint(handler)
    methods = sorted(set(item.methods) - {"HEAD"} or item.methods)
    return [Route(kind="http", method=str(method), path=path, name=name, **about) for method in methods]
