"""A single call of the app: an HTTP request, a WebSocket connection or a lifespan, as messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from ..engine.runs import LifespanRun, Run, WebSocketRun
from ..protocol.violations import Violation
from ..records.exception_text import ExceptionText, read_exception
from ..records.redaction import Redactor
from ..records.settings import Settings
from .changes import exception_data, exception_lines, pick, pick_all
from .figures import count_of, size_of, time_of
from .lifespan import tone_of
from .lifespan_map import LifespanMap, draw_lifespan
from .timeline import Timeline, build_timeline, plain, timeline_lines
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
    violations: tuple[Violation, ...]


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
        "errors": pick_all(shown.violations, "rule", "message", "section"),
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
    outcome, tone = _websocket_ending(run) if is_websocket else _ending(run, status)
    is_caught = is_websocket and failed and run.outcome == "returned"
    return RunShown(
        method=plain(run.scope.get("method", "")) or _METHODS.get(run.kind, ""),
        target="" if status else one_line(redactor.url(target), 120),
        outcome=outcome,
        tone="failed" if is_websocket and failed else tone,
        elapsed=time_of(run.duration_ns),
        marks=tuple(_websocket_marks(run)) if is_websocket else (),
        notes=("the app caught its exception itself, and returned",) if is_caught else (),
        headers=tuple(_headers(run, redactor)),
        timeline=build_timeline(run, redactor),
        map=draw_lifespan(status) if status else None,
        raised=None if run.exception is None or status == "unsupported" else read_exception(run.exception),
        violations=run.violations,
    )


def _ending(run: Run, status: str) -> tuple[str, str]:
    """Return the outcome of a request or a lifespan, and its tone."""
    if status:
        return status, tone_of(status)
    start = _first(run, "http.response.start") or {}
    outcome = plain(start["status"]) if "status" in start else run.outcome
    return outcome, "none" if run.outcome == "returned" else "failed"


def _websocket_ending(run: Run) -> tuple[str, str]:
    accept, close, disconnect = (_first(run, f"websocket.{name}") for name in ("accept", "close", "disconnect"))
    denial = _first(run, "websocket.http.response.start")
    if denial is not None:
        return f"refused with {plain(denial.get('status', '?'))}", "bad"
    if accept is None:
        return ("refused with 403", "bad") if close is not None else ("never accepted", "failed")
    if close is not None:
        return f"closed by the app, {_closing(close)}", "none"
    if disconnect is not None:
        return f"closed by the client, {_closing(disconnect)}", "none"
    return "not closed", "bad"


def _websocket_marks(run: Run) -> Iterator[str]:
    accept = _first(run, "websocket.accept")
    if accept is not None and (subprotocol := plain(accept.get("subprotocol") or "")):
        yield f"subprotocol {subprotocol}"
    for type_, sender in (("websocket.receive", "from the client"), ("websocket.send", "from the app")):
        sizes = [event.body_bytes for event in run.events if event.type == type_]
        yield f"{len(sizes):,} {sender}" + (f", {size_of(sum(sizes))}" if sizes else "")


def _closing(message: Mapping[str, Any]) -> str:
    reason = message.get("reason")
    code = plain(message.get("code", 1000 if message["type"] == "websocket.close" else 1005))
    return f"{code} {plain(reason)}" if reason else code


def _first(run: Run, type_: str) -> Mapping[str, Any] | None:
    return next((event.message for event in run.events if event.type == type_), None)


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
        for row in shown.timeline.rows:
            yield one_line(f"  {row.at:>9}  {row.direction:<7}  {row.type}  {row.size}  {row.detail}".rstrip(), 200)
    if shown.violations:
        yield from ("", f"Protocol: {count_of(len(shown.violations), 'violation')}")
        yield from (f"  {one.rule}: {one_line(one.message)} ({one.section})" for one in shown.violations)
