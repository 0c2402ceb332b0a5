"""Finds the app that the user's expression names: a variable, ``module:attr`` or a file. Sends nothing."""

from __future__ import annotations

import difflib
import functools
import importlib
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from ..client.apps import check_app
from ..engine.source_location import owner_of, place_of
from ..protocol.errors import AppNotFoundError
from ..protocol.exception_parts import members_of
from .app_file import find_app, try_app_file


def check_expression(expression: str, *, factory: bool) -> str:
    """
    Return a module, its file or ``module:attr`` as ``module:attr``; a factory is not called.

    Raises `AppNotFoundError`, and `NotAnAppError` if it is not an app.
    """
    named = read_expression(expression)
    if ":" not in named:
        named = f"{named}:{find_app(expression, _import_module(expression, named))}"
    found = _import(named)
    if not factory:
        check_app(found)
    return named


def read_expression(expression: str) -> str:
    """Return an expression that names a file as ``module:attr``, others unchanged; imports the file."""
    file = try_app_file(expression)
    if file is None:
        return expression
    module = _import_by(file.load, expression, file.path.name)
    return f"{module.__name__}:{file.attributes or find_app(expression, module)}"


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
        found = _import(self.expression) if ":" in self.expression else look_up(self.expression, self.namespace)
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
            functools.partial(look_up, self.expression, self.namespace),
            *(functools.partial(_walk, self.expression, module, names) for module in origins),
        )


def describe(exception: BaseException) -> str:
    """Return an exception on one line: its type and the first line of its text; a group of one is unwrapped."""
    from ..records.exception_text import message_of  # only an error needs it, and sending into a pipe nothing else

    while len(members := members_of(exception)) == 1:
        (exception,) = members
    text = message_of(exception).partition("\n")[0]
    return f"{type(exception).__name__}: {text}" if text else type(exception).__name__


def look_up(expression: str, namespace: Mapping[str, Any]) -> Any:
    """Return the value of a name, dotted or not; raises `AppNotFoundError`."""
    first, *rest = expression.split(".")
    if first not in namespace:
        hint = _suggestion(first, namespace) or _module_hint(expression)
        raise AppNotFoundError(expression, f"there is no variable {first!r}{hint}")
    return _walk(expression, namespace[first], rest)


def _import(expression: str) -> Any:
    module_name, _, attributes = expression.partition(":")
    if not module_name or not attributes:
        raise AppNotFoundError(expression, "write module:attribute, such as shop.main:app")
    return _walk(expression, _import_module(expression, module_name), attributes.split("."))


def _import_module(expression: str, name: str) -> ModuleType:
    if name.startswith("."):
        raise AppNotFoundError(
            expression, "write the whole name, such as shop.main:app, or a file, such as shop/main.py"
        )
    if name not in sys.modules:
        importlib.invalidate_caches()  # a file that was just written; in JupyterLite a folder's time never changes
    return _import_by(functools.partial(importlib.import_module, name), expression, name)


def _import_by(load: Callable[[], ModuleType], expression: str, label: str) -> ModuleType:
    """
    Import a module; anything it raises, a `SystemExit` too, becomes an `AppNotFoundError`.

    A `KeyboardInterrupt` says what it has interrupted.
    """
    try:
        return load()
    except AppNotFoundError:
        raise
    except KeyboardInterrupt as exc:
        raise KeyboardInterrupt(f"importing {label} was interrupted{_where(exc)}") from None
    except ModuleNotFoundError as exc:
        missing = exc.name or label
        if label == missing or label.startswith(f"{missing}."):
            why = f"there is no module {missing!r} on sys.path{_file_hint(label)}"
            raise AppNotFoundError(expression, why) from None
        where = f"ipyasgi is installed in {sys.prefix}, and needs the app's packages there"
        raise AppNotFoundError(expression, f"importing {label} failed: {exc}; {where}") from exc
    except BaseException as exc:
        why = f"importing {label} failed{_where(exc)}: {describe(exc)}"
        raise AppNotFoundError(expression, why) from exc


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
    try:
        return factory()
    except (Exception, KeyboardInterrupt):
        raise
    except BaseException as exc:  # such as SystemExit, which would look like the end of the session
        raise AppNotFoundError(expression, f"calling it failed{_where(exc)}: {describe(exc)}") from exc


def is_factory_call(code: CodeType) -> bool:
    """Return whether this is our call of an app's factory: inner frames are the app's."""
    return code is _call_factory.__code__


def _suggestion(name: str, names: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(name, [n for n in names if not n.startswith("_")], n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _module_hint(expression: str) -> str:
    """Return a hint if a name without a colon is that of a module."""
    try:
        known = importlib.util.find_spec(expression.partition(".")[0]) is not None
    except (ImportError, ValueError, AttributeError):
        known = False
    return f"; for a module write {expression}:app" if known else ""


def _file_hint(name: str) -> str:
    path = Path(*name.split("."))
    return f"; did you mean {path}.py?" if path.with_suffix(".py").is_file() else ""


def _where(exc: BaseException) -> str:
    if isinstance(exc, SyntaxError) and exc.filename:
        return f" at {place_of(exc.filename, exc.lineno or 0)}"
    frames = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(exc.__traceback__)]
    own = [(filename, line) for filename, line in frames if not owner_of(filename)]
    return f" at {place_of(*own[-1])}" if own else ""
