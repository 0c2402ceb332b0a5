"""
`SavedExchange`: an exchange as a frozen value of plain parts, which `saved_file` writes to a file and reads from it.

It has what a display, a recheck, a comparison and an export need. Live objects are not in it: of an exception there is
the text, of the messages their times and sizes. Traces and profiles are not saved.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import Any, Literal

from ..client.httpx import httpx
from ..client.response import BoundedResponse, is_whole, kept_content
from ..engine.faults import Faults
from ..engine.runs import ClosedBy, Event, HttpRun, Outcome, WebSocketRun
from ..protocol.types import Direction
from ..protocol.violations import Violation
from ..records.contract_error import ContractError
from ..records.exception_text import ExceptionText, read_exception
from ..records.masked import mask_changes, mask_errors, mask_exception, mask_output
from ..records.output import OutputLine
from ..records.override import SentOverride
from ..records.record import Endpoint, sent_content
from ..records.redaction import Redactor
from ..records.requests import read_query
from ..records.secret_rules import MASK
from ..records.state import Change
from .exchange import Exchange
from .websocket_exchange import WebSocketExchange

Headers = tuple[tuple[str, str], ...]
"""Names and values."""
ENDINGS: dict[type[BaseException], Literal["cancelled", "interrupted"]] = {
    CancelledError: "cancelled",
    KeyboardInterrupt: "interrupted",
}
"""How you ended a request, by the exception that ended the wait."""

_SENDABLE_MASK = "***"  # in requests: it can be sent in headers and URLs, and an export makes a placeholder of it


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedEvent:
    """A message without its body; ``text``, ``data``, ``code`` and ``reason`` are those of a WebSocket."""

    direction: Direction
    type: str
    at_ns: int
    body_bytes: int = 0
    status: int | None = None
    more_body: bool = False
    text: str | None = None
    data: bytes | None = None
    code: int | None = None
    reason: str = ""

    def restore(self) -> Event:
        """Return the message as an event."""
        message = {"status": self.status, "text": self.text, "bytes": self.data, "code": self.code}
        found = {name: value for name, value in message.items() if value is not None}
        found |= {"more_body": True} if self.more_body else {}
        found |= {"reason": self.reason} if self.reason else {}
        return Event(
            direction=self.direction,
            message={"type": self.type, **found},
            at_ns=self.at_ns,
            body_bytes=self.body_bytes,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedRun:
    """The record of a call; the last three fields are those of a WebSocket."""

    events: tuple[SavedEvent, ...] = ()
    events_dropped: int = 0
    violations: tuple[Violation, ...] = ()
    started_at_s: float
    duration_ns: int
    outcome: Outcome
    waited_at: str = ""
    overdue_s: float = 0.0
    held_ns: int = 0
    held_at: str = ""
    held_by: Literal["computing", "waiting", ""] = ""
    body_bytes: int = 0
    body_sha256: str = ""
    response_end_ns: int | None = None
    cut_off_ns: int | None = None
    closed_by: ClosedBy = ""
    close_code: int | None = None
    close_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedResponse:
    """A response; ``body`` is decoded, and only a beginning if it is not ``whole``."""

    status: int
    headers: Headers
    body: bytes = b""
    whole: bool = True
    size_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedRequest:
    """
    A request: as it is sent again, then as it was sent.

    :ivar sent_body: None if it is ``body``
    :ivar is_written: whether its target was `RequestSpec.written_path`
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    spelling: str = ""
    headers: Headers = ()
    body: bytes = b""
    is_partial: bool = False
    sent_method: str
    url: str
    sent_headers: Headers = ()
    sent_body: bytes | None = None
    is_written: bool = False
    timeout_s: float | None = None
    masked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedExchange:
    """An exchange; the fields that `Exchange` has too mean the same."""

    name: str
    sent_at: str
    elapsed_ns: int
    request: SavedRequest
    response: SavedResponse | None = None
    run: SavedRun | None = None
    is_socket: bool = False
    ended: Literal["", "cancelled", "interrupted"] = ""
    raised: ExceptionText | None = None
    handled: ExceptionText | None = None
    state_diff: tuple[Change, ...] = ()
    output: tuple[OutputLine, ...] = ()
    endpoint: Endpoint | None = None
    errors: tuple[ContractError, ...] = ()
    notes: tuple[str, ...] = ()
    replay_of: str = ""
    overrides: tuple[SentOverride, ...] = ()
    faults: Faults | None = None
    previous: tuple[SavedExchange, ...] = ()


