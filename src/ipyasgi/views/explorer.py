"""The card of an attached app: its lifespan, its routes, and commands to try next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..explorer.explorer import Explorer
from ..records.exception_text import read_exception
from ..records.settings import Settings
from ..routes.route import Route
from .changes import exception_lines, show_exception
from .figures import count_of
from .lifespan import LifespanShown, show_lifespan
from .routes import list_routes, route_lines, routes_data
from .view import View, build_view, one_line, shows

_ROUTES = 12


def _explorer_data(explorer: Explorer, settings: Settings) -> dict[str, Any]:
    return {
        "name": explorer.name,
        "lifespan": explorer.lifespan.status,
        "closed": explorer.closed,
        "exchanges": len(explorer.history),
        **routes_data(explorer.routes, settings),
    }


@shows(Explorer, _explorer_data)
def view_explorer(explorer: Explorer, settings: Settings) -> View:
    """Return the view of an explorer."""
    life, routes = show_lifespan(explorer.lifespan, settings), list(explorer.routes.values())
    raised = life.raised
    if raised is None and explorer.startup_error is not None and life.tone == "failed":
        raised = show_exception(read_exception(explorer.startup_error), settings)
    about = [count_of(len(routes), "route"), count_of(len(explorer.history), "exchange")]
    about += ["closed"] if explorer.closed else []
    listed = list_routes(routes, most=_ROUTES, labelled=False)
    suggestions = [] if explorer.closed else list(_suggest(life, routes))
    lines = [f"{one_line(explorer.name, 80)}  {life.line}  {'  '.join(about)}"]
    if raised is not None:
        lines += [f"  {line}" for line in exception_lines(raised)]
    lines += route_lines(listed)
    if listed.more:
        lines.append(f"  … {count_of(listed.more, 'more route')}: %asgi routes")
    if suggestions:
        lines.append(f"try: {'   '.join(suggestions)}")
    return build_view(
        "\n".join(lines),
        "explorer.html",
        name=explorer.name,
        life=life,
        raised=raised,
        routes=listed,
        about=about,
        suggestions=suggestions,
    )


def _suggest(life: LifespanShown, routes: list[Route]) -> Iterator[str]:
    if life.tone == "failed":
        yield "%asgi lifespan restart"
        yield "%asgi tb"
        return
    if life.status == "not started":
        yield "%asgi lifespan start"
    plain = [route for route in routes if route.method in ("GET", "WS") and not route.parameters]
    plain.sort(key=lambda route: (route.installed, route.method != "GET"))
    yield f"%asgi {plain[0].key.replace('WS', 'ws', 1)}" if plain else "%asgi GET /"
    if routes:
        yield "%asgi routes"
    yield "%asgi panel"
