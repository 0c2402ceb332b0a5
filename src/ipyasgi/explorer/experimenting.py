"""What an `Explorer` gives the experiments: requests that are not recorded, and the exchanges of those that failed."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Sequence
from typing import Any

from ..client.options import OPTIONS
from ..client.response import BoundedResponse
from ..client.testclient import TestClient
from ..engine.pending import Pending, Progress
from ..experiments.load import Load, run_load
from ..experiments.prepared import PreparedRequest
from ..experiments.timing import Timing, build_timing, measure_with, take_turns
from ..experiments.virtual_users import FailedRequest
from ..history.exchange import Exchange
from ..history.history import ExchangeStore
from ..records.settings import Settings
from .replay import OnProgress


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """
    One app of a timing.

    :ivar name: of the explorer
    """

    name: str
    client: TestClient
    request: PreparedRequest
    timeout_s: float | None


def time_requests(
    apps: Sequence[Timed],
    runs: int,
    settings: Settings,
    on_progress: OnProgress | None,
    pending: Pending[Any] | None = None,
) -> Timing:
    """Send the request of one app or two many times, and return the times."""

    def report(progress: Progress) -> None:
        if pending is not None:
            pending.check()
        if on_progress is not None:
            on_progress(progress)

    on_call = pending.take_call if pending is not None else None
    measures = [measure_with(one.client, one.request, one.timeout_s, on_call) for one in apps]
    found = take_turns(measures, runs, report)
    return build_timing(apps[0].request.spec, [one.name for one in apps], found, settings)


def load_app(
    client: TestClient,
    requests: Sequence[PreparedRequest],
    keep: Callable[[FailedRequest], str],
    settings: Settings,
    on_progress: OnProgress | None,
    pending: Pending[Any] | None = None,
    **how: Any,
) -> Load:
    """Run virtual users on the loop of a client's app; ``how`` are arguments of `run_load`."""

    def report(progress: Progress) -> None:
        if pending is not None:
            pending.check()
        if on_progress is not None:
            on_progress(progress)

    client.life.open_gates()
    loop = client.loop
    open_call = functools.partial(client.open_call, loop=loop)
    return run_load(requests, open_call, loop, settings=settings, keep=keep, report=report, **how)


def build_failed(failure: FailedRequest, store: ExchangeStore, settings: Settings) -> Exchange:
    """Return the exchange of a request that failed under load."""
    cycle, request = failure.cycle, failure.request
    request.extensions.pop(OPTIONS, None)
    response = None
    if cycle.status is not None:
        response = BoundedResponse.build(request, cycle, settings.body_bytes, lenient=True)
        response.read()
    run: Any = cycle.run
    return Exchange(
        name=store.next_name(),
        spec=failure.prepared.spec,
        request=request,
        response=response,
        run=run,
        exception=cycle.exception,
        sent_at=failure.sent_at,
        elapsed_ns=run.duration_ns if run is not None else failure.elapsed_ns,
        notes=("failed under load",),
        kept_in=store.reference,
        settings=settings,
    )
