"""What an app offers: its routes, read by duck typing from whatever framework made it. Imports no framework."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

RouteKind = Literal["http", "websocket"]
_MAX_DEPTH = 20


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
    """

    kind: RouteKind
    method: str
    path: str
    name: str = ""
    handler: str = ""
    source: str = ""
    doc: str = ""

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

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_key)

    def __len__(self) -> int:
        return len(self._by_key)


def read_routes(app: Any) -> Routes:
    """
    Return what the app offers; empty for an app that keeps no table anybody knows.

    Understood: objects with ``routes`` whose items have ``path`` and ``methods`` or ``endpoint`` (Starlette,
    FastAPI, our samples), mounts (``routes`` inside with a ``path``), and wrappers that keep the app as ``app``.
    """
    return Routes(_walk(_with_routes(app), "", 0))


def path_parameters(path: str) -> tuple[str, ...]:
    """Return the names in braces of a path template, without convertors: ``/f/{p:path}`` gives ``("p",)``."""
    names = [part.partition("}")[0].partition(":")[0] for part in path.split("{")[1:]]
    return tuple(name for name in names if name)


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


def _walk(holder: Any, prefix: str, depth: int) -> Iterator[Route]:
    if depth > _MAX_DEPTH:
        return
    for item in _routes_of(holder) or ():
        path = prefix + _path_of(item)
        inner = item if _routes_of(item) is not None else _with_routes(getattr(item, "app", None))
        if inner is not None and _routes_of(inner) is not None:
            yield from _walk(inner, path.rstrip("/"), depth + 1)
        else:
            yield from _routes_at(item, path)


def _path_of(item: Any) -> str:
    path = getattr(item, "path", "")
    return path if isinstance(path, str) else ""


def _routes_at(item: Any, path: str) -> Iterator[Route]:
    endpoint = getattr(item, "endpoint", None)
    methods = getattr(item, "methods", None)
    if endpoint is None and not methods:
        return
    about = _about(endpoint)
    name = str(getattr(item, "name", "") or "")
    if _is_websocket(item, methods):
        yield Route(kind="websocket", method="WS", path=path, name=name, **about)
        return
    given = sorted(methods) if methods else ["GET"]
    for method in given:
        if method == "HEAD" and "GET" in given:  # every framework adds it to GET; it says nothing new
            continue
        yield Route(kind="http", method=method, path=path, name=name, **about)


def _is_websocket(item: Any, methods: Any) -> bool:
    kind = getattr(item, "kind", None)
    if isinstance(kind, str):
        return kind == "websocket"
    return not methods and "websocket" in type(item).__name__.lower()


def _about(endpoint: Any) -> dict[str, str]:
    while isinstance(endpoint, functools.partial):
        endpoint = endpoint.func
    if endpoint is None:
        return {}
    handler = getattr(endpoint, "__qualname__", type(endpoint).__name__)
    return {"handler": str(handler), "source": _source(endpoint), "doc": inspect.getdoc(endpoint) or ""}


def _source(endpoint: Callable[..., Any]) -> str:
    code = getattr(inspect.unwrap(endpoint), "__code__", None)
    if code is None:
        return ""
    filename = str(code.co_filename).replace("\\", "/")
    return f"{'/'.join(filename.split('/')[-2:])}:{code.co_firstlineno}"
