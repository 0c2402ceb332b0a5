"""The routes of an app: as a table, or each with its docstring and inputs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from ..openapi.media import kind_of
from ..records.settings import Settings
from ..routes.route import Input, Route
from ..routes.routes import RouteDocs, Routes
from .changes import pick
from .figures import count_of
from .view import View, build_view, one_line, shows

_NO_ROUTES = "No routes found: the app has no supported route table. Requests to any path still work."
_NO_DOCS = "No route matches by method, path, name or handler. %asgi routes shows all routes."
_DOC_LINES = 40
_WIDEST = 40  # the maximum width of an aligned column
_BODIES = {"json": "JSON", "urlencoded": "form", "multipart": "form"}


def routes_data(routes: Routes, settings: Settings) -> dict[str, Any]:
    """Return the routes."""
    return {"routes": [_route_data(route) for route in routes.values()]}


@shows(Routes, routes_data)
def view_routes(routes: Routes, settings: Settings) -> View:
    """Return the view of the routes: method, path, name, handler and source line of each."""
    rows = list(routes.values())
    title = count_of(len(rows), "route") if rows else _NO_ROUTES
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


def _docs_data(docs: RouteDocs, settings: Settings) -> dict[str, Any]:
    return {
        "routes": [
            {**_route_data(doc.route), "doc": doc.route.doc, "inputs": [asdict(one) for one in doc.inputs]}
            for doc in docs
        ]
    }


@shows(RouteDocs, _docs_data)
def view_docs(docs: RouteDocs, settings: Settings) -> View:
    """Return the view of routes with their docstrings and inputs; in HTML each can be expanded; a single route is."""
    title = count_of(len(docs), "route") if docs else _NO_DOCS
    shown = [(doc.route, [_row(one) for one in doc.inputs]) for doc in docs]
    lines = [title, *(line for route, rows in shown for line in _lines(route, rows))]
    return build_view("\n".join(lines), "docs.html", docs=shown, title=title)


def _lines(route: Route, rows: list[tuple[str, str, str, str]]) -> Iterator[str]:
    yield ""
    yield one_line(route.key, 120)
    about = "  ".join(filter(None, [route.handler or route.name, route.source]))
    if about:
        yield f"  {one_line(about, 160)}"
    text = route.doc.strip().split("\n") if route.doc.strip() else []
    yield from (f"  {line}".rstrip() for line in text[:_DOC_LINES])
    if len(text) > _DOC_LINES:
        yield f"  … {count_of(len(text) - _DOC_LINES, 'more line')}"
    widths = [min(_WIDEST, max(map(len, column))) for column in zip(*rows, strict=True)]
    for *cells, description in rows:
        aligned = (f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=False))
        yield "  " + one_line("  ".join([*aligned, description]), 160).rstrip()


def _row(one: Input) -> tuple[str, str, str, str]:
    """Return where the input is sent, its name, its type, and its description."""
    kind = kind_of(one.media_type) if one.media_type else ""
    other_type = "" if kind in _BODIES else one.media_type
    about = ["required" if one.required else "", other_type, one.type, "deprecated" if one.deprecated else ""]
    return _BODIES.get(kind, one.place), one.name, ", ".join(filter(None, about)), one.description


def _route_data(route: Route) -> dict[str, Any]:
    return {**pick(route, "method", "path", "name", "handler", "source"), "parameters": list(route.parameters)}
