"""The routes of an app, read by duck typing from whatever framework made it. Imports no framework."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..shown import Shown
from .route import Input, Offer, Route, RouteKind, about_endpoint
from .tables import django, falcon, litestar, quart, starlette

_READERS: tuple[Callable[[Any], list[Route] | None], ...] = (
    litestar.try_read,
    quart.try_read,
    falcon.try_read,
    django.try_read,
)

_IN_REPR = 4


class Routes(Shown, Mapping[str, Route]):
    """
    The routes of one app, keyed ``"POST /items"`` and ``"WS /chat"``, in the app's order.

    :param offer: what an explorer knows of them
    """

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
        """
        Return what is known of the routes: their docstrings, and what a request to each may carry.

        :param word: only those whose method, path, name or handler has it in it
        """
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
    """A route, and what a request to it may carry."""

    route: Route
    inputs: tuple[Input, ...]


class RouteDocs(Shown, tuple[RouteDoc, ...]):
    """Some routes, to be shown with all that is known of them."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<RouteDocs: {_listed([doc.route.key for doc in self])}>"


def _listed(keys: Collection[str]) -> str:
    """Return a few keys for a repr, and how many more there are."""
    first = ", ".join(itertools.islice(keys, _IN_REPR))
    return f"{first} and {len(keys) - _IN_REPR} more" if len(keys) > _IN_REPR else first or "none"


def read_routes(app: Any, offer: Offer | None = None) -> Routes:
    """
    Return what the app offers; empty for an app that keeps no known table.

    Understood: objects with ``routes`` whose items have ``path`` and ``methods`` or ``endpoint`` (Starlette,
    FastAPI with included routers, our samples), mounts (``routes`` inside with a ``path``), Litestar, Quart, Falcon,
    Django, and wrappers that keep the app as ``app``. What a framework added by itself, such as ``/docs``, comes last.
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
            except Exception:  # a table of another version than we know is as good as none
                continue
            if found is not None:
                return found
        if starlette.has_table(layer):
            return starlette.read(layer, _read)
    return []


__all__ = [
    "Route",
    "RouteDoc",
    "RouteDocs",
    "RouteKind",
    "Routes",
    "about_endpoint",
    "read_routes",
]
