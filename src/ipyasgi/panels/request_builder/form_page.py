"""`FormPage`: the form on the page, its messages and traits. On the panel's thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import traitlets

from ...engine.jobs import Job, await_future
from ...engine.strategy import run_in_thread
from ...history.exchange import Exchange
from ...openapi.document import Document
from ...openapi.operation import OperationHead
from ...protocol.errors import RequestError
from ...records.redaction import Redactor
from ...records.requests import METHODS
from ...routes.path_template import PathTemplate
from ...routes.route import Route
from ...routes.routes import Routes
from ...views.routes import framework_of
from ...views.view import one_line
from ..panel import Panel, Part, read_bundle, read_style
from .auth import Auth
from .code_kinds import build_code_as, build_socket_code_as, offered_kinds
from .draft import Draft, FormError, Rows, fresh_draft, page_draft, read_draft, secret_rows, skeleton_of
from .form_request import FormRequest
from .form_sender import FormSender
from .operation_docs import page_docs, page_responses
from .operation_form import OperationForm, page_operation_form, start_draft, try_operation_form
from .socket_form import try_socket_form

_MOST_TAGS = 5
_HEAD_START_S = 0.02  # enough for the messages of a panel


class RequestForm(Part):
    """
    The form on the page.

    :ivar choices: the routes (`choices_of`)
    :ivar choices_turn: counts them: the page notices by it that the routes, which are sent once, are lost
    :ivar draft: the form as a page first shows it, and after a `fill` (`page_draft`), with ``fill``, the number of
        fills, ``seq``, the number of changes by the page since the last, and ``edited``, whether its header rows are
        those of an edited request
    :ivar checked: the error of a draft, and the code that sends it (`check_form`), with its ``fill`` and ``seq``
    :ivar run: the progress of sending (`FormSender.run`)
    :ivar editor: the offer of the JSON editor's code (`CommQueue.body`), once a page has asked for it
    :ivar auth: `Auth.state`
    :ivar place: the place in the source that the page asked for last: the ``id`` of its message, and an ``offer`` of
        path and line (`CommQueue.body`), which is not saved, or an ``error``
    :ivar operation_form: one operation of the app's document (`page_operation_form`), with ``key``, ``start``, the
        untouched form, ``docs`` (`page_docs`), and ``generation``, the number of documents read
    :ivar responses: those of the operation that the page asked for last: ``responses`` (`page_responses`), with its
        ``key`` and the ``generation``

    The page sends ``{ask: "draft", draft}`` after changes, ``{ask: "send", draft}``, ``{ask: "cancel"}``,
    ``{ask: "operation_form", key}``, ``{ask: "responses", key}``, ``{ask: "credential", key, values}``,
    ``{ask: "forget", key}``, ``{ask: "file", id, index, count, name, type}`` with one buffer,
    ``{ask: "place", id, key}``, ``{ask: "choices"}``, and ``{ask: "editor"}``.
    """

    _esm = read_bundle("request_form")
    _css = read_style("request_form", "fields", "docs", "credentials")
    choices: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    choices_turn = traitlets.Int().tag(sync=True)
    methods: traitlets.List[str] = traitlets.List().tag(sync=True)
    draft = traitlets.Dict().tag(sync=True)
    checked = traitlets.Dict().tag(sync=True)
    auth = traitlets.Dict().tag(sync=True)
    tried = traitlets.Dict().tag(sync=True)
    operation_form = traitlets.Dict().tag(sync=True)
    responses = traitlets.Dict().tag(sync=True)
    run = traitlets.Dict().tag(sync=True)
    editor = traitlets.Dict().tag(sync=True)
    place = traitlets.Dict().tag(sync=True)
    code_kinds: traitlets.List[tuple[str, str]] = traitlets.List().tag(sync=True)


class FormPage:
    """
    The form of one panel.

    :param table: the app's routes
    :param on_draft: called when the draft has changed
    :param on_document: called with the app's document when it was read
    :ivar table: the app's routes by key; ``routes`` are the same in order
    :ivar shown: the last exchange, which the code of a test checks
    """

    def __init__(
        self,
        panel: Panel,
        sender: FormSender,
        table: Routes,
        *,
        on_draft: Callable[[], object],
        on_document: Callable[[Document], object],
    ) -> None:
        self.shown: Exchange | None = None
        self._panel = panel
        self._explorer = panel.explorer
        self._sender = sender
        self._on_draft = on_draft
        self._on_document = on_document
        self._fill, self._seq, self._choices_turn = 0, 0, 0
        self._rows_before: Rows | None = None  # of headers, before an edit, which has its own
        self._code_kinds = offered_kinds()
        self._code_kind = next(iter(self._code_kinds))
        self._tried: dict[str, list[str]] = {}
        self._document: Document | None = None
        self._generation = 0
        self._reading: Job[None] | None = None
        self.table = table
        self.routes = tuple(table.values())
        first: Route | None = next((route for route in self.routes if route.kind == "http"), None)
        self.draft = self._fresh = fresh_draft(first) if first is not None else Draft()
        self.auth = Auth(self._explorer, soon=panel.soon, on_change=self._paint_auth)
        self._choices = choices_of(self.routes, self._explorer.settings.redactor)
        self.form = panel.hold(
            RequestForm(
                choices=self._choices,
                methods=list(METHODS),
                code_kinds=list(self._code_kinds.items()),
                draft=self._draft_state(),
                checked=self._read(),
                run=sender.run(text=""),
            )
        )

    # -- from any thread -------------------------------------------------------------------------------------

    @property
    def document(self) -> Document:
        """The app's document; an empty one until it is read."""
        return self._document or Document()

    def operation_form(self, draft: Draft | None = None) -> OperationForm | None:
        """Return the operation of a draft, by default the form's, if the document describes it."""
        draft = draft or self.draft
        return self._form_of(f"{draft.method} {draft.path}")

    def _form_of(self, key: str) -> OperationForm | None:
        redactor = self._explorer.settings.redactor
        operation_form = try_operation_form(self._document, key, redactor)
        return operation_form or try_socket_form(key, self._explorer, self._document)

    def edit(self, draft: Draft) -> None:
        """Put the draft of a request into the form; its header rows are not those of other operations."""
        before = self.draft.headers if self._rows_before is None else self._rows_before
        self.put(draft, rows_before=before)

    def put(self, draft: Draft, *, rows_before: Rows | None = None) -> None:
        """Put a draft into the form."""
        self.draft = draft
        self._rows_before = rows_before
        self._fill += 1
        self._seq = 0
        self._paint_draft()
        self._on_draft()

    def choose(self, route: Route) -> None:
        """Open the untouched form of a route, but keep the header rows, unless they are those of an edited request."""
        self._fresh = fresh_draft(route, self.draft.headers if self._rows_before is None else self._rows_before)
        form = self.operation_form(self._fresh)
        self.put(self._fresh if form is None else start_draft(self._fresh, form))
        # The document may have been read just before the draft was put.
        if form is None and self.draft is self._fresh and (form := self.operation_form(self._fresh)) is not None:
            self.put(start_draft(self._fresh, form))

    def hear(self, content: Any, buffers: Any) -> None:
        """Handle a message of the page."""
        match content:
            case {"ask": "draft", "draft": draft}:
                self._take_draft(draft)
            case {"ask": "send", "draft": draft}:
                self._send(draft)
            case {"ask": "cancel"}:
                self._sender.cancel()
            case {"ask": "choices"}:
                self._panel.queue.resend(self.form, "choices")
            case {"ask": "operation_form", "key": str(key)}:
                self._paint_operation_form(key)
            case {"ask": "responses", "key": str(key)}:
                self._paint_responses(key)
            case {"ask": "credential", "key": str(key), "values": dict(values)}:
                if key in self.document.schemes:
                    self.auth.take(self.document.schemes[key], values)
            case {"ask": "forget", "key": str(key)}:
                self.auth.forget(key)
            case {"ask": "file"} if buffers:
                if self._sender.files.take(content, bytes(buffers[0])):
                    self._paint(checked=self._read())

    def _take_draft(self, page: Any) -> bool:
        if not isinstance(page, dict) or page.get("fill") != self._fill:
            return False  # typed before the kernel filled the form
        before = self.draft
        if self._rows_before is not None and (page.get("method"), page.get("path")) != (before.method, before.path):
            before, self._rows_before = replace(before, headers=self._rows_before), None
        self.draft = read_draft(page, before, self._explorer.settings.redactor)
        self._code_kind = page["code"] if page.get("code") in self._code_kinds else self._code_kind
        self._seq = page["seq"] if isinstance(page.get("seq"), int) else self._seq
        self._paint_draft()
        self._on_draft()
        return True

    def _send(self, page: Any) -> None:
        if not self._take_draft(page):
            self._sender.refuse("the form was changed meanwhile. Check it, and send again")
            return
        self._panel.show_notice()
        try:
            self._sender.send(self._sender.request)
        except FormError as exc:
            self._sender.refuse(str(exc))

    # -- the app's document, read on a separate thread: `app.openapi()` may take seconds ------------------------

    def read_document(self) -> None:
        """Read the app's document; a running read is restarted."""
        self.stop_reading()
        self._reading = self._panel.loop.submit(self._read_on)

    def stop_reading(self) -> None:
        """Stop reading the document."""
        if self._reading is not None:
            self._reading.cancel()

    async def _read_on(self) -> None:
        explorer = self._explorer

        def read_choices() -> list[dict[str, Any]]:
            return choices_of(explorer.routes.values(), explorer.settings.redactor, document)

        # Before each long work the page gets what is there: while an app makes its document, nothing can be sent.
        await anyio.sleep(_HEAD_START_S)
        document = await await_future(run_in_thread(lambda: explorer.openapi))
        self._panel.soon(self._take_document, document)
        await anyio.sleep(_HEAD_START_S)
        self._panel.soon(self._take_choices, await await_future(run_in_thread(read_choices)))

    def _take_document(self, document: Document) -> None:
        self._document = document
        self._generation += 1
        operation_form = self.operation_form()
        if operation_form is not None and self.draft is self._fresh:
            self.put(start_draft(self.draft, operation_form))
        else:  # the draft too: only the document may show that a value is secret
            self._paint_draft()
        self._paint_operation_form(f"{self.draft.method} {self.draft.path}")
        self._paint_auth()
        self._on_document(document)

    def _take_choices(self, choices: list[dict[str, Any]]) -> None:
        if choices == self._choices:
            return
        self._choices = choices
        self._choices_turn += 1
        self._panel.queue.state(self.form, repeat=False, choices=choices)
        self._paint(choices_turn=self._choices_turn)

    def paint_choices(self) -> None:
        """Show the app's routes."""
        self.table = self._explorer.routes
        self.routes = tuple(self.table.values())
        self._take_choices(choices_of(self.routes, self._explorer.settings.redactor))

    def paint_exchange(self, exchange: Exchange) -> None:
        """Set the last exchange, which the code of a test checks."""
        self.shown = exchange
        self._paint(checked=self._checked())

    def find_place(self, key: str) -> str:
        """Return ``path:line`` of a route's endpoint; raises `RequestError` if it is in no file."""
        route = self._route(key)
        if route is None or not Path(route.file).is_file():
            raise RequestError("Its file is not there. Its source is in a cell, or the file was moved.")
        return f"{route.file}:{route.source.rpartition(':')[2]}"

    def paint_tried(self, tried: dict[str, list[str]]) -> None:
        """Mark the routes that were tried; see `TriedRoutes`."""
        if tried != self._tried:
            self._tried = tried
            self._paint(tried=tried)

    def _paint(self, **traits: Any) -> None:
        self._panel.queue.state(self.form, **traits)

    def _paint_draft(self) -> None:
        self._paint(draft=self._draft_state(), checked=self._read())

    def use_token(self, key: str, exchange: Exchange) -> None:
        """Use the token in the response of an exchange for a security scheme."""
        if key in self.document.schemes:
            self.auth.take_token(self.document.schemes[key], exchange)

    def paint_credentials(self) -> None:
        """Show the explorer's credentials, which have changed, and the request with them."""
        self.auth.forget_errors()
        self._paint_auth()
        self._paint(checked=self._read())

    def _paint_auth(self) -> None:
        self._paint(auth=self.auth.state(self.document.schemes))

    def _paint_operation_form(self, key: str) -> None:
        # A typed path may contain a secret; no operation has such a key.
        redactor = self._explorer.settings.redactor
        page: dict[str, Any] = {"key": redactor.strict().url(key), "generation": self._generation}
        operation_form = self._form_of(key)
        if self._document is not None:
            page["docs"] = page_docs(self._route(key), operation_form, redactor)
        if operation_form is not None:
            method, _, path = key.partition(" ")
            fresh = Draft(method=method, path=path, path_values=tuple((n, "") for n in PathTemplate(path).names))
            start = page_draft(start_draft(fresh, operation_form), Redactor(show=True))  # nothing in it is a secret
            page |= page_operation_form(operation_form) | {"start": start}
        self._paint(operation_form=page)

    def _paint_responses(self, key: str) -> None:
        operation_form = self._form_of(key)
        if operation_form is not None:
            found = page_responses(operation_form, self._explorer.settings.redactor)
            self._paint(responses={"key": key, "generation": self._generation, "responses": found})

    def _route(self, key: str) -> Route | None:
        return next((route for route in self.routes if f"{route.sent_method} {route.path}" == key), None)

    def _draft_state(self) -> dict[str, Any]:
        return page_draft(self.draft, self._explorer.settings.redactor) | {
            "fill": self._fill,
            "seq": self._seq,
            "edited": self._rows_before is not None,
        }

    def _read(self) -> dict[str, Any]:
        """Build the request of the form, and return the checked form."""
        self._sender.request = self._sender.read(self.draft, self.operation_form())
        return self._checked()

    def _checked(self) -> dict[str, Any]:
        redactor = self._explorer.settings.redactor
        found = check_form(self._sender.request, self._code_kind, self.shown, redactor)
        return {**found, "fill": self._fill, "seq": self._seq}


