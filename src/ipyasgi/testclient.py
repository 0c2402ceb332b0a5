"""The drop-in replacement for ``starlette.testclient`` (and FastAPI's): its public names, and additional ones.

Write ``from ipyasgi.testclient import TestClient``. It needs only httpx and anyio.
"""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from .client.response import AppResponse
from .client.testclient import TestClient
from .client.websocket import WebSocketTestSession
from .client.websocket_end import WebSocketDenialResponse, WebSocketDisconnect
from .protocol.types import Receive, Scope, Send

if TYPE_CHECKING:
    from .client.async_websocket import AsyncWebSocketTestSession as AsyncWebSocketTestSession
    from .client.asyncclient import AsyncTestClient as AsyncTestClient

ASGIInstance = Callable[[Receive, Send], Awaitable[None]]
ASGI2App = Callable[[Scope], ASGIInstance]
ASGI3App = Callable[[Scope, Receive, Send], Awaitable[None]]

__all__ = [
    "ASGI2App",
    "ASGI3App",
    "ASGIInstance",
    "AppResponse",
    "AsyncTestClient",
    "AsyncWebSocketTestSession",
    "TestClient",
    "WebSocketDenialResponse",
    "WebSocketDisconnect",
    "WebSocketTestSession",
]

# Imported at the first use: synchronous tests do not need them.
_ASYNC = {"AsyncTestClient": "client.asyncclient", "AsyncWebSocketTestSession": "client.async_websocket"}


def __getattr__(name: str) -> Any:
    if name not in _ASYNC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_ASYNC[name]}", __package__), name)
