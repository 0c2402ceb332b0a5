"""`Slot`: a place in which a layer of an app holds what it calls, and in which a tap can stand for it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..records.attributes import instance_dict

Enter = Callable[[Any], Any]
"""Puts taps into an ASGI app that was found during a request, and returns the tap that stands for it."""
Wrap = Callable[[Any, Enter], Any]
"""Returns what stands for a function that is not an ASGI app."""
_MARK = "_ipyasgi_tap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """
    A part of an app that is not an ASGI app: a function that a framework calls for each request, or a middleware.

    :ivar function: that runs, or the object
    :ivar hook: as what the framework calls it, such as ``before_request``; empty for what contains other parts
    :ivar name: instead of that of the function, if it is a framework's own
    :ivar inside: the app that calls it, if that does so while layers inside it have the clock; else None
    """

    function: Any
    hook: str = ""
    name: str = ""
    inside: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """
    An attribute, or a variable of a closure.

    :ivar path: under which path the app is mounted; empty for middleware
    :ivar wrap: makes the tap; None for an ASGI app, which is searched for further slots
    :ivar parts: to be shown if it is not an ASGI app; none for what is part of another layer
    :ivar depth: how deep the parts are inside the holder
    """

    holder: Any
    name: Any
    path: str = ""
    wrap: Wrap | None = None
    parts: tuple[Part, ...] = ()
    depth: int = 1

    def get(self) -> Any:
        """Return what is there."""
        return getattr(self.holder, self.name)

    def holds(self, value: Any) -> bool:
        """Return whether the same is there."""
        return getattr(self.holder, self.name) is value

    def put(self, value: Any) -> None:
        """Hold something else instead."""
        setattr(self.holder, self.name, value)

    def restore(self, tap: Any, before: Any) -> None:
        """Put back what was there before a tap, if the tap is still there."""
        if getattr(self.holder, self.name) is tap:
            setattr(self.holder, self.name, before)


class ItemSlot(Slot):
    """An item of a list or a dict."""

    __slots__ = ()

    def get(self) -> Any:
        """Return the item."""
        return self.holder[self.name]

    def holds(self, value: Any) -> bool:
        """Return whether the same is there."""
        return self.holder[self.name] is value

    def put(self, value: Any) -> None:
        """Hold another one instead."""
        self.holder[self.name] = value

    def restore(self, tap: Any, before: Any) -> None:
        """Put back the item wherever it is now: the app may have added others."""
        keys = range(len(self.holder)) if isinstance(self.holder, list) else list(self.holder)
        for key in keys:
            if self.holder[key] is tap:
                self.holder[key] = before


class MethodSlot(Slot):
    """A method, hidden by an attribute of its object."""

    __slots__ = ()

    def holds(self, value: Any) -> bool:
        """Return whether it is not hidden; a bound method is another object each time."""
        return self.name not in instance_dict(self.holder)

    def restore(self, tap: Any, before: Any) -> None:
        """Remove the attribute again."""
        if instance_dict(self.holder).get(self.name) is tap:
            delattr(self.holder, self.name)


class _TappedTuple(tuple[Any, ...]):
    __slots__ = ()


def mark(tap: Any) -> Any:
    """Return a tap, a function or a tuple of these, that `is_marked` knows."""
    if type(tap) is tuple:
        return _TappedTuple(tap)
    with contextlib.suppress(AttributeError):
        setattr(tap, _MARK, True)
    return tap


def is_marked(value: Any) -> bool:
    """Return whether this is a tap already."""
    return type(value) is _TappedTuple or _MARK in instance_dict(value)


def untapped(value: Any) -> Any:
    """Return what a tap of a function stands for; anything else unchanged."""
    return instance_dict(value).get("__wrapped__", value) if is_marked(value) else value
