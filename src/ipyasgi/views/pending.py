"""Requests under way, as they stand when they are shown; the live form is a panel's."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import CancelledError
from dataclasses import dataclass

from ..explore.exchange import Exchange
from ..explore.pending import PendingExchange
from ..explore.progress import Progress
from ..explore.redaction import mask_url
from ..explore.settings import Settings
from .figures import count_of, size_of, time_of
from .view import View, build_view, one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingShown:
    """
    One request under way or ended, masked.

    :ivar name: of its exchange, once there is one
    :ivar state: ``waiting``, ``cancelling``, a status in words, or what ended it
    :ivar tone: as in `ipyasgi.views.exchange`; empty while it runs
    :ivar progress: bytes and chunks so far, in words
    """

    name: str
    method: str
    target: str
    state: str
    tone: str
    progress: str
    elapsed: str
    done: bool


def view_pending(pending: Iterable[PendingExchange], settings: Settings) -> View:
    """Return one line for each."""
    rows = [show_pending(one, settings) for one in pending]
    under_way = sum(not row.done for row in rows)
    title = f"{count_of(under_way, 'request')} under way" if under_way else f"{count_of(len(rows), 'request')}, ended"
    lines = [f"{row.method} {one_line(row.target, 120)}  {_about(row)}" for row in rows]
    text = "\n".join(lines if len(rows) == 1 else [title, *(f"  {line}" for line in lines)])
    return build_view(text, "pending.html", rows=rows, title=title)


def show_pending(pending: PendingExchange, settings: Settings) -> PendingShown:
    """Return how far one request has come."""
    progress = pending.progress
    exchange = pending.exchange
    state, tone = _state(pending, exchange, progress)
    return PendingShown(
        name=exchange.name if exchange is not None else "",
        method=pending.spec.method,
        target=mask_url(pending.spec.target, show=settings.show_secrets),
        state=state,
        tone=tone,
        progress=_progress(progress),
        elapsed=time_of(progress.elapsed_s * 1e9),
        done=pending.done(),
    )


def _state(pending: PendingExchange, exchange: Exchange | None, progress: Progress) -> tuple[str, str]:
    if not pending.done():
        if pending.cancelled:
            return "cancelling", ""
        return (f"{progress.status}, receiving", "") if progress.status is not None else ("waiting", "")
    failure = pending.exception
    if isinstance(failure, CancelledError):
        return "cancelled", "bad"
    if failure is not None:
        told = one_line(str(failure), 120)
        return f"{type(failure).__name__}: {told}" if told else type(failure).__name__, "failed"
    assert exchange is not None
    return exchange.outcome, "good" if exchange.ok else "bad"


def _progress(progress: Progress) -> str:
    parts = []
    if progress.sent_of_bytes:
        parts.append(f"{size_of(progress.sent_bytes)} of {size_of(progress.sent_of_bytes)} sent")
    if progress.chunks:
        parts.append(f"{count_of(progress.chunks, 'chunk')}, {size_of(progress.received_bytes)}")
    return ", ".join(parts)


def _about(row: PendingShown) -> str:
    return "  ".join(filter(None, [one_line(row.state, 160), row.progress, row.elapsed, row.name]))
