"""The errors that are ours, by what is at fault; the tree is drawn in `ipyasgi.protocol.errors`."""

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
