"""`Load`: what an app does under virtual users, who send recorded requests on the app's own loop."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..engine import graces
from ..engine.held_time import watch_of
from ..engine.jobs import Job
from ..engine.loops import Loop
from ..engine.pending import Progress
from ..protocol.errors import DeadlineError, RequestError
from ..records.settings import Settings
from ..shown import Shown
from .load_step import LoadStep
from .prepared import PreparedRequest
from .trials import check_seconds
from .virtual_users import Crowd, FailedRequest, OpenCall

USERS = (1, 4, 16, 64)
MOST_USERS = 1000
MOST_FAILURES = 10
_SLICE_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Load(Shown):
    """
    What an app did under load, without a server and a network.

    Where the app waits, a server shows the same; where it computes, a server is slower, by a factor of 1.1 to 2.

    :ivar steps: one for each number of users
    :ivar requests: the number of different requests that the users sent in turn
    :ivar kept: the names of the failed exchanges in the history, at most 10
    """

    steps: tuple[LoadStep, ...]
    requests: int = 1
    kept: tuple[str, ...] = ()
    settings: Settings = field(default_factory=Settings)

    def __repr__(self) -> str:
        best = max((step.per_s for step in self.steps), default=0.0)
        return f"<Load: {len(self.steps)} steps, at most {best:.0f} responses/s>"


def check_load(users: Sequence[int], seconds: float) -> tuple[int, ...]:
    """Return the numbers of users; raises `RequestError` for numbers that cannot be."""
    found = tuple(users) if isinstance(users, Iterable) else ()
    if not found or not all(isinstance(one, int) and 0 < one <= MOST_USERS for one in found):
        raise RequestError(f"users must be numbers from 1 to {MOST_USERS}, such as (1, 4, 16)")
    check_seconds(seconds)
    return found


def run_load(
    requests: Sequence[PreparedRequest],
    open_call: OpenCall,
    loop: Loop,
    *,
    users: Sequence[int],
    seconds: float,
    timeout_s: float | None,
    settings: Settings,
    keep: Callable[[FailedRequest], str],
    report: Callable[[Progress], object],
) -> Load:
    """
    Send the requests with each number of users in turn.

    :param open_call: returns the call of a request, not started yet
    :param loop: the app's loop
    :param seconds: for each number of users
    :param timeout_s: how long the requests without a response may take when the time is up; None for no limit. If some
        take longer, there are no further steps
    :param keep: records a failed request, and returns its name
    :param report: called with the progress several times a second; an exception that it raises ends the load
    Raises `DeadlineError` if the app blocks its loop for longer than that.
    """
    steps: list[LoadStep] = []
    kept: list[str] = []
    progress, began_s = Progress(total=len(users), unit="steps"), time.monotonic()
    report(progress)
    for number in users:
        crowd = Crowd(requests, open_call, users=number, seconds=seconds, timeout_s=timeout_s)
        limit_s = None if timeout_s is None else seconds + 2 * timeout_s + 1.0
        for _ in _wait(crowd, loop, limit_s):
            report(replace(progress, elapsed_s=time.monotonic() - began_s))
        steps.append(crowd.step())
        kept += [keep(failure) for failure in crowd.failures[: MOST_FAILURES - len(kept)]]
        progress = replace(
            progress,
            done=progress.done + 1,
            failed=progress.failed + steps[-1].failed,
            elapsed_s=time.monotonic() - began_s,
        )
        report(progress)
        if steps[-1].cut:  # more users would wait too
            break
    return Load(steps=tuple(steps), requests=len(requests), kept=tuple(kept), settings=settings)


def _wait(crowd: Crowd, loop: Loop, limit_s: float | None) -> Iterator[None]:
    """Run one step on the app's loop, and yield several times a second until its end; an interrupt ends it."""
    loop.check_wait()
    watch, until_s = watch_of(loop.present), time.monotonic() + (math.inf if limit_s is None else limit_s)
    job: Job[Any] = loop.submit(crowd.run)
    try:
        report_at_s = time.monotonic() + _SLICE_S
        while not job.done():
            with contextlib.suppress(TimeoutError):
                job.result(watch.every_s)
            watch.look()
            now_s = time.monotonic()
            if now_s >= report_at_s:
                report_at_s = now_s + _SLICE_S
                yield
            if now_s > until_s and not job.done():
                raise DeadlineError("end of the load", limit_s or 0.0, place=crowd.place(loop))
        job.result(0)
    except BaseException:  # also an interrupt: the users must not go on
        crowd.stop()
        if not job.done() and not job.end(graces.CANCEL_S):
            loop.suspect = True
        raise
