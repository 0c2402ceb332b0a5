"""Requests and replays that are running, as they stand when they are shown; the live form is a panel's."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import CancelledError
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from ..explorer.pending import Pending, PendingExchange
from ..explorer.progress import Progress, ReplayProgress
from ..explorer.replays import PendingCourse
from ..records.redaction import mask_url
from ..records.settings import Settings
from .figures import count_of, size_of, time_of
from .view import View, build_view, one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingShown:
    """
    One request, replay or recheck that is running or has ended, masked.

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
    assert isinstance(pending, (PendingCourse, PendingExchange))
    done = pending.done()  # asked once: it may end while this is written
    state, tone = _ending(pending) if done else ("cancelling" if pending.cancelled else "", "")
    show = partial(PendingShown, elapsed=time_of(pending.progress.elapsed_s * 1e9), done=done)
    if isinstance(pending, PendingCourse):
        replayed = pending.progress
        return show(
            name=names_of(replayed),
            method=pending.verb,
            target=count_of(replayed.total, "request"),
            state=state or ("ended" if done else "sending"),
            tone=tone or ("" if not done else "bad" if replayed.failed else "good"),
            progress=f"{replayed.done:,} of {replayed.total:,}{_failed(replayed)}",
        )
    progress, exchange = pending.progress, pending.exchange if done else None
    if exchange is not None:
        state, tone = exchange.outcome, "good" if exchange.ok else "bad"
    elif not done and not state:
        state = f"{progress.status}, receiving" if progress.status is not None else "waiting"
    return show(
        name=exchange.name if exchange is not None else "",
        method=pending.spec.method,
        target=mask_url(pending.spec.target, show=settings.show_secrets),
        state=state,
        tone=tone,
        progress=_progress(progress),
    )


def _ending(pending: Pending[Any]) -> tuple[str, str]:
    """Return what ended it instead of a value, and its tone; empty where it has one."""
    failure = pending.exception
    if isinstance(failure, CancelledError):
        return "cancelled", "bad"
    if failure is not None:
        text = one_line(str(failure), 120)
        return f"{type(failure).__name__}: {text}" if text else type(failure).__name__, "failed"
    return "", ""


def _progress(progress: Progress) -> str:
    parts = []
    if progress.sent_of_bytes:
        parts.append(f"{size_of(progress.sent_bytes)} of {size_of(progress.sent_of_bytes)} sent")
    if progress.chunks:
        parts.append(f"{count_of(progress.chunks, 'chunk')}, {size_of(progress.received_bytes)}")
    return ", ".join(parts)


def _failed(progress: ReplayProgress) -> str:
    return f", {progress.failed:,} failed" if progress.failed else ""


def _about(row: PendingShown) -> str:
    return "  ".join(filter(None, [one_line(row.state, 160), row.progress, row.elapsed, row.name]))


Phase = Literal["running", "ended", "interrupted"]


def view_progress(progress: ReplayProgress, phase: Phase = "running") -> View:
    """Return ``120 of 500 sent again, 3 failed  1.2 s``; of one that was interrupted, which exchanges there are."""
    words = f"{progress.done:,} of {progress.total:,} sent again{_failed(progress)}"
    about = time_of(progress.elapsed_s * 1e9) if progress.done else ""
    if phase == "interrupted":
        words = f"interrupted: {words}"
        about = f"{names_of(progress)} in the history" if progress.done else ""
    return build_view(
        f"{words}  {about}".rstrip(),
        "progress.html",
        words=words,
        about=about,
        done=progress.done,
        total=progress.total,
        over=phase != "running",
    )


def names_of(progress: ReplayProgress) -> str:
    """Return the names of the new exchanges: ``r501 to r620``, empty before there is one."""
    return progress.last if progress.first == progress.last else f"{progress.first} to {progress.last}"
