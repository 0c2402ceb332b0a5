"""The documentation of an operation for the page: what its endpoint's author wrote, and what it returns. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...openapi.operation import Operation, OperationResponse
from ...openapi.outline import Outline, read_outline
from ...records.redaction import Redactor
from ...routes.route import Input, Route
from ...views.markdown import MOST_CHARS, Block, Span, read_markdown
from ...views.view import one_line
from .operation_form import OperationForm

_MOST_RESPONSES = 12
_MOST_MEDIA = 3
_MOST_NOTE = 300
_MOST_NAME = 200
_MOST_TITLE = 60


def page_docs(route: Route | None, form: OperationForm | None, redactor: Redactor) -> dict[str, Any]:
    """
    Return the documentation of a route for the page.

    Its parts: ``title``; ``handler`` and ``source`` of the endpoint; ``schemes``, the keys of the security schemes that
    a request needs, and ``needs``, the same in words; ``blocks`` of its description (`page_blocks`); ``responses``
    (`page_responses`) without their ``media``, which the page asks for when it has drawn the form.
    """
    operation = form.operation if form is not None else None
    blocks = read_markdown(redactor.text(_description_of(route, operation)[: MOST_CHARS + 1]))
    first = "".join(span.text for span in blocks[0].spans).rstrip(".") if blocks else ""
    title = redactor.text(operation.summary).rstrip(".") if operation is not None else ""
    if not title and len(first) <= _MOST_TITLE and "\n" not in first:
        title = first
    if not title and route is not None:
        title = route.name or route.handler
    return {
        "title": one_line(title, _MOST_NOTE),
        "handler": route.handler if route is not None else "",
        "source": route.source if route is not None else "",
        **_security_of(operation),
        "blocks": page_blocks(blocks[1:] if blocks and first == title else blocks),
        "responses": [_page_response(*one, redactor) for one in _responses_of(form)] if form is not None else [],
    }


def page_responses(form: OperationForm, redactor: Redactor) -> list[dict[str, Any]]:
    """Return the responses for the page, successful ones first: ``status``, ``blocks``, and ``media``, its outlines."""
    return [
        _page_response(status, response, redactor)
        | {"media": [_page_outline(read_outline(one, form.document, redactor)) for one in response.media[:_MOST_MEDIA]]}
        for status, response in _responses_of(form)
    ]


def page_blocks(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    """Return blocks as JSON, without what they do not have."""
    return [_page_block(block) for block in blocks]


def _page_block(block: Block) -> dict[str, Any]:
    found: dict[str, Any] = {
        "spans": page_spans(block.spans),
        "code": block.code,
        "parts": [page_blocks(part) for part in block.parts],
        "rows": [[page_spans(cell) for cell in row] for row in block.rows],
    }
    start = {} if block.start is None else {"start": block.start}
    return {"kind": block.kind} | {name: value for name, value in found.items() if value} | start


def page_spans(spans: Sequence[Span]) -> list[list[str]]:
    """Return each span as its text, the letters of its styles, and its link: ``["Send", "bi", ""]``."""
    return [[one.text, "b" * one.bold + "i" * one.italic + "c" * one.code, one.href] for one in spans]


def _description_of(route: Route | None, operation: Operation | None) -> str:
    if operation is not None and operation.description:
        return operation.description
    return route.doc.partition("\f")[0] if route is not None else ""


def _security_of(operation: Operation | None) -> dict[str, Any]:
    """Return the schemes that a request needs; none if it may also be sent without."""
    security = operation.security if operation is not None and all(operation.security) else ()
    return {
        "schemes": list(dict.fromkeys(key for one in security for key in one)),
        "needs": " or ".join(" and ".join(one) for one in security),
    }


def _responses_of(form: OperationForm) -> list[tuple[str, OperationResponse]]:
    found = sorted(form.operation.responses.items(), key=lambda pair: (not pair[0].startswith("2"), pair[0]))
    return found[:_MOST_RESPONSES]


def _page_response(status: str, response: OperationResponse, redactor: Redactor) -> dict[str, Any]:
    return {
        "status": one_line(status, 20),
        "blocks": page_blocks(read_markdown(redactor.text(response.description[: MOST_CHARS + 1]))),
    }


def _page_outline(outline: Outline) -> dict[str, Any]:
    return {
        "media": one_line(outline.media_type, _MOST_NAME),
        "name": one_line(outline.name, _MOST_NAME),
        "type": one_line(outline.type, _MOST_NOTE),
        "parts": [_page_part(one) for one in outline.parts],
        "more": outline.more,
        "example": outline.example,
    }


def _page_part(one: Input) -> list[Any]:
    type_ = "deprecated, " * one.deprecated + one.type
    note = one.description.partition("\n")[0]
    return [one_line(one.name, _MOST_NAME), one.required, one_line(type_, _MOST_NOTE), one_line(note, _MOST_NOTE)]
