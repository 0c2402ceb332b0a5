"""Run one websocket: messages to the app from any thread, messages from the app into the inbox."""

from __future__ import annotations

import time
from collections import deque
from typing import Any

import anyio
import anyio.lowlevel

from ..protocol import violations
from ..protocol.machines import WEBSOCKET, token_of
from ..protocol.types import ASGIApp, Message, Scope
from .call import CANCEL_GRACE_S, CLEANUP_GRACE_S, AppCall
from .loops import Loop
from .observer import Observer


class WebSocketCycle(AppCall):
    """One WebSocket connection to the app, from ``websocket.connect`` on."""

    def __init__(
        self,
        app: ASGIApp,
        scope: Scope,
        loop: Loop,
        *,
        observer: Observer | None = None,
        record: bool = False,
    ) -> None:
        super().__init__(app, scope, loop, observer=observer, record=record)
        self.state = WEBSOCKET.initial
        self._pending: deque[Message] = deque()
        self._arrived: anyio.Event | None = None
        self._gone_noticed = False

    # -- on the loop's thread ----------------------------------------------------------------------------

    async def _receive(self) -> Message:
        while not self._pending:
            self._arrived = anyio.Event()
            await self._arrived.wait()
        message = self._pending.popleft()
        self._heard_s = time.monotonic()
        self._advance(message)
        if message["type"] == "websocket.disconnect":
            self._gone_noticed = True
        return message

    async def _send(self, message: Message) -> None:
        self._heard_s = time.monotonic()
        self._advance(message)
        self._inbox.put(message)
        await anyio.lowlevel.checkpoint()  # or an app that sends without pause could never be cancelled

    def _advance(self, message: Message) -> None:
        state = WEBSOCKET.advance(self.state, token_of(message))
        if state is None:
            self.violations.append(violations.note_order("websocket", self.state, message["type"]))
        else:
            self.state = state

    def _deliver(self, message: Message) -> None:
        self._pending.append(message)
        if self._arrived is not None:
            self._arrived.set()

    def _has_noticed(self) -> bool:
        return self._gone_noticed

    # -- on the caller's thread --------------------------------------------------------------------------

    def push(self, message: Message) -> None:
        """Put a message into the app's receive queue."""
        self.loop.call_soon(self._deliver, message)

    def next_message(self, waited_for: str, gap_s: float | None) -> Any:
        """Return the app's next message, or `ipyasgi.engine.call.ENDED` once it has ended."""
        return self.take(waited_for, gap_s)

    def finish(self) -> None:
        """End the connection as the client leaves: the app has been told; let it clean up, else cancel it."""
        self.loop.spawn(self._end_gently)
        if not self.wait_ended(CLEANUP_GRACE_S + CANCEL_GRACE_S):
            self.abort()
