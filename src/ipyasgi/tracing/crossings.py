"""`Crossing`: what passes one boundary between two layers, and the time that each layer has for itself.

A layer did what differs between its own boundary and that of the layer inside it. Each call, return, ``send`` and
``receive`` hands the clock to one layer, so the time of work inside ``send`` counts for the layer that does it.
"""

from __future__ import annotations

import operator
import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar, Token
from dataclasses import dataclass
from typing import Any

from ..protocol.types import Scope
from ..records.exception_text import name_of
from ..records.record import Endpoint
from .middleware_row import MiddlewareRow

_OF_ROUTERS = ("app_root_path", "endpoint", "path_params", "path_template", "root_path", "route", "route_handler",
               "router")  # fmt: skip
_QUIET = frozenset({*_OF_ROUTERS, "app", "litestar_app", "asgi", "extensions", "headers", "state", "type"})
"""The keys of a scope that frameworks set for themselves, and the headers, which are compared one by one."""
_QUIET_PREFIXES = ("fastapi", "starlette", "_")
_WITH_BODY = frozenset({"http.response.body", "websocket.http.response.body", "websocket.send"})
MOST_CHANGES = 12

Headers = tuple[tuple[bytes, bytes], ...]


class LayerClock:
    """
    Which layer has the clock, and how long each had it. 0 is the app itself.

    :ivar stopped: whether boundaries do not change any more
    """

    def __init__(self) -> None:
        self.own_ns: dict[int, int] = defaultdict(int)
        self.stopped = False
        self._layer = 0
        self._since_ns = time.perf_counter_ns()
        self._last: tuple[int, object, int] = (0, b"", 0)

    def hand_to(self, layer: int) -> int:
        """Let another layer have the clock; return the time."""
        now_ns = time.perf_counter_ns()
        if not self.stopped:
            self.own_ns[self._layer] += now_ns - self._since_ns
            self._layer, self._since_ns = layer, now_ns
        return now_ns

    def stop(self) -> None:
        """End the time of the present layer: what is left of the app is not recorded."""
        self.hand_to(0)
        self.stopped = True

    def checksum(self, body: Any, before: int) -> int:
        """Return the checksum of a body so far; most layers pass on what the layer inside them has sent."""
        last_before, last_body, last = self._last
        if body is last_body and before == last_before and type(body) is bytes:
            return last
        after = zlib.crc32(body, before)
        self._last = (before, body, after)
        return after


@dataclass(slots=True, kw_only=True)
class Boundary:
    """
    What passed the boundary of one layer in one request; of no use to the app, and without its objects.

    :ivar parent: the number of the layer outside
    :ivar requested: what the layer outside changed in the request: ``request +x-id``, ``scope +user``
    :ivar headers: of the response, not checked
    :ivar checksum: of the body
    :ivar raised: the name of the exception that came out of it
    """

    number: int
    parent: int
    row: MiddlewareRow
    requested: tuple[str, ...] = ()
    status: int | None = None
    headers: tuple[tuple[Any, ...], ...] = ()
    body_bytes: int = 0
    checksum: int = 0
    began_ns: int = 0
    ended_ns: int | None = None
    raised: str = ""

    def note(self, message: Mapping[str, Any], checksum: Callable[[Any, int], int]) -> None:
        """
        Note a message that is sent across it.

        An accepted WebSocket has the status 101, and one that is closed before that 403, as servers respond.
        """
        kind = message["type"]
        if kind in ("http.response.start", "websocket.http.response.start"):
            self.status = int(message["status"])
            self.headers = _copy_of(message.get("headers"))
        elif kind == "websocket.accept":
            self.status, self.headers = 101, _copy_of(message.get("headers"))
        elif kind == "websocket.close" and self.status is None:
            self.status = 403
        elif kind in _WITH_BODY:
            text = message.get("text")
            body = message.get("body") or message.get("bytes") or (text.encode() if text else b"")
            self.body_bytes += len(body)
            self.checksum = checksum(body, self.checksum)


@dataclass(slots=True, kw_only=True)
class PartBoundary(Boundary):
    """
    The boundary of a `Part`, which is not an ASGI app; what it did is noted by its tap.

    :ivar hook: as what a framework calls it; empty for what contains other parts
    :ivar changed: what it changed of a response that it was given
    :ivar caught: the exception that it was given, and that it answered
    :ivar responded: whether it made the response
    :ivar converted: its exception, of which the framework made a response before the layers outside saw it
    :ivar endpoint: the function that it called for the request
    :ivar is_endpoint: whether it is that function itself
    """

    hook: str = ""
    changed: tuple[str, ...] = ()
    caught: str = ""
    responded: bool = False
    converted: str = ""
    endpoint: Endpoint | None = None
    is_endpoint: bool = False


