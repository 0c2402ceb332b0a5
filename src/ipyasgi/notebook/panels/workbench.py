"""All panels of one explorer together."""

from __future__ import annotations

from .panel import Panel


class Workbench(Panel):
    """All panels of one explorer together."""
