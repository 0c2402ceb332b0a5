"""Observers of the app's calls: they record its output, its changes of state, and exceptions that it catches itself."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from ..client.websocket_end import reports_disconnect
from ..engine.runs import Event, Run, WebSocketRun
from ..protocol.types import Scope
from ..records.console import Console
from ..records.output import OutputLine, Sink
from ..records.override import SentOverride
from ..records.record import Endpoint
from ..records.state import Change, Picture, Places, compare, take_pictures
from ..routes.routes import read_endpoint

if TYPE_CHECKING:
    from ..tracing.profiler import RequestProfiler
    from ..tracing.trace import TraceRecord
    from ..tracing.traced_call import TracedCall


class AppRecorder:
    """
    Base class of recorders: the state before the call, the output, and the exceptions that the app caught itself.

    :param places: called on the loop's thread
    :param console: asks the user for the app
    :param traced: traces the call; None for a call that is not traced
    """

    def __init__(self, places: Places, console: Console | None = None, traced: TracedCall | None = None) -> None:
        self.traced = traced
        self._places = places
        self._sink = Sink(console)
        self._before: dict[str, Picture] = {}
        self._handled: BaseException | None = None

    @property
    def handled_exception(self) -> BaseException | None:
        """The exception that the app was handling when it reported a failure, else the last one logged as an error."""
        return self._handled or self._sink.logged

    def opened(self, scope: Scope) -> None:
        self._before = take_pictures(self._places())
        if self.traced is not None:
            self.traced.open(scope)

    def around(self) -> AbstractContextManager[object]:
        return self._sink if self.traced is None else _Around(self._sink, self.traced.tracer)

    def _note_handled(self) -> None:
        self._handled = sys.exception()  # this runs inside the app's own send, perhaps inside its except block


class _Around:
    """Two contexts in one; a generator with @contextmanager would change the exceptions that pass through it."""

    def __init__(self, outer: AbstractContextManager[object], inner: AbstractContextManager[object]) -> None:
        self._outer, self._inner = outer, inner

    def __enter__(self) -> None:
        self._outer.__enter__()
        self._inner.__enter__()

    def __exit__(self, *raised: Any) -> None:
        self._inner.__exit__(*raised)
        self._outer.__exit__(*raised)


class CallRecorder(AppRecorder):
    """
    Record one call: the state before and after it, and its output.

    :param profiler: samples the call; None for a call that is not profiled
    :ivar overrides: the dependencies of the app that were overridden, of a WebSocket
    """

    def __init__(
        self,
        places: Places,
        console: Console | None = None,
        traced: TracedCall | None = None,
        profiler: RequestProfiler | None = None,
    ) -> None:
        super().__init__(places, console, traced)
        self.profiler = profiler
        self.overrides: tuple[SentOverride, ...] = ()
        self.run: Run | None = None
        self.endpoint: Endpoint | None = None
        self.changes: tuple[Change, ...] = ()
        self._scope: Scope = {}
        self._accepted = False

    @property
    def websocket_run(self) -> WebSocketRun | None:
        """
        The run of a WebSocket; if it has no exception, with the one that the app caught itself.

        An exception by which the app only reports the disconnect that it received is not one of these.
        """
        run = cast("WebSocketRun | None", self.run)
        if run is None:
            return None
        exception = run.exception or self.handled_exception
        if self.only_left(exception):
            exception = None
        return run if exception is run.exception else replace(run, exception=exception)

    def only_left(self, exception: BaseException | None) -> bool:
        """Return whether the app raised this exception only because the client has left."""
        run = cast("WebSocketRun | None", self.run)
        if run is None or exception is None or not reports_disconnect(exception):
            return False
        return run.closed_by in ("client", "deadline") or any(one.type == "websocket.disconnect" for one in run.events)

    @property
    def output(self) -> tuple[OutputLine, ...]:
        """The lines that were printed, logged and warned so far."""
        return self._sink.lines()

    def opened(self, scope: Scope) -> None:
        self._scope = scope
        super().opened(scope)

    def around(self) -> AbstractContextManager[object]:
        return super().around() if self.profiler is None else _Around(self._sink, self.profiler)

    def record_trace(self) -> TraceRecord | None:
        """Return what was collected inside the call, once it has ended; None if it was not traced."""
        if self.traced is None or self.run is None:
            return None
        return self.traced.record(self.run, self.endpoint, self.output)

    def message(self, event: Event) -> None:
        self._accepted = self._accepted or event.type == "websocket.accept"
        if _announces_failure(event, self._accepted):
            self._note_handled()

    def closed(self, run: Run) -> None:
        self.run = run
        if self.traced is not None:
            self.traced.close()
        self.endpoint = read_endpoint(self._scope)
        self._scope = {}
        # A thread that outlives the call may keep the sink in its context, which must not keep frames alive.
        self._handled, self._sink.logged = self.handled_exception, None
        self.changes = compare(self._before, take_pictures(self._places()))


def _announces_failure(event: Event, accepted: bool) -> bool:
    """Return whether the app reports a failure: by its status, or by the code of a WebSocket's close."""
    if event.type in ("http.response.start", "websocket.http.response.start"):
        status = event.message.get("status")
        return isinstance(status, int) and status >= 500
    code = event.message.get("code") if event.type == "websocket.close" else None
    # Litestar closes with 4500 after any exception, but also before accepting, if no route matches the path.
    return isinstance(code, int) and (code == 1011 or (code >= 4500 and accepted))
