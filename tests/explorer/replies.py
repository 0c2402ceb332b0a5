"""A raw app whose answers a test sets, and an explorer on it. Not a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio

from ipyasgi import Explorer, Settings
from ipyasgi.history.history import ExchangeStore


@dataclass
class Replies:
    """
    Answers each path with what stands under it, else with 200 and ``hi``.

    :ivar bodies: bytes, an exception to raise, or a function of the number of the request that returns one of them
    :ivar seen: method and path of every request, in order; ``count`` is how many there were
    """

    bodies: dict[str, Any] = field(default_factory=dict)
    status: dict[str, int] = field(default_factory=dict)
    headers: dict[str, Any] = field(default_factory=dict)
    slow_s: dict[str, float] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    count: int = 0

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            raise RuntimeError("none")
        path = scope["path"]
        await receive()
        self.count += 1
        self.seen.append(f"{scope['method']} {path}")
        await anyio.sleep(self.slow_s.get(path, 0))
        body = self.bodies.get(path, b"hi")
        body = body(self.count) if callable(body) else body
        if isinstance(body, Exception):
            raise body
        kind = b"application/json" if body[:1] in (b"{", b"[") else b"text/plain"
        headers = self.headers.get(path, [(b"content-type", kind)])
        headers = headers(self.count) if callable(headers) else headers
        await send({"type": "http.response.start", "status": self.status.get(path, 200), "headers": headers})
        await send({"type": "http.response.body", "body": body})


@contextmanager
def exploring(replies: Replies, **settings: Any) -> Iterator[Explorer]:
    """Give an explorer on the replies; what the app raises is recorded and not raised."""
    with Explorer(replies, settings=Settings(**settings)) as explorer:
        yield explorer


def get(explorer: Explorer, *paths: str) -> None:
    """Send a GET for each path."""
    for path in paths:
        explorer.get(path, raise_exceptions=False)


def store_of(explorer: Explorer) -> ExchangeStore:
    """Return what keeps the explorer's exchanges, which users do not reach."""
    return explorer._store
