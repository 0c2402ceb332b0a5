"""`PendingReplay`, `PendingRecheck`: kept requests that are being sent again, one after the other, while you go on."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from dataclasses import replace
from typing import Any, ClassVar, TypeVar

from ..engine.call import AppCall
from .exchange import Exchange, Exchanges
from .pending import Pending
from .progress import ReplayProgress
from .replay import OnProgress, Recheck, SendAgain, SendTwice
from .replay import recheck as recheck_each
from .replay import replay as replay_each

OnCall = Callable[[AppCall], object]
T = TypeVar("T")


class PendingCourse(Pending[T]):
    """
    Kept requests being sent again; `result` waits for what becomes of them, and so does ``await``.

    `cancel` ends the request under way and sends no other. What was sent is in the history, also then.

    :param explorer: whose history it is, also as attribute
    :param asked: the exchanges whose requests are sent again, also as attribute
    :param again: returns what sends one, and tells the function it is given of each call of the app
    """

    verb: ClassVar[str]
    """What is done with them, in a word."""

    def __init__(self, explorer: Any, asked: Sequence[Exchange], again: Callable[[OnCall], SendAgain]) -> None:
        super().__init__(explorer)
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

    def __init__(self, explorer: Any, asked: Sequence[Exchange], again: Callable[[OnCall], SendAgain]) -> None:
        super().__init__(explorer, asked, again)
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
        explorer: Any,
        asked: Sequence[Exchange],
        again: Callable[[OnCall], SendAgain],
        *,
        send_twice: SendTwice,
    ) -> None:
        super().__init__(explorer, asked, again)
        self._send_twice: SendTwice = send_twice
        self._settings = explorer.settings
        self._start()

    def _run(self, send_again: SendAgain, on_progress: OnProgress) -> Recheck:
        return recheck_each(
            self.asked, send_again, send_twice=self._send_twice, settings=self._settings, on_progress=on_progress
        )
