"""`Routes`: the routing table of an app, and the endpoint of a request, read by duck typing. Imports no framework."""

from __future__ import annotations

import functools
import inspect
import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from ..records.record import Endpoint
from ..shown import Shown
from .route import Input, Offer, Route, about_endpoint
from .tables import django, falcon, litestar, quart, starlette

_READERS = (litestar.try_read, quart.try_read, falcon.try_read, django.try_read)
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

    Supported: Litestar, Quart, Falcon, Django, and apps with ``routes`` whose items have ``path`` and ``methods`` or
    ``endpoint``, such as Starlette and FastAPI, mounted ones and wrappers with an ``app`` included.
    Routes that a framework adds itself, such as ``/docs``, come last.
    """
    found = _read(app)
    if any(not route.installed for route in found):
        found.sort(key=lambda route: route.installed)
    return Routes(found, offer)


def _read(app: Any) -> list[Route]:
    for layer in starlette.layers_of(app):
        for try_read in _READERS:
            try:
                found = try_read(layer)
            except Exception:  # the table of an unknown version
                continue
            if found is not None:
                return found
        if starlette.has_table(layer):
            return starlette.read(layer, _read)
    return []


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
    if not callable(endpoint):
        return None
    about = about_endpoint(endpoint)
    thread = _thread_of(endpoint) if pooled else "event loop"
    return Endpoint(handler=about["handler"], source=about["source"], thread=thread)


def _thread_of(endpoint: Any) -> Literal["event loop", "worker thread", ""]:
    while isinstance(endpoint, functools.partial):
        endpoint = endpoint.func
    if inspect.isclass(endpoint):
        return ""
    called = endpoint if inspect.isroutine(endpoint) else type(endpoint).__call__
    return "event loop" if inspect.iscoroutinefunction(called) else "worker thread"
