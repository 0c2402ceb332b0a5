"""`PendingReplay`: kept requests that are being sent again, one after the other, while you go on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from dataclasses import replace
from typing import Any

from ..engine.call import AppCall
from .exchange import Exchange, Exchanges
from .pending import Pending
from .progress import ReplayProgress
from .replay import SendAgain
from .replay import replay as replay_each

OnCall = Callable[[AppCall], object]


class PendingReplay(Pending[Exchanges]):
    """
    A replay under way; `result` waits for the new exchanges, and so does ``await``.

    `cancel` ends the request under way and sends no other. What was sent is in the history, also then.

    :param explorer: whose history it is, also as attribute
    :param asked: the exchanges whose requests are sent again, also as attribute
    :param again: returns what sends one, and tells the function it is given of each call of the app
    """

    def __init__(self, explorer: Any, asked: Sequence[Exchange], again: Callable[[OnCall], SendAgain]) -> None:
        super().__init__(explorer)
        self.asked = Exchanges(asked)
        self._send_again = again(self._begun)
        self._progress = ReplayProgress(total=len(self.asked))
        self._start()

    @property
    def what(self) -> str:
        return f"the replay of {len(self.asked)} requests"

    @property
    def progress(self) -> ReplayProgress:
        """How far it has come."""
        return replace(self._progress, elapsed_s=self.elapsed_s)

    def __repr__(self) -> str:
        state = "ended" if self.done() else "under way"
        return f"<{self.what}: {state}, {self._progress.done} done>"

    def _do(self) -> Exchanges:
        return replay_each(self.asked, self._send_unless_cancelled, self._note)

    def _send_unless_cancelled(self, exchange: Exchange) -> Exchange:
        if self.cancelled:
            raise CancelledError
        return self._send_again(exchange)

    def _note(self, progress: ReplayProgress) -> None:
        self._progress = progress
