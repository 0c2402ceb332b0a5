"""`LoadStep`: what an app did with one number of virtual users."""

from __future__ import annotations

from dataclasses import dataclass

from .statistics import quantile


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLine:
    """
    A line of the app that held the event loop.

    :ivar place: ``shop/api.py:42 in block``
    :ivar requests: in how many requests it was the longest stretch, of at least 20 ms
    :ivar longest_ns: the longest of them
    :ivar total_ns: all of them
    """

    place: str
    requests: int
    longest_ns: int
    total_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadStep:
    """
    One number of users; latencies count from the end of the user's previous response, so waiting for a turn is in them.

    :ivar users: how many there were
    :ivar duration_ns: from the start until the last response
    :ivar latencies_ns: of each response, in the order of their ends
    :ivar failed: responses of 500 and above, and requests in which the app raised or sent no response
    :ivar waiting: requests without a response when the time was up; they could still end
    :ivar cut: those of them that did not end within the timeout, and were cancelled
    :ivar held: the lines that held the loop, the longest in all first
    :ivar waiting_for_thread: the most requests that waited at once, because all worker threads of anyio were taken
    :ivar threads: the number of these threads, in which Starlette and FastAPI run what is not ``async``
    """

    users: int
    duration_ns: int
    latencies_ns: tuple[int, ...]
    failed: int = 0
    waiting: int = 0
    cut: int = 0
    held: tuple[HeldLine, ...] = ()
    waiting_for_thread: int = 0
    threads: int = 0

    @property
    def requests(self) -> int:
        """The number of responses."""
        return len(self.latencies_ns)

    @property
    def per_s(self) -> float:
        """Responses per second."""
        return self.requests / max(self.duration_ns / 1e9, 1e-9)

    @property
    def p50_ns(self) -> int:
        """The median latency."""
        return round(quantile(self.latencies_ns, 0.5))

    @property
    def p95_ns(self) -> int:
        """The latency that 95 percent of the responses do not exceed."""
        return round(quantile(self.latencies_ns, 0.95))

    @property
    def p99_ns(self) -> int:
        """The latency that 99 percent of the responses do not exceed."""
        return round(quantile(self.latencies_ns, 0.99))