class Crossing:
    """
    A boundary while its request runs; the layer's call is inside ``with``, which changes no exception.

    :ivar scope: the scope as the layer got it
    :ivar live_scope: the scope itself, in which a router names the endpoint
    :ivar clock: shared by all layers of the request
    :ivar missed: called if something could not be noted
    """

    __slots__ = ("_token", "boundary", "clock", "live_scope", "missed", "scope")

    def __init__(
        self,
        boundary: Boundary,
        clock: LayerClock,
        scope: ScopePicture,
        live_scope: Scope,
        missed: Callable[[], object],
    ) -> None:
        self.boundary = boundary
        self.scope = scope
        self.live_scope = live_scope
        self.clock = clock
        self.missed = missed
        self._token: Token[int] | None = None

    def __enter__(self) -> None:
        self._token = PRESENT_LAYER.set(self.boundary.number)
        self.boundary.began_ns = self.clock.hand_to(self.boundary.number)

    def __exit__(self, kind: object, exception: BaseException | None, traceback: object) -> None:
        if self.clock.stopped:
            return
        self.boundary.ended_ns = self.clock.hand_to(self.boundary.parent)
        try:
            self.boundary.raised = name_of(exception) if exception is not None else ""
            if self._token is not None:
                PRESENT_LAYER.reset(self._token)
        except Exception:  # left in another context than it was entered in
            self.missed()


PRESENT_LAYER: ContextVar[int] = ContextVar("ipyasgi_layer", default=0)


@dataclass(frozen=True, slots=True)
class ScopePicture:
    """
    A scope at one time.

    :ivar held: its values; they may change later, like ``copies`` of lists and dicts
    :ivar copies: of those of its lists and dicts that are compared, by name; later changes by the app are not in them
    """

    held: Mapping[str, Any]
    copies: Mapping[str, Any]

    def get(self, key: str, default: Any = None) -> Any:
        """Return a value as it was."""
        return self.copies[key] if key in self.copies else self.held.get(key, default)


NO_SCOPE = ScopePicture({}, {})


def picture_scope(scope: Mapping[str, Any], outer: ScopePicture = NO_SCOPE) -> tuple[ScopePicture, list[str]]:
    """
    Return the picture of a scope, and the names of what is not as in another one, in the order of the scope.

    It is the other picture itself if nothing differs: most layers pass a scope on as it is.

    :param outer: the picture of the scope of the layer outside
    """
    before, known = outer.held, outer.copies
    names, size = list(scope), len(before)
    if names[:size] == list(before) and all(map(operator.is_, scope.values(), before.values())):
        others = [key for key, copy in known.items() if not _is_same(copy, scope[key])] + names[size:]
        if not others:
            return outer, others
    else:
        others = [
            key
            for key, value in scope.items()
            if before.get(key, _ABSENT) is not value or (key in known and not _is_same(known[key], value))
        ]
    copies = {key: copy for key, copy in known.items() if key in scope}
    for key in others:
        copies.pop(key, None)
        value = scope[key]
        kind = type(value)
        if (kind is list or kind is dict) and (key not in _QUIET or key == "headers"):
            copies[key] = tuple(value) if kind is list else dict(value)
    return ScopePicture(dict(scope), copies), others


def _is_same(copy: Any, value: Any) -> bool:
    """Return whether a list or a dict still holds what is in its copy."""
    if len(copy) != len(value) or not all(map(operator.is_, copy, value)):
        return False
    return type(copy) is tuple or all(map(operator.is_, copy.values(), value.values()))


def compare_scopes(outer: ScopePicture, inner: ScopePicture, others: Sequence[str]) -> tuple[str, ...]:
    """
    Return what a layer changed in the request for the layer inside it, from the pictures of both scopes.

    :param others: the names of what differs, from `picture_scope`
    """
    found = []
    if outer.get("headers") != inner.get("headers"):
        compared = compare_headers(pairs_of(outer.get("headers")), pairs_of(inner.get("headers")))
        found = [f"request {sign}{name}" for name, sign in compared]
    for key in others:
        if key in _QUIET or type(key) is not str or key.startswith(_QUIET_PREFIXES):
            continue
        if key not in outer.held:
            found.append(f"scope +{key[:60]}")
        elif not _equal(inner.get(key), outer.get(key)):
            found.append(f"scope {key[:60]}")
    return tuple(found[:MOST_CHANGES])


_ABSENT = object()


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


def _copy_of(headers: Any) -> tuple[tuple[Any, ...], ...]:
    """Return headers as they are now, quickly: most are pairs already, which all layers share."""
    try:
        return tuple(map(tuple, headers or ()))
    except TypeError:
        return ()


def pairs_of(headers: Any) -> Headers:
    """Return headers as pairs of bytes; without those that are not."""
    try:
        return tuple((bytes(name), bytes(value)) for name, value in headers or ())
    except (TypeError, ValueError):
        return ()
