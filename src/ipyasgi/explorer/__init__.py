"""Floor 9: `Explorer` and what it does: attach, send, replay, background, WebSocket, lifespan, events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import names_of

if TYPE_CHECKING:
    from ..engine.pending import Pending as Pending
    from ..engine.pending import Progress as Progress
    from .background import PendingExchanges as PendingExchanges
    from .events import ExplorerEvent as ExplorerEvent
    from .explorer import Explorer as Explorer
    from .overrides import Overrides as Overrides
    from .replay import Recheck as Recheck
    from .websocket_session import SocketMessage as SocketMessage
    from .websocket_session import WebSocketSession as WebSocketSession

_MODULES = {
    "Explorer": ".explorer",
    "ExplorerEvent": ".events",
    "Overrides": ".overrides",
    "Pending": "..engine.pending",
    "PendingExchanges": ".background",
    "Progress": "..engine.pending",
    "Recheck": ".replay",
    "SocketMessage": ".websocket_session",
    "WebSocketSession": ".websocket_session",
}

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

__getattr__ = names_of(__name__, _MODULES)
