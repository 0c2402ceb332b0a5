"""The life cycles of ASGI as tables ``state x message -> state``.

The engine calls `Machine.advance` for every message, and the lifespan panel draws `LIFESPAN`. The order of messages is
decided here and nowhere else; nothing here depends on the sender, the time or the loop.

Tokens are ASGI message types, and events of the call itself: ``app.returned``, ``app.raised``, ``app.cancelled``,
``deadline.passed``, ``loop.lost``. A message type with ``+more`` or ``+trailers`` is that message with the flag set
(``more_body``, ``more_trailers``, ``trailers``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .types import Kind, Message

LifespanStatus = Literal[
    "not started",
    "starting",
    "running",
    "shutting down",
    "stopped",
    "startup failed",
    "shutdown failed",
    "unsupported",
    "not answering",
    "died",
    "lost",
]

Table = dict[tuple[str, str], str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Machine:
    """
    One life cycle.

    :ivar kind: the scope type it belongs to
    :ivar initial: the state at the start
    :ivar table: ``(state, token) -> next state``; missing pairs are not allowed
    :ivar anywhere: tokens that are allowed in every state and change no state
    """

    kind: Kind
    initial: str
    table: Table
    anywhere: frozenset[str] = frozenset()

    def advance(self, state: str, token: str) -> str | None:
        """Return the state after ``token``, or None if the table does not allow it."""
        if token in self.anywhere:
            return state
        return self.table.get((state, token))

    def possible(self, state: str) -> tuple[str, ...]:
        """Return the tokens the table allows in ``state``, in table order."""
        return tuple(token for known, token in self.table if known == state)

    def states(self) -> tuple[str, ...]:
        """Return every state of the table, in order of first appearance."""
        return tuple(dict.fromkeys([self.initial, *(s for (a, _), b in self.table.items() for s in (a, b))]))


_FLAGS = {
    "http.response.start": ("trailers", "+trailers"),
    "http.response.body": ("more_body", "+more"),
    "http.response.zerocopysend": ("more_body", "+more"),
    "http.response.trailers": ("more_trailers", "+more"),
    "websocket.http.response.body": ("more_body", "+more"),
}


def token_of(message: Message) -> str:
    """Return the table's token for a message: its type, with ``+more`` or ``+trailers`` if that flag is set."""
    kind: str = message["type"]
    flag, mark = _FLAGS.get(kind, ("", ""))
    return kind + mark if flag and message.get(flag) else kind


HTTP = Machine(
    kind="http",
    initial="no response",
    table={
        ("no response", "http.response.start"): "started",
        ("no response", "http.response.start+trailers"): "started, trailers announced",
        ("started", "http.response.body+more"): "started",
        ("started", "http.response.body"): "complete",
        ("started", "http.response.zerocopysend+more"): "started",
        ("started", "http.response.zerocopysend"): "complete",
        ("started", "http.response.pathsend"): "complete",
        ("started, trailers announced", "http.response.body+more"): "started, trailers announced",
        ("started, trailers announced", "http.response.body"): "trailers due",
        ("started, trailers announced", "http.response.zerocopysend+more"): "started, trailers announced",
        ("started, trailers announced", "http.response.zerocopysend"): "trailers due",
        ("started, trailers announced", "http.response.pathsend"): "trailers due",
        ("trailers due", "http.response.trailers+more"): "trailers due",
        ("trailers due", "http.response.trailers"): "complete",
        # The specification puts these after the start of the response; frameworks send them before it, when a hint is
        # useful, and servers accept this.
        ("no response", "http.response.early_hint"): "no response",
        ("no response", "http.response.push"): "no response",
        ("started", "http.response.early_hint"): "started",
        ("started", "http.response.push"): "started",
        ("started, trailers announced", "http.response.early_hint"): "started, trailers announced",
        ("started, trailers announced", "http.response.push"): "started, trailers announced",
    },
    anywhere=frozenset({"http.response.debug"}),
)

WEBSOCKET = Machine(
    kind="websocket",
    initial="connecting",
    table={
        ("connecting", "websocket.connect"): "handshake",
        ("handshake", "websocket.accept"): "open",
        ("handshake", "websocket.close"): "closed",
        ("handshake", "websocket.http.response.start"): "denying",
        ("handshake", "websocket.disconnect"): "disconnected",
        ("denying", "websocket.http.response.body+more"): "denying",
        ("denying", "websocket.http.response.body"): "closed",
        ("open", "websocket.receive"): "open",
        ("open", "websocket.send"): "open",
        ("open", "websocket.close"): "closed",
        ("open", "websocket.disconnect"): "disconnected",
        ("closed", "websocket.disconnect"): "closed",
        ("disconnected", "websocket.accept"): "disconnected",
        ("disconnected", "websocket.http.response.start"): "disconnected",
        ("disconnected", "websocket.http.response.body+more"): "disconnected",
        ("disconnected", "websocket.http.response.body"): "disconnected",
        ("disconnected", "websocket.send"): "disconnected",
        ("disconnected", "websocket.close"): "disconnected",
        ("disconnected", "websocket.disconnect"): "disconnected",
    },
)

LIFESPAN = Machine(
    kind="lifespan",
    initial="not started",
    table={
        ("not started", "lifespan.startup"): "starting",
        ("not started", "app.raised"): "unsupported",
        ("not started", "app.returned"): "unsupported",
        ("not started", "app.cancelled"): "startup failed",
        ("not started", "deadline.passed"): "not answering",
        ("starting", "lifespan.startup.complete"): "running",
        ("starting", "lifespan.startup.failed"): "startup failed",
        ("starting", "app.raised"): "startup failed",
        ("starting", "app.returned"): "startup failed",
        ("starting", "app.cancelled"): "startup failed",
        ("starting", "deadline.passed"): "not answering",
        ("starting", "loop.lost"): "lost",
        ("running", "lifespan.shutdown"): "shutting down",
        ("running", "app.raised"): "died",
        ("running", "app.returned"): "died",
        ("running", "app.cancelled"): "died",
        ("running", "deadline.passed"): "not answering",
        ("running", "loop.lost"): "lost",
        ("shutting down", "lifespan.shutdown.complete"): "stopped",
        ("shutting down", "lifespan.shutdown.failed"): "shutdown failed",
        ("shutting down", "app.raised"): "shutdown failed",
        ("shutting down", "app.returned"): "stopped",
        ("shutting down", "app.cancelled"): "shutdown failed",
        ("shutting down", "deadline.passed"): "not answering",
        ("shutting down", "loop.lost"): "lost",
        ("stopped", "app.returned"): "stopped",
        ("stopped", "app.raised"): "shutdown failed",
        ("startup failed", "app.returned"): "startup failed",
        ("startup failed", "app.raised"): "startup failed",
        ("shutdown failed", "app.returned"): "shutdown failed",
        ("shutdown failed", "app.raised"): "shutdown failed",
        ("not answering", "app.returned"): "not answering",
        ("not answering", "app.raised"): "not answering",
    },
)
