"""`ReplayMembers`: what an explorer does with the requests it has kept; mixed into `Explorer`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, overload

from .comparison import Comparison, compare
from .exchange import Exchange, Exchanges
from .history import History, is_name
from .pending_replay import OnCall, PendingRecheck, PendingReplay
from .replay import OnProgress, Recheck, SendAgain, SendTwice, recheck, redirects_were_followed, replay
from .requests import RequestSpec
from .settings import Settings

_UNSET: Any = object()


class ReplayMembers(ABC):
    """Replay, compare and recheck, of an explorer's own history."""

    history: History
    settings: Settings

    @overload
    def replay(
        self, which: Exchange, *, timeout: float | None = ..., on_progress: OnProgress | None = ...
    ) -> Exchange: ...
    @overload
    def replay(self, which: str, *, timeout: float | None = ..., on_progress: OnProgress | None = ...) -> Any: ...
    @overload
    def replay(
        self, which: Iterable[Exchange], *, timeout: float | None = ..., on_progress: OnProgress | None = ...
    ) -> Exchanges: ...
    def replay(
        self,
        which: str | Exchange | Iterable[Exchange],
        *,
        timeout: float | None = _UNSET,
        on_progress: OnProgress | None = None,
    ) -> Any:
        """
        Send kept requests again, in order, with the cookies the client has now.

        What the app raises and a deadline that passes are on the new exchange and not raised, so that the next one is
        sent all the same. Each new exchange names the one it replays, and is in the history like any other: an
        interrupt ends the replay and keeps what it has sent.

        :param which: a name such as ``r7``, a range of them such as ``1-500``, a filter as for `History.filter`, an
            exchange, or several
        :param timeout: seconds for each
        :param on_progress: told how far it has come, before the first and after each
        Returns an `Exchange` for a name or an exchange, else `Exchanges`.
        Raises `FilterError`, `LoopError`, ``KeyError`` for a name that the history does not hold.
        """
        done = replay(self.history.select(which), self._again(timeout), on_progress)
        return done[0] if isinstance(which, Exchange) or (isinstance(which, str) and is_name(which)) else done

    def begin_replay(
        self, which: str | Exchange | Iterable[Exchange], *, timeout: float | None = _UNSET
    ) -> PendingReplay:
        """
        Send kept requests again, in order, without waiting; the arguments are those of `replay`.

        Its ``progress`` says how far it has come, and its value is always `Exchanges`.
        """
        exchanges = self.history.select(which)
        return PendingReplay(self, exchanges, lambda on_call: self._again(timeout, on_call))

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
        on_progress: OnProgress | None = None,
    ) -> Recheck:
        """
        Send kept requests again, to the app as it is now, and compare the answers with those it gave.

        An answer that differs is asked for a second time, and what differs between those two, such as a clock, is
        ignored and shown as ignored. By default that is done for GET, HEAD, OPTIONS, QUERY and TRACE only: to send
        another request once more changes the app's state once more. Sending it the first time does so too.

        :param which: as for `replay`; by default all that are not replays and that you did not cancel
        :param send_twice: ``safe`` as said, ``always``, or ``never``
        :param timeout: seconds for each sending
        :param on_progress: told how far it has come, before the first and after each
        """
        which = self._checkable(which)
        return recheck(
            which, self._again(timeout), send_twice=send_twice, settings=self.settings, on_progress=on_progress
        )

    def begin_recheck(
        self,
        which: str | Exchange | Iterable[Exchange] | None = None,
        *,
        send_twice: SendTwice = "safe",
        timeout: float | None = _UNSET,
    ) -> PendingRecheck:
        """
        Send kept requests again and compare, without waiting; the arguments are those of `recheck`.

        Its ``progress`` says how far it has come, and its value is the `Recheck`.
        """
        exchanges = self._checkable(which)
        return PendingRecheck(self, exchanges, lambda on_call: self._again(timeout, on_call), send_twice=send_twice)

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

    def _checkable(self, which: str | Exchange | Iterable[Exchange] | None) -> Exchanges:
        if which is None:
            which = [one for one in self.history if not one.replay_of and not one.ended_by_you]
        return self.history.select(which)

    def _again(self, timeout: float | None, on_call: OnCall | None = None) -> SendAgain:
        options: dict[str, Any] = (
            {"on_call": on_call} if timeout is _UNSET else {"timeout": timeout, "on_call": on_call}
        )

        def send_again(exchange: Exchange) -> Exchange:
            follow = redirects_were_followed(exchange)
            done, failure = self._send(exchange.spec, follow_redirects=follow, replay_of=exchange.name, **options)
            if isinstance(failure, KeyboardInterrupt):
                raise failure.with_traceback(None)
            return done

        return send_again
