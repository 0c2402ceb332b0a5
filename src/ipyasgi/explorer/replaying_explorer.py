"""`ReplayingExplorer`: an attached app, to which recorded requests can be sent again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, TypeVar, overload

from ..engine.pending import Pending, Progress
from ..history.comparison import Comparison, compare
from ..history.exchange import Exchange, Exchanges, only_requests
from ..history.history import is_name
from ..records.requests import RequestSpec
from .base_explorer import BaseExplorer
from .explored_app import UNSET
from .replay import (
    OnProgress,
    Recheck,
    SendAgain,
    SendTwice,
    Which,
    build_send_again,
    recheck,
    replay,
)
from .restored import Headers, check_missing, find_missing, note_left_out, present_headers

T = TypeVar("T")


class ReplayingExplorer(BaseExplorer):
    """An explorer that sends recorded requests again, and compares the responses; without experiments and files."""

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
    def replay(self, which: Which, *, timeout: float | None = UNSET, on_progress: OnProgress | None = None) -> Any:
        """
        Send recorded requests again, in order, with the headers, cookies and timeout that were sent.

        If the present default headers or cookies differ, a note of the new exchange says so. Redirects are followed if
        they were, with the present cookies.
        Exceptions of the app and deadlines do not raise: they are part of the new exchange, and the next request is
        sent. The new exchanges are added to the history, even if an interrupt ends the replay.

        :param which: a name such as ``r7``, a range such as ``1-500``, a filter as for `History.filter`, or exchanges
        :param timeout: seconds for each request, instead of the recorded ones
        :param on_progress: called with the `Progress` before the first request and after each
        Returns an `Exchange` for a name or an exchange, else `Exchanges`.
        Raises `FilterError`, `LoopError`, and ``KeyError`` for a name that is not in the history.
        """
        done = replay(self._select_requests(which, self), self._send_again(timeout), on_progress)
        named_one = isinstance(which, Exchange) or (isinstance(which, str) and is_name(which))
        return done[0] if named_one else done

    def begin_replay(
        self,
        which: Which,
        *,
        timeout: float | None = UNSET,
        on_change: Callable[[Pending[Exchanges]], object] | None = None,
    ) -> Pending[Exchanges]:
        """
        Replay without waiting; accepts the arguments of `replay`, and the value is always `Exchanges`.

        :param on_change: called with the `Pending`, on its thread, at each progress and at the end
        """
        chosen = self._select_requests(which, self)

        def work(pending: Pending[Exchanges]) -> Exchanges:
            return replay(chosen, self._send_again(timeout, pending), pending.note)

        return self._begin_again("replay", chosen, work, on_change)

    def recheck(
        self,
        which: Which | None = None,
        *,
        against: ReplayingExplorer | None = None,
        send_twice: SendTwice = "safe",
        timeout: float | None = UNSET,
        on_progress: OnProgress | None = None,
    ) -> Recheck:
        """
        Send recorded requests again, and compare the responses with the recorded ones.

        A value that an earlier one of these responses brought, such as an id, a token or a cookie, is that of the new
        response, so that a session can be rechecked in a new process or with another app. Such values, values of
        cookies, and times near the sending, are ignored. If a response still differs, the request is sent a
        second time, unless it passed its deadline, and values that differ between these two responses are ignored too.

        :param which: as for `replay`; by default all except replays, and exchanges that were cancelled or cut off, or
            restored without a secret that no present header, cookie or credential replaces
        :param against: send the requests to another app instead, such as another version of this one; the new
            exchanges are in its history
        :param send_twice: ``safe`` sends only GET, HEAD, OPTIONS, QUERY and TRACE a second time, because other requests
            may change the app's state; ``always`` sends all of them, ``never`` none
        :param timeout: as for `replay`
        :param on_progress: as for `replay`
        """
        other, source = self._recheck_by(against)
        chosen, note = self._select_checkable(which, other)
        send_again, name = other._send_again(timeout, source=source), other.name if source else ""
        return recheck(chosen, send_again, send_twice, self.settings, on_progress, name, note)

    def begin_recheck(
        self,
        which: Which | None = None,
        *,
        against: ReplayingExplorer | None = None,
        send_twice: SendTwice = "safe",
        timeout: float | None = UNSET,
    ) -> Pending[Recheck]:
        """Recheck without waiting; accepts the arguments of `recheck`."""
        settings, (other, source) = self.settings, self._recheck_by(against)
        chosen, note = self._select_checkable(which, other)

        def work(pending: Pending[Recheck]) -> Recheck:
            send_again, name = other._send_again(timeout, pending, source=source), other.name if source else ""
            return recheck(chosen, send_again, send_twice, settings, pending.note, name, note)

        return other._begin_again("recheck", chosen, work)

    def _recheck_by(self, against: ReplayingExplorer | None) -> tuple[ReplayingExplorer, str]:
        """Return the explorer that sends the requests, and this one's name if that is another."""
        return (self, "") if against is None or against is self else (against, self.name)

    def compare(self, before: str | Exchange, after: str | Exchange) -> Comparison:
        """
        Return the differences between two exchanges: status, headers, body, exception, traces, the ratio of the times.

        :param before: a name such as ``r1``, or an exchange
        Raises ``KeyError`` for a name that is not in the history.
        """
        old, new = (self.history[one] if isinstance(one, str) else one for one in (before, after))
        for one in (old, new):
            only_requests([one], "compared")
        return compare(old, new)

    def _select_checkable(self, which: Which | None, other: ReplayingExplorer) -> tuple[Exchanges, str]:
        """Return the exchanges whose requests another explorer can send, and a note about those that were left out."""
        if which is not None:
            return self._select_requests(which, other), ""
        whole = [
            one for one in self.history if not (one.replay_of or one.ended_by_you or one.cut_off or one.spec.is_partial)
        ]
        missing = find_missing(whole, other._supplied)
        chosen = [one for one in whole if one.name not in missing]
        return self._select_requests(chosen, other), note_left_out(missing)

    def _select_requests(self, which: Which, other: ReplayingExplorer) -> Exchanges:
        found = only_requests(self.history.select(which), "replayed")
        check_missing(find_missing(found, other._supplied))
        return found

    def _present_headers(self, spec: RequestSpec) -> Headers:
        """Return the headers that a request would have now, without those that ``auth`` of the client adds."""
        return present_headers(self.client, self._signed(spec, {}))

    def _supplied(self, spec: RequestSpec) -> Collection[str]:
        """Return the names of the headers that a request would have now."""
        names = {name.decode("latin-1") for name, _ in self._present_headers(spec)}
        return names if self.client.auth is None else names | {"authorization"}

    def _send_again(self, timeout: float | None, pending: Pending[Any] | None = None, *, source: str = "") -> SendAgain:
        given = {} if timeout is UNSET else {"timeout": timeout}
        return build_send_again(self._send, given, pending, source=source)

    def _begin_again(
        self,
        verb: str,
        chosen: Sequence[Any] | str,
        work: Callable[[Pending[T]], T],
        on_change: Callable[[Pending[T]], object] | None = None,
        *,
        progress: Progress | None = None,
    ) -> Pending[T]:
        """Begin work on several requests, or on what a text names, such as ``11 operations``."""
        return Pending(
            work,
            self._background_loop(),
            waits_on=self._client_options["loop"],
            verb=verb,
            description=f"the {verb} of {chosen if isinstance(chosen, str) else f'{len(chosen)} requests'}",
            owner=self,
            subject=chosen,
            progress=progress or Progress(total=len(chosen)),
            on_change=on_change,
        )
