"""Run one websocket: messages to the app from any thread, messages from the app into the inbox."""

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
from ..protocol.violations import Violation, judge_shape, keep, note_unknown
from .call import AppCall
from .loops import Loop

if TYPE_CHECKING:
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
        self._told = False
        self._unasked: tuple[int, Violation] | None = None  # the task that did not wait for websocket.connect
        self._close_code = 1006
        self._offered = scope.get("extensions") or ()
        self._subprotocols = tuple(scope.get("subprotocols") or ())

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
        elif message["type"] == "websocket.connect":
            self._judge_unasked(anyio.get_current_task().id)
        return message

    async def _send(self, message: Message) -> None:
        self._heard_s = time.monotonic()
        message = readable_twice(message)
        try:
            if self._judge(message):
                self._inbox.put(message)
        except ProtocolError:
            await anyio.lowlevel.checkpoint()
            raise
        await anyio.lowlevel.checkpoint()  # or an app that sends without pause could never be cancelled

    def _judge(self, message: Message) -> bool:
        """Tell whether the message goes on to the client; a refused one is raised into the app's ``send``."""
        if (breach := judge_shape("websocket", message)) is not None:
            self._breach(breach)
        kind = message["type"]
        if kind not in judge.SENT:
            self._breach(note_unknown("websocket", kind))
            return False
        if self.state == "connecting":  # it did not wait for websocket.connect; the handshake goes on
            if kind not in judge.BEFORE_CONNECT:
                self._unasked = (anyio.get_current_task().id, judge.judge_order(self.state, kind))
            self.state = "handshake"
        state = WEBSOCKET.advance(self.state, token_of(message))
        if state is None:
            self._breach(judge.judge_order(self.state, kind))
            return False
        for breach in judge.check_message(message, subprotocols=self._subprotocols, offered=self._offered):
            self._breach(breach)
        if kind == "websocket.close":
            self._close_code = message.get("code") or 1000
        self.state = state
        return True

    def _judge_unasked(self, receiver: int) -> None:
        """Note an accept that came first, but where another task receives: which of the two runs first is chance."""
        if self._unasked is not None:
            sender, breach = self._unasked
            self._unasked = None
            if sender == receiver:
                self._breach(breach)

    def _breach(self, violation: Violation) -> None:
        keep(violation, among=self.violations)
        if violation.fatal:
            raise violation.error()

    def _on_end(self) -> None:
        if self._unasked is not None:  # it never received it
            self._breach(self._unasked[1])
        # What it raised is told by itself; and an app that was told of the disconnect may return as it is.
        if self.outcome == "returned" and not self._told and (breach := judge.check_end(self.state)) is not None:
            self._breach(breach)

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
