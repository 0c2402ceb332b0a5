"""The panels by their names in ``%asgi panel``. Each is one class, one widget, usable alone."""

from __future__ import annotations

from .history_table import HistoryTable
from .lifespan_stepper import LifespanStepper
from .panel import Panel
from .request_builder import RequestBuilder
from .response_viewer import ResponseViewer
from .state_inspector import StateInspector
from .websocket_console import WebSocketConsole
from .workbench import Workbench

PANELS: dict[str, type[Panel]] = {
    "workbench": Workbench,
    "request": RequestBuilder,
    "response": ResponseViewer,
    "websocket": WebSocketConsole,
    "history": HistoryTable,
    "state": StateInspector,
    "lifespan": LifespanStepper,
}

__all__ = [
    "PANELS",
    "HistoryTable",
    "LifespanStepper",
    "Panel",
    "RequestBuilder",
    "ResponseViewer",
    "StateInspector",
    "WebSocketConsole",
    "Workbench",
]
