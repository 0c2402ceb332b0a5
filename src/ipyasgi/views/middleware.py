"""The layers of an app without a request: a table, outermost first."""

from __future__ import annotations

from typing import Any

from ..records.settings import Settings
from ..tracing.layers import Middleware
from ..tracing.middleware_row import MiddlewareRow
from .changes import pick_all
from .figures import count_of
from .view import View, build_view, one_line, shows

_MOST_ROWS = 200


def middleware_data(middleware: Middleware, settings: Settings) -> dict[str, Any]:
    """Return the layers."""
    return {"middleware": pick_all(middleware, "name", "source", "package", "depth", "path")}


@shows(Middleware, middleware_data)
def view_middleware(middleware: Middleware, settings: Settings) -> View:
    """Return the view of an app's layers."""
    rows = [(f"{'  ' * row.depth}{_title(row)}", row.source, row.package) for row in middleware[:_MOST_ROWS]]
    title = f"{count_of(len(middleware), 'layer')}, outermost first"
    widths = [max(len(row[column]) for row in rows) if rows else 0 for column in range(2)]
    lines = [f"  {name:<{widths[0]}}  {source:<{widths[1]}}  {package}".rstrip() for name, source, package in rows]
    return build_view("\n".join([title, *lines]), "middleware.html", title=title, rows=rows)


def _title(row: MiddlewareRow) -> str:
    return one_line(f"{row.path}  {row.name}" if row.path else row.name, 100)
