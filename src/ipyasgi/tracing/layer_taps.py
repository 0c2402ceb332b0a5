"""`LayerTaps`: stand between the layers of an app while its requests are traced, and note what passes between them.

A tap is where a layer holds the next app. It calls that with the same scope, and with ``receive`` and ``send`` that
pass every message on unchanged. It has the attributes and the class of the app that it stands for. The taps of an app
are made once, a `LayerPlan`, and put in again for the next traced request while its layers are the same.
"""

from __future__ import annotations

import contextlib
import functools
import operator
import threading
import types
from collections.abc import Callable, Iterable
from typing import Any

from ..engine.fork_guard import renew_in_child
from ..protocol.types import Message, Receive, Scope, Send
from ..records.attributes import instance_dict, slots_of
from .crossings import Crossing
from .frameworks import has_hooks, hooks_of_framework
from .layers import is_unbuilt, slots_in
from .middleware_row import MiddlewareRow, describe
from .slots import Slot, is_marked, mark
from .tracer import current_tracer

_MOST = 400


class Tap:
    """
    Stands for an app that a layer calls; transparent in requests that are not traced.

    :param place: puts taps into the app, if it makes its layers at its first request; else None
    """

    __slots__ = ("_tap_app", "_tap_place", "_tap_row")

    def __init__(self, app: Any, place: Callable[[Any], None] | None) -> None:
        object.__setattr__(self, "_tap_app", app)
        object.__setattr__(self, "_tap_place", place)
        object.__setattr__(self, "_tap_row", describe(app))

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
        traced = tracer is not None and scope["type"] in ("http", "websocket")
        crossing = tracer.enter_layer(self._tap_row, scope) if tracer is not None and traced else None
        if crossing is None:
            return await app(scope, receive, send)
        if self._tap_place is not None and is_unbuilt(app):
            self._tap_place(app)
        with crossing:
            return await app(scope, _tapped_receive(crossing, receive), _tapped_send(crossing, send))


def _tapped_receive(crossing: Crossing, receive: Receive) -> Receive:
    hand_to, number, parent = crossing.clock.hand_to, crossing.boundary.number, crossing.boundary.parent

    async def tapped_receive() -> Message:
        hand_to(parent)
        try:
            return await receive()
        finally:
            hand_to(number)

    return tapped_receive


def _tapped_send(crossing: Crossing, send: Send) -> Send:
    clock, boundary = crossing.clock, crossing.boundary
    hand_to, number, parent = clock.hand_to, boundary.number, boundary.parent

    async def tapped_send(message: Message) -> Any:
        if not clock.stopped:
            try:
                boundary.note(message, clock.checksum)
            except Exception:  # a message that its judge rejects
                crossing.missed()
        hand_to(parent)
        try:
            return await send(message)
        finally:
            hand_to(number)

    return tapped_send


@functools.lru_cache(maxsize=512)
def _tap_type(module: str, name: str) -> type[Tap]:
    """Return a class of taps that has the name of the app's class: FastAPI looks for OpenTelemetry's by name."""
    return type(name, (Tap,), {"__module__": module, "__slots__": ()})


class LayerPlan:
    """
    The taps of one app: where they belong, and what the app's layers held when they were made.

    Owned by the owner of the app, because it keeps the layers of the app alive.

    :ivar row: describes the app itself
    """

    def __init__(self) -> None:
        self._app: Any = None
        self._taps: list[tuple[Slot, Any, Any]] = []
        self._entered: dict[int, Tap] = {}
        self._held: list[_Holding] = []
        self._place_later: Callable[[Any], None] = self.place
        self.row = MiddlewareRow(name="")

    def put(self, app: Any, place_later: Callable[[Any], None]) -> None:
        """
        Put the taps into an app; make them first, if its layers are not those of the last time.

        :param place_later: called with a mounted app that was not built yet, once it has its first request
        """
        self._place_later = place_later
        if app is not self._app or not self._is_current():
            self._app, self._taps, self._held, self._entered = None, [], [], {}
            with contextlib.suppress(Exception):  # an app without a name is traced too
                self.row = describe(app)
            self.place(app)
            self._app = app  # last: after an interrupt the taps are not all made
            return
        for slot, tap, _ in self._taps:
            try:
                slot.put(tap)
            except Exception:  # read-only by now
                continue

    def remove(self) -> None:
        """Put back what was there."""
        for slot, tap, inner in reversed(self._taps):
            try:
                slot.restore(tap, inner)
            except Exception:  # the app has removed the place
                continue
        if len(self._taps) >= _MOST:
            self._app = None  # begin anew: routes that are found during a request add to the taps

    def place(self, app: Any) -> None:
        """Put taps into an app and those inside it; one that cannot be put in is left out."""
        waiting = [app]
        while waiting and len(self._taps) < _MOST:
            with contextlib.suppress(Exception):  # the app runs without taps there
                waiting += self._place_in(waiting.pop())

    def _place_in(self, layer: Any) -> list[Any]:
        """Put taps into one layer, and return what it holds; mounted apps that are not built wait for their request."""
        if is_unbuilt(layer):
            layer.middleware_stack = layer.build_middleware_stack()  # as it would do now by itself
        self._held.append(_Holding(layer))
        found = []
        for slot in slots_in(layer):
            inner = slot.get()
            if isinstance(inner, Tap) or is_marked(inner):
                continue
            unbuilt = is_unbuilt(inner)
            with contextlib.suppress(Exception):  # read-only
                tap = mark(slot.wrap(inner, self._enter)) if slot.wrap is not None else self._tap(inner)
                self._taps.append((slot, tap, inner))  # first: an interrupt may come in between
                try:
                    slot.put(tap)
                except Exception:
                    self._taps.pop()
                    raise
                if unbuilt:
                    self._held.append(_Holding(inner))
                elif slot.wrap is None:
                    found.append(inner)
        return found

    def _tap(self, inner: Any) -> Tap:
        kind = _tap_type(type(inner).__module__, type(inner).__name__)
        return kind(inner, self._place_later if is_unbuilt(inner) else None)

    def _enter(self, app: Any) -> Any:
        """Put taps into an app that a router has found for a request, and return the one that stands for it."""
        if isinstance(app, Tap):
            return app
        tap = self._entered.get(id(app))
        if tap is None:
            self._place_later(app)
            tap = self._entered[id(app)] = self._tap(app)
        return tap

    def _is_current(self) -> bool:
        """Return whether the layers hold what they held before their taps were put in."""
        try:
            return all(slot.holds(inner) for slot, _, inner in self._taps) and all(one.is_same() for one in self._held)
        except Exception:  # an attribute that is gone
            return False


