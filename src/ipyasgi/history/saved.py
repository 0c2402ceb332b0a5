"""
`SavedExchange`: an exchange as a frozen value of plain parts, which `saved_file` writes to a file and reads from it.

It has what a display, a recheck, a comparison and an export need. Live objects are not in it: of an exception there is
the text, of the messages their times and sizes. Traces and profiles are not saved.
"""

from __future__ import annotations

import dataclasses
import weakref
from collections.abc import Callable, Iterable
from concurrent.futures import CancelledError
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from ..client.httpx import httpx
from ..client.response import BoundedResponse, is_whole, kept_content
from ..engine.faults import Faults
from ..engine.runs import ClosedBy, Event, HttpRun, Outcome, WebSocketRun
from ..openapi.contract import Contract
from ..protocol.rules import RULES
from ..protocol.types import Direction
from ..protocol.violations import Violation
from ..records.contract_error import ContractError
from ..records.exception_text import ExceptionText, HandledException, read_exception
from ..records.masked import mask_changes, mask_errors, mask_exception, mask_output
from ..records.output import OutputLine
from ..records.override import SentOverride
from ..records.record import Endpoint, sent_content
from ..records.redaction import Redactor
from ..records.requests import RequestSpec, check_method, check_path, read_query
from ..records.secret_rules import MASK
from ..records.settings import Settings
from ..records.state import Change
from .exchange import Exchange, KeepsExchanges
from .websocket_exchange import WebSocketExchange

_Headers = tuple[tuple[str, str], ...]
_SENDABLE_MASK = "***"  # in requests: it can be sent in headers and URLs, and an export makes a placeholder of it
_ENDINGS: dict[type[BaseException], Literal["cancelled", "interrupted"]] = {
    CancelledError: "cancelled",
    KeyboardInterrupt: "interrupted",
}


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
    headers: _Headers
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
    headers: _Headers = ()
    body: bytes = b""
    is_partial: bool = False
    sent_method: str
    url: str
    sent_headers: _Headers = ()
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
        ended=_ENDINGS.get(type(exchange.exception), ""),  # type: ignore[arg-type]  # NoneType is not one of them
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


def _mask_headers(headers: Iterable[tuple[bytes, bytes]], redactor: Redactor) -> tuple[_Headers, list[str]]:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoring:
    """
    How the exchanges of one file are restored.

    :ivar source: the file's name, for the note
    :ivar next_name: returns the name of the next exchange
    :ivar renamed: the new name of each restored exchange, by the old one
    """

    source: str
    settings: Settings
    next_name: Callable[[], str]
    kept_in: weakref.ref[KeepsExchanges] | None
    renamed: dict[str, str]

    def restore(self, saved: SavedExchange) -> Exchange:
        """Return the exchange under a new name; its note has the old one."""
        previous = tuple(map(self.restore, saved.previous))
        name = self.renamed[saved.name] = self.next_name()
        spec = _restore_spec(saved.request)
        request = _restore_request(saved.request, spec)
        run, is_socket = saved.run, saved.is_socket
        exception = next((kind() for kind, word in _ENDINGS.items() if word == saved.ended), None)
        about: dict[str, Any] = {
            "name": name,
            "spec": spec,
            "request": request,
            "response": _restore_response(saved.response, request) if saved.response is not None else None,
            "run": _restore_http_run(run) if run is not None and not is_socket else None,
            "state_diff": saved.state_diff,
            "output": saved.output,
            "endpoint": saved.endpoint,
            "exception": exception,
            "raised": saved.raised,
            "handled_exception": HandledException(raised=saved.handled) if saved.handled is not None else None,
            "sent_at": datetime.fromisoformat(saved.sent_at).astimezone(),
            "elapsed_ns": saved.elapsed_ns,
            "notes": (self._note(saved), *saved.notes),
            "previous": previous,
            "replay_of": self.renamed.get(saved.replay_of, ""),
            "overrides": saved.overrides,
            "faults": saved.faults,
            "contract": Contract(lambda: None, saved.errors),
            "restored": True,
            "masked": saved.request.masked,
            "kept_in": self.kept_in,
            "settings": self.settings,
        }
        return WebSocketExchange(**about, socket=_restore_socket(run)) if is_socket else Exchange(**about)

    def _note(self, saved: SavedExchange) -> str:
        masked = saved.request.masked
        secrets = f"; masked in its request: {', '.join(masked)}" if masked else ""
        return f"restored from {self.source}, where it is {saved.name}{secrets}"


def check_saved(saved: SavedExchange) -> None:
    """Raise ``ValueError``, or what httpx and `RequestError` raise, for an exchange that cannot be restored."""
    Restoring(source="", settings=Settings(), next_name=str, kept_in=None, renamed={}).restore(saved)


def _restore_spec(saved: SavedRequest) -> RequestSpec:
    check_method(saved.method)
    check_path(saved.path)
    return RequestSpec(
        method=saved.method,
        path=saved.path,
        query=saved.query,
        headers=tuple(pair for pair in _raw(saved.headers) if pair[0].decode("latin-1") not in saved.masked),
        body=saved.body,
        spelling=saved.spelling,
        is_partial=saved.is_partial,
    )


def _restore_request(saved: SavedRequest, spec: RequestSpec) -> httpx.Request:
    check_method(saved.sent_method)
    body = saved.body if saved.sent_body is None else saved.sent_body
    extensions: dict[str, Any] = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), saved.timeout_s)}
    if saved.is_written and spec.written_path:
        extensions["target"] = spec.written_path
    request = httpx.Request(
        saved.sent_method,
        saved.url,
        headers=list(_raw(saved.sent_headers)),
        stream=httpx.ByteStream(body),
        extensions=extensions,
    )
    request.read()
    return request


def _restore_response(saved: SavedResponse, request: httpx.Request) -> httpx.Response:
    if not 100 <= saved.status <= 999:
        raise ValueError("response.status is not a status")
    return BoundedResponse.restore(
        request,
        saved.status,
        _raw(saved.headers),
        saved.body,
        size_bytes=saved.size_bytes,
        whole=saved.whole,
    )


def _common(saved: SavedRun) -> dict[str, Any]:
    if unknown := next((one.rule for one in saved.violations if one.rule not in RULES), None):
        raise ValueError(f"run.violations has the unknown rule {unknown[:60]!r}")
    return {
        "scope": {},
        "events": tuple(one.restore() for one in saved.events),
        **{name: getattr(saved, name) for name in _RUN_FIELDS},
    }


_RUN_FIELDS = (
    *("events_dropped", "violations", "started_at_s", "duration_ns", "outcome", "waited_at", "overdue_s"),
    *("held_ns", "held_at", "held_by"),
)


def _restore_http_run(saved: SavedRun) -> HttpRun:
    return HttpRun(
        kind="http",
        body_bytes=saved.body_bytes,
        body_sha256=saved.body_sha256,
        response_end_ns=saved.response_end_ns,
        cut_off_ns=saved.cut_off_ns,
        **_common(saved),
    )


def _restore_socket(saved: SavedRun | None) -> WebSocketRun:
    if saved is None:
        raise ValueError("a WebSocket does not have the field 'run'")
    return WebSocketRun(
        kind="websocket",
        closed_by=saved.closed_by,
        close_code=saved.close_code,
        close_reason=saved.close_reason,
        **_common(saved),
    )


def _raw(headers: _Headers) -> tuple[tuple[bytes, bytes], ...]:
    return tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in headers)
