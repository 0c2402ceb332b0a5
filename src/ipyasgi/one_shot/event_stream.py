"""`EventStreams`: prints an event stream in a terminal as it comes."""

from __future__ import annotations

import codecs
import math

from ..engine.call import AppCall
from ..engine.http_cycle import HttpCycle
from ..engine.recording import EVENTS_LIMIT
from ..records.settings import Settings
from ..shown import visible
from .opened import is_event_stream
from .output import Output, say

_EVERY_S = 0.05


class EventStreams:
    """Prints the responses of calls that are event streams, line by line, masked; their calls have no deadline then."""

    def __init__(self, output: Output, settings: Settings) -> None:
        self._output = output
        self._settings = settings

    def follow(self, call: AppCall) -> None:
        """Look at a call, on the thread that waits for it."""
        if isinstance(call, HttpCycle):
            call.watches.append(_StreamWatch(call, self._output, self._settings))


class _StreamWatch:
    """Looks at one call; see `ipyasgi.engine.call_handle.Watch`."""

    def __init__(self, call: HttpCycle, output: Output, settings: Settings) -> None:
        self.every_s = _EVERY_S
        self._call = call
        self._output = output
        self._redactor = settings.redactor
        self._seen = 0
        self._rest = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def look(self) -> None:
        """Print the lines that have come since the last look."""
        if self._call.status is None or self._call.recording is None:
            return
        if self._call.has_limits:
            types = [value for name, value in self._call.headers if name.lower() == b"content-type"]
            if not types or not is_event_stream(types[-1].decode("latin-1")):
                self.every_s = math.inf
                return
            self._call.has_limits = False
        events = self._call.recording.snapshot()
        new, self._seen = events[self._seen :], len(events)
        bodies = (event.message.get("body", b"") for event in new if event.type == "http.response.body")
        *lines, self._rest = (self._rest + self._decoder.decode(b"".join(bodies))).split("\n")
        for line in lines:
            self._output.write_text(visible(self._redactor.text(line)) + "\n")
        if len(events) >= EVENTS_LIMIT and new:
            say(f"later events are not shown: send it into a pipe, such as `| cat`, for more than {EVENTS_LIMIT:,}")
