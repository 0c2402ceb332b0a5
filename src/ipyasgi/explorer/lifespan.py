"""`ExplorerLifespan`: the app's lifespan, step by step, with the changes and the output of each step."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..engine.lifespan import LifespanRunner
from ..engine.runs import Event, LifespanRun, Run
from ..protocol.errors import DeadlineError
from ..protocol.machines import LifespanStatus
from ..protocol.types import Scope
from ..records.output import OutputLine
from ..records.settings import Settings
from ..records.state import Change, Picture, Places, compare, take_pictures
from ..shown import Shown, hint
from .call_recorder import AppRecorder
from .changes import Changes

if TYPE_CHECKING:
    from ..tracing.trace import Trace, TraceRecord
    from ..tracing.traced_call import TracedCall


@dataclass(frozen=True, slots=True, kw_only=True)
class LifespanStep:
    """
    One message of the lifespan, and what the app did before the next one.

    :ivar changes: of the app's state and the lifespan state; empty after ``lifespan.startup.complete``, where changes
        are part of the requests' exchanges
    :ivar output: the lines that the app printed, logged and warned
    """

    event: Event
    changes: tuple[Change, ...]
    output: tuple[OutputLine, ...]


class _LifespanRecorder(AppRecorder):
    """
    Record one lifespan as steps, one for each message, and trace its startup.

    :ivar startup: what was collected inside the startup, once it has ended; None if it is not traced
    """

    def __init__(self, places: Places, on_change: Callable[[], object], traced: TracedCall | None = None) -> None:
        super().__init__(places, traced=traced)
        self.startup: TraceRecord | None = None
        self._began_ns = 0
        self._events: list[Event] = []
        self._on_change = on_change
        self._done: list[LifespanStep] = []
        self._event: Event | None = None
        self._output_seen = 0

    def opened(self, scope: Scope) -> None:
        super().opened(scope)
        self._began_ns = time.perf_counter_ns()

    def message(self, event: Event) -> None:
        self._cut()
        self._event = event
        if self.traced is not None and self.startup is None:
            self._events.append(event)
            if event.type.startswith("lifespan.startup."):
                self._end_startup(self.traced, event.at_ns)
        if event.type.endswith(".failed"):
            self._note_handled()
        self._on_change()

    def _end_startup(self, traced: TracedCall, duration_ns: int) -> None:
        traced.close()
        run = LifespanRun(
            kind="lifespan",
            scope={},
            events=tuple(self._events),
            started_at_s=0,
            began_ns=self._began_ns,
            duration_ns=duration_ns,
            outcome="returned",
        )
        self.startup = traced.record(run, output=self._sink.lines())
        self._events.clear()

    def closed(self, run: Run) -> None:
        if self.traced is not None and self.startup is None:
            self._end_startup(self.traced, run.duration_ns)
        self._cut()
        self._event = None
        self._on_change()

    def steps(self) -> tuple[LifespanStep, ...]:
        """Return the finished steps and the current one."""
        event = self._event
        if event is None:
            return tuple(self._done)
        return (*self._done, self._step(event, take_pictures(self._places())))

    def _cut(self) -> None:
        after = take_pictures(self._places())
        if self._event is not None:
            self._done.append(self._step(self._event, after))
        self._before = after
        self._output_seen = len(self._sink.lines())

    def _step(self, event: Event, after: dict[str, Picture]) -> LifespanStep:
        running = event.type == "lifespan.startup.complete"
        return LifespanStep(
            event=event,
            changes=() if running else compare(self._before, after),
            output=self._sink.lines()[self._output_seen :],
        )


class ExplorerLifespan(Shown):
    """
    Start, step and stop the app's lifespan. Every wait has a deadline, by default the setting ``lifespan_timeout_s``.

    :param changes: of the explorer; a step is one of them
    """

    def __init__(self, settings: Settings, changes: Changes) -> None:
        self.settings = settings
        self._changes = changes
        self._runner: LifespanRunner
        self._recorders: LifespanRecorders

    def follow(self, runner: LifespanRunner, recorders: LifespanRecorders) -> None:
        """Take the lifespan of another client, which replaces the one before."""
        runner.on_slow = _say_slow
        self._runner, self._recorders = runner, recorders

    @property
    def status(self) -> LifespanStatus:
        """``not started``, ``starting``, ``running``, ``shutting down``, ``stopped``, or the kind of failure."""
        return self._runner.status

    @property
    def events(self) -> tuple[Event, ...]:
        """The messages since the last start."""
        return self._runner.events

    @property
    def steps(self) -> tuple[LifespanStep, ...]:
        """The messages since the last start, with what the app did after each."""
        recorder = self._recorders.current
        return recorder.steps() if recorder is not None else ()

    @property
    def started_at_s(self) -> float:
        """When the app was last started, in seconds since the epoch; 0 before the first start."""
        return self._recorders.started_at_s

    @property
    def trace(self) -> Trace | None:
        """What happened inside the last startup, if the setting ``trace`` was on, else None."""
        recorder = self._recorders.current
        record = recorder.startup if recorder is not None else None
        return record.read(self.settings) if record is not None else None

    @property
    def waiting(self) -> str:
        """The call that the app waits in, such as ``send lifespan.startup.complete``; empty if it does not wait."""
        return " ".join(self._runner.waiting or ())

    @property
    def next_actions(self) -> tuple[str, ...]:
        """The actions that are possible now, of ``start``, ``step``, ``stop`` and ``restart``."""
        return self._runner.next_actions

    @property
    def exception(self) -> BaseException | None:
        """The exception that the app raised since the last start."""
        return self._runner.exception

    @property
    def handled_exception(self) -> BaseException | None:
        """The exception that the app caught itself before it reported a failure, as Quart and Falcon do."""
        recorder = self._recorders.current
        failed = self.status in ("startup failed", "shutdown failed") and self.exception is None
        return recorder.handled_exception if failed and recorder is not None else None

    @property
    def failure_message(self) -> str:
        """The text of the app's ``lifespan.startup.failed`` or ``lifespan.shutdown.failed``."""
        return self._runner.failure_message

    def startup(self, timeout: float | None = None) -> ExplorerLifespan:
        """Start the app, or finish a stepped startup; raises the app's exception."""
        return self._then_notify(LifespanRunner.startup, timeout)

    def shutdown(self, timeout: float | None = None) -> ExplorerLifespan:
        """Shut the app down; raises the app's exception."""
        return self._then_notify(LifespanRunner.shutdown, timeout)

    def restart(self, timeout: float | None = None) -> ExplorerLifespan:
        """Shut the app down if it is running, and start it."""
        return self._then_notify(LifespanRunner.restart, timeout)

    def step(self, timeout: float | None = None) -> ExplorerLifespan:
        """
        Advance by one message: return when the app waits at the next one, or has ended.

        A failure of the app does not raise: see ``status``, ``exception`` and ``failure_message``.
        """
        return self._then_notify(LifespanRunner.step, timeout)

    def __repr__(self) -> str:
        return f"<ExplorerLifespan: {self.status}, {len(self.events)} messages>"

    def _then_notify(self, act: Callable[[LifespanRunner, float], object], timeout: float | None) -> ExplorerLifespan:
        # Also after the end: a deadline and a lost loop change the status without a message.
        try:
            self._changes.settle(self.settings.lifespan_timeout_s)
            timeout_s = self.settings.lifespan_timeout_s if timeout is None else timeout
            self._changes.run(act, self._runner, timeout_s)
        except KeyboardInterrupt as interrupt:  # as in `Explorer.send`: the frames of the wait are irrelevant
            raise interrupt.with_traceback(None) from None
        except DeadlineError as late:
            if timeout is None:
                advice = f"Increase it ({_longer()}), or"
                late.args = (str(late).replace("Increase the timeout, or", advice),)
            raise
        finally:
            self._recorders.on_change()
        return self


