"""`FormPage`: the form on the page: its messages, what it holds, and what it is sent. On the panel's thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import traitlets

from ...engine.jobs import Job, await_future
from ...engine.strategy import run_in_thread
from ...history.exchange import Exchange
from ...openapi.document import Document
from ...openapi.operation import Operation
from ...records.redaction import Redactor
from ...records.requests import METHODS
from ...routes.path_template import PathTemplate
from ...routes.route import Route
from ..panel import Panel
from ..part import Part, read_bundle, read_style
from .auth import Auth
from .code_kinds import CODE_KINDS, build_code_as, build_socket_code_as
from .draft import Draft, FormError, fresh_draft, page_draft, read_draft, skeleton_of
from .form_request import FormRequest
from .form_sender import FormSender
from .operation_form import OperationForm, page_sheet, start_draft, try_sheet


class RequestForm(Part):
    """
    The form on the page.

    :ivar choices: the routes (`choices_of`)
    :ivar methods: the methods to choose from
    :ivar draft: what the form shows when a page opens, and after a `fill` (`page_draft`), with ``fill``, the
        number of fills so far, and ``seq``, the number of the page's own changes since
    :ivar verdict: what is wrong with a draft, and the code that sends it, with that draft's ``fill`` and ``seq``
    :ivar code_kinds: name and title of the tabs with the request as code
    :ivar run: how sending goes: ``turn`` (counts every attempt), ``busy``, ``elapsed_ms``, ``tone``, ``text``
    :ivar auth: by security scheme whether a credential is set, and words about it
    :ivar sheet: what the app's document says of one operation (`page_sheet`), with its ``key``, with
        ``start``, the untouched form, and ``generation``, which counts the documents read; before the first it is 0

    The page says ``{ask: "draft", draft}`` while it is typed in, ``{ask: "send", draft}``, ``{ask: "cancel"}``,
    ``{ask: "sheet", key}``, ``{ask: "credential", key, values}``, ``{ask: "forget", key}``, and
    ``{ask: "file", id, index, count, name, type}`` with one buffer.
    """

    _esm = read_bundle("request_form")
    _css = read_style("request_form", "fields")
    choices: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    methods: traitlets.List[str] = traitlets.List().tag(sync=True)
    draft = traitlets.Dict().tag(sync=True)
    verdict = traitlets.Dict().tag(sync=True)
    auth = traitlets.Dict().tag(sync=True)
    sheet = traitlets.Dict().tag(sync=True)
    run = traitlets.Dict().tag(sync=True)
    code_kinds: traitlets.List[tuple[str, str]] = traitlets.List(list(CODE_KINDS.items())).tag(sync=True)


class FormPage:
    """
    The form of one panel.

    :param panel: around it
    :param sender: reads and keeps the request that the form is, and sends it
    :param on_draft: called when the form holds something else
    :ivar form: on the page
    :ivar draft: what the form holds
    :ivar auth: the sign-in
    :ivar shown: the last exchange, which the code of a test checks
    """

    def __init__(self, panel: Panel, sender: FormSender, *, on_draft: Callable[[], object]) -> None:
        self.shown: Exchange | None = None
        self._panel = panel
        self._explorer = panel.explorer
        self._sender = sender
        self._on_draft = on_draft
        self._fill, self._seq = 0, 0
        self._code_kind = next(iter(CODE_KINDS))
        self._document: Document | None = None
        self._generation = 0
        self._reading: Job[None] | None = None
        routes = list(self._explorer.routes.values())
        first: Route | None = next((route for route in routes if route.kind == "http"), None)
        self.draft = self._fresh = fresh_draft(first) if first is not None else Draft()
        self.auth = Auth(self._explorer, soon=panel.soon, on_change=self._paint_auth)
        self.form = panel.hold(
            RequestForm(
                choices=choices_of(routes),
                methods=list(METHODS),
                draft=self._draft_state(),
                verdict=self._read(),
                run=sender.run(text=""),
            )
        )

    # -- from any thread -------------------------------------------------------------------------------------

    def sheet(self, draft: Draft | None = None) -> OperationForm | None:
        """Return what the document says of a draft's operation, by default of the form's."""
        one = self.draft if draft is None else draft
        return try_sheet(self._document, f"{one.method} {one.path}")

    def put(self, draft: Draft) -> None:
        """Put a draft into the form."""
        self.draft = draft
        self._fill += 1
        self._seq = 0
        self._paint_draft()
        self._on_draft()

    def choose(self, route: Route) -> None:
        """Open the untouched form of a route; headers are kept."""
        self._fresh = fresh_draft(route, self.draft.headers)
        sheet = self.sheet(self._fresh)
        self.put(self._fresh if sheet is None else start_draft(self._fresh, sheet))

    # -- messages of the page --------------------------------------------------------------------------------

    def hear(self, content: Any, buffers: Any) -> None:
        """Do what the page asks for."""
        match content:
            case {"ask": "draft", "draft": draft}:
                self._take_draft(draft)
            case {"ask": "send", "draft": draft}:
                self._send(draft)
            case {"ask": "cancel"}:
                self._sender.cancel()
            case {"ask": "sheet", "key": str(key)}:
                self._paint_sheet(key)
            case {"ask": "credential", "key": str(key), "values": dict(values)}:
                if self._document is not None and key in self._document.schemes:
                    self.auth.take(self._document.schemes[key], values)
            case {"ask": "forget", "key": str(key)}:
                self.auth.forget(key)
            case {"ask": "file"} if buffers:
                if self._sender.files.take(content, bytes(buffers[0])):
                    self._paint(verdict=self._read())

    def _take_draft(self, page: Any) -> bool:
        if not isinstance(page, dict) or page.get("fill") != self._fill:
            return False  # typed before the form was filled from here
        self.draft = read_draft(page, self.draft, self._explorer.settings.redactor)
        self._code_kind = page["code"] if page.get("code") in CODE_KINDS else self._code_kind
        self._seq = page["seq"] if isinstance(page.get("seq"), int) else self._seq
        self._paint_draft()
        self._on_draft()
        return True

    def _send(self, page: Any) -> None:
        if not self._take_draft(page):
            self._sender.refuse("the form was filled anew meanwhile: look, and send again")
            return
        self._panel.show_notice()
        try:
            self._sender.send(self._sender.request)
        except FormError as exc:
            self._sender.refuse(str(exc))

    # -- the app's document, read on a thread of its own: `app.openapi()` may take seconds ----------------------

    def read_document(self) -> None:
        """Read the app's document, from the start where one is being read."""
        self.stop_reading()
        self._reading = self._panel.loop.submit(self._read_on)

    def stop_reading(self) -> None:
        """Read the document no longer; harmless where none is being read."""
        if self._reading is not None:
            self._reading.cancel()

    async def _read_on(self) -> None:
        def read() -> tuple[Document, list[dict[str, Any]]]:
            document = self._explorer.openapi
            return document, choices_of(self._explorer.routes.values(), document)

        self._panel.soon(self._take_document, *await await_future(run_in_thread(read)))

    def _take_document(self, document: Document, choices: list[dict[str, Any]]) -> None:
        self._document = document
        if choices != self.form.choices:
            self._paint(choices=choices)
        self._generation += 1
        sheet = self.sheet()
        if sheet is not None and self.draft is self._fresh:
            self.put(start_draft(self.draft, sheet))
        else:  # the draft too: what is typed may stand under a name that is known as a secret only now
            self._paint_draft()
        self._paint_sheet(f"{self.draft.method} {self.draft.path}")
        self._paint_auth()

    # -- painting --------------------------------------------------------------------------------------------

    def paint_choices(self) -> None:
        """Show the app's routes."""
        self._paint(choices=choices_of(self._explorer.routes.values()))

    def paint_exchange(self, exchange: Exchange) -> None:
        """Take the last exchange: the code of a test checks its response."""
        self.shown = exchange
        self._paint(verdict=self._verdict())

    def _paint(self, **traits: Any) -> None:
        self._panel.queue.state(self.form, **traits)

    def _paint_draft(self) -> None:
        self._paint(draft=self._draft_state(), verdict=self._read())

    def _paint_auth(self) -> None:
        schemes = self._document.schemes if self._document is not None else {}
        self._paint(auth=self.auth.state(schemes), verdict=self._read())

    def _paint_sheet(self, key: str) -> None:
        # A path that was typed may hold a secret; no operation has such a key.
        redactor = self._explorer.settings.redactor
        page: dict[str, Any] = {"key": redactor.strict().url(key), "generation": self._generation}
        sheet = try_sheet(self._document, key)
        if sheet is not None:
            method, _, path = key.partition(" ")
            fresh = Draft(method=method, path=path, path_values=tuple((n, "") for n in PathTemplate(path).names))
            start = page_draft(start_draft(fresh, sheet), redactor)
            page |= page_sheet(sheet) | {"start": start}
        self._paint(sheet=page)

    def _draft_state(self) -> dict[str, Any]:
        page = page_draft(self.draft, self._explorer.settings.redactor)
        return {**page, "fill": self._fill, "seq": self._seq}

    def _read(self) -> dict[str, Any]:
        """Read the form anew, and return what is to be said about it."""
        self._sender.request = self._sender.read(self.draft, self.sheet())
        return self._verdict()

    def _verdict(self) -> dict[str, Any]:
        found = verdict_of(
            self._sender.request,
            code_kind=self._code_kind,
            shown=self.shown,
            redactor=self._explorer.settings.redactor,
        )
        return {**found, "fill": self._fill, "seq": self._seq}


