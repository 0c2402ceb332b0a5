"""`ExplorerState`: the app's state as the explorer sees it: live, and by snapshots."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from types import FunctionType, SimpleNamespace
from typing import Any

from ..records.attributes import body_of, classes_of, instance_dict, look_up, try_attribute
from ..records.settings import Settings
from ..records.state import StateLook, look_at
from ..routes.routes import apps_in
from ..shown import Shown


class ExplorerState(Shown):
    """
    The app's state, live.

    :ivar app: ``app.state`` of the app or the first one in it that has a state; None if there is none
    :ivar lifespan: the lifespan state; each request gets a shallow copy of it
    """

    def __init__(self, app: Any, lifespan: dict[str, Any], settings: Settings) -> None:
        self._app = app
        self._seen: StateLook | None = None
        self._owners: list[_StateOwner] | None = None
        self._tables: list[list[Any]] = []
        self._counts: list[int] = []
        self._middleware: dict[str, list[Any]] = {}  # of Falcon, which has no `app.state`
        self._quart: list[tuple[str, Any, frozenset[str]]] = []  # with the names that are not the user's
        self.lifespan = lifespan
        self.settings = settings

    @property
    def app(self) -> Any:
        return next((state for path, _, state in self._states() if not path), None)

    def places(self) -> dict[str, Any]:
        """
        Return the watched values by the path under which each is shown.

        That of an app mounted under ``/sub`` is ``/sub app.state``.
        """
        places: dict[str, Any] = {}
        for prefix, app, state in self._states():
            path = f"{prefix} app.state".strip()
            places[path if path not in places else f"{path} of {type(app).__name__}"] = state
        for path, app, names in self._quart:
            added = {key: value for key, value in list(instance_dict(app).items()) if key not in names}
            if added:
                places[path] = SimpleNamespace(**added)
        places |= self._middleware
        return {**places, "state": self.lifespan}

    def _states(self) -> Iterator[tuple[str, Any, Any]]:
        """Yield the path, app and state of each app with a state, each state once."""
        seen: set[int] = set()
        for owner in self._owners_now():
            state = owner.state()
            if state is not None and id(state) not in seen:
                seen.add(id(state))
                yield owner.prefix, owner.app, state

    def _owners_now(self) -> list[_StateOwner]:
        """Return the apps; searched again only after routes were added, because each request asks for its places."""
        counts = [len(routes) for routes in self._tables]
        if self._owners is None or counts != self._counts:
            apps = list(apps_in(self._app))
            self._tables = [app.routes for _, app in apps if type(try_attribute(app, "routes")) is list]
            self._counts = [len(routes) for routes in self._tables]
            self._middleware = {
                f"{prefix} app.middleware".strip(): held
                for prefix, app in apps
                if type(held := try_attribute(app, "_unprepared_middleware")) is list and held
            }
            self._quart = [
                (f"{prefix} app".strip(), app, _names_in(type(app)))
                for prefix, app in apps
                if try_attribute(app, "view_functions") is not None
            ]
            self._owners = [_owner_of(prefix, app) for prefix, app in apps]
        return self._owners

    def look(self) -> StateLook:
        """Return the current state, with the changes since the last call."""
        self._seen = look_at(self.places(), self._seen, self.settings)
        return self._seen

    def __repr__(self) -> str:
        return f"<ExplorerState: {', '.join(self.places())}>"


def _names_in(kind: type) -> frozenset[str]:
    """
    Return the names that a class and the functions of its classes use.

    Other attributes of an app of Quart, such as ``app.db``, were added by the user.
    """
    bodies = [body_of(one) for one in classes_of(kind)]
    functions = [value for body in bodies for value in body.values() if type(value) is FunctionType]
    return frozenset(
        [*(name for body in bodies for name in body), *(n for one in functions for n in one.__code__.co_names)]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _StateOwner:
    """
    An app and where its state is.

    :ivar name: of the attribute
    :ivar held: the app's instance dict
    :ivar in_class: whether the app's class has the attribute, too
    """

    prefix: str
    app: Any
    name: str
    held: dict[str, Any]
    in_class: bool

    def state(self) -> Any:
        """Return the state now, or None."""
        if self.name in self.held:
            return self.held[self.name]
        if self.in_class:
            with suppress(Exception):
                return getattr(self.app, self.name)
        return None


def _owner_of(prefix: str, app: Any) -> _StateOwner:
    name = "ctx" if any(kind.__module__ == "sanic.app" for kind in classes_of(type(app))) else "state"
    in_class = look_up(type(app), name) is not None
    return _StateOwner(prefix=prefix, app=app, name=name, held=instance_dict(app), in_class=in_class)
