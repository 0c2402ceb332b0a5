"""`Tracer`: collects what happens inside one request, from any thread; `freezing` makes a `Trace` of it.

A context variable that is set in the app's task, and copied to its tasks and worker threads, says which request runs.
"""

from __future__ import annotations

import contextlib
import time
from contextvars import ContextVar, Token
from dataclasses import dataclass
from typing import Any, get_args

from ..engine import page
from ..engine.waiting import thread_id
from ..protocol.types import Scope
from ..records.exception_text import short_text_of
from .crossings import (
    NO_SCOPE,
    PRESENT_LAYER,
    Boundary,
    Crossing,
    LayerClock,
    PartBoundary,
    compare_scopes,
    picture_scope,
)
from .middleware_row import MiddlewareRow
from .place import find_place, is_in_greenlet
from .statements import MOST_CHARS, Parameters
from .trace import CallKind, Thread

MOST_CALLS = 5_000
"""Calls that one trace stores; later ones are only counted."""
_MOST_LAYERS = 200
_MOST_HOLDS = 100


@dataclass(slots=True, kw_only=True)
class OpenCall:
    """
    One call while it runs: recorded by the end of ``with``, which changes no exception.

    :ivar parameters: unmasked; never part of a `Trace`
    :ivar began_ns: on the clock of `time.perf_counter_ns`, like ``ended_ns``
    :ivar blocks: whether the event loop runs nothing else until it ends
    """

    kind: CallKind
    library: str
    statement: str = ""
    method: str = ""
    url: str = ""
    parameters: Parameters = ()
    began_ns: int = 0
    ended_ns: int | None = None
    place: str = ""
    function: str = ""
    thread: Thread = "event loop"
    blocks: bool = False
    rows: int | None = None
    status: int | None = None
    error: str = ""
    token: Token[frozenset[CallKind]] | None = None

    def __enter__(self) -> OpenCall:
        inside = _INSIDE.get()
        self.token = _INSIDE.set(inside | {self.kind} if inside else _ONLY[self.kind])
        self.began_ns = time.perf_counter_ns()
        return self

    def __exit__(self, kind: object, exception: BaseException | None, traceback: object) -> None:
        self.ended_ns = time.perf_counter_ns()
        token, self.token = self.token, None  # which would keep the context alive
        try:
            if exception is not None:
                self.error = short_text_of(exception)
            if token is not None:
                _INSIDE.reset(token)
        except Exception:  # a token of another context
            return


