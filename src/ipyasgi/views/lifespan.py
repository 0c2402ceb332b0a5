"""The app's lifespan: its status in the table, each step and its effects, and the next actions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..explorer.lifespan import ExplorerLifespan, LifespanStep
from ..records.exception_text import ExceptionText, read_exception
from ..records.output import OutputLine
from ..records.settings import Settings
from ..records.state import Change
from ..shown import hint
from .changes import (
    changes_data,
    exception_data,
    exception_lines,
    pick,
    pick_all,
    show_changes,
    show_exception,
    show_output,
)
from .figures import time_of
from .lifespan_map import draw_lifespan
from .timeline import Row
from .view import View, build_view, one_line, shows

_MEANING = {
    "not started": "The app has not been started.",
    "starting": "The app has received lifespan.startup and has not responded yet.",
    "running": "The app has started.",
    "shutting down": "The app has received lifespan.shutdown and has not responded yet.",
    "stopped": "The app has shut down.",
    "startup failed": "The app could not start.",
    "shutdown failed": "The app failed while shutting down.",
    "unsupported": "The app does not take part in the lifespan protocol; requests work without it.",
    "not answering": "The app did not respond within the deadline and was cancelled.",
    "died": "The app's lifespan ended before it was asked to shut down.",
    "lost": "The loop of the app is lost: something blocked it.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LifespanShown:
    """A lifespan, masked; ``steps`` are its messages, each with the changes and the output that followed."""

    status: str
    tone: str
    meaning: str
    took: str
    waiting: str
    failure: str
    raised: ExceptionText | None
    steps: tuple[tuple[Row, tuple[Change, ...], tuple[OutputLine, ...]], ...]
    next: tuple[str, ...]

    @property
    def line(self) -> str:
        """``lifespan running (38.0 ms)``."""
        return f"lifespan {self.status}" + (f" ({self.took})" if self.took else "")


def _lifespan_data(lifespan: ExplorerLifespan, settings: Settings) -> dict[str, Any]:
    shown = show_lifespan(lifespan, settings)
    steps = []
    for row, changes, output in shown.steps:
        state, lines = changes_data(changes), pick_all(output, "source", "label", "text")
        steps.append({**pick(row, "direction", "type"), "message": row.detail, "state": state, "output": lines})
    ending = {"failure": shown.failure, "exception": exception_data(shown.raised)}
    return {"status": shown.status, "steps": steps, **ending}


@shows(ExplorerLifespan, _lifespan_data)
def view_lifespan(lifespan: ExplorerLifespan, settings: Settings) -> View:
    """Return the view of a lifespan: its status, the table with this state marked, its steps and the next actions."""
    shown = show_lifespan(lifespan, settings)
    return build_view(
        "\n".join(_lines(shown)),
        "lifespan.html",
        life=shown,
        reason=failure_reason(shown.failure),
        map=draw_lifespan(shown.status),
    )


def show_lifespan(lifespan: ExplorerLifespan, settings: Settings) -> LifespanShown:
    """Return the lifespan for display."""
    status, exception = lifespan.status, lifespan.exception or lifespan.handled_exception
    steps = lifespan.steps
    raised = None
    if exception is not None and status != "unsupported":
        raised = show_exception(read_exception(exception), settings)
    return LifespanShown(
        status=status,
        tone=tone_of(status),
        meaning=_MEANING.get(status, ""),
        took=startup_time(lifespan),
        waiting=lifespan.waiting,
        failure=settings.redactor.text(lifespan.failure_message),
        raised=raised,
        steps=tuple(
            (_row(step, settings), show_changes(step.changes, settings), show_output(step.output, settings))
            for step in steps
        ),
        next=tuple(_next_step(action) for action in lifespan.next_actions),
    )


def _next_step(action: str) -> str:
    method = {"start": "startup", "stop": "shutdown"}.get(action, action)
    return hint(f"%asgi lifespan {action}", f"explorer.lifespan.{method}()")


def failure_reason(message: str) -> str:
    """Return the message of a failed startup or shutdown; of a traceback, which Starlette sends, its last line."""
    lines = message.strip().splitlines()
    return lines[-1] if lines and lines[0].startswith("Traceback (most recent call last)") else message


def startup_time(lifespan: ExplorerLifespan) -> str:
    """Return the time that the startup took, ``38.0 ms``, or an empty string before its end."""
    at_ns = {event.type: event.at_ns for event in lifespan.events}
    begin, end = at_ns.get("lifespan.startup"), at_ns.get("lifespan.startup.complete")
    return time_of(end - begin) if begin is not None and end is not None else ""


def tone_of(status: str) -> str:
    """Return how the status of a lifespan is coloured."""
    if status in ("running", "stopped"):
        return "good"
    return "none" if status in ("not started", "starting", "shutting down", "unsupported") else "failed"


def _row(step: LifespanStep, settings: Settings) -> Row:
    message = step.event.message.get("message", "")
    return Row(
        at=time_of(step.event.at_ns),
        direction=step.event.direction,
        type=one_line(step.event.type, 60),
        detail=settings.redactor.text(message[:2000]) if type(message) is str else "",
    )


def _lines(shown: LifespanShown) -> Iterator[str]:
    yield shown.line
    yield f"  {shown.meaning}"
    if shown.waiting:
        yield f"  The app waits at {shown.waiting}"
    if shown.failure:
        yield f"  Message: {one_line(failure_reason(shown.failure), 500)}"
    for row, changes, output in shown.steps:
        yield f"  {row.at:>9}  {row.direction:<7}  {row.type}"
        yield from (f"{'':13}{one_line(str(change))}" for change in changes)
        yield from (f"{'':13}{one_line(line.text)}" for line in output)
    if shown.raised is not None:
        yield from (f"  {line}" for line in exception_lines(shown.raised))
    if shown.next:
        yield f"  next: {'   '.join(shown.next)}"
