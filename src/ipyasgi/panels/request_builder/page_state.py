"""What the page gets to know of a form, and of how its request ended. Pure.

Widget state is saved in notebooks, so secrets stay behind.
"""

from __future__ import annotations

import concurrent.futures
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ...explorer.pending import PendingExchange
from ...history.exchange import Exchange
from ...openapi.credentials import Credentials
from ...openapi.document import Document
from ...openapi.operation import Operation
from ...openapi.validation_errors import read_validation_errors
from ...records.redaction import Place, Redactor
from ...routes.routes import Route
from ...views.figures import time_of
from .code_kinds import build_code_as, build_socket_code_as
from .draft import Draft, Rows, fill_path, hides_known, hides_row, skeleton_of
from .files import Files, no_files
from .form_error import FormError, FormFieldError
from .operation_form import OperationForm
from .typed_request import advise, build_request, expected_status


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


def page_draft(draft: Draft, redactor: Redactor) -> dict[str, Any]:
    """Return a draft for the page; a secret value is None: the kernel holds it. In the path it is masked."""
    return {
        "method": draft.method,
        "path": redactor.url(draft.path),
        "path_values": [list(pair) for pair in draft.path_values],
        "query": _rows(draft.query, redactor, "query"),
        "headers": _rows(draft.headers, redactor, "header"),
        "known": [[key, None if hides_known(redactor, key, value) else value] for key, value in draft.known],
        "media": draft.media,
        "body": None if draft.hides_body(redactor) else draft.body,
    }


def judge(
    draft: Draft,
    sheet: OperationForm | None = None,
    files: Files | None = None,
    *,
    code_kind: str = "magic",
    answer: Exchange | None = None,
    credentials: Credentials | None = None,
    redactor: Redactor = Redactor(),
) -> dict[str, Any]:
    """
    Return what is to be said about a draft: its problem, and the code that does the same.

    :param code_kind: one of `CODE_KINDS`
    :param answer: what was answered last
    :param credentials: who the reader says to be

    ``advice`` is what the app's document would not accept, as pairs of an address and words.
    """
    problem = FormFieldError(where="", text="")
    code = ""
    try:
        if draft.method == "WS":
            path = fill_path(draft.path, dict(draft.path_values))
            code = build_socket_code_as(code_kind, path, redactor)
        else:
            spec = build_request(draft, sheet, files or no_files(), credentials, redactor)
            status = expected_status(sheet)
            code = build_code_as(code_kind, spec, redactor, answer=answer, status=status)
    except FormError as exc:
        problem = exc.problem
    return {
        "where": problem.where,
        "text": problem.text,
        "missing": problem.missing,
        "line": problem.line,
        "column": problem.column,
        "code": code,
        "code_kind": code_kind,
        "advice": [list(one) for one in advise(draft, sheet)],
    }


def _rows(pairs: Rows, redactor: Redactor, place: Place) -> list[list[str | None]]:
    return [[name, None if hides_row(redactor, name, value, place) else value] for name, value in pairs]


@dataclass(frozen=True, slots=True, kw_only=True)
class SendResult:
    """
    :ivar text: one line
    :ivar tone: ``good``, ``bad`` or empty
    """

    text: str
    tone: str = ""


def outcome_of(done: PendingExchange, exchange: Exchange | None, elapsed_ms: float, *, cancelled: bool) -> SendResult:
    """
    Return how it ended.

    :param exchange: what was recorded of it, if anything was
    :param cancelled: whether the person asked for the end
    """
    raised = done.exception
    if exchange is None:
        return SendResult(text="not sent", tone="bad")  # what ended it is shown beside
    if cancelled and isinstance(raised, concurrent.futures.CancelledError):
        return SendResult(text=f"{exchange.name}  cancelled after {time_of(elapsed_ms * 1e6)}")
    text = f"{exchange.name}  {exchange.outcome}  {time_of(exchange.elapsed_ns)}"
    return SendResult(text=text, tone="good" if exchange.ok else "bad")


def field_errors_of(exchange: Exchange, draft: Draft) -> list[list[str]]:
    """Return what an answer of 4xx says is wrong, each with the address of its field and where it is from."""
    response = exchange.response
    if response is None or not 400 <= response.status_code < 500:
        return []
    found = read_validation_errors(_try_json(response.text), _try_json(draft.body or ""))
    return [[one.where, one.text, str(response.status_code)] for one in found]


def _try_json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