def check_form(request: FormRequest, code_kind: str, shown: Exchange | None, redactor: Redactor) -> dict[str, Any]:
    """Return the error, the hints and the code of a form for the page."""
    error, code = request.error or FormError("", ""), ""
    if request.spec is not None:
        code = build_code_as(code_kind, request.spec, redactor, exchange=shown, status=request.status)
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
        "hints": [list(one) for one in request.hints],
        "replaced": [list(one) for one in request.replaced],
        "secret": secret_rows(request.draft, redactor),
    }


def choices_of(routes: Iterable[Route], redactor: Redactor, document: Document | None = None) -> list[dict[str, Any]]:
    """
    Return the routes for the page's rail, without what is empty: a notebook saves thousands of them.

    ``own`` is the framework that added the route itself, ``lock`` whether it takes credentials, ``secrets`` the fields
    of its path whose names are those of secrets.
    """
    strict = redactor.strict()
    return [_choice_of(route, redactor, strict, document.head(route.key) if document else None) for route in routes]


def _choice_of(route: Route, redactor: Redactor, strict: Redactor, operation: OperationHead | None) -> dict[str, Any]:
    summary = redactor.text(operation.summary) if operation is not None else ""
    choice: dict[str, Any] = {
        "method": route.sent_method,
        "path": route.path,
        "name": "" if route.name in (route.handler, route.handler.rpartition(".")[2]) else route.name,
        "handler": route.handler,
        "source": route.source,
        "description": one_line(summary or route.doc.partition("\n")[0], 120),
        "body": skeleton_of(route),
        "own": framework_of(route),
        "secrets": [name for name in route.parameters if strict.is_secret(name)],
    }
    if operation is not None:
        choice |= {"tags": [one_line(redactor.text(tag), 60) for tag in operation.tags[:_MOST_TAGS]]}
        choice |= {"lock": any(operation.security), "deprecated": operation.deprecated}
    return {name: value for name, value in choice.items() if value}
