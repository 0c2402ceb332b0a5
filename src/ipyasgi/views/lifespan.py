"""The app's lifespan: where it stands in the table, each step with what it did, and what may be done next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..explorer.lifespan import ExplorerLifespan, LifespanStep
from ..records.exception_text import ExceptionText, read_exception
from ..records.settings import Settings
from ..records.state import Change
from .changes import OutputShown, exception_lines, show_changes, show_output
from .figures import time_of
from .lifespan_map import draw_lifespan
from .view import View, build_view, one_line

_GOOD = ("running", "stopped")
_PLAIN = ("not started", "starting", "shutting down", "unsupported")
_MEANING = {
    "not started": "The app has not been told to start.",
    "starting": "The app has received lifespan.startup and has not answered yet.",
    "running": "The app has started.",
    "shutting down": "The app has received lifespan.shutdown and has not answered yet.",
    "stopped": "The app has shut down.",
    "startup failed": "The app could not start.",
    "shutdown failed": "The app failed while shutting down.",
    "unsupported": "The app does not take part in the lifespan protocol; requests work without it.",
    "not answering": "The app did not answer within the deadline and was cancelled.",
    "died": "The app's lifespan ended before it was asked to shut down.",
    "lost": "The loop the app ran on is lost: something blocked it.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StepShown:
    """One message of the lifespan in words, with what the app did after it."""

    at: str
    direction: str
    type: str
    message: str
    changes: tuple[Change, ...]
    output: tuple[OutputShown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LifespanShown:
    """
    What the views of a lifespan need.

    :ivar tone: ``good``, ``failed`` or ``none``
    :ivar took: how long startup took, or empty
    :ivar next: magic lines that may be given now
    """

    status: str
    tone: str
    meaning: str
    took: str
    waiting: str
    failure: str
    raised: ExceptionText | None
    steps: tuple[StepShown, ...]
    next: tuple[str, ...]

    @property
    def line(self) -> str:
        """``lifespan running (38.0 ms)``."""
        return f"lifespan {self.status}" + (f" ({self.took})" if self.took else "")


def view_lifespan(lifespan: ExplorerLifespan, settings: Settings) -> View:
    """Return the status, the drawn table with the present state lit, the steps so far and the next actions."""
    shown = show_lifespan(lifespan, settings)
    return build_view("\n".join(_lines(shown)), "lifespan.html", life=shown, map=draw_lifespan(shown.status))


def show_lifespan(lifespan: ExplorerLifespan, settings: Settings) -> LifespanShown:
    """Return the lifespan as it is shown."""
    status, exception, steps = lifespan.status, lifespan.exception or lifespan.handled_exception, lifespan.steps
    return LifespanShown(
        status=status,
        tone="good" if status in _GOOD else "none" if status in _PLAIN else "failed",
        meaning=_MEANING.get(status, ""),
        took=_startup_time(steps),
        waiting=lifespan.waiting,
        failure=lifespan.failure_message,
        raised=None if exception is None or status == "unsupported" else read_exception(exception),
        steps=tuple(_show_step(step, settings) for step in steps),
        next=tuple(f"%asgi lifespan {action}" for action in lifespan.next_actions),
    )


def _startup_time(steps: tuple[LifespanStep, ...]) -> str:
    at = {step.event.type: step.event.at_ns for step in steps}
    begun, done = at.get("lifespan.startup"), at.get("lifespan.startup.complete")
    return time_of(done - begun) if begun is not None and done is not None else ""


def _show_step(step: LifespanStep, settings: Settings) -> StepShown:
    told = step.event.message.get("message", "")
    return StepShown(
        at=time_of(step.event.at_ns),
        direction=step.event.direction,
        type=one_line(step.event.type, 60),
        message=told[:2000] if type(told) is str else "",
        changes=show_changes(step.changes, settings),
        output=show_output(step.output),
    )


def _lines(shown: LifespanShown) -> Iterator[str]:
    yield shown.line
    yield f"  {shown.meaning}"
    if shown.waiting:
        yield f"  The app waits: {shown.waiting}"
    if shown.failure:
        yield f"  It said: {one_line(shown.failure, 500)}"
    for step in shown.steps:
        yield f"  {step.at:>9}  {step.direction:<7}  {step.type}"
        yield from (f"{'':13}{one_line(str(change))}" for change in step.changes)
        yield from (f"{'':13}{one_line(line.text)}" for line in step.output)
    if shown.raised is not None:
        yield from (f"  {line}" for line in exception_lines(shown.raised))
    if shown.next:
        yield f"  next: {'   '.join(shown.next)}"
