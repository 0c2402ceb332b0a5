"""`EventBus`: hands each event of one explorer to its subscribers. Knows neither panels nor threads."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ..history.exchange import Exchange

EventKind = Literal["exchange", "lifespan", "app", "closed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplorerEvent:
    """
    Something that happened.

    :ivar kind: ``exchange`` an exchange was recorded; ``lifespan`` the lifespan may have moved; ``app`` another app
        took the place of this one; ``closed`` the explorer is closing, the last event there is
    :ivar exchange: the exchange that was recorded
    """

    kind: EventKind
    exchange: Exchange | None = None


class EventBus:
    """
    Subscriptions to the events of one explorer.

    A subscriber is called on the thread where the event happened, which may be the app's loop: it must only
    enqueue. ``closed`` comes on the thread that closes, before the explorer's background loop ends, so there it may
    clean up.
    """

    def __init__(self) -> None:
        self._subscribers: dict[object, Callable[[ExplorerEvent], object]] = {}
        self._errors: deque[Exception] = deque(maxlen=5)
        self._lock = threading.Lock()

    @property
    def errors(self) -> tuple[Exception, ...]:
        """The last five exceptions of subscribers; the other subscribers are called all the same."""
        return tuple(self._errors)

    def subscribe(self, callback: Callable[[ExplorerEvent], object]) -> Callable[[], None]:
        """
        Call ``callback`` with each `ExplorerEvent` from now on.

        Returns the function that ends this; calling it again is harmless.
        """
        ticket = object()
        with self._lock:
            self._subscribers[ticket] = callback

        def unsubscribe() -> None:
            with self._lock:
                self._subscribers.pop(ticket, None)

        return unsubscribe

    def publish(self, kind: EventKind, exchange: Exchange | None = None) -> None:
        """Hand an event to every subscriber; what a subscriber raises is kept in ``errors`` and is not raised here."""
        with self._lock:
            callbacks = list(self._subscribers.values())
        event = ExplorerEvent(kind=kind, exchange=exchange)
        for callback in callbacks:
            try:
                callback(event)
            except Exception as exc:
                self._errors.append(exc)
