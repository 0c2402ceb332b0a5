"""Django's layers: the chain of ``settings.MIDDLEWARE``, each adapter between sync and async, and the view.

Django puts each middleware into a function that makes a response of its exceptions; those functions are found by
their code, and hold the middleware in a closure.
"""

from __future__ import annotations

import functools
import types
import zlib
from collections.abc import Iterator
from typing import Any

from ...records.attributes import instance_dict, look_up, name_of
from ...records.attributes import slots_of as values_of_slots
from ...records.exception_text import name_of as exception_name
from ...records.record import Endpoint
from ...routes.nested_apps import looks_like_app
from ...routes.routes import endpoint_of
from ..crossings import PRESENT_LAYER, PartBoundary
from ..part_taps import Notes, ResponsePicture, header_pairs, tap_part
from ..slots import ItemSlot, Part, Slot, untapped
from ..tracer import current_tracer

_CONVERTER = "convert_exception_to_response.<locals>.inner"
_ADAPTERS = {"SyncToAsync": "func", "AsyncToSync": "awaitable"}
_MOST = 60
_HOOKS = {
    "_view_middleware": "process_view",
    "_template_response_middleware": "process_template_response",
    "_exception_middleware": "process_exception",
}


def slots_of(handler: Any) -> Iterator[Slot]:
    """Yield the places of a handler's middleware, outermost first, then those of the hooks around the view."""
    held = instance_dict(handler)
    waiting = [Slot(holder=handler, name="_middleware_chain")] if held.get("_middleware_chain") is not None else []
    depth = 0
    while waiting and depth < _MOST:
        place = waiting.pop()
        layer = untapped(place.get())
        depth += 1
        if _is_converter(layer):
            cell = _cell_of(layer, "get_response")
            inside = untapped(cell.cell_contents)
            calls_view, is_async = _is_view_layer(inside), _is_async(layer)
            part = Part(function=inside, name="view" if calls_view else "")
            notes = Notes(after=_note_view if calls_view else _note_response)
            yield _slot(place, functools.partial(_tap, part=part, notes=notes, awaited=is_async), part, depth)
            raising = functools.partial(_tap_raising, awaited=is_async, calls_view=calls_view)
            yield Slot(holder=cell, name="cell_contents", wrap=raising)
            waiting = list(_inside(inside))
        elif _is_link(layer):
            name = _ADAPTERS[name_of(type(layer))]
            part = Part(function=layer)
            wrap = functools.partial(_tap, part=part, notes=Notes(after=_note_response), awaited=name == "func")
            yield _slot(place, wrap, part, depth)
            waiting = [Slot(holder=layer, name=name)]
    for attribute, hook in _HOOKS.items():
        for number, method in enumerate(held.get(attribute) or ()):
            method = untapped(method)
            adapter = _ADAPTERS.get(name_of(type(method)), "")
            part = Part(function=instance_dict(method).get(adapter, method), hook=hook)
            notes = Notes(after=_note_exception_hook if hook == "process_exception" else _note_hook)
            awaited = adapter == "func" if adapter else None
            wrap = functools.partial(_tap, part=part, notes=notes, awaited=awaited)
            yield ItemSlot(holder=held[attribute], name=number, wrap=wrap, parts=(part,), depth=depth + 1)


def slots_of_channels(router: Any) -> Iterator[Slot]:
    """Yield the apps of Channels' router of protocols."""
    table = instance_dict(router).get("application_mapping") or {}
    for protocol, app in table.items():
        if looks_like_app(app):
            yield ItemSlot(holder=table, name=protocol, path=str(protocol))


def _slot(place: Slot, wrap: Any, part: Part, depth: int) -> Slot:
    return Slot(holder=place.holder, name=place.name, wrap=wrap, parts=(part,), depth=depth)


def _tap(function: Any, enter: object, part: Part, notes: Notes, awaited: bool | None) -> Any:
    return tap_part(part, function, notes, awaited=awaited)


def _is_converter(value: Any) -> bool:
    return type(value) is types.FunctionType and value.__code__.co_qualname == _CONVERTER


def _is_link(value: Any) -> bool:
    """Return whether a value is the next element of the chain."""
    if _is_converter(value):
        return True
    name = _ADAPTERS.get(name_of(type(value)))
    return name is not None and _is_converter(untapped(instance_dict(value).get(name)))


