"""A single call of the app: an HTTP request, a WebSocket connection or a lifespan, as messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from ..engine.runs import HttpRun, LifespanRun, Run, WebSocketRun
from ..history.websocket_exchange import first_message, read_closing, read_ending
from ..records.exception_text import ExceptionText, read_exception
from ..records.redaction import Redactor
from ..records.settings import Settings
from ..shown import hint
from .changes import RuleShown, exception_data, exception_lines, pick, pick_all, rule_lines, show_exception, show_rules
from .figures import size_of, times_of
from .lifespan import tone_of
from .lifespan_map import LifespanMap, draw_lifespan
from .timeline import Timeline, build_timeline, plain, row_line, timeline_lines
from .view import View, build_view, one_line, shows

_METHODS = {"websocket": "WebSocket", "lifespan": "Lifespan"}
_WITH_HEADERS = ("websocket.accept", "websocket.close", "websocket.http.response.start", "http.response.start")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunShown:
    """A run, masked and cut; ``headers`` are groups of fields, each with its title."""

    method: str
    target: str
    outcome: str
    tone: str
    elapsed: str
    marks: tuple[str, ...]
    notes: tuple[str, ...]
    headers: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    timeline: Timeline | None
    map: LifespanMap | None
    raised: ExceptionText | None
    rules: tuple[RuleShown, ...]


def _run_data(run: Run, settings: Settings) -> dict[str, Any]:
    shown = _show(run, settings)
    return {
        "kind": run.kind,
        "method": shown.method,
        "target": shown.target,
        "outcome": run.status if isinstance(run, LifespanRun) else shown.outcome,
        "ms": round(run.duration_ns / 1e6, 3),
        "headers": {title: list(map(list, pairs)) for title, pairs in shown.headers},
        "messages": [
            {**pick(event, "direction", "type"), "ms": round(event.at_ns / 1e6, 3), "body_bytes": event.body_bytes}
            for event in run.events
        ],
        "exception": exception_data(shown.raised),
        "errors": pick_all(run.violations, "rule", "message", "section"),
    }


@shows(Run, _run_data)
def view_run(run: Run, settings: Settings) -> View:
    """Return the view of one run: how it ended, its messages in time, its headers, and its violations."""
    shown = _show(run, settings)
    return build_view("\n".join(_lines(shown)), "run.html", run=shown)


def _show(run: Run, settings: Settings) -> RunShown:
    redactor = settings.redactor
    path, query = plain(run.scope.get("path", "")), run.scope.get("query_string", b"")
    target = f"{path}?{query.decode('latin-1')}" if isinstance(query, bytes) and query else path
    status = run.status if isinstance(run, LifespanRun) else ""
    is_websocket, failed = isinstance(run, WebSocketRun), run.exception is not None
    outcome, tone = read_ending(run) if isinstance(run, WebSocketRun) else _ending(run, status)
    raised = None
    if run.exception is not None and status != "unsupported":
        raised = show_exception(read_exception(run.exception), settings)
    return RunShown(
        method=plain(run.scope.get("method", "")) or _METHODS.get(run.kind, ""),
        target="" if status else one_line(redactor.url(target), 120),
        outcome=redactor.text(outcome),
        tone="failed" if is_websocket and failed else tone,
        elapsed=" ".join(times_of(run.duration_ns, run.background_ns if isinstance(run, HttpRun) else 0)).rstrip(),
        marks=tuple(map(redactor.text, _websocket_marks(run))) if is_websocket else (),
        notes=tuple(_notes(run, redactor)),
        headers=tuple(_headers(run, redactor)),
        timeline=build_timeline(run, redactor),
        map=draw_lifespan(status) if status else None,
        raised=raised,
        rules=show_rules(run.violations),
    )


def _ending(run: Run, status: str) -> tuple[str, str]:
    """Return the outcome of a request or a lifespan, and its tone."""
    if status:
        return status, tone_of(status)
    start = first_message(run, "http.response.start") or {}
    outcome = plain(start["status"]) if "status" in start else run.outcome
    if isinstance(run, HttpRun) and run.cut_off_ns is not None:
        outcome += ", cut off"
    return outcome, "none" if run.outcome == "returned" else "failed"


def _notes(run: Run, redactor: Redactor) -> Iterator[str]:
    is_closed = isinstance(run, WebSocketRun) and run.closed_by in ("client", "app")
    if run.waited_at and not is_closed:
        yield f"ended from outside while the app was waiting at {run.waited_at}"
    if isinstance(run, WebSocketRun):
        yield from _websocket_notes(run, redactor)


def _websocket_notes(run: WebSocketRun, redactor: Redactor) -> Iterator[str]:
    if run.exception is not None and run.outcome == "returned":
        yield "the app caught its exception itself, and returned"
    if run.exception is None and run.outcome == "raised":
        yield "the app ended by its framework's exception for a client that has left, which is usual"
    denial = first_message(run, "websocket.http.response.start") or {}
    never_open = first_message(run, "websocket.accept") is None and read_closing(run)[0] == "app"
    if never_open or denial.get("status") == 403:
        headers = dict(_pairs(run.scope, redactor))
        host = headers.get("host", "localhost")
        own = f"{'https' if run.scope.get('scheme') == 'wss' else 'http'}://{host}"
        found = f"has the Origin {headers['origin']}" if "origin" in headers else "has no Origin"
        routes = hint("%asgi routes", "explorer.routes")
        yield f"refused before it was open: {routes} shows whether a WebSocket has this path"
        yield f"the handshake {found}: if the app checks it, add Origin:{own}"


def _websocket_marks(run: Run) -> Iterator[str]:
    accept = first_message(run, "websocket.accept")
    if accept is not None and (subprotocol := plain(accept.get("subprotocol") or "")):
        yield f"subprotocol {subprotocol}"
    for type_, sender in (("websocket.receive", "from the client"), ("websocket.send", "from the app")):
        sizes = [event.body_bytes for event in run.events if event.type == type_]
        yield f"{len(sizes):,} {sender}" + (f", {size_of(sum(sizes))}" if sizes else "")


def _headers(run: Run, redactor: Redactor) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    yield "Request headers", _pairs(run.scope, redactor)
    for event in run.events:
        if event.type in _WITH_HEADERS and (pairs := _pairs(event.message, redactor)):
            yield f"Headers of {event.type}", pairs


def _pairs(message: Mapping[str, Any], redactor: Redactor) -> tuple[tuple[str, str], ...]:
    """Return the headers of a message or scope that are pairs of bytes; others were reported as violations."""
    found = message.get("headers") or ()
    valid = [
        pair
        for pair in (found if isinstance(found, (list, tuple)) else ())
        if isinstance(pair, (list, tuple)) and len(pair) == 2 and all(isinstance(part, bytes) for part in pair)
    ]
    return tuple(redactor.headers(cast("tuple[bytes, bytes]", tuple(pair)) for pair in valid))


def _lines(shown: RunShown) -> Iterator[str]:
    arrow = f"{shown.target} → " if shown.target else ""
    yield "  ".join([f"{shown.method} {arrow}{shown.outcome}", shown.elapsed, *shown.marks])
    yield from (f"  note: {one_line(note)}" for note in shown.notes)
    if shown.raised is not None:
        yield from (f"  {line}" for line in exception_lines(shown.raised))
    if shown.timeline is not None:
        yield from ("", *timeline_lines(shown.timeline), "")
        yield from map(row_line, shown.timeline.rows)
    yield from rule_lines(shown.rules)
