"""How far a replay has come, in one line: while it runs, when it has ended, and when you ended it."""

from __future__ import annotations

from typing import Literal

from ..explorer.progress import ReplayProgress
from .figures import time_of
from .view import View, build_view

Phase = Literal["running", "ended", "interrupted"]


def view_progress(progress: ReplayProgress, phase: Phase = "running") -> View:
    """Return ``120 of 500 sent again, 3 failed  1.2 s``; of one that was interrupted, which exchanges there are."""
    failed = f", {progress.failed:,} failed" if progress.failed else ""
    words = f"{progress.done:,} of {progress.total:,} sent again{failed}"
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
