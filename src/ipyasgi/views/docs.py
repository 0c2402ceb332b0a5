"""What is known of the routes: where each is written, its docstring, and what a request to it may carry."""

from __future__ import annotations

from collections.abc import Iterator

from ..explore.openapi.media import kind_of
from ..explore.route_input import Input
from ..explore.routes import RouteDoc, RouteDocs
from ..explore.settings import Settings
from .figures import count_of
from .view import View, build_view, one_line

_DOC_LINES = 40
_BODIES = {"json": "JSON", "urlencoded": "form", "multipart": "form"}
_NONE = "No route has that in its method, path, name or handler: %asgi routes shows them all"


def view_docs(docs: RouteDocs, settings: Settings) -> View:
    """Return the routes one below the other; in HTML each folds open, a single one is open."""
    title = count_of(len(docs), "route") if docs else _NONE
    lines = [title, *(line for doc in docs for line in _lines(doc))]
    return build_view("\n".join(lines), "docs.html", docs=list(docs), title=title, place=_place, say=_say)


def _lines(doc: RouteDoc) -> Iterator[str]:
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
    rows = [(_place(one), one.name, _say(one), one.description) for one in doc.inputs]
    wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for place, name, what, description in rows:
        yield "  " + one_line(f"{place:<{wide[0]}}  {name:<{wide[1]}}  {what:<{wide[2]}}  {description}", 160).rstrip()


def _place(one: Input) -> str:
    """Return what a part of a body travels in, and where a parameter does."""
    return _BODIES.get(kind_of(one.media_type), one.place) if one.media_type else one.place


def _say(one: Input) -> str:
    """Return whether it is required and what it is; of a body that is no JSON and no form its media type."""
    unnamed = one.media_type if one.media_type and kind_of(one.media_type) not in _BODIES else ""
    words = ["required" if one.required else "", unnamed, one.what, "deprecated" if one.deprecated else ""]
    return ", ".join(filter(None, words))
