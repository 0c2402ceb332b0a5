"""From what a person types to an app: resolve an expression, attach it, follow the name when its cell runs again."""

from __future__ import annotations

import difflib
import importlib
import inspect
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from ..client.apps import check_app
from ..engine.places import owner_of, place_of
from ..protocol.errors import AppNotFoundError, NotAnAppError
from .explorer import Explorer


def resolve_app(expression: str, namespace: Mapping[str, Any], *, factory: bool = False) -> Any:
    """
    Return the app that an expression names.

    :param expression: a variable, dotted or not, or ``module:attr``
    :param namespace: where variables are looked up
    :param factory: call what is found, without arguments, and take what it returns
    Raises `AppNotFoundError`, `NotAnAppError`.
    """
    found = _import(expression) if ":" in expression else _look_up(expression, namespace)
    if factory:
        found = _call_factory(expression, found)
    check_app(found)
    return found


def check_expression(expression: str, *, factory: bool = False) -> None:
    """Raise what `resolve_app` would raise for a ``module:attr``, without calling a factory."""
    found = _import(expression)
    if not factory:
        check_app(found)


class Attachment:
    """
    An explorer and the expression it came from.

    :param read: returns what the expression names now; a name that is gone raises `AppNotFoundError`
    """

    def __init__(self, explorer: Explorer, expression: str, read: Callable[[], Any] | None) -> None:
        self.explorer = explorer
        self.expression = expression
        self._read = read

    def follow(self) -> str:
        """
        Let the explorer adopt the app that the name means now, if that is another one; say so in one line.

        Returns an empty text where nothing changed. What is no app, or gone, is left alone.
        """
        if self._read is None or self.explorer.closed:
            return ""
        try:
            app = self._read()
        except (AppNotFoundError, NotAnAppError):
            return ""
        if app is self.explorer.app:
            return ""
        return self.adopt(app)

    def adopt(self, app: Any) -> str:
        """Put another app in the place of the attached one and return what to tell the user."""
        failure = self.explorer.adopt(app)
        old = "was shut down" if failure is None else f"failed while shutting down ({describe(failure)})"
        status = self.explorer.lifespan.status
        error = self.explorer.startup_error
        new = status if error is None else f"{status}: {describe(error)}"
        return f"{self.expression} is a new object: the old app {old}, the new one is {new}"


def describe(exception: BaseException) -> str:
    """Return an exception on one line: its type and the first line of its text."""
    text = str(exception).partition("\n")[0]
    return f"{type(exception).__name__}: {text}" if text else type(exception).__name__


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
        where = _where(exc)
        raise AppNotFoundError(
            expression, f"importing {module_name} failed{where}: {type(exc).__name__}: {exc}"
        ) from exc
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
        raise AppNotFoundError(expression, "it cannot be called: leave --factory away")
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


__all__ = ["Attachment", "resolve_app"]
