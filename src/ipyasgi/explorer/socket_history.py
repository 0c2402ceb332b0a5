"""Adds each WebSocket that has ended to the history, and announces it like the exchange of a request."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from urllib.parse import quote

from ..client.httpx import httpx
from ..engine.runs import WebSocketRun
from ..history.history import ExchangeStore
from ..history.websocket_exchange import METHOD, WebSocketExchange
from ..records.requests import RequestSpec, read_query
from .call_recorder import CallRecorder
from .events import EventBus


def keep_socket(store: ExchangeStore, events: EventBus, run: WebSocketRun, recorder: CallRecorder) -> None:
    """Add a WebSocket to a history."""
    spec, request = _handshake_of(run)
    exchange = WebSocketExchange(
        name=store.next_name(),
        spec=spec,
        request=request,
        response=None,
        run=None,
        socket=replace(run, exception=None),
        state_diff=recorder.changes,
        output=recorder.output,
        endpoint=recorder.endpoint,
        traced=recorder.record_trace(),
        exception=run.exception,
        sent_at=datetime.fromtimestamp(run.started_at_s).astimezone(),
        elapsed_ns=run.duration_ns,
        kept_in=store.reference,
        settings=store.settings,
    )
    store.append(exchange)
    events.publish("exchange", exchange)


def _handshake_of(run: WebSocketRun) -> tuple[RequestSpec, httpx.Request]:
    """Return the request of a connection: without headers, as it is written into a form, and as it was sent."""
    scope = run.scope
    path = scope["raw_path"].decode("ascii", "replace") if scope.get("raw_path") else quote(scope["path"])
    query, spelling = read_query(scope["query_string"].decode("ascii", "replace"))
    spec = RequestSpec(method=METHOD, path=path, query=query, spelling=spelling)
    host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "localhost")
    url = f"{scope.get('scheme', 'ws')}://{host}{spec.target}"
    return spec, httpx.Request(METHOD, url, headers=scope["headers"])
