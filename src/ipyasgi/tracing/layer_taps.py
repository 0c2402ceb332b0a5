"""`LayerTaps`: stand between the layers of an app while its requests are traced, and note what passes between them.

A tap is where a layer holds the next app. It calls that with the same scope, and with ``receive`` and ``send`` that
pass every message on unchanged. It has the attributes and the class of the app that it stands for.
"""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Callable
from typing import Any

from ..engine.fork_guard import renew_in_child
from ..protocol.types import Message, Receive, Scope, Send
from .crossings import Crossing
from .layers import is_unbuilt, slots_in
from .slots import Slot, is_marked, mark
from .tracer import current_tracer

_MOST = 400


class Tap:
    """Stands for an app that a layer calls; transparent in requests that are not traced."""

    __slots__ = ("_tap_app", "_tap_place")

    def __init__(self, app: Any, place: Callable[[Any], None]) -> None:
        object.__setattr__(self, "_tap_app", app)
        object.__setattr__(self, "_tap_place", place)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tap_app, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._tap_app, name, value)

    def __delattr__(self, name: str) -> None:
        delattr(self._tap_app, name)

    def __eq__(self, other: object) -> bool:
        return bool(self._tap_app == (other._tap_app if isinstance(other, Tap) else other))

    def __hash__(self) -> int:
        return hash(self._tap_app)

    @property  # type: ignore[misc]  # isinstance() has to see the app's class
    def __class__(self) -> Any:
        return type(self._tap_app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> Any:
        app = self._tap_app
        if scope.get("endpoint") is self:  # Starlette's mount names what it calls
            scope["endpoint"] = app
        tracer = current_tracer()
        crossing = tracer.enter_layer(app, scope) if tracer is not None and scope["type"] == "http" else None
        if crossing is None:
            return await app(scope, receive, send)
        if is_unbuilt(app):
            self._tap_place(app)
        with crossing:
            return await app(scope, _tapped_receive(crossing, receive), _tapped_send(crossing, send))


def _tapped_receive(crossing: Crossing, receive: Receive) -> Receive:
    async def tapped_receive() -> Message:
        with crossing.outside():
            return await receive()

    return tapped_receive


def _tapped_send(crossing: Crossing, send: Send) -> Send:
    async def tapped_send(message: Message) -> Any:
        crossing.note(message)
        with crossing.outside():
            return await send(message)

    return tapped_send


@functools.lru_cache(maxsize=512)
def _tap_type(module: str, name: str) -> type[Tap]:
    """Return a class of taps that has the name of the app's class: FastAPI looks for OpenTelemetry's by name."""
    return type(name, (Tap,), {"__module__": module, "__slots__": ()})


class LayerTaps:
    """
    The taps of the apps that are traced: put in for the first traced request of an app, removed after its last one.

    Opened and closed on the app's loop, where Starlette makes its layers too.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        renew_in_child(self._renew_lock)
        self._users: dict[int, int] = {}
        self._put: dict[int, list[tuple[Slot, Any, Any]]] = {}

    def _renew_lock(self) -> None:
        self._lock = threading.RLock()  # in a forked child the old one is never released

    def open(self, app: Any) -> None:
        """Count a user; for the first one of an app put its taps in."""
        with self._lock:
            self._users[id(app)] = self._users.get(id(app), 0) + 1
            if self._users[id(app)] == 1:
                self._put[id(app)] = []
                self._place(app, id(app))

    def close(self, app: Any) -> None:
        """Remove a user; after the last one of an app put back what was there."""
        with self._lock:
            self._users[id(app)] -= 1
            if self._users[id(app)]:
                return
            del self._users[id(app)]
            for slot, tap, inner in reversed(self._put.pop(id(app))):
                with contextlib.suppress(Exception):  # the app has taken the place away
                    slot.restore(tap, inner)

    def _place(self, app: Any, root: int) -> None:
        """Put taps into an app and those inside it; one that cannot be put in is left out."""
        with self._lock:
            put = self._put.get(root)
            waiting = [app]
            while put is not None and waiting and len(put) < _MOST:
                with contextlib.suppress(Exception):  # the app runs without taps there
                    waiting += self._place_in(waiting.pop(), put, functools.partial(self._place, root=root))

    def _place_in(self, layer: Any, put: list[tuple[Slot, Any, Any]], place: Callable[[Any], None]) -> list[Any]:
        """Put taps into one layer, and return what it holds; mounted apps that are not built wait for their request."""
        if is_unbuilt(layer):
            layer.middleware_stack = layer.build_middleware_stack()  # as it would do now by itself
        found = []
        for slot in slots_in(layer):
            inner = slot.get()
            if isinstance(inner, Tap) or is_marked(inner):
                continue
            with contextlib.suppress(Exception):  # read-only
                tap = self._tap(slot, inner, place)
                slot.put(tap)
                put.append((slot, tap, inner))
                found += [] if slot.wrap is not None or is_unbuilt(inner) else [inner]
        return found

    def _tap(self, slot: Slot, inner: Any, place: Callable[[Any], None]) -> Any:
        """Return what stands for the content of a slot."""
        if slot.wrap is None:
            return _tap_type(type(inner).__module__, type(inner).__name__)(inner, place)

        def enter(app: Any) -> Any:
            place(app)
            return app if isinstance(app, Tap) else _tap_type(type(app).__module__, type(app).__name__)(app, place)

        return mark(slot.wrap(inner, enter))


# The only mutable value of this module: what it changes belongs to the apps.
LAYER_TAPS = LayerTaps()
