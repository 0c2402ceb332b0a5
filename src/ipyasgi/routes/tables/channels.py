"""Channels' table: a ``URLRouter`` of Django patterns, whose callbacks are ASGI apps; mostly of WebSockets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..route import Route, about_endpoint
from .django import path_of

_MAX_DEPTH = 20


def try_read(app: Any, depth: int = 0) -> list[Route] | None:
    """Return the routes of a ``URLRouter``, else None."""
    if type(app).__module__ != "channels.routing" or type(app).__name__ != "URLRouter" or depth > _MAX_DEPTH:
        return None
    found = []
    for item in app.routes:
        path = "/" + path_of(item.pattern).removeprefix("/")
        inner = try_read(item.callback, depth + 1)
        if inner is not None:
            found += [_under(path, route) for route in inner]
            continue
        consumer = getattr(item.callback, "consumer_class", item.callback)
        about = about_endpoint(consumer)
        bases = {kind.__name__ for kind in getattr(consumer, "__mro__", ())}
        is_http = "AsyncHttpConsumer" in bases
        found.append(
            Route(kind="http", method="ANY", path=path, name=str(item.name or ""), **about)
            if is_http
            else Route(kind="websocket", method="WS", path=path, name=str(item.name or ""), **about)
        )
    return found


def _under(path: str, route: Route) -> Route:
    return replace(route, path=path.rstrip("/") + route.path)
