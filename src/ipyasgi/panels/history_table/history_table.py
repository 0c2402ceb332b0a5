"""`HistoryTable`: the history to look through, and what can be done with what is found there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import ipywidgets

from ...engine.jobs import await_future
from ...engine.strategy import run_in_thread
from ...explorer.events import ExplorerEvent
from ...explorer.explorer import Explorer
from ...formats.exports import FORMATS
from ...history.exchange import Exchange, Exchanges
from ...protocol.errors import FilterError, LoopError, RequestError
from ...views.comparison import view_comparison
from ...views.exchange import view_exchange, view_exchanges
from ...views.figures import count_of
from ...views.history import view_history
from ...views.view import View
from ..comm_writer import CommWriter
from ..panel import Panel
from ..redraw import Redraw
from .page_state import page_filter, page_mistake, page_rows
from .replaying import Replaying
from .table_part import HistoryRows

ROWS = 100
"""Rows the page gets at once; it asks for more."""


class HistoryTable(Panel):
    """
    Filter the history; show, send again, compare and export what is found; the kernel stays free meanwhile.

    :param explorer: the attached app
    :param on_show: given the exchange to be shown; by default it is shown below the table
    :param on_fill: given the exchange whose request is to be put into a form; without it the page does not ask
    """

    def __init__(
        self,
        explorer: Explorer,
        *,
        writer: CommWriter | None = None,
        on_show: Callable[[Exchange], object] | None = None,
        on_fill: Callable[[Exchange], object] | None = None,
    ) -> None:
        self._redraw = Redraw(lambda: self._guard(self._paint, ()))  # news may come at once
        super().__init__(explorer, writer=writer)
        self._on_show = on_show
        self._on_fill = on_fill
        self._filter = ""
        self._most = ROWS
        self._replaying: Replaying | None = None
        self._result: View | None = None
        self.table = self.hold(HistoryRows(fills=on_fill is not None, **self._row_traits()))
        self.answer = self.hold(ipywidgets.HTML(_dom_classes=("ipyasgi-answer",)))
        self.children = (self.table, self.notice, self.answer)
        self._texts = self._writer.attach(self.table)  # what is exported travels apart from what is saved
        self.table.on_msg(self._hear_page)
        self._drawing = self.loop.submit(self._redraw.run)

    # -- from any thread -------------------------------------------------------------------------------------

    def select(self) -> Exchanges:
        """Return the exchanges that the filter lets through, oldest first."""
        return self.explorer.history.filter(self._filter)

    def filter(self, text: str) -> None:
        """Show only what a filter lets through, as `History.filter` does; raises `FilterError`, and nothing changes."""
        self.explorer.history.filter(text)
        self._filter, self._most = text, ROWS
        self.soon(self._paint_filter, "")

    def show(self, exchange: Exchange) -> None:
        """Show an exchange: below the table, or where the table's owner wants it."""
        self.soon(self._paint_shown, exchange)

    def replay(self, which: str | Exchange | Iterable[Exchange]) -> None:
        """
        Begin to send kept requests again, in order, and return at once; what comes of it is shown.

        :param which: as for `Explorer.replay`
        Raises `LoopError` while others are being sent again.
        """
        exchanges = self.explorer.history.select(which)
        with self._lock:
            if self._replaying is not None:
                raise LoopError("requests are being sent again: wait, or stop them")
            self._replaying = Replaying(
                self.explorer,
                exchanges,
                self.loop,
                on_step=lambda doing: self.queue.state(self.table, doing=doing),
                on_end=self._end_replay,
            )

    def stop(self) -> None:
        """Stop sending requests again: the one under way is disconnected."""
        with self._lock:
            replaying = self._replaying
        if replaying is not None:
            replaying.stop()

    def compare(self, before: str | Exchange, after: str | Exchange) -> None:
        """Show what differs between two exchanges."""
        comparison = self.explorer.compare(before, after)
        view = view_comparison(comparison, self.explorer.settings)
        title = f"{comparison.before.name} → {comparison.after.name}: {comparison.verdict}"
        self.soon(self._paint_result, view, title)

    def export(self, which: str | Exchange | Iterable[Exchange], kind: str) -> None:
        """
        Show exchanges in another format, to be copied or saved.

        :param kind: ``curl``, ``httpx``, ``pytest``, ``http`` or ``har``
        Raises `RequestError` where that format cannot hold them.
        """
        self.loop.submit(self._export, self.explorer.history.select(which), kind)

    def view(self) -> View:
        """Return the rows that the filter lets through, and what is shown below them."""
        views = [view_history(self.select(), self.explorer.settings)]
        if self._result is not None:
            views.append(self._result)
        return View(text="\n\n".join(view.text for view in views), html="\n".join(view.html for view in views))

    # -- what the page says ----------------------------------------------------------------------------------

    def _hear_page(self, _table: object, content: Any, _buffers: object) -> None:
        match content:
            case {"ask": "filter", "text": str(text)}:
                self.soon(self._filter_from_page, text)
            case {"ask": "more"}:
                self.soon(self._show_more)
            case {"ask": "show", "name": str(name)}:
                self.soon(self._with, self.show, [name])
            case {"ask": "fill", "name": str(name)} if self._on_fill is not None:
                self.soon(self._with, self._fill, [name])
            case {"ask": "replay", "names": list(names)}:
                self.soon(self._with, lambda *those: self.replay(those), names)
            case {"ask": "compare", "names": [first, second]}:
                self.soon(self._with, self.compare, [first, second])
            case {"ask": "export", "names": list(names), "format": str(kind)}:
                self.soon(self._with, lambda *those: self.export(those, kind), names)
            case {"ask": "stop"}:
                self.soon(self.stop)
            case {"ask": "dismiss"}:
                self.soon(self._dismiss)

    def _with(self, act: Callable[..., object], names: list[Any]) -> None:
        """Call with the exchanges of these names, or say which of them the history no longer holds."""
        try:
            exchanges = [self.explorer.history[str(name)] for name in names]
        except KeyError as exc:
            self.show_notice(str(exc.args[0]))
            return
        self.show_notice()
        if exchanges:
            act(*exchanges)

    def _filter_from_page(self, text: str) -> None:
        try:
            self.filter(text)
        except FilterError as exc:
            self.queue.state(self.table, mistake=page_mistake(exc, self.explorer.settings))

    def _fill(self, exchange: Exchange) -> None:
        if self._on_fill is not None:
            self._on_fill(exchange)

    def _show_more(self) -> None:
        self._most += ROWS
        self._paint()

    # -- painting, on the panel's thread ---------------------------------------------------------------------

    def take_event(self, event: ExplorerEvent) -> None:
        if event.kind == "exchange":
            self._redraw.ask()

    def end(self) -> None:
        self._drawing.cancel()
        self.stop()
        self._texts.close()

    def mark_shown(self, exchange: Exchange) -> None:
        """Mark the row of the exchange that is shown elsewhere; from any thread."""
        self.queue.state(self.table, shown=exchange.name)

    def _end_replay(self, done: Exchanges, failure: Exception | None) -> None:
        with self._lock:
            self._replaying = None
        if self.closed:
            return
        self.queue.state(self.table, doing="")
        if failure is not None:
            self.soon(self.show_failure, failure)
        if len(done) == 1:
            self.soon(self._paint_shown, done[0])
        elif done:
            failed = sum(not one.ok for one in done)
            title = f"{count_of(len(done), 'request')} sent again{f', {failed} not answered well' if failed else ''}"
            view = view_exchanges(done, self.explorer.settings)
            self.soon(self._paint_result, view, title, "bad" if failed else "good")

    def _paint(self) -> None:
        self.queue.state(self.table, **self._row_traits())

    def _paint_filter(self, mistake: str) -> None:
        settings = self.explorer.settings
        self.queue.state(self.table, filter=page_filter(self._filter, settings), mistake=mistake, **self._row_traits())

    def _paint_shown(self, exchange: Exchange) -> None:
        if self._on_show is not None:
            self._on_show(exchange)
        else:
            self.mark_shown(exchange)
            self._paint_result(view_exchange(exchange, self.explorer.settings), exchange.name)

    def _paint_result(self, view: View, title: str, tone: str = "") -> None:
        self._result = view
        self.queue.state(self.table, result=title, tone=tone, export={})
        self.queue.state(self.answer, value=view.html)

    async def _export(self, exchanges: Exchanges, kind: str) -> None:
        # In a thread: an archive of many bodies takes its time, and this loop paints.
        try:
            made = await await_future(run_in_thread(export, exchanges, kind))
        except Exception as exc:
            self.soon(self.show_failure, exc)
        else:
            self.soon(self._paint_export, made)

    def _paint_export(self, made: Export) -> None:
        offer = self._texts.body(made.text.encode("utf-8", "replace"))
        told = {"about": made.about, "filename": made.filename, "offer": offer.as_dict()}
        self.queue.state(self.table, export=told)

    def _dismiss(self) -> None:
        self._result = None
        self.queue.state(self.table, result="", tone="", export={})
        self.queue.state(self.answer, value="")

    def _row_traits(self) -> dict[str, Any]:
        found = self.select()
        newest = found[max(len(found) - self._most, 0) :]
        return {
            "rows": page_rows(reversed(newest), self.explorer.settings),
            "total": len(self.explorer.history),
            "matching": len(found),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """
    Exchanges in another format.

    :ivar about: what it is, in a few words
    :ivar filename: under which it is saved
    """

    about: str
    filename: str
    text: str


def export(exchanges: Exchanges, kind: str) -> Export:
    """
    Return the exchanges in another format; their secrets are names to be filled, or masked.

    :param kind: one of `FORMATS`
    Raises `RequestError` for a format there is not, where one cannot hold the exchanges, and where there are none.
    """
    if not exchanges:
        raise RequestError("there is nothing to export: select exchanges first")
    if kind not in FORMATS:
        raise RequestError(f"there is no format called {kind!r}: choose one of {', '.join(FORMATS)}")
    text: str = getattr(exchanges, f"to_{kind}")()
    what = exchanges[0].name if len(exchanges) == 1 else count_of(len(exchanges), "exchange")
    return Export(about=f"{what} as {kind}", filename=FORMATS[kind], text=text)
