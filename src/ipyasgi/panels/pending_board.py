"""`PendingBoard`: requests and replays under way, live: how long, how much so far, and a Cancel for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import anyio
import traitlets

from ..engine.pending import Pending
from ..explorer.background import PendingExchanges
from ..explorer.explorer import Explorer
from ..views.pending import show_pending, view_pending
from ..views.view import View
from .comm_writer import CommWriter
from .panel import Panel
from .part import Part, read_bundle, read_style

LOOK_S = 0.2
"""Seconds between two looks at requests that are under way; the page counts their seconds by itself."""


class PendingRows(Part):
    """
    The board's piece of page.

    :ivar rows: what `ipyasgi.views.pending.PendingShown` says, and how long it has been, in ``elapsed_ms``

    The page says ``{ask: "cancel", row}``.
    """

    _esm = read_bundle("pending_board")
    _css = read_style("pending_board")
    rows: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)


class PendingBoard(Panel):
    """
    Watches requests until the last has ended.

    :param pending: one or several handles of one explorer
    """

    def __init__(
        self, explorer: Explorer, pending: Sequence[Pending[Any]], *, writer: CommWriter | None = None
    ) -> None:
        super().__init__(explorer, writer=writer)
        self.pending = tuple(pending)
        self.rows = self.hold(PendingRows(rows=self._rows()))
        self.children = (self.notice, self.rows)
        self._watching = self.loop.submit(self._watch)

    def view(self) -> View:
        """Return the requests as they stand."""
        return view_pending(self.pending, self.explorer.settings)

    def end(self) -> None:
        self._watching.cancel()

    async def _watch(self) -> None:
        shown: list[dict[str, Any]] = []
        while True:
            ended = all(one.done() for one in self.pending)
            rows = self._rows()
            if _without_time(rows) != _without_time(shown):
                shown = rows
                self.queue.state(self.rows, rows=rows)
            if ended:
                return
            await anyio.sleep(LOOK_S)

    def hear_page(self, content: Any, buffers: Any) -> None:
        match content:
            case {"ask": "cancel", "row": int(row)} if 0 <= row < len(self.pending):
                self.pending[row].cancel()

    def _rows(self) -> list[dict[str, Any]]:
        rows = []
        for one in self.pending:
            row = asdict(show_pending(one, self.explorer.settings))
            tone = row["tone"] if row["tone"] in ("good", "") else "bad"
            rows.append(row | {"tone": tone, "elapsed_ms": round(one.elapsed_s * 1000)})
        return rows


def show_live(value: Pending[Any] | PendingExchanges) -> dict[str, Any]:
    """Return the bundle of a board that watches these requests; empty where all have ended already."""
    pending = (value,) if isinstance(value, Pending) else tuple(value)
    explorer: Any = pending[0].owner if pending else None
    if explorer is None or explorer.closed or all(one.done() for one in pending):
        return {}
    return PendingBoard(explorer, pending)._repr_mimebundle_()


def _without_time(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name not in ("elapsed", "elapsed_ms")} for row in rows]