def verdict_of(
    request: FormRequest,
    *,
    code_kind: str = "magic",
    shown: Exchange | None = None,
    redactor: Redactor = Redactor(),
) -> dict[str, Any]:
    """
    Return what the page says about a form: its error, and the code that sends the same request.

    :param code_kind: one of `CODE_KINDS`
    :param shown: the last exchange

    ``advice`` is what the app's document would not accept, as pairs of an address and words.
    """
    error, code = request.error or FormError("", ""), ""
    if request.spec is not None:
        code = build_code_as(code_kind, request.spec, redactor, answer=shown, status=request.status)
    elif request.error is None:
        code = build_socket_code_as(code_kind, request.path, redactor)
    return {
        "where": error.where,
        "text": error.text,
        "missing": error.missing,
        "line": error.line,
        "column": error.column,
        "code": code,
        "code_kind": code_kind,
        "advice": [list(one) for one in request.advice],
    }


def choices_of(routes: Iterable[Route], document: Document | None = None) -> list[dict[str, Any]]:
    """Return the routes as the page's picker takes them, with the words to find them by."""
    return [_choice(route, document.operation(route.key) if document is not None else None) for route in routes]


def _choice(route: Route, operation: Operation | None) -> dict[str, Any]:
    summary = operation.summary if operation is not None else ""
    choice: dict[str, Any] = {
        "method": route.method,
        "path": route.path,
        "name": route.name,
        "handler": route.handler,
        "source": route.source,
        "says": summary or route.doc.partition("\n")[0],
        "body": skeleton_of(route),
    }
    return choice | ({"tags": list(operation.tags)} if operation is not None and operation.tags else {})
