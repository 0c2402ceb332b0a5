"""`WebSocketCycle`: one WebSocket: messages to the app from any thread, messages from the app into the inbox."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

import anyio
import anyio.lowlevel

from ..protocol.errors import DeadlineError, ProtocolError
from ..protocol.judges import websocket as judge
from ..protocol.judges.response import readable_twice
from ..protocol.machines import WEBSOCKET, token_of
from ..protocol.types import ASGIApp, Message, Scope
from ..protocol.violations import Violation, judge_shape, note_unknown
from .call import AppCall
from .call_handle import ENDED, Deadline
from .deadline_clock import DEADLINE_CLOCK
from .inbox import WaitPlan
from .loops import Loop

if TYPE_CHECKING:
    from .recording import Observer
    from .runs import ClosedBy


UNREAD_BYTES = 16 * 1024 * 1024
"""Bytes of the app's messages that wait for a reader; beyond that the app waits in its ``send``."""
_LOOK_S = 0.01


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
        self._put_bytes = 0  # counted on the loop, and those that were taken by the reader
        self._taken_bytes = 0
        self._closing: tuple[ClosedBy, int, str] | None = None  # who closed first, with code and reason
        self._too_late = False
        self._offered = scope.get("extensions") or ()
        self._subprotocols = tuple(scope.get("subprotocols") or ())

    # -- on the loop's thread ----------------------------------------------------------------------------

    async def _receive(self) -> Message:
        while not self._pending:
            if self._arrived is None or self._arrived.is_set():  # shared by tasks of the app that wait at once
                self._arrived = anyio.Event()
            await self._arrived.wait()
        message = self._pending.popleft()
        self._last_message_s = DEADLINE_CLOCK.now_s()
        # A message that the client sends out of order is not a violation of the app.
        self.state = WEBSOCKET.advance(self.state, token_of(message)) or self.state
        if message["type"] == "websocket.disconnect":
            self._disconnect_seen = True
        elif message["type"] == "websocket.connect":
            self._judge_early_accept(anyio.get_current_task().id)
        return message

    async def _send(self, message: Message) -> None:
        self._last_message_s = DEADLINE_CLOCK.now_s()
        message = readable_twice(message)
        try:
            if self._judge(message):
                self._put_bytes += _size_of(message)
                self._inbox.put(message)
        except ProtocolError:
            await anyio.lowlevel.checkpoint()
            raise
        await anyio.lowlevel.checkpoint()  # so that an endless loop of send() can be cancelled
        # As a server's socket does, let an app wait that sends faster than its messages are read.
        while self._put_bytes - self._taken_bytes > UNREAD_BYTES and not self._disconnect_sent:  # noqa: ASYNC110
            await anyio.sleep(_LOOK_S)

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
            self._note_closing("app", message, 1000)
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

    def _extra_fields(self) -> dict[str, Any]:
        by, code, reason = self._closing or ("exception" if self.outcome == "raised" else "", None, "")
        return {"closed_by": by, "close_code": code, "close_reason": reason}

    def _note_closing(self, by: ClosedBy, message: Message, default: int) -> None:
        if self._closing is None:
            code, reason = message.get("code"), message.get("reason")
            # Their types are judged elsewhere.
            code = code if isinstance(code, int) and code else default
            self._closing = (by, code, reason if isinstance(reason, str) else "")

    def _deliver(self, message: Message) -> None:
        if message["type"] == "websocket.disconnect":
            self._disconnect_sent = True
            self._note_closing("deadline" if self._too_late else "client", message, 1005)
        self._pending.append(message)
        if self._arrived is not None:
            self._arrived.set()

    def _disconnect(self) -> None:
        if not self._disconnect_sent:
            code = 1006 if self._closing is None else self._closing[1]
            self._deliver({"type": "websocket.disconnect", "code": code, "reason": ""})

    def _time_out(self, waited_for: str, end: Deadline, *, whole: bool) -> WaitPlan[DeadlineError]:
        self._too_late = True
        return (yield from super()._time_out(waited_for, end, whole=whole))

    # -- on the caller's thread --------------------------------------------------------------------------

    def _taken(self, item: Any) -> Any:
        if item is not ENDED:
            self._taken_bytes += _size_of(item)
        return super()._taken(item)

    def push(self, message: Message) -> None:
        """Put a message into the app's receive queue."""
        self.loop.call_soon(self._deliver, message)

    async def next_message_async(self, waited_for: str, gap_s: float | None) -> Any:
        """Same as `take_async`, but cancelling it loses no message and leaves the connection open."""
        return await self._inbox.run_async(self._take(waited_for, gap_s, None))


def _size_of(message: Message) -> int:
    size = 0
    for key in ("text", "bytes", "body"):
        value = message.get(key)
        if value is not None and isinstance(value, (str, bytes)):
            size += len(value)
    return size
