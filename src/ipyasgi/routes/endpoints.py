"""Reads who answered a request from what the framework's router wrote into the scope."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Mapping
from typing import Any, Literal

from ..records.record import Endpoint
from .route import about_endpoint
from .tables import litestar


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
