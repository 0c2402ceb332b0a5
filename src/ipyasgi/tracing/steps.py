"""Taps of parts that are not ASGI apps: functions that a framework calls for a request, sync or async.

A tap calls the original function with the same arguments, and returns or raises what that does.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..records.attributes import look_up
from .crossings import PRESENT_LAYER, Headers, Step, compare_headers
from .slots import Part
from .tracer import MOST_LAYERS, Tracer, current_tracer


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponsePicture:
    """
    A response object as it was at one time.

    :ivar headers: pairs with names in lower case
    """

    status: int | None = None
    headers: Headers = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """
    What is noted of a call.

    :ivar accepts: whether a call with these arguments is recorded
    :ivar before: returns what ``after`` is given; takes the step and the arguments
    :ivar after: takes the step, what ``before`` returned, the arguments, and the result
    """

    accepts: Callable[[tuple[Any, ...]], bool] = lambda args: True
    before: Callable[[Step, tuple[Any, ...]], Any] = lambda step, args: None
    after: Callable[[Step, Any, tuple[Any, ...], Any], object] = lambda step, before, args, result: None


def is_async(function: Any) -> bool:
    """Return whether calling a function or an object gives something to await."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(look_up(type(function), "__call__"))


def tap_part(part: Part, function: Any, notes: Notes, *, awaited: bool | None = None) -> Any:
    """
    Return the tap of a function.

    :param part: as what it is recorded
    :param awaited: whether the function is async; by default that is found out
    """
    tapped = _tap_async if (is_async(function) if awaited is None else awaited) else _tap_sync
    tap = tapped(part, function, notes)
    owner = getattr(function, "__self__", None)
    if owner is not None:  # Django names the class of a bound method
        tap.__self__ = owner
    return tap


def _tap_async(part: Part, function: Any, notes: Notes) -> Any:
    @functools.wraps(function)
    async def tapped_async(*args: Any, **kwargs: Any) -> Any:
        step, before = _enter(part, notes, args)
        if step is None:
            return await function(*args, **kwargs)
        with step:
            result = await function(*args, **kwargs)
        _leave(step, notes, before, args, result)
        return result

    return tapped_async


def _tap_sync(part: Part, function: Any, notes: Notes) -> Any:
    @functools.wraps(function)
    def tapped(*args: Any, **kwargs: Any) -> Any:
        step, before = _enter(part, notes, args)
        if step is None:
            return function(*args, **kwargs)
        with step:
            result = function(*args, **kwargs)
        _leave(step, notes, before, args, result)
        return result

    return tapped


def _enter(part: Part, notes: Notes, args: tuple[Any, ...]) -> tuple[Step | None, Any]:
    tracer = current_tracer()
    if tracer is None or not tracer.running or len(tracer.crossings) >= MOST_LAYERS:
        return None, None
    try:
        if not notes.accepts(args):
            return None, None
        step = Step(
            number=len(tracer.crossings) + 1,
            parent=PRESENT_LAYER.get() if part.inside is None else _number_of(part.inside, tracer),
            app=part,
            part=part,
            clock=tracer.clock,
            scope={},
            live_scope={},
            missed=functools.partial(_miss, tracer),
        )
        before = notes.before(step, args)
    except Exception:  # the app goes on; another version of the framework
        _miss(tracer)
        return None, None
    tracer.crossings.append(step)
    return step, before


def _number_of(app: Any, tracer: Tracer) -> int:
    """Return the number of an app's boundary; 0 for the app that is traced."""
    return next((one.number for one in reversed(tracer.crossings) if one.app is app), 0)


def _leave(step: Step, notes: Notes, before: Any, args: tuple[Any, ...], result: Any) -> None:
    try:
        notes.after(step, before, args, result)
    except Exception:  # the app goes on; another version of the framework
        step.missed()


def _miss(tracer: Tracer) -> None:
    tracer.missing += 1


def changes_of(before: ResponsePicture, after: ResponsePicture) -> tuple[str, ...]:
    """Return what differs between two pictures of one response, as a `Layer` has it."""
    status = f"status {before.status} → {after.status}"
    changed = [status] if None not in (before.status, after.status) and before.status != after.status else []
    headers = compare_headers(before.headers, after.headers)
    return (*changed, *(f"{sign}{name}" for name, sign in headers))


def header_pairs(items: Any) -> Headers:
    """Return headers as pairs of bytes, from pairs of texts."""
    return tuple(
        (str(name).lower().encode("latin-1", "replace"), str(value).encode("latin-1", "replace"))
        for name, value in items
    )
