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
        """Whether nothing is answered otherwise, but for what failed and now works."""
        return not (self.changed or self.now_fails)

    @property
    def same(self) -> tuple[Comparison, ...]:
        """Those whose answer is what it was."""
        return self._those("same")

    @property
    def changed(self) -> tuple[Comparison, ...]:
        """Those that are answered otherwise."""
        return self._those("changed")

    @property
    def now_fails(self) -> tuple[Comparison, ...]:
        """Those that were answered well and no longer are: a status of 400 and above, an exception, no response."""
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


class _Counter:
    """Counts the requests that have ended, and reports the progress before the first and after each."""

    def __init__(self, total: int, on_progress: OnProgress | None) -> None:
        self._progress = Progress(total=total)
        self._on_progress = on_progress
        self._began_s = time.monotonic()
        self._report()

    def add(self, exchange: Exchange) -> None:
        now = self._progress.add(exchange.name, failed=exchange.failed)
        self._progress = replace(now, elapsed_s=time.monotonic() - self._began_s)
        self._report()

    def _report(self) -> None:
        if self._on_progress is not None:
            self._on_progress(self._progress)


def replay(exchanges: Sequence[Exchange], send_again: SendAgain, on_progress: OnProgress | None = None) -> Exchanges:
    """Return what came of sending each request again, in order; one that fails does not keep the others."""
    counter = _Counter(len(exchanges), on_progress)
    done: list[Exchange] = []
    for exchange in exchanges:
        done.append(send_again(exchange))
        if len(done) > LIVE_EXCEPTIONS:
            done[-LIVE_EXCEPTIONS - 1] = without_frames(done[-LIVE_EXCEPTIONS - 1])
        counter.add(done[-1])
    return Exchanges(done)


def recheck(
    exchanges: Sequence[Exchange],
    send_again: SendAgain,
    *,
    send_twice: SendTwice,
    settings: Settings,
    on_progress: OnProgress | None = None,
) -> Recheck:
    """Return how each request is answered now, compared with how it was."""
    counter = _Counter(len(exchanges), on_progress)
    done: list[Comparison] = []
    for exchange in exchanges:
        now = send_again(exchange)
        done.append(_compare(exchange, now, send_again, send_twice))
        counter.add(now)
    return Recheck(comparisons=tuple(done), settings=settings)


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
