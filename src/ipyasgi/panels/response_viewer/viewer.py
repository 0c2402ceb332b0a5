"""`ResponseViewer`: one exchange in tabs, with its body as a tree, a text or rows, also while it is received."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import anyio
import ipywidgets
import traitlets

from ...engine.jobs import await_future
from ...engine.pending import Pending
from ...engine.strategy import run_in_thread
from ...explorer.events import ExplorerEvent
from ...explorer.explorer import Explorer
from ...history.exchange import Exchange
from ...protocol.errors import RequestError
from ...protocol.exception_parts import traceback_of
from ...records.settings import Settings
from ...views.bounds import cut_text
from ...views.changes import exception_lines
from ...views.exchange import ExchangeShown, view_exchange
from ...views.pending import show_pending, view_pending
from ...views.tabs import TABS, ExchangeTabs, view_nothing, view_tabs
from ...views.view import View
from ..comm_writer import CommWriter
from ..panel import Markup, Panel, Part, exchange_of, read_bundle, read_style
from .body import PageBody, page_body
from .cell_code import code_to_get
from .stream import StreamRows
from .unmasked import find_unmasked

LOOK_S = 0.1
"""Seconds between two updates of a response that is being received."""
PATIENCE_S = 0.3
"""Seconds for which the response before stays, dimmed, so that the page does not flicker with fast responses."""
KEEP_ROWS = 5000
INLINE_BYTES = 32 * 1024
"""Maximum size of a text in the panel's state, which is saved with the notebook; a longer one is fetched."""

_FRAMES = 40  # of a traceback to copy
_TONES = {"good": "good", "bad": "bad", "failed": "bad"}


class ResponsePage(Part):
    """
    Summary, tabs and body; the HTML widget below has the other parts, of which the page shows one.

    :ivar head: the summary line (`head_of`); empty before the first response
    :ivar tabs: `tabs_of`; ``body`` is `body_of`
    :ivar live: the response that is being received: its state, elapsed time, and the number of its first row
    :ivar exception: `exception_of`; empty without an exception
    :ivar revealed: the last value whose mask was taken off: the ``id`` of the page's message, and an ``offer`` of the
        value (`CommQueue.body`), which is not saved, or an ``error``
    :ivar pinned: whether newer exchanges are not shown; None if the panel does not follow them
    :ivar stale: whether the response is that of an older request

    The page sends ``{ask: "cancel"}``, ``{ask: "pin", on}`` and ``{ask: "reveal", id, turn, of, places}``, see
    `find_unmasked`.
    """

    _esm = read_bundle("response_viewer")
    _css = read_style("live_rows", "response_viewer", "json_tree", "record_table")
    head: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)
    tabs: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    body: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)
    live: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)
    exception: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)
    revealed: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)
    pinned = traitlets.Bool(default_value=None, allow_none=True).tag(sync=True)
    stale = traitlets.Bool().tag(sync=True)


