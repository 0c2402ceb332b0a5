"""`Endpoint`: the function that answered a request, and where it ran."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


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
