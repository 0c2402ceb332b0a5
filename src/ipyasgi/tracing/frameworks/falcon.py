"""Falcon's methods for each request: those of middleware objects, responders, and error handlers. All are awaited."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ...engine.source_location import owner_of
from ...records.attributes import instance_dict
from ...records.attributes import slots_of as values_of_slots
from ...records.exception_text import name_of as exception_name
from ..crossings import PartBoundary
from ..part_taps import Notes, ResponsePicture, changes_of, header_pairs, tap_part
from ..slots import ItemSlot, Part, Slot, untapped

_STAGES = ("process_request", "process_resource", "process_response")


def slots_of(app: Any) -> Iterator[Slot]:
    """Yield the places of an app's middleware, of its router's search, and of its own error handlers."""
    held = {**values_of_slots(app), **instance_dict(app)}
    stages = zip(_STAGES, held["_middleware"], strict=True)
    parts = tuple(_part(method) for _, methods in stages for method in _flat(methods))
    yield Slot(holder=app, name="_middleware", wrap=_wrap_middleware, parts=parts)
    yield Slot(holder=app, name="_router_search", wrap=_wrap_search)
    handlers = held["_error_handlers"]
    for error, handler in list(handlers.items()):
        function = untapped(handler)
        if not owner_of(getattr(getattr(function, "__code__", None), "co_filename", __file__)):
            part = Part(function=function, hook="error handler")
            yield ItemSlot(holder=handlers, name=error, wrap=_wrap_handler, parts=(part,))


def _part(method: Any) -> Part:
    function = untapped(method)
    stage = next((stage for stage in _STAGES if str(getattr(function, "__name__", "")).startswith(stage)), "middleware")
    return Part(function=function, hook=stage)


def _flat(methods: Any) -> Iterator[Any]:
    """Yield methods, also those in pairs: of middleware that is not independent."""
    for method in methods:
        if isinstance(method, tuple):
            yield from filter(None, method)
        else:
            yield method


def _wrap_middleware(stages: Any, enter: object) -> Any:
    return tuple(tuple(_tap_method(method) for method in methods) for methods in stages)


def _tap_method(method: Any) -> Any:
    if method is None or isinstance(method, tuple):
        return method and tuple(map(_tap_method, method))
    return tap_part(_part(method), method, Notes(before=_before_method, after=_after_method), awaited=True)


def _wrap_handler(handler: Any, enter: object) -> Any:
    part = Part(function=handler, hook="error handler")
    return tap_part(part, handler, Notes(after=_after_handler), awaited=True)


def _wrap_search(search: Any, enter: object) -> Any:
    """Return a search whose result has a tap for the responder of the request."""

    def tapped_search(*args: Any, **kwargs: Any) -> Any:
        route = search(*args, **kwargs)
        try:
            method = kwargs["req"].method
            responder = route[1][method]
            notes = Notes(before=_before_responder, after=_after_responder)
            tap = tap_part(Part(function=responder), responder, notes, awaited=True)
            return (route[0], {**route[1], method: tap}, *route[2:])
        except Exception:  # no route, or no responder for the method
            return route

    return tapped_search


# -- what is noted -------------------------------------------------------------------------------------------------


def _before_method(step: PartBoundary, args: tuple[Any, ...]) -> tuple[ResponsePicture, bool]:
    return _picture(args[1]), bool(args[1].complete)


def _after_method(
    step: PartBoundary, before: tuple[ResponsePicture, bool], args: tuple[Any, ...], result: object
) -> None:
    after = _picture(args[1])
    step.changed = changes_of(before[0], after)
    if args[1].complete and not before[1]:
        step.responded, step.status = True, after.status


def _before_responder(step: PartBoundary, args: tuple[Any, ...]) -> None:
    step.is_endpoint = True
    step.row = replace(step.row, name=f"{step.row.name}()", package="")


def _after_responder(step: PartBoundary, before: None, args: tuple[Any, ...], result: object) -> None:
    step.responded, step.status = True, _picture(args[1]).status


def _after_handler(step: PartBoundary, before: object, args: tuple[Any, ...], result: object) -> None:
    step.responded, step.caught, step.status = True, exception_name(args[2]), _picture(args[1]).status


def _picture(response: Any) -> ResponsePicture:
    held = values_of_slots(response)
    status, headers = held.get("status"), held.get("_headers")
    pairs = [*headers.items()] if type(headers) is dict else []
    pairs += held.get("_extra_headers") or ()
    pairs += [("set-cookie", name) for name in held.get("_cookies") or ()]
    return ResponsePicture(status=_status_of(status), headers=header_pairs(pairs))


def _status_of(status: Any) -> int | None:
    """Return the number of ``404 Not Found``, of an int or an enum."""
    text = status if type(status) is str else str(getattr(status, "value", status))
    number = text.partition(" ")[0]
    return int(number) if number.isdecimal() else None
