"""Quart's table: a ``url_map`` of Werkzeug rules, and their ``view_functions``."""

from __future__ import annotations

from typing import Any

from ..path_template import read_angles
from ..route import Route, about_endpoint


def try_read(app: Any) -> list[Route] | None:
    """Return the routes of a Quart app, else None."""
    url_map, views = getattr(app, "url_map", None), getattr(app, "view_functions", None)
    if url_map is None or not hasattr(url_map, "iter_rules") or not isinstance(views, dict):
        return None
    return [route for rule in url_map.iter_rules() for route in _routes_at(rule, views.get(rule.endpoint))]


def _routes_at(rule: Any, view: Any) -> list[Route]:
    path, name = read_angles(rule.rule), str(rule.endpoint)
    about = about_endpoint(getattr(view, "view_class", None) or view)
    if getattr(rule, "websocket", False):
        return [Route(kind="websocket", method="WS", path=path, name=name, **about)]
    methods = set(rule.methods or {"GET"})
    # Quart adds HEAD to GET, and OPTIONS to all.
    added = {"HEAD"} | ({"OPTIONS"} if getattr(view, "provide_automatic_options", None) is not False else set())
    shown = sorted(methods - added or methods)
    return [Route(kind="http", method=method, path=path, name=name, **about) for method in shown]
