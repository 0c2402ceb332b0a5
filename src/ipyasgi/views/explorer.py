"""The card of an attached app: its lifespan, its routes, and commands to try next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..explorer.explored_app import quick_examples_of
from ..explorer.explorer import Explorer
from ..formats.magic_line import render_magic
from ..formats.placeholders import hide_secrets
from ..records.exception_text import read_exception
from ..records.settings import Settings
from ..routes.route import Route
from .changes import exception_lines, show_exception
from .figures import count_of
from .lifespan import LifespanShown, show_lifespan
from .routes import framework_of, list_routes, route_lines, routes_data
from .view import View, build_view, one_line, shows

_ROUTES = 12
_METHODS = ("GET", "POST", "PUT", "PATCH", "HEAD", "OPTIONS", "DELETE")
"""The order in which a first request is suggested."""
_MOST_TRIED, _LONGEST = 20, 80
_PANEL = "%asgi panel"


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
    suggestions = [] if explorer.closed else list(_suggest(explorer, life, routes))
    lines = [f"{one_line(explorer.name, 80)}  {life.line}  {'  '.join(about)}"]
    if raised is not None:
        lines += [f"  {line}" for line in exception_lines(raised)]
    lines += route_lines(listed)
    if listed.more:
        lines.append(f"  … {count_of(listed.more, 'more route')}: %asgi routes")
    if suggestions:
        # A terminal shows the text, and no panel.
        commands = ["%asgi help" if one == _PANEL else one for one in suggestions]
        lines.append(f"try: {'   '.join(commands)}")
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


def _suggest(explorer: Explorer, life: LifespanShown, routes: list[Route]) -> Iterator[str]:
    if life.tone == "failed":
        yield "%asgi lifespan restart"
        yield "%asgi tb"
        return
    if life.status == "not started":
        yield "%asgi lifespan start"
    yield first_request(explorer)
    if routes:
        yield "%asgi routes"
    yield _PANEL


def first_request(explorer: Explorer) -> str:
    """Return a request to a route of the app's own if it has any: GET before others, without parameters before with."""
    routes = list(explorer.routes.values())
    own = [route for route in routes if not framework_of(route)] or routes
    http = [route for route in own if route.sent_method in _METHODS]
    http.sort(key=lambda route: (route.installed, _METHODS.index(route.sent_method), bool(route.parameters)))
    for spec in quick_examples_of(explorer, http[:_MOST_TRIED]):
        (request,), _ = hide_secrets([spec], explorer.settings.redactor)
        line = render_magic(request)
        if line.startswith("%asgi ") and len(line) <= _LONGEST and "\n" not in line and "{{" not in line:
            return line
    sockets = [route for route in own if route.method == "WS" and not route.parameters]
    return f"%asgi ws {sockets[0].path}" if sockets else "%asgi GET /"
