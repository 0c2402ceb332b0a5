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
    elif next(iter(signature.parameters), "") != "scope" or not _may_be_asgi2(app):
        # ASGI 2 is told from any other function by the name that everybody gives that argument.
        raise NotAnAppError(app, _why_not(app, signature))
    else:
        _check_takes(app, signature, 1)


def _may_be_asgi2(app: Any) -> bool:
    return not inspect.isclass(app) or inspect.iscoroutinefunction(app.__call__)


def _why_not(app: Any, signature: inspect.Signature) -> str:
    if inspect.isclass(app):
        return "a class, not an instance"
    if list(signature.parameters)[1:] == ["start_response"]:  # the name that PEP 3333 gives it
        return "it is a WSGI app"
    return f"it is not async, and takes ({', '.join(signature.parameters)})"


def _check_takes(app: Any, signature: inspect.Signature, count: int) -> None:
    try:
        signature.bind(*range(count))
    except TypeError:
        raise NotAnAppError(app, f"it takes ({', '.join(signature.parameters)})") from None


def name_of(app: Any) -> str:
    """Return what to call an app that was given no name: its own title, or its function's or type's name."""
    title = getattr(app, "title", None)
    if isinstance(title, str) and title and title != "FastAPI":
        return title
    return str(getattr(app, "__name__", None) or type(app).__name__)
