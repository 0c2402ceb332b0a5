"""Sending kept requests again, and `Recheck`: what the app, as it is now, answers otherwise than it did.

`ReplayMembers` are the methods that an explorer has for it; the functions know it only as one that sends again.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, overload

from .comparison import Comparison, Verdict, compare, find_volatile
from .exchange import Exchange, Exchanges
from .history import LIVE_EXCEPTIONS, History, is_name, without_frames
from .requests import RequestSpec
from .settings import Settings

_UNSET: Any = object()

SendTwice = Literal["safe", "always", "never"]
SendAgain = Callable[[Exchange], Exchange]
"""Sends the request of an exchange again, and returns what came of it even where that is an exception."""

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "QUERY", "TRACE"})
"""RFC 9110, section 9.2.1, and the QUERY method: to send one twice asks for nothing to be changed."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Recheck:
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
        told = [f"{len(those)} {words}" for those, words in [*counts, (self.now_works, "now work")] if those]
        return f"<Recheck: {', '.join(told) or 'nothing was sent'}>"


def replay(exchanges: Iterable[Exchange], send_again: SendAgain) -> Exchanges:
    """Return what came of sending each request again, in order; one that fails does not keep the others."""
    done: list[Exchange] = []
    for exchange in exchanges:
        done.append(send_again(exchange))
        if len(done) > LIVE_EXCEPTIONS:
            done[-LIVE_EXCEPTIONS - 1] = without_frames(done[-LIVE_EXCEPTIONS - 1])
    return Exchanges(done)


def recheck(
    exchanges: Iterable[Exchange], send_again: SendAgain, *, send_twice: SendTwice, settings: Settings
) -> Recheck:
    """Return how each request is answered now, compared with how it was."""
    done = [_recheck_one(exchange, send_again, send_twice) for exchange in exchanges]
    return Recheck(comparisons=tuple(done), settings=settings)


def _recheck_one(before: Exchange, send_again: SendAgain, send_twice: SendTwice) -> Comparison:
    now = send_again(before)
    comparison = compare(before, now)
    safe = before.spec.method in _SAFE_METHODS
    if comparison.same or send_twice == "never" or (send_twice == "safe" and not safe):
        return comparison
    # Only now: what did not differ from the first time has nothing in it that differs every time.
    return compare(before, now, volatile=find_volatile(now, send_again(before)))


def redirects_were_followed(exchange: Exchange) -> bool:
    """Tell how an exchange was sent: one that ended with a redirect was told not to follow it."""
    return exchange.response is None or not exchange.response.has_redirect_location


class ReplayMembers(ABC):
    """What an explorer does with requests it has kept; mixed into `Explorer`."""

    history: History
    settings: Settings

    @overload
    def replay(self, which: Exchange, *, timeout: float | None = ...) -> Exchange: ...
    @overload
    def replay(self, which: str, *, timeout: float | None = ...) -> Any: ...
    @overload
    def replay(self, which: Iterable[Exchange], *, timeout: float | None = ...) -> Exchanges: ...
    def replay(self, which: str | Exchange | Iterable[Exchange], *, timeout: float | None = _UNSET) -> Any:
        """
        Send kept requests again, in order, with the cookies the client has now.

        What the app raises and a deadline that passes are on the new exchange and not raised, so that the next one is
        sent all the same. Each new exchange names the one it replays, and is in the history like any other.

        :param which: a name such as ``r7``, a filter as for `History.filter`, an exchange, or several
        :param timeout: seconds for each
        Returns an `Exchange` for a name or an exchange, else `Exchanges`.
        Raises `FilterError`, `LoopError`, ``KeyError`` for a name that the history does not hold.
        """
        done = replay(self.history.select(which), self._again(timeout))
        return done[0] if isinstance(which, Exchange) or (isinstance(which, str) and is_name(which)) else done

    def compare(self, before: str | Exchange, after: str | Exchange) -> Comparison:
        """
        Return what differs between two exchanges: status, headers, body, exception, and how the times relate.

        :param before: a name such as ``r1``, or an exchange
        Raises ``KeyError`` for a name that the history does not hold.
        """
        old, new = (self.history[one] if isinstance(one, str) else one for one in (before, after))
        return compare(old, new)

    def recheck(
        self,
        which: str | Exchange | Iterable[Exchange] | None = None,
        *,
        send_twice: SendTwice = "safe",
        timeout: float | None = _UNSET,
    ) -> Recheck:
        """
        Send kept requests again, to the app as it is now, and compare the answers with those it gave.

        An answer that differs is asked for a second time, and what differs between those two, such as a clock, is
        ignored and shown as ignored. By default that is done for GET, HEAD, OPTIONS, QUERY and TRACE only: to send
        another request once more changes the app's state once more. Sending it the first time does so too.

        :param which: as for `replay`; by default all that are not replays and that you did not cancel
        :param send_twice: ``safe`` as said, ``always``, or ``never``
        :param timeout: seconds for each sending
        """
        if which is None:
            which = [one for one in self.history if not one.replay_of and not one.ended_by_you]
        which = self.history.select(which)
        return recheck(which, self._again(timeout), send_twice=send_twice, settings=self.settings)

    @abstractmethod
    def _send(
        self,
        spec: RequestSpec,
        *,
        timeout: float | None = ...,
        follow_redirects: bool = ...,
        on_call: Any = ...,
        replay_of: str = ...,
    ) -> tuple[Exchange, BaseException | None]:
        """Send a request, record what came of it, and return that with what ended the wait, if anything did."""

    def _again(self, timeout: float | None) -> SendAgain:
        options = {} if timeout is _UNSET else {"timeout": timeout}

        def send_again(exchange: Exchange) -> Exchange:
            follow = redirects_were_followed(exchange)
            done, failure = self._send(exchange.spec, follow_redirects=follow, replay_of=exchange.name, **options)
            if isinstance(failure, KeyboardInterrupt):
                raise failure.with_traceback(None)
            return done

        return send_again
