"""`LifespanRunner`: starts the app, shuts it down, or steps through its lifespan message by message.

Callable from any thread except the loop's own; each life of the app is a `LifespanCall` on the loop. Only the table
`ipyasgi.protocol.machines.LIFESPAN` changes ``status``.
"""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Literal, cast

from ..protocol.errors import DeadlineError, LifespanError, LifespanStateError, LoopError
from ..protocol.machines import LifespanStatus
from ..protocol.types import ASGIApp, Direction
from . import graces
from .call import reraise
from .call_handle import Deadline
from .fork_guard import ForkGuard
from .jobs import is_cancellation
from .lifespan_call import LifespanCall, OnSlow
from .loops import Loop
from .strategy import make_lock

if TYPE_CHECKING:
    import threading

    from .page_lock import PageLock
    from .recording import ObserverFactory
    from .runs import Event, LifespanRun

LifespanMode = Literal["auto", "on", "off"]
"""``on``: an app without lifespan support is an error; ``auto``: it is not; ``off``: the lifespan never runs."""

_ALIVE: tuple[LifespanStatus, ...] = ("starting", "running", "shutting down")
_NEXT_ACTIONS: dict[LifespanStatus, tuple[str, ...]] = {
    "not started": ("start", "step"),
    "starting": ("step", "start", "stop"),
    "running": ("step", "stop", "restart"),
    "shutting down": ("step", "stop"),
}


_NOT_HELD = contextlib.suppress(RuntimeError)
"""After an interrupt before the lock was acquired, or after it was released."""


class _HeldLock:
    """Releases a held lock; not a generator, because contextlib would set attributes of the app's exception."""

    def __init__(self, held: threading.RLock | PageLock, deadline: Deadline | None) -> None:
        self._held, self._deadline = held, deadline

    def __enter__(self) -> Deadline | None:
        return self._deadline

    def __exit__(self, *_: object) -> None:
        with _NOT_HELD:
            self._held.release()


