"""Requests and replays under way, as they stand when they are shown; the live form is a panel's."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import Any

from ..explorer.pending import Pending, PendingExchange
from ..explorer.progress import Progress
from ..explorer.replays import PendingCourse
from ..history.exchange import Exchange
from ..records.settings import Settings
from .figures import count_of, size_of, time_of
from .progress import names_of
from .view import View, build_view, one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingShown:
    """
    One request, replay or recheck under way or ended, masked.

    :ivar name: of its exchange, once there is one; of a replay the first and the last
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


def view_pending(pending: Iterable[Pending[Any]], settings: Settings) -> View:
    """Return one line for each."""
    rows = [show_pending(one, settings) for one in pending]
    under_way = sum(not row.done for row in rows)
    title = f"{count_of(under_way, 'request')} under way" if under_way else f"{count_of(len(rows), 'request')}, ended"
    lines = [f"{row.method} {one_line(row.target, 120)}  {_about(row)}" for row in rows]
    text = "\n".join(lines if len(rows) == 1 else [title, *(f"  {line}" for line in lines)])
    return build_view(text, "pending.html", rows=rows, title=title)


def show_pending(pending: Pending[Any], settings: Settings) -> PendingShown:
    """Return how far one request or replay has come."""
    if isinstance(pending, PendingCourse):
        return _show_replay(pending)
    assert isinstance(pending, PendingExchange)
    return _show_exchange(pending, settings)


def _show_replay(pending: PendingCourse[Any]) -> PendingShown:
    done = pending.done()
    progress = pending.progress
    state, tone = _ending(pending) if done else ("cancelling" if pending.cancelled else "sending", "")
    failed = f", {progress.failed:,} failed" if progress.failed else ""
    return PendingShown(
        name=names_of(progress),
        method=pending.verb,
        target=count_of(progress.total, "request"),
        state=state or "ended",
        tone=tone or ("" if not done else "bad" if progress.failed else "good"),
        progress=f"{progress.done:,} of {progress.total:,}{failed}",
        elapsed=time_of(progress.elapsed_s * 1e9),
        done=done,
    )


def _show_exchange(pending: PendingExchange, settings: Settings) -> PendingShown:
    done = pending.done()  # asked once: it may end while this is written
    progress = pending.progress
    exchange = pending.exchange if done else None
    state, tone = _outcome(pending, exchange) if done else (_state(pending, progress), "")
    return PendingShown(
        name=exchange.name if exchange is not None else "",
        method=pending.spec.method,
        target=settings.redactor.url(pending.spec.target),
        state=state,
        tone=tone,
        progress=_progress(progress),
        elapsed=time_of(progress.elapsed_s * 1e9),
        done=done,
    )


def _state(pending: PendingExchange, progress: Progress) -> str:
    if pending.cancelled:
        return "cancelling"
    return f"{progress.status}, receiving" if progress.status is not None else "waiting"


def _outcome(pending: PendingExchange, exchange: Exchange | None) -> tuple[str, str]:
    if exchange is None:
        return _ending(pending)
    return exchange.outcome, "good" if exchange.ok else "bad"


def _ending(pending: Pending[Any]) -> tuple[str, str]:
    """Return what ended it instead of a value, and its tone; empty where it has one."""
    failure = pending.exception
    if isinstance(failure, CancelledError):
        return "cancelled", "bad"
    if failure is not None:
        told = one_line(str(failure), 120)
        return f"{type(failure).__name__}: {told}" if told else type(failure).__name__, "failed"
    return "", ""


def _progress(progress: Progress) -> str:
    parts = []
    if progress.sent_of_bytes:
        parts.append(f"{size_of(progress.sent_bytes)} of {size_of(progress.sent_of_bytes)} sent")
    if progress.chunks:
        parts.append(f"{count_of(progress.chunks, 'chunk')}, {size_of(progress.received_bytes)}")
    return ", ".join(parts)


def _about(row: PendingShown) -> str:
    return "  ".join(filter(None, [one_line(row.state, 160), row.progress, row.elapsed, row.name]))
