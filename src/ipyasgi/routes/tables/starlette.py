"""Starlette's table, also of FastAPI and our samples: ``routes`` of objects with ``path`` and ``endpoint``."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from ...records.attributes import try_attribute
from ..nested_apps import looks_like_app
from ..route import ANY, Route, about_endpoint
from ..websocket import read_query
from . import litestar


def has_table(holder: Any) -> bool:
    """Return whether an object has Starlette's table; Litestar's ``routes`` are different."""
    routes = try_attribute(holder, "routes")
    return isinstance(routes, (list, tuple)) and not litestar.is_litestar(holder)


def read(app: Any, read_other: Callable[[Any], list[Route]]) -> list[Route]:
    """Return the routes of an app with this table; ``read_other`` reads the mounted apps."""
    own = (route for item in app.routes for part in included(item) for route in _routes_at(part, read_other))
    frontend = getattr(getattr(app, "router", None), "_frontend_routes", None)  # of FastAPI's app.frontend()
    files = (
        Route(kind="http", method="GET", path=_path_of(item).rstrip("/") + "/{path:path}", handler="StaticFiles")
        for item in getattr(frontend, "routes", ())
    )
    return [*own, *files]


def mounts_of(app: Any) -> Iterator[tuple[str, Any]]:
    """Yield each app that is mounted in this table, with its path."""
    for item in app.routes:
        inner = getattr(item, "app", None)
        # A plain route has an `app` too, but a mount has no endpoint.
        if inner is not None and getattr(item, "endpoint", None) is None:
            yield _path_of(item).rstrip("/"), inner


def included(item: Any) -> Iterable[Any]:
    """Return the routes of a router that FastAPI (0.165) includes by reference, else the item."""
    contexts = getattr(item, "effective_route_contexts", None)
    if not callable(contexts):
        return (item,)
    return [getattr(context, "starlette_route", None) or context for context in contexts()]


def _path_of(item: Any) -> str:
    path = getattr(item, "path", "")
    return path if isinstance(path, str) else ""


def _routes_at(item: Any, read_other: Callable[[Any], list[Route]]) -> Iterator[Route]:
    path = _path_of(item)
    endpoint = getattr(item, "endpoint", None) or _function_of_gateway(item)
    about = about_endpoint(endpoint)
    name = str(getattr(item, "name", "") or "")
    if endpoint is None and not getattr(item, "methods", None):
        yield from _mounted(item, path, name, read_other)
        return
    methods = getattr(item, "methods", None) or _methods_of_class(endpoint)
    if _is_websocket(item, methods):
        yield Route(kind="websocket", method="WS", path=path, name=name, query=read_query(item), **about)
        return
    methods = sorted(methods) if methods else [ANY if looks_like_app(endpoint) else "GET"]
    if "GET" in methods:  # to which every framework adds HEAD
        methods = [method for method in methods if method != "HEAD"]
    yield from (Route(kind="http", method=method, path=path, name=name, **about) for method in methods)


def _mounted(item: Any, path: str, name: str, read_other: Callable[[Any], list[Route]]) -> Iterator[Route]:
    mounted = getattr(item, "app", None)
    holder = mounted if mounted is not None else item if has_table(item) else None
    if holder is None:
        return
    host = getattr(item, "host", "")
    others = read_other(holder)
    for route in others:
        at_host = route.host or (host if isinstance(host, str) else "")
        yield replace(route, path=path.rstrip("/") + route.path, name=route.name or name, host=at_host)
    if not others and path and mounted is not None:
        about = {**about_endpoint(mounted), "doc": "", "package": ""}
        if not inspect.isroutine(mounted):
            about = {"handler": type(mounted).__name__}
        yield Route(kind="http", method=ANY, path=path + "/{path:path}", name=name, **about)


def _function_of_gateway(item: Any) -> Any:
    """Return the function of a gateway of Ravyn, whose handler has it."""
    return getattr(getattr(item, "handler", None), "fn", None)


def _methods_of_class(endpoint: Any) -> list[str]:
    """Return the methods of a class-based endpoint, which has functions such as ``get``."""
    if not inspect.isclass(endpoint):
        return []
    return [name.upper() for name in ("get", "post", "put", "patch", "delete", "options") if hasattr(endpoint, name)]


def _is_websocket(item: Any, methods: Any) -> bool:
    kind = getattr(item, "kind", None)
    if isinstance(kind, str):
        return kind == "websocket"
    return "websocket" in type(item).__name__.lower() and not set(methods or ()) - {"GET", "HEAD"}