class LifespanRunner:
    """
    Runs the lives of one app, one after the other.

    :param state: the dict that is ``scope["state"]``; the same for all lives
    :param loop: returns the loop of the next life
    :param observe: makes the observer of each life
    :param strict: returns whether the first violation is raised once a life has started or ended
    :ivar on_slow: called when a start, a step or a shutdown takes long
    """

    def __init__(
        self,
        app: ASGIApp,
        state: dict[str, Any],
        loop: Callable[[], Loop],
        *,
        mode: LifespanMode = "on",
        observe: ObserverFactory | None = None,
        strict: Callable[[], bool] = bool,
    ) -> None:
        self.app = app
        self.mode = mode
        self.on_slow: OnSlow | None = None
        self._strict = strict
        self._state = state
        self._loop = loop
        self._observe = observe
        self._call: LifespanCall | None = None
        self._life_lock = make_lock()
        self._fork_guard = ForkGuard()

    @property
    def status(self) -> LifespanStatus:
        """The current state of the table `ipyasgi.protocol.machines.LIFESPAN`."""
        call = self._call
        if call is None:
            return "not started"
        if call.status in _ALIVE and self._fork_guard.forked:
            return "lost"  # it continues in the parent process
        if call.status in _ALIVE and call.loop.lost:
            call.advance("loop.lost")
        return call.status

    @property
    def events(self) -> tuple[Event, ...]:
        """The messages of the current life so far."""
        recording = self._call.recording if self._call is not None else None
        return recording.snapshot() if recording is not None else ()

    @property
    def waiting(self) -> tuple[Direction, str] | None:
        """Direction and type of the message the app waits at; None while it runs, or without a life."""
        return self._call.waiting if self._call is not None else None

    @property
    def exception(self) -> BaseException | None:
        """The exception that the app raised in this life, or None."""
        return self._call.exception if self._call is not None else None

    @property
    def failure_message(self) -> str:
        """The text of ``lifespan.startup.failed`` or ``lifespan.shutdown.failed``."""
        return self._call.failure_message if self._call is not None else ""

    @property
    def run(self) -> LifespanRun | None:
        """The frozen record of the last life, once it has ended."""
        return cast("LifespanRun | None", self._call.run if self._call is not None else None)

    @property
    def future(self) -> Future[None] | None:
        """The current or last life as a future that ends with the app's coroutine."""
        return self._call.future if self._call is not None else None

    @property
    def alive(self) -> bool:
        """Whether the app is starting, running or shutting down."""
        return self.status in _ALIVE

    @property
    def next_actions(self) -> tuple[str, ...]:
        """The actions that are possible now, of ``start``, ``step``, ``stop`` and ``restart``."""
        return _NEXT_ACTIONS.get(self.status, ("start", "step"))

    def startup(self, timeout_s: float | None = None) -> None:
        """
        Start the app, or finish a stepped startup.

        :param timeout_s: seconds to wait for ``lifespan.startup.complete``; None for no limit
        Raises the app's own exception, `LifespanError`, `DeadlineError`, or `LifespanStateError`.
        """
        with self._one_at_a_time("start", timeout_s) as deadline:
            if self.status in ("running", "shutting down"):
                raise LifespanStateError("start", self.status, self.next_actions)
            call = self._call if self.status == "starting" else None
            if call is None:
                call = self._new_life()
                call.begin()
            else:
                call.loop.call_soon(call.gate.open)
            statuses = ("not started", "starting")
            call.wait_until(lambda: call.status not in statuses, "lifespan.startup.complete", deadline)
            self._judge_startup(call)

    def shutdown(self, timeout_s: float | None = None) -> None:
        """
        Open the gate, shut the app down, and wait until its coroutine has ended.

        :param timeout_s: seconds to wait; None for no limit
        Raises the app's own exception, `LifespanError`, `DeadlineError`, or `LifespanStateError`.
        """
        with self._one_at_a_time("stop", timeout_s) as deadline:
            if self.status == "starting":
                self.startup(timeout_s)
            if self.status not in ("running", "shutting down"):
                raise LifespanStateError("stop", self.status, self.next_actions)
            call = self._call
            assert call is not None
            call.loop.call_soon(call.request_shutdown, contextvars.copy_context())
            call.loop.call_soon(call.gate.open)
            call.wait_until(lambda: False, "lifespan.shutdown.complete", deadline)
            self._judge_shutdown(call)

    def restart(self, timeout_s: float | None = None) -> None:
        """Shut the app down if it is alive, then start a new life; arguments and errors as for both."""
        with self._one_at_a_time("restart", timeout_s):  # no other step can run in between
            if self.alive:
                self.shutdown(timeout_s)
            self.startup(timeout_s)

    def step(self, timeout_s: float | None = None) -> None:
        """
        Let one message pass, and return when the app waits at the next one or has ended.

        :param timeout_s: seconds to wait for that; None for no limit
        Raises `DeadlineError` or `LifespanStateError`; a failure of the app changes ``status`` and is not raised.
        """
        with self._one_at_a_time("step", timeout_s) as deadline:
            call = self._call if self.alive else None
            if call is None:
                call = self._new_life()
                call.step()
                call.begin()
                taken = 1
            else:
                taken = call.steps + 1
                if self.status == "running":
                    call.loop.call_soon(call.step_to_shutdown, contextvars.copy_context())
                else:
                    call.loop.call_soon(call.step)
            call.wait_until(
                lambda: call.steps == taken and call.waiting is not None, "next receive or send of the app", deadline
            )

    def open_gates(self) -> None:
        """Stop stepping: let the app run freely."""
        call = self._call
        if call is not None and self.alive:
            call.loop.call_soon(call.gate.open)

    def abort(self) -> None:
        """Cancel a start or a shutdown that another thread waits for."""
        call = self._call
        if call is not None and call.status in ("starting", "shutting down"):
            call.abort()

    async def abort_async(self) -> None:
        """Cancel the current life, after its start or shutdown was cancelled."""
        if self._call is not None and self._call.outcome != "abandoned":
            await self._call.abort_async()

    def end(self, timeout_s: float, *, quiet: bool = True) -> None:
        """
        Shut down the app if it is alive, within the time; for closing and interpreter exit.

        :param quiet: do not raise for a passed deadline or a lost loop
        """
        try:
            if self.alive:
                self.shutdown(timeout_s)
            elif self.status == "lost" and not quiet:
                raise LoopError("something blocks the event loop it runs on")
        except DeadlineError:
            if not quiet:
                raise

    def _new_life(self) -> LifespanCall:
        self._call = LifespanCall(self.app, self._state, self._loop(), observe=self._observe, on_slow=self.on_slow)
        return self._call

    def _one_at_a_time(self, wanted: str, timeout_s: float | None) -> _HeldLock:
        self._check_process()
        deadline = Deadline.after(timeout_s)
        if self._call is not None and self.alive:
            self._call.loop.check_wait()
        held = _HeldLock(self._life_lock, deadline)
        try:
            if not self._life_lock.acquire(timeout=-1 if timeout_s is None else timeout_s):
                raise LifespanStateError(wanted, self.status, ("wait for the other step to end",))
            return held
        except BaseException:  # an interrupt
            held.__exit__()
            raise

    def _check_process(self) -> None:
        """Raise `LoopError` in a forked child if a life continues in the parent; else reset the lock there."""
        if self._fork_guard.forked:
            if self._call is not None and self._call.status in _ALIVE:
                self._fork_guard.check()
            self._life_lock, self._fork_guard = make_lock(), ForkGuard()

    def _judge_startup(self, call: LifespanCall) -> None:
        if call.status in ("running", "died") or (call.status == "unsupported" and self.mode != "on"):
            self._raise_violation(call)
            return
        # The exception is raised after the message lifespan.startup.failed.
        if call.status == "startup failed" and not call.wait_ended(graces.CLEANUP_S):
            call.abort()
        self._raise_failure(call, "startup")

    def _judge_shutdown(self, call: LifespanCall) -> None:
        if call.status != "stopped":
            self._raise_failure(call, "shutdown")
        self._raise_violation(call)

    def _raise_violation(self, call: LifespanCall) -> None:
        if call.violations and self._strict():
            raise call.violations[0].error()

    def _raise_failure(self, call: LifespanCall, phase: str) -> None:
        if call.exception is not None and not is_cancellation(call.exception):
            reraise(call.exception)
        how = (
            "was cancelled" if call.exception is not None or call.outcome in ("cancelled", "abandoned") else "returned"
        )
        missing = "receiving lifespan.startup" if call.status == "unsupported" else f"sending lifespan.{phase}.complete"
        raise LifespanError(phase, call.failure_message or f"the app {how} without {missing}")
