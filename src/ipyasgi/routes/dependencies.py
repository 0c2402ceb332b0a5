"""The dependencies that can be replaced while an app runs: those of FastAPI's and Litestar's routes.

FastAPI looks each one up in ``dependency_overrides`` of its app for every request, so the replacement may need other
parameters than the original. Litestar has no such table, and works out at startup what each ``Provide`` gets: the
function of the ``Provide`` itself is replaced, and its replacement can take only parameters that the original has.
"""

from __future__ import annotations

import functools
import inspect
import sys
import weakref
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

from ..engine.source_location import place_of
from ..protocol.errors import OverrideError
from ..records.attributes import look_up, name_of, try_attribute
from .routes import apps_in
from .tables import litestar, starlette

_NOTHING: Any = object()
_VARIABLE = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
_MOST = 2_000


class Place(ABC):
    """Where an app looks for the function of a dependency."""

    @abstractmethod
    def build(self, value: Any) -> Any:
        """Return what is written here for a function, or for a value that cannot be called; raises `OverrideError`."""

    @abstractmethod
    def read(self) -> Any:
        """Return what is here."""

    @abstractmethod
    def write(self, content: Any) -> None:
        """Write what `build` or `read` returned."""

    @abstractmethod
    def is_in(self, app: Any) -> bool:
        """Return whether ``dependency_overrides`` of this app is the place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaceable:
    """
    A dependency that can be replaced.

    :ivar name: of its function, of the variable that holds it, or Litestar's key; if several have it, ``path``
    :ivar path: the module and the name, ``shop.db.get_session``
    :ivar source: the line where it is defined, ``file:line``; empty if unknown
    :ivar imported: ``module:name`` that imports it; empty if nothing does
    :ivar places: one for each app
    """

    name: str
    path: str
    source: str = ""
    imported: str = ""
    places: tuple[Place, ...]

    def answers_to(self, name: str) -> bool:
        """Return whether this is its name, or the end of its path."""
        return name in (self.name, self.path) or self.path.endswith(f".{name}")


class Replacement:
    """A value in the place of a dependency, or prepared to be put there."""

    def __init__(self, dependency: Replaceable, value: Any) -> None:
        self.value = value
        self._contents = [(place, place.build(value)) for place in dependency.places]
        self._before: dict[int, Any] = {}

    def put(self) -> None:
        """Put it in its place; what is there now comes back by `take_out`."""
        for number, (place, content) in enumerate(self._contents):
            found = place.read()
            if found is not content:
                self._before[number] = found
                _PUT[id(self)] = self
                place.write(content)

    def take_out(self) -> None:
        """
        Restore what was there, unless other code has put something there meanwhile.

        If that was another replacement, it restores later what was there before both.
        """
        for number, (place, content) in enumerate(self._contents):
            if place.read() is content:
                place.write(self._before.get(number, _NOTHING))
            elif number in self._before:
                for other in filter(None, (reference() for reference in _PUT.valuerefs())):
                    other._pass_on(place, content, self._before[number])
            self._before.pop(number, None)  # last: an interrupt must not lose it
        _PUT.pop(id(self), None)

    def _pass_on(self, place: Place, content: Any, before: Any) -> None:
        """Restore what was there before another replacement's content, which is no longer wanted, if it is to come."""
        for number, (own, _) in enumerate(self._contents):
            if number in self._before and self._before[number] is content and own == place:
                self._before[number] = before


# The only mutable value of this module: two explorers may override one dependency, and restore it in any order.
_PUT: weakref.WeakValueDictionary[int, Replacement] = weakref.WeakValueDictionary()


def read_dependencies(app: Any) -> tuple[Replaceable, ...]:
    """Return the dependencies of an app and of the apps in it, in the order of the routes."""
    found: dict[tuple[str, str], Replaceable] = {}
    for _, one in apps_in(app):
        for dependency in _dependencies_of(one):
            key = (dependency.name, dependency.path)
            known = found.get(key)
            places = known.places if known is not None else ()
            if len(found) >= _MOST:
                break
            new = tuple(place for place in dependency.places if place not in places)
            found[key] = replace(dependency, places=(*places, *new))
    names = Counter(one.name for one in found.values())
    return tuple(replace(one, name=one.name if names[one.name] == 1 else one.path) for one in found.values())


