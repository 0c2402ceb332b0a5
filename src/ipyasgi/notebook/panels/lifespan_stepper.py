"""The lifespan, step by step."""

from __future__ import annotations

from .panel import Panel


class LifespanStepper(Panel):
    """Start, step and stop the app's lifespan."""
