"""Floor 7: exchanges, their history and its filter, and the comparison of two exchanges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import names_of

if TYPE_CHECKING:
    from .comparison import Comparison as Comparison
    from .exchange import Exchange as Exchange
    from .exchange import Exchanges as Exchanges
    from .history import History as History
    from .request_times import RequestTimes as RequestTimes
    from .websocket_exchange import WebSocketExchange as WebSocketExchange

_MODULES = {
    "Comparison": ".comparison",
    "Exchange": ".exchange",
    "Exchanges": ".exchange",
    "History": ".history",
    "RequestTimes": ".request_times",
    "WebSocketExchange": ".websocket_exchange",
}

__all__ = ["Comparison", "Exchange", "Exchanges", "History", "RequestTimes", "WebSocketExchange"]

__getattr__ = names_of(__name__, _MODULES)
