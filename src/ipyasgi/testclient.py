"""The drop-in door: the public names of ``starlette.testclient``, with the same meaning.

Replace ``from starlette.testclient import TestClient`` (or FastAPI's) by
``from ipyasgi.testclient import TestClient``. Needs only httpx and anyio.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from .client.disconnects import WebSocketDenialResponse, WebSocketDisconnect
from .client.testclient import TestClient
from .client.websocket import WebSocketTestSession
from .protocol.types import Receive, Scope, Send

ASGIInstance = Callable[[Receive, Send], Awaitable[None]]
ASGI2App = Callable[[Scope], ASGIInstance]
ASGI3App = Callable[[Scope, Receive, Send], Awaitable[None]]

__all__ = [
    "ASGI2App",
    "ASGI3App",
    "ASGIInstance",
    "TestClient",
    "WebSocketDenialResponse",
    "WebSocketDisconnect",
    "WebSocketTestSession",
]
