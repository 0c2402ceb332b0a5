"""The parts of an exception, read from the slots of the interpreter: no property or method of the exception runs.

An app's exception may be of any class; its ``__cause__`` or ``exceptions`` may be a property that raises.
"""

from __future__ import annotations

from collections.abc import Collection
from types import TracebackType
from typing import Any

_CAUSE: Any = vars(BaseException)["__cause__"]
_CONTEXT: Any = vars(BaseException)["__context__"]
_SUPPRESS: Any = vars(BaseException)["__suppress_context__"]
_TRACEBACK: Any = vars(BaseException)["__traceback__"]
_DICT: Any = vars(BaseException)["__dict__"]
_MEMBERS: Any = vars(BaseExceptionGroup)["exceptions"]

_MOST_MEMBERS = 200
_MOST_GROUPS = 20


def is_a(exception: BaseException, kind: type | tuple[type, ...]) -> bool:
    """Return whether an exception is an instance; unlike `isinstance`, do not read its ``__class__``."""
    return issubclass(type(exception), kind)


def members_of(exception: BaseException) -> tuple[BaseException, ...]:
    """Return the exceptions of a group; empty if the exception is not a group."""
    return tuple(_MEMBERS.__get__(exception)) if is_a(exception, BaseExceptionGroup) else ()


def traceback_of(exception: BaseException) -> TracebackType | None:
    """Return the frames that an exception passed through."""
    found: TracebackType | None = _TRACEBACK.__get__(exception)
    return found


def attributes_of(exception: BaseException) -> dict[str, Any]:
    """Return the attributes that were set on an exception; ``__notes__`` is one of them."""
    found: dict[str, Any] = _DICT.__get__(exception)
    return found


def earlier_of(exception: BaseException, seen: Collection[int] = ()) -> tuple[BaseException, bool] | None:
    """
    Return the cause of an exception, or its context unless that is suppressed, and whether it is a cause.

    A group of nothing but exceptions whose `id` is in ``seen`` is passed over: a task group leaves one in the context
    of the exception that a middleware takes out of it and raises again.
    """
    is_cause = _CAUSE.__get__(exception) is not None
    found = _before(exception)
    for _ in range(_MOST_GROUPS):
        if found is None or not _adds_nothing(found, seen):
            break
        found = _before(found)
    return None if found is None else (found, is_cause)


def _before(exception: BaseException) -> BaseException | None:
    cause: BaseException | None = _CAUSE.__get__(exception)
    if cause is not None or _SUPPRESS.__get__(exception):
        return cause
    context: BaseException | None = _CONTEXT.__get__(exception)
    return context


def _adds_nothing(exception: BaseException, seen: Collection[int]) -> bool:
    if not is_a(exception, BaseExceptionGroup):
        return False
    waiting = [exception]
    for _ in range(_MOST_MEMBERS):
        if not waiting:
            return True
        one = waiting.pop()
        if is_a(one, BaseExceptionGroup):
            waiting += members_of(one)
        elif id(one) not in seen:
            return False
    return False
