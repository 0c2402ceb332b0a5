"""Requests and replays in progress at the time of display. Panels show them live."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import CancelledError
from dataclasses import asdict, dataclass
from typing import Any, Literal

from ..engine.pending import Pending, Progress
from ..explorer.background import PendingExchanges
from ..history.exchange import Exchange
from ..protocol.exception_parts import is_a
from ..records.exception_text import message_of
from ..records.requests import RequestSpec
from ..records.settings import Settings
from ..shown import hint
from .figures import count_of, size_of, time_of
from .view import View, build_view, one_line, shows

Phase = Literal["running", "ended", "interrupted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingShown:
    """
    One request, replay or recheck that is running or has ended, masked.

    :ivar name: the name of its exchange, or of the first and the last exchange of a replay; empty before there is one
    :ivar state: ``waiting``, ``cancelling``, the outcome, or the exception that ended it
    :ivar tone: as in `ipyasgi.views.exchange`; empty while it runs
    :ivar progress: the bytes and chunks so far
    :ivar is_request: whether it is one request
    :ivar finds: whether it has, or may get, a value that is more than its exchanges
    """

    name: str
    method: str
    target: str
    state: str
    tone: str
    progress: str
    elapsed: str
    done: bool
    is_request: bool
    finds: bool


def _pending_data(pending: Pending[Any] | Iterable[Pending[Any]], settings: Settings) -> dict[str, Any]:
    return {"requests": [asdict(row) for row in _rows(pending, settings)]}


@shows(PendingExchanges, _pending_data)
@shows(Pending, _pending_data)
def view_pending(pending: Pending[Any] | Iterable[Pending[Any]], settings: Settings) -> View:
    """Return the view of requests in progress, one line for each."""
    rows = _rows(pending, settings)
    running = sum(not row.done for row in rows)
    title = f"{count_of(running, 'request')} running" if running else f"{count_of(len(rows), 'request')}, ended"
    lines = []
    for row in rows:
        about = filter(None, [one_line(row.state, 160), row.progress, row.elapsed, row.name])
        lines.append(f"{row.method} {one_line(row.target, 120)}  {'  '.join(about)}")
    lines = lines if len(rows) == 1 else [title, *(f"  {line}" for line in lines)]
    hint = hint_of(rows)
    return build_view("\n".join([*lines, *filter(None, [hint])]), "pending.html", rows=rows, title=title, hint=hint)


def hint_of(rows: Sequence[PendingShown]) -> str:
    """Return how to see the responses, or what an experiment found; an empty string if there is nothing to see."""
    if len(rows) == 1 and rows[0].finds:
        return "What it found: .result()" if rows[0].done else "To wait for it, and see what it found: .result()"
    if not all(row.done for row in rows):
        show = hint("%asgi history", "explorer.history")
        if len(rows) == 1 and rows[0].is_request:
            show = hint("%asgi show", "explorer.history[-1]")
        return f"When it has ended: {show}. To wait for it: .result()"
    names = [row.name for row in rows if row.name]
    if not names:
        return ""
    if len(names) == 1 and rows[0].is_request:
        return "The response: " + hint(f"%asgi show {names[0]}", f"explorer.history[{names[0]!r}]")
    return "The responses: " + hint("%asgi history", "explorer.history")


def view_progress(progress: Progress, phase: Phase = "running") -> View:
    """
    Return ``120 of 500 sent again, 3 failed  1.2 s``; after an interrupt, the names of the exchanges instead.

    An experiment says itself what was done: ``412 requests, 2 findings  8.1 s``.
    """
    summary = progress.about or f"{progress.done:,} of {progress.total:,} {progress.unit}{_failed(progress)}"
    about = time_of(progress.elapsed_s * 1e9) if progress.done else ""
    if phase == "interrupted":
        summary = f"interrupted: {summary}"
        about = f"{_names_of(progress)} in the history" if progress.last else ""
    text = f"{summary}  {about}".rstrip()
    return build_view(text, "progress.html", progress=progress, phase=phase, summary=summary, about=about)


def show_pending(pending: Pending[Any], settings: Settings) -> PendingShown:
    """Return the state of one request, replay or recheck."""
    done = pending.done()  # read once: it may end meanwhile
    progress, subject = pending.progress, pending.subject
    state, tone = _ending(pending) if done else ("", "")
    if isinstance(subject, RequestSpec):
        exchange: Exchange | None = pending.value if done else None
        name, target = "", settings.redactor.url(subject.target)
        running = f"{progress.status}, receiving" if progress.status is not None else "waiting"
        about = _progress(progress)
        if exchange is not None:
            name, state, tone = exchange.name, exchange.outcome, "good" if exchange.ok else "bad"
    else:
        name, target = _names_of(progress), subject if isinstance(subject, str) else count_of(len(subject), "request")
        running = "sending"
        unit = "" if progress.unit == Progress().unit else f" {progress.unit}"
        about = progress.about or f"{progress.done:,} of {progress.total:,}{unit}{_failed(progress)}"
        if done and not state:
            state, tone = "cancelled" if pending.cancelled else "ended", "bad" if progress.failed else "good"
    return PendingShown(
        name=name,
        method=pending.verb,
        target=target,
        state=state or ("cancelling" if pending.cancelled else running),
        tone=tone,
        progress=about,
        elapsed=time_of(progress.elapsed_s * 1e9),
        done=done,
        is_request=isinstance(subject, RequestSpec),
        finds=not isinstance(subject, RequestSpec | Exchange)
        and pending.verb != "replay"
        and not (done and pending.exception),
    )


def _rows(pending: Pending[Any] | Iterable[Pending[Any]], settings: Settings) -> list[PendingShown]:
    every = [pending] if isinstance(pending, Pending) else pending
    return [show_pending(one, settings) for one in every]


def _failed(progress: Progress) -> str:
    return f", {progress.failed:,} failed" if progress.failed else ""


def _names_of(progress: Progress) -> str:
    return progress.last if progress.first == progress.last else f"{progress.first} to {progress.last}"


def _ending(pending: Pending[Any]) -> tuple[str, str]:
    """Return the exception that ended it, and its tone; empty strings if it has a value."""
    exception = pending.exception
    if exception is None:
        return "", ""
    if is_a(exception, CancelledError):
        return "cancelled", "bad"
    text = one_line(message_of(exception), 120)
    return f"{type(exception).__name__}: {text}" if text else type(exception).__name__, "failed"


def _progress(progress: Progress) -> str:
    parts = []
    if progress.sent_of_bytes:
        parts.append(f"{size_of(progress.sent_bytes)} of {size_of(progress.sent_of_bytes)} sent")
    if progress.chunks:
        parts.append(f"{count_of(progress.chunks, 'chunk')}, {size_of(progress.received_bytes)}")
    return ", ".join(parts)