def _is_async(converter: Any) -> bool:
    return bool(converter.__code__.co_flags & 0x80)  # inspect.CO_COROUTINE


def _is_view_layer(value: Any) -> bool:
    """Return whether this is the innermost element, which calls the view."""
    return type(value) is types.MethodType and value.__name__ in ("_get_response_async", "_get_response")


def _cell_of(function: Any, name: str) -> Any:
    return function.__closure__[function.__code__.co_freevars.index(name)]


def _inside(middleware: Any) -> Iterator[Slot]:
    """Yield where a middleware, a function or an object, holds the next element; nothing if it cannot be found."""
    functions = [middleware] if type(middleware) is types.FunctionType else []
    for name, value in {**values_of_slots(middleware), **instance_dict(middleware)}.items():
        if _is_link(untapped(value)):
            yield Slot(holder=middleware, name=name)
            return
        functions += [value] if type(value) is types.FunctionType else []  # __wrapped__ of a decorated one
    for function in functions:
        for cell in function.__closure__ or ():
            try:
                value = cell.cell_contents
            except ValueError:  # not assigned yet
                continue
            if _is_link(untapped(value)):
                yield Slot(holder=cell, name="cell_contents")
                return


# -- what is noted -------------------------------------------------------------------------------------------------


def _tap_raising(function: Any, enter: object, awaited: bool, calls_view: bool) -> Any:
    """Return what notes an exception of which Django makes a response before the layers outside see it."""

    def note(request: Any, exception: Exception) -> None:
        try:
            tracer = current_tracer()
            number = PRESENT_LAYER.get()
            step = tracer.crossings[number - 1].boundary if tracer is not None and number else None
            if isinstance(step, PartBoundary) and not step.hook:
                step.converted = exception_name(exception)
                step.endpoint = _view_of(request) if calls_view else None
        except Exception:  # the trace ended in between
            return

    if awaited:

        @functools.wraps(function)
        async def raising_async(request: Any) -> Any:
            try:
                return await function(request)
            except Exception as exc:
                note(request, exc)
                raise

        return raising_async

    @functools.wraps(function)
    def raising(request: Any) -> Any:
        try:
            return function(request)
        except Exception as exc:
            note(request, exc)
            raise

    return raising


def _note_response(step: PartBoundary, before: object, args: tuple[Any, ...], response: Any) -> None:
    picture = _picture(response)
    step.status, step.headers = picture.status, picture.headers
    content = instance_dict(response).get("_container")
    if type(content) is list and all(type(one) is bytes for one in content):
        step.body_bytes = sum(map(len, content))
        for one in content:
            step.checksum = zlib.crc32(one, step.checksum)


def _note_view(step: PartBoundary, before: object, args: tuple[Any, ...], response: Any) -> None:
    _note_response(step, before, args, response)
    step.endpoint, step.responded = _view_of(args[0]), True


def _view_of(request: Any) -> Endpoint | None:
    """Return the function or the class that Django's router has chosen; None before."""
    view = getattr(instance_dict(request).get("resolver_match"), "func", None)
    held = instance_dict(view)
    function = held.get("view_class") or held.get("cls") or view
    return endpoint_of(function) if function is not None else None


def _note_hook(step: PartBoundary, before: object, args: tuple[Any, ...], response: Any) -> None:
    """Note a response that ``process_view`` made; a response of a template is only handed on."""
    if response is not None and step.hook == "process_view":
        step.responded = True
        step.status = _picture(response).status


def _note_exception_hook(step: PartBoundary, before: object, args: tuple[Any, ...], response: Any) -> None:
    if response is not None:
        step.responded, step.caught = True, exception_name(args[1])
        step.status = _picture(response).status


def _picture(response: Any) -> ResponsePicture:
    """Return the status and headers of Django's response, without calling code of its class."""
    held = instance_dict(response)
    status = held.get("status_code", look_up(type(response), "status_code"))
    stored = instance_dict(held.get("headers")).get("_store")
    pairs = [*stored.values()] if type(stored) is dict else []
    cookies = held.get("cookies")
    if isinstance(cookies, dict):
        pairs += [("set-cookie", f"{key}={value}") for key, value in dict.items(cookies)]
    return ResponsePicture(status=status if type(status) is int else None, headers=header_pairs(pairs))
