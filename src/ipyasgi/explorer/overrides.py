"""`Overrides`: the dependencies of the explorer's app that are replaced, as a live mapping of names to values."""

from __future__ import annotations

import contextlib
import difflib
import sys
import threading
import types
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Self

from ..protocol.errors import OverrideError
from ..records.attributes import name_of
from ..records.override import SentOverride
from ..records.settings import Settings
from ..routes.dependencies import Replaceable, Replacement, import_path, read_dependencies
from ..shown import Shown

Variable = tuple[str, Callable[[], Any]]
"""The name of a variable, and a function that returns its value or raises ``LookupError``."""

_LISTED = 12


@dataclass(slots=True, kw_only=True)
class _Override:
    """One override; ``variable`` is read before each request, so that a cell that runs again is followed."""

    dependency: Replaceable
    replacement: Replacement
    variable: Variable | None

    @property
    def value(self) -> Any:
        return self.replacement.value

    @property
    def label(self) -> str:
        """The name of the value, never its content, which may be secret."""
        if self.variable is not None:
            return self.variable[0]
        name = getattr(self.value, "__name__", None) if isinstance(self.value, types.FunctionType | type) else None
        if isinstance(name, str) and (name.isidentifier() or name == "<lambda>"):
            return name
        return f"<{name_of(type(self.value))}>"

    def sent(self, app: Any) -> SentOverride:
        label = self.label if callable(self.value) and self.label.isidentifier() else ""
        return SentOverride(
            name=self.dependency.name,
            value=self.label,
            dependency=self.dependency.imported,
            replacement=(import_path(self.value) or import_path(self.value, "__main__", label)) if label else "",
            in_app=[place.is_in(app) for place in self.dependency.places] == [True],
        )


