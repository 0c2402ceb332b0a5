"""Frozen records of one call of the app, from the scope to the end. No behaviour beyond derived properties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ..protocol.types import Direction, Kind
from ..protocol.violations import Violation
from ..shown import Shown

Outcome = Literal["returned", "raised", "cancelled", "abandoned"]
ClosedBy = Literal["client", "app", "deadline", "exception", ""]


# The reprs below contain no headers, queries or bodies, because a notebook saves its output.


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Event:
    """
    One message between server and app.

    :ivar direction: ``receive`` (the app awaited it) or ``send`` (the app sent it)
    :ivar message: the message; a body is truncated to the recording's limit
    :ivar at_ns: nanoseconds since the call began
    :ivar body_bytes: size of the whole body, text or bytes payload
    """

    direction: Direction
    message: Mapping[str, Any]
    at_ns: int
    body_bytes: int = 0

    @property
    def type(self) -> str:
        """The message's type, such as ``http.response.start``."""
        return str(self.message["type"])

    def __repr__(self) -> str:
        size = f", {self.body_bytes} bytes" if self.body_bytes else ""
        return f"<{self.direction} {self.type} at {self.at_ns / 1e6:.2f} ms{size}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Run(Shown):
    """
    One call of the app.

    :ivar kind: the scope type
    :ivar scope: a copy of the scope before the call, without the lifespan state
    :ivar events: every message in order; ``events_dropped`` counts those beyond the recording's limit
    :ivar started_at_s: seconds since the epoch
    :ivar began_ns: the reading of `time.perf_counter_ns` from which all times of the run count
    :ivar duration_ns: nanoseconds until the app's coroutine ended
    :ivar outcome: how it ended
    :ivar exception: the exception that the app raised, the object itself
    :ivar waited_at: the app's own line when it was cancelled or abandoned; empty if it ended by itself
    :ivar overdue_s: seconds of a deadline that passed while the app computed in a browser's page, where that cannot be
        ended; 0 without one
    :ivar held_ns: the longest stretch of nanoseconds for which the app held the event loop; 0 if it was not measured
    :ivar held_at: the app's own line in it, ``shop/api.py:42 in block``; empty below 20 ms, or if none was seen
    :ivar held_by: whether its thread was ``computing`` or ``waiting``; empty below 20 ms, or if that is not known
    """

    kind: Kind
    scope: Mapping[str, Any]
    events: tuple[Event, ...]
    events_dropped: int = 0
    violations: tuple[Violation, ...] = ()
    started_at_s: float
    began_ns: int = 0
    duration_ns: int
    outcome: Outcome
    exception: BaseException | None = None
    waited_at: str = ""
    overdue_s: float = 0.0
    held_ns: int = 0
    held_at: str = ""
    held_by: Literal["computing", "waiting", ""] = ""

    def __repr__(self) -> str:
        name = self.scope.get("method", self.kind)  # without the path, which may contain a secret
        took = f"{self.duration_ns / 1e6:.2f} ms"
        return f"<{type(self).__name__} {name}: {self.outcome}, {len(self.events)} events, {took}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HttpRun(Run):
    """
    One HTTP request and its response, as messages.

    :ivar body_bytes: size of the whole body that the app sent
    :ivar body_sha256: its SHA-256 if the events do not contain all of it; else empty
    :ivar response_end_ns: nanoseconds until the last message of the response, after which background tasks run; None
        if the response did not end
    :ivar cut_off_ns: nanoseconds until a deadline, a cancellation, an interrupt or its reader ended a response that had
        begun; None if it ended by itself
    """

    body_bytes: int = 0
    body_sha256: str = ""
    response_end_ns: int | None = None
    cut_off_ns: int | None = None

    @property
    def first_byte_ns(self) -> int | None:
        """Nanoseconds until ``http.response.start``; None if the app never sent it."""
        return next((event.at_ns for event in self.events if event.type == "http.response.start"), None)

    @property
    def background_ns(self) -> int:
        """Nanoseconds that the app's background tasks ran after the last message of its response."""
        ended = self.response_end_ns
        return self.duration_ns - ended if ended is not None else 0


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class WebSocketRun(Run):
    """
    One WebSocket connection, as messages.

    :ivar closed_by: ``client`` or ``app``, the first of them to close; ``deadline`` if a wait for the app was too long;
        ``exception`` if the app raised without closing; empty if it returned without closing
    :ivar close_code: the code of the close; None without one
    :ivar close_reason: its reason, perhaps empty
    """

    closed_by: ClosedBy = ""
    close_code: int | None = None
    close_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class LifespanRun(Run):
    """
    One life of the app, from ``lifespan.startup`` to its end.

    :ivar status: the state of `ipyasgi.protocol.machines.LIFESPAN` it ended in
    """

    status: str = "not started"


RUN_OF_KIND: Mapping[Kind, type[Run]] = {"http": HttpRun, "websocket": WebSocketRun, "lifespan": LifespanRun}
