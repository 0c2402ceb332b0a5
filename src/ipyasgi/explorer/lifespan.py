"""`ExplorerLifespan`: the app's lifespan as a person follows it, step by step, with what each step did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..engine.lifespan import LifespanRunner
from ..engine.runs import Event, Run
from ..protocol.machines import LifespanStatus
from ..records.output import OutputLine
from ..records.settings import Settings
from ..records.state import Change, Picture, Places, compare, take_pictures
from ..shown import Shown
from .call_recorder import AppRecorder


@dataclass(frozen=True, slots=True, kw_only=True)
class LifespanStep:
    """
    One message of the lifespan and what the app did after it, until the next.

    :ivar event: the message
    :ivar changes: what changed in the app's state and in the lifespan state; after ``lifespan.startup.complete``
        changes belong to requests, and are in their exchanges
    :ivar output: what the app printed, logged and warned
    """

    event: Event
    changes: tuple[Change, ...]
    output: tuple[OutputLine, ...]


class _LifespanRecorder(AppRecorder):
    """Record one life and cut it into steps at each message."""

    def __init__(self, places: Places, on_change: Callable[[], object]) -> None:
        super().__init__(places)
        self._on_change = on_change
        self._done: list[LifespanStep] = []
        self._event: Event | None = None
        self._output_seen = 0

    def message(self, event: Event) -> None:
        self._cut()
        self._event = event
        if event.type.endswith(".failed"):
            self._note_handled()
        self._on_change()

    def closed(self, run: Run) -> None:
        self._cut()
        self._event = None
        self._on_change()

    def steps(self) -> tuple[LifespanStep, ...]:
        """Return the finished steps and the one under way as it stands."""
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
    Start, step and stop the app's lifespan. Every wait has a deadline: the setting ``lifespan_timeout_s``.

    :param runner: the client's
    :param settings: the deadline of each call that names none, and how it is shown; also as attribute
    """

    def __init__(self, runner: LifespanRunner, settings: Settings, recorders: LifespanRecorders) -> None:
        self.settings = settings
        self._runner = runner
        self._recorders = recorders

    @property
    def status(self) -> LifespanStatus:
        """``not started``, ``starting``, ``running``, ``shutting down``, ``stopped``, or a failure by name."""
        return self._runner.status

    @property
    def events(self) -> tuple[Event, ...]:
        """The messages of the present life so far."""
        return self._runner.events

    @property
    def steps(self) -> tuple[LifespanStep, ...]:
        """The messages of the present life with what the app did after each."""
        recorder = self._recorders.current
        return recorder.steps() if recorder is not None else ()

    @property
    def waiting(self) -> str:
        """What the app waits at, such as ``send lifespan.startup.complete``; empty while it runs or is not there."""
        waiting = self._runner.waiting
        return " ".join(waiting) if waiting is not None else ""

    @property
    def next_actions(self) -> tuple[str, ...]:
        """What may be asked for now: of ``start``, ``step``, ``stop``, ``restart``."""
        return self._runner.next_actions

    @property
    def exception(self) -> BaseException | None:
        """What the app raised in this life."""
        return self._runner.exception

    @property
    def handled_exception(self) -> BaseException | None:
        """What the app raised and caught itself, where it only said that it failed: Quart's and Falcon's way."""
        recorder = self._recorders.current
        failed = self.status in ("startup failed", "shutdown failed") and self.exception is None
        return recorder.handled_exception if failed and recorder is not None else None

    @property
    def failure_message(self) -> str:
        """The app's words in ``lifespan.startup.failed`` or ``lifespan.shutdown.failed``."""
        return self._runner.failure_message

    def startup(self, timeout: float | None = None) -> ExplorerLifespan:
        """Start the app, or let a stepped start go on; raises what the app raised."""
        return self._then_notify(self._runner.startup, timeout)

    def shutdown(self, timeout: float | None = None) -> ExplorerLifespan:
        """Shut the app down; raises what the app raised."""
        return self._then_notify(self._runner.shutdown, timeout)

    def restart(self, timeout: float | None = None) -> ExplorerLifespan:
        """Shut the app down if it is alive, and start it."""
        return self._then_notify(self._runner.restart, timeout)

    def step(self, timeout: float | None = None) -> ExplorerLifespan:
        """
        Let one message pass and return when the app waits at the next, or has ended.

        A failure of the app does not raise: see ``status``, ``exception`` and ``failure_message``.
        """
        return self._then_notify(self._runner.step, timeout)

    def __repr__(self) -> str:
        return f"<ExplorerLifespan: {self.status}, {len(self.events)} messages>"

    def _then_notify(self, act: Callable[[float], object], timeout: float | None) -> ExplorerLifespan:
        # Also when it has ended: a deadline and a lost loop move the status without a message.
        try:
            act(self.settings.lifespan_timeout_s if timeout is None else timeout)
        except KeyboardInterrupt as interrupt:  # as in `Explorer.send`: where we waited is of no interest
            raise interrupt.with_traceback(None) from None
        finally:
            self._recorders.on_change()
        return self


class LifespanRecorders:
    """
    Make the recorder of each life and keep the newest.

    :ivar places: what is watched; to be set before the first life
    :param on_change: called when a life has moved, on the thread where it did
    """

    def __init__(self, on_change: Callable[[], object]) -> None:
        self.places: Places = dict
        self.on_change = on_change
        self.current: _LifespanRecorder | None = None

    def __call__(self) -> _LifespanRecorder:
        self.current = _LifespanRecorder(self.places, self.on_change)
        return self.current
