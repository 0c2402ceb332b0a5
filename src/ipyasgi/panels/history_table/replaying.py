"""`Replaying`: kept requests being sent again, one after the other, from a panel that must not wait for them."""

from __future__ import annotations

from collections.abc import Callable

from ...engine.jobs import Job
from ...engine.loops import Loop
from ...explorer.explorer import Explorer
from ...explorer.replay import redirects_were_followed
from ...history.exchange import Exchange, Exchanges


class Replaying:
    """
    Sends requests again until all are sent or it is stopped.

    :param on_step: told what is under way, on the loop
    :param on_end: given what came of it and what ended it early, if anything did; on the loop, once
    """

    def __init__(
        self,
        explorer: Explorer,
        exchanges: Exchanges,
        loop: Loop,
        *,
        on_step: Callable[[str], object],
        on_end: Callable[[Exchanges, Exception | None], object],
    ) -> None:
        self._explorer = explorer
        self._exchanges = exchanges
        self._on_step = on_step
        self._on_end = on_end
        self._done: list[Exchange] = []
        self._job: Job[None] = loop.submit(self._run)

    def stop(self) -> None:
        """Disconnect the one under way and send no more; returns at once, from any thread."""
        self._job.cancel()

    async def _run(self) -> None:
        failure: Exception | None = None
        try:
            for number, exchange in enumerate(self._exchanges, 1):
                self._on_step(f"replaying {exchange.name}, {number} of {len(self._exchanges)}")
                await self._send(exchange)
        except Exception as exc:
            failure = exc
        finally:
            self._on_end(Exchanges(self._done), failure)

    async def _send(self, exchange: Exchange) -> None:
        pending = self._explorer.submit(
            exchange.spec,
            raise_exceptions=False,
            follow_redirects=redirects_were_followed(exchange),
            replay_of=exchange.name,
        )
        try:
            self._done.append(await pending)
        except Exception:
            # What ends the wait, such as a deadline, is on the exchange: the next one is sent all the same.
            again = self._recorded(exchange)
            if again is None:
                raise
            self._done.append(again)

    def _recorded(self, exchange: Exchange) -> Exchange | None:
        ended = {one.name for one in self._done}
        for one in reversed(tuple(self._explorer.history)):
            if one.spec is exchange.spec and one.replay_of == exchange.name and one.name not in ended:
                return one
        return None
