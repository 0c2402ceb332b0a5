"""What the app raised last, wherever that was. Reads records; keeps and draws nothing."""

from __future__ import annotations

from collections.abc import Iterable

from ..engine.runs import WebSocketRun
from .exchange import Exchange


def newest_exception(exchanges: Iterable[Exchange], conversations: Iterable[WebSocketRun]) -> BaseException | None:
    """Return the newest of what the app raised in them, let out or caught itself; None where all were let go."""
    raised = [(one.sent_at.timestamp(), one.app_exception) for one in exchanges]
    raised += [(run.started_at_s, run.exception) for run in conversations]
    found = [(at_s, exception) for at_s, exception in raised if exception is not None]
    return max(found, key=lambda one: one[0])[1] if found else None
