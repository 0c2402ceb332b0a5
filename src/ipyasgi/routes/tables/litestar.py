"""Litestar's table: ``routes`` whose items have ``path`` and one ``route_handler`` or several ``route_handlers``."""

from __future__ import annotations

from typing import Any

from ..route import Route, about_endpoint


def try_read(app: Any) -> list[Route] | None:
    """Return the routes of a Litestar app, None for another."""
    if not is_litestar(app):
        return None
    found = [route for item in app.routes for route in _routes_at(item)]
    # Its own come from sets, in another order in each process.
    return [*(one for one in found if not one.installed), *sorted((one for one in found if one.installed), key=_place)]


def is_litestar(app: Any) -> bool:
    """Return whether this is a Litestar app."""
    return hasattr(app, "route_handler_method_map") and isinstance(getattr(app, "routes", None), list)


def _place(route: Route) -> tuple[str, str]:
    return route.path, route.method


def function_of(handler: Any) -> Any:
    """Return the function behind a handler: a listener's, and one for the thread pool, are in objects of Litestar's."""
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
            found.append(Route(kind="http", method="GET", path=path, name=name, **about))
        elif kind == "websocket":
            found.append(Route(kind="websocket", method="WS", path=item.path, name=name, **about))
        elif methods != ["OPTIONS"] or not about.get("installed"):  # it answers OPTIONS for every path by itself
            found += [Route(kind="http", method=method, path=item.path, name=name, **about) for method in methods]
    return found
