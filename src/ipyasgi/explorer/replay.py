"""Send kept requests again; `Recheck`: which responses of the app, as it is now, differ from those it gave.

The functions know an explorer only as a function that sends again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from ..engine.pending import Progress
from ..history.comparison import Comparison, Verdict, compare, find_volatile
from ..history.exchange import Exchange, Exchanges
from ..history.history import LIVE_EXCEPTIONS, without_frames
from ..records.settings import Settings
from ..shown import Shown

SendTwice = Literal["safe", "always", "never"]
Which = str | Exchange | Iterable[Exchange]
"""A name such as ``r7``, a range of them, a filter, one exchange or several."""
SendAgain = Callable[[Exchange], Exchange]
"""Sends the request of an exchange again, and returns what came of it even where that is an exception."""

OnProgress = Callable[[Progress], object]
"""Called before the first request and after each; what it raises ends the replay and keeps what was sent."""

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "QUERY", "TRACE"})
"""RFC 9110, section 9.2.1, and the QUERY method: to send one twice asks for nothing to be changed."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Recheck(Shown):
    """
    Kept requests, sent again to the app as it is now and compared.

    :ivar comparisons: one for each, in the order they were sent
    :ivar settings: the explorer's; they say how this is shown
    """

    comparisons: tuple[Comparison, ...]
    settings: Settings = field(default_factory=Settings)

    @property
    def ok(self) -> bool:
        """Whether every response is the same, but for what failed and now works."""
        return not (self.changed or self.now_fails)

    @property
    def same(self) -> tuple[Comparison, ...]:
        """Those whose response is the same."""
        return self._those("same")

    @property
    def changed(self) -> tuple[Comparison, ...]:
        """Those whose response differs."""
        return self._those("changed")

    @property
    def now_fails(self) -> tuple[Comparison, ...]:
        """Those that fail now and did not: a status of 400 and above, an exception, no response."""
        return self._those("now fails")

    @property
    def now_works(self) -> tuple[Comparison, ...]:
        """Those that failed in one of these ways and no longer do."""
        return self._those("now works")

    def _those(self, verdict: Verdict) -> tuple[Comparison, ...]:
        return tuple(one for one in self.comparisons if one.verdict == verdict)

    def __len__(self) -> int:
        return len(self.comparisons)

    def __iter__(self) -> Iterator[Comparison]:
        return iter(self.comparisons)

    def __repr__(self) -> str:
        counts = [(self.same, "same"), (self.changed, "changed"), (self.now_fails, "now fail")]
        parts = [f"{len(those)} {words}" for those, words in [*counts, (self.now_works, "now work")] if those]
        return f"<Recheck: {', '.join(parts) or 'nothing was sent'}>"


def replay(exchanges: Sequence[Exchange], send_again: SendAgain, on_progress: OnProgress | None = None) -> Exchanges:
    """Return what came of sending each request again, in order; one that fails does not keep the others."""
    done: list[Exchange] = []
    for _, now in _send_each(exchanges, send_again, on_progress):
        done.append(now)
        if len(done) > LIVE_EXCEPTIONS:
            done[-LIVE_EXCEPTIONS - 1] = without_frames(done[-LIVE_EXCEPTIONS - 1])
    return Exchanges(done)


def recheck(
    exchanges: Sequence[Exchange],
    send_again: SendAgain,
    *,
    send_twice: SendTwice,
    settings: Settings,
    on_progress: OnProgress | None = None,
) -> Recheck:
    """Return how the response to each request differs from the one it had."""
    comparisons = [
        _compare(exchange, now, send_again, send_twice)
        for exchange, now in _send_each(exchanges, send_again, on_progress)
    ]
    return Recheck(comparisons=tuple(comparisons), settings=settings)


def _send_each(
    exchanges: Sequence[Exchange], send_again: SendAgain, on_progress: OnProgress | None
) -> Iterator[tuple[Exchange, Exchange]]:
    """Yield each exchange and what its request gives now; report the progress before the first and after each."""
    report = on_progress or (lambda progress: None)
    progress, began_s = Progress(total=len(exchanges)), time.monotonic()
    report(progress)
    for exchange in exchanges:
        now = send_again(exchange)
        yield exchange, now
        progress = replace(progress.add(now.name, failed=now.failed), elapsed_s=time.monotonic() - began_s)
        report(progress)


def _compare(before: Exchange, now: Exchange, send_again: SendAgain, send_twice: SendTwice) -> Comparison:
    comparison = compare(before, now)
    safe = before.spec.method in _SAFE_METHODS
    if comparison.same or send_twice == "never" or (send_twice == "safe" and not safe):
        return comparison
    # Only now: what did not differ from the first time has nothing in it that differs every time.
    return compare(before, now, volatile=find_volatile(now, send_again(before)))


def redirects_were_followed(exchange: Exchange) -> bool:
    """Return whether redirects were followed: an exchange that ended with a redirect was sent without following it."""
    return exchange.response is None or not exchange.response.has_redirect_location
