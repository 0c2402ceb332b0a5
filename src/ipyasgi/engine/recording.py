"""The tap: wraps ``receive`` and ``send`` of one call, stamps each message, and becomes a frozen `Run` at the end.

Written on the loop's thread; ``snapshot`` may be asked for from any thread, for live views, and ``freeze`` too, by
whoever leaves a call behind whose app does not end.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Mapping
from typing import Any

from ..protocol.judges.response import readable_twice
from ..protocol.types import Direction, Message, Receive, Scope, Send
from ..protocol.violations import Violation
from .observer import Observer
from .runs import RUN_OF_KIND, Event, Outcome, Run

BODY_LIMIT_BYTES = 1024 * 1024
"""Bytes of bodies that the events of one recording keep in each direction; of a longer one size and digest are told."""
EVENTS_LIMIT = 10_000
"""Messages that one recording keeps; later ones are counted."""


class Recording:
    """
    The mutable record of one call while it runs.

    :param scope: copied at once, because the app may change it
    :param observer: told of every message, and of the end
    """

    def __init__(self, scope: Scope, observer: Observer | None) -> None:
        self.kind = scope["type"]
        self._scope: Mapping[str, Any] = {key: _copied(value) for key, value in scope.items() if key != "state"}
        self._observer = observer
        self._events: list[Event] = []
        self._dropped = 0
        self._room_bytes = {"receive": BODY_LIMIT_BYTES, "send": BODY_LIMIT_BYTES}
        self._body_bytes = 0
        self._digest: Any = None  # begun where the events no longer hold the whole body
        self._started_at_s = time.time()
        self._zero_ns = time.perf_counter_ns()
        self._open_end = threading.Lock()  # taken once, by whoever freezes first
        self.run: Run | None = None

    def open(self, scope: Scope) -> None:
        """Tell the observer, on the loop's thread, that the app is about to be called, and start the clock."""
        if self._observer is not None:
            self._observer.opened(scope)
        self._zero_ns = time.perf_counter_ns()  # from here on the time is the app's

    def tap(self, receive: Receive, send: Send) -> tuple[Receive, Send]:
        """Return the pair that the app is given instead."""

        async def tapped_receive() -> Message:
            message = await receive()
            self._note("receive", message)
            return message

        async def tapped_send(message: Message) -> None:
            message = readable_twice(message)
            self._note("send", message)
            await send(message)

        return tapped_receive, tapped_send

    def snapshot(self) -> tuple[Event, ...]:
        """Return the events so far."""
        return tuple(self._events)

    def elapsed_ns(self) -> int:
        """Return nanoseconds since the call began."""
        return time.perf_counter_ns() - self._zero_ns

    def freeze(
        self,
        *,
        outcome: Outcome,
        exception: BaseException | None,
        violations: tuple[Violation, ...],
        **more: Any,
    ) -> None:
        """Make the `Run`, and tell the observer; the first to ask decides what it is."""
        if not self._open_end.acquire(blocking=False):
            return
        if self.kind == "http":
            digest = self._digest.hexdigest() if self._digest is not None else ""
            more |= {"body_bytes": self._body_bytes, "body_sha256": digest}
        self.run = RUN_OF_KIND[self.kind](
            kind=self.kind,
            scope=self._scope,
            events=tuple(self._events),
            events_dropped=self._dropped,
            violations=violations,
            started_at_s=self._started_at_s,
            duration_ns=self.elapsed_ns(),
            outcome=outcome,
            exception=exception,
            **more,
        )
        if self._observer is not None:
            self._observer.closed(self.run)

    def _note(self, direction: Direction, message: Message) -> None:
        if not isinstance(message, Mapping) or "type" not in message:
            return  # refused a moment later
        if self._open_end.locked():
            return  # the call was left behind, its record is closed
        at_ns = self.elapsed_ns()
        event = _event_of(direction, message, at_ns, self._room_bytes[direction])
        full = len(self._events) >= EVENTS_LIMIT
        if event.type == "http.response.body":
            self._add_to_body(message, event, dropped=full)
        if full:
            self._dropped += 1
            return
        self._room_bytes[direction] -= sum(map(len, payloads_of(event)))
        self._events.append(event)
        if self._observer is not None:
            self._observer.message(event)

    def _add_to_body(self, message: Message, event: Event, *, dropped: bool) -> None:
        """Count what the app sent as its body, and take its digest from where the events hold less than all of it."""
        self._body_bytes += event.body_bytes
        kept = sum(map(len, payloads_of(event)))
        if self._digest is None and (kept < event.body_bytes or (dropped and kept)):
            self._digest = hashlib.sha256()
            for earlier in self._events:
                if earlier.type == "http.response.body":
                    self._hash(earlier.message.get("body"))
        if self._digest is not None:
            self._hash(message.get("body"))

    def _hash(self, body: object) -> None:
        if isinstance(body, (bytes, bytearray, memoryview)):  # anything else is refused a moment later
            self._digest.update(bytes(body))


def payloads_of(event: Event) -> list[bytes | str]:
    """Return what an event holds of its message's payload."""
    values = [event.message.get(key) for key in ("body", "bytes", "text")]
    return [value for value in values if isinstance(value, (bytes, str))]


def _event_of(direction: Direction, message: Message, at_ns: int, room_bytes: int) -> Event:
    kept: dict[str, Any] = {}
    size = 0
    for key, value in message.items():
        if key in ("body", "bytes", "text") and value is not None:
            size = max(size, _size(value))
            value = _cut(value, room_bytes)
        elif key == "headers":
            value = _copied(value)
        kept[key] = value
    return Event(direction=direction, message=kept, at_ns=at_ns, body_bytes=size)


def _size(value: Any) -> int:
    try:
        return len(value.encode("utf-8", "surrogatepass")) if isinstance(value, str) else len(value)
    except TypeError:
        return 0


def _cut(value: Any, limit_bytes: int) -> Any:
    if isinstance(value, str):
        return value[:limit_bytes]
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value[:limit_bytes])
    return value


def _copied(value: Any) -> Any:
    """Copy lists and dicts one level deep, so that the app's later changes are not seen."""
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, dict):
        return dict(value)
    return value
