"""anyio's ``BlockingPortal`` into the loop of a client: opened, and stopped.

A module of its own so that ``anyio.from_thread``, the greater part of what importing anyio costs, is imported by the
first who asks for a portal, and not by ``import ipyasgi.testclient``.
"""

from __future__ import annotations

import contextlib
from concurrent.futures import Future

from anyio.from_thread import BlockingPortal

from ..engine.loops import Loop
from ..protocol.errors import LoopError

PATIENCE_S = 5.0
"""How long a portal may take to open or to stop."""


class ClientPortal:
    """
    A portal that runs on the loop from here on.

    :ivar loop: the loop
    :ivar portal: anyio's own object

    Raises `LoopError` when something blocks the loop.
    """

    __slots__ = ("loop", "portal")

    def __init__(self, loop: Loop) -> None:
        ready: Future[BlockingPortal] = Future()
        loop.submit(_serve, ready)
        try:
            self.portal = loop.wait_future(ready, PATIENCE_S)
        except TimeoutError:
            raise LoopError("the event loop does not answer: something blocks it; interrupt that first") from None
        self.loop = loop

    def stop(self) -> None:
        """Stop it and what runs in it; harmless when it was stopped before, or the loop has ended."""
        if self.loop.closed:
            return
        with contextlib.suppress(RuntimeError, TimeoutError):  # stopped already, or something blocks the loop
            self.loop.wait_future(self.portal.start_task_soon(self.portal.stop, True), PATIENCE_S)


async def _serve(ready: Future[BlockingPortal]) -> None:
    async with BlockingPortal() as portal:
        ready.set_result(portal)
        await portal.sleep_until_stopped()