class ResponseViewer(Panel):
    """
    Show the newest exchange of an app, or selected ones, without blocking the kernel.

    :param follow: show each new exchange
    :param cancel: offer to cancel a running request
    :param above: widgets of another panel, shown above the response
    """

    def __init__(
        self,
        explorer: Explorer,
        *,
        writer: CommWriter | None = None,
        follow: bool = True,
        cancel: bool = True,
        above: Sequence[ipywidgets.Widget] = (),
    ) -> None:
        super().__init__(explorer, writer=writer)
        self.add_class("ipyasgi-response")
        self.shown: Exchange | None = None
        self.pending: Pending[Exchange] | None = None
        self._follow, self._cancel = follow, cancel
        self._pinned = False
        self._turns = 0
        self._rows_from = 1
        self._stream = StreamRows(explorer.settings.redactor)
        self._events_fed = 0
        self.page = self.hold(
            ResponsePage(tabs=tabs_of({}), live=self._live(), pinned=False if follow else None, body={})
        )
        self.rows_channel = self._writer.attach(self.page, keep_rows=KEEP_ROWS)
        self.sections = self.hold(Markup(_dom_classes=("ipyasgi-answer", "ipyasgi-sections")))
        self.children = (*above, self.notice, self.page, self.sections)
        newest = next(reversed(tuple(explorer.history)), None) if follow else None
        if newest is not None:
            self.show(newest)

    # -- from any thread -------------------------------------------------------------------------------------

    @property
    def pin(self) -> bool:
        """Whether newer exchanges are not shown; may be set."""
        return self._pinned

    @pin.setter
    def pin(self, pinned: bool) -> None:
        self._pinned = pinned
        if self._follow:
            self.rows_channel.state(pinned=pinned)

    def show(self, exchange: Exchange) -> None:
        """Show an exchange."""
        self.soon(self._show, exchange)

    def begin(self, pending: Pending[Exchange]) -> None:
        """Show a response row by row while it is received, and its exchange once it has ended."""
        self.soon(self._begin, pending)

    def view(self) -> View:
        """Return the exchange or request that is shown."""
        if self.pending is not None:
            return view_pending([self.pending], self.explorer.settings)
        if self.shown is not None:
            return view_exchange(self.shown, self.explorer.settings)
        return view_nothing()

    def take_event(self, event: ExplorerEvent) -> None:
        exchange = event.exchange
        if exchange is None or exchange.restored:  # many at once, and not sent now
            return
        if self._follow and not self._pinned and self.pending is None:
            self._show(exchange)

    def end(self) -> None:
        pending, self.pending = self.pending, None
        if pending is not None and self._cancel:
            pending.cancel()
        self.rows_channel.close()

    # -- on the panel's thread -------------------------------------------------------------------------------

    def hear_page(self, content: Any, buffers: Any) -> None:
        match content:
            case {"ask": "cancel"} if self.pending is not None:
                self.pending.cancel()
            case {"ask": "pin", "on": bool(on)}:
                self.pin = on
            case {"ask": "reveal", "id": int(number), "turn": int(turn), "of": str(part), "places": list(places)}:
                if all(type(place) is int and place >= 0 for place in places):
                    self.loop.submit(self._reveal, number, turn, part, places)

    def _begin(self, pending: Pending[Exchange]) -> None:
        self._turns += 1
        self.pending = pending
        self._start_rows()
        self.rows_channel.state(stale=True)
        self.loop.submit(self._watch, pending, self._turns)

    async def _watch(self, pending: Pending[Exchange], turn: int) -> None:
        shown = ""
        while turn == self._turns and not self.closed:
            done = pending.done()  # read first, so that the events before the end are shown
            self._feed(pending.events)
            live = self._live(pending)
            if not shown and not done and pending.progress.elapsed_s > PATIENCE_S:
                body = body_of(PageBody(views=("rows",), content=b"", is_text=True), "", turn, None, rows=True)
                self.rows_channel.state(head={}, tabs=tabs_of({}, rows=True), body=body, stale=False)
            elif not shown:
                live["text"] = ""
            if live["text"] != shown:
                shown = live["text"]
                self.rows_channel.state(live=live)
            if done:
                self.soon(self._finish, pending, turn)
                return
            await anyio.sleep(LOOK_S)

    def _finish(self, pending: Pending[Exchange], turn: int) -> None:
        if turn != self._turns:
            return  # another exchange is shown
        exchange = exchange_of(pending, self.explorer)
        if exchange is not None:
            self._show(exchange, keep_rows=True)
            return
        self.pending = None
        self.rows_channel.state(live=self._live(), stale=False)
        if pending.exception is not None and not pending.cancelled:
            self.show_failure(pending.exception)

    def _show(self, exchange: Exchange, *, keep_rows: bool = False) -> None:
        if exchange is self.shown and self.pending is None:
            self.rows_channel.state(stale=False)
            return
        if self.pending is not None and exchange.spec is self.pending.subject and not keep_rows:
            self._feed(exchange.events)
            keep_rows = True
        self._turns += 1
        self.shown, self.pending = exchange, None
        self.show_notice()
        if not keep_rows:
            self._start_rows()
        self._feed(exchange.events)
        self.loop.submit(self._prepare, exchange, self._turns)

    async def _reveal(self, number: int, turn: int, part: str, places: list[int]) -> None:
        exchange = self.shown
        found: dict[str, Any] = {"id": number}
        try:
            if exchange is None or turn != self._turns:
                raise RequestError("Another response is shown now")
            # In a thread: reading megabytes takes long, and this loop paints.
            redactor = self.explorer.settings.redactor
            value = await await_future(run_in_thread(find_unmasked, exchange, part, places, redactor))
            found["offer"] = self.rows_channel.body(value.encode("utf-8", "replace"))
        except RequestError as exc:
            found["error"] = str(exc)
        self.rows_channel.state(revealed=found)

    async def _prepare(self, exchange: Exchange, turn: int) -> None:
        # In a thread: masking megabytes takes long, and this loop paints the other panels.
        found = await await_future(run_in_thread(_prepare, exchange, self.explorer.settings))
        self.soon(self._paint, turn, found)

    def _paint(self, turn: int, found: tuple[ExchangeTabs, PageBody] | Exception) -> None:
        if turn != self._turns:
            return
        if isinstance(found, Exception):
            self.show_failure(found)
            return
        tabs, body = found
        # A request that ended early has no response, but its rows can be shown.
        only_rows = self._has_rows and not body.views and self.shown is not None and self.shown.response is None
        if only_rows:
            body = replace(body, views=("rows",))
        must_fetch = len(body.content) > (INLINE_BYTES if body.is_text else 0)
        offer = self.rows_channel.body(body.content) if must_fetch else None
        label = tabs.shown.response_body.label if tabs.shown.response_body is not None else ""
        self.rows_channel.state(self.sections, value=tabs.html)
        self.rows_channel.state(
            head=head_of(tabs.shown) | {"code": code_to_get(tabs.shown.name, self.explorer)},
            tabs=tabs_of(tabs.about, rows=only_rows),
            body=body_of(body, label, turn, offer, rows=self._has_rows),
            exception=exception_of(tabs.shown, can_debug=self._can_debug()),
            live=self._live(),
            stale=False,
        )

    def _can_debug(self) -> bool:
        exception = self.shown.app_exception if self.shown is not None else None
        return exception is not None and traceback_of(exception) is not None

    @property
    def _has_rows(self) -> bool:
        return self.rows_channel.last >= self._rows_from

    def _start_rows(self) -> None:
        self._rows_from = self.rows_channel.last + 1
        self._events_fed = 0
        self._stream = StreamRows(self.explorer.settings.redactor)

    def _feed(self, events: Any) -> None:
        for event in events[self._events_fed :]:
            for row in self._stream.feed(event):
                self.rows_channel.put(row)
        self._events_fed = len(events)

    def _live(self, pending: Pending[Exchange] | None = None) -> dict[str, Any]:
        live: dict[str, Any] = {"turn": self._turns, "rows_from": self._rows_from, "cancel": self._cancel}
        if pending is None:
            return live | {"busy": False, "text": "", "elapsed_ms": 0, "method": "", "target": ""}
        shown = show_pending(pending, self.explorer.settings)
        text = ", ".join(filter(None, [shown.state, shown.progress]))
        elapsed_ms = round(pending.progress.elapsed_s * 1e3)
        live |= {"busy": not shown.done, "text": text, "elapsed_ms": elapsed_ms}
        return live | {"method": shown.method, "target": shown.target}


