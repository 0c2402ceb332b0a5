"""Requests and replays under way, as they stand when they are shown; the live form is a panel or a meter."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import Any, Literal

from ..engine.pending import Pending, Progress
from ..history.exchange import Exchange
from ..records.requests import RequestSpec
from ..records.settings import Settings
from .figures import count_of, size_of, time_of
from .view import View, build_view, one_line

Phase = Literal["running", "ended", "interrupted"]


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


def view_progress(progress: Progress, phase: Phase = "running") -> View:
    """Return ``120 of 500 sent again, 3 failed  1.2 s``; of one that was interrupted, which exchanges there are."""
    words = f"{progress.done:,} of {progress.total:,} sent again{_failed(progress)}"
    about = time_of(progress.elapsed_s * 1e9) if progress.done else ""
    if phase == "interrupted":
        words = f"interrupted: {words}"
        about = f"{_names_of(progress)} in the history" if progress.done else ""
    return build_view(
        f"{words}  {about}".rstrip(),
        "progress.html",
        words=words,
        about=about,
        done=progress.done,
        total=progress.total,
        over=phase != "running",
    )


def show_pending(pending: Pending[Any], settings: Settings) -> PendingShown:
    """Return how far one request or replay has come."""
    done = pending.done()  # asked once: it may end while this is written
    progress = pending.progress
    elapsed = time_of(progress.elapsed_s * 1e9)
    state, tone = _ending(pending) if done else ("", "")
    if not isinstance(pending.subject, RequestSpec):
        under_way = "cancelling" if pending.cancelled else "sending"
        return PendingShown(
            name=_names_of(progress),
            method=pending.verb,
            target=count_of(progress.total, "request"),
            state=state or ("ended" if done else under_way),
            tone=tone or ("" if not done else "bad" if progress.failed else "good"),
            progress=f"{progress.done:,} of {progress.total:,}{_failed(progress)}",
            elapsed=elapsed,
            done=done,
        )
    exchange: Exchange | None = pending.value if done else None
    if exchange is not None:
        state, tone = exchange.outcome, "good" if exchange.ok else "bad"
    return PendingShown(
        name=exchange.name if exchange is not None else "",
        method=pending.verb,
        target=settings.redactor.url(pending.subject.target),
        state=state or _state(pending, progress),
        tone=tone,
        progress=_progress(progress),
        elapsed=elapsed,
        done=done,
    )


def _failed(progress: Progress) -> str:
    return f", {progress.failed:,} failed" if progress.failed else ""


def _names_of(progress: Progress) -> str:
    """Return the names of the new exchanges: ``r501 to r620``, empty before there is one."""
    return progress.last if progress.first == progress.last else f"{progress.first} to {progress.last}"


def _state(pending: Pending[Any], progress: Progress) -> str:
    if pending.cancelled:
        return "cancelling"
    return f"{progress.status}, receiving" if progress.status is not None else "waiting"


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


def _about(row: PendingShown) -> str:
    return "  ".join(filter(None, [one_line(row.state, 160), row.progress, row.elapsed, row.name]))
