"""What the routes say of themselves: each with its parameters, where it is written, and its docstring."""

from __future__ import annotations

from collections.abc import Iterator

from ..explore.routes import Route, RouteDocs
from ..explore.settings import Settings
from .figures import count_of
from .view import View, build_view, one_line

_DOC_LINES = 40
_NONE = "No route has that in its method, path, name or handler: %asgi routes shows them all"


def view_docs(docs: RouteDocs, settings: Settings) -> View:
    """Return the routes one below the other; in HTML each folds open, a single one is open."""
    title = count_of(len(docs), "route") if docs else _NONE
    lines = [title, *(line for route in docs for line in _lines(route))]
    return build_view("\n".join(lines), "docs.html", routes=list(docs), title=title)


def _lines(route: Route) -> Iterator[str]:
    yield ""
    yield one_line(route.key, 120)
    about = "  ".join(filter(None, [route.handler or route.name, route.source]))
    if about:
        yield f"  {one_line(about, 160)}"
    if route.parameters:
        yield f"  in the path: {one_line(', '.join(route.parameters), 160)}"
    text = route.doc.strip().split("\n") if route.doc.strip() else []
    yield from (f"  {line}".rstrip() for line in text[:_DOC_LINES])
    if len(text) > _DOC_LINES:
        yield f"  … {count_of(len(text) - _DOC_LINES, 'more line')}"
