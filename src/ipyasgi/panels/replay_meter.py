"""`ReplayMeter`: shows the progress of a replay while its cell runs.

It paints between two requests, on the replaying thread: a notebook gets one output, which is updated and saved with it;
a terminal gets one line, which is overwritten.
"""

from __future__ import annotations

import sys
import time
import uuid
from typing import Any, Self

from ..engine.pending import Progress
from ..views.pending import Phase, view_progress

QUIET_S = 0.5
"""A shorter replay shows only its value."""
PAINT_S = 0.2


class ReplayMeter:
    """A context manager around one replay, to be called with each `Progress`; it paints into the output of a shell."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._id = uuid.uuid4().hex
        self._next_s = time.monotonic() + QUIET_S
        self._painted = False
        self._width = 0
        self._progress: Progress | None = None

    def __call__(self, progress: Progress) -> None:
        self._progress = progress
        now_s = time.monotonic()
        if now_s >= self._next_s and progress.done < progress.total:
            self._next_s = now_s + PAINT_S
            self._paint("running")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, exc_type: object, exc: object, traceback: object) -> None:
        if isinstance(exc, KeyboardInterrupt):
            self._paint("interrupted")
        elif self._painted:
            self._paint("ended")

    def _paint(self, phase: Phase) -> None:
        if self._progress is None:
            return
        view = view_progress(self._progress, phase)
        if hasattr(self._shell, "kernel"):
            self._shell.display_pub.publish(
                {"text/plain": view.text, "text/html": view.html},
                transient={"display_id": self._id},
                update=self._painted,
            )
        else:
            self._write(view.text, over=phase != "running")
        self._painted = True

    def _write(self, line: str, *, over: bool) -> None:
        """Overwrite the line in a terminal; a file or pipe gets only the last one."""
        if sys.stdout.isatty():
            sys.stdout.write("\r" + line.ljust(self._width) + ("\n" if over else ""))
            self._width = len(line)
        elif over:
            sys.stdout.write(line + "\n")
        sys.stdout.flush()
