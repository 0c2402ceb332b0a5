"""Where frameworks hold what is not an ASGI app: one module for each, read by duck typing; nothing is imported.

`slots_of_framework` returns the places for taps, `apps_of_framework` what a router calls by a table of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...records.attributes import classes_of, instance_dict, name_of
from ...records.attributes import slots_of as held_in_slots
from ..slots import Slot
from . import django, falcon, litestar, quart

_SLOTS = {
    "django.core.handlers.base.BaseHandler": django.slots_of,
    "falcon.asgi.app.App": falcon.slots_of,
    "litestar.app.Litestar": litestar.slots_of_app,
    "litestar._asgi.asgi_router.ASGIRouter": litestar.slots_of_router,
    "litestar.handlers.http_handlers.base.HTTPRouteHandler": litestar.slots_of_handler,
    "quart.app.Quart": quart.slots_of,
    "channels.routing.ProtocolTypeRouter": django.slots_of_channels,
}
_APPS = {"litestar._asgi.asgi_router.ASGIRouter": litestar.apps_of_router}

_HOOKS = {
    "falcon.asgi.app.App": ("_error_handlers",),
    "litestar.app.Litestar": ("before_send",),
    "quart.app.Quart": ("before_request_funcs", "after_request_funcs", "teardown_request_funcs", "error_handler_spec"),
}
"""The attributes with lists and dicts to which an app may add functions at any time."""


def slots_of_framework(layer: Any) -> list[Slot]:
    """Return the places in which the framework of a layer holds parts that are not ASGI apps."""
    return [slot for read in _found(_SLOTS, layer) for slot in read(layer)]


def apps_of_framework(layer: Any) -> list[tuple[Any, str]]:
    """Return the apps that a framework's router calls, one for each route, with its path; without those in slots."""
    return [app for read in _found(_APPS, layer) for app in read(layer)]


def has_hooks(layer: Any) -> bool:
    """Return whether the framework of a layer may have functions in lists and dicts, those of `hooks_of_framework`."""
    return any(True for _ in _found(_HOOKS, layer))


def hooks_of_framework(layer: Any) -> list[Any]:
    """Return the functions in the lists and dicts of a layer's framework, to see whether there are others."""
    held = {**held_in_slots(layer), **instance_dict(layer)} if has_hooks(layer) else {}
    waiting = [held.get(name) for names in _found(_HOOKS, layer) for name in names]
    found = []
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
        else:
            found.append(one)
    return found


def has_own_table(layer: Any) -> bool:
    """Return whether a layer calls apps by a table of its own, and holds no other."""
    return any(True for _ in _found(_APPS, layer))


def _found(table: dict[str, Any], layer: Any) -> Iterator[Any]:
    for kind in classes_of(type(layer)):
        name = f"{type.__getattribute__(kind, '__module__')}.{name_of(kind)}"
        if name in table:
            yield table[name]
