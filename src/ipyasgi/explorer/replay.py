"""Sending kept requests again, and `Recheck`: what the app, as it is now, answers otherwise than it did.

The functions know an explorer only as one that sends again; its methods are in `ipyasgi.explorer.replays`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from ..history.comparison import Comparison, Verdict, compare, find_volatile
from ..history.exchange import Exchange, Exchanges
from ..history.history import LIVE_EXCEPTIONS, without_frames
from ..records.settings import Settings
from ..shown import Shown
from .progress import ReplayProgress

SendTwice = Literal["safe", "always", "never"]
SendAgain = Callable[[Exchange], Exchange]
"""Sends the request of an exchange again, and returns what came of it even where that is an exception."""

OnProgress = Callable[[ReplayProgress], object]
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


class Course:
    """
    The way of one replay through its requests.

    :param total: how many there are
    :param on_progress: called with how far it has come
    :ivar progress: the same, for who asks; its time is that of the last request that ended
    """

    def __init__(self, total: int, on_progress: OnProgress | None = None) -> None:
        self.progress = ReplayProgress(total=total)
        self._on_progress = on_progress
        self._began_s = time.monotonic()
        self._report()

    def add(self, exchange: Exchange) -> None:
        """Count a request that has ended."""
        now = self.progress
        self.progress = replace(
            now,
            done=now.done + 1,
            failed=now.failed + exchange.failed,
            first=now.first or exchange.name,
            last=exchange.name,
            elapsed_s=time.monotonic() - self._began_s,
        )
        self._report()

    def _report(self) -> None:
        if self._on_progress is not None:
            self._on_progress(self.progress)


def replay(exchanges: Sequence[Exchange], send_again: SendAgain, on_progress: OnProgress | None = None) -> Exchanges:
    """Return what came of sending each request again, in order; one that fails does not keep the others."""
    course = Course(len(exchanges), on_progress)
    done: list[Exchange] = []
    for exchange in exchanges:
        done.append(send_again(exchange))
        if len(done) > LIVE_EXCEPTIONS:
            done[-LIVE_EXCEPTIONS - 1] = without_frames(done[-LIVE_EXCEPTIONS - 1])
        course.add(done[-1])
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
    course = Course(len(exchanges), on_progress)
    done: list[Comparison] = []
    for exchange in exchanges:
        now = send_again(exchange)
        done.append(_compare(exchange, now, send_again, send_twice))
        course.add(now)
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
