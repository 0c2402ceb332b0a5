"""Starlette's table, also of FastAPI and our samples: ``routes`` of objects with ``path`` and ``endpoint``."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from ..route import Route, about_endpoint
from . import litestar

_MAX_DEPTH = 20


def layers_of(app: Any) -> Iterator[Any]:
    """Yield an app and those it wraps: the ``app`` of a middleware, the object of a method such as ``app.asgi_app``."""
    for _ in range(_MAX_DEPTH):
        yield app
        owner = getattr(app, "__self__", None) if inspect.ismethod(app) else None
        inner = getattr(app, "app", None) if owner is None else owner
        if not callable(inner):
            return
        app = inner


def has_table(holder: Any) -> bool:
    """Return whether an object has Starlette's table; Litestar's ``routes`` are different."""
    return isinstance(getattr(holder, "routes", None), (list, tuple)) and not litestar.is_litestar(holder)


def read(app: Any, read_other: Callable[[Any], list[Route]]) -> list[Route]:
    """Return the routes of an app with this table, mounted apps included; ``read_other`` reads apps without one."""
    return [route for item, path in _walk(app, "", 0) for route in _routes_at(item, path, read_other)]


def mounts_of(app: Any, prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Yield each mounted app with its prefix, at any depth."""
    holder = _with_table(app)
    if depth > _MAX_DEPTH or holder is None:
        return
    for item in holder.routes:
        inner = getattr(item, "app", None)
        path = prefix + _path_of(item).rstrip("/")
        # A plain route has an `app` too, but a mount has no endpoint.
        if inner is not None and getattr(item, "endpoint", None) is None:
            yield path, inner
            yield from mounts_of(inner, path, depth + 1)


def _with_table(app: Any) -> Any:
    return next((layer for layer in layers_of(app) if has_table(layer)), None)


def _walk(holder: Any, prefix: str, depth: int) -> Iterator[tuple[Any, str]]:
    """Yield each route with its full path."""
    if depth > _MAX_DEPTH:
        return
    for item in holder.routes:
        for part in _included(item):
            path = prefix + _path_of(part)
            inner = _with_table(getattr(part, "app", None) or part)
            if inner is not None and inner.routes:
                yield from _walk(inner, path.rstrip("/"), depth + 1)
            else:
                yield part, path


def _included(item: Any) -> Iterable[Any]:
    """Return the routes of a router that FastAPI (0.165) includes by reference, else the item."""
    contexts = getattr(item, "effective_route_contexts", None)
    if not callable(contexts):
        return (item,)
    return [getattr(context, "starlette_route", None) or context for context in contexts()]


def _path_of(item: Any) -> str:
    path = getattr(item, "path", "")
    return path if isinstance(path, str) else ""


def _routes_at(item: Any, path: str, read_other: Callable[[Any], list[Route]]) -> Iterator[Route]:
    endpoint = getattr(item, "endpoint", None)
    about = about_endpoint(endpoint)
    name = str(getattr(item, "name", "") or "")
    if endpoint is None and not getattr(item, "methods", None):
        mounted = getattr(item, "app", None)
        if mounted is None:
            return
        others = [] if _with_table(mounted) is not None else read_other(mounted)
        yield from (replace(route, path=path.rstrip("/") + route.path) for route in others)
        if not others and path:
            handler = type(mounted).__name__
            yield Route(kind="http", method="GET", path=path + "/{path:path}", name=name, handler=handler)
        return
    methods = getattr(item, "methods", None) or _methods_of_class(endpoint)
    if _is_websocket(item, methods):
        yield Route(kind="websocket", method="WS", path=path, name=name, **about)
        return
    methods = sorted(methods) if methods else ["GET"]
    if "GET" in methods:  # to which every framework adds HEAD
        methods = [method for method in methods if method != "HEAD"]
    yield from (Route(kind="http", method=method, path=path, name=name, **about) for method in methods)


def _methods_of_class(endpoint: Any) -> list[str]:
    """Return the methods of a class-based endpoint, which has functions such as ``get``."""
    if not inspect.isclass(endpoint):
        return []
    return [name.upper() for name in ("get", "post", "put", "patch", "delete", "options") if hasattr(endpoint, name)]


def _is_websocket(item: Any, methods: Any) -> bool:
    kind = getattr(item, "kind", None)
    if isinstance(kind, str):
        return kind == "websocket"
    return not methods and "websocket" in type(item).__name__.lower()
