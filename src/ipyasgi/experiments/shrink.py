"""`shrink`: the fewest earlier requests, and the smallest bodies and ids, with which a request still fails.

Each try begins with a fresh start of the app. An app object has one state, so a second lifespan beside the running
one would overwrite it, and its shutdown would close what both share: the tries restart the app itself. Afterwards the
requests that had changed its state are sent again, and `Shrunk.notes` say whether the state is what it was.
"""

from __future__ import annotations

import contextlib
import json
import math
import re
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, field, replace
from typing import Any

from ..engine.pending import Progress
from ..history.exchange import Exchange, Exchanges
from ..protocol.errors import RequestError
from ..records.requests import SAFE_METHODS, RequestSpec
from ..records.settings import Settings
from ..records.state import compare
from ..shown import Shown, hint
from .shrink_steps import fewest, smaller_values
from .trials import Failure, Trials, read_failure

_MOST_NAMES = 5
_NUMBER = re.compile(r"(?<=/)[0-9]{1,18}(?=/|\Z)", re.ASCII)
_LEAST_NUMBERS = 3  # 0, 1 and 2 are tried
# Of the requests that changed the state, the last before the failure are tried first, and the first: an app may count.
FEW = (4, 16, 64)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Shrunk(Shown):
    """
    The requests that make one fail, each as small as it was found, on a fresh start of the app.

    :ivar steps: what was sent and received, the failing request last; in the history. Empty if it did not fail again
    :ivar before: the exchange of the history that each step came from; its request may be larger
    :ivar target: the exchange that was to fail again
    :ivar failure: how it failed
    :ivar earlier: the number of requests before it in the history
    :ivar tries: fresh starts of the app; ``requests`` were sent in all
    :ivar seconds: that it took
    :ivar stopped: ``finished``, ``time`` or ``interrupted``; after the last two, fewer steps may do
    :ivar notes: what became of the app's state, and why the failure may not have come back
    """

    steps: Exchanges
    before: Exchanges
    target: Exchange
    failure: Failure
    earlier: int
    tries: int
    requests: int
    seconds: float
    stopped: str = "finished"
    notes: tuple[str, ...] = ()
    settings: Settings = field(default_factory=Settings)

    @property
    def failed_again(self) -> bool:
        """Whether the failure came back on a fresh start."""
        return bool(self.steps)

    def __repr__(self) -> str:
        if not self.steps:
            end = "it did not fail again" if self.stopped == "finished" else "not made to fail again"
            return f"<Shrunk {self.target.name}: {end}, {self.tries} tries>"
        return f"<Shrunk {self.target.name}: {len(self.steps)} of {self.earlier + 1} requests, {self.tries} tries>"


class TimeIsUp(Exception):
    """No further try fits into the time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A request of a try, and the exchange it came from."""

    spec: RequestSpec
    origin: Exchange


