"""`HistoryTable`: filters, shows, replays, compares and exports exchanges; on the page, which is saved, masked."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import traitlets

from ..engine.jobs import await_future
from ..engine.pending import Pending
from ..engine.strategy import run_in_thread
from ..explorer.events import ExplorerEvent
from ..explorer.explorer import Explorer
from ..formats.exports import FORMATS, method_of
from ..history.exchange import Exchange, Exchanges
from ..protocol.errors import FilterError, LoopError, RequestError
from ..records.secret_rules import MASK
from ..records.settings import Settings
from ..views.comparison import view_comparison
from ..views.exchange import RESTORED, summarize_all, view_exchange, view_exchanges, view_history
from ..views.figures import count_of
from ..views.view import View, one_line
from .comm_writer import CommWriter
from .panel import Markup, Panel, Part, join_views, read_bundle, read_style
from .request_builder.other_response import Operations

ROWS = 100
"""Rows that the page gets at once; it can ask for more."""


class HistoryRows(Part):
    """
    The history on the page.

    :ivar rows: `page_rows`, newest first
    :ivar total: number of exchanges in the history, ``matching`` of those that pass the filter
    :ivar filter_error: the error in the filter typed last, or empty
    :ivar shown: name of the exchange that is shown; ``earlier`` of the one to compare it with, see `find_earlier`
    :ivar folded: whether the page begins with one line of the newest exchanges, which expands the rest
    :ivar fills: whether the request of an exchange can be edited in a form
    :ivar doing: the progress of a replay, or empty
    :ivar result: the title of the view below the table, or empty; its ``tone`` is ``good``, ``bad`` or empty
    :ivar export: ``{about, filename, offer}``: a text to be fetched (`CommQueue.body`), or empty

    The page sends ``{ask: "filter", text}``, ``{ask: "more"}``, ``{ask: "show" | "fill", name}``,
    ``{ask: "replay" | "compare", names}``, ``{ask: "export", names, format}``, ``{ask: "stop"}`` and
    ``{ask: "dismiss"}``.
    """

    _esm = read_bundle("history_table")
    _css = read_style("history_table")
    rows: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    total = traitlets.Int().tag(sync=True)
    matching = traitlets.Int().tag(sync=True)
    filter = traitlets.Unicode().tag(sync=True)
    filter_error = traitlets.Unicode().tag(sync=True)
    shown = traitlets.Unicode().tag(sync=True)
    earlier = traitlets.Unicode().tag(sync=True)
    folded = traitlets.Bool().tag(sync=True)
    fills = traitlets.Bool().tag(sync=True)
    formats: traitlets.List[str] = traitlets.List(list(FORMATS)).tag(sync=True)
    doing = traitlets.Unicode().tag(sync=True)
    result = traitlets.Unicode().tag(sync=True)
    tone = traitlets.Unicode().tag(sync=True)
    export = traitlets.Dict().tag(sync=True)


class HistoryTable(Panel):
    """
    Filter, show, replay, compare and export the exchanges of the history, without blocking the kernel.

    :param on_show: called with the exchange to show; by default it is shown below the table
    :param on_fill: called with the exchange to edit in a form; without it the page does not offer this
    :param folded: begin with one line of the newest exchanges
    """

    def __init__(
        self,
        explorer: Explorer,
        *,
        writer: CommWriter | None = None,
        on_show: Callable[[Exchange], object] | None = None,
        on_fill: Callable[[Exchange], object] | None = None,
        folded: bool = False,
    ) -> None:
        super().__init__(explorer, writer=writer)
        self._on_show = on_show
        self._on_fill = on_fill
        self._filter = ""
        self._most = ROWS
        self._replaying: Pending[Exchanges] | None = None
        self._result: View | None = None
        self._operations: Operations | None = None  # of the present app, read at the first use
        self.table = self.hold(HistoryRows(fills=on_fill is not None, folded=folded, **self._row_traits()))
        self.result_view = self.hold(Markup(_dom_classes=("ipyasgi-answer", "ipyasgi-history-answer")))
        self.children = (self.table, self.notice, self.result_view)
        self._texts = self._writer.attach(self.table)  # for exported texts, which are not saved
        self.draw_on_demand(self._paint)

    # -- from any thread -------------------------------------------------------------------------------------

    def select(self) -> Exchanges:
        """Return the exchanges that pass the filter, oldest first."""
        return self.explorer.history.filter(self._filter)

    def filter(self, text: str) -> None:
        """Show only the exchanges that pass a filter, see `History.filter`; raises `FilterError`."""
        self.explorer.history.filter(text)
        self._filter, self._most = text, ROWS
        self.soon(self._paint_filter)

    def show(self, exchange: Exchange) -> None:
        """Show an exchange below the table, or by ``on_show``."""
        self.soon(self._paint_shown, exchange)

    def replay(self, which: str | Exchange | Iterable[Exchange]) -> None:
        """Start to replay requests, see `Explorer.replay`, and show the results; raises `LoopError` during a replay."""
        exchanges = self.explorer.history.select(which)
        with self._lock:
            if self._replaying is not None:
                raise LoopError("A replay is running. Wait for its end, or stop it.")
            self._replaying = self.explorer.begin_replay(exchanges, on_change=self._take_replay)

    def stop(self) -> None:
        """Stop the replay, and disconnect its running request."""
        with self._lock:
            replaying = self._replaying
        if replaying is not None:
            replaying.cancel()

    def compare(self, before: str | Exchange, after: str | Exchange) -> None:
        """Show the differences between two exchanges."""
        comparison = self.explorer.compare(before, after)
        view = view_comparison(comparison, self.explorer.settings)
        title = f"{comparison.before.name} → {comparison.after.name}: {comparison.verdict}"
        self.soon(self._paint_result, view, title)

    def export(self, which: str | Exchange | Iterable[Exchange], kind: str) -> None:
        """Show exchanges as a text to copy or save; ``kind`` is one of `FORMATS`."""
        self.loop.submit(self._export, self.explorer.history.select(which), kind)

    def view(self) -> View:
        """Return the exchanges that pass the filter, and the view below them."""
        shown = self.select() if self._filter else self.explorer.history
        return join_views(view_history(shown, self.explorer.settings), self._result)

    def hear_page(self, content: Any, buffers: Any) -> None:
        match content:
            case {"ask": "filter", "text": str(text)}:
                try:
                    self.filter(text)
                except FilterError as exc:
                    self.queue.state(self.table, filter_error=page_filter_error(exc, self.explorer.settings))
            case {"ask": "more"}:
                self._most += ROWS
                self._paint()
            case {"ask": "show", "name": str(name)}:
                self.with_exchanges(self.show, [name])
            case {"ask": "fill", "name": str(name)} if self._on_fill is not None:
                self.with_exchanges(self._on_fill, [name])
            case {"ask": "replay", "names": list(names)}:
                self.with_exchanges(lambda *those: self.replay(those), names)
            case {"ask": "compare", "names": [first, second]}:
                self.with_exchanges(self.compare, [first, second])
            case {"ask": "export", "names": list(names), "format": str(kind)}:
                self.with_exchanges(lambda *those: self.export(those, kind), names)
            case {"ask": "stop"}:
                self.stop()
            case {"ask": "dismiss"}:
                self._result = None
                self.queue.state(self.table, result="", tone="", export={})
                self.queue.state(self.result_view, value="")

    # -- painting, on the panel's thread ---------------------------------------------------------------------

    def take_event(self, event: ExplorerEvent) -> None:
        if event.kind == "exchange":
            self.draw_again()
        elif event.kind == "app":
            self._operations = None

    def end(self) -> None:
        self.stop()
        self._texts.close()

    def mark_shown(self, exchange: Exchange | None) -> None:
        """Mark the row of the exchange that another panel shows, or none; from any thread."""
        if exchange is None:
            self.queue.state(self.table, shown="", earlier="")
            return
        if self._operations is None:
            self._operations = Operations(tuple(self.explorer.routes.values()))
        earlier = find_earlier(exchange, tuple(self.explorer.history), self._operations)
        self.queue.state(self.table, shown=exchange.name, earlier=earlier)

    def _take_replay(self, pending: Pending[Exchanges]) -> None:
        progress = pending.progress
        if not pending.done():
            if progress.done < progress.total:
                name = pending.subject[progress.done].name
                doing = f"Replaying {name}, {progress.done + 1} of {progress.total}"
                self.queue.state(self.table, doing=doing)
            return
        with self._lock:
            self._replaying = None
        if not self.closed:
            self.queue.state(self.table, doing="")
            self.soon(self._paint_replayed, pending)

    def _paint_replayed(self, pending: Pending[Exchanges]) -> None:
        if pending.exception is not None and not pending.cancelled:
            self.show_failure(pending.exception)
        progress, done = pending.progress, pending.value
        if done is None and progress.done:  # it was stopped
            newer = self.explorer.history.select(f"{progress.first}-{progress.last}")
            done = Exchanges(one for one in newer if one.replay_of and not one.ended_by_you)
        if done and len(done) == 1:
            self._paint_shown(done[0])
        elif done:
            failed = sum(not one.ok for one in done)
            title = f"Replayed {count_of(len(done), 'request')}{f': {failed} failed' if failed else ''}"
            self._paint_result(view_exchanges(done, self.explorer.settings), title, "bad" if failed else "good")

    def _paint(self) -> None:
        self.queue.state(self.table, **self._row_traits())

    def _paint_filter(self) -> None:
        shown = page_filter(self._filter, self.explorer.settings)
        self.queue.state(self.table, filter=shown, filter_error="", **self._row_traits())

    def _paint_shown(self, exchange: Exchange) -> None:
        if self._on_show is not None:
            self._on_show(exchange)
        else:
            self.mark_shown(exchange)
            self._paint_result(view_exchange(exchange, self.explorer.settings), exchange.name)

    def _paint_result(self, view: View, title: str, tone: str = "") -> None:
        self._result = view
        self.queue.state(self.table, result=title, tone=tone, export={})
        self.queue.state(self.result_view, value=view.html)

    async def _export(self, exchanges: Exchanges, kind: str) -> None:
        # In a thread: an archive of many bodies takes long, and this loop paints.
        try:
            text = await await_future(run_in_thread(export, exchanges, kind))
        except Exception as exc:
            self.soon(self.show_failure, exc)
            return
        name = exchanges[0].name if len(exchanges) == 1 else count_of(len(exchanges), "exchange")
        offer = self._texts.body(text.encode("utf-8", "replace"))
        about = f"{name} as {kind}"
        self.queue.state(self.table, export={"about": about, "filename": FORMATS[kind], "offer": offer})

    def _row_traits(self) -> dict[str, Any]:
        found = self.select()
        newest = found[max(len(found) - self._most, 0) :]
        return {
            "rows": page_rows(reversed(newest), self.explorer.settings),
            "total": len(self.explorer.history),
            "matching": len(found),
        }


def find_earlier(exchange: Exchange, history: Sequence[Exchange], operations: Operations) -> str:
    """
    Return the name of the exchange to compare another with, or nothing: the one it replays, else the last before it.

    Only requests to the same operation are compared.

    :param history: oldest first
    """
    if not exchange.is_request:
        return ""
    operation = operations.find(exchange.spec.method, exchange.spec.path)
    before = itertools.takewhile(lambda one: one.name != exchange.name, history)
    found = [one.name for one in before if one.is_request and operations.is_of(one.spec, operation)]
    return exchange.replay_of if exchange.replay_of in found else next(reversed(found), "")


def export(exchanges: Exchanges, kind: str) -> str:
    """
    Return exchanges in one of `FORMATS`, with placeholders or masks for secrets.

    Raises `RequestError` for an unknown format, for one that cannot represent the exchanges, and for no exchanges.
    """
    if not exchanges:
        raise RequestError("Nothing to export. Select exchanges first.")
    if kind not in FORMATS:
        raise RequestError(f"Unknown format {kind!r}. Choose one of {', '.join(FORMATS)}.")
    text: str = getattr(exchanges, method_of(kind))()
    return text


def page_rows(exchanges: Iterable[Exchange], settings: Settings) -> list[dict[str, Any]]:
    """Return exchanges as rows of the table, in the order given."""
    return [
        {
            "name": one.name,
            "method": one_line(one.method, 20),
            "target": one.short_target,
            "outcome": one_line(one.outcome, 80),
            "elapsed": one.elapsed,
            "size": one.size,
            "at": one.sent_at,
            "marks": [one_line(mark, 80) for mark in (one.background, *one.marks) if mark],
            "tone": "good" if one.tone in ("good", "moved") else "bad",
            "restored": RESTORED in one.marks,
        }
        for one in summarize_all(tuple(exchanges), settings)
    ]


def page_filter(text: str, settings: Settings) -> str:
    """Return a filter for the page, masked if it contains a secret."""
    return MASK if _has_secret(text, settings) else text


def page_filter_error(error: FilterError, settings: Settings) -> str:
    """Return the error in a filter, without the part that may contain a secret."""
    if _has_secret(error.word, settings):
        return "Cannot read the term with the secret. Use terms such as method:POST status:4xx path:/items*."
    return one_line(str(error), 400)


def _has_secret(text: str, settings: Settings) -> bool:
    redactor = settings.redactor
    return redactor.is_secret(text) or bool(redactor.spans(text)) or bool(redactor.url_spans(text))
