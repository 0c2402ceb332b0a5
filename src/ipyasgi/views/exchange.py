"""One exchange, several, or the history as text and HTML. Secrets are masked before anything is shown."""

from __future__ import annotations

import contextlib
import itertools
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from ..history.exchange import Exchange, Exchanges
from ..history.history import History
from ..protocol.violations import Violation
from ..records.exception_text import ExceptionText, read_exception
from ..records.output import OutputLine
from ..records.settings import Settings
from ..records.state import Change
from .body.kinds import show_body
from .body.shown import BodyShown, body_lines, cut_lines
from .changes import changes_data, exception_data, exception_lines, pick_all, show_changes, show_output
from .figures import count_of, size_of, time_of
from .timeline import Timeline, build_timeline, timeline_lines
from .view import View, build_view, one_line, shows

_NO_RESPONSE = "The app sent no response. The client shows a 500 instead, as a server would send."
_BODY_LINES, _OUTPUT_LINES = 40, 20
_ROWS, _TEXT_ROWS, _OPEN_ROWS, _OPEN_OF_MANY = 100, 30, 20, 5
_TONES = {1: "moved", 2: "good", 3: "moved", 4: "bad", 5: "failed"}
_TRACEBACK = re.compile(r"Traceback \(most recent call last\):\n(?:[ \t].*\n)+(?=\S)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeShown:
    """
    An exchange, masked and cut, for text and templates.

    :ivar tone: the colour of the outcome: ``good``, ``moved``, ``bad``, ``failed`` or ``none``
    :ivar marks: additions to the summary line: changes, the exception's name, violations
    :ivar no_response: a note if the app sent no response, else empty
    :ivar endpoint: the function that produced the response, and where it ran
    :ivar handled_exception: whether the app handled the exception itself
    """

    name: str
    method: str
    target: str
    outcome: str
    tone: str
    elapsed: str
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
    endpoint: str = ""
    changes: tuple[Change, ...] = ()
    output: tuple[OutputLine, ...] = ()
    raised: ExceptionText | None = None
    handled_exception: bool = False
    violations: tuple[Violation, ...] = ()

    @property
    def output_about(self) -> str:
        """The number of lines of output."""
        return count_of(sum(line.text.count("\n") + 1 for line in self.output), "line")

    @property
    def short_target(self) -> str:
        """The target, cut so that it fits in a line."""
        return one_line(self.target, 120)


def exchange_data(exchange: Exchange, settings: Settings) -> dict[str, Any]:
    """
    Return ``method, target, status, ms, headers, body, state, output, exception, errors``.

    ``status`` is None without a response. ``headers`` are pairs, because a name may be repeated. ``body`` is a decoded
    JSON value, or a text that is cut after a megabyte; None if it is empty or binary. ``errors`` are violations.
    """
    content = _content_of(exchange) if exchange.answered else b""
    shown = show_exchange(exchange, replace(settings, body_shown_bytes=len(content) + 1))
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
        "errors": pick_all(shown.violations, "rule", "message", "section"),
    }


@shows(Exchange, exchange_data)
def view_exchange(exchange: Exchange, settings: Settings) -> View:
    """Return the view of one exchange: a summary line, then a section for each part."""
    shown = show_exchange(exchange, settings)
    return build_view("\n".join(_lines(shown)), "exchange.html", exchange=shown)


def _exchanges_data(exchanges: Iterable[Exchange], settings: Settings) -> dict[str, Any]:
    return {"exchanges": [{"name": one.name, **exchange_data(one, settings)} for one in exchanges]}


