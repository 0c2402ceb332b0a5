"""Floor 11: the panels by their names in ``%asgi panel``; running requests are displayed as a `PendingBoard`."""

from __future__ import annotations

from ..engine.pending import Pending
from ..explorer.background import PendingExchanges
from ..shown import VIEWS
from .history_table import HistoryTable
from .lifespan_stepper import LifespanStepper
from .panel import Panel
from .pending_board import show_live
from .request_builder.builder import RequestBuilder
from .response_viewer.viewer import ResponseViewer
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

for _kind in (Pending, PendingExchanges):
    VIEWS.add_live(_kind, show_live)

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
