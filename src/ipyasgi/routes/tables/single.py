"""Apps that have no table because they are one route: files of Starlette, GraphQL of Strawberry and Ariadne."""

from __future__ import annotations

from typing import Any

from ..route import ANY, Route

_GRAPHQL = ("strawberry.asgi", "ariadne.asgi")


def try_read(app: Any) -> list[Route] | None:
    """Return the one route of such an app, else None."""
    for kind in type(app).__mro__:
        if kind.__module__ == "starlette.staticfiles":
            return [Route(kind="http", method="GET", path="/{path:path}", handler=type(app).__name__)]
        if kind.__module__.startswith(_GRAPHQL):
            return [Route(kind="http", method=ANY, path="/", handler=type(app).__name__)]
    return None
