"""Floor 5: the routing tables of the frameworks, read without calling the app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import names_of

if TYPE_CHECKING:
    from .route import Route as Route
    from .routes import Routes as Routes

_MODULES = {
    "Route": ".route",
    "Routes": ".routes",
}

__all__ = [
    "Route",
    "Routes",
]

__getattr__ = names_of(__name__, _MODULES)
