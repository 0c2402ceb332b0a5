"""The layers of an app: where each holds the app that it calls.

Opened are middleware and mounts of Starlette and FastAPI, the parts of other frameworks, and objects and functions that
hold another app. Nothing of the app is called, and attributes of foreign packages are read only under the names that
middleware uses.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..engine.source_location import owner_of
from ..records.attributes import instance_dict, name_of, slots_of
from ..records.settings import Settings
from ..routes.nested_apps import looks_like_app
from ..shown import Shown
from .frameworks import apps_of_framework, has_own_table, slots_of_framework
from .middleware_row import MiddlewareRow, describe, file_of
from .slots import Slot

_MOST_LAYERS = 60
_MOST_MOUNTS = 200
_NAMES = ("middleware_stack", "app", "_app", "application", "asgi", "asgi_app", "asgi_handler", "inner", "middleware",
          "next_app", "other_asgi_app", "wrapped")  # fmt: skip
"""The attributes in which packages hold the app that they call; code of the user may call its attribute as it likes."""


class Middleware(Shown, tuple[MiddlewareRow, ...]):
    """The layers of an app, outermost first; those of a mounted app follow with a greater depth."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<Middleware: {len(self)} layers>"

    @property
    def settings(self) -> Settings:
        """The default settings: nothing here is secret."""
        return Settings()


@dataclass(slots=True)
class _Walk:
    rows: list[MiddlewareRow] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    listed: set[int] = field(default_factory=set)  # apps whose parts are among the rows


def read_middleware(app: Any) -> Middleware:
    """Return the layers of an app, without a request; those of an app that was not started yet as they will be."""
    walk = _Walk()
    _read(app, 0, "", walk)
    return Middleware(walk.rows)


def _read(app: Any, depth: int, path: str, walk: _Walk) -> None:
    if id(app) in walk.seen or len(walk.rows) >= _MOST_LAYERS + _MOST_MOUNTS or depth > _MOST_LAYERS:
        return
    walk.seen.add(id(app))
    walk.rows.append(describe(app, depth, path))
    slots = slots_in(app)
    inside = [(slot.get(), slot.path) for slot in slots if slot.wrap is None]
    if "asgi_app" not in instance_dict(app):  # else Quart's parts are inside what wraps it
        _list_parts(app, depth, walk)
    if is_unbuilt(app):
        for one in instance_dict(app)["user_middleware"]:
            depth += 1
            walk.rows.append(_describe_entry(one, depth))
        inside = [(instance_dict(app)["router"], "")]
    for inner, mounted in inside:
        _read(inner, depth + 1, mounted, walk)
    _list_routes(app, depth, walk)
    _list_parts(app, depth, walk)


def _list_routes(app: Any, depth: int, walk: _Walk) -> None:
    """Add rows for the layers of routes, for each list of layers only once, with the path of the first route."""
    known: set[tuple[tuple[str, str, int], ...]] = set()
    for inner, path in apps_of_framework(app):
        route = _Walk()
        _read(inner, depth + 1, path, route)
        key = tuple((row.name, row.source, row.depth) for row in route.rows)
        if key not in known and len(walk.rows) < _MOST_LAYERS + _MOST_MOUNTS:
            known.add(key)
            walk.rows += route.rows


def _list_parts(app: Any, depth: int, walk: _Walk) -> None:
    """Add rows for the parts of an app that are not ASGI apps, or of the app whose method this is."""
    owner = app.__self__ if type(app) is types.MethodType else app
    if id(owner) in walk.listed:
        return
    found = [describe(part, depth + slot.depth) for slot in slots_of_framework(owner) for part in slot.parts]
    walk.rows += found
    if found:
        walk.listed.add(id(owner))


def is_unbuilt(app: Any) -> bool:
    """Return whether an app is one of Starlette's that will make its layers at the first request."""
    held = instance_dict(app)
    return held.get("middleware_stack", app) is None and "router" in held and type(held.get("user_middleware")) is list


def _describe_entry(entry: Any, depth: int) -> MiddlewareRow:
    """Return what an entry of Starlette's ``user_middleware`` will be."""
    options = instance_dict(entry)
    return describe((options.get("kwargs") or {}).get("dispatch") or options.get("cls"), depth)


def slots_in(layer: Any) -> list[Slot]:
    """Return the places in which a layer holds apps that it calls, mounted ones last."""
    if has_own_table(layer):
        return slots_of_framework(layer)
    if type(layer) is types.FunctionType:
        return list(_cells_of(layer))
    if type(layer) is types.MethodType:
        return list(_cells_of(layer.__func__))
    held = {**slots_of(layer), **instance_dict(layer)}
    if held.get("middleware_stack", layer) is None and not is_unbuilt(layer):
        return []  # an app, such as connexion's, that wraps what it holds at its first request
    if not owner_of(file_of(type(layer))) and "middleware_stack" not in held:
        names = list(held)
    else:
        names = [name for name in _NAMES if name in held]
    found = []
    for name in names:
        value = held[name]
        is_own_method = type(value) is types.MethodType and value.__self__ is layer
        if not is_own_method and looks_like_app(value):
            found.append(Slot(holder=layer, name=name))
    routes = held.get("routes")
    if type(routes) is list:
        for route in routes:
            mounted = instance_dict(route)
            if name_of(type(route)) in ("Mount", "Host") and looks_like_app(mounted.get("app")):
                path = mounted.get("path") or mounted.get("host") or ""
                found.append(Slot(holder=route, name="app", path=str(path)))
                if len(found) > _MOST_MOUNTS:
                    break
    return [*found, *slots_of_framework(layer)]


def _cells_of(function: Any) -> Iterator[Slot]:
    for cell in function.__closure__ or ():
        try:
            value = cell.cell_contents
        except ValueError:  # not assigned yet
            continue
        if looks_like_app(value):
            yield Slot(holder=cell, name="cell_contents")