def _prepare(exchange: Exchange, settings: Settings) -> tuple[ExchangeTabs, PageBody] | Exception:
    try:
        tabs = view_tabs(exchange, settings)
        return tabs, page_body(exchange, tabs.shown.response_body, settings, drawn=tabs.drawn)
    except Exception as exc:  # shown by the panel's own thread
        return exc


def head_of(shown: ExchangeShown) -> dict[str, Any]:
    """Return the summary line."""
    return {
        "name": shown.name,
        "method": shown.method,
        "target": shown.short_target,
        "outcome": shown.outcome,
        "tone": _TONES.get(shown.tone, ""),
        "elapsed": shown.elapsed,
        "background": shown.background,
        "size": shown.size,
        "marks": list(shown.marks),
        "notes": list(shown.notes),
        "open": "exception"
        if shown.raised is not None and not (shown.handled_exception and shown.tone != "failed")
        else "body",
    }


def exception_of(shown: ExchangeShown, *, can_debug: bool) -> dict[str, Any]:
    """Return the traceback as masked text to copy, and whether the exception and its frames are kept to debug it."""
    if shown.raised is None:
        return {}
    return {"text": cut_text("\n".join(exception_lines(shown.raised, last=_FRAMES))), "can_debug": can_debug}


def tabs_of(about: dict[str, str], *, rows: bool = False) -> list[dict[str, Any]]:
    """
    Return each tab's name, title and note, and whether it has content; ``rows`` count as content of the body.

    The tab of an exception has a mark, for those who open another one.

    :param about: the size or number of the contents by tab; empty or missing for an empty tab
    """
    return [
        {
            "name": name,
            "title": name.capitalize(),
            "about": about.get(name, ""),
            "some": bool(about.get(name)) or (rows and name == "body"),
            "mark": "!" if name == "exception" and about.get(name) else "",
        }
        for name in TABS
    ]


def body_of(body: PageBody, label: str, turn: int, offer: dict[str, int] | None, *, rows: bool) -> dict[str, Any]:
    """
    Return the body for the page.

    :param turn: distinguishes a new body from the same one sent again
    :param offer: of the content, if the page has to fetch it
    """
    views = [view for view in body.views if rows or view != "rows"]
    inline = body.is_text and offer is None
    return {
        "turn": turn,
        "views": views,
        "label": label,
        "notes": list(body.notes),
        "text": body.content.decode("utf-8", "replace") if inline else None,
        "offer": offer,
        "is_text": body.is_text,
        "masked": body.masked,
        "reasons": dict(body.reasons),
        "filename": body.filename,
    }
