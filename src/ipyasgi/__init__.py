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
    from .explore.comparison import Comparison
    from .explore.exchange import Exchange, Exchanges
    from .explore.explorer import Explorer
    from .explore.formats.reading import import_requests
    from .explore.history import History
    from .explore.openapi.document import Document
    from .explore.openapi.operation import Operation
    from .explore.pending import PendingExchange, PendingExchanges
    from .explore.progress import Progress, ReplayProgress
    from .explore.replay import Recheck
    from .explore.replays import PendingRecheck, PendingReplay
    from .explore.requests import RequestSpec
    from .explore.routes import Route, Routes
    from .explore.settings import Settings
    from .explore.state_look import StateLook
    from .explore.websocket_session import SocketMessage, WebSocketSession
    from .notebook.panels.history_table import HistoryTable
    from .notebook.panels.lifespan_stepper import LifespanStepper
    from .notebook.panels.request_builder import RequestBuilder
    from .notebook.panels.response_viewer import ResponseViewer
    from .notebook.panels.state_inspector import StateInspector
    from .notebook.panels.websocket_console import WebSocketConsole
    from .notebook.panels.workbench import Workbench
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
    "Comparison": "explore.comparison",
    "DeadlineError": "protocol.errors",
    "Document": "explore.openapi.document",
    "Event": "engine.runs",
    "EventStreamError": "protocol.errors",
    "Exchange": "explore.exchange",
    "Exchanges": "explore.exchange",
    "Explorer": "explore.explorer",
    "FieldError": "protocol.errors",
    "FilterError": "protocol.errors",
    "History": "explore.history",
    "HistoryTable": "notebook.panels.history_table",
    "HttpRun": "engine.runs",
    "IpyasgiError": "protocol.errors",
    "KernelLoop": "engine.kernel_loop",
    "LifespanError": "protocol.errors",
    "LifespanRun": "engine.runs",
    "LifespanStateError": "protocol.errors",
    "LifespanStepper": "notebook.panels.lifespan_stepper",
    "LoopError": "protocol.errors",
    "NotAnAppError": "protocol.errors",
    "Operation": "explore.openapi.operation",
    "PendingExchange": "explore.pending",
    "PendingExchanges": "explore.pending",
    "PendingRecheck": "explore.replays",
    "PendingReplay": "explore.replays",
    "Progress": "explore.progress",
    "ProtocolError": "protocol.errors",
    "Recheck": "explore.replay",
    "ReplayProgress": "explore.progress",
    "RequestBuilder": "notebook.panels.request_builder",
    "RequestError": "protocol.errors",
    "RequestSpec": "explore.requests",
    "ResponseViewer": "notebook.panels.response_viewer",
    "Route": "explore.routes",
    "Routes": "explore.routes",
    "Run": "engine.runs",
    "ServerPush": "engine.extensions",
    "ServerSentEvent": "protocol.event_stream",
    "Settings": "explore.settings",
    "SocketMessage": "explore.websocket_session",
    "StateInspector": "notebook.panels.state_inspector",
    "StateLook": "explore.state_look",
    "TestClient": "client.testclient",
    "WebSocketConsole": "notebook.panels.websocket_console",
    "WebSocketDenialResponse": "client.disconnects",
    "WebSocketDisconnect": "client.disconnects",
    "WebSocketRun": "engine.runs",
    "WebSocketSession": "explore.websocket_session",
    "WebSocketTestSession": "client.websocket",
    "Workbench": "notebook.panels.workbench",
    "import_requests": "explore.formats.reading",
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
