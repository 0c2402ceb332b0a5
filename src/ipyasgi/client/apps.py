"""What counts as an app: ASGI 3 callables as they are, ASGI 2 ones wrapped. Knows no framework."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, cast

from ..protocol.errors import NotAnAppError
from ..protocol.types import ASGIApp, Receive, Scope, Send


class Asgi2App:
    """An ASGI 2 app (``app(scope)`` gives ``instance(receive, send)``) as an ASGI 3 one."""

    def __init__(self, app: Callable[[Scope], Any]) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope)(receive, send)


def as_asgi3(app: Any) -> ASGIApp:
    """
    Return the app as an ASGI 3 callable.

    Raises `NotAnAppError` for what cannot be called.
    """
    if not callable(app):
        raise NotAnAppError(app)
    return cast(ASGIApp, app) if is_asgi3(app) else Asgi2App(app)


def is_asgi3(app: Any) -> bool:
    """Tell an ASGI 3 app (an async callable, or a class whose instances are awaited) from an ASGI 2 one."""
    while isinstance(app, functools.partial):
        app = app.func
    if inspect.isclass(app):
        return hasattr(app, "__await__")
    return inspect.iscoroutinefunction(app) or (callable(app) and inspect.iscoroutinefunction(app.__call__))


def check_app(app: Any) -> None:
    """
    Raise `NotAnAppError` for an object that cannot be an ASGI app, as far as its signature tells.

    Stricter than `as_asgi3`, for people: a function that makes an app, a WSGI app or a class by mistake is
    told from an app here instead of failing at the first request.
    """
    if not callable(app):
        raise NotAnAppError(app)
    try:
        signature = inspect.signature(app)
    except (TypeError, ValueError):
        raise NotAnAppError(app, "it does not say what it takes") from None
    if is_asgi3(app):
        _check_takes(app, signature, 3)
    elif inspect.isclass(app) and not inspect.iscoroutinefunction(app.__call__):
        raise NotAnAppError(app, "a class, not an instance")
    elif next(iter(signature.parameters), "") != "scope":
        # ASGI 2 is told from any other function by the name that everybody gives that argument.
        raise NotAnAppError(app, f"it is not async, and its signature is {signature}")
    else:
        _check_takes(app, signature, 1)


def _check_takes(app: Any, signature: inspect.Signature, count: int) -> None:
    try:
        signature.bind(*range(count))
    except TypeError:
        raise NotAnAppError(app, f"its signature is {signature}") from None


def name_of(app: Any) -> str:
    """Return what to call an app that was given no name: its own title, or its function's or type's name."""
    title = getattr(app, "title", None)
    if isinstance(title, str) and title and title != "FastAPI":
        return title
    return str(getattr(app, "__name__", None) or type(app).__name__)
