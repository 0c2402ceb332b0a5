"""One exchange, several, or the history as text and HTML. Secrets are masked before anything is shown."""

from __future__ import annotations

import contextlib
import json
import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..client.app_runner import sent_path
from ..client.response import BoundedResponse, is_whole, kept_content
from ..engine.faults import Faults
from ..explorer.base_explorer import BaseExplorer
from ..history.exchange import Exchange, Exchanges
from ..history.history import History, owner_of
from ..history.request_times import try_times
from ..history.websocket_exchange import WebSocketExchange
from ..protocol.violations import count_rules
from ..records.contract_error import ContractError
from ..records.exception_text import ExceptionText, read_exception
from ..records.masked import mask_errors
from ..records.output import OutputLine
from ..records.record import describe_cut, sent_content
from ..records.settings import Settings
from ..records.state import Change
from .body.kinds import show_body
from .body.shown import BodyShown, body_lines, cut_lines
from .bounds import MOST_CHARS, cut_text
from .changes import (
    RuleShown,
    changes_data,
    exception_data,
    exception_lines,
    pick_all,
    rule_lines,
    show_changes,
    show_exception,
    show_output,
    show_rules,
)
from .figures import HELD_NS, bars_of, count_of, size_of, time_of, times_of
from .inside import lines_inside, marks_inside, show_profile_of, show_trace_of
from .timeline import Timeline, build_timeline, row_line, timeline_lines
from .view import View, build_text, build_view, one_line, render, shows, texts, visible

if TYPE_CHECKING:
    from .profile import ProfileShown
    from .trace import TraceShown

