"""The card of an attached app: its lifespan, its routes, and commands to try next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..explorer.base_explorer import BaseExplorer
from ..explorer.explored_app import quick_examples_of
from ..explorer.explorer import Explorer
from ..formats.magic_line import render_magic
from ..formats.placeholders import hide_secrets
from ..formats.python_code import render_python
from ..records.exception_text import read_exception
from ..records.settings import Settings
from ..routes.route import Route
from ..shown import hint, in_marimo
from .changes import exception_lines, show_exception
from .figures import count_of
from .lifespan import LifespanShown, show_lifespan
from .routes import framework_of, list_routes, route_lines, routes_data
from .view import View, build_view, one_line, shows

_ROUTES = 12
_METHODS = ("GET", "POST", "PUT", "PATCH", "HEAD", "OPTIONS", "DELETE")
"""The order in which a first request is suggested."""
_MOST_TRIED, _LONGEST = 20, 80


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
    panel = hint("%asgi panel", "explorer.panel()")
    lines = [f"{one_line(explorer.name, 80)}  {life.line}  {'  '.join(about)}"]
    if raised is not None:
        lines += [f"  {line}" for line in exception_lines(raised)]
    lines += route_lines(listed)
    if listed.more:
        lines.append(f"  … {count_of(listed.more, 'more route')}: {_all_routes()}")
    if suggestions:
        # A terminal shows the text, and no panel.
        commands = [hint("%asgi help", "help(explorer)") if one == panel else one for one in suggestions]
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
        all_routes=_all_routes(),
    )


def _all_routes() -> str:
    return hint("%asgi routes", "explorer.routes")


def _suggest(explorer: Explorer, life: LifespanShown, routes: list[Route]) -> Iterator[str]:
    if life.tone == "failed":
        yield hint("%asgi lifespan restart", "explorer.lifespan.restart()")
        yield hint("%asgi tb", "explorer.last_exception")
        return
    if life.status == "not started":
        yield hint("%asgi lifespan start", "explorer.lifespan.startup()")
    yield first_request(explorer)
    if routes:
        yield _all_routes()
    yield hint("%asgi panel", "explorer.panel()")


def first_request(explorer: BaseExplorer) -> str:
    """Return a request to a route of the app's own if it has any: GET before others, without parameters before with."""
    routes = list(explorer.routes.values())
    own = [route for route in routes if not framework_of(route)] or routes
    http = [route for route in own if route.sent_method in _METHODS]
    http.sort(key=lambda route: (route.installed, _METHODS.index(route.sent_method), bool(route.parameters)))
    for spec in quick_examples_of(explorer, http[:_MOST_TRIED]):
        (request,), _ = hide_secrets([spec], explorer.settings.redactor)
        line = render_python(request) if in_marimo() else render_magic(request)
        if (
            line.startswith(hint("%asgi ", "explorer."))
            and len(line) <= _LONGEST
            and "\n" not in line
            and "{{" not in line
        ):
            return line
    sockets = [route for route in own if route.method == "WS" and not route.parameters]
    if sockets:
        path = sockets[0].path
        return hint(f"%asgi ws {path}", f"explorer.websocket_exchange({path!r})")
    return hint("%asgi GET /", 'explorer.get("/")')
