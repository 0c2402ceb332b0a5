"""`Crossing`: what passes one boundary between two layers, and the time that each layer has for itself.

A layer did what differs between its own boundary and that of the layer inside it. Each call, return, ``send`` and
``receive`` hands the clock to one layer, so the time of work inside ``send`` counts for the layer that does it.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from typing import Any

from ..engine.runs import HttpRun
from ..protocol.types import Message, Scope
from ..records.exception_text import name_of
from ..records.record import Endpoint
from ..routes.routes import endpoint_of, read_endpoint
from .middleware_row import describe
from .slots import Part
from .trace import Layer

_OF_ROUTERS = ("app_root_path", "endpoint", "path_params", "path_template", "root_path", "route", "route_handler",
               "router")  # fmt: skip
_QUIET = frozenset({*_OF_ROUTERS, "app", "litestar_app", "asgi", "extensions", "headers", "state", "type"})
"""The keys of a scope that frameworks set for themselves, and the headers, which are compared one by one."""
_QUIET_PREFIXES = ("fastapi", "starlette", "_")
_ROUTERS = frozenset({"Router", "APIRouter", "HTTPRoute.handle"})
_MOST_CHANGES = 12

Headers = tuple[tuple[bytes, bytes], ...]


class LayerClock:
    """Which layer has the clock, and how long each had it. 0 is the app itself."""

    def __init__(self) -> None:
        self.own_ns = {0: 0}
        self._layer = 0
        self._since_ns = time.perf_counter_ns()

    def hand_to(self, layer: int) -> int:
        """Let another layer have the clock; return the time."""
        now_ns = time.perf_counter_ns()
        self.own_ns[self._layer] = self.own_ns.get(self._layer, 0) + now_ns - self._since_ns
        self._layer, self._since_ns = layer, now_ns
        return now_ns


@dataclass(slots=True, kw_only=True)
class Crossing:
    """
    The boundary of one layer in one request, while it runs; its call is inside ``with``, which changes no exception.

    :ivar parent: the number of the layer outside
    :ivar scope: the scope as the layer got it
    :ivar live_scope: the scope itself, in which a router names the endpoint
    :ivar missed: called if something could not be noted
    """

    number: int
    parent: int
    app: Any
    clock: LayerClock
    scope: dict[str, Any]
    live_scope: Scope
    missed: Callable[[], object]
    status: int | None = None
    headers: Headers = ()
    body_bytes: int = 0
    checksum: int = 0
    began_ns: int = 0
    ended_ns: int | None = None
    raised: str = ""
    token: Token[int] | None = None

    def __enter__(self) -> None:
        self.token = PRESENT_LAYER.set(self.number)
        self.began_ns = self.clock.hand_to(self.number)

    def __exit__(self, kind: object, exception: BaseException | None, traceback: object) -> None:
        self.ended_ns = self.clock.hand_to(self.parent)
        try:
            self.raised = name_of(exception) if exception is not None else ""
            if self.token is not None:
                PRESENT_LAYER.reset(self.token)
        except Exception:  # left in another context than it was entered in
            self.missed()

    def note(self, message: Message) -> None:
        """Note a message that the layer sends."""
        try:
            if message["type"] == "http.response.start":
                self.status = int(message["status"])
                self.headers = _pairs(message.get("headers"))
            elif message["type"] == "http.response.body":
                body = bytes(message.get("body") or b"")
                self.body_bytes += len(body)
                self.checksum = zlib.crc32(body, self.checksum)
        except Exception:  # a message that its judge rejects
            self.missed()

    def outside(self) -> Outside:
        """Return a context in which the layers outside have the clock."""
        return Outside(self)


@dataclass(slots=True, kw_only=True)
class Step(Crossing):
    """
    The boundary of a `Part`, which is not an ASGI app; what it did is noted by its tap.

    :ivar changed: what it changed of a response that it was given
    :ivar caught: the exception that it was given, and that it answered
    :ivar responded: whether it made the response
    :ivar converted: its exception, of which the framework made a response before the layers outside saw it
    :ivar endpoint: the function that it called for the request
    """

    part: Part
    changed: tuple[str, ...] = ()
    caught: str = ""
    responded: bool = False
    converted: str = ""
    endpoint: Any = None


class Outside:
    """Within ``with``, the layers outside a boundary have the clock."""

    __slots__ = ("_crossing",)

    def __init__(self, crossing: Crossing) -> None:
        self._crossing = crossing

    def __enter__(self) -> None:
        self._crossing.clock.hand_to(self._crossing.parent)

    def __exit__(self, *raised: object) -> None:
        self._crossing.clock.hand_to(self._crossing.number)


PRESENT_LAYER: ContextVar[int] = ContextVar("ipyasgi_layer", default=0)


def picture_scope(scope: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of a scope in which later changes of its values by the app are not seen."""
    return {
        key: tuple(value) if type(value) is list else dict(value) if type(value) is dict else value
        for key, value in scope.items()
        if type(key) is str
    }