_PLAIN = frozenset(map(id, (type(None), bool, int, float, str, bytes, tuple)))


class _Holding:
    """
    What one layer holds, to see whether it holds the same later; texts and numbers may change.

    :param layer: without the taps in it
    """

    def __init__(self, layer: Any) -> None:
        function = layer.__func__ if type(layer) is types.MethodType else layer
        self._cells = function.__closure__ or () if type(function) is types.FunctionType else ()
        self._layer = layer
        self._held = instance_dict(layer)
        self._has_slots, self._has_hooks = bool(slots_of(layer)), has_hooks(layer)
        self._before = self._read()
        self._cells_before = tuple(map(_content_of, self._cells))

    def _read(self) -> list[Any]:
        values = list(self._held.values())
        if self._has_slots:
            values += slots_of(self._layer).values()
        routes = self._held.get("routes")
        if type(routes) is list:
            values += routes
        if self._has_hooks:
            values += hooks_of_framework(self._layer)
        return values

    def is_same(self) -> bool:
        """Return whether the layer holds the same objects as at first."""
        present = self._read()
        if self._cells and tuple(map(_content_of, self._cells)) != self._cells_before:
            return False
        if len(present) == len(self._before) and all(map(operator.is_, present, self._before)):
            return True
        if _identities(present) != _identities(self._before):
            return False
        self._before = present
        return True


def _identities(values: Iterable[Any]) -> list[int]:
    return [id(value) for value in values if id(type(value)) not in _PLAIN]


def _content_of(cell: types.CellType) -> int:
    try:
        return id(cell.cell_contents)
    except ValueError:  # not assigned yet
        return 0


class LayerTaps:
    """
    The taps that are put in: for the first traced request of an app, removed after its last one.

    Opened and closed on the app's loop, where Starlette makes its layers too. An interrupt may leave `open` and `close`
    at any line: the next `close` or `open` restores what is left.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        renew_in_child(self._renew_lock)
        self._users: dict[int, set[object]] = {}
        self._put: dict[int, LayerPlan] = {}

    def _renew_lock(self) -> None:
        self._lock = threading.RLock()  # in a forked child the old one is never released

    def open(self, app: Any, plan: LayerPlan, user: object) -> LayerPlan:
        """Add a user; for the first one of an app put the taps of its plan in. Return the plan that is in use."""
        with self._lock:
            users = self._users.setdefault(id(app), set())
            if not users:
                left = self._put.pop(id(app), None)
                if left is not None:
                    left.remove()
            users.add(user)
            if id(app) not in self._put:
                self._put[id(app)] = plan
                plan.put(app, functools.partial(self._place, plan))
            return self._put[id(app)]

    def _place(self, plan: LayerPlan, app: Any) -> None:
        with self._lock:
            if any(one is plan for one in self._put.values()):
                plan.place(app)

    def close(self, app: Any, user: object) -> None:
        """Remove a user; after the last one of an app put back what was there. A second call does nothing."""
        with self._lock:
            users = self._users.get(id(app), set())
            users.discard(user)
            if not users:
                plan = self._put.get(id(app))
                if plan is not None:
                    plan.remove()
                self._put.pop(id(app), None)
                self._users.pop(id(app), None)


# The only mutable value of this module: what it changes belongs to the apps.
LAYER_TAPS = LayerTaps()
