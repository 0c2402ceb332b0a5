"""`PendingBoard`: running requests and replays, live, with their time, progress and a Cancel button."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import anyio
import ipywidgets
import traitlets

from ..engine.pending import Pending
from ..explorer.background import PendingExchanges
from ..explorer.explorer import Explorer
from ..shown import VIEWS
from ..views.pending import hint_of, show_pending, view_pending
from ..views.view import View
from .comm_writer import CommWriter
from .panel import Panel, Part, join_views, read_bundle, read_style

LOOK_S = 0.2
"""Seconds between two updates; the page counts the elapsed time itself."""


class PendingRows(Part):
    """One row for each, a `views.pending.PendingShown` with ``elapsed_ms``; the page sends ``{ask: "cancel", row}``."""

    _esm = read_bundle("pending_board")
    _css = read_style("pending_board")
    rows: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)


_HINT, _NO_HINT = ("ipyasgi-page", "ipyasgi-pending-hint"), ("ipyasgi-page", "ipyasgi-pending-hint", "ipyasgi-no-hint")


class PendingBoard(Panel):
    """Display of one explorer's pending requests until the last has ended; then of what an experiment has found."""

    def __init__(
        self, explorer: Explorer, pending: Sequence[Pending[Any]], *, writer: CommWriter | None = None
    ) -> None:
        super().__init__(explorer, writer=writer)
        self.pending = tuple(pending)
        rows, hint = self._rows()
        self.rows = self.hold(PendingRows(rows=rows))
        self.hint = self.hold(ipywidgets.Label(hint, _dom_classes=_HINT if hint else _NO_HINT))
        self.found = self.hold(ipywidgets.HTML(_dom_classes=("ipyasgi-answer",)))
        self.children = (self.notice, self.rows, self.hint, self.found)
        self._watching = self.loop.submit(self._watch)

    def view(self) -> View:
        """Return the present state of the requests."""
        return join_views(view_pending(self.pending, self.explorer.settings), self._view_found())

    def end(self) -> None:
        self._watching.cancel()

    async def _watch(self) -> None:
        shown: list[dict[str, Any]] = []
        while True:
            ended = all(one.done() for one in self.pending)
            rows, hint = self._rows()
            without_time = [row | {"elapsed": "", "elapsed_ms": 0} for row in rows]
            if without_time != shown:
                shown = without_time
                self.queue.state(self.rows, rows=rows)
                self.queue.state(self.hint, value=hint, _dom_classes=_HINT if hint else _NO_HINT)
            if ended:
                found = self._view_found()
                if found is not None:
                    self.queue.state(self.found, value=found.html)
                return
            await anyio.sleep(LOOK_S)

    def hear_page(self, content: Any, buffers: Any) -> None:
        match content:
            case {"ask": "cancel", "row": int(row)} if 0 <= row < len(self.pending):
                self.pending[row].cancel()

    def _view_found(self) -> View | None:
        """Return what an experiment has found; None while it runs, and for requests."""
        if len(self.pending) > 1 or not show_pending(self.pending[0], self.explorer.settings).finds:
            return None
        value = self.pending[0].value
        return VIEWS.view_of(value) if value is not None else None

    def _rows(self) -> tuple[list[dict[str, Any]], str]:
        """Return the rows for the page, and the hint below them."""
        shown = [show_pending(one, self.explorer.settings) for one in self.pending]
        rows = [asdict(one) for one in shown]
        for row, one in zip(rows, self.pending, strict=True):
            row["tone"] = row["tone"] if row["tone"] in ("good", "") else "bad"
            row["elapsed_ms"] = round(one.elapsed_s * 1000)
        return rows, hint_of(shown)


def show_live(value: Pending[Any] | PendingExchanges) -> dict[str, Any]:
    """Return the MIME bundle of a board of these requests, empty if all have ended."""
    pending = (value,) if isinstance(value, Pending) else tuple(value)
    explorer: Any = pending[0].owner if pending else None
    if explorer is None or explorer.closed or all(one.done() for one in pending):
        return {}
    return PendingBoard(explorer, pending)._repr_mimebundle_()
