"""The panel that holds a WebSocket open. `console.py` puts the others together."""

from __future__ import annotations

from .console import WebSocketConsole

__all__ = ["WebSocketConsole"]
