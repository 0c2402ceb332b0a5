"""`Replays`: the kept requests of one explorer, sent again; `PendingReplay`, `PendingRecheck`: without waiting.

What a replay and a recheck are is in `ipyasgi.explorer.replay`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, replace
from typing import ClassVar, TypeVar

from ..engine.call import AppCall
from ..engine.loops import Loop
from ..history.exchange import Exchange, Exchanges
from ..history.history import History, is_name
from ..records.settings import Settings
from .pending import Pending, Sender
from .progress import ReplayProgress
from .replay import OnProgress, Recheck, SendAgain, SendTwice, redirects_were_followed
from .replay import recheck as recheck_each
from .replay import replay as replay_each
from .request_kwargs import SendKwargs

OnCall = Callable[[AppCall], object]
Which = str | Exchange | Iterable[Exchange]
"""A name such as ``r7``, a range of them, a filter, one exchange or several."""
SendKept = Callable[..., tuple[Exchange, BaseException | None]]
"""Sends a request, records it, and returns the exchange with what ended the wait, if anything did."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Replays:
    """
    Sending kept requests again; the arguments are those of the methods of `Explorer`.

    :ivar explorer: is the ``explorer`` of what is pending
    :ivar send: sends one request
    :ivar background_loop: returns the explorer's background loop; raises `LoopError` where it is closed
    """

    explorer: Sender
    history: History
    settings: Settings
    send: SendKept
    background_loop: Callable[[], Loop]

    def replay(self, which: Which, options: SendKwargs, on_progress: OnProgress | None) -> Exchange | Exchanges:
        """Send each again and return one exchange where one was named, else `Exchanges`."""
        done = replay_each(self.history.select(which), self._again(options), on_progress)
        named_one = isinstance(which, Exchange) or (isinstance(which, str) and is_name(which))
        return done[0] if named_one else done

    def recheck(
        self, which: Which | None, options: SendKwargs, send_twice: SendTwice, on_progress: OnProgress | None
    ) -> Recheck:
        """Send each again and compare."""
        return recheck_each(
            self._checkable(which),
            self._again(options),
            send_twice=send_twice,
            settings=self.settings,
            on_progress=on_progress,
        )

    def begin_replay(self, which: Which, options: SendKwargs) -> PendingReplay:
        """Send each again without waiting."""
        asked = self.history.select(which)
        return PendingReplay(
            self.explorer, self.background_loop(), asked, lambda on_call: self._again(options, on_call)
        )

    def begin_recheck(self, which: Which | None, options: SendKwargs, send_twice: SendTwice) -> PendingRecheck:
        """Send each again and compare, without waiting."""
        return PendingRecheck(
            self.explorer,
            self.background_loop(),
            self._checkable(which),
            lambda on_call: self._again(options, on_call),
            send_twice=send_twice,
        )

    def _checkable(self, which: Which | None) -> Exchanges:
        if which is None:
            which = [one for one in self.history if not one.replay_of and not one.ended_by_you]
        return self.history.select(which)

    def _again(self, options: SendKwargs, on_call: OnCall | None = None) -> SendAgain:
        def send_again(exchange: Exchange) -> Exchange:
            done, failure = self.send(
                exchange.spec,
                {**options, "follow_redirects": redirects_were_followed(exchange)},
                on_call=on_call,
                replay_of=exchange.name,
            )
            if isinstance(failure, KeyboardInterrupt):
                raise failure.with_traceback(None)
            return done

        return send_again


class PendingCourse(Pending[T]):
    """
    Kept requests being sent again; `result` waits for what becomes of them, and so does ``await``.

    `cancel` ends the request under way and sends no other. What was sent is in the history, also then.

    :param explorer: whose history it is, also as attribute
    :param loop: the explorer's background loop
    :param asked: the exchanges whose requests are sent again, also as attribute
    :param again: returns the function that sends one; it is given a function to call with each call of the app
    """

    verb: ClassVar[str]
    """What is done with them, in a word."""

    def __init__(
        self, explorer: Sender, loop: Loop, asked: Sequence[Exchange], again: Callable[[OnCall], SendAgain]
    ) -> None:
        super().__init__(explorer, loop)
        self.asked = Exchanges(asked)
        self._send_again = again(self._begun)
        self._progress = ReplayProgress(total=len(self.asked))

    @property
    def what(self) -> str:
        return f"the {self.verb} of {len(self.asked)} requests"

    @property
    def progress(self) -> ReplayProgress:
        """How far it has come."""
        return replace(self._progress, elapsed_s=self.elapsed_s)

    def __repr__(self) -> str:
        state = "ended" if self.done() else "under way"
        return f"<{self.what}: {state}, {self._progress.done} done>"

    def _do(self) -> T:
        return self._run(self._send_unless_cancelled, self._note)

    @abstractmethod
    def _run(self, send_again: SendAgain, on_progress: OnProgress) -> T:
        """Send each again and return what became of them."""

    def _send_unless_cancelled(self, exchange: Exchange) -> Exchange:
        if self.cancelled:
            raise CancelledError
        return self._send_again(exchange)

    def _note(self, progress: ReplayProgress) -> None:
        self._progress = progress


class PendingReplay(PendingCourse[Exchanges]):
    """A replay under way: its value is the new exchanges."""

    verb = "replay"

    def __init__(
        self, explorer: Sender, loop: Loop, asked: Sequence[Exchange], again: Callable[[OnCall], SendAgain]
    ) -> None:
        super().__init__(explorer, loop, asked, again)
        self._start()

    def _run(self, send_again: SendAgain, on_progress: OnProgress) -> Exchanges:
        return replay_each(self.asked, send_again, on_progress)


class PendingRecheck(PendingCourse[Recheck]):
    """
    A recheck under way: its value is the `Recheck`.

    :param send_twice: as for `Explorer.recheck`
    """

    verb = "recheck"

    def __init__(
        self,
        explorer: Sender,
        loop: Loop,
        asked: Sequence[Exchange],
        again: Callable[[OnCall], SendAgain],
        *,
        send_twice: SendTwice,
    ) -> None:
        super().__init__(explorer, loop, asked, again)
        self._send_twice: SendTwice = send_twice
        self._settings = explorer.settings
        self._start()

    def _run(self, send_again: SendAgain, on_progress: OnProgress) -> Recheck:
        return recheck_each(
            self.asked, send_again, send_twice=self._send_twice, settings=self._settings, on_progress=on_progress
        )