def _say_slow(waited_for: str, timeout_s: float | None) -> None:
    # To stderr, because it is not part of any value.
    limit = "" if timeout_s is None else f", at most {timeout_s:g} s ({_longer()})"
    if sys.stderr is not None:  # as under pythonw
        sys.stderr.write(f"Waiting for the app's {waited_for}{limit}; interrupt to stop.\n")
        sys.stderr.flush()


@dataclass(slots=True)
class LifespanRecorders:
    """
    Make a recorder for each start of the app, and store the newest.

    :ivar on_change: called when the lifespan has changed, on the thread of the change
    :ivar places: the state to record; set before the first start
    :ivar begin_trace: returns what traces a start; None if it is not to be traced
    :ivar started_at_s: of the newest start, since the epoch
    """

    on_change: Callable[[], object]
    places: Places = dict
    begin_trace: Callable[[], TracedCall | None] = lambda: None
    current: _LifespanRecorder | None = None
    started_at_s: float = 0.0

    def __call__(self) -> _LifespanRecorder:
        self.started_at_s = time.time()
        self.current = _LifespanRecorder(self.places, self.on_change, self.begin_trace())
        return self.current


def _longer() -> str:
    return hint("%asgi config lifespan_timeout=60", "explorer.configure(lifespan_timeout_s=60)")
