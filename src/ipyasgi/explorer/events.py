"""`EventBus`: calls the subscribers of one explorer with each `ExplorerEvent`."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ..history.exchange import Exchange

EventKind = Literal["exchange", "lifespan", "app", "credentials", "closed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplorerEvent:
    """
    A change of an explorer.

    :ivar kind: ``exchange``: an exchange was recorded; ``lifespan``: its status may have changed; ``app``: the app was
        replaced; ``credentials``: they were changed; ``closed``: the explorer is closing, the last event
    :ivar exchange: the exchange that was recorded
    """

    kind: EventKind
    exchange: Exchange | None = None


class EventBus:
    """
    The subscriptions to the events of one explorer.

    A subscriber is called on the thread of the event, perhaps the app's loop, so it must only enqueue. For ``closed``
    it is the closing thread, while the background loop still runs, so the subscriber may clean up.

    :ivar errors: the last five exceptions of subscribers
    """

    def __init__(self) -> None:
        self.errors: deque[Exception] = deque(maxlen=5)
        self._subscribers: dict[object, Callable[[ExplorerEvent], object]] = {}
        self._lock = threading.Lock()

    def subscribe(self, callback: Callable[[ExplorerEvent], object]) -> Callable[[], None]:
        """Call ``callback`` with each event from now on; returns the function that ends the subscription."""
        ticket = object()
        with self._lock:
            self._subscribers[ticket] = callback

        def unsubscribe() -> None:
            with self._lock:
                self._subscribers.pop(ticket, None)

        return unsubscribe

    def publish(self, kind: EventKind, exchange: Exchange | None = None) -> None:
        """Call every subscriber with an event; their exceptions are stored in ``errors``."""
        with self._lock:
            callbacks = list(self._subscribers.values())
        event = ExplorerEvent(kind=kind, exchange=exchange)
        for callback in callbacks:
            try:
                callback(event)
            except Exception as exc:
                self.errors.append(exc)
