"""What an app offers, as a table."""

from __future__ import annotations

from ..records.settings import Settings
from ..routes.routes import Route, Routes
from .figures import count_of
from .view import View, build_view, one_line

_NONE = "No routes found: the app keeps no table that is understood. Requests to any path work all the same."


def view_routes(routes: Routes, settings: Settings) -> View:
    """Return every route with its method, path, name, handler and where that is written."""
    rows = list(routes.values())
    title = count_of(len(rows), "route") if rows else _NONE
    return build_view("\n".join([title, *route_lines(rows)]), "routes.html", rows=rows, title=title)


def route_lines(rows: list[Route]) -> list[str]:
    """Return one aligned line for each route."""
    method = max((len(row.method) for row in rows), default=0)
    path = min(max((len(row.path) for row in rows), default=0), 40)
    return [
        f"  {one_line(row.method, 12):<{method}}  {one_line(row.path, 120):<{path}}  "
        f"{one_line(row.handler or row.name, 60)}  {one_line(row.source, 60)}".rstrip()
        for row in rows
    ]
