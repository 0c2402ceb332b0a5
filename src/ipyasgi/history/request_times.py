"""`RequestTimes`: the times of several requests in a few figures. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..records.record import Record

BINS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestTimes:
    """
    The times to the complete response, without background work, in nanoseconds.

    :ivar histogram: the number of requests in each of 16 equal steps from the fastest to ``p95_ns``, then of the slower
    """

    count: int
    fastest_ns: int
    median_ns: float
    p95_ns: float
    worst_ns: int
    histogram: tuple[int, ...]


def try_times(exchanges: Iterable[Record]) -> RequestTimes | None:
    """Return the times of the exchanges with a response; None without any."""
    times_ns = sorted(_time_of(one) for one in exchanges if one.answered)
    if not times_ns:
        return None
    import statistics  # of many requests; one has a duration

    many = times_ns if len(times_ns) > 1 else times_ns * 2
    p95_ns = statistics.quantiles(many, n=20, method="inclusive")[-1]
    fastest_ns = times_ns[0]
    step_ns = (p95_ns - fastest_ns) / BINS or 1.0
    bins = [0] * (BINS + 1)
    for one in times_ns:
        bins[BINS if one > p95_ns else min(int((one - fastest_ns) / step_ns), BINS - 1)] += 1
    return RequestTimes(
        count=len(times_ns),
        fastest_ns=fastest_ns,
        median_ns=statistics.median(times_ns),
        p95_ns=p95_ns,
        worst_ns=times_ns[-1],
        histogram=tuple(bins),
    )


def _time_of(exchange: Record) -> int:
    return max(exchange.elapsed_ns - (exchange.run.background_ns if exchange.run is not None else 0), 0)
