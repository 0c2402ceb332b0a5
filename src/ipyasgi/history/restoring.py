"""`Restoring`: makes exchanges of the saved ones of a file, under new names."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..client.httpx import httpx
from ..client.response import BoundedResponse
from ..engine.runs import HttpRun, WebSocketRun
from ..openapi.contract import Contract
from ..protocol.rules import RULES
from ..records.exception_text import HandledException
from ..records.requests import RequestSpec, check_method, check_path
from ..records.settings import Settings
from .exchange import Exchange, KeepsExchanges
from .saved import ENDINGS, Headers, SavedExchange, SavedRequest, SavedResponse, SavedRun
from .websocket_exchange import WebSocketExchange


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
        exception = next((kind() for kind, word in ENDINGS.items() if word == saved.ended), None)
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


def _raw(headers: Headers) -> tuple[tuple[bytes, bytes], ...]:
    return tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in headers)