@dataclass(slots=True, kw_only=True)
class _Boundary:
    """What two boundaries are compared by."""

    scope: Mapping[str, Any]
    status: int | None
    headers: Headers
    body: tuple[int, int]
    raised: str
    step: Step | None = None
    inside: list[int] = field(default_factory=list)


def read_layers(
    app: Any, run: HttpRun, crossings: Sequence[Crossing], clock: LayerClock, endpoint: Endpoint | None
) -> tuple[Layer, ...]:
    """Return the layers that a request went through, the app itself first; () if it is the only one."""
    if not crossings:
        return ()
    endpoint = endpoint or read_endpoint(crossings[-1].live_scope)  # a layer may pass on a copy of the scope
    boundaries = [_outermost(run)]
    depths = [0]
    for one in crossings:
        boundaries[one.parent].inside.append(one.number)
        depths.append(depths[one.parent] + 1)
        body = (one.body_bytes, one.checksum)
        step = one if isinstance(one, Step) else None
        boundaries.append(
            _Boundary(scope=one.scope, status=one.status, headers=one.headers, body=body, raised=one.raised, step=step)
        )
    apps = [app, *(one.app for one in crossings)]
    found = []
    for number, boundary in enumerate(boundaries):
        inside = [boundaries[one] for one in boundary.inside]
        inner = next((one for one in inside if one.step is None or not one.step.part.hook), None)
        row = describe(apps[number], depths[number])
        name, source, package = row.name, row.source, row.package
        step = boundary.step
        handler = endpoint if inner is None and row.name in _ROUTERS else None
        if step is not None and step.endpoint is not None:
            handler = endpoint_of(step.endpoint)
        if handler is not None:
            called = f"{handler.handler.rpartition('<locals>.')[2]}()"
            is_part = step is not None and step.endpoint is step.part.function
            name, source, package = called if is_part else f"{row.name} → {called}", handler.source, ""
        began_ns, ended_ns = 0, run.duration_ns
        if number:
            one = crossings[number - 1]
            began_ns = max(one.began_ns - run.began_ns, 0)
            ended_ns = run.duration_ns if one.ended_ns is None else one.ended_ns - run.began_ns
        found.append(
            Layer(
                name=name,
                source=source,
                package=package,
                hook=step.part.hook if step is not None else "",
                depth=depths[number],
                began_ns=began_ns,
                total_ns=max(ended_ns - began_ns, 0),
                own_ns=clock.own_ns.get(number, 0),
                with_endpoint=handler is not None,
                changed=_changed(boundary, inner, inside)[:_MOST_CHANGES],
                responded=_responded(boundary, inside, run),
                caught=_caught(boundary, inner, inside),
                raised=_raised(boundary, inner),
            )
        )
    return tuple(found)


def _changed(boundary: _Boundary, inner: _Boundary | None, inside: Sequence[_Boundary]) -> tuple[str, ...]:
    """Return what a layer changed by itself, not by a hook; an ASGI app and a part that is none are not compared."""
    if boundary.step is not None and boundary.step.part.hook:
        return boundary.step.changed
    if inner is None or (boundary.step is None) != (inner.step is None):
        return ()
    by_hooks = {one for boundary in inside if boundary.step is not None for one in boundary.step.changed}
    return tuple(one for one in _changes(boundary, inner) if one not in by_hooks)


