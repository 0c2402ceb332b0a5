"""Observers of calls of the app: what a call printed and changed while the engine runs it."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from dataclasses import replace

from ..engine.runs import Event, Run
from ..protocol.types import Scope
from ..records.output import OutputLine, Sink
from ..records.record import Endpoint
from ..records.state import Change, Picture, Places, compare, take_pictures
from ..routes.routes import read_endpoint


class AppRecorder:
    """
    Base class of recorders: a picture of the state before, the output, and what the app caught itself.

    :param places: asked on the loop's thread
    """

    def __init__(self, places: Places) -> None:
        self._places = places
        self._sink = Sink()
        self._before: dict[str, Picture] = {}
        self._handled: BaseException | None = None

    @property
    def handled_exception(self) -> BaseException | None:
        """What the app was handling as it said that it failed, else the last exception that it logged as an error."""
        return self._handled or self._sink.logged

    def opened(self, scope: Scope) -> None:
        self._before = take_pictures(self._places())

    def around(self) -> AbstractContextManager[object]:
        return self._sink

    def _note_handled(self) -> None:
        self._handled = sys.exception()  # this runs inside the app's own send, perhaps inside its except block


class CallRecorder(AppRecorder):
    """Record one call: pictures of state before and after, output in between."""

    def __init__(self, places: Places) -> None:
        super().__init__(places)
        self.run: Run | None = None
        self.endpoint: Endpoint | None = None
        self.changes: tuple[Change, ...] = ()
        self._scope: Scope = {}
        self._accepted = False

    @property
    def run_with_exception(self) -> Run | None:
        """The run; where the app let nothing out, what it caught itself is its exception."""
        if self.run is None or self.run.exception is not None or self.handled_exception is None:
            return self.run
        return replace(self.run, exception=self.handled_exception)

    @property
    def output(self) -> tuple[OutputLine, ...]:
        """What was printed, logged and warned so far."""
        return self._sink.lines()

    def opened(self, scope: Scope) -> None:
        self._scope = scope
        super().opened(scope)

    def message(self, event: Event) -> None:
        self._accepted = self._accepted or event.type == "websocket.accept"
        if _announces_failure(event, self._accepted):
            self._note_handled()

    def closed(self, run: Run) -> None:
        self.run = run
        self.endpoint = read_endpoint(self._scope)
        self._scope = {}
        # A thread that outlives the call may hold the sink in its context, and is to hold no frames.
        self._handled, self._sink.logged = self.handled_exception, None
        self.changes = compare(self._before, take_pictures(self._places()))


def _announces_failure(event: Event, accepted: bool) -> bool:
    """Return whether the app says that it has failed: by a status, or by the code of a close that stands for one."""
    if event.type in ("http.response.start", "websocket.http.response.start"):
        status = event.message.get("status")
        return isinstance(status, int) and status >= 500
    code = event.message.get("code") if event.type == "websocket.close" else None
    # Litestar says 4500 for any exception, and of a path that it does not know says so too, instead of accepting.
    return isinstance(code, int) and (code == 1011 or (code >= 4500 and accepted))
