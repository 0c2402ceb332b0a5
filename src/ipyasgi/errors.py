"""The exceptions of this package; `ipyasgi.protocol.errors` draws their tree and groups them by cause."""

from __future__ import annotations

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

__all__ = [
    "AppError",
    "AppExitError",
    "AppInteractionError",
    "AppNotFoundError",
    "CallError",
    "DeadlineError",
    "EventStreamError",
    "FieldError",
    "FilterError",
    "IpyasgiError",
    "LifespanError",
    "LifespanStateError",
    "LoopError",
    "NotAnAppError",
    "ProtocolError",
    "RequestError",
]