@shows(Exchanges, _exchanges_data)
def view_exchanges(exchanges: Exchanges | Iterable[Exchange], settings: Settings) -> View:
    """Return the view of several exchanges: a row for each of the last ones; the newest rows can be expanded."""
    every = tuple(exchanges)
    rows = every[-_ROWS:]
    share = replace(settings, body_shown_bytes=max(settings.body_shown_bytes // max(len(rows), 1), 2048))
    opening = _OPEN_ROWS if len(rows) <= _OPEN_ROWS else _OPEN_OF_MANY
    closed = [summarize(exchange, settings) for exchange in rows[:-opening]]
    shown = [*closed, *(show_exchange(exchange, share) for exchange in rows[-opening:])]
    title = [count_of(len(every), "exchange")]
    if len(every) > len(rows):
        title.append(f"{count_of(len(every) - len(rows), 'earlier one')} left out")
    lines = ["\n       … ".join(title), *(f"{one.name:>5}  {summary_line(one)}" for one in shown)]
    return build_view(
        "\n".join(lines), "exchanges.html", exchanges=shown, title="; ".join(title), closed_rows=len(closed)
    )


def summarize(exchange: Exchange, settings: Settings) -> ExchangeShown:
    """Return only the fields of the summary line."""
    return ExchangeShown(
        name=exchange.name,
        method=exchange.request.method,
        target=settings.redactor.url(_target(exchange)),
        outcome=exchange.outcome,
        tone=_TONES.get(exchange.response.status_code // 100, "none") if exchange.response is not None else "failed",
        elapsed=time_of(exchange.elapsed_ns),
        size=size_of(len(_content_of(exchange))) if exchange.answered else "",
        sent_at=f"{exchange.sent_at:%H:%M:%S}",
        marks=tuple(_marks(exchange, settings)),
        notes=exchange.notes,
        no_response="" if exchange.answered else _NO_RESPONSE,
    )


def show_exchange(exchange: Exchange, settings: Settings) -> ExchangeShown:
    """Return the exchange for display."""
    redactor = settings.redactor
    request, response = exchange.request, exchange.response
    try:
        sent = request.content
    except RuntimeError:  # httpx's RequestNotRead: the body was a stream
        sent = exchange.spec.body
    sent_headers = [(name.lower(), value) for name, value in request.headers.raw]  # as in the scope
    body, headers = None, []
    if response is not None and exchange.answered:
        body = show_body(_content_of(exchange), response.headers.get("content-type", ""), settings)
        headers = redactor.headers(response.headers.raw)
    return replace(
        summarize(exchange, settings),
        previous=tuple(summarize(one, settings) for one in exchange.previous),
        response_headers=tuple(headers),
        response_body=body,
        request_headers=tuple(redactor.headers(sent_headers)),
        request_body=show_body(sent, request.headers.get("content-type", ""), settings) if sent else None,
        timeline=build_timeline(exchange.run, redactor) if exchange.run is not None else None,
        endpoint=one_line(str(exchange.endpoint or ""), 120),
        changes=show_changes(exchange.state_diff, settings),
        output=show_output(exchange.output),
        raised=_raised(exchange),
        handled_exception=exchange.handled_exception is not None,
        violations=exchange.violations,
    )


def summary_line(shown: ExchangeShown) -> str:
    """Return ``POST /items → 201 Created  12.4 ms  1.3 kB  app.state.count 3 → 4``."""
    head = f"{shown.method} {shown.short_target} → {one_line(shown.outcome, 80)}"
    return "  ".join(filter(None, [head, shown.elapsed, shown.size, *(one_line(mark, 80) for mark in shown.marks)]))


def _content_of(exchange: Exchange) -> bytes:
    try:
        return exchange.content
    except RuntimeError:  # httpx's ResponseNotRead: a stream that was not read
        return b""


def _target(exchange: Exchange) -> str:
    url = exchange.request.url
    target = url.raw_path.decode("ascii", "replace")
    if exchange.spec.path.startswith("http"):
        return f"{url.scheme}://{url.netloc.decode('ascii', 'replace')}{target}"
    return target


def _raised(exchange: Exchange) -> ExceptionText | None:
    if exchange.handled_exception is not None:
        return exchange.handled_exception.raised
    if exchange.exception is None or exchange.ended_by_you:
        return exchange.raised
    return read_exception(exchange.exception)


def _marks(exchange: Exchange, settings: Settings) -> Iterator[str]:
    if exchange.previous:
        yield f"from {exchange.previous[0].request.method} {settings.redactor.url(_target(exchange.previous[0]))}"
    if exchange.replay_of:
        yield f"replay of {exchange.replay_of}"
    if exchange.exception_name and exchange.response is not None:
        yield exchange.exception_name
    if exchange.handled_exception is not None:
        yield f"{exchange.handled_exception.raised.name} caught"
    changes = show_changes(exchange.state_diff, settings)
    if changes:
        more = f" and {len(changes) - 1} more" if len(changes) > 1 else ""
        yield one_line(str(changes[0]), 60) + more
    if exchange.violations:
        yield count_of(len(exchange.violations), "protocol violation")


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
    if shown.violations:
        yield from ("", "Protocol")
        for (rule, section), found in itertools.groupby(shown.violations, lambda one: (one.rule, one.section)):
            first, *others = found
            more = f", and {len(others)} more" if others else ""
            yield f"  {rule}: {one_line(first.message)}{more} ({section})"


@shows(History, _exchanges_data)
def view_history(history: History | Iterable[Exchange], settings: Settings) -> View:
    """Return the view of a history: a row for each of the newest exchanges, and the number of older ones."""
    every = tuple(history)
    rows = [summarize(exchange, settings) for exchange in every[-_ROWS:]]
    title = count_of(len(every), "exchange") if every else "No exchange yet"
    lines = [title]
    if len(every) > _TEXT_ROWS:
        lines.append(f"       … {count_of(len(every) - _TEXT_ROWS, 'older one')}")
    lines += [f"{row.name:>5}  {row.sent_at}  {summary_line(row)}" for row in rows[-_TEXT_ROWS:]]
    if not every:
        lines.append("try: %asgi GET /")
    return build_view("\n".join(lines), "history.html", rows=rows, older=len(every) - len(rows), title=title)


def _body_data(content: bytes, shown: BodyShown | None, settings: Settings) -> Any:
    if shown is None or shown.kind == "hex":
        return None
    if shown.kind == "json":
        with contextlib.suppress(ValueError, RecursionError):
            decoded = settings.redactor.value(json.loads(content))
            json.dumps(decoded, allow_nan=False)  # NaN and infinities are not JSON, so the body stays text
            return decoded
    return "\n".join(filter(None, [shown.text, shown.missing])) or None
