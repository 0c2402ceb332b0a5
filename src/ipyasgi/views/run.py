"""One call of the app by itself: what an HTTP request, a WebSocket or a lifespan was, as messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from ..engine.runs import Event, LifespanRun, Run, WebSocketRun
from ..protocol.violations import Violation
from ..records.exception_text import ExceptionText, read_exception
from ..records.redaction import Redactor
from ..records.settings import Settings
from .changes import exception_lines
from .figures import count_of, size_of, time_of
from .lifespan_map import LifespanMap, draw_lifespan
from .timeline import Timeline, build_timeline, plain, timeline_lines
from .view import View, build_view, one_line

CAUGHT = "the app caught its exception itself, and returned"
_GOOD_ENDS = ("running", "stopped")
_SENT_BY_APP = ("websocket.accept", "websocket.close", "websocket.http.response.start", "http.response.start")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunShown:
    """
    What a view of one run needs, masked and cut.

    :ivar method: ``GET``, ``WebSocket`` or ``Lifespan``
    :ivar tone: ``good``, ``bad``, ``failed`` or ``none``: how the outcome is coloured
    :ivar headers: a title, and the header fields under it
    """

    method: str
    target: str
    outcome: str
    tone: str
    elapsed: str
    marks: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    headers: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    timeline: Timeline | None = None
    map: LifespanMap | None = None
    raised: ExceptionText | None = None
    violations: tuple[Violation, ...] = ()


def view_run(run: Run, settings: Settings) -> View:
    """Return one run: how it ended, every message in time, its headers and what it did against the specification."""
    shown = show_run(run, settings)
    return build_view("\n".join(_lines(shown)), "run.html", run=shown)


def show_run(run: Run, settings: Settings) -> RunShown:
    """Return the run as it is shown."""
    redactor = settings.redactor
    path, query = plain(run.scope.get("path", "")), run.scope.get("query_string", b"")
    target = f"{path}?{query.decode('latin-1')}" if isinstance(query, bytes) and query else path
    status = run.status if isinstance(run, LifespanRun) else ""
    shown = RunShown(
        method=plain(run.scope.get("method", ""))
        or {"websocket": "WebSocket", "lifespan": "Lifespan"}.get(run.kind, ""),
        target=one_line(redactor.url(target), 120),
        outcome=run.outcome,
        tone="none" if run.outcome == "returned" else "failed",
        elapsed=time_of(run.duration_ns),
        headers=tuple(_headers(run, redactor)),
        timeline=build_timeline(run, redactor),
        raised=None if run.exception is None or status == "unsupported" else read_exception(run.exception),
        violations=run.violations,
    )
    if isinstance(run, WebSocketRun):
        return _websocket(run, shown)
    if status:
        tone = "good" if status in _GOOD_ENDS else "none" if status == "unsupported" else "failed"
        return replace(shown, target="", outcome=status, tone=tone, map=draw_lifespan(status))
    start = _first(run, "http.response.start")
    return replace(shown, outcome=plain(start["status"])) if start is not None and "status" in start else shown


def _websocket(run: WebSocketRun, shown: RunShown) -> RunShown:
    accept, close, leave = (_first(run, f"websocket.{name}") for name in ("accept", "close", "disconnect"))
    denial = _first(run, "websocket.http.response.start")
    if denial is not None:
        outcome, tone = f"refused with {plain(denial.get('status', '?'))}", "bad"
    elif accept is None:
        outcome, tone = ("refused with 403", "bad") if close is not None else ("never accepted", "failed")
    elif close is not None:
        outcome, tone = f"closed by the app, {_closing(close)}", "none"
    elif leave is not None:
        outcome, tone = f"closed by the client, {_closing(leave)}", "none"
    else:
        outcome, tone = "not closed", "bad"
    subprotocol = plain(accept.get("subprotocol") or "") if accept is not None else ""
    counted = [f"subprotocol {subprotocol}"] if subprotocol else []
    for type_, words in (("websocket.receive", "from the client"), ("websocket.send", "from the app")):
        own = [event for event in run.events if event.type == type_]
        size = size_of(sum(event.body_bytes for event in own))
        counted.append(f"{len(own):,} {words}" + (f", {size}" if own else ""))
    if run.exception is not None:
        tone = "failed"
    notes = (*shown.notes, CAUGHT) if run.exception is not None and run.outcome == "returned" else shown.notes
    return replace(shown, outcome=outcome, tone=tone, marks=tuple(counted), notes=notes)


def _closing(message: Mapping[str, Any]) -> str:
    reason = message.get("reason")
    code = plain(message.get("code", 1000 if message["type"] == "websocket.close" else 1005))
    return f"{code} {plain(reason)}" if reason else code


def _first(run: Run, type_: str) -> Mapping[str, Any] | None:
    return next((event.message for event in run.events if event.type == type_), None)


def _headers(run: Run, redactor: Redactor) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    yield "Request headers", _pairs(run.scope, redactor)
    events: tuple[Event, ...] = run.events
    for event in events:
        if event.type in _SENT_BY_APP and _pairs(event.message, redactor):
            yield f"Headers of {event.type}", _pairs(event.message, redactor)


def _pairs(message: Mapping[str, Any], redactor: Redactor) -> tuple[tuple[str, str], ...]:
    """Return the headers of a message or scope; anything but a pair of bytes was reported as a violation."""
    found = message.get("headers") or ()
    right = [
        pair
        for pair in (found if isinstance(found, (list, tuple)) else ())
        if isinstance(pair, (list, tuple)) and len(pair) == 2 and all(isinstance(part, bytes) for part in pair)
    ]
    return tuple(redactor.headers(cast("tuple[bytes, bytes]", tuple(pair)) for pair in right))


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