def import_path(value: Any, module: str = "", name: str = "") -> str:
    """Return ``module:name`` if it imports a value; by default under the names that the value itself has."""
    module = module or str(getattr(value, "__module__", ""))
    name = name or str(getattr(value, "__qualname__", ""))
    return f"{module}:{name}" if name.isidentifier() and _global(module, name) is value else ""


def _global(module: str, name: str) -> Any:
    return vars(sys.modules[module]).get(name, _NOTHING) if module in sys.modules else _NOTHING


def _dependencies_of(app: Any) -> Iterator[Replaceable]:
    """Yield the dependencies of one app; none for a version of a framework that is unknown."""
    try:
        if litestar.is_litestar(app):
            yield from _of_litestar(app)
        elif starlette.has_table(app):
            yield from _of_fastapi(app)
    except Exception:
        return


# -- FastAPI -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _TablePlace(Place):
    """``dependency_overrides`` of an app, under the dependency's function."""

    app: Any
    call: Any

    def build(self, value: Any) -> Any:
        if not callable(value):
            return lambda: value
        try:
            parameters = inspect.signature(value).parameters.values()
        except (TypeError, ValueError):
            raise OverrideError("FastAPI cannot read the parameters of this override: write a function") from None
        if not any(one.kind in _VARIABLE for one in parameters):
            return value
        return _without_parameters(value)  # FastAPI would require `args` and `kwargs` in the query

    def read(self) -> Any:
        return self.app.dependency_overrides.get(self.call, _NOTHING)

    def write(self, content: Any) -> None:
        if content is _NOTHING:
            self.app.dependency_overrides.pop(self.call, None)
        else:
            self.app.dependency_overrides[self.call] = content

    def is_in(self, app: Any) -> bool:
        return self.app is app

    def __eq__(self, other: object) -> bool:  # the functions of a user may compare in any way
        return isinstance(other, _TablePlace) and self.app is other.app and self.call is other.call

    def __hash__(self) -> int:
        return hash((id(self.app), id(self.call)))


def _of_fastapi(app: Any) -> Iterator[Replaceable]:
    seen: set[tuple[int, int]] = set()
    for item in app.routes:
        for route in starlette.included(item):
            holder = getattr(route, "dependency_overrides_provider", app)  # a WebSocket's route has it in a closure
            dependant = getattr(route, "dependant", None)
            if dependant is None or try_attribute(holder, "dependency_overrides") is None:
                continue
            waiting = [(dependant, one) for one in reversed(dependant.dependencies)]
            while waiting:
                user, one = waiting.pop()
                if (id(holder), id(one.call)) in seen or len(seen) >= _MOST:
                    continue
                seen.add((id(holder), id(one.call)))
                waiting += [(one, inner) for inner in reversed(one.dependencies)]
                if look_up(type(one.call), "__hash__") is not None:  # else it cannot be a key of the table
                    yield _describe(one.call, user.call, _TablePlace(holder, one.call))


def _describe(call: Any, user: Any, place: Place) -> Replaceable:
    """Return a dependency by its own name, or by the variable that holds it beside the function that uses it."""
    name, module = str(getattr(call, "__qualname__", "")), str(getattr(call, "__module__", ""))
    name = name.replace("<locals>.", "")
    imported = import_path(call)
    if not name or not name.rpartition(".")[2].isidentifier():  # an object, a partial, a lambda
        held = getattr(inspect.unwrap(user), "__globals__", {}) if callable(user) else {}
        variable = next((key for key, value in list(held.items()) if value is call), "")
        name, module = variable or name or name_of(type(call)), str(held.get("__name__", module))
        imported = import_path(call, module, variable) if variable else ""
    return Replaceable(
        name=name.rpartition(".")[2],
        path=f"{module}.{name}",
        source=_source_of(call),
        imported=imported,
        places=(place,),
    )