def save(exchange: Exchange, show_secrets: bool | None) -> SavedExchange:
    """Return an exchange as plain parts, its secrets masked as its settings say, unless ``show_secrets`` is given."""
    redactor = exchange.settings.redactor
    if show_secrets is not None:
        redactor = dataclasses.replace(redactor, show=show_secrets)
    handled = exchange.handled_exception
    raised = exchange.raised
    if raised is None and exchange.exception is not None and not exchange.ended_by_you:
        raised = read_exception(exchange.exception)
    return SavedExchange(
        name=exchange.name,
        sent_at=exchange.sent_at.isoformat(),
        elapsed_ns=exchange.elapsed_ns,
        request=_save_request(exchange, redactor),
        response=_save_response(exchange.response, redactor) if exchange.response is not None else None,
        run=_save_run(exchange, redactor),
        is_socket=isinstance(exchange, WebSocketExchange),
        ended=ENDINGS.get(type(exchange.exception), ""),  # type: ignore[arg-type]  # NoneType is not one of them
        raised=mask_exception(raised, redactor) if raised is not None else None,
        handled=mask_exception(handled.raised, redactor) if handled is not None else None,
        state_diff=mask_changes(exchange.state_diff, redactor),
        output=mask_output(exchange.output, redactor),
        endpoint=exchange.endpoint,
        errors=mask_errors(exchange.errors, redactor),
        notes=exchange.notes,
        replay_of=exchange.replay_of,
        overrides=exchange.overrides,
        faults=exchange.faults,
        previous=tuple(save(one, show_secrets) for one in exchange.previous),
    )


def _save_request(exchange: Exchange, redactor: Redactor) -> SavedRequest:
    spec, request = exchange.spec, exchange.request
    body, sent = spec.body, sent_content(exchange)
    masked_body = _mask_body(body, spec.header("content-type"), redactor)
    target, masked_target = spec.target, redactor.url(spec.target)
    path, query, spelling = spec.path, spec.query, spec.spelling
    if masked_target != target:
        path, _, text = masked_target.replace(MASK, _SENDABLE_MASK).partition("?")
        query, spelling = read_query(text)
    headers, masked = _mask_headers(spec.headers, redactor)
    sent_headers, also_masked = _mask_headers(request.headers.raw, redactor)
    names = dict.fromkeys((*masked, *also_masked))
    parts = [name for name, differs in (("url", masked_target != target), ("body", masked_body != body)) if differs]
    return SavedRequest(
        method=spec.method,
        path=path,
        query=query,
        spelling=spelling,
        headers=headers,
        body=masked_body,
        is_partial=spec.is_partial,
        sent_method=request.method,
        url=redactor.url(str(request.url)).replace(MASK, _SENDABLE_MASK),
        sent_headers=sent_headers,
        sent_body=_mask_body(sent, request.headers.get("content-type", ""), redactor) if sent != body else None,
        is_written="target" in request.extensions,
        timeout_s=request.extensions.get("timeout", {}).get("read"),
        masked=tuple(dict.fromkeys((*parts, *names, *exchange.masked))),
    )


def _mask_body(body: bytes, content_type: str, redactor: Redactor) -> bytes:
    masked = redactor.body(body, content_type)
    return masked.replace(MASK.encode(), _SENDABLE_MASK.encode()) if masked != body else body


def _mask_headers(headers: Iterable[tuple[bytes, bytes]], redactor: Redactor) -> tuple[Headers, list[str]]:
    """Return the headers as text, and the names of those that are masked, lower-case."""
    raw = tuple(headers)
    found = tuple((name, value.replace(MASK, _SENDABLE_MASK)) for name, value in redactor.headers(raw))
    masked = [
        name.lower() for (name, value), (_, own) in zip(found, raw, strict=True) if value != own.decode("latin-1")
    ]
    return found, masked


def _save_response(response: httpx.Response, redactor: Redactor) -> SavedResponse:
    headers, _ = _mask_headers(response.headers.raw, redactor)
    content = kept_content(response)
    return SavedResponse(
        status=response.status_code,
        headers=headers,
        body=redactor.body(content, response.headers.get("content-type", "")),
        whole=is_whole(response),
        size_bytes=response.size_bytes if isinstance(response, BoundedResponse) else len(content),
    )


def _save_run(exchange: Exchange, redactor: Redactor) -> SavedRun | None:
    run = exchange.call
    if run is None:
        return None
    more: dict[str, Any] = {}
    if isinstance(run, HttpRun):
        names = ("body_bytes", "body_sha256", "response_end_ns", "cut_off_ns")
        more = {name: getattr(run, name) for name in names}
    elif isinstance(run, WebSocketRun):
        more = {
            "closed_by": run.closed_by,
            "close_code": run.close_code,
            "close_reason": redactor.text(run.close_reason),
        }
    return SavedRun(
        events=tuple(_save_event(event, redactor) for event in run.events),
        events_dropped=run.events_dropped,
        violations=run.violations,
        started_at_s=run.started_at_s,
        duration_ns=run.duration_ns,
        outcome=run.outcome,
        waited_at=run.waited_at,
        overdue_s=run.overdue_s,
        held_ns=run.held_ns,
        held_at=run.held_at,
        held_by=run.held_by,
        **more,
    )


def _save_event(event: Event, redactor: Redactor) -> SavedEvent:
    message, of_socket = event.message, event.type.startswith("websocket.")
    text, data, code = message.get("text"), message.get("bytes"), message.get("code")
    status, reason = message.get("status"), message.get("reason")
    return SavedEvent(
        direction=event.direction,
        type=event.type,
        at_ns=event.at_ns,
        body_bytes=event.body_bytes,
        status=status if type(status) is int else None,
        more_body=message.get("more_body") is True,
        text=redactor.text(text) if of_socket and type(text) is str else None,
        data=redactor.body(data) if of_socket and type(data) is bytes else None,
        code=code if type(code) is int else None,
        reason=redactor.text(reason) if type(reason) is str else "",
    )
