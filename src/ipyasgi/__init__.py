"""
Explore an ASGI app from IPython and Jupyter: call it, watch every message, step its lifespan.

The door: one table of names and the modules they come from, opened when first used (PEP 562), so that
``import ipyasgi`` pulls in neither IPython nor ipywidgets.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .client.async_websocket import AsyncWebSocketTestSession
    from .client.asyncclient import AsyncTestClient
    from .client.disconnects import WebSocketDenialResponse, WebSocketDisconnect
    from .client.options import CallOptions
    from .client.response import AppResponse
    from .client.testclient import TestClient
    from .client.websocket import WebSocketTestSession
    from .engine.background_loop import BackgroundLoop
    from .engine.extensions import ServerPush
    from .engine.kernel_loop import KernelLoop
    from .engine.runs import Event, HttpRun, LifespanRun, Run, WebSocketRun
    from .explorer.explorer import Explorer
    from .explorer.pending import PendingExchange, PendingExchanges
    from .explorer.progress import Progress, ReplayProgress
    from .explorer.replay import Recheck
    from .explorer.replays import PendingRecheck, PendingReplay
    from .explorer.websocket_session import SocketMessage, WebSocketSession
    from .formats.reading import import_requests
    from .history.comparison import Comparison
    from .history.exchange import Exchange, Exchanges
    from .history.history import History
    from .openapi.document import Document
    from .openapi.operation import Operation
    from .panels.history_table import HistoryTable
    from .panels.lifespan_stepper import LifespanStepper
    from .panels.request_builder import RequestBuilder
    from .panels.response_viewer import ResponseViewer
    from .panels.state_inspector import StateInspector
    from .panels.websocket_console import WebSocketConsole
    from .panels.workbench import Workbench
    from .protocol.errors import (
        AppError,
        AppExitError,
        AppInteractionError,
        AppNotFoundError,
        CallError,
        DeadlineError,
        EventStreamError,
        FieldError,
        FilterError,
        IpyasgiError,
        LifespanError,
        LifespanStateError,
        LoopError,
        NotAnAppError,
        ProtocolError,
        RequestError,
    )
    from .protocol.event_stream import ServerSentEvent
    from .records.requests import RequestSpec
    from .records.settings import Settings
    from .records.state_look import StateLook
    from .routes.routes import Route, Routes

__version__ = "0.1.0"

_MODULES = {
    "AppError": "protocol.errors",
    "AppExitError": "protocol.errors",
    "AppInteractionError": "protocol.errors",
    "AppNotFoundError": "protocol.errors",
    "AppResponse": "client.response",
    "AsyncTestClient": "client.asyncclient",
    "AsyncWebSocketTestSession": "client.async_websocket",
    "BackgroundLoop": "engine.background_loop",
    "CallError": "protocol.errors",
    "CallOptions": "client.options",
    "Comparison": "history.comparison",
    "DeadlineError": "protocol.errors",
    "Document": "openapi.document",
    "Event": "engine.runs",
    "EventStreamError": "protocol.errors",
    "Exchange": "history.exchange",
    "Exchanges": "history.exchange",
    "Explorer": "explorer.explorer",
    "FieldError": "protocol.errors",
    "FilterError": "protocol.errors",
    "History": "history.history",
    "HistoryTable": "panels.history_table",
    "HttpRun": "engine.runs",
    "IpyasgiError": "protocol.errors",
    "KernelLoop": "engine.kernel_loop",
    "LifespanError": "protocol.errors",
    "LifespanRun": "engine.runs",
    "LifespanStateError": "protocol.errors",
    "LifespanStepper": "panels.lifespan_stepper",
    "LoopError": "protocol.errors",
    "NotAnAppError": "protocol.errors",
    "Operation": "openapi.operation",
    "PendingExchange": "explorer.pending",
    "PendingExchanges": "explorer.pending",
    "PendingRecheck": "explorer.replays",
    "PendingReplay": "explorer.replays",
    "Progress": "explorer.progress",
    "ProtocolError": "protocol.errors",
    "Recheck": "explorer.replay",
    "ReplayProgress": "explorer.progress",
    "RequestBuilder": "panels.request_builder",
    "RequestError": "protocol.errors",
    "RequestSpec": "records.requests",
    "ResponseViewer": "panels.response_viewer",
    "Route": "routes.routes",
    "Routes": "routes.routes",
    "Run": "engine.runs",
    "ServerPush": "engine.extensions",
    "ServerSentEvent": "protocol.event_stream",
    "Settings": "records.settings",
    "SocketMessage": "explorer.websocket_session",
    "StateInspector": "panels.state_inspector",
    "StateLook": "records.state_look",
    "TestClient": "client.testclient",
    "WebSocketConsole": "panels.websocket_console",
    "WebSocketDenialResponse": "client.disconnects",
    "WebSocketDisconnect": "client.disconnects",
    "WebSocketRun": "engine.runs",
    "WebSocketSession": "explorer.websocket_session",
    "WebSocketTestSession": "client.websocket",
    "Workbench": "panels.workbench",
    "import_requests": "formats.reading",
}

__all__ = [
    "AppError",
    "AppExitError",
    "AppInteractionError",
    "AppNotFoundError",
    "AppResponse",
    "AsyncTestClient",
    "AsyncWebSocketTestSession",
    "BackgroundLoop",
    "CallError",
    "CallOptions",
    "Comparison",
    "DeadlineError",
    "Document",
    "Event",
    "EventStreamError",
    "Exchange",
    "Exchanges",
    "Explorer",
    "FieldError",
    "FilterError",
    "History",
    "HistoryTable",
    "HttpRun",
    "IpyasgiError",
    "KernelLoop",
    "LifespanError",
    "LifespanRun",
    "LifespanStateError",
    "LifespanStepper",
    "LoopError",
    "NotAnAppError",
    "Operation",
    "PendingExchange",
    "PendingExchanges",
    "PendingRecheck",
    "PendingReplay",
    "Progress",
    "ProtocolError",
    "Recheck",
    "ReplayProgress",
    "RequestBuilder",
    "RequestError",
    "RequestSpec",
    "ResponseViewer",
    "Route",
    "Routes",
    "Run",
    "ServerPush",
    "ServerSentEvent",
    "Settings",
    "SocketMessage",
    "StateInspector",
    "StateLook",
    "TestClient",
    "WebSocketConsole",
    "WebSocketDenialResponse",
    "WebSocketDisconnect",
    "WebSocketRun",
    "WebSocketSession",
    "WebSocketTestSession",
    "Workbench",
    "import_requests",
]


def __getattr__(name: str) -> Any:
    try:
        module = _MODULES[name]
    except KeyError:
        raise AttributeError(f"module 'ipyasgi' has no attribute {name!r}") from None
    return getattr(importlib.import_module(f".{module}", __name__), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_MODULES])


def load_ipython_extension(shell: Any) -> None:
    """``%load_ext ipyasgi``: register ``%asgi`` and ``%%asgi``."""
    importlib.import_module(".notebook", __name__).load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """``%unload_ext ipyasgi``: take everything back that loading put there."""
    importlib.import_module(".notebook", __name__).unload(shell)
