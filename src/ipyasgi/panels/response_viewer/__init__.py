"""The panel that shows one response in parts."""

from __future__ import annotations

from .viewer import ResponseViewer

__all__ = ["ResponseViewer"]
