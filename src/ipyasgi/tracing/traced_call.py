"""`TracedCall`: one call of an app that is traced, from the taps that are put in for it to the record that is kept."""

from __future__ import annotations

from typing import Any

from ..engine.runs import Run
from ..protocol.types import Scope
from ..records.output import OutputLine
from ..records.record import Endpoint
from .freezing import record_trace
from .layer_taps import LAYER_TAPS, LayerPlan
from .middleware_row import MiddlewareRow
from .taps import TRACE_TAPS
from .trace import TraceRecord
from .tracer import Tracer


class TracedCall:
    """
    One call of an app that is traced.

    :param app: that is called; forgotten at the end
    :param plan: where the app holds its layers
    :ivar tracer: collects what happens inside; entered around the call
    """

    def __init__(self, app: Any, plan: LayerPlan) -> None:
        self.tracer = Tracer()
        self._app = app
        self._plan: LayerPlan | None = plan
        self._row = MiddlewareRow(name="")
        self._watched: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
        self._has_begun = False

    def open(self, scope: Scope) -> None:
        """
        Put the taps in, on the app's loop, before the app is called.

        An interrupt may come at any line: `close` removes what was put in by then.
        """
        if self._plan is None:
            return
        self._has_begun = True
        TRACE_TAPS.enter(self)
        self.tracer.opened(scope)
        self._row = LAYER_TAPS.open(self._app, self._plan, self).row

    def close(self) -> None:
        """Record no more, and remove the taps; after an interrupt the rest of them, else a second call does nothing."""
        self.tracer.close()
        if self._has_begun:
            LAYER_TAPS.close(self._app, self)
            self._watched = TRACE_TAPS.watched()
            TRACE_TAPS.leave(self)
            self._has_begun = False
        self._app = self._plan = None

    def record(self, run: Run, endpoint: Endpoint | None = None, output: tuple[OutputLine, ...] = ()) -> TraceRecord:
        """Return what was collected, once; the run is that of the call."""
        if self._has_begun:  # an interrupt came while it was closed
            self.close()
        return record_trace(self.tracer, run, self._row, *self._watched, endpoint, output)
