"""How far a request under way has come, read from its messages, and how far a replay. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..engine.runs import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """
    How far one request has come.

    :ivar sent_bytes: bytes of the request's body that the app has taken, of ``sent_of_bytes``
    :ivar status: the status, None before the response starts
    :ivar chunks: messages of the response's body so far, and ``received_bytes`` in them
    :ivar elapsed_s: seconds since it was sent, until its end
    """

    sent_bytes: int = 0
    sent_of_bytes: int = 0
    status: int | None = None
    chunks: int = 0
    received_bytes: int = 0
    elapsed_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayProgress:
    """
    How far a replay or a recheck has come.

    :ivar done: requests that were sent again and have ended, of ``total``
    :ivar failed: those of them that `Exchange.failed` is true for
    :ivar first: the name of the first new exchange, and ``last`` of the newest; empty before there is one
    :ivar elapsed_s: seconds since it began
    """

    done: int = 0
    total: int
    failed: int = 0
    first: str = ""
    last: str = ""
    elapsed_s: float = 0.0


def measure(events: Sequence[Event], *, sent_of_bytes: int, elapsed_s: float) -> Progress:
    """Return what the messages so far come to."""
    sent = chunks = received = 0
    status: int | None = None
    for event in events:
        if event.type == "http.request":
            sent += event.body_bytes
        elif event.type == "http.response.start":
            status = event.message.get("status")
        elif event.type == "http.response.body":
            chunks += 1
            received += event.body_bytes
    return Progress(
        sent_bytes=sent,
        sent_of_bytes=sent_of_bytes,
        status=status,
        chunks=chunks,
        received_bytes=received,
        elapsed_s=elapsed_s,
    )
