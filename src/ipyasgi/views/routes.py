"""The routes of an app: as a table, and each with its docstring and what a request to it may carry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..openapi.media import kind_of
from ..records.settings import Settings
from ..routes.route import Input, Route
from ..routes.routes import RouteDocs, Routes
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


_DOC_LINES = 40
_WIDEST = 40  # characters of a cell that the others are aligned with
_BODIES = {"json": "JSON", "urlencoded": "form", "multipart": "form"}
_NO_DOCS = "No route has that in its method, path, name or handler: %asgi routes shows them all"


@dataclass(frozen=True, slots=True, kw_only=True)
class _DocShown:
    """A route and its inputs; each row has its place, name, what it is, description."""

    route: Route
    rows: Sequence[tuple[str, str, str, str]]


def view_docs(docs: RouteDocs, settings: Settings) -> View:
    """Return the routes one below the other; in HTML each folds open, a single one is open."""
    title = count_of(len(docs), "route") if docs else _NO_DOCS
    shown = [_DocShown(route=doc.route, rows=[_row(one) for one in doc.inputs]) for doc in docs]
    lines = [title, *(line for doc in shown for line in _lines(doc))]
    return build_view("\n".join(lines), "docs.html", docs=shown, title=title)


def _lines(doc: _DocShown) -> Iterator[str]:
    route = doc.route
    yield ""
    yield one_line(route.key, 120)
    about = "  ".join(filter(None, [route.handler or route.name, route.source]))
    if about:
        yield f"  {one_line(about, 160)}"
    text = route.doc.strip().split("\n") if route.doc.strip() else []
    yield from (f"  {line}".rstrip() for line in text[:_DOC_LINES])
    if len(text) > _DOC_LINES:
        yield f"  … {count_of(len(text) - _DOC_LINES, 'more line')}"
    wide = [min(_WIDEST, max(map(len, column))) for column in zip(*doc.rows, strict=True)]
    for place, name, what, description in doc.rows:
        yield "  " + one_line(f"{place:<{wide[0]}}  {name:<{wide[1]}}  {what:<{wide[2]}}  {description}", 160).rstrip()


def _row(one: Input) -> tuple[str, str, str, str]:
    return _place(one), one.name, _say(one), one.description


def _place(one: Input) -> str:
    """Return what a part of a body travels in, and where a parameter does."""
    return _BODIES.get(kind_of(one.media_type), one.place) if one.media_type else one.place


def _say(one: Input) -> str:
    """Return whether it is required and what it is; of a body that is neither JSON nor a form its media type."""
    unnamed = one.media_type if one.media_type and kind_of(one.media_type) not in _BODIES else ""
    words = ["required" if one.required else "", unnamed, one.type, "deprecated" if one.deprecated else ""]
    return ", ".join(filter(None, words))
