"""Recognises apps: ASGI 3 callables are used unchanged, ASGI 2 ones are wrapped. Independent of frameworks."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, cast

from ..protocol.errors import NotAnAppError
from ..protocol.types import ASGIApp, Receive, Scope, Send


class Asgi2App:
    """Wraps an ASGI 2 app, whose ``app(scope)`` returns ``instance(receive, send)``, as an ASGI 3 app."""

    def __init__(self, app: Callable[[Scope], Any]) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope)(receive, send)


def as_asgi3(app: Any) -> ASGIApp:
    """Return the app as an ASGI 3 callable; raise `NotAnAppError` if it is not callable."""
    if not callable(app):
        raise NotAnAppError(app)
    return cast(ASGIApp, app) if is_asgi3(app) else Asgi2App(app)


def is_asgi3(app: Any) -> bool:
    """Return whether an app is ASGI 3 (an async callable, or a class with awaitable instances), not ASGI 2."""
    while isinstance(app, functools.partial):
        app = app.func
    if inspect.isclass(app):
        return hasattr(app, "__await__")
    return inspect.iscoroutinefunction(app) or (callable(app) and inspect.iscoroutinefunction(app.__call__))


def check_app(app: Any) -> None:
    """
    Raise `NotAnAppError` for an object that cannot be an ASGI app according to its signature.

    Stricter than `as_asgi3`: detects an app factory, a WSGI app or a class before the first request fails.
    """
    if not callable(app):
        raise NotAnAppError(app)
    try:
        signature = inspect.signature(app)
    except (TypeError, ValueError):
        raise NotAnAppError(app, "its signature cannot be read") from None
    asgi3 = is_asgi3(app)
    # Only the usual name of its argument distinguishes an ASGI 2 app from any other function.
    may_be_asgi2 = next(iter(signature.parameters), "") == "scope"
    if inspect.isclass(app) and not inspect.iscoroutinefunction(app.__call__):
        may_be_asgi2 = False
    if not (asgi3 or may_be_asgi2):
        raise NotAnAppError(app, _why_not(app, signature))
    try:
        signature.bind(*range(3 if asgi3 else 1))
    except TypeError:
        raise NotAnAppError(app, f"it takes ({', '.join(signature.parameters)})") from None


def _why_not(app: Any, signature: inspect.Signature) -> str:
    if inspect.isclass(app):
        return "a class, not an instance"
    if list(signature.parameters)[1:] == ["start_response"]:  # the parameter's name in PEP 3333
        return "it is a WSGI app"
    return f"it is not async, and takes ({', '.join(signature.parameters)})"


def name_of(app: Any) -> str:
    """Return the name of an app: its title, or the name of its function or type."""
    title = getattr(app, "title", None)
    if isinstance(title, str) and title and title != "FastAPI":
        return title
    return str(getattr(app, "__name__", None) or type(app).__name__)
