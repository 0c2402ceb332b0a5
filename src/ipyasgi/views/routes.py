"""The routes of an app: as a table, or each with its docstring and inputs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..openapi.media import kind_of
from ..records.settings import Settings
from ..routes.route import Input, Label, Route
from ..routes.routes import RouteDocs, Routes
from ..shown import hint
from .changes import pick
from .figures import count_of
from .view import View, build_view, one_line, shows

_NO_ROUTES = "No routes found: the app has no supported route table. Requests to any path still work."
_NO_DOCS = "No route matches by method, path, name or handler, or the app has no supported route table: see"
_DOC_LINES = 40
_MOST_ROUTES, _MOST_DOCS, _MOST_DOCS_LINES, _MOST_CHARS = 1_000, 300, 5_000, 2_000_000
_WIDEST = 40  # the maximum width of an aligned column
_LONG_HANDLER, _MOST_HANDLER = 28, 40
_FRAMEWORKS = {  # the packages whose routes come with the app, and their names
    "fastapi": "FastAPI",
    "litestar": "Litestar",
    "quart": "Quart",
    "sanic": "Sanic",
    "blacksheep": "BlackSheep",
    "connexion": "connexion",
    "ravyn": "Ravyn",
    "ninja": "django-ninja",
}
_BODIES = {"json": "JSON", "urlencoded": "form", "multipart": "form"}


def routes_data(routes: Routes, settings: Settings) -> dict[str, Any]:
    """Return the routes."""
    return {"routes": [_route_data(route) for route in routes.values()]}


@shows(Routes, routes_data)
def view_routes(routes: Routes, settings: Settings, *, labelled: bool = True, most: int = _MOST_ROUTES) -> View:
    """
    Return the view of the routes, grouped by tag: method, path, handler, summary and source line of each.

    :param labelled: whether to read the app's document, which has the tags and summaries
    :param most: how many are listed
    """
    rows = list(routes.values())
    title = count_of(len(rows), "route") if rows else _NO_ROUTES
    if len(rows) > most:
        title += f", the first {most:,} here: {_filters()}"
    listed = list_routes(rows, most=most, labelled=labelled)
    text = "\n".join([title, *route_lines(listed)])
    return build_view(
        text, "routes.html", most_lines=2 * _MOST_ROUTES, most_chars=_MOST_CHARS, listed=listed, title=title
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteRow:
    """One route, cut; ``name`` is empty where the handler has the same word, and ``summary`` where it has the words."""

    method: str
    path: str
    name: str
    handler: str
    source: str
    summary: str
    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteGroup:
    """The routes of one tag; an empty tag for those without one."""

    tag: str
    rows: tuple[RouteRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteList:
    """
    Routes for display.

    :ivar own: those that the framework has added itself, such as ``/docs``; empty if the app has no others
    :ivar more: how many are left out
    """

    groups: tuple[RouteGroup, ...]
    own: tuple[RouteRow, ...]
    own_title: str
    more: int

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are not empty in every row."""
        rows = [row for group in self.groups for row in group.rows]
        name, summary = (any(getattr(row, column) for row in rows) for column in ("name", "summary"))
        return "method", "path", *(("name",) if name else ()), "handler", *(("summary",) if summary else ()), "source"


def framework_of(route: Route) -> str:
    """Return the name of the framework that has added the route itself, such as ``/docs``, or an empty string."""
    return _FRAMEWORKS.get(route.package, "")


def list_routes(routes: Sequence[Route], *, most: int, labelled: bool) -> RouteList:
    """Return the routes in groups, those of the framework apart."""
    own = [route for route in routes if framework_of(route)]
    others = [route for route in routes if not framework_of(route)]
    if not others:
        own, others = [], own
    groups: dict[str, list[RouteRow]] = {"": []}  # those without a tag come first, below no heading
    for row in (_route_row(route, route.label() if labelled else Label()) for route in others[:most]):
        groups.setdefault(row.tag, []).append(row)
    return RouteList(
        groups=tuple(RouteGroup(tag=tag, rows=tuple(rows)) for tag, rows in groups.items() if rows),
        own=tuple(_route_row(route, Label()) for route in own),
        own_title=f"{len(own)} of {' and '.join(sorted({framework_of(route) for route in own}))}'s own",
        more=max(len(others) - most, 0),
    )


def _route_row(route: Route, label: Label) -> RouteRow:
    word = route.handler.rpartition(".")[2]
    repeats = _same_words(label.summary, word)
    return RouteRow(
        method=one_line(route.method, 12),
        path=one_line(route.host + route.path, 400),
        name="" if route.name in (word, route.handler) or not route.handler else one_line(route.name, 40),
        handler=_short_handler(route.handler or route.name),
        source=one_line(route.source, 60),
        summary="" if repeats else one_line(label.summary, 80),
        tag=one_line(label.tags[0], 60) if label.tags else "",
    )


def _same_words(summary: str, name: str) -> bool:
    """Return whether a summary is a function's name in words, as FastAPI writes it where it has no other."""
    return re.sub(r"\W+", "_", summary).casefold() == name.casefold()


def _short_handler(handler: str) -> str:
    if len(handler) > _LONG_HANDLER and "." in handler:
        handler = "…" + handler.rpartition(".")[2]
    return one_line(handler, _MOST_HANDLER)


def route_lines(listed: RouteList) -> Iterator[str]:
    """Yield an aligned line for each route, one for each tag, and one for the framework's own."""
    rows = [row for group in listed.groups for row in group.rows]
    columns = [[getattr(row, column) for row in rows] for column in ("method", "path", "handler", "source")]
    method, path, handler, source = (min(_WIDEST, max(map(len, column), default=0)) for column in columns)
    for group in listed.groups:
        if group.tag:
            yield group.tag
        for row in group.rows:
            yield (
                f"  {row.method:<{method}}  {one_line(row.path, 120):<{path}}  {row.handler:<{handler}}  "
                f"{row.source:<{source}}  {row.summary}"
            ).rstrip()
    if listed.own:
        yield one_line(f"{listed.own_title}: {', '.join(dict.fromkeys(row.path for row in listed.own))}", 160)


def _docs_data(docs: RouteDocs, settings: Settings) -> dict[str, Any]:
    return {
        "routes": [
            {**_route_data(doc.route), "doc": doc.route.doc, "inputs": [asdict(one) for one in doc.inputs]}
            for doc in docs
        ]
    }


def _filters() -> str:
    return hint("%asgi docs WORD", "explorer.routes.describe(WORD)") + " filters"


@shows(RouteDocs, _docs_data)
def view_docs(docs: RouteDocs, settings: Settings) -> View:
    """Return the view of routes with their docstrings and inputs; in HTML each can be expanded; a single route is."""
    title = count_of(len(docs), "route") if docs else f"{_NO_DOCS} {hint('%asgi routes', 'explorer.routes')}."
    if len(docs) > _MOST_DOCS:
        title += f", the first {_MOST_DOCS:,} here: {_filters()}"
    shown = [(doc.route, [_row(one) for one in doc.inputs]) for doc in docs[:_MOST_DOCS]]
    lines = [title, *(line for route, rows in shown for line in _lines(route, rows))]
    most = {"most_lines": _MOST_DOCS_LINES, "most_chars": _MOST_CHARS}
    return build_view("\n".join(lines), "docs.html", **most, docs=shown, title=title)


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