RESTORED = "restored"
"""The mark of an exchange from a file, in lists."""
_NO_RESPONSE = "The app sent no response. The client shows a 500 instead, as a server would send."
_BODY_LINES, _OUTPUT_LINES, _ERRORS = 40, 20, 10
_ROWS, _TEXT_ROWS, _OPEN_ROWS, _OPEN_OF_MANY = 100, 30, 20, 5
_REPEATED = 5  # sendings of the same request whose times are summed up
_USUAL_FROM = 3  # requests that make a change, before it is the usual one
_CHARS_OF_A_BYTE = 12  # of both bodies, in HTML
_TONES = {1: "moved", 2: "good", 3: "moved", 4: "bad", 5: "failed"}
_MARK_OF_ENDING = {"CancelledError": "cancelled", "KeyboardInterrupt": "interrupted"}
_TRACEBACK = re.compile(r"Traceback \(most recent call last\):\n(?:[ \t].*\n)+(?=\S)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeShown:
    """
    An exchange, masked and cut, for text and templates.

    :ivar tone: the colour of the outcome: ``good``, ``moved``, ``bad``, ``failed`` or ``none``
    :ivar elapsed: the time to the complete response
    :ivar background: the time of the app after that, ``+ 517 ms background``; mostly empty
    :ivar marks: additions to the summary line: changes, the exception's name, violations
    :ivar no_response: a note if the app sent no response, else empty
    :ivar endpoint: the function that produced the response, and where it ran
    :ivar handled_exception: whether the app handled the exception itself
    :ivar errors: what contradicts the app's document; ``errors_open`` unless it is only an undocumented 4xx, which many
        documents leave out
    :ivar is_socket: whether it is a WebSocket, whose messages are its timeline
    """

    name: str
    method: str
    target: str
    outcome: str
    tone: str
    elapsed: str
    background: str
    size: str
    sent_at: str
    marks: tuple[str, ...]
    notes: tuple[str, ...]
    no_response: str
    previous: tuple[ExchangeShown, ...] = ()
    response_headers: tuple[tuple[str, str], ...] = ()
    response_body: BodyShown | None = None
    request_headers: tuple[tuple[str, str], ...] = ()
    request_body: BodyShown | None = None
    timeline: Timeline | None = None
    trace: TraceShown | None = None
    profile: ProfileShown | None = None
    endpoint: str = ""
    changes: tuple[Change, ...] = ()
    output: tuple[OutputLine, ...] = ()
    raised: ExceptionText | None = None
    handled_exception: bool = False
    rules: tuple[RuleShown, ...] = ()
    errors: tuple[str, ...] = ()
    errors_open: bool = False
    is_socket: bool = False

    @property
    def times(self) -> str:
        """``49.0 ms + 517 ms background``."""
        return f"{self.elapsed} {self.background}".rstrip()

    @property
    def short_target(self) -> str:
        """The target, cut so that it fits in a line."""
        return one_line(self.target, 120)


def exchange_data(exchange: Exchange, settings: Settings) -> dict[str, Any]:
    """
    Return ``method, target, status, ms, headers, body, state, output, exception, errors``.

    ``status`` is None without a response. ``headers`` are pairs, because a name may be repeated. ``body`` is a decoded
    JSON value, or a text that is cut after a megabyte; None if it is empty or binary. ``errors`` are violations,
    and contradictions to the app's document, which have the rules ``contract.status``, ``contract.media-type`` and
    ``contract.body``, and a ``pointer``.
    A request that was sent with overrides or `Faults` also has ``overrides`` or ``faults``, a WebSocket ``outcome`` and
    ``messages``.
    """
    content = kept_content(exchange.response) if exchange.answered else b""
    shown = show_exchange(exchange, replace(settings, body_shown_bytes=len(content) + 1))
    rows = shown.timeline.rows if shown.timeline is not None else ()
    socket = {"outcome": shown.outcome, "messages": pick_all(rows, "at", "direction", "type", "size", "detail")}
    return {
        "method": shown.method,
        "target": shown.target,
        "status": exchange.response.status_code if exchange.response is not None else None,
        "ms": round(exchange.elapsed_ns / 1e6, 3),
        "headers": list(map(list, shown.response_headers)),
        "body": _body_data(content, shown.response_body, settings),
        "state": changes_data(shown.changes),
        "output": pick_all(shown.output, "source", "label", "text"),
        "exception": exception_data(shown.raised),
        "errors": [
            *pick_all(exchange.violations, "rule", "message", "section"),
            *map(_error_data, mask_errors(exchange.errors, settings.redactor)),
        ],
        **({"overrides": {one.name: one.value for one in exchange.overrides}} if exchange.overrides else {}),
        **({"faults": _faults_data(exchange.faults)} if exchange.faults is not None else {}),
        **(socket if shown.is_socket else {}),
    }


@shows(Exchange, exchange_data)
def view_exchange(exchange: Exchange, settings: Settings) -> View:
    """Return the view of one exchange: a summary line, then a section for each part."""
    shown = show_exchange(exchange, settings)
    view = _build(shown, math.inf)
    if len(view.html) > (most := _most_chars(shown, settings)):
        view = _build(show_exchange(exchange, replace(settings, body_shown_bytes=settings.body_shown_bytes // 4)), most)
    return view


@texts(Exchange)
def exchange_text(exchange: Exchange, settings: Settings) -> str:
    """Return the text of the view of one exchange."""
    return build_text("\n".join(_lines(show_exchange(exchange, settings))))


def _build(shown: ExchangeShown, most_chars: float) -> View:
    return build_view("\n".join(_lines(shown)), "exchange.html", most_chars=most_chars, exchange=shown)


def _most_chars(shown: ExchangeShown, settings: Settings) -> int:
    asked_for = max(settings.body_shown_bytes - Settings().body_shown_bytes, 0) * _CHARS_OF_A_BYTE
    return MOST_CHARS + _media_chars(shown) + asked_for


def _exchanges_data(exchanges: Iterable[Exchange], settings: Settings) -> dict[str, Any]:
    return {"exchanges": [{"name": one.name, **exchange_data(one, settings)} for one in exchanges]}


@shows(Exchanges, _exchanges_data)
def view_exchanges(exchanges: Exchanges | Iterable[Exchange], settings: Settings) -> View:
    """Return the view of several exchanges: a row for each of the last ones; the newest rows can be expanded."""
    every = tuple(exchanges)
    rows = every[-_ROWS:]
    share = replace(settings, body_shown_bytes=max(settings.body_shown_bytes // max(len(rows), 1), 2048))
    title = [count_of(len(every), "exchange")]
    if len(every) > len(rows):
        title.append(f"{count_of(len(every) - len(rows), 'earlier one')} left out")
    times = _show_times(every)
    for opening in (_OPEN_ROWS if len(rows) <= _OPEN_ROWS else _OPEN_OF_MANY, 1, 0):
        first_open = max(len(rows) - opening, 0)
        closed = [summarize(exchange, settings) for exchange in rows[:first_open]]
        shown = [*closed, *(show_exchange(exchange, share) for exchange in rows[first_open:])]
        html = render("exchanges.html", exchanges=shown, title="; ".join(title), closed_rows=first_open, times=times)
        if len(html) <= MOST_CHARS + sum(_media_chars(one) for one in shown):
            break
    lines = ["\n       … ".join(title), *(f"{one.name:>5}  {summary_line(one)}" for one in shown)]
    lines += [" ".join(times)] if times else []
    return View(text=visible(cut_text("\n".join(lines))), html=html)


def _show_times(exchanges: Sequence[Exchange]) -> tuple[str, str] | None:
    """Return the figures and the histogram of the same request, sent several times; None for others."""
    if len(exchanges) < _REPEATED or len({(one.spec.method, one.spec.target) for one in exchanges}) > 1:
        return None
    found = try_times(exchanges)
    if found is None:
        return None
    figures = ", ".join(
        f"{name} {time_of(ns)}"
        for name, ns in (("median", found.median_ns), ("p95", found.p95_ns), ("worst", found.worst_ns))
    )
    return figures, bars_of(found.histogram)


def _media_chars(shown: ExchangeShown) -> int:
    """Return the number of characters of images in an exchange."""
    return sum(body.media_chars for body in (shown.response_body, shown.request_body) if body is not None)


def summarize_all(exchanges: Sequence[Exchange], settings: Settings) -> list[ExchangeShown]:
    """Return the summary lines of a list, without the changes that most of its requests make, such as a counter's."""
    counts = Counter(path for exchange in exchanges for path in {change.path for change in exchange.state_diff})
    usual = {path for path, count in counts.items() if count >= _USUAL_FROM and count > len(exchanges) / 2}
    rows = [summarize(exchange, settings, usual) for exchange in exchanges]
    return [
        replace(row, marks=(RESTORED, *row.marks)) if exchange.restored else row
        for row, exchange in zip(rows, exchanges, strict=True)
    ]


def summarize(exchange: Exchange, settings: Settings, usual: Collection[str] = ()) -> ExchangeShown:
    """Return only the fields of the summary line; changes at the paths ``usual`` are not in its marks."""
    elapsed, background = times_of(exchange.elapsed_ns, exchange.run.background_ns if exchange.run is not None else 0)
    return ExchangeShown(
        name=exchange.name,
        method=exchange.request.method,
        target=settings.redactor.url(target_of(exchange)),
        outcome=settings.redactor.text(exchange.outcome),
        tone=_tone_of(exchange),
        elapsed=elapsed,
        background=background,
        size=size_of(_size_of(exchange)) if exchange.answered else "",
        sent_at=f"{exchange.sent_at:%H:%M:%S}",
        marks=tuple(_marks(exchange, settings, usual)),
        notes=(*exchange.notes, *_held_note(exchange), *_ending_notes(exchange)),
        no_response=_NO_RESPONSE if exchange.response is not None and not exchange.answered else "",
        is_socket=isinstance(exchange, WebSocketExchange),
    )


def show_exchange(exchange: Exchange, settings: Settings) -> ExchangeShown:
    """Return the exchange for display."""
    redactor = settings.redactor
    request, response = exchange.request, exchange.response
    sent = sent_content(exchange)
    sent_headers = [(name.lower(), value) for name, value in request.headers.raw]  # as in the scope
    body, headers = None, []
    if response is not None and exchange.answered:
        body = show_body(kept_content(response), response.headers.get("content-type", ""), settings)
        headers = redactor.headers(response.headers.raw)
    return replace(
        summarize(exchange, settings),
        previous=tuple(summarize(one, settings) for one in exchange.previous),
        response_headers=tuple(headers),
        response_body=body,
        request_headers=tuple(redactor.headers(sent_headers)),
        request_body=show_body(sent, request.headers.get("content-type", ""), settings) if sent else None,
        timeline=build_timeline(exchange.call, redactor) if exchange.call is not None else None,
        trace=show_trace_of(exchange, settings),
        profile=show_profile_of(exchange),
        endpoint=one_line(str(exchange.endpoint or ""), 120),
        changes=show_changes(exchange.state_diff, settings),
        output=show_output(exchange.output, settings),
        raised=show_exception(raised, settings) if (raised := _raised(exchange)) is not None else None,
        handled_exception=exchange.handled_exception is not None,
        rules=show_rules(exchange.violations),
        errors=_show_errors(exchange, settings),
        errors_open=any(error.kind != "status" or exchange.status_code < 400 for error in exchange.errors),
    )


def _contract_mark(errors: Sequence[ContractError], settings: Settings) -> str:
    (first,) = mask_errors(errors[:1], settings.redactor)
    text = str(first).partition(" is not documented")[0]  # the section has it all
    return f"contract: {one_line(text, 60)}{f' and {len(errors) - 1} more' if len(errors) > 1 else ''}"


def _show_errors(exchange: Exchange, settings: Settings) -> tuple[str, ...]:
    return tuple(one_line(str(error)) for error in mask_errors(exchange.errors, settings.redactor))


def shows_output(value: object) -> bool:
    """Return whether the display of a value is an exchange with all that its app wrote."""
    if type(value) is not Exchange or any(one.output for one in value.previous):
        return False
    return sum(line.text.count("\n") + 1 for line in value.output) <= _OUTPUT_LINES


def summary_line(shown: ExchangeShown) -> str:
    """Return ``POST /items → 201 Created  12.4 ms  1.3 kB  app.state.count 3 → 4``."""
    head = f"{shown.method} {shown.short_target} → {one_line(shown.outcome, 80)}"
    return "  ".join(filter(None, [head, shown.times, shown.size, *(one_line(mark, 80) for mark in shown.marks)]))


def _tone_of(exchange: Exchange) -> str:
    if isinstance(exchange, WebSocketExchange):
        return "good" if exchange.ok else "failed" if exchange.failed else "bad"
    if exchange.response is None:
        return "failed"
    tone = _TONES.get(exchange.response.status_code // 100, "none")
    return "bad" if exchange.cut_off and tone in ("good", "moved") else tone


def _size_of(exchange: Exchange) -> int:
    response = exchange.response
    return response.size_bytes if isinstance(response, BoundedResponse) else len(kept_content(response))


def _held_note(exchange: Exchange) -> Iterator[str]:
    """Yield how long the app held the loop, if that is long and its line is known; a trace has a finding about it."""
    call = exchange.call
    if call is None or not call.held_at or call.held_ns < HELD_NS or exchange.traced is not None:
        return
    other = {"computing": "waiting", "waiting": "computing"}.get(call.held_by)
    how = f" ({call.held_by}, not {other})" if other else ""
    yield f"held the event loop for {time_of(call.held_ns)}{how} at {call.held_at}"


def _ending_notes(exchange: Exchange) -> Iterator[str]:
    """Yield what did not end, and what is not kept."""
    run = exchange.run
    if run is None:
        return
    at = f", while the app was waiting at {run.waited_at}" if run.waited_at else ""
    if run.cut_off_ns is not None and run.outcome == "returned" and exchange.faults is not None:
        yield f"the client left after {time_of(run.cut_off_ns)}"
    elif run.cut_off_ns is not None:
        endless = "; read an endless stream with & or begin()" if not exchange.ended_by_you else ""
        yield f"cut off after {time_of(run.cut_off_ns)}{at}{endless}"
    elif run.outcome in ("cancelled", "abandoned") and exchange.answered:
        where = f" at {run.waited_at}" if run.waited_at else ""
        yield f"the response is complete, but a background task had to be cancelled{where}"
    elif run.outcome in ("cancelled", "abandoned") and exchange.ended_by_you and at:
        yield f"{exchange.outcome}{at}"
    if run.overdue_s:
        yield f"the deadline of {run.overdue_s:g} s passed; an app that computes in a browser's page cannot be ended"
    if not is_whole(exchange.response):
        yield describe_cut(exchange)
    if exchange.spec.is_partial:
        kept = size_of(len(exchange.spec.body))
        yield f"the request's body was sent from an iterator or a file, and {kept} of it are kept"


def target_of(exchange: Exchange) -> str:
    """Return path and query as sent, unmasked; of a request to a URL the whole URL."""
    url = exchange.request.url
    query = url.raw_path.partition(b"?")[1:]
    target = b"".join([sent_path(exchange.request), *query]).decode("ascii", "replace")
    if exchange.spec.path.startswith("http"):
        return f"{url.scheme}://{url.netloc.decode('ascii', 'replace')}{target}"
    return target


def _raised(exchange: Exchange) -> ExceptionText | None:
    if exchange.handled_exception is not None:
        return exchange.handled_exception.raised
    if exchange.exception is None or exchange.ended_by_you:
        return exchange.raised
    return read_exception(exchange.exception)


def _marks(exchange: Exchange, settings: Settings, usual: Collection[str]) -> Iterator[str]:
    if exchange.previous:
        yield f"from {exchange.previous[0].request.method} {settings.redactor.url(target_of(exchange.previous[0]))}"
    if exchange.replay_of:
        yield f"replay of {exchange.replay_of}"
    if exchange.overrides:
        yield f"with {', '.join(map(str, exchange.overrides))}"
    if exchange.faults is not None:
        yield f"faults: {exchange.faults}"
    if isinstance(exchange, WebSocketExchange):
        yield count_of(exchange.messages, "message")
    if exchange.exception_name and (exchange.response is not None or isinstance(exchange, WebSocketExchange)):
        yield _MARK_OF_ENDING.get(exchange.exception_name, exchange.exception_name)
    if exchange.handled_exception is not None:
        yield f"{exchange.handled_exception.raised.name} caught"
    changes = show_changes([change for change in exchange.state_diff if change.path not in usual], settings)
    if changes:
        more = f" and {len(changes) - 1} more" if len(changes) > 1 else ""
        yield one_line(str(changes[0]), 60) + more
    if violated := count_rules(exchange.violations):
        yield count_of(violated, "protocol violation")
    if exchange.errors:
        yield _contract_mark(exchange.errors, settings)
    yield from marks_inside(exchange)


def _lines(shown: ExchangeShown) -> Iterator[str]:
    yield summary_line(shown)
    for note in shown.notes:
        yield f"  note: {one_line(note)}"
    for one in shown.previous:
        yield f"  redirected by {summary_line(one)}"
    if shown.no_response and (shown.raised is None or shown.handled_exception):
        yield f"  note: {shown.no_response}"
    if shown.response_body is not None and shown.response_body.kind != "empty":
        yield ""
        yield from body_lines(shown.response_body, _BODY_LINES)
    if shown.timeline is not None and shown.timeline.lively:
        yield from ("", *timeline_lines(shown.timeline))
    if shown.timeline is not None and shown.is_socket:
        yield from ("", *map(row_line, shown.timeline.rows))
    yield from lines_inside(shown.trace, shown.profile)
    if shown.changes:
        yield from ("", "State")
        yield from (f"  {one_line(str(change))}" for change in shown.changes)
    if shown.output:
        yield from ("", "Output")
        output = "\n".join(f"{line.label}: {line.text}" if line.label else line.text for line in shown.output)
        if shown.handled_exception:  # its traceback was logged too, and is shown below
            output = _TRACEBACK.sub("… its traceback\n", output)
        yield from cut_lines(output, _OUTPUT_LINES, "  ")
    if shown.raised is not None:
        yield from ("", f"Exception{', caught by the app' if shown.handled_exception else ''}")
        yield from (f"  {line}" for line in exception_lines(shown.raised))
    yield from _contract_lines(shown)
    yield from rule_lines(shown.rules)


def _contract_lines(shown: ExchangeShown) -> Iterator[str]:
    if shown.errors:
        yield from ("", "Contract: against the app's own document")
        yield from (f"  {error}" for error in shown.errors[:_ERRORS])
    if len(shown.errors) > _ERRORS:
        yield f"  … {len(shown.errors) - _ERRORS} more"


@shows(History, _exchanges_data)
def view_history(history: History | Iterable[Exchange], settings: Settings) -> View:
    """Return the view of a history: a row for each of the newest exchanges, and the number of older ones."""
    every = tuple(history)
    rows = summarize_all(every[-_ROWS:], settings)
    title = count_of(len(every), "exchange") if every else "No exchange yet"
    lines = [title]
    if len(every) > _TEXT_ROWS:
        lines.append(f"       … {count_of(len(every) - _TEXT_ROWS, 'older one')}")
    lines += [f"{row.name:>5}  {row.sent_at}  {summary_line(row)}" for row in rows[-_TEXT_ROWS:]]
    explorer = owner_of(history) if isinstance(history, History) and not every else None
    suggestion = _suggest(explorer) if isinstance(explorer, BaseExplorer) and not explorer.closed else ""
    lines += [f"try: {suggestion}"] if suggestion else []
    older = len(every) - len(rows)
    return build_view("\n".join(lines), "history.html", rows=rows, older=older, title=title, suggestion=suggestion)


def _suggest(explorer: BaseExplorer) -> str:
    from .explorer import first_request  # an exchange needs no routes

    return first_request(explorer)


def _error_data(error: ContractError) -> dict[str, str]:
    rule = f"contract.{error.kind.replace(' ', '-')}"
    return {"rule": rule, "message": str(error), "section": "", "pointer": error.pointer}


def _faults_data(faults: Faults) -> dict[str, Any]:
    return {name: list(value) if name == "lose" else value for name, value in faults.given().items()}


def _body_data(content: bytes, shown: BodyShown | None, settings: Settings) -> Any:
    if shown is None or shown.kind == "hex":
        return None
    if shown.kind == "json":
        with contextlib.suppress(ValueError, RecursionError):
            decoded = settings.redactor.value(json.loads(content))
            json.dumps(decoded, allow_nan=False)  # NaN and infinities are not JSON, so the body stays text
            return decoded
    return "\n".join(filter(None, [shown.text, shown.missing])) or None