class Tracer:
    """
    The trace of one call of the app while it runs: of all code inside ``with`` and in copies of its context.

    :ivar calls: in the order in which they were added
    :ivar crossings: the boundaries of the layers inside the app, by number less one
    :ivar clock: how long each layer had for itself
    :ivar dependencies: as they are solved; an `OpenDependency` for each endpoint, outside of those that it needs
    :ivar solved: the keys of those that FastAPI has solved
    :ivar steps: objects of `ipyasgi.tracing.steps`
    :ivar limiter: anyio's for worker threads, once it was asked for
    :ivar holds: objects of `ipyasgi.tracing.loop_watch`
    :ivar thread: the number of the loop's thread
    :ivar missing: the number of calls that were not recorded
    """

    def __init__(self) -> None:
        self.crossings: list[Crossing] = []
        self.clock = LayerClock()
        self.calls: list[OpenCall] = []  # `append` needs no lock
        self._token: Token[Tracer | None] | None = None
        self._open = True
        self.thread = 0
        self.missing = 0
        self.dependencies: list[Any] = []
        self.solved: set[object] = set()
        self._dependencies_count = 0
        self.steps: list[Any] = []
        self.limiter: Any = None
        self.holds: list[Any] = []
        self._scope = NO_SCOPE

    def opened(self, scope: Scope) -> None:
        """Take a picture of the scope with which the app is about to be called."""
        try:
            self._scope = picture_scope(scope)[0]
        except Exception:  # the app goes on
            self._miss()

    def __enter__(self) -> None:
        self._token = _TRACER.set(self)
        self.thread = thread_id()
        self.clock = LayerClock()

    def __exit__(self, *raised: object) -> None:
        if self._token is not None:
            with contextlib.suppress(ValueError):  # left in another context than it was entered in
                _TRACER.reset(self._token)

    def begin(self, call: OpenCall, *, is_async: bool = False) -> OpenCall | None:
        """
        Add a call that is about to be made; None if it is not recorded.

        :param is_async: whether the app awaits it
        """
        if not self._open:
            return None
        if len(self.calls) >= MOST_CALLS:
            self.missing += 1
            return None
        call.place, call.function = find_place()
        call.statement = call.statement[: MOST_CHARS + 1]  # the last one only shows that it is longer
        on_loop = thread_id() == self.thread and not page.IN_WORKER.get()
        call.thread = "event loop" if on_loop else "worker thread"
        call.blocks = not is_async and call.thread == "event loop" and not is_in_greenlet()
        self.calls.append(call)
        return call

    def add_step(self, step: Any) -> bool:
        """Add a step that is about to begin; return False if it is not recorded."""
        if not self._open:
            return False
        if len(self.steps) >= MOST_CALLS:
            self.missing += 1
            return False
        self.steps.append(step)
        return True

    def add_hold(self, hold: Any) -> None:
        """Add a time in which the loop was held."""
        if self._open and len(self.holds) < _MOST_HOLDS:
            self.holds.append(hold)

    @property
    def running(self) -> bool:
        """Whether the app has not ended."""
        return self._open

    def count_dependency(self, most: int) -> bool:
        """Count a dependency, and return whether there are no more than ``most``."""
        self._dependencies_count += 1
        return self._dependencies_count <= most

    def enter_layer(self, row: MiddlewareRow, scope: Scope) -> Crossing | None:
        """
        Add the boundary of a layer that is about to be called; None if it is not recorded.

        :param row: describes the layer
        """
        if not self._open or len(self.crossings) >= _MOST_LAYERS:
            return None
        try:
            parent = PRESENT_LAYER.get()
            outer = self.crossings[parent - 1].scope if parent else self._scope
            pictured, others = picture_scope(scope, outer)
            requested = compare_scopes(outer, pictured, others) if pictured is not outer else ()
            boundary = Boundary(number=len(self.crossings) + 1, parent=parent, row=row, requested=requested)
            crossing = Crossing(boundary, self.clock, pictured, scope, self._miss)
        except Exception:  # the app goes on
            self._miss()
            return None
        self.crossings.append(crossing)
        return crossing

    def enter_part(self, row: MiddlewareRow, hook: str, inside: MiddlewareRow | None) -> Crossing | None:
        """
        Add the boundary of a part that is not an ASGI app; None if it is not recorded.

        :param row: describes the part
        :param hook: as what the framework calls it, or empty
        :param inside: describes the app that calls it; None for the layer that is called at present
        """
        if not self._open or len(self.crossings) >= _MOST_LAYERS:
            return None
        parent = PRESENT_LAYER.get() if inside is None else self._number_of(inside)
        scope = self.crossings[parent - 1].scope if parent else self._scope
        live_scope = self.crossings[-1].live_scope if self.crossings else {}
        boundary = PartBoundary(number=len(self.crossings) + 1, parent=parent, row=row, hook=hook)
        crossing = Crossing(boundary, self.clock, scope, live_scope, self._miss)
        self.crossings.append(crossing)
        return crossing

    def _number_of(self, row: MiddlewareRow) -> int:
        """Return the number of the last layer with this description; 0 for the app that is traced."""
        return next((one.boundary.number for one in reversed(self.crossings) if one.boundary.row == row), 0)

    def _miss(self) -> None:
        self.missing += 1

    def clear(self) -> None:
        """Drop everything: a thread that outlives the call may keep this object in its context."""
        self._scope, self.limiter = NO_SCOPE, None
        for kept in (self.calls, self.crossings, self.dependencies, self.steps, self.holds):
            kept.clear()
        self.solved.clear()

    def close(self) -> None:
        """Record no more: the app has ended, although tasks that it started may go on."""
        if self._open:
            self._open = False
            self.clock.stop()


_TRACER: ContextVar[Tracer | None] = ContextVar("ipyasgi_tracer", default=None)
_INSIDE: ContextVar[frozenset[CallKind]] = ContextVar("ipyasgi_inside_calls", default=frozenset())
_ONLY: dict[CallKind, frozenset[CallKind]] = {kind: frozenset({kind}) for kind in get_args(CallKind)}


def current_tracer(kind: CallKind | None = None) -> Tracer | None:
    """
    Return the tracer of the present request; None if it is not traced.

    :param kind: of a call; None also within another one of this kind, because a library may be built on another
    """
    tracer = _TRACER.get()
    return tracer if kind is None or tracer is None or kind not in _INSIDE.get() else None
