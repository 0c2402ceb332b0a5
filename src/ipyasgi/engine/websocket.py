"""`WebSocketCycle`: one WebSocket: messages to the app from any thread, messages from the app into the inbox."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Any

import anyio
import anyio.lowlevel

from ..protocol.errors import ProtocolError
from ..protocol.judges import websocket as judge
from ..protocol.judges.response import readable_twice
from ..protocol.machines import WEBSOCKET, token_of
from ..protocol.types import ASGIApp, Message, Scope
from ..protocol.violations import Violation, judge_shape, note_unknown
from .call import AppCall
from .loops import Loop

if TYPE_CHECKING:
    from .recording import Observer


class WebSocketCycle(AppCall):
    """One WebSocket connection to the app, from ``websocket.connect`` on."""

    def __init__(
        self, app: ASGIApp, scope: Scope, loop: Loop, *, observer: Observer | None = None, record: bool = False
    ) -> None:
        super().__init__(app, scope, loop, observer=observer, record=record)
        self.state = WEBSOCKET.initial
        self._pending: deque[Message] = deque()
        self._arrived: anyio.Event | None = None
        self._disconnect_seen = False
        self._disconnect_sent = False
        self._early_accept: tuple[int, Violation] | None = None  # with the task that did not receive websocket.connect
        self._close_code = 1006
        self._offered = scope.get("extensions") or ()
        self._subprotocols = tuple(scope.get("subprotocols") or ())

    # -- on the loop's thread ----------------------------------------------------------------------------

    async def _receive(self) -> Message:
        while not self._pending:
            if self._arrived is None or self._arrived.is_set():  # shared by tasks of the app that wait at once
                self._arrived = anyio.Event()
            await self._arrived.wait()
        message = self._pending.popleft()
        self._last_message_s = time.monotonic()
        # A message that the client sends out of order is not a violation of the app.
        self.state = WEBSOCKET.advance(self.state, token_of(message)) or self.state
        if message["type"] == "websocket.disconnect":
            self._disconnect_seen = True
        elif message["type"] == "websocket.connect":
            self._judge_early_accept(anyio.get_current_task().id)
        return message

    async def _send(self, message: Message) -> None:
        self._last_message_s = time.monotonic()
        message = readable_twice(message)
        try:
            if self._judge(message):
                self._inbox.put(message)
        except ProtocolError:
            await anyio.lowlevel.checkpoint()
            raise
        await anyio.lowlevel.checkpoint()  # so that an endless loop of send() can be cancelled

    def _judge(self, message: Message) -> bool:
        """Return whether the message is passed to the client; raise into the app's ``send`` if it is refused."""
        if (violation := judge_shape("websocket", message)) is not None:
            self._record_violation(violation)
        kind = message["type"]
        if kind not in judge.SENT:
            self._record_violation(note_unknown("websocket", kind))
            return False
        if self.state == "connecting":  # websocket.connect was not received; the handshake continues
            if kind not in judge.BEFORE_CONNECT:
                self._early_accept = (anyio.get_current_task().id, judge.judge_order(self.state, kind))
            self.state = "handshake"
        state = WEBSOCKET.advance(self.state, token_of(message))
        if state is None:
            self._record_violation(judge.judge_order(self.state, kind))
            return False
        for violation in judge.check_message(message, subprotocols=self._subprotocols, offered=self._offered):
            self._record_violation(violation)
        if kind == "websocket.close":
            self._close_code = message.get("code") or 1000
        self.state = state
        return True

    def _judge_early_accept(self, receiver: int) -> None:
        """Record an accept before the receive, unless they are in different tasks, whose order is not defined."""
        if self._early_accept is not None:
            sender, violation = self._early_accept
            self._early_accept = None
            if sender == receiver:
                self._record_violation(violation)

    def _on_end(self) -> None:
        if self._early_accept is not None:  # the app never received websocket.connect
            self._record_violation(self._early_accept[1])
        # Exceptions are reported separately; an app that got a disconnect may return in any state.
        if self.outcome == "returned" and not self._disconnect_sent:
            violation = judge.check_end(self.state)
            if violation is not None:
                self._record_violation(violation)

    def _deliver(self, message: Message) -> None:
        self._disconnect_sent = self._disconnect_sent or message["type"] == "websocket.disconnect"
        self._pending.append(message)
        if self._arrived is not None:
            self._arrived.set()

    def _disconnect(self) -> None:
        if not self._disconnect_sent:
            self._deliver({"type": "websocket.disconnect", "code": self._close_code, "reason": ""})

    # -- on the caller's thread --------------------------------------------------------------------------

    def push(self, message: Message) -> None:
        """Put a message into the app's receive queue."""
        self.loop.call_soon(self._deliver, message)

    async def next_message_async(self, waited_for: str, gap_s: float | None) -> Any:
        """Same as `take_async`, but cancelling it loses no message and leaves the connection open."""
        return await self._inbox.run_async(self._take(waited_for, gap_s, None))
