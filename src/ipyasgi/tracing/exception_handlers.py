"""The functions with which an app of Starlette, FastAPI or Litestar makes a response of an exception.

Their frameworks look such a function up when the exception is there; what they find is replaced by its tap.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Iterator
from typing import Any

from ..records.exception_text import name_of
from .crossings import PartBoundary
from .libraries import Library, Target
from .part_taps import Notes, tap_part
from .place import is_of_app
from .slots import Part
from .tracer import current_tracer


def _watch(before: Any) -> Any:
    @functools.wraps(before)
    def look_up_handler(*args: Any, **kwargs: Any) -> Any:
        handler = before(*args, **kwargs)
        try:
            return _tap(handler) if handler is not None and current_tracer() is not None else handler
        except Exception:  # an unusual object; the app calls it without a tap
            return handler

    return look_up_handler


def _tap(handler: Any) -> Any:
    """Return the tap of a handler; one of a framework's stays as it is."""
    code = getattr(inspect.unwrap(handler), "__code__", None)
    if code is None or not is_of_app(code.co_filename):
        return handler
    return tap_part(Part(function=handler, hook="exception handler"), handler, Notes(after=_note))


def _note(step: PartBoundary, before: object, args: tuple[Any, ...], response: Any) -> None:
    status = getattr(response, "status_code", None)
    step.caught, step.responded = name_of(args[1]), response is not None
    step.status = status if type(status) is int else None


def _starlette() -> Iterator[Target]:
    yield sys.modules["starlette._exception_handler"], "_lookup_exception_handler", _watch


def _litestar() -> Iterator[Target]:
    yield sys.modules[_LITESTAR], "get_exception_handler", _watch


_LITESTAR = "litestar.middleware._internal.exceptions.middleware"
EXCEPTION_HANDLERS = (
    Library(
        name="Starlette's exception handlers",
        module="starlette._exception_handler",
        targets=_starlette,
        makes_calls=False,
    ),
    Library(name="Litestar's exception handlers", module=_LITESTAR, targets=_litestar, makes_calls=False),
)
