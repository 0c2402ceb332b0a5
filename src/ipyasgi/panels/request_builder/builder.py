"""`RequestBuilder`: the form, and beside it the response or a WebSocket's console."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...engine.pending import Pending
from ...explorer.events import ExplorerEvent
from ...explorer.explorer import Explorer
from ...history.exchange import Exchange
from ...openapi.document import Document
from ...protocol.errors import LoopError, RequestError
from ...records.requests import RequestSpec
from ...views.exchange import view_exchange
from ...views.routes import view_routes
from ...views.view import View
from ..comm_writer import CommWriter
from ..panel import Group, Panel, read_bundle
from ..response_viewer.viewer import ResponseViewer
from ..websocket_console import WebSocketConsole
from .credential_hint import CredentialHint, find_hint
from .draft import draft_of
from .form_page import FormPage
from .form_request import move_rows
from .form_sender import FormSender
from .other_response import Operations, OtherResponse, find_other
from .tried_routes import TriedRoutes

_COLUMN, _OTHER = "ipyasgi-beside", "ipyasgi-other"
_MOST_ROUTES = 100  # beside the widget, in each saved notebook; JupyterLab searches them for headings


class RequestBuilder(Panel):
    """
    Choose a route, fill the form, send, see the response, without blocking the kernel; a WebSocket has a console.

    :param on_shown: called with each exchange that is shown, and with None while a request runs or a WebSocket is
        beside the form; on the panel's thread
    :param on_document: called with the app's document when it was read, on the panel's thread
    """

    def __init__(
        self,
        explorer: Explorer,
        *,
        writer: CommWriter | None = None,
        on_shown: Callable[[Exchange | None], object] = lambda exchange: None,
        on_document: Callable[[Document], object] = lambda document: None,
    ) -> None:
        super().__init__(explorer, writer=writer)
        self.shown: Exchange | None = None
        self._on_shown = on_shown
        self._on_document = on_document
        self._sender = FormSender(
            explorer,
            soon=self.soon,
            on_run=self._paint_run,
            on_begin=lambda pending: self.response.begin(pending),
            on_exchange=self._paint_exchange,
        )
        routes = explorer.routes
        self.hint = self.hold(CredentialHint())
        self.response = ResponseViewer(explorer, writer=self._writer, follow=False, cancel=False, above=(self.hint,))
        self._console: WebSocketConsole | None = None
        self._page = FormPage(self, self._sender, routes, on_draft=self._paint_beside, on_document=self._take_document)
        self.form = self._page.form
        if any(route.kind == "websocket" for route in routes.values()):
            self._console = self._build_console()
        self._code = self._writer.attach(self.form)  # for what is not saved, as the code of the editor
        self._beside: Panel = self._panel_beside()
        self._busy = False
        self._marked: Exchange | None = None
        self._operations = Operations(self._page.routes)
        self._other: dict[str, Any] = {"operation": "", "wanted": "", "last": ""}
        self.other = self.hold(OtherResponse())
        self._column = self.hold(Group([self.other, self._beside], _dom_classes=(_COLUMN,)))
        self._split = self.hold(Group([self.form, self._column], _dom_classes=("ipyasgi-split",)))
        self.children = (self.notice, self._split)
        self._tried = TriedRoutes()
        self._page.read_document()
        self.draw_on_demand(self._paint_tried)

    @property
    def socket(self) -> WebSocketConsole:
        """The console of WebSockets, built at its first use if the app had no WebSocket route before."""
        with self._lock:
            if self._console is None:
                if self.closed:
                    raise LoopError("The panel is closed. Open a new one.")
                self._console = self._build_console()
            return self._console

    def to_spec(self) -> RequestSpec:
        """Return the request of the form; raises `RequestError` if a value is missing or invalid."""
        return self._sender.read(self._page.draft, self._page.operation_form()).to_spec()

    def fill(self, spec: RequestSpec) -> None:
        """Put a request into the form, on its route; raises `RequestError` if its body is not text."""
        draft = draft_of(spec, self.explorer.routes.values())
        form, redactor = self._page.operation_form(draft), self.explorer.settings.redactor
        self._page.edit(move_rows(draft, form, self._sender.files, self.explorer.credentials, redactor))
        self.soon(self._paint_beside)  # after an exchange that is shown meanwhile

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
        """Show an exchange beside the form, also in place of a console, until the form changes."""
        self.soon(self._swap, self.response)
        self.soon(self._paint_exchange, exchange)

    def view(self) -> View:
        """Return the exchange that is shown, or the routes before the first."""
        if self.shown is not None:
            return view_exchange(self.shown, self.explorer.settings)
        return view_routes(self._page.table, self.explorer.settings, labelled=False, most=_MOST_ROUTES)

    def hear_page(self, content: Any, buffers: Any) -> None:
        match content:
            case {"ask": "editor"}:
                self._code.state(editor=self._code.body(read_bundle("json_editor").encode()))
            case {"ask": "place", "id": int(number), "key": str(key)}:
                self._offer_place(number, key)
            case {"ask": "show", "name": str(name)}:
                self.with_exchanges(self.show, [name])
            case {"ask": "use_token", "name": str(name), "key": str(key)}:
                self.with_exchanges(lambda exchange: self._page.use_token(key, exchange), [name])
            case _:
                self._page.hear(content, buffers)

    def take_event(self, event: ExplorerEvent) -> None:
        if event.kind == "app":
            self._page.paint_choices()
            self._page.read_document()
            self.draw_again()
        elif event.kind == "exchange":
            self.draw_again()
        elif event.kind == "credentials":
            self._page.paint_credentials()
            self._paint_hint()

    def end(self) -> None:
        self._sender.end()
        self._page.stop_reading()
        self._code.close()
        self.response.close()
        if self._console is not None:
            self._console.close()

    # -- painting, on the panel's thread ---------------------------------------------------------------------

    def _offer_place(self, number: int, key: str) -> None:
        place: dict[str, Any] = {"id": number}
        try:
            place["offer"] = self._code.body(self._page.find_place(key).encode("utf-8", "replace"))
        except RequestError as exc:
            place["error"] = str(exc)
        self._code.state(place=place)

    def _build_console(self) -> WebSocketConsole:
        return WebSocketConsole(self.explorer, writer=self._writer, addressed=True, routes=self._page.table)

    def _panel_beside(self) -> Panel:
        return self.socket if self._page.draft.method == "WS" else self.response

    def _paint_beside(self) -> None:
        beside = self._panel_beside()
        if isinstance(beside, WebSocketConsole):
            beside.offer(self._sender.request.path or self._page.draft.path)
        self._swap(beside)

    def _swap(self, beside: Panel) -> None:
        if beside is not self._beside:
            self._beside = beside
            self.queue.state(self._column, children=(self.other, beside))
        self.soon(self._paint_other)  # a draft may come from any thread

    def _paint_other(self) -> None:
        """Say which exchange is shown; dim and label a response that is not of the form's operation."""
        marked = self.shown if self._beside is self.response and not self._busy else None
        if marked is not self._marked:
            self._marked = marked
            self._on_shown(marked)
        other: dict[str, Any] = dict.fromkeys(self._other, "")
        if not self._busy and self._beside is self.response:
            explorer, draft = self.explorer, self._page.draft
            redactor = explorer.settings.redactor
            other |= find_other(self.shown, draft, self._present_operations(), explorer.history, redactor)
        if other == self._other:
            return
        self._other = other
        self.queue.state(self.other, **other)
        self.queue.state(self._column, _dom_classes=(_COLUMN, _OTHER) if other["operation"] else (_COLUMN,))

    def _present_operations(self) -> Operations:
        if self._operations.routes is not self._page.routes:
            self._operations = Operations(self._page.routes)
        return self._operations

    def _paint_tried(self) -> None:
        page = self._page
        page.paint_tried(self._tried.read(self.explorer.history, self._present_operations(), page.document))

    def _paint_run(self, run: dict[str, Any]) -> None:
        self.queue.state(self.form, run=run)
        self._busy = run["busy"]
        self._paint_other()

    def _paint_exchange(self, exchange: Exchange) -> None:
        self.shown = exchange
        self.response.show(exchange)
        self._page.paint_exchange(exchange)
        self._paint_other()
        self._paint_hint()

    def _take_document(self, document: Document) -> None:
        self._on_document(document)
        self._paint_hint()
        self.draw_again()

    def _paint_hint(self) -> None:
        if self.shown is not None:
            hint = find_hint(self.shown, self._page.document, self.explorer.credentials)
            self.queue.state(self.hint, hint=hint)
