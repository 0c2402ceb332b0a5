"""Litestar's table: ``routes`` whose items have ``path`` and one ``route_handler`` or several ``route_handlers``."""

from __future__ import annotations

from typing import Any

from ...records.attributes import try_attribute
from ..route import ANY, Route, about_endpoint


def try_read(app: Any) -> list[Route] | None:
    """Return the routes of a Litestar app, else None."""
    if not is_litestar(app):
        return None
    found = [route for item in app.routes for route in _routes_at(item)]
    # Litestar's own routes come from sets, in a different order in each process.
    own = sorted((one for one in found if one.installed), key=lambda one: (one.path, one.method))
    return [*(one for one in found if not one.installed), *own]


def is_litestar(app: Any) -> bool:
    """Return whether this is a Litestar app."""
    return try_attribute(app, "route_handler_method_map") is not None and isinstance(app.routes, list)


def function_of(handler: Any) -> Any:
    """Return the function of a handler; Litestar wraps it for a listener or the thread pool."""
    function = getattr(handler, "fn", None)
    for inside in ("_fn", "func"):
        if type(function).__module__.startswith("litestar."):
            function = getattr(function, inside, function)
    return function


def _routes_at(item: Any) -> list[Route]:
    kind = str(getattr(item, "scope_type", "")).rpartition(".")[2].lower()
    handlers = getattr(item, "route_handlers", None) or [getattr(item, "route_handler", None)]
    found = []
    for handler in handlers:
        about = about_endpoint(function_of(handler))
        name = str(getattr(handler, "name", None) or "")
        methods = sorted(map(str, getattr(handler, "http_methods", ())))
        if kind == "asgi":
            path = item.path if not getattr(handler, "is_mount", False) else item.path.rstrip("/") + "/{path:path}"
            found.append(Route(kind="http", method=ANY, path=path, name=name, **about))
        elif kind == "websocket":
            found.append(Route(kind="websocket", method="WS", path=item.path, name=name, **about))
        elif methods != ["OPTIONS"] or not about.get("package"):  # Litestar adds OPTIONS to each path
            found += [Route(kind="http", method=method, path=item.path, name=name, **about) for method in methods]
    return found
