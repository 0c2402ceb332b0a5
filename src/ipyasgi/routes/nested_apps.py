"""The one walk through wrappers: the apps inside an app, found without running code of theirs.

A wrapper may hold them in an attribute of any name, a slot, a closure, a class, a global variable, `functools.partial`,
a bound method, or a list or dict of these. Mounted apps are in the tables of `tables`.
"""

from __future__ import annotations

import functools
import inspect
import itertools
import types
from collections.abc import Callable, Iterator
from typing import Any

from ..records.attributes import body_of, classes_of, instance_dict, is_a, look_up, slots_of

Enter = Callable[[Any, str], bool]
"""Called with each app and the path under which it is; returns True if its inside is not to be searched."""

_MAX_APPS = 500
_MAX_DEPTH = 20
_MAX_VALUES = 2_000  # of one app
_CONTAINERS = 2  # levels of lists and dicts
_FIRST = ("app", "application")


def visit(app: Any, enter: Enter, prefix: str = "") -> None:
    """Call a function for an app, then for those inside it, each object once for a path."""
    seen: set[tuple[str, int]] = set()
    waiting = [(app, prefix, 0)]
    while waiting and len(seen) < _MAX_APPS:
        one, path, depth = waiting.pop()
        if (path, id(one)) in seen:
            continue
        seen.add((path, id(one)))
        if enter(one, path) or depth >= _MAX_DEPTH:
            continue
        inside = [(inner, path + step, depth + 1) for step, inner in _apps_in(one)]
        waiting += reversed(inside)


def looks_like_app(value: Any) -> bool:
    """Return whether a value can be called with scope, receive and send."""
    if type(value) is functools.partial:
        return looks_like_app(value.func) or _takes(value.func, 3 + len(value.args), set(value.keywords))
    return not is_a(value, type) and _takes(value, 3, set())


def _takes(value: Any, count: int, given: set[str]) -> bool:
    function, bound = value, 0
    if type(value) is types.MethodType:
        function, bound = value.__func__, 1
    elif type(value) is not types.FunctionType:
        function, bound = look_up(type(value), "__call__"), 1
        if type(function) is staticmethod:
            function, bound = function.__func__, 0
    code = getattr(function, "__code__", None) if _is_function(function) else None
    if code is None:
        return False
    most = code.co_argcount - bound - len(given & set(code.co_varnames[: code.co_argcount]))
    least = most - len(function.__defaults__ or ())
    if code.co_flags & inspect.CO_VARARGS and least <= count:
        return bool(code.co_flags & inspect.CO_COROUTINE)
    return bool(least <= count <= most)


def _is_function(value: Any) -> bool:
    return type(value) is types.FunctionType or type(value).__name__ == "cython_function_or_method"


def _apps_in(app: Any) -> Iterator[tuple[str, Any]]:
    """Yield the apps that an app holds, each with the path that it is under, mostly empty."""
    seen: set[int] = set()
    left = _MAX_VALUES
    for value in _values_in(app):
        for step, one in _flat("", value, 0):
            left -= 1
            if left < 0:
                return
            if id(one) not in seen and (looks_like_app(one) or "url_map" in instance_dict(one)):  # Flask, behind WSGI
                seen.add(id(one))
                yield step, one


def _flat(step: str, value: Any, depth: int) -> Iterator[tuple[str, Any]]:
    """Yield a value, or those in a list or dict; a key or first element such as ``/api`` is a path."""
    kind = next((kind for kind in (dict, list, tuple) if is_a(value, kind)), None)
    if kind is None:
        yield step, value
    elif depth >= _CONTAINERS:
        return
    elif kind is dict:
        for key, item in list(itertools.islice(dict.items(value), _MAX_VALUES)):
            yield from _flat(step + _as_path(key), item, depth + 1)
    else:
        items = list(itertools.islice(kind.__iter__(value), _MAX_VALUES))
        path = _as_path(items[0]) if len(items) > 1 and depth else ""
        for item in items:
            yield from _flat(step + path, item, depth + 1)


def _as_path(key: Any) -> str:
    return key.rstrip("/") if type(key) is str and key.startswith("/") else ""


def _values_in(app: Any) -> Iterator[Any]:
    if type(app) is functools.partial:
        yield from (app.func, app.args, app.keywords)
    elif type(app) is types.MethodType:
        yield app.__self__
        yield from _values_of_function(app.__func__)
        if not looks_like_app(app.__self__):  # else it is visited itself
            yield from (*slots_of(app.__self__).values(), *instance_dict(app.__self__).values())
    elif type(app) is types.FunctionType:
        yield from _values_of_function(app)
    else:
        held = {**slots_of(app), **instance_dict(app)}
        yield from (held[name] for name in _FIRST if name in held)
        yield from (value for name, value in held.items() if name not in _FIRST)
        called = look_up(type(app), "__call__")
        if type(called) is types.FunctionType:
            yield from _values_of_function(called)
        for kind in classes_of(type(app))[:-1]:
            yield from (value for value in body_of(kind).values() if type(value) is not types.FunctionType)


def _values_of_function(function: Any) -> Iterator[Any]:
    """Yield what a function's closure and defaults hold, and the global variables that it names."""
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # not assigned yet
            continue
    yield from function.__defaults__ or ()
    yield from (function.__kwdefaults__ or {}).values()
    known = function.__globals__
    yield from (known[name] for name in function.__code__.co_names if name in known)
    yield from (value for value in instance_dict(function).values())
