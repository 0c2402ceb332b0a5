"""Floor 7: exchanges, their history and its filter, and the comparison of two exchanges."""

from __future__ import annotations

from .comparison import Comparison
from .exchange import Exchange, Exchanges
from .history import History
from .request_times import RequestTimes
from .websocket_exchange import WebSocketExchange

__all__ = ["Comparison", "Exchange", "Exchanges", "History", "RequestTimes", "WebSocketExchange"]
