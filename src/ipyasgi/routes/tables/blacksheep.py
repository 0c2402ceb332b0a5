"""BlackSheep's table: ``router.routes``, a dict of lists by method, which it fills when it starts."""

from __future__ import annotations

import re
from typing import Any

from ..route import Route, about_endpoint

_FIELD = re.compile(r":(\w+)|\{(?:(path):)?(\w+)(?::(\w+))?\}")
_WEBSOCKET = "GET_WS"


def try_read(app: Any) -> list[Route] | None:
    """Return the routes of a BlackSheep app, else None."""
    if not any(kind.__module__ == "blacksheep.server.application" for kind in type(app).__mro__):
        return None
    return [route for method, items in app.router.routes.items() for route in _routes_at(_text(method), items)]


def _routes_at(method: str, items: Any) -> list[Route]:
    found = []
    for item in items:
        if method == "HEAD":
            continue
        path = _FIELD.sub(_field, _text(item.pattern))
        if path.endswith("/*"):
            path = path[:-1] + "{path:path}"
        about = about_endpoint(_function_of(item.handler))
        if method == _WEBSOCKET:
            found.append(Route(kind="websocket", method="WS", path=path, **about))
        else:
            found.append(Route(kind="http", method=method, path=path, **about))
    return found


def _field(found: re.Match[str]) -> str:
    name = found[1] or found[3]
    return f"{{{name}:path}}" if "path" in (found[2], found[4]) else f"{{{name}}}"


def _function_of(handler: Any) -> Any:
    """Return the function that the app has wrapped to fill its arguments."""
    return getattr(handler, "root_fn", handler)


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
