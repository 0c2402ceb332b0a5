"""`CreditWindow`: flow control by credit, so that a sender on the loop is only boundedly ahead of its reader."""

from __future__ import annotations

import anyio

from .loops import Loop

LIMIT_ITEMS = 16
LIMIT_BYTES = 64 * 1024


class CreditWindow:
    """
    Credit between one sender (on the loop) and one reader (on any other thread).

    It starts closed: nothing is admitted before the reader first asks, as in Starlette's client. An empty window always
    admits one item of any size.
    """

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._open = False
        self._lifted = False
        self._room: anyio.Event | None = None
        self._ahead_items = 0
        self._ahead_bytes = 0
        self._opened = False
        self._taken_items = 0
        self._taken_bytes = 0

    # -- on the loop's thread ----------------------------------------------------------------------------

    async def admit(self, size_bytes: int) -> None:
        """Wait for credit, then count the item as sent."""
        while not self._lifted and (not self._open or (self._ahead_items and not self._fits(size_bytes))):
            if self._room is None:
                self._room = anyio.Event()
            await self._room.wait()
        self._ahead_items += 1
        self._ahead_bytes += size_bytes

    def lift(self) -> None:
        """Admit everything from now on, because the reader has left or the response is complete."""
        self._lifted = True
        self._wake()

    def _fits(self, size_bytes: int) -> bool:
        return self._ahead_items < LIMIT_ITEMS and self._ahead_bytes + size_bytes <= LIMIT_BYTES

    def _open_here(self) -> None:
        self._open = True
        self._wake()

    def _give_back_here(self, items: int, size_bytes: int) -> None:
        self._ahead_items -= items
        self._ahead_bytes -= size_bytes
        self._wake()

    def _wake(self) -> None:
        room, self._room = self._room, None
        if room is not None:
            room.set()

    # -- on the reader's thread --------------------------------------------------------------------------

    def open(self) -> None:
        """Start to read: give the sender its first credit."""
        if not self._opened:
            self._opened = True
            self._loop.call_soon(self._open_here)

    def took(self, size_bytes: int) -> None:
        """Count one item as read; credit is returned in halves of the window, so that most items need no callback."""
        self._taken_items += 1
        self._taken_bytes += size_bytes
        if self._taken_items * 2 >= LIMIT_ITEMS or self._taken_bytes * 2 >= LIMIT_BYTES:
            self.give_back()

    def give_back(self) -> None:
        """Return all credit; called before the reader waits, to avoid a deadlock with the sender."""
        if self._taken_items:
            self._loop.call_soon(self._give_back_here, self._taken_items, self._taken_bytes)
            self._taken_items = self._taken_bytes = 0
