"""The panel that shows one response in parts. `viewer.py` puts the others together."""

from __future__ import annotations

from .viewer import ResponseViewer

__all__ = ["ResponseViewer"]
