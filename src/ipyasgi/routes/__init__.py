"""Floor 5: the routing tables of the frameworks, read without calling the app."""

from __future__ import annotations

from .route import Route
from .routes import Routes

__all__ = [
    "Route",
    "Routes",
]