class Overrides(Shown, MutableMapping[str, Any]):
    """
    The overrides by the names of their dependencies: ``explorer.overrides["get_db"] = fake_db``.

    A name is that of the dependency's function, or Litestar's key; `available` lists all. If several functions have it,
    a name with the module is needed, such as ``db.get_session``. A function or class is called as the dependency would
    be; any other value is the dependency's value. FastAPI gives it whatever parameters it declares, as it would the
    dependency; Litestar only those that the dependency has, because it works them out at startup.

    A function or class of a module or a notebook is followed: before each request the newest one of its name is taken.
    Whatever the app has overridden itself comes back when an override is removed. Requests that run already may get
    either.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._app: Any = None
        self._lock = threading.RLock()
        self._held: dict[str, _Override] = {}

    # -- the mapping -----------------------------------------------------------------------------------------------

    def __getitem__(self, name: str) -> Any:
        return self._held[self._known(name)].value

    def __setitem__(self, name: str, value: Any) -> None:
        self._put(name, value, _variable_of(value))

    def __delitem__(self, name: str) -> None:
        with self._lock:
            known = self._known(name)
            self._held[known].replacement.take_out()
            del self._held[known]  # last, so that after an interrupt it is still listed

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._held))

    def __len__(self) -> int:
        return len(self._held)

    def __repr__(self) -> str:
        return f"<{len(self)} overrides: {', '.join(map(str, self.sent()))}>"

    def set(self, values: Mapping[str, Any], *, variables: Mapping[str, Variable] | None = None) -> Self:
        """
        Override dependencies, and return the mapping; if one cannot be, none is.

        :param variables: by the same names, the variables that are followed instead of the values' own names
        Raises `OverrideError`.
        """
        with self._lock, contextlib.ExitStack() as undo:
            for name, value in values.items():
                undo.callback(self._restore, name, self._held.get(self._find(name).name))
                self._put(name, value, (variables or {}).get(name) or _variable_of(value))
            undo.pop_all()
        return self

    def remove(self, *names: str) -> Self:
        """Remove overrides, and return the mapping; raises ``KeyError`` for a name that is not overridden."""
        for name in names:
            del self[name]
        return self

    @contextlib.contextmanager
    def during(self, values: Mapping[str, Any]) -> Iterator[Self]:
        """Override dependencies inside ``with``; after it they are as before, also overridden ones."""
        with self._lock:
            before = {name: self._held.get(self._find(name).name) for name in values}
            self.set(values)
        try:
            yield self
        finally:
            for name, held in before.items():
                self._restore(name, held)

    @property
    def available(self) -> tuple[Replaceable, ...]:
        """The dependencies that can be overridden, read again each time."""
        return read_dependencies(self._app) if self._app is not None else ()

    # -- for the explorer ------------------------------------------------------------------------------------------

    def sent(self) -> tuple[SentOverride, ...]:
        """Return the overrides that a request is sent with now."""
        with self._lock:
            return tuple(one.sent(self._app) for one in self._held.values())

    def follow(self) -> tuple[SentOverride, ...]:
        """
        Take the newest values of followed variables, and put back what other code has overwritten in the app.

        Returns the overrides that a request is sent with now.
        """
        with self._lock:
            for name, one in list(self._held.items()):
                found = one.value
                if one.variable is not None:
                    with contextlib.suppress(LookupError):  # the variable was deleted
                        found = one.variable[1]()
                if found is not one.value:
                    self._put(name, found, one.variable)
                else:
                    one.replacement.put()
            return self.sent()

    def move(self, app: Any) -> tuple[str, ...]:
        """Restore the present app, and override the same dependencies of another one; return those that it lacks."""
        with self._lock:
            held, lost = list(self._held.items()), []
            self.close()
            self._app = app
            for name, one in held:
                try:
                    self._put(name, one.value, one.variable)
                except OverrideError:
                    lost.append(name)
            return tuple(lost)

    def close(self) -> None:
        """Restore the app, and forget it."""
        with self._lock:
            for one in reversed(list(self._held.values())):
                one.replacement.take_out()
            self._held.clear()
            self._app = None

    # -- shared ----------------------------------------------------------------------------------------------------

    def _put(self, name: str, value: Any, variable: Variable | None) -> None:
        with self._lock:
            dependency = self._find(name)
            replacement = Replacement(dependency, value)
            held = self._held.get(dependency.name)
            if held is not None:
                held.replacement.take_out()
            self._held[dependency.name] = _Override(dependency=dependency, replacement=replacement, variable=variable)
            replacement.put()

    def _restore(self, name: str, held: _Override | None) -> None:
        with self._lock, contextlib.suppress(KeyError, OverrideError):  # removed meanwhile, or the app was replaced
            if held is None:
                del self[name]
            else:
                self._put(name, held.value, held.variable)

    def _find(self, name: str) -> Replaceable:
        if self._app is None:
            raise OverrideError("the app is detached, so nothing of it can be overridden: attach it again")
        every = self.available
        found = [one for one in every if one.answers_to(name)]
        if len(found) == 1:
            return found[0]
        if found:
            paths = ", ".join(one.path for one in found[:_LISTED])
            raise OverrideError(f"several dependencies are called {name}: give one of {paths}")
        names = [one.name for one in every]
        if not names:
            raise OverrideError(
                f"the app has no dependency {name!r}: only those of FastAPI's and Litestar's routes can be overridden"
            )
        close = difflib.get_close_matches(name[:80], names, 1)
        more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
        hint = f"did you mean {close[0]}?" if close else f"it has {', '.join(names[:_LISTED])}{more}"
        raise OverrideError(f"the app has no dependency {name!r}: {hint}")

    def _known(self, name: str) -> str:
        """Return the name under which an override is held."""
        found = [held for held, one in self._held.items() if one.dependency.answers_to(name)]
        if len(found) != 1:
            raise KeyError(f"{name!r} is not overridden; the overrides are: {', '.join(self) or 'none'}")
        return found[0]


def _variable_of(value: Any) -> Variable | None:
    """Return the variable that a function or class of a module is bound to, as at the end of a cell that defines it."""
    path = import_path(value) if isinstance(value, types.FunctionType | type) else ""
    if not path:
        return None
    module, _, name = path.partition(":")
    return name, lambda: vars(sys.modules[module])[name]
