"""Finds the app that the user's expression names, attaches it, and follows the name when its cell runs again."""

from __future__ import annotations

import difflib
import functools
import importlib
import inspect
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from ..client.apps import check_app
from ..engine.source_location import owner_of, place_of
from ..protocol.errors import AppNotFoundError, NotAnAppError
from .explorer import Explorer


def check_expression(expression: str, *, factory: bool) -> None:
    """Raise `AppNotFoundError` or `NotAnAppError` if a ``module:attr`` is not an app; a factory is not called."""
    found = _import(expression)
    if not factory:
        check_app(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppSource:
    """
    The source of an attached app.

    :ivar expression: a variable, dotted or not, or ``module:attr``
    :ivar namespace: where variables are looked up
    :ivar factory: the expression is a function without arguments that returns the app
    :ivar follows: switch to the new app when the expression is bound to another object
    :ivar value: ``(value,)`` of an expression that was evaluated already; it is not followed
    """

    expression: str
    namespace: Mapping[str, Any]
    factory: bool = False
    follows: bool = True
    value: tuple[Any] | None = None

    def resolve(self) -> Any:
        """Return the app that the expression names now; raises `AppNotFoundError`, `NotAnAppError`."""
        if self.value is not None:
            return self.make(self.value[0])
        found = _import(self.expression) if ":" in self.expression else _look_up(self.expression, self.namespace)
        return self.make(found)

    def make(self, found: Any) -> Any:
        """Return the app: the object itself, or the result of calling it as a factory."""
        app = _call_factory(self.expression, found) if self.factory else found
        check_app(app)
        return app

    def readers(self) -> tuple[Callable[[], Any], ...]:
        """Return functions that look the expression up; they raise `AppNotFoundError` if it is not bound."""
        if not self.follows or self.value is not None:
            return ()
        if ":" in self.expression:
            module_name, _, attributes = self.expression.partition(":")
            return (lambda: _walk(self.expression, sys.modules.get(module_name), attributes.split(".")),)
        names = self.expression.split(".")
        value = self.namespace.get(names[0])
        origins = [  # the modules that a cell may have imported the object from
            module
            for module_name, module in list(sys.modules.items())
            if isinstance(module, ModuleType) and module_name != "__main__"
            if vars(module).get(names[0]) is value is not None
        ]
        return (
            functools.partial(_look_up, self.expression, self.namespace),
            *(functools.partial(_walk, self.expression, module, names) for module in origins),
        )


class Attachment:
    """
    An explorer and the source of its app. When the name is bound to another object, the explorer switches to it.

    It compares the variable, or the attribute of a ``module:attr`` that is loaded now. For an imported variable it also
    compares the attribute of its module: `%autoreload` rebinds the attribute, but not the variable.
    """

    def __init__(self, explorer: Explorer, source: AppSource) -> None:
        self.explorer = explorer
        self.expression = source.expression
        self._source = source
        self._readers = source.readers()
        self._seen = [_try_read(reader) for reader in self._readers]

    def follow(self) -> str:
        """
        Switch to the app that the name is bound to now, and return a line about it; empty if nothing changed.

        A name that was deleted, or bound to an object that is not an app, changes nothing. Raises what a factory
        raises, once for each new factory.
        """
        if self.explorer.closed:
            return ""
        for number, reader in enumerate(self._readers):
            found = _try_read(reader)
            if found is _GONE or found is self._seen[number]:
                continue
            self._seen[number] = found
            try:
                app = self._source.make(found)
            except (AppNotFoundError, NotAnAppError):
                continue
            if app is not self.explorer.app:
                return self.replace_app(app)
        return ""

    def renew(self, source: AppSource) -> str:
        """Switch to the app of ``source``, even if it is not followed; only a new factory is called."""
        if source.factory:
            return self.follow()
        app = source.resolve()
        return "" if app is self.explorer.app else self.replace_app(app)

    def replace_app(self, app: Any) -> str:
        """Replace the attached app, and return a line for the user."""
        failure = self.explorer.replace_app(app)
        old = "was shut down" if failure is None else f"failed while shutting down ({describe(failure)})"
        status = self.explorer.lifespan.status
        error = self.explorer.lifespan.handled_exception or self.explorer.startup_error
        new = status if error is None else f"{status}: {describe(error)}"
        return f"{self.expression} is a new object: the old app {old}, the new one is {new}"


def describe(exception: BaseException) -> str:
    """Return an exception on one line: its type and the first line of its text; a group of one is unwrapped."""
    while isinstance(exception, BaseExceptionGroup) and len(exception.exceptions) == 1:
        exception = exception.exceptions[0]
    text = str(exception).partition("\n")[0]
    return f"{type(exception).__name__}: {text}" if text else type(exception).__name__


_GONE = object()


def _try_read(source: Callable[[], Any]) -> Any:
    try:
        return source()
    except AppNotFoundError:
        return _GONE


def _look_up(expression: str, namespace: Mapping[str, Any]) -> Any:
    first, *rest = expression.split(".")
    if first not in namespace:
        raise AppNotFoundError(expression, f"there is no variable {first!r}{_suggestion(first, namespace)}")
    return _walk(expression, namespace[first], rest)


def _import(expression: str) -> Any:
    module_name, _, attributes = expression.partition(":")
    if not module_name or not attributes:
        raise AppNotFoundError(expression, "write module:attribute, such as shop.main:app")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as exc:
        missing = exc.name or module_name
        if module_name == missing or module_name.startswith(f"{missing}."):
            raise AppNotFoundError(expression, f"there is no module {missing!r} on sys.path") from None
        raise AppNotFoundError(expression, f"importing {module_name} failed: {exc}") from exc
    except Exception as exc:
        why = f"importing {module_name} failed{_where(exc)}: {type(exc).__name__}: {exc}"
        raise AppNotFoundError(expression, why) from exc
    return _walk(expression, module, attributes.split("."))


def _walk(expression: str, found: Any, attributes: list[str]) -> Any:
    for name in attributes:
        try:
            found = getattr(found, name)
        except AttributeError:
            owner = getattr(found, "__name__", type(found).__name__)
            hint = _suggestion(name, vars(found) if hasattr(found, "__dict__") else {})
            raise AppNotFoundError(expression, f"{owner} has no attribute {name!r}{hint}") from None
    return found


def _call_factory(expression: str, factory: Any) -> Any:
    if not callable(factory):
        raise AppNotFoundError(expression, "it cannot be called: remove --factory")
    if inspect.iscoroutinefunction(factory):
        raise AppNotFoundError(expression, "it is async: await it in a cell, and attach the result")
    try:
        inspect.signature(factory).bind()
    except TypeError:
        raise AppNotFoundError(expression, "a factory takes no arguments: wrap it in a function") from None
    except ValueError:
        pass
    return factory()


def _suggestion(name: str, names: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(name, [n for n in names if not n.startswith("_")], n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _where(exc: BaseException) -> str:
    if isinstance(exc, SyntaxError) and exc.filename:
        return f" at {place_of(exc.filename, exc.lineno or 0)}"
    frames = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(exc.__traceback__)]
    own = [(filename, line) for filename, line in frames if not owner_of(filename)]
    return f" at {place_of(*own[-1])}" if own else ""
