"""`StepGate`: holds a call of the app before a receive or a send until it is let through. Runs on the loop's thread."""

from __future__ import annotations

from collections.abc import Callable

import anyio

from ..protocol.types import Direction


class StepGate:
    """
    Holds the app at each message while stepping.

    :param on_held: called each time the app starts to wait here
    """

    def __init__(self, on_held: Callable[[], object]) -> None:
        self.shut = False
        self.held_at: tuple[Direction, str] | None = None
        self._passes = 0
        self._on_held = on_held
        # By waiter, because several tasks of the app may be held at once; the first one is shown.
        self._places: dict[object, tuple[Direction, str]] = {}
        # Made on the loop's thread only, because an anyio.Event belongs to the loop it is made on.
        self._changed: anyio.Event | None = None

    async def arrive(self, direction: Direction, message_type: str) -> None:
        """Wait while the gate is shut and no pass is left, then use a pass."""
        waiter = object()
        while self.shut and not self._passes:
            self._places[waiter] = (direction, message_type)
            self._show_first()
            if self._changed is None:
                self._changed = anyio.Event()
            self._on_held()
            try:
                await self._changed.wait()
            finally:  # also when the waiting task is cancelled
                self._places.pop(waiter, None)
                self._show_first()
        if self.shut:
            self._passes -= 1

    def let_one_pass(self) -> None:
        """Shut the gate, but let one message through."""
        self.shut = True
        self._passes += 1
        self._notify()

    def open(self) -> None:
        """Let everything through from now on."""
        self.shut = False
        self._passes = 0
        self._notify()

    def _show_first(self) -> None:
        self.held_at = next(iter(self._places.values()), None)

    def _notify(self) -> None:
        self._places.clear()
        self._show_first()
        changed, self._changed = self._changed, None
        if changed is not None:
            changed.set()
