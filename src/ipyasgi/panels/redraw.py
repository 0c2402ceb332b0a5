"""`Redraw`: when a panel that shows much draws itself again. Decides only when; what is drawn is the panel's."""

from __future__ import annotations

from collections.abc import Callable

import anyio

GAP_S = 0.1
"""Least seconds between two drawings: the comm writer would not write more of them anyway."""
_IDLE_S = 60.0


class Redraw:
    """
    Draws when asked to, at most ten times a second whatever is asked, so that a flood of news costs no more.

    :param draw: called on the panel's loop; must not raise
    :param every_s: draw this often without being asked, too
    """

    def __init__(self, draw: Callable[[], object], *, every_s: float = _IDLE_S) -> None:
        self._draw = draw
        self._every_s = every_s
        self._bell: anyio.Event | None = None

    def ask(self) -> None:
        """Draw again soon; on the panel's loop only."""
        if self._bell is not None:
            self._bell.set()

    async def run(self) -> None:
        """Draw on and on, until cancelled."""
        while True:
            self._bell = anyio.Event()
            self._draw()
            await anyio.sleep(GAP_S)
            with anyio.move_on_after(self._every_s):
                await self._bell.wait()
