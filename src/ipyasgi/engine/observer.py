"""The seam upward: how memory and views learn what a call of the app did, without the engine knowing them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from ..protocol.types import Scope
from .runs import Event, Run


class Observer(Protocol):
    """
    Watches one call of the app. Handed in from above; called on the loop's thread; must not block or raise.

    An observer belongs to one call: whoever wants to watch every call of a client gives it a function that
    makes one (`ObserverFactory`).
    """

    def opened(self, scope: Scope) -> None:
        """The app is about to be called with ``scope``."""

    def message(self, event: Event) -> None:
        """The app received or sent a message."""

    def closed(self, run: Run) -> None:
        """
        The app's coroutine has ended; ``run`` is everything that happened.

        A call that was left behind, because the app does not end, is closed on the thread of whoever left it.
        """

    def around(self) -> AbstractContextManager[object]:
        """Entered inside the app's task before the call and left after it: context variables set here reach the app."""


class ObserverFactory(Protocol):
    """Makes the observer of one call, or None for a call nobody watches."""

    def __call__(self) -> Observer | None: ...
