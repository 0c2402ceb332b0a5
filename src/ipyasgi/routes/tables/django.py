"""Django's table: the patterns of the root urlconf, which is global."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any

from ..path_template import read_angles
from ..route import Route, about_endpoint

_MAX_DEPTH = 20
HANDLER = "django.core.handlers.asgi"
_OPTIONAL = re.compile(r"\((?:\?:)?\\?[./]?\{\w+\}/?\)\?$")
_GROUP = re.compile(r"\(\?P<(\w+)>")


def try_read(app: Any) -> list[Route] | None:
    """Return the routes of Django if the app is its ASGI handler, else None."""
    if not any(kind.__module__ == HANDLER for kind in type(app).__mro__):
        return None
    # Django imports the project's urlconf on first use, which may be now.
    resolver = sys.modules["django.urls"].get_resolver()
    return list(_routes_in(resolver.url_patterns, "/", 0))


def _routes_in(patterns: Any, prefix: str, depth: int) -> Iterator[Route]:
    if depth > _MAX_DEPTH:
        return
    for item in patterns:
        path = prefix + path_of(item.pattern)
        inner = getattr(item, "url_patterns", None)
        if inner is not None:
            yield from _routes_in(inner, path, depth + 1)
            continue
        view = item.callback
        operations = _operations_of_ninja(view)
        if operations is not None:
            for operation in operations:
                about = about_endpoint(operation.view_func)
                for method in operation.methods:
                    yield Route(kind="http", method=method, path=path, name=str(item.name or ""), **about)
            continue
        about = about_endpoint(getattr(view, "view_class", None) or getattr(view, "cls", None) or view)
        for method in _methods_of(view):
            yield Route(kind="http", method=method, path=path, name=str(item.name or ""), **about)


def path_of(pattern: Any) -> str:
    """Return the template of a pattern."""
    text = str(pattern)
    return read_regex(text) if type(pattern).__name__ == "RegexPattern" else read_angles(text)


def read_regex(text: str) -> str:
    """Return ``old/{year}/`` for ``^old/(?P<year>[0-9]{4})/$``; a more complex expression unchanged."""
    path, at = "", 0
    for group in _GROUP.finditer(text):
        if group.start() < at:
            return text
        path += text[at : group.start()] + f"{{{group[1]}}}"
        at = _end_of_group(text, group.end())
    path = (path + text[at:]).removeprefix("^").removesuffix("$").removesuffix(r"\Z").replace(r"\-", "-")
    path = path.removesuffix("/?").removesuffix("(/)?")  # also optional: the suffix of a format
    path = _OPTIONAL.sub("", path)
    rest = re.sub(r"\{\w+\}", "", path).replace(r"\.", "")
    return text if re.search(r"[\\^$*+?()\[\]{}|.]", rest) else path.replace(r"\.", ".")


def _operations_of_ninja(view: Any) -> Any:
    """Return the operations of a view of django-ninja, which are in its closure, else None."""
    for cell in getattr(view, "__closure__", None) or ():
        if type(cell.cell_contents).__name__ == "PathView":
            return getattr(cell.cell_contents, "operations", None)
    return None


def _end_of_group(text: str, at: int) -> int:
    depth, in_class = 1, False
    while at < len(text) and depth:
        sign = text[at]
        if sign == "\\":
            at += 1
        elif in_class:
            in_class = sign != "]"
        elif sign == "[":
            in_class = True
        else:
            depth += (sign == "(") - (sign == ")")
        at += 1
    return at


def _methods_of(view: Any) -> list[str]:
    """Return the methods of a view: those of its class, those that a decorator allows, else GET."""
    actions = getattr(view, "actions", None)  # of a view set
    if isinstance(actions, dict):
        return sorted(str(method).upper() for method in actions)
    view_class = getattr(view, "view_class", None) or getattr(view, "cls", None)
    if view_class is not None:
        names = [name for name in getattr(view_class, "http_method_names", ()) if name not in ("options", "head")]
        return sorted(name.upper() for name in names if hasattr(view_class, name)) or ["GET"]
    allowed = _allowed_by_decorator(view)
    return sorted(method for method in allowed if method != "HEAD" or "GET" not in allowed) or ["GET"]


def _allowed_by_decorator(view: Any) -> list[str]:
    """Return the methods of ``require_http_methods``, which keeps them only in its closure."""
    for _ in range(_MAX_DEPTH):
        names = getattr(getattr(view, "__code__", None), "co_freevars", ())
        if "request_method_list" in names:
            return [str(method) for method in view.__closure__[names.index("request_method_list")].cell_contents]
        view = getattr(view, "__wrapped__", None)
    return []
