"""What an object holds, read without running code of its class: no property, no ``__getattr__``, no metaclass."""

from __future__ import annotations

from contextlib import suppress
from types import GetSetDescriptorType, MemberDescriptorType
from typing import Any

_MRO = type.__dict__["__mro__"]
_BODY = type.__dict__["__dict__"]
_DESCRIPTORS = (GetSetDescriptorType, MemberDescriptorType)


def classes_of(kind: type) -> tuple[type, ...]:
    """Return a class and its bases, in the order of their lookup."""
    found: tuple[type, ...] = _MRO.__get__(kind)
    return found


def body_of(kind: type) -> Any:
    """Return the read-only mapping of what one class defines itself."""
    return _BODY.__get__(kind)


def name_of(kind: type) -> str:
    """Return the name of a class."""
    return str(type.__getattribute__(kind, "__name__"))


def look_up(kind: type, name: str) -> Any:
    """Return what a class or its first base with this name defines, as it stands there, or None."""
    return next((body[name] for body in map(body_of, classes_of(kind)) if name in body), None)


def instance_dict(value: Any) -> dict[str, Any]:
    """Return the instance dict itself; empty for an object without one, or whose class defines ``__dict__``."""
    descriptor = look_up(type(value), "__dict__")
    if type(descriptor) in _DESCRIPTORS:
        with suppress(Exception):
            found = descriptor.__get__(value)
            return found if type(found) is dict else {}
    return {}


def slots_of(value: Any) -> dict[str, Any]:
    """Return the values of the slots that the classes declare, by the names under which they are stored."""
    found: dict[str, Any] = {}
    for body in map(body_of, classes_of(type(value))[:-1]):
        if "__slots__" not in body:  # the members of a class of C are its own matter
            continue
        for name, slot in body.items():
            if type(slot) is MemberDescriptorType and type(name) is str:
                with suppress(Exception):  # not set
                    found.setdefault(name, slot.__get__(value))
    return found


def is_a(value: Any, base: type) -> bool:
    """Return whether a value is of a class, without asking its ``__class__``."""
    return any(kind is base for kind in classes_of(type(value)))


def try_attribute(value: Any, name: str) -> Any:
    """
    Return an attribute that the object or its class has, or None; no ``__getattr__`` is called.

    A property runs: it is for names that are a framework's, such as ``routes``. What it raises is dropped.
    """
    held = instance_dict(value)
    if name in held:
        return held[name]
    if look_up(type(value), name) is None:
        return None
    with suppress(Exception):
        return getattr(value, name)
    return None
