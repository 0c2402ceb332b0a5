"""`Recording`: wraps ``receive`` and ``send`` of one call, timestamps each message, and becomes a frozen `Run`.

`Observer` is the interface to the rooms above. Written on the loop's thread; ``snapshot`` is callable from any thread,
for live views, and so is ``freeze``, to abandon a call whose app does not end.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from ..protocol.judges.response import readable_twice
from ..protocol.types import Direction, Message, Receive, Scope, Send
from ..protocol.violations import Violation
from .kept_body import KEPT_BYTES
from .runs import RUN_OF_KIND, Event, Outcome, Run

BODY_LIMIT_BYTES = KEPT_BYTES
"""Body bytes that one recording stores in each direction; longer bodies are stored as size and digest."""
EVENTS_LIMIT = 10_000
"""Messages that one recording stores; later ones are only counted."""
_LATER_EVENTS = 100
_REPEATED = frozenset({"http.request", "http.response.body", "websocket.receive", "websocket.send"})
# Beyond the limit other messages are stored, such as the start of the response to a request of many messages.


class Observer(Protocol):
    """Observes one call of the app. Called on the loop's thread; must not block or raise."""

    def opened(self, scope: Scope) -> None:
        """Handle the start of the call with ``scope``."""

    def message(self, event: Event) -> None:
        """Handle a message that the app received or sent."""

    def closed(self, run: Run) -> None:
        """Handle the end of the app's coroutine; an abandoned call is closed on the thread that abandons it."""

    def around(self) -> AbstractContextManager[object]:
        """Return a context that is entered in the app's task: context variables set in it reach the app."""


ObserverFactory = Callable[[], Observer | None]
"""Makes the observer of one call; None for a call without an observer."""


class Recording:
    """
    The mutable record of one call while it runs.

    :param scope: copied at once, because the app may change it
    :param observer: notified of every message, and of the end
    :ivar last_ns: nanoseconds until the last message, also of one that was not stored
    """

    def __init__(self, scope: Scope, observer: Observer | None) -> None:
        self.kind = scope["type"]
        self._scope: Mapping[str, Any] = {key: _copied(value) for key, value in scope.items() if key != "state"}
        self._observer = observer
        self._events: list[Event] = []
        self._dropped = 0
        self._room_bytes = {"receive": BODY_LIMIT_BYTES, "send": BODY_LIMIT_BYTES}
        self._body_bytes = 0
        self._digest: Any = None  # created once the events no longer contain the whole body
        self.last_ns = 0
        self._started_at_s = time.time()
        self._zero_ns = time.perf_counter_ns()
        self._freeze_lock = threading.Lock()  # acquired once, by the first `freeze`, and never released
        self.run: Run | None = None

    def open(self, scope: Scope) -> None:
        """Notify the observer of the start, on the loop's thread, then start the clock."""
        if self._observer is not None:
            self._observer.opened(scope)
        self._zero_ns = time.perf_counter_ns()

    def tap(self, receive: Receive, send: Send) -> tuple[Receive, Send]:
        """Return the recording pair for the app."""

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
        self, *, outcome: Outcome, exception: BaseException | None, violations: tuple[Violation, ...], **more: Any
    ) -> None:
        """Make the `Run` and notify the observer; only the first call has an effect."""
        if not self._freeze_lock.acquire(blocking=False):
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
            began_ns=self._zero_ns,
            duration_ns=self.elapsed_ns(),
            outcome=outcome,
            exception=exception,
            **more,
        )
        if self._observer is not None:
            self._observer.closed(self.run)

    def _note(self, direction: Direction, message: Message) -> None:
        if not isinstance(message, Mapping) or "type" not in message:
            return  # its judge refuses it
        if self._freeze_lock.locked():
            return  # the call was abandoned, its record is frozen
        self.last_ns = at_ns = self.elapsed_ns()
        event = _event_of(direction, message, at_ns, self._room_bytes[direction])
        full = len(self._events) >= (EVENTS_LIMIT if event.type in _REPEATED else EVENTS_LIMIT + _LATER_EVENTS)
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
        """Count the app's body; compute its digest once the events no longer contain all of it."""
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
        if isinstance(body, (bytes, bytearray, memoryview)):  # its judge refuses other types
            contiguous = not isinstance(body, memoryview) or body.c_contiguous
            self._digest.update(body if contiguous else bytes(body))


def payloads_of(event: Event) -> list[bytes | str]:
    """Return the parts of the message's payload that the event contains."""
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
    """Copy lists and dicts one level deep, so that later changes by the app have no effect."""
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, dict):
        return dict(value)
    return value
