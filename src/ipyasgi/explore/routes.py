"""What an app offers: its routes, read by duck typing from whatever framework made it. Imports no framework."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from ..engine.places import owner_of, place_of
from ..protocol.errors import RequestError

RouteKind = Literal["http", "websocket"]
_MAX_DEPTH = 20

PATH_PLACE = re.compile(r"\{([^{}:]+)(?::([^{}]*))?\}")
"""A place of a path template: its name, and its convertor where it has one."""
# What may stand in a path segment as it is, RFC 3986, section 3.3.
_PLAIN = "!$&'()*+,;=:@-._~"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """
    One way into the app.

    :ivar method: the HTTP method, ``WS`` for a WebSocket
    :ivar path: the path template, such as ``/items/{item_id}``, with the prefixes of mounts
    :ivar name: the framework's name of the route
    :ivar handler: the endpoint's qualified name
    :ivar source: ``file:line`` of the endpoint, empty where Python cannot tell
    :ivar doc: the endpoint's docstring
    :ivar installed: whether an installed package wrote the endpoint, as a framework does that adds ``/docs``
    """

    kind: RouteKind
    method: str
    path: str
    name: str = ""
    handler: str = ""
    source: str = ""
    doc: str = ""
    installed: bool = False

    @property
    def key(self) -> str:
        """``"POST /items"``, ``"WS /chat"``."""
        return f"{self.method} {self.path}"

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names in braces, without their convertors."""
        return path_parameters(self.path)


