"""The layers of an app: where each holds the app that it calls, and its name and source.

Opened are Starlette's and FastAPI's middleware and mounts, and objects and functions that hold another app. Nothing of
the app is called, and attributes of foreign packages are read only under the names that middleware uses.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..engine.source_location import owner_of, place_of
from ..records.attributes import instance_dict, look_up, name_of, slots_of
from ..records.settings import Settings
from ..routes.nested_apps import looks_like_app
from ..shown import Shown

_MOST_LAYERS = 60
_MOST_MOUNTS = 200
_NAMES = ("middleware_stack", "app", "_app", "application", "asgi_app", "wrapped", "inner")
"""The attributes in which packages hold the app that they call; code of the user may call its attribute as it likes."""
_PACKAGES = {"fastapi": "FastAPI", "starlette": "Starlette", "ipyasgi": "ipyasgi"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """
    A place in which a layer holds an app: an attribute, or a variable of a closure.

    :ivar path: under which path the app is mounted; empty for middleware
    """

    holder: Any
    name: str
    path: str = ""

    def get(self) -> Any:
        """Return the app."""
        return getattr(self.holder, self.name)

    def put(self, app: Any) -> None:
        """Hold another app instead."""
        setattr(self.holder, self.name, app)


@dataclass(frozen=True, slots=True, kw_only=True)
class MiddlewareRow:
    """
    One layer of an app.

    :ivar name: of its class or function; for Starlette's ``BaseHTTPMiddleware`` that of its function
    :ivar source: the line where it is defined, ``file:line``; empty if unknown
    :ivar package: that brings it, such as ``Starlette``; empty for the app's own
    :ivar depth: 0 for the app itself, 1 for the layer inside it, and so on
    :ivar path: under which path it is mounted; empty for middleware
    """

    name: str
    source: str = ""
    package: str = ""
    depth: int = 0
    path: str = ""


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
    inside = [(slot.get(), slot.path) for slot in slots_in(app)]
    if is_unbuilt(app):
        for one in instance_dict(app)["user_middleware"]:
            depth += 1
            walk.rows.append(_describe_entry(one, depth))
        inside = [(instance_dict(app)["router"], "")]
    for inner, mounted in inside:
        _read(inner, depth + 1, mounted, walk)


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
    if type(layer) is types.FunctionType:
        return list(_cells_of(layer))
    if type(layer) is types.MethodType:
        return list(_cells_of(layer.__func__))
    held = {**slots_of(layer), **instance_dict(layer)}
    if not owner_of(_code_file(type(layer))) and "middleware_stack" not in held:
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
    return found


def _cells_of(function: Any) -> Iterator[Slot]:
    for cell in function.__closure__ or ():
        try:
            value = cell.cell_contents
        except ValueError:  # not assigned yet
            continue
        if looks_like_app(value):
            yield Slot(holder=cell, name="cell_contents")


def describe(layer: Any, depth: int = 0, path: str = "") -> MiddlewareRow:
    """Return the name, source and package of a layer."""
    kind: Any = layer if isinstance(layer, type) else type(layer)
    dispatch = instance_dict(layer).get("dispatch_func") if kind is not layer else None
    function = next((one for one in (dispatch, layer) if isinstance(one, types.FunctionType | types.MethodType)), None)
    code: types.CodeType | None
    own_dispatch = dispatch is not None and getattr(dispatch, "__self__", None) is layer
    if function is not None and not own_dispatch:
        name = function.__qualname__.replace("<locals>.", "")
        code = function.__code__
    else:
        name, code = name_of(kind), _code_of(kind)
    filename = code.co_filename if code is not None else ""
    owner = owner_of(filename) if filename else str(kind.__module__).partition(".")[0]
    source = place_of(filename, code.co_firstlineno) if code is not None else ""
    return MiddlewareRow(name=name, source=source, package=_PACKAGES.get(owner, owner), depth=depth, path=path)


def _code_of(kind: type) -> types.CodeType | None:
    """Return the code that runs for a request, of the class itself if it defines some."""
    for name in ("dispatch", "__call__", "__init__"):
        code = getattr(look_up(kind, name), "__code__", None)
        if code is not None and (name != "dispatch" or not owner_of(code.co_filename)):
            return code if isinstance(code, types.CodeType) else None
    return None


def _code_file(kind: type) -> str:
    code = _code_of(kind)
    return code.co_filename if code is not None else str(Path(__file__))
