"""`Routes`: the routing table of an app, and the endpoint of a request, read by duck typing. Imports no framework."""

from __future__ import annotations

import functools
import inspect
import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from ..records.attributes import classes_of, try_attribute
from ..records.record import Endpoint
from ..shown import Shown
from .nested_apps import visit
from .path_template import PathTemplate
from .route import ANY, Input, Offer, Route, about_endpoint
from .tables import blacksheep, channels, datasette, django, falcon, litestar, quart, sanic, single, socketio, starlette

_READERS = (
    litestar.try_read, quart.try_read, falcon.try_read, django.try_read, channels.try_read, sanic.try_read,
    blacksheep.try_read, datasette.try_read, single.try_read,
)  # fmt: skip
_MAX_DEPTH = 20
_MAX_APPS = 500
_IN_REPR = 4


class Routes(Shown, Mapping[str, Route]):
    """The routes of one app, keyed ``"POST /items"`` and ``"WS /chat"``, in the app's order."""

    def __init__(self, routes: Iterable[Route], offer: Offer | None = None) -> None:
        self._by_key: dict[str, Route] = {}
        for route in routes:
            self._by_key.setdefault(route.key, replace(route, offer=offer) if offer else route)

    def __getitem__(self, key: str) -> Route:
        try:
            return self._by_key[key]
        except KeyError:
            raise KeyError(f"no route {key!r}; the keys are like {next(iter(self._by_key), 'GET /')!r}") from None

    def find(self, method: str, path: str) -> Route | None:
        """Return the route of a path; of several, the one with the fewest fields, then the first. None without one."""
        found = [
            route
            for route in self.values()
            if route.method in (method, ANY) and PathTemplate(route.path).match(path) is not None
        ]
        return min(found, key=lambda route: len(PathTemplate(route.path).fields), default=None)

    def describe(self, word: str = "") -> RouteDocs:
        """Return routes with their docstrings and inputs: those whose method, path, name or handler contains a word."""
        wanted = word.casefold()
        return RouteDocs(
            RouteDoc(route=route, inputs=route.inputs())
            for route in self.values()
            if wanted in f"{route.key}\n{route.name}\n{route.handler}".casefold()
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_key)

    def __len__(self) -> int:
        return len(self._by_key)

    def __repr__(self) -> str:
        return f"<Routes: {_listed(self)}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteDoc:
    """A route and its inputs."""

    route: Route
    inputs: tuple[Input, ...]


class RouteDocs(Shown, tuple[RouteDoc, ...]):
    """Routes to be shown with docstrings and inputs."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<RouteDocs: {_listed([doc.route.key for doc in self])}>"


def _listed(keys: Collection[str]) -> str:
    first = ", ".join(itertools.islice(keys, _IN_REPR))
    return f"{first} and {len(keys) - _IN_REPR} more" if len(keys) > _IN_REPR else first or "none"


def read_routes(app: Any, offer: Offer | None = None) -> Routes:
    """
    Return the routes of an app, empty if its table is unknown.

    Supported: Litestar, Quart, Falcon, Django, Channels, Sanic, BlackSheep, Datasette, Socket.IO, and apps with
    ``routes`` whose items have ``path`` and ``methods`` or ``endpoint``, such as Starlette and FastAPI, each also
    mounted, and within wrappers of any kind (see `nested_apps`).
    Routes that a framework adds itself, such as ``/docs``, come last.
    """
    found = _read(app)
    if any(not route.installed for route in found):
        found.sort(key=lambda route: route.installed)
    return Routes(found, offer)


def _read(app: Any, inside: tuple[int, ...] = ()) -> list[Route]:
    found: list[Route] = []
    if id(app) in inside or len(inside) > _MAX_DEPTH:
        return found

    def read_here(one: Any, prefix: str) -> bool:
        found.extend(socketio.read_own(one))
        routes = _try_table(one, (*inside, id(app)))
        found.extend(replace(route, path=prefix + route.path) if prefix else route for route in routes or ())
        return routes is not None

    visit(app, read_here)
    return found


def _try_table(app: Any, inside: tuple[int, ...]) -> list[Route] | None:
    """Return the routes of one app; None if it has no known table."""
    for try_read in _READERS:
        try:
            found = try_read(app)
        except Exception:  # the table of an unknown version
            continue
        if found is not None:
            return found
    try:
        return starlette.read(app, lambda one: _read(one, inside)) if starlette.has_table(app) else None
    except Exception:  # `routes` of something else
        return None


def apps_in(app: Any) -> Iterator[tuple[str, Any]]:
    """Yield an app, those that it wraps and those mounted in it, with the path of each."""
    waiting = [("", app, 0)]
    seen: set[tuple[str, int]] = set()
    while waiting:
        prefix, outer, depth = waiting.pop(0)
        here: list[tuple[str, Any]] = []

        def enter(one: Any, path: str, here: list[tuple[str, Any]] = here) -> bool:
            here.append((path, one))
            return starlette.has_table(one) or has_known_table(one)

        visit(outer, enter, prefix)
        for path, one in here:
            if (path, id(one)) in seen:
                continue
            seen.add((path, id(one)))
            yield path, one
            if depth < _MAX_DEPTH and starlette.has_table(one) and len(seen) < _MAX_APPS:
                try:
                    waiting += [(path + step, inner, depth + 1) for step, inner in starlette.mounts_of(one)]
                except Exception:  # `routes` of something else
                    continue


def has_known_table(app: Any) -> bool:
    """Return whether an app has the table of a framework other than Starlette, which is not read."""
    return (
        litestar.is_litestar(app)
        or try_attribute(app, "url_map") is not None
        or try_attribute(app, "_router") is not None
        or any(kind.__module__ == django.HANDLER for kind in classes_of(type(app)))
    )


def read_endpoint(scope: Mapping[str, Any]) -> Endpoint | None:
    """
    Return the endpoint in a scope after the app ran, or None.

    Starlette and FastAPI store ``scope["endpoint"]`` and run ``def`` endpoints in a thread pool. Litestar stores
    ``scope["route_handler"]`` and runs its ``def`` function there only with ``sync_to_thread``.
    """
    endpoint, pooled = scope.get("endpoint"), True
    handler = scope.get("route_handler")
    if handler is not None:  # first, because for a mounted Litestar app the outer router stores the app as the endpoint
        endpoint, pooled = litestar.function_of(handler), bool(getattr(handler, "sync_to_thread", None))
    return endpoint_of(endpoint, pooled=pooled) if callable(endpoint) else None


def endpoint_of(function: Any, *, pooled: bool = True) -> Endpoint:
    """
    Return the endpoint that a function is.

    :param pooled: whether the framework runs a ``def`` in a worker thread
    """
    about = about_endpoint(function)
    thread = _thread_of(function) if pooled else "event loop"
    return Endpoint(handler=about["handler"], source=about["source"], thread=thread)


def _thread_of(endpoint: Any) -> Literal["event loop", "worker thread", ""]:
    while isinstance(endpoint, functools.partial):
        endpoint = endpoint.func
    if inspect.isclass(endpoint):
        return ""
    called = endpoint if inspect.isroutine(endpoint) else type(endpoint).__call__
    return "event loop" if inspect.iscoroutinefunction(called) else "worker thread"