class Routes(Mapping[str, Route]):
    """The routes of one app, keyed ``"POST /items"`` and ``"WS /chat"``, in the app's order."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._by_key: dict[str, Route] = {}
        for route in routes:
            self._by_key.setdefault(route.key, route)

    def __getitem__(self, key: str) -> Route:
        try:
            return self._by_key[key]
        except KeyError:
            raise KeyError(f"no route {key!r}; the keys are like {next(iter(self._by_key), 'GET /')!r}") from None

    def describe(self, word: str = "") -> RouteDocs:
        """Return what the routes say of themselves: those whose method, path, name or handler has ``word`` in it."""
        wanted = word.casefold()
        return RouteDocs(
            route for route in self.values() if wanted in f"{route.key}\n{route.name}\n{route.handler}".casefold()
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_key)

    def __len__(self) -> int:
        return len(self._by_key)


class RouteDocs(tuple[Route, ...]):
    """Some routes, to be shown with what they say of themselves."""

    __slots__ = ()


def read_routes(app: Any) -> Routes:
    """
    Return what the app offers; empty for an app that keeps no table anybody knows.

    Understood: objects with ``routes`` whose items have ``path`` and ``methods`` or ``endpoint`` (Starlette,
    FastAPI with included routers, our samples), mounts (``routes`` inside with a ``path``), and wrappers that keep
    the app as ``app``. What a framework added by itself, such as ``/docs``, comes last.
    """
    found = [route for item, path in _walk(_with_routes(app), "", 0) for route in _routes_at(item, path)]
    return Routes(sorted(found, key=lambda route: route.installed) if any(not r.installed for r in found) else found)


def path_parameters(path: str) -> tuple[str, ...]:
    """Return the names in braces of a path template, without convertors: ``/f/{p:path}`` gives ``("p",)``."""
    names = [part.partition("}")[0].partition(":")[0] for part in path.split("{")[1:]]
    return tuple(name for name in names if name)


def fill_path(template: str, values: Mapping[str, object]) -> str:
    """
    Return the path that a template gives: each ``{name}`` replaced by its value, percent-encoded.

    Slashes stay in the value of ``{name:path}`` only. What stands after a ``?`` is a query and is left as it is.

    :param values: by name; names that the template does not have are not looked at
    Raises `RequestError` where a name has no value, or one whose text is empty.
    """

    def value_of(place: re.Match[str]) -> str:
        name, convertor = place.groups()
        value = values.get(name)
        if value is None or not str(value):
            raise RequestError(f"{name} needs a value: it is part of the path {template}")
        return quote(str(value), safe=_PLAIN + "/" if convertor == "path" else _PLAIN)

    path, question, query = template.partition("?")
    return PATH_PLACE.sub(value_of, path) + question + query


def _with_routes(app: Any) -> Any:
    for _ in range(_MAX_DEPTH):
        if _routes_of(app) is not None:
            return app
        inner = getattr(app, "app", None)
        if inner is None or not callable(inner):
            return app
        app = inner
    return app


def _routes_of(holder: Any) -> Any:
    routes = getattr(holder, "routes", None)
    return routes if isinstance(routes, (list, tuple)) else None


def _walk(holder: Any, prefix: str, depth: int) -> Iterator[tuple[Any, str]]:
    """Yield each item that is a route, with its whole path."""
    if depth > _MAX_DEPTH:
        return
    for item in _routes_of(holder) or ():
        for part in _included(item):
            path = prefix + _path_of(part)
            inner = part if _routes_of(part) else _with_routes(getattr(part, "app", None))
            if inner is not None and _routes_of(inner):
                yield from _walk(inner, path.rstrip("/"), depth + 1)
            else:
                yield part, path


def _included(item: Any) -> Iterable[Any]:
    """Return the routes of a router that FastAPI (0.165) includes by reference, with their prefixes; else the item."""
    contexts = getattr(item, "effective_route_contexts", None)
    if not callable(contexts):
        return (item,)
    return [getattr(context, "starlette_route", None) or context for context in contexts()]


def _path_of(item: Any) -> str:
    path = getattr(item, "path", "")
    return path if isinstance(path, str) else ""


def _routes_at(item: Any, path: str) -> Iterator[Route]:
    endpoint = getattr(item, "endpoint", None)
    about = about_endpoint(endpoint)
    name = str(getattr(item, "name", "") or "")
    if endpoint is None and not getattr(item, "methods", None):
        mounted = getattr(item, "app", None)
        if mounted is not None and path:
            yield Route(
                kind="http", method="GET", path=path + "/{path:path}", name=name, handler=type(mounted).__name__
            )
        return
    methods = getattr(item, "methods", None) or _methods_of_class(endpoint)
    if _is_websocket(item, methods):
        yield Route(kind="websocket", method="WS", path=path, name=name, **about)
        return
    given = sorted(methods) if methods else ["GET"]
    for method in given:
        if method == "HEAD" and "GET" in given:  # every framework adds it to GET; it says nothing new
            continue
        yield Route(kind="http", method=method, path=path, name=name, **about)


def _methods_of_class(endpoint: Any) -> list[str]:
    """Return the methods of a class-based endpoint: its functions called ``get``, ``post`` and so on."""
    if not inspect.isclass(endpoint):
        return []
    return [name.upper() for name in ("get", "post", "put", "patch", "delete", "options") if hasattr(endpoint, name)]


def _is_websocket(item: Any, methods: Any) -> bool:
    kind = getattr(item, "kind", None)
    if isinstance(kind, str):
        return kind == "websocket"
    return not methods and "websocket" in type(item).__name__.lower()


def about_endpoint(endpoint: Any) -> dict[str, Any]:
    """Return what a `Route` says of its endpoint: handler, source, doc, installed; empty without one."""
    while isinstance(endpoint, functools.partial):
        endpoint = endpoint.func
    if endpoint is None:
        return {}
    filename, line = _place(endpoint)
    return {
        "handler": str(getattr(endpoint, "__qualname__", type(endpoint).__name__)),
        "source": place_of(filename, line) if filename else "",
        "doc": inspect.getdoc(endpoint) or "",
        "installed": bool(owner_of(filename)),
    }


def _place(endpoint: Any) -> tuple[str, int]:
    """Return file and line of a function, or of an object's ``__call__``; an empty file where there is none."""
    for place in (inspect.unwrap(endpoint), getattr(endpoint, "__call__", None)):  # noqa: B004  (the method itself)
        code = getattr(place, "__code__", None)
        if code is not None:
            return str(code.co_filename), code.co_firstlineno
    return "", 0
