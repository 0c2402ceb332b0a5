"""Run one websocket: messages to the app from any thread, messages from the app into the inbox."""

from __future__ import annotations

import time
from collections import deque
from typing import Any

import anyio
import anyio.lowlevel

from ..protocol import violations
from ..protocol.errors import ProtocolError
from ..protocol.machines import WEBSOCKET, token_of
from ..protocol.types import ASGIApp, Message, Scope
from .call import AppCall
from .loops import Loop
from .observer import Observer

_SENT = {
    "websocket.accept",
    "websocket.send",
    "websocket.close",
    "websocket.http.response.start",
    "websocket.http.response.body",
}


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
        self._told = False
        self._close_code = 1006

    # -- on the loop's thread ----------------------------------------------------------------------------

    async def _receive(self) -> Message:
        while not self._pending:
            if self._arrived is None or self._arrived.is_set():  # several tasks of the app may wait at once
                self._arrived = anyio.Event()
            await self._arrived.wait()
        message = self._pending.popleft()
        self._heard_s = time.monotonic()
        # What the client sends is the client's business: nothing here is a breach by the app.
        self.state = WEBSOCKET.advance(self.state, token_of(message)) or self.state
        if message["type"] == "websocket.disconnect":
            self._gone_noticed = True
        return message

    async def _send(self, message: Message) -> None:
        self._heard_s = time.monotonic()
        if self._judge(message):
            self._inbox.put(message)
        await anyio.lowlevel.checkpoint()  # or an app that sends without pause could never be cancelled

    def _judge(self, message: Message) -> bool:
        """Tell whether the message goes on to the client; a refused one is raised into the app's ``send``."""
        try:
            kind, token = message["type"], token_of(message)
        except (TypeError, KeyError, AttributeError):
            raise self._breach(violations.judge_shape("websocket", message)) from None
        if kind not in _SENT:
            self._breach(violations.note_unknown("websocket", kind))
            return False
        if self.state == "connecting":  # it did not wait for websocket.connect; the handshake goes on
            self._breach(violations.judge_order("websocket", self.state, kind, fatal=False))
            self.state = "handshake"
        state = WEBSOCKET.advance(self.state, token)
        if state is None:
            raise self._breach(violations.judge_order("websocket", self.state, kind, fatal=True))
        if kind == "websocket.close":
            self._close_code = message.get("code") or 1000
        self.state = state
        return True

    def _breach(self, violation: violations.Violation) -> ProtocolError:
        self.violations.append(violation)
        return violation.error()

    def _deliver(self, message: Message) -> None:
        self._told = self._told or message["type"] == "websocket.disconnect"
        self._pending.append(message)
        if self._arrived is not None:
            self._arrived.set()

    def _tell_gone(self) -> None:
        if not self._told:
            self._deliver({"type": "websocket.disconnect", "code": self._close_code, "reason": ""})

    def _has_noticed(self) -> bool:
        return self._gone_noticed

    # -- on the caller's thread --------------------------------------------------------------------------

    def push(self, message: Message) -> None:
        """Put a message into the app's receive queue."""
        self.loop.call_soon(self._deliver, message)

    def next_message(self, waited_for: str, gap_s: float | None) -> Any:
        """Return the app's next message, or `ipyasgi.engine.call.ENDED` once it has ended."""
        return self.take(waited_for, gap_s)

    async def next_message_async(self, waited_for: str, gap_s: float | None) -> Any:
        """As `next_message`; cancelling this takes nothing and leaves the connection open."""
        return await self._inbox.run_async(self._take(waited_for, gap_s, None))

    def finish(self) -> None:
        """End the connection as the client leaves: the app has been told; let it clean up, else cancel it."""
        self.let_go()

    async def finish_async(self) -> None:
        """As `finish`."""
        await self.let_go_async()
