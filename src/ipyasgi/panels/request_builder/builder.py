"""`RequestBuilder`: the form, and beside it the response or a WebSocket's console."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets

from ...engine.pending import Pending
from ...explorer.events import ExplorerEvent
from ...explorer.explorer import Explorer
from ...history.exchange import Exchange
from ...records.requests import RequestSpec
from ...views.exchange import view_exchange
from ...views.routes import view_routes
from ...views.view import View
from ..comm_writer import CommWriter
from ..panel import Panel
from ..response_viewer.viewer import ResponseViewer
from ..websocket_console import WebSocketConsole
from .draft import draft_of
from .form_page import FormPage
from .form_request import move_known_rows
from .form_sender import FormSender


class RequestBuilder(Panel):
    """
    Choose a route, fill the form, send, see the response, without blocking the kernel; a WebSocket has a console.

    :param on_shown: called with each exchange that is shown, on the panel's thread
    """

    def __init__(
        self,
        explorer: Explorer,
        *,
        writer: CommWriter | None = None,
        on_shown: Callable[[Exchange], object] = lambda exchange: None,
    ) -> None:
        super().__init__(explorer, writer=writer)
        self.shown: Exchange | None = None
        self._on_shown = on_shown
        self._sender = FormSender(
            explorer,
            soon=self.soon,
            on_run=self._paint_run,
            on_begin=lambda pending: self.response.begin(pending),
            on_exchange=self._paint_exchange,
        )
        self.response = ResponseViewer(explorer, writer=self._writer, follow=False, cancel=False)
        self.socket = WebSocketConsole(explorer, writer=self._writer)
        self._page = FormPage(self, self._sender, on_draft=self._paint_beside)
        self.form = self._page.form
        self._beside: Panel = self._panel_beside()
        self._split = self.hold(ipywidgets.Box([self.form, self._beside], _dom_classes=("ipyasgi-split",)))
        self.children = (self.notice, self._split)
        self._page.read_document()

    def to_spec(self) -> RequestSpec:
        """Return the request of the form; raises `RequestError` if a value is missing or invalid."""
        return self._sender.read(self._page.draft, self._page.operation_form()).to_spec()

    def fill(self, spec: RequestSpec) -> None:
        """Put a request into the form, on its route; raises `RequestError` if its body is not text."""
        draft = draft_of(spec, self.explorer.routes.values())
        form = self._page.operation_form(draft)
        if form is not None:
            draft = move_known_rows(draft, form, self._sender.files, self.explorer.settings.redactor)
        self._page.put(draft)

    def choose(self, key: str) -> None:
        """Open the untouched form of a route, ``"POST /items"``; raises KeyError for an unknown one."""
        self._page.choose(self.explorer.routes[key])

    def send(self) -> Pending[Exchange]:
        """
        Cancel the panel's running request, send the form's, and return at once.

        Raises `RequestError` if the form is incomplete or invalid, `LoopError` if the explorer is closed.
        """
        return self._sender.send(self._sender.read(self._page.draft, self._page.operation_form()))

    def cancel(self) -> None:
        """Cancel the running request: the app is disconnected, may clean up, and is cancelled."""
        self._sender.cancel()

    def show(self, exchange: Exchange) -> None:
        """Show an exchange beside the form."""
        self.soon(self._paint_exchange, exchange)

    def view(self) -> View:
        """Return the exchange that is shown, or the routes before the first."""
        if self.shown is not None:
            return view_exchange(self.shown, self.explorer.settings)
        return view_routes(self.explorer.routes, self.explorer.settings)

    def hear_page(self, content: Any, buffers: Any) -> None:
        self._page.hear(content, buffers)

    def take_event(self, event: ExplorerEvent) -> None:
        if event.kind == "app":
            self._page.paint_choices()
            self._page.read_document()

    def end(self) -> None:
        self._sender.end()
        self._page.stop_reading()
        self.response.close()
        self.socket.close()

    # -- painting, on the panel's thread ---------------------------------------------------------------------

    def _panel_beside(self) -> Panel:
        return self.socket if self._page.draft.method == "WS" else self.response

    def _paint_beside(self) -> None:
        beside = self._panel_beside()
        if beside is self.socket:
            self.socket.offer(self._page.draft.filled_path())
        if beside is not self._beside:
            self._beside = beside
            self.queue.state(self._split, children=(self.form, beside))

    def _paint_run(self, run: dict[str, Any]) -> None:
        self.queue.state(self.form, run=run)

    def _paint_exchange(self, exchange: Exchange) -> None:
        self.shown = exchange
        self.response.show(exchange)
        self._page.paint_exchange(exchange)
        self._on_shown(exchange)
