"""Floor 9: `Explorer` and what it does: attach, send, replay, background, WebSocket, lifespan, events."""

from __future__ import annotations

from .events import ExplorerEvent
from .explorer import Explorer
from .pending import PendingExchange, PendingExchanges
from .progress import Progress, ReplayProgress
from .replay import Recheck
from .replays import PendingRecheck, PendingReplay
from .websocket_session import SocketMessage, WebSocketSession

__all__ = [
    "Explorer",
    "ExplorerEvent",
    "PendingExchange",
    "PendingExchanges",
    "PendingRecheck",
    "PendingReplay",
    "Progress",
    "Recheck",
    "ReplayProgress",
    "SocketMessage",
    "WebSocketSession",
]
