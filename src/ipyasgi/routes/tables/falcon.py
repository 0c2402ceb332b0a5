"""Falcon's table: a tree of nodes in its compiled router, each with a resource and a ``method_map``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from ..route import Route, about_endpoint

_MAX_DEPTH = 100
# A field may have arguments, which are dropped: {when:dt("%Y")}.
_ARGUMENTS = re.compile(r"(\{[^{}:]+:\w+)\([^{}]*\)\}")


def try_read(app: Any) -> list[Route] | None:
    """Return the routes of a Falcon app, else None."""
    roots = getattr(getattr(app, "_router", None), "_roots", None)
    if not isinstance(roots, list):
        return None
    return [route for node in _nodes(roots, 0) for route in _routes_at(node)] + [
        Route(kind="http", method="GET", path=static[0]._prefix.rstrip("/") + "/{path:path}", handler="StaticRoute")
        for static in getattr(app, "_static_routes", ())
    ]


def _nodes(nodes: Iterable[Any], depth: int) -> Iterator[Any]:
    if depth > _MAX_DEPTH:
        return
    for node in nodes:
        if node.resource is not None and node.uri_template:
            yield node
        yield from _nodes(node.children, depth + 1)


def _routes_at(node: Any) -> Iterator[Route]:
    path = _ARGUMENTS.sub(r"\1}", node.uri_template)
    for method, responder in (node.method_map or {}).items():
        # For methods that the resource lacks, Falcon has its own responders.
        if getattr(responder, "__self__", None) is not node.resource:
            continue
        kind, shown = ("websocket", "WS") if method == "WEBSOCKET" else ("http", str(method))
        about = about_endpoint(responder)
        yield Route(kind=kind, method=shown, path=path, name=type(node.resource).__name__, **about)  # type: ignore[arg-type]
