"""Taps of parts that are not ASGI apps: functions that a framework calls for a request, sync or async.

A tap calls the original function with the same arguments, and returns or raises what that does.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from ..records.attributes import look_up
from .crossings import Crossing, Headers, PartBoundary, compare_headers
from .middleware_row import describe
from .slots import Part
from .tracer import current_tracer


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
    :ivar before: returns what ``after`` is given; takes the boundary and the arguments
    :ivar after: takes the boundary, what ``before`` returned, the arguments, and the result
    """

    accepts: Callable[[tuple[Any, ...]], bool] = lambda args: True
    before: Callable[[PartBoundary, tuple[Any, ...]], Any] = lambda boundary, args: None
    after: Callable[[PartBoundary, Any, tuple[Any, ...], Any], object] = lambda boundary, before, args, result: None


def _is_async(function: Any) -> bool:
    """Return whether calling a function or an object gives something to await."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(look_up(type(function), "__call__"))


def tap_part(part: Part, function: Any, notes: Notes, *, awaited: bool | None = None) -> Any:
    """
    Return the tap of a function.

    :param part: as what it is recorded
    :param awaited: whether the function is async; by default that is found out
    """
    watch = _Watch(part, notes)
    tap = (_tap_async if (_is_async(function) if awaited is None else awaited) else _tap_sync)(watch, function)
    owner = getattr(function, "__self__", None)
    if owner is not None:  # Django names the class of a bound method
        tap.__self__ = owner
    return tap


def _tap_async(watch: _Watch, function: Any) -> Any:
    @functools.wraps(function)
    async def tapped_async(*args: Any, **kwargs: Any) -> Any:
        crossing, before = watch.enter(args)
        if crossing is None:
            return await function(*args, **kwargs)
        with crossing:
            result = await function(*args, **kwargs)
        watch.leave(crossing, before, args, result)
        return result

    return tapped_async


def _tap_sync(watch: _Watch, function: Any) -> Any:
    @functools.wraps(function)
    def tapped(*args: Any, **kwargs: Any) -> Any:
        crossing, before = watch.enter(args)
        if crossing is None:
            return function(*args, **kwargs)
        with crossing:
            result = function(*args, **kwargs)
        watch.leave(crossing, before, args, result)
        return result

    return tapped


class _Watch:
    """Records the calls of one part; an error in it does not reach the app."""

    def __init__(self, part: Part, notes: Notes) -> None:
        self._row = describe(part)
        self._hook = part.hook
        self._inside = describe(part.inside) if part.inside is not None else None
        self._notes = notes

    def enter(self, args: tuple[Any, ...]) -> tuple[Crossing | None, Any]:
        """Return the boundary of a call that is about to be made, None if it is not recorded, and what was before."""
        tracer = current_tracer()
        if tracer is None:
            return None, None
        try:
            crossing = tracer.enter_part(self._row, self._hook, self._inside) if self._notes.accepts(args) else None
            return crossing, self._notes.before(_part_of(crossing), args) if crossing is not None else None
        except Exception:  # the app goes on; another version of the framework
            tracer.missing += 1
            return None, None

    def leave(self, crossing: Crossing, before: Any, args: tuple[Any, ...], result: Any) -> None:
        """Note what a call did."""
        try:
            self._notes.after(_part_of(crossing), before, args, result)
        except Exception:  # the app goes on; another version of the framework
            tracer = current_tracer()
            if tracer is not None:
                tracer.missing += 1


def _part_of(crossing: Crossing) -> PartBoundary:
    return cast("PartBoundary", crossing.boundary)


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
