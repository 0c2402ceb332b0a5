"""`WebSocketExchange`: a WebSocket that has ended, as an entry of the history: its handshake, messages and ending."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..engine.runs import Run, WebSocketRun
from .exchange import Exchange

METHOD = "WS"
"""The method of such an exchange, as in the routes."""

_GOOD_CODES = frozenset({None, 1000, 1001, 1005})
_TEXT_CHARS = 200


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class WebSocketExchange(Exchange):
    """
    A WebSocket as an exchange: ``request`` is the handshake, and there is no ``response``.

    :ivar socket: the record of the connection, without its exception, which is the exchange's
    """

    socket: WebSocketRun

    @property
    def call(self) -> Run:
        return self.socket

    @property
    def is_request(self) -> bool:
        return False

    @property
    def messages(self) -> int:
        """The number of messages in both directions, without those of the handshake and the close."""
        types = ("websocket.receive", "websocket.send")
        return sum(event.type in types for event in self.socket.events) + self.socket.events_dropped

    @property
    def outcome(self) -> str:
        return read_ending(self.socket)[0]

    @property
    def ok(self) -> bool:
        is_regular = read_ending(self.socket)[1] == "none" and read_closing(self.socket)[1] in _GOOD_CODES
        return is_regular and not self.exception_name

    @property
    def failed(self) -> bool:
        return read_ending(self.socket)[1] == "failed" or bool(self.exception_name)


def read_ending(run: WebSocketRun) -> tuple[str, str]:
    """Return how a connection ended, and the tone of it: ``none``, ``bad`` or ``failed``."""
    denial = first_message(run, "websocket.http.response.start")
    if denial is not None:
        return f"refused with {_text(denial.get('status', '?'))}", "bad"
    by, code, reason = read_closing(run)
    if first_message(run, "websocket.accept") is None:
        return ("refused with 403", "bad") if by == "app" else ("never accepted", "failed")
    closing = f"{code} {_text(reason)}".rstrip()
    match by:
        case "client" | "app":
            return f"closed by the {by}, {closing}", "none"
        case "deadline":
            return "closed because the app did not respond in time", "failed"
        case "exception":
            return "closed by the app's exception", "failed"
    return "not closed", "bad"


def read_closing(run: WebSocketRun) -> tuple[str, int | None, str]:
    """Return who closed, with code and reason; from the messages, if the run was made without it."""
    if run.closed_by:
        return run.closed_by, run.close_code, run.close_reason
    for event in run.events:
        if event.type in ("websocket.close", "websocket.disconnect"):
            by, default = ("app", 1000) if event.direction == "send" else ("client", 1005)
            return by, event.message.get("code", default), event.message.get("reason") or ""
    return "", None, ""


def first_message(run: Run, type_: str) -> Mapping[str, Any] | None:
    """Return the first message of a type, None without one."""
    return next((event.message for event in run.events if event.type == type_), None)


def _text(value: Any) -> str:
    """Return a value of a message as text, cut, without calling the app's code."""
    return str(value)[:_TEXT_CHARS] if type(value) in (int, str) else f"<{type(value).__name__}>"
