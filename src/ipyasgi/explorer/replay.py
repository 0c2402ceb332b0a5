"""`replay`: send recorded requests again. `recheck`: also compare the responses with the recorded ones."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol, get_args

from ..client.httpx import httpx
from ..engine.pending import Pending, Progress
from ..history.comparison import Comparison, Verdict, Volatile, compare, find_volatile
from ..history.exchange import Exchange, Exchanges
from ..history.history import LIVE_EXCEPTIONS, without_frames
from ..history.refill import Refill
from ..protocol.errors import DeadlineError
from ..protocol.exception_parts import is_a
from ..records.requests import SAFE_METHODS, RequestSpec
from ..records.settings import Settings
from ..shown import Shown
from .request_kwargs import SendKwargs

SendTwice = Literal["safe", "always", "never"]
Which = str | Exchange | Iterable[Exchange]
"""A name such as ``r7``, a range of names, a filter, one exchange or several."""


class SendAgain(Protocol):
    """Sends the request of an exchange again, or another one for it; returns also after an exception."""

    def __call__(self, exchange: Exchange, spec: RequestSpec | None = None) -> Exchange: ...


OnProgress = Callable[[Progress], object]
"""Called before the first request and after each; an exception that it raises ends the replay."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Recheck(Shown):
    """
    Recorded requests that were sent again, and how the responses compare.

    :ivar comparisons: one for each request, in the order they were sent
    :ivar against: the name of the other app to which they were sent; mostly empty
    :ivar note: which recorded requests were not sent, because they were restored without their secrets; mostly empty
    """

    comparisons: tuple[Comparison, ...]
    against: str = ""
    note: str = ""
    settings: Settings = field(default_factory=Settings)

    @property
    def ok(self) -> bool:
        """Whether every response is the same, or works now."""
        return not (self.changed or self.now_fails)

    @property
    def same(self) -> tuple[Comparison, ...]:
        """The comparisons with the same response."""
        return self._those("same")

    @property
    def changed(self) -> tuple[Comparison, ...]:
        """The comparisons whose responses differ."""
        return self._those("changed")

    @property
    def now_fails(self) -> tuple[Comparison, ...]:
        """The comparisons that fail only now: with a status of 400 or above, an exception, or no response."""
        return self._those("now fails")

    @property
    def now_works(self) -> tuple[Comparison, ...]:
        """The comparisons that failed before and no longer do."""
        return self._those("now works")

    def _those(self, verdict: Verdict) -> tuple[Comparison, ...]:
        return tuple(one for one in self.comparisons if one.verdict == verdict)

    def __len__(self) -> int:
        return len(self.comparisons)

    def __iter__(self) -> Iterator[Comparison]:
        return iter(self.comparisons)

    def __repr__(self) -> str:
        counts = Counter(one.verdict for one in self.comparisons)
        parts = [f"{counts[verdict]} {verdict.removesuffix('s')}" for verdict in get_args(Verdict) if counts[verdict]]
        return f"<Recheck: {', '.join(parts) or 'nothing was sent'}>"


def replay(exchanges: Sequence[Exchange], send_again: SendAgain, on_progress: OnProgress | None) -> Exchanges:
    """Send each request again, in order, also after a failure; return the new exchanges."""
    done: list[Exchange] = []
    for _, now in _send_each(exchanges, send_again, on_progress):
        done.append(now)
        if len(done) > LIVE_EXCEPTIONS:
            done[-LIVE_EXCEPTIONS - 1] = without_frames(done[-LIVE_EXCEPTIONS - 1])
    return Exchanges(done)


def recheck(
    exchanges: Sequence[Exchange],
    send_again: SendAgain,
    send_twice: SendTwice,
    settings: Settings,
    on_progress: OnProgress | None,
    against: str = "",
    note: str = "",
) -> Recheck:
    """Send each request again, and return how its response differs from the recorded one."""
    refill = Refill(exchanges)

    def send_filled(exchange: Exchange) -> Exchange:
        now = send_again(exchange, refill.try_fill(exchange))
        refill.learn(exchange, now)
        return now

    sent = _send_each(exchanges, send_filled, on_progress)
    comparisons = tuple(
        _compare(exchange, now, send_filled, send_twice, refill.renewed(exchange)) for exchange, now in sent
    )
    return Recheck(comparisons=comparisons, against=against, note=note, settings=settings)


def _send_each(
    exchanges: Sequence[Exchange], send_again: Callable[[Exchange], Exchange], on_progress: OnProgress | None
) -> Iterator[tuple[Exchange, Exchange]]:
    """Yield each exchange with its new one; report the progress before the first and after each."""
    report = on_progress or (lambda progress: None)
    progress, began_s = Progress(total=len(exchanges)), time.monotonic()
    report(progress)
    for exchange in exchanges:
        now = send_again(exchange)
        yield exchange, now
        progress = replace(progress.add(now.name, failed=now.failed), elapsed_s=time.monotonic() - began_s)
        report(progress)


def _compare(
    before: Exchange,
    now: Exchange,
    send_again: Callable[[Exchange], Exchange],
    send_twice: SendTwice,
    renewed: Mapping[str, str],
) -> Comparison:
    comparison = compare(before, now, volatile=Volatile(by_form=True, renewed=renewed))
    safe = before.spec.method in SAFE_METHODS
    late = isinstance(now.exception, DeadlineError)
    if comparison.same or late or send_twice == "never" or (send_twice == "safe" and not safe):
        return comparison
    # Not earlier, because an identical response has no values to ignore.
    volatile = find_volatile(now, send_again(before))
    return compare(before, now, volatile=replace(volatile, by_form=True, renewed=renewed))


def build_send_again(
    send: Callable[..., tuple[Exchange, BaseException | None]],
    given: Mapping[str, Any],
    pending: Pending[Any] | None = None,
    *,
    source: str = "",
) -> SendAgain:
    """
    Return a function that sends the request of an exchange again, with what was sent.

    :param send: sends a request, and returns its exchange with the exception that ended the wait
    :param given: arguments of the sending that replace the recorded ones
    :param pending: ends the replay if it is cancelled
    :param source: the name of the app whose history has the exchanges, if it is another one
    """

    def send_again(exchange: Exchange, spec: RequestSpec | None = None) -> Exchange:
        if pending is not None:
            pending.check()
        done, failure = send(
            spec or exchange.spec,
            {**sent_options(exchange), **given},
            on_call=pending.take_call if pending is not None else None,
            replay_of=f"{exchange.name} of {source}" if source else exchange.name,
            recorded=None if exchange.masked or spec is not None else _first_request(exchange),
        )
        if failure is not None and is_a(failure, KeyboardInterrupt):
            raise failure.with_traceback(None)
        return done

    return send_again


def sent_options(exchange: Exchange) -> SendKwargs:
    """Return how the request of an exchange was sent."""
    return {
        "timeout": _first_request(exchange).extensions["timeout"]["read"],
        "follow_redirects": _redirects_were_followed(exchange),
        "faults": exchange.faults,
    }


def _first_request(exchange: Exchange) -> httpx.Request:
    """Return the request before any redirect."""
    return [*exchange.previous, exchange][0].request


def _redirects_were_followed(exchange: Exchange) -> bool:
    """Return whether redirects were followed: if not, the response of a redirected request is the redirect."""
    return exchange.response is None or not exchange.response.has_redirect_location
