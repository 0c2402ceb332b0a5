"""`Newsroom`: tells whoever subscribed that something happened on one explorer. Knows neither panels nor threads."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from .exchange import Exchange

NewsKind = Literal["exchange", "lifespan", "app", "closed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """
    Something that happened.

    :ivar kind: ``exchange`` an exchange was recorded; ``lifespan`` the lifespan may have moved; ``app`` another app
        took the place of this one; ``closed`` the explorer is closing, the last news there is
    :ivar exchange: the exchange that was recorded
    """

    kind: NewsKind
    exchange: Exchange | None = None


class Newsroom:
    """
    Subscriptions to the news of one explorer.

    A subscriber is called on the thread where the thing happened, which may be the app's loop: it must only
    enqueue. ``closed`` is told on the thread that closes, before the explorer's second loop ends, so there it may
    clean up.
    """

    def __init__(self) -> None:
        self._subscribers: dict[object, Callable[[News], object]] = {}
        self._errors: deque[Exception] = deque(maxlen=5)
        self._lock = threading.Lock()

    @property
    def errors(self) -> tuple[Exception, ...]:
        """The last five exceptions of subscribers; the others are told all the same."""
        return tuple(self._errors)

    def subscribe(self, callback: Callable[[News], object]) -> Callable[[], None]:
        """Call ``callback`` with each `News` from now on; returns the function that ends this, as often as you like."""
        ticket = object()
        with self._lock:
            self._subscribers[ticket] = callback

        def unsubscribe() -> None:
            with self._lock:
                self._subscribers.pop(ticket, None)

        return unsubscribe

    def tell(self, kind: NewsKind, exchange: Exchange | None = None) -> None:
        """Tell every subscriber; a subscriber's failure is kept in ``errors`` and is not the teller's."""
        with self._lock:
            callbacks = list(self._subscribers.values())
        news = News(kind=kind, exchange=exchange)
        for callback in callbacks:
            try:
                callback(news)
            except Exception as exc:
                self._errors.append(exc)