@dataclass(slots=True, kw_only=True)
class Shrinker:
    """
    Makes one list of requests smaller.

    :ivar best: the smallest list that failed so far, with its ``results``
    :ivar last: the newest try, each step with its result
    :ivar rejected: lists that did not fail, which are not tried again
    :ivar until_s: of the monotonic clock, after which no request of a try is sent
    :ivar on_try: called before each try
    """

    trials: Trials
    failure: Failure
    until_s: float
    on_try: Callable[[], object] = lambda: None
    best: list[Step] = field(default_factory=list)
    results: list[Exchange] = field(default_factory=list)
    last: list[tuple[Step, Exchange]] = field(default_factory=list)
    rejected: set[tuple[RequestSpec, ...]] = field(default_factory=set)
    tries: int = 0
    requests: int = 0

    def fails(self, steps: Sequence[Step]) -> bool:
        """Send the requests to a fresh start of the app, and return whether the last one fails in the same way."""
        specs = tuple(step.spec for step in steps)
        if specs in self.rejected:
            return False
        if time.monotonic() >= self.until_s:
            raise TimeIsUp
        self.on_try()
        self.tries += 1
        results = self.send(steps, in_time=True)
        self.last = list(zip(steps, results, strict=True))
        found = read_failure(results[-1]) == self.failure
        if found:
            self.best, self.results = list(steps), results
        else:
            self.rejected.add(specs)
        return found

    def send(self, steps: Sequence[Step], *, in_time: bool = False) -> list[Exchange]:
        """Restart the app and send the requests; with ``in_time`` raises `TimeIsUp` before one that is too late."""
        self.trials.restart()
        results = []
        for step in steps:
            if in_time and time.monotonic() >= self.until_s:
                raise TimeIsUp
            self.requests += 1
            results.append(self.trials.send(step.spec, step.origin))
        return results

    def leave_out_requests(self) -> None:
        """Leave out the requests before the last that are not needed."""
        *earlier, target = self.best
        fewest(earlier, lambda some: self.fails([*some, target]))

    def make_numbers_smaller(self) -> bool:
        """
        Replace numbers in paths, in all requests at once, by smaller ones as long as it fails.

        An item that is there after each start then takes the place of one that earlier requests have made.
        """
        changed = False
        for number in sorted({int(one) for step in self.best for one in _NUMBER.findall(step.spec.path)}, reverse=True):
            for smaller in range(min(number, _LEAST_NUMBERS)):
                steps = [replace(step, spec=_renumbered(step.spec, number, smaller)) for step in self.best]
                if self.fails(steps):
                    changed = True
                    break
        return changed

    def make_bodies_smaller(self) -> None:
        """Replace JSON bodies by smaller ones as long as it fails."""
        while any(self._try_smaller(at) for at in range(len(self.best))):
            pass

    def _try_smaller(self, at: int) -> bool:
        """Return whether the body of one step became smaller."""
        step = self.best[at]
        value = _read_json(step.spec)
        if value is None:
            return False
        for candidate in smaller_values(value):
            spec = replace(step.spec, body=json.dumps(candidate, separators=(", ", ": ")).encode())
            if self.fails([*self.best[:at], replace(step, spec=spec), *self.best[at + 1 :]]):
                return True
        return False


def shrink(
    trials: Trials,
    target: Exchange,
    *,
    earlier: Sequence[Exchange],
    since_start: Sequence[Exchange] | None,
    seconds: float,
    on_progress: Callable[[Progress], object] | None = None,
) -> Shrunk:
    """
    Return the fewest requests and the smallest bodies that make a request fail on a fresh start.

    :param earlier: the exchanges before it, oldest first
    :param since_start: the exchanges since the app was started, whose state is made again afterwards; None for no state
    :param seconds: after which no further request is sent, but to make the state again
    :param on_progress: called before each try; ``done`` and ``total`` are seconds
    An interrupt, or ``CancelledError`` from the trials, ends the search. Raises as `check_failed` does.
    """
    failure = check_failed(target)
    began_s = time.monotonic()
    report = on_progress or (lambda progress: None)
    every = _steps_of(earlier)
    shrinker = Shrinker(
        trials=trials,
        failure=failure,
        until_s=began_s + seconds,
    )
    shrinker.on_try = lambda: report(_progress(shrinker, time.monotonic() - began_s, seconds))
    state, stopped = trials.pictures(), "finished"
    changing = [step for step in every if changes_state(step.origin)]
    last = Step(spec=target.spec, origin=target)
    notes: tuple[str, ...] = ()
    try:
        same_path = [step for step in changing if step.spec.path == target.spec.path]
        few = [some for count in FEW for some in (changing[-count:], changing[:count])]
        if not any(shrinker.fails([*some, last]) for some in ([], same_path, *few, changing, every)):
            notes = _why_not(shrinker.last)
        else:
            shrinker.leave_out_requests()
            if shrinker.make_numbers_smaller():
                shrinker.leave_out_requests()
            shrinker.make_bodies_smaller()
    except TimeIsUp:
        stopped = "time"
    except (KeyboardInterrupt, CancelledError):
        stopped = "interrupted"
    if since_start is not None and stopped != "interrupted":
        try:
            again = [step for step in _steps_of(since_start) if changes_state(step.origin)]
            shrinker.send(again)
            changes = compare(state, trials.pictures())
            differ = [one.path for one in changes if one.before != one.after or one.past]  # not only another object
            notes += (_state_note(len(again), differ, fresh=trials.has_lifespan),)
        except (KeyboardInterrupt, CancelledError):
            stopped = "interrupted"
    if since_start is not None and stopped == "interrupted":
        notes += (_lost_note(since_start),)
    return Shrunk(
        steps=Exchanges(map(trials.keep, shrinker.results)),
        before=Exchanges(step.origin for step in shrinker.best),
        target=target,
        failure=failure,
        earlier=len(earlier),
        tries=shrinker.tries,
        requests=shrinker.requests,
        seconds=time.monotonic() - began_s,
        stopped=stopped,
        notes=notes,
        settings=trials.settings,
    )


