"""The explorer's observer: collects what one call of the app printed and changed while the engine runs it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from ..engine.runs import Event, Run
from ..protocol.types import Scope
from .endpoint import Endpoint, read_endpoint
from .output import OutputLine, Sink
from .state import Change, Picture, diff, take_picture

Places = Callable[[], dict[str, Any]]
"""Returns what is watched: path text to live object, such as ``{"app.state": app.state}``."""


class CallWatch:
    """
    Watches one call: pictures of state before and after, output in between.

    :param places: asked on the loop's thread, before and after
    """

    def __init__(self, places: Places) -> None:
        self.run: Run | None = None
        self.endpoint: Endpoint | None = None
        self.changes: tuple[Change, ...] = ()
        self._places = places
        self._sink = Sink()
        self._before: dict[str, Picture] = {}
        self._scope: Scope = {}
        self._handled: BaseException | None = None

    @property
    def caught(self) -> BaseException | None:
        """What the app was handling as it answered 500 or more, else the last exception that it logged as an error."""
        return self._handled or self._sink.logged

    @property
    def output(self) -> tuple[OutputLine, ...]:
        """What was printed, logged and warned so far."""
        return self._sink.lines()

    def opened(self, scope: Scope) -> None:
        self._scope = scope
        self._before = take_pictures(self._places())

    def message(self, event: Event) -> None:
        if event.type == "http.response.start" and _is_failure(event.message.get("status")):
            self._handled = sys.exception()  # this runs inside the app's own send, perhaps inside its except block

    def closed(self, run: Run) -> None:
        self.run = run
        self.endpoint = read_endpoint(self._scope)
        self._scope = {}
        self.changes = compare(self._before, take_pictures(self._places()))

    def around(self) -> AbstractContextManager[object]:
        return self._sink.around()


def _is_failure(status: object) -> bool:
    return isinstance(status, int) and status >= 500


def take_pictures(places: dict[str, Any]) -> dict[str, Picture]:
    """Return a picture of each place."""
    return {path: take_picture(value) for path, value in places.items()}


def compare(before: dict[str, Picture], after: dict[str, Picture]) -> tuple[Change, ...]:
    """Return the changes at every place that both know, and at places that came."""
    nothing = Picture(type_name="dict", text="{}")
    return tuple(
        change
        for path in {**before, **after}
        for change in diff(before.get(path, nothing), after.get(path, nothing), path)
    )
