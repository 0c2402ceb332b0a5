"""`MiddlewareRow`: the name, source and package of one layer of an app."""

from __future__ import annotations

import functools
import types
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..engine.source_location import owner_of, place_of
from ..records.attributes import body_of, classes_of, instance_dict, look_up, name_of
from .callables import long_name
from .slots import Part

_PACKAGES = {
    "channels": "Channels",
    "django": "Django",
    "falcon": "Falcon",
    "fastapi": "FastAPI",
    "litestar": "Litestar",
    "quart": "Quart",
    "starlette": "Starlette",
}
_METHODS = ("dispatch", "__call__", "process_request", "process_response", "process_view", "process_exception")
"""The methods of middleware that run for a request; the last four are those of Django's mixin."""
FRAMEWORKS = frozenset(_PACKAGES.values())
"""The packages whose own layers are of interest only if they did something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MiddlewareRow:
    """
    One layer of an app.

    :ivar name: of its class or function; for Starlette's ``BaseHTTPMiddleware`` that of its function; a function that
        a framework calls for each request has that in brackets: ``load_user (before_request)``
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


def describe(layer: Any, depth: int = 0, path: str = "") -> MiddlewareRow:
    """Return the name, source and package of a layer."""
    if type(layer) is Part:
        return _describe_part(layer, depth, path)
    kind: Any = layer if isinstance(layer, type) else type(layer)
    dispatch = instance_dict(layer).get("dispatch_func") if kind is not layer else None
    function = next((one for one in (dispatch, layer) if isinstance(one, types.FunctionType | types.MethodType)), None)
    code: types.CodeType | None
    own_dispatch = dispatch is not None and getattr(dispatch, "__self__", None) is layer
    if function is not None and not own_dispatch:
        name = long_name(function.__qualname__)
        code = function.__code__
    else:
        name, code = name_of(kind), _code_of(kind)
    filename = code.co_filename if code is not None else ""
    owner = owner_of(filename) if filename else str(kind.__module__).partition(".")[0]
    source = place_of(filename, code.co_firstlineno) if code is not None else ""
    return MiddlewareRow(name=name, source=source, package=_PACKAGES.get(owner, owner), depth=depth, path=path)


def _describe_part(part: Part, depth: int, path: str) -> MiddlewareRow:
    function = part.function
    while type(function) is functools.partial:
        function = function.func
    row = describe(function, depth, path)
    if part.name or not part.hook:
        return replace(row, name=part.name or row.name)
    if type(function) is types.MethodType and function.__name__.startswith(part.hook):
        kind = function.__self__ if isinstance(function.__self__, type) else type(function.__self__)
        return replace(row, name=f"{name_of(kind)}.{function.__name__}")
    return replace(row, name=f"{row.name.rpartition('.')[2]} ({part.hook})")


def file_of(kind: type) -> str:
    """Return the file of the code that a class runs for a request; for a class without any the file of this module."""
    code = _code_of(kind)
    return code.co_filename if code is not None else str(Path(__file__))


def _code_of(kind: type) -> types.CodeType | None:
    """Return the code that runs for a request, of the class itself if it defines some."""
    found = (body_of(one)[name] for one in classes_of(kind)[:-1] for name in _METHODS if name in body_of(one))
    for value in (*found, look_up(kind, "__init__")):
        code = getattr(value, "__code__", None)
        if code is not None and (code.co_name != "dispatch" or not owner_of(code.co_filename)):
            return code if isinstance(code, types.CodeType) else None
    return None
