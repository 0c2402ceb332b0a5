"""Floor 9: `Explorer` and what it does: attach, send, replay, background, WebSocket, lifespan, events."""

from __future__ import annotations

from ..engine.pending import Pending, Progress
from .background import PendingExchanges
from .events import ExplorerEvent
from .explorer import Explorer
from .overrides import Overrides
from .replay import Recheck
from .websocket_session import SocketMessage, WebSocketSession

__all__ = [
    "Explorer",
    "ExplorerEvent",
    "Overrides",
    "Pending",
    "PendingExchanges",
    "Progress",
    "Recheck",
    "SocketMessage",
    "WebSocketSession",
]