def check_failed(target: Exchange) -> Failure:
    """Return how a request failed; raise `RequestError` if it did not, or if its body was not kept."""
    failure = read_failure(target)
    if failure is None:
        raise RequestError(f"{target.name} did not fail: give the name of an exchange with an exception or an error")
    if target.spec.is_partial:
        raise RequestError(f"the body of {target.name} was not kept whole, so it cannot be sent again")
    return failure


def _progress(shrinker: Shrinker, elapsed_s: float, seconds: float) -> Progress:
    count = len(shrinker.best)
    left = f", {count:,} request{'' if count == 1 else 's'} left" if count else ""
    return Progress(
        total=math.ceil(seconds), done=int(elapsed_s), elapsed_s=elapsed_s, about=f"{shrinker.tries:,} tries{left}"
    )


def _steps_of(exchanges: Iterable[Exchange]) -> list[Step]:
    """Return the requests that can be sent again."""
    return [Step(spec=one.spec, origin=one) for one in exchanges if not (one.spec.is_partial or one.ended_by_you)]


def changes_state(exchange: Exchange) -> bool:
    """Return whether a request changed the app's state, or may have changed what is not seen of it."""
    return bool(exchange.state_diff) or exchange.spec.method not in SAFE_METHODS


def _renumbered(spec: RequestSpec, number: int, smaller: int) -> RequestSpec:
    path = _NUMBER.sub(lambda one: str(smaller) if int(one[0]) == number else one[0], spec.path)
    return replace(spec, path=path)


def _read_json(spec: RequestSpec) -> Any:
    """Return the JSON body of a request; None if it has none."""
    if "json" not in spec.header("content-type"):
        return None
    with contextlib.suppress(ValueError, RecursionError):
        return json.loads(spec.body)
    return None


def _why_not(tried: Sequence[tuple[Step, Exchange]]) -> tuple[str, ...]:
    """Return why the failure may not have come back, and which requests before it had another outcome this time."""
    others = [step.origin.name for step, result in tried[:-1] if step.origin.outcome != result.outcome]
    note = (
        "it does not fail on a fresh start, whatever is sent before it: its cause may be outside the app's lifespan, "
        "in ids or tokens that each start makes anew, or in time and chance"
    )
    if not others:
        return (note,)
    more = f" and {len(others) - _MOST_NAMES} more" if len(others) > _MOST_NAMES else ""
    return note, f"another outcome than recorded: {', '.join(others[:_MOST_NAMES])}{more}"


def _lost_note(received: Sequence[Exchange]) -> str:
    """Return what became of the app's state after an interrupt, which leaves no time to make it again."""
    note = "the app was restarted for each try, and its state is that of the last one"
    if not received:
        return note
    span = f"{received[0].name}-{received[-1].name}"
    return f"{note}: {hint(f'%asgi replay {span}', f'explorer.replay({span!r})')} sends again what it had received"


def _state_note(sent: int, changed: Sequence[str], *, fresh: bool) -> str:
    """Return what became of the app's state."""
    again = f"{sent} request{'s' if sent != 1 else ''} sent again"
    if not fresh:
        return "the app's lifespan does not run: each try began with the state that the one before had left"
    if not changed:
        return f"the app was restarted for each try, and {again}: its state is as before"
    more = f" and {len(changed) - _MOST_NAMES} more" if len(changed) > _MOST_NAMES else ""
    differs = f"{', '.join(changed[:_MOST_NAMES])}{more}"
    return f"the app was restarted for each try, and {again}: its state differs from before in {differs}"
