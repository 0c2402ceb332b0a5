"""`OpenedApp`: the app of a command that sends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedApp:
    """
    The app of the command.

    :ivar name: its ``module:attr``
    :ivar starts: whether its lifespan runs
    """

    app: Any
    name: str
    starts: bool


def is_event_stream(content_type: str) -> bool:
    """Return whether a response of this type may have no end, so that it is printed as it comes, without a limit."""
    return content_type.partition(";")[0].strip().lower() == "text/event-stream"
