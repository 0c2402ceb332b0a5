"""The card of an attached app: what it is, how it stands, what it offers, what to try next."""

from __future__ import annotations

from collections.abc import Iterator

from ..explorer.explorer import Explorer
from ..records.exception_text import read_exception
from ..records.settings import Settings
from ..routes.route import Route
from .changes import exception_lines
from .figures import count_of
from .lifespan import LifespanShown, show_lifespan
from .routes import route_lines
from .view import View, build_view, one_line

_ROUTES = 12


def view_explorer(explorer: Explorer, settings: Settings) -> View:
    """Return the card."""
    life = show_lifespan(explorer.lifespan, settings)
    routes = list(explorer.routes.values())
    error = explorer.startup_error
    failed = error if error is not None and life.tone == "failed" else None
    raised = life.raised or (read_exception(failed) if failed is not None else None)
    about = [count_of(len(routes), "route"), count_of(len(explorer.history), "exchange")]
    if explorer.closed:
        about.append("closed")
    tries = [] if explorer.closed else list(_suggested(life, routes))
    lines = [f"{one_line(explorer.name, 80)}  {life.line}  {'  '.join(about)}"]
    if raised is not None:
        lines += [f"  {line}" for line in exception_lines(raised)]
    lines += route_lines(routes[:_ROUTES])
    if len(routes) > _ROUTES:
        lines.append(f"  … {count_of(len(routes) - _ROUTES, 'more route')}: %asgi routes")
    if tries:
        lines.append(f"try: {'   '.join(tries)}")
    return build_view(
        "\n".join(lines),
        "explorer.html",
        name=explorer.name,
        life=life,
        raised=raised,
        routes=routes[:_ROUTES],
        more_routes=max(len(routes) - _ROUTES, 0),
        about=about,
        tries=tries,
    )


def _suggested(life: LifespanShown, routes: list[Route]) -> Iterator[str]:
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
