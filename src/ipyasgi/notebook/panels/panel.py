"""The base of every panel: one widget on one explorer, closed with it."""

from __future__ import annotations

from typing import Any


class Panel:
    """
    One widget on one explorer.

    :param explorer: the attached app
    """

    def __init__(self, explorer: Any) -> None:
        self.explorer = explorer

    def close(self) -> None:
        """Close every comm of the panel."""
