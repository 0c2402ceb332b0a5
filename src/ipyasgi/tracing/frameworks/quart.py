"""Quart's functions for each request: ``before_request`` and the like, error handlers, and the call of the view."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

from ...records.attributes import instance_dict
from ...records.exception_text import name_of
from ...routes.routes import endpoint_of
from ..crossings import PartBoundary
from ..part_taps import Notes, ResponsePicture, changes_of, header_pairs, tap_part
from ..slots import ItemSlot, MethodSlot, Part, Slot, untapped

_MOST = 200
_HOOKS = ("before_request", "after_request", "teardown_request")


def slots_of(app: Any) -> Iterator[Slot]:
    """Yield the places of an app's functions, in the order in which Quart calls them."""
    held = instance_dict(app)
    before, after, teardown = (list(_functions(held.get(f"{hook}_funcs"), hook)) for hook in _HOOKS)
    yield from before
    part = Part(function=untapped(app.dispatch_request))
    notes = Notes(before=functools.partial(_name_view, held["view_functions"]), after=_note_view)
    yield MethodSlot(holder=app, name="dispatch_request", wrap=_wrap(part, notes), parts=(part,))
    yield from _error_handlers(held.get("error_handler_spec"))
    yield from (*after, *teardown)


def _functions(table: Any, hook: str) -> Iterator[Slot]:
    """Yield the functions of the app and of each blueprint."""
    notes = {
        "before_request": Notes(after=_note_before),
        "after_request": Notes(before=_picture_argument, after=_note_after),
        "teardown_request": Notes(),
    }[hook]
    for functions in list((table or {}).values()):
        for number, function in enumerate(functions[:_MOST]):
            part = Part(function=untapped(function), hook=hook)
            yield ItemSlot(holder=functions, name=number, wrap=_wrap(part, notes), parts=(part,))


def _error_handlers(table: Any) -> Iterator[Slot]:
    for by_code in list((table or {}).values()):
        for by_class in list(by_code.values()):
            for error, function in list(by_class.items()):
                part = Part(function=untapped(function), hook="errorhandler")
                yield ItemSlot(holder=by_class, name=error, wrap=_wrap(part, Notes(after=_note_handler)), parts=(part,))


def _wrap(part: Part, notes: Notes) -> Any:
    return lambda function, enter: tap_part(part, function, notes)


def _note_before(step: PartBoundary, before: object, args: tuple[Any, ...], result: Any) -> None:
    step.responded = result is not None


def _name_view(functions: Any, step: PartBoundary, args: tuple[Any, ...]) -> None:
    rule = args[0].request.url_rule
    function = functions.get(rule.endpoint) if rule is not None else None
    step.endpoint = endpoint_of(function) if function is not None else None


def _note_view(step: PartBoundary, before: None, args: tuple[Any, ...], result: Any) -> None:
    step.responded = True


def _note_handler(step: PartBoundary, before: object, args: tuple[Any, ...], result: Any) -> None:
    step.responded, step.caught = True, name_of(args[0])


def _picture_argument(step: PartBoundary, args: tuple[Any, ...]) -> ResponsePicture:
    return _picture(args[0])


def _note_after(step: PartBoundary, before: ResponsePicture, args: tuple[Any, ...], result: Any) -> None:
    step.changed = changes_of(before, _picture(result))


def _picture(response: Any) -> ResponsePicture:
    held = instance_dict(response)
    status = held.get("_status_code")
    headers = instance_dict(held.get("headers")).get("_list") or ()
    return ResponsePicture(status=status if type(status) is int else None, headers=header_pairs(headers))
