"""`Timing`: how long one request takes, alone or against another app, by sending it many times in turns."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..client.options import CallOptions
from ..client.testclient import TestClient
from ..engine.call import AppCall
from ..engine.pending import Progress
from ..protocol.errors import RequestError
from ..records.output import OurClient
from ..records.requests import RequestSpec
from ..records.settings import Settings
from ..shown import Shown
from .prepared import PreparedRequest, QuietObserver
from .statistics import RatioEstimate, Round, Verdict, compare_rounds, quantile

MOST_RUNS = 100_000
TURN = 3
"""Requests in a row to one app: the first has cold caches, and the fastest is disturbed least by other processes."""
_WARM_SHARE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """
    The times of one app.

    :ivar name: of the explorer
    :ivar times_ns: nanoseconds from calling the app to the last message of its response, in the order of sending
    :ivar statuses: how many responses had each status
    """

    name: str
    times_ns: tuple[int, ...]
    statuses: Mapping[int, int] = field(default_factory=dict)

    @property
    def median_ns(self) -> int:
        """The median."""
        return round(quantile(self.times_ns, 0.5))

    @property
    def p95_ns(self) -> int:
        """The time that 95 percent of them do not exceed."""
        return round(quantile(self.times_ns, 0.95))


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Timing(Shown):
    """
    How long a request takes; the times are those of the app alone, without the client.

    :ivar spec: the request
    :ivar samples: its times
    :ivar against: those of the other app, if it was compared with one
    :ivar estimate: how they compare
    """

    spec: RequestSpec
    samples: Samples
    against: Samples | None = None
    estimate: RatioEstimate | None = None
    settings: Settings = field(default_factory=Settings)

    @property
    def median_ns(self) -> int:
        """The median time in nanoseconds."""
        return self.samples.median_ns

    @property
    def p95_ns(self) -> int:
        """The nanoseconds that 95 percent of the times do not exceed."""
        return self.samples.p95_ns

    @property
    def ratio(self) -> float | None:
        """The time of this app as a part of the other's, in rounds that sent to both; None without another app."""
        return self.estimate.ratio if self.estimate is not None else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The bounds of the ratio, with a confidence of 99 percent; None without another app."""
        return self.estimate.interval if self.estimate is not None else None

    @property
    def verdict(self) -> Verdict:
        """``faster`` or ``slower`` than the other app; empty if the times do not allow to say so."""
        return self.estimate.verdict if self.estimate is not None else ""

    def __repr__(self) -> str:
        ratio = f", ratio {self.ratio:.2f}" if self.ratio is not None else ""
        return f"<Timing of {self.spec.method}: median {self.median_ns / 1e6:.3g} ms{ratio}>"


Measure = Callable[[], tuple[int, int]]
"""Sends the request once, and returns nanoseconds and status."""
Turn = list[tuple[int, int]]


def take_turns(
    measures: Sequence[Measure],
    runs: int,
    report: Callable[[Progress], object],
    shuffle: Callable[[list[int]], object] = random.shuffle,
) -> list[list[Turn]]:
    """
    Return the times and statuses of one or two apps, a list for each turn.

    First each is warmed up. Then each round gives two turns to each app, in random order, so that whatever changes on
    the machine changes all of them.

    :param runs: requests to each app, rounded up to whole rounds
    """
    rounds = -(-runs // (2 * TURN))
    warm = max(runs // _WARM_SHARE // TURN, 1)
    progress = Progress(total=(warm + 2 * rounds) * TURN * len(measures), unit="sent")
    began_s = time.monotonic()
    report(progress)
    found: list[list[Turn]] = [[] for _ in measures]
    for number in range(warm + rounds):
        order = [*range(len(measures))] * (1 if number < warm else 2)
        shuffle(order)
        for which in order:
            turn = []
            for _ in range(TURN):
                turn.append(measures[which]())
                failed = progress.failed + (turn[-1][1] >= 500)
                elapsed_s = time.monotonic() - began_s
                progress = replace(progress, done=progress.done + 1, failed=failed, elapsed_s=elapsed_s)
                report(progress)
            if number >= warm:
                found[which].append(turn)
    return found


def build_timing(
    spec: RequestSpec, names: Sequence[str], found: Sequence[Sequence[Turn]], settings: Settings
) -> Timing:
    """Return the timing of the turns of one app, or of two apps."""
    samples = []
    for name, turns in zip(names, found, strict=True):
        every = [one for turn in turns for one in turn]
        statuses = dict(Counter(status for _, status in every))
        samples.append(Samples(name=name, times_ns=tuple(ns for ns, _ in every), statuses=statuses))
    if len(samples) == 1:
        return Timing(spec=spec, samples=samples[0], settings=settings)
    first, second = ([min(ns for ns, _ in turn) for turn in turns] for turns in found)
    rounds: list[Round] = [
        ((first[at], first[at + 1]), (second[at], second[at + 1])) for at in range(0, len(first) - 1, 2)
    ]
    estimate = compare_rounds(rounds)
    return Timing(spec=spec, samples=samples[0], against=samples[1], estimate=estimate, settings=settings)


def measure_with(
    client: TestClient,
    request: PreparedRequest,
    timeout_s: float | None,
    on_call: Callable[[AppCall], object] | None = None,
) -> Measure:
    """
    Return what sends the request through a client; it raises `DeadlineError` if the app does not respond in time.

    :param on_call: called with each call of the app
    """

    def measure() -> tuple[int, int]:
        watch = QuietObserver()
        options = CallOptions(
            raise_server_exceptions=False, observe=lambda: watch, total_timeout_s=timeout_s, on_call=on_call
        )
        with OurClient():
            response = client.send(request.build(options, timeout_s), follow_redirects=False, auth=None)
        if watch.run is None:
            raise RequestError(f"the app was not called: {response.status_code}")
        return max(watch.run.response_end_ns or watch.run.duration_ns, 1), response.status_code

    return measure
