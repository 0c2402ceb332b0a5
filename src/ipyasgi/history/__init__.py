"""Floor 7: exchanges and their history, the filter over it, and comparison of two of them."""

from __future__ import annotations

from .comparison import Comparison
from .exchange import Exchange, Exchanges
from .history import History

__all__ = [
    "Comparison",
    "Exchange",
    "Exchanges",
    "History",
]
