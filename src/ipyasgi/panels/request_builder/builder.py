"""`RequestBuilder`: the form, the request it sends, and the answer below. Here the parts meet."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import ipywidgets

from ...engine.jobs import Job, await_future
from ...engine.strategy import run_in_thread
from ...explorer.events import ExplorerEvent
from ...explorer.explorer import Explorer
from ...explorer.pending import PendingExchange
from ...history.exchange import Exchange
from ...openapi.document import Document
from ...records.requests import METHODS, RequestSpec
from ...routes.routes import Route, path_parameters
from ...views.exchange import view_exchange
from ...views.routes import view_routes
from ...views.view import View
from ..comm_writer import CommWriter
from ..panel import Panel
from ..response_viewer import ResponseViewer
from ..websocket_console import WebSocketConsole
from .auth import Auth
from .code_kinds import CODE_KINDS
from .draft import Draft, draft_of, fresh_draft, read_draft
from .files import Files, value_of_name
from .form import RequestForm
from .form_error import FormError
from .operation_form import OperationForm, try_sheet
from .operation_form_page import page_sheet
from .page_state import choices_of, field_errors_of, judge, outcome_of, page_draft
from .typed_request import build_request, start_draft, with_known


@dataclass(slots=True, kw_only=True)
class _Sending:
    """A request of this panel under way."""

    pending: PendingExchange
    draft: Draft
    exchange: Exchange | None = None
    cancelled: bool = False
    began_s: float = field(default_factory=time.monotonic)

    def elapsed_ms(self) -> float:
        return (time.monotonic() - self.began_s) * 1e3


class RequestBuilder(Panel):
    """
    Choose a route, fill the form, send, see the answer; the kernel stays free meanwhile. A WebSocket gets its console.

    :param explorer: the attached app
    :param on_shown: told each exchange that becomes the answer, on the panel's thread
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
        self._sending: _Sending | None = None
        self._turns = 0
        self._fill, self._seq = 0, 0
        routes = list(explorer.routes.values())
        first: Route | None = next((route for route in routes if route.kind == "http"), None)
        self._draft = self._fresh = fresh_draft(first) if first is not None else Draft()
        self._document: Document | None = None
        self._generation = 0
        self._code_kind = CODE_KINDS[0]
        self._reading: Job[None] | None = None
        self.files = Files(value_of_name)
        self.auth = Auth(explorer, soon=self.soon, on_change=self._paint_auth)
        self.form = self.hold(
            RequestForm(
                choices=choices_of(routes),
                methods=list(METHODS),
                draft=self._page_draft(),
                verdict=self._verdict(),
                run=self._run(text=""),
            )
        )
        self.response = ResponseViewer(explorer, writer=self._writer, follow=False, cancel=False)
        self.socket = WebSocketConsole(explorer, writer=self._writer)
        self._beside: Panel = self._panel_beside()
        self._split = self.hold(ipywidgets.Box([self.form, self._beside], _dom_classes=("ipyasgi-split",)))
        self.children = (self.notice, self._split)
        self.form.on_msg(self._hear_page)
        self._read_document()

    # -- from any thread -------------------------------------------------------------------------------------

    def to_spec(self) -> RequestSpec:
        """Return the request that the form holds; raises `RequestError` with what is missing or wrong."""
        return build_request(
            self._draft, self._sheet(), self.files, self.explorer.credentials, self.explorer.settings.redactor
        )

    def fill(self, spec: RequestSpec) -> None:
        """Put a request into the form, on the route it belongs to; raises `RequestError` where its body is no text."""
        draft = draft_of(spec, self.explorer.routes.values())
        sheet = self._sheet(draft)
        self._put(draft if sheet is None else with_known(draft, sheet, self.files))

    def choose(self, key: str) -> None:
        """Open the untouched form of a route, ``"POST /items"``; raises KeyError where there is none."""
        self._fresh = fresh_draft(self.explorer.routes[key], self._draft.headers)
        sheet = self._sheet(self._fresh)
        self._put(self._fresh if sheet is None else start_draft(self._fresh, sheet))

    def send(self) -> PendingExchange:
        """
        Send what the form holds and return at once; what this panel sent before and still waits for is cancelled.

        Raises `RequestError` where the form cannot be sent, `LoopError` where the explorer is closed.
        """
        spec = self.to_spec()
        with self._lock:
            before = self._sending
            pending = self.explorer.submit(
                spec, raise_exceptions=False, on_done=lambda done: self.soon(self._end, done)
            )
            self._sending = _Sending(pending=pending, draft=self._draft)
            self._turns += 1
        if before is not None:
            before.pending.cancel()
        self.soon(self._paint_begin, self._sending)
        return pending

    def cancel(self) -> None:
        """Disconnect the request under way: the app is told, may clean up, and is cancelled."""
        with self._lock:
            sending = self._sending
        if sending is not None:
            sending.cancelled = True
            sending.pending.cancel()
            self.soon(self._paint_cancelling, sending)

    def show(self, exchange: Exchange) -> None:
        """Show an exchange as the answer."""
        self.soon(self._paint_answer, exchange)

    def view(self) -> View:
        """Return the answer that is shown, or the routes where nothing was sent yet."""
        if self.shown is not None:
            return view_exchange(self.shown, self.explorer.settings)
        return view_routes(self.explorer.routes, self.explorer.settings)

    # -- what the page says ----------------------------------------------------------------------------------

    def _hear_page(self, _form: object, content: Any, buffers: Any) -> None:
        match content:
            case {"ask": "draft", "draft": draft}:
                self.soon(self._take_draft, draft)
            case {"ask": "send", "draft": draft}:
                self.soon(self._send_from_page, draft)
            case {"ask": "cancel"}:
                self.soon(self.cancel)
            case {"ask": "sheet", "key": str(key)}:
                self.soon(self._paint_sheet, key)
            case {"ask": "credential", "key": str(key), "values": dict(values)}:
                self.soon(self._take_credential, key, values)
            case {"ask": "forget", "key": str(key)}:
                self.soon(self.auth.forget, key)
            case {"ask": "file"} if buffers:
                self.soon(self._take_piece, content, bytes(buffers[0]))

    def _take_draft(self, page: Any) -> bool:
        if not isinstance(page, dict) or page.get("fill") != self._fill:
            return False  # typed before the form was filled from here
        self._draft = read_draft(page, self._draft, self.explorer.settings.redactor)
        self._code_kind = page["code"] if page.get("code") in CODE_KINDS else self._code_kind
        self._seq = page["seq"] if isinstance(page.get("seq"), int) else self._seq
        self.queue.state(self.form, draft=self._page_draft(), verdict=self._verdict())
        self._paint_beside()
        return True

    def _send_from_page(self, page: Any) -> None:
        if not self._take_draft(page):
            self._refuse("the form was filled anew meanwhile: look, and send again")
            return
        self.show_notice()
        try:
            self.send()
        except FormError as exc:
            self._refuse(str(exc))

    def _refuse(self, reason: str) -> None:
        self._turns += 1
        under_way = {} if self._sending is None else {"busy": True, "elapsed_ms": self._sending.elapsed_ms()}
        self.queue.state(self.form, run=self._run(text=f"not sent: {reason}", tone="bad", refused=True, **under_way))

    def _take_piece(self, content: dict[str, Any], piece: bytes) -> None:
        if self.files.take(content, piece):
            self.queue.state(self.form, verdict=self._verdict())

    def _take_credential(self, key: str, values: dict[str, Any]) -> None:
        if self._document is not None and key in self._document.schemes:
            self.auth.take(self._document.schemes[key], values)

    def _paint_auth(self) -> None:
        schemes = self._document.schemes if self._document is not None else {}
        self.queue.state(self.form, auth=self.auth.state(schemes), verdict=self._verdict())

    # -- the app's document, read on a thread of its own: `app.openapi()` may take seconds ----------------------

    def _sheet(self, draft: Draft | None = None) -> OperationForm | None:
        one = self._draft if draft is None else draft
        return try_sheet(self._document, f"{one.method} {one.path}")

    def _read_document(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
        self._reading = self._loop.submit(self._read_on)

    async def _read_on(self) -> None:
        def read() -> tuple[Document, list[dict[str, Any]]]:
            document = self.explorer.openapi
            return document, choices_of(self.explorer.routes.values(), document)

        self.soon(self._take_document, *await await_future(run_in_thread(read)))

    def _take_document(self, document: Document, choices: list[dict[str, Any]]) -> None:
        self._document = document
        if choices != self.form.choices:
            self.queue.state(self.form, choices=choices)
        self._generation += 1
        sheet = self._sheet()
        if sheet is not None and self._draft is self._fresh:
            self._put(start_draft(self._draft, sheet))
        else:  # the draft too: what is typed may stand under a name that is known as a secret only now
            self.queue.state(self.form, draft=self._page_draft(), verdict=self._verdict())
        self._paint_sheet(f"{self._draft.method} {self._draft.path}")
        self._paint_auth()

    def _paint_sheet(self, key: str) -> None:
        # A path that was typed may hold a secret; no operation has such a key.
        redactor = self.explorer.settings.redactor
        page: dict[str, Any] = {"key": redactor.strict().url(key), "generation": self._generation}
        sheet = try_sheet(self._document, key)
        if sheet is not None:
            method, _, path = key.partition(" ")
            fresh = Draft(method=method, path=path, path_values=tuple((n, "") for n in path_parameters(path)))
            start = page_draft(start_draft(fresh, sheet), redactor)
            page |= page_sheet(sheet) | {"start": start}
        self.queue.state(self.form, sheet=page)

    # -- painting, on the panel's thread ---------------------------------------------------------------------

    def _put(self, draft: Draft) -> None:
        self._draft = draft
        self._fill += 1
        self._seq = 0
        self.queue.state(self.form, draft=self._page_draft(), verdict=self._verdict())
        self._paint_beside()

    def _panel_beside(self) -> Panel:
        return self.socket if self._draft.method == "WS" else self.response

    def _paint_beside(self) -> None:
        """Show the panel that the form's route needs: a console for a WebSocket, else the answer."""
        beside = self._panel_beside()
        if beside is self.socket:
            self.socket.offer(self._draft.filled_path())
        if beside is not self._beside:
            self._beside = beside
            self.queue.state(self._split, children=(self.form, beside))

    def _paint_begin(self, sending: _Sending) -> None:
        if sending is self._sending:
            run = self._run(busy=True, elapsed_ms=sending.elapsed_ms(), text="waiting for the app", beside=True)
            self.queue.state(self.form, run=run)
            self.response.begin(sending.pending)

    def _paint_cancelling(self, sending: _Sending) -> None:
        if sending is self._sending:
            run = self._run(busy=True, elapsed_ms=sending.elapsed_ms(), text="cancelling", beside=True)
            self.queue.state(self.form, run=run)

    def _end(self, done: PendingExchange) -> None:
        with self._lock:
            sending = self._sending
            if sending is None or sending.pending is not done:
                return  # an older one, cancelled by a newer
            self._sending = None
        outcome = outcome_of(done, sending.exchange, sending.elapsed_ms(), cancelled=sending.cancelled)
        complaints = [] if sending.exchange is None else field_errors_of(sending.exchange, sending.draft)
        beside = sending.exchange is not None
        self.queue.state(
            self.form, run=self._run(text=outcome.text, tone=outcome.tone, complaints=complaints, beside=beside)
        )
        if sending.exchange is not None:
            self._paint_answer(sending.exchange)

    def _paint_answer(self, exchange: Exchange) -> None:
        self.shown = exchange
        self.response.show(exchange)
        self.queue.state(self.form, verdict=self._verdict())  # a test checks what was answered
        self._on_shown(exchange)

    def take_event(self, event: ExplorerEvent) -> None:
        with self._lock:  # a quick answer comes while `send` still notes what it sent
            sending = self._sending
        if event.kind == "app":
            self.queue.state(self.form, choices=choices_of(self.explorer.routes.values()))
            self._read_document()
        elif event.exchange is not None and sending is not None and event.exchange.spec is sending.pending.spec:
            sending.exchange = event.exchange  # also when it failed, and `result` only raises

    def end(self) -> None:
        with self._lock:
            sending, self._sending = self._sending, None
        if sending is not None:
            sending.pending.cancel()
        if self._reading is not None:
            self._reading.cancel()
        self.response.close()
        self.socket.close()

    def _page_draft(self) -> dict[str, Any]:
        page = page_draft(self._draft, self.explorer.settings.redactor)
        return {**page, "fill": self._fill, "seq": self._seq}

    def _verdict(self) -> dict[str, Any]:
        found = judge(
            self._draft,
            self._sheet(),
            self.files,
            code_kind=self._code_kind,
            answer=self.shown,
            credentials=self.explorer.credentials,
            redactor=self.explorer.settings.redactor,
        )
        return {**found, "fill": self._fill, "seq": self._seq}

    def _run(self, *, text: str, tone: str = "", **more: Any) -> dict[str, Any]:
        idle = {"busy": False, "elapsed_ms": 0.0, "refused": False, "complaints": [], "beside": False}
        return {**idle, "turn": self._turns, "text": text, "tone": tone, **more}
