"""A table of pairs of a regular expression and a view, such as Datasette's."""

from __future__ import annotations

import re
from typing import Any

from ..route import ANY, Route, about_endpoint
from .django import read_regex


def try_read(app: Any) -> list[Route] | None:
    """Return the routes of an app whose ``routes`` are such pairs, else None."""
    routes = getattr(app, "routes", None)
    if not isinstance(routes, list) or not routes or not all(map(_is_pair, routes)):
        return None
    return [
        Route(
            kind="http", method=ANY, path="/" + read_regex(regex.pattern).removeprefix("/"), **about_endpoint(_of(view))
        )
        for regex, view in routes
    ]


def _is_pair(item: Any) -> bool:
    return type(item) is tuple and len(item) == 2 and type(item[0]) is re.Pattern and type(item[0].pattern) is str


def _of(view: Any) -> Any:
    return getattr(view, "view_class", None) or view