def _source_of(call: Any) -> str:
    while isinstance(call, functools.partial):
        call = call.func
    function = call.__dict__.get("__init__") if isinstance(call, type) else call
    if not inspect.isroutine(function):
        function = look_up(type(function), "__call__")
    code = getattr(inspect.unwrap(function) if callable(function) else None, "__code__", None)
    return place_of(code.co_filename, code.co_firstlineno) if code is not None else ""


def _without_parameters(function: Any) -> Any:
    """Return a function that calls another one, such as a mock, without arguments."""
    if not inspect.iscoroutinefunction(function):
        return lambda: function()

    async def call() -> Any:
        return await function()

    return call


# -- Litestar ------------------------------------------------------------------------------------------------------

_PROVIDED = (
    "dependency", "has_sync_callable", "has_sync_generator_dependency", "has_async_generator_dependency", "use_cache",
    "value",
)  # fmt: skip


class _ProvidedContent(tuple[Any, ...]):
    """The attributes `_PROVIDED` of a ``Provide``."""

    __slots__ = ()


class _ProvidePlace(Place):
    """The attributes of a ``Provide``, which a request reads."""

    def __init__(self, provide: Any) -> None:
        self._provide = provide
        self._content = self._read()

    def build(self, value: Any) -> Any:
        function, given = _fitting(value, self._parameters()), value if callable(value) else None
        called = given if given is None or inspect.isroutine(given) else look_up(type(given), "__call__")
        is_async = inspect.iscoroutinefunction(called) and not isinstance(value, type)
        yields = (inspect.isgeneratorfunction(called), inspect.isasyncgenfunction(called))
        return _ProvidedContent((function, not is_async, *yields, False, self._read()[-1]))

    def read(self) -> Any:
        if self._provide.dependency is not self._content[0]:
            self._content = self._read()
        return self._content

    def write(self, content: Any) -> None:
        for name, value in zip(_PROVIDED, content, strict=True):
            setattr(self._provide, name, value)
        self._content = content

    def is_in(self, app: Any) -> bool:
        return False

    def _read(self) -> _ProvidedContent:
        return _ProvidedContent(getattr(self._provide, name) for name in _PROVIDED)

    def _parameters(self) -> Collection[str]:
        return tuple(self._provide.signature_model._fields)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ProvidePlace) and self._provide is other._provide

    def __hash__(self) -> int:
        return id(self._provide)


def _of_litestar(app: Any) -> Iterator[Replaceable]:
    seen: set[int] = set()
    for route in app.routes:
        models = [model for _, model in getattr(route, "route_handler_map", {}).values()]
        for model in (*models, getattr(route, "handler_parameter_model", None)):
            for batch in getattr(model, "dependency_batches", None) or ():
                for one in sorted(batch, key=lambda one: str(one.key)):
                    if id(one.provide) in seen or len(seen) >= _MOST:
                        continue
                    seen.add(id(one.provide))
                    call = getattr(one.provide.dependency, "func", one.provide.dependency)  # inside AsyncCallable
                    place = _ProvidePlace(one.provide)
                    # One for each key, because a replacement is meant for all layers that define it.
                    yield replace(_describe(call, None, place), name=str(one.key), path=f"litestar.{one.key}")


def _fitting(value: Any, given: Collection[str]) -> Any:
    """Return a function that takes what the original takes, and gives a replacement those parameters that it names."""
    if not callable(value):
        return lambda **kwargs: value
    try:
        parameters = tuple(inspect.signature(value).parameters.values())
    except (TypeError, ValueError):
        parameters = ()
    if any(one.kind is one.VAR_KEYWORD for one in parameters):
        names = set(given)
    else:
        names = {one.name for one in parameters} & set(given)
    missing = [
        one.name
        for one in parameters
        if one.name not in names and one.default is one.empty and one.kind not in _VARIABLE
    ]
    if missing:
        has = f"has only {', '.join(sorted(given))}" if given else "has no parameters"
        raise OverrideError(
            f"the override needs {', '.join(missing)}, and Litestar gives it what the dependency takes, which {has}: "
            "remove these parameters, or give them defaults"
        )

    def call(**kwargs: Any) -> Any:
        return value(**{name: one for name, one in kwargs.items() if name in names})

    return call