def _responded(boundary: _Boundary, inside: Sequence[_Boundary], run: HttpRun) -> int | None:
    """Return the status that a layer sent by itself: no layer inside it began a response."""
    if any(one.status is not None or (one.step is not None and one.step.responded) for one in inside):
        return None
    if boundary.step is not None and boundary.status is None:
        return _outermost(run).status if boundary.step.responded else None
    return boundary.status


def _caught(boundary: _Boundary, inner: _Boundary | None, inside: Sequence[_Boundary]) -> str:
    """Return the exception that a layer did not let through, and that no hook of it has caught."""
    if boundary.step is not None and boundary.step.caught:
        return boundary.step.caught
    if inner is None or boundary.raised or any(one.step.caught for one in inside if one.step is not None):
        return ""
    return inner.raised


def _raised(boundary: _Boundary, inner: _Boundary | None) -> str:
    """Return the exception that a layer raised by itself."""
    raised = boundary.raised or (boundary.step.converted if boundary.step is not None else "")
    return raised if inner is None or inner.raised != raised else ""


def _outermost(run: HttpRun) -> _Boundary:
    """Return the boundary of the app itself, as the run has it; a checksum only of a body that was kept whole."""
    start = next((event.message for event in run.events if event.type == "http.response.start"), {})
    bodies = [event for event in run.events if event.type == "http.response.body"]
    checksum = 0
    for event in bodies:
        checksum = zlib.crc32(bytes(event.message.get("body") or b""), checksum)
    status = start.get("status")
    return _Boundary(
        scope=run.scope,
        status=status if type(status) is int else None,
        headers=_pairs(start.get("headers")),
        body=(run.body_bytes, -1 if run.body_sha256 else checksum),
        raised=name_of(run.exception) if run.exception is not None else "",
    )


def _changes(outer: _Boundary, inner: _Boundary) -> Iterator[str]:
    """Yield what a layer changed: in the request for the layer inside it, and in the response of that layer."""
    for name, sign in compare_headers(_pairs(outer.scope.get("headers")), _pairs(inner.scope.get("headers"))):
        yield f"request {sign}{name}"
    for key, value in inner.scope.items():
        if key in _QUIET or key.startswith(_QUIET_PREFIXES):
            continue
        if key not in outer.scope:
            yield f"scope +{key[:60]}"
        elif value is not outer.scope[key] and not _equal(value, outer.scope[key]):
            yield f"scope {key[:60]}"
    if outer.status is None or inner.status is None:
        return
    if outer.status != inner.status:
        yield f"status {inner.status} → {outer.status}"
    for name, sign in compare_headers(inner.headers, outer.headers):
        yield f"{sign}{name}"
    if outer.body[0] != inner.body[0]:
        yield f"body {inner.body[0]:,} → {outer.body[0]:,} B"
    elif -1 not in (outer.body[1], inner.body[1]) and outer.body != inner.body:
        yield "body changed"


def _equal(one: Any, other: Any) -> bool:
    """Return whether two plain values are equal; others are, without running their code."""
    plain = (str, bytes, int, float, tuple, type(None))
    return not (type(one) in plain and type(other) in plain) or bool(one == other)


def compare_headers(before: Headers, after: Headers) -> Iterator[tuple[str, str]]:
    """Yield the names of headers that were added, ``+``, removed, ``-``, or changed, with an empty sign."""
    old, new = _by_name(before), _by_name(after)
    for name in {**old, **new}:
        if old.get(name) != new.get(name):
            yield name.decode("latin-1")[:60], "+" if name not in old else "-" if name not in new else ""


def _by_name(headers: Headers) -> dict[bytes, list[bytes]]:
    found: dict[bytes, list[bytes]] = {}
    for name, value in headers:
        found.setdefault(name.lower(), []).append(value)
    return found


def _pairs(headers: Any) -> Headers:
    """Return headers as pairs of bytes; without those that are not."""
    try:
        return tuple((bytes(name), bytes(value)) for name, value in headers or ())
    except (TypeError, ValueError):
        return ()
