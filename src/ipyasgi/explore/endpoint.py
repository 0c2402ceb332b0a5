"""`Endpoint`: who answered a request, as the framework's router wrote it into the scope, and where it ran."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .route import about_endpoint
from .route_tables import litestar


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """
    The function that a router chose for a request.

    :ivar handler: its qualified name
    :ivar source: ``file:line``, empty where Python cannot tell
    :ivar thread: an ``async def`` runs on the ``event loop``, a ``def`` in a ``worker thread``; empty for a class
    """

    handler: str
    source: str = ""
    thread: Literal["event loop", "worker thread", ""] = ""

    def __str__(self) -> str:
        place = f" ({self.source})" if self.source else ""
        where = {"event loop": " on the event loop", "worker thread": " in a worker thread"}.get(self.thread, "")
        return f"{self.handler}{place}{where}"


def read_endpoint(scope: Mapping[str, Any]) -> Endpoint | None:
    """
    Return the endpoint that was written into a scope while the app ran; None where no router did.

    Starlette and FastAPI write ``scope["endpoint"]``; their ``def`` endpoints run in a thread pool. Litestar writes
    ``scope["route_handler"]``, whose ``def`` function runs there only where it was asked for.
    """
    endpoint, pooled = scope.get("endpoint"), True
    handler = scope.get("route_handler")
    if handler is not None:  # also where Litestar is mounted in another, which wrote the whole of it as the endpoint
        endpoint, pooled = litestar.function_of(handler), bool(getattr(handler, "sync_to_thread", None))
    if not callable(endpoint):
        return None
    about = about_endpoint(endpoint)
    thread = _thread_of(endpoint) if pooled else "event loop"
    return Endpoint(handler=about["handler"], source=about["source"], thread=thread)


def _thread_of(endpoint: Any) -> Literal["event loop", "worker thread", ""]:
    while isinstance(endpoint, functools.partial):
        endpoint = endpoint.func
    if inspect.isclass(endpoint):
        return ""
    called = endpoint if inspect.isroutine(endpoint) else type(endpoint).__call__
    return "event loop" if inspect.iscoroutinefunction(called) else "worker thread"
