"""`LifespanCall`: one life of the app on its loop, with the gate that steps it. Used by `ipyasgi.engine.lifespan`."""

from __future__ import annotations

import contextvars
import math
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, cast

import anyio
import anyio.lowlevel

from ..protocol.judges import lifespan as judge
from ..protocol.machines import LIFESPAN, LifespanStatus
from ..protocol.scopes import build_lifespan_scope
from ..protocol.types import ASGIApp, Direction, Message, Receive, Send
from ..protocol.violations import judge_shape
from .call import AppCall
from .call_handle import Deadline
from .inbox import WaitPlan
from .loops import Loop

if TYPE_CHECKING:
    from .recording import ObserverFactory

_MOVED = object()

SLOW_S = 2.0
"""How long a caller waits for the app before it is notified."""

OnSlow = Callable[[str, float | None], object]
"""Called once, on the waiting thread, with what it waits for and its time limit in seconds."""


class StepGate:
    """
    Holds the app before each receive and send while stepping, until released. Runs on the loop's thread.

    :param on_held: called each time the app starts to wait here
    """

    def __init__(self, on_held: Callable[[], object]) -> None:
        self.shut = False
        self._passes = 0
        self._on_held = on_held
        # By waiter, because several tasks of the app may be held at once; the first one is shown.
        self._places: dict[object, tuple[Direction, str]] = {}
        # Made on the loop's thread only, because an anyio.Event belongs to the loop it is made on.
        self._changed: anyio.Event | None = None

    async def arrive(self, direction: Direction, message_type: str) -> None:
        """Wait while the gate is shut and no pass is left, then use a pass."""
        waiter = object()
        while self.shut and not self._passes:
            self._places[waiter] = (direction, message_type)
            if self._changed is None:
                self._changed = anyio.Event()
            self._on_held()
            try:
                await self._changed.wait()
            finally:  # also when the waiting task is cancelled
                self._places.pop(waiter, None)
        if self.shut:
            self._passes -= 1

    def let_one_pass(self) -> None:
        """Shut the gate, but let one message through."""
        self.shut = True
        self._passes += 1
        self._notify()

    def open(self) -> None:
        """Let everything through from now on."""
        self.shut = False
        self._passes = 0
        self._notify()

    @property
    def held_at(self) -> tuple[Direction, str] | None:
        """Direction and type of the message that is held first, or None; read from any thread."""
        return next(iter(tuple(self._places.values())), None)

    def _notify(self) -> None:
        self._places.clear()
        changed, self._changed = self._changed, None
        if changed is not None:
            changed.set()


class LifespanCall(AppCall):
    """One life of the app: the coroutine that receives ``lifespan.startup`` and ``lifespan.shutdown``."""

    def __init__(
        self,
        app: ASGIApp,
        state: dict[str, Any],
        loop: Loop,
        *,
        observe: ObserverFactory | None,
        on_slow: OnSlow | None = None,
    ) -> None:
        super().__init__(app, build_lifespan_scope(state), loop, observer=observe() if observe else None, record=True)
        self.status: LifespanStatus = "not started"
        self.failure_message = ""
        self.gate = StepGate(self._notify)
        self.steps = 0
        self.future: Future[None] = Future()
        self._on_slow = on_slow
        self._slow_after_s = math.inf
        self._waits_for: tuple[str, float | None] = ("", None)
        self._startup_given = False
        self._shutdown_wanted = False
        self._waiter: anyio.Event | None = None
        self._inherited = contextvars.copy_context()
        self._shutdown_context: contextvars.Context | None = None

    @property
    def waiting(self) -> tuple[Direction, str] | None:
        """Direction and type of the message that the app is held at; None while it runs."""
        if self.status == "running" and self._waiter is not None and not self._shutdown_wanted:
            return ("receive", "lifespan.shutdown")
        return self.gate.held_at

    # -- on the loop's thread ----------------------------------------------------------------------------

    def _gated(self, receive: Receive, send: Send) -> tuple[Receive, Send]:
        async def gated_receive() -> Message:
            if self._startup_given:
                await self._wait_for_shutdown()
                await self.gate.arrive("receive", "lifespan.shutdown")
            else:
                await self.gate.arrive("receive", "lifespan.startup")
            return await receive()

        async def gated_send(message: Message) -> None:
            if (violation := judge_shape("lifespan", message)) is not None:
                try:
                    self._record_violation(violation)
                finally:
                    await anyio.lowlevel.checkpoint()  # so that an endless loop of send() can be cancelled
            await self.gate.arrive("send", message["type"])
            await send(message)

        return gated_receive, gated_send

    async def _receive(self) -> Message:
        if not self._startup_given:
            self._startup_given = True
            self.advance("lifespan.startup")
            return {"type": "lifespan.startup"}
        self._follow_caller()
        self.advance("lifespan.shutdown")
        return {"type": "lifespan.shutdown"}

    async def _send(self, message: Message) -> None:
        kind = message["type"]
        for violation in judge.check_message(message, status=self.status):
            self._record_violation(violation)
            if violation.rule == "lifespan.before-startup":  # lifespan.startup was not received; servers accept that
                self.advance("lifespan.startup")
        if judge.is_allowed(self.status, kind):
            self.failure_message = judge.read_failure(message)
            self.advance(kind)
        else:
            await anyio.lowlevel.checkpoint()

    def advance(self, token: str) -> None:
        """Change the status according to the lifespan table, and wake the caller."""
        state = LIFESPAN.advance(self.status, token)
        if state is not None:
            self.status = cast(LifespanStatus, state)
        self._notify()

    async def _wait_for_shutdown(self) -> None:
        if self.status not in ("starting", "running"):  # the specification has no third message
            self._cancel()
            await anyio.sleep_forever()
        if not self._shutdown_wanted:
            if self._waiter is None:
                self._waiter = anyio.Event()
            self._notify()
            await self._waiter.wait()

    def request_shutdown(self, context: contextvars.Context) -> None:
        """Let the waiting receive continue to ``lifespan.shutdown`` (and its gate)."""
        self._shutdown_context = context
        self._shutdown_wanted = True
        if self._waiter is not None:
            self._waiter.set()

    def step(self) -> None:
        """Let exactly one message pass."""
        self.gate.let_one_pass()  # first, because the caller reads `waiting` once the step is counted
        self.steps += 1
        self._notify()

    def step_to_shutdown(self, context: contextvars.Context) -> None:
        """Let the waiting receive continue, but no further."""
        self.step()
        self.request_shutdown(context)

    def _follow_caller(self) -> None:
        # Output during the shutdown belongs to the cell that requested it, not to the one that started the app, so
        # inherited context variables that the app has not changed are set to the new caller's values.
        for var, value in (self._shutdown_context or {}).items():
            if var.get(None) is self._inherited.get(var):
                var.set(value)

    def _on_end(self) -> None:
        if self.loop.lost:
            self.advance("loop.lost")
        if self.outcome == "returned" and (violation := judge.check_end(self.status)) is not None:
            self._record_violation(violation)
        self.advance(f"app.{self.outcome}")
        if self.exception is not None:
            self.future.set_exception(self.exception)
        else:
            self.future.set_result(None)

    def _extra_fields(self) -> dict[str, Any]:
        return {"status": self.status}

    def _notify(self) -> None:
        self._inbox.put(_MOVED)

    # -- on the caller's thread --------------------------------------------------------------------------

    def _abort(self, *, gently: bool) -> WaitPlan[bool]:
        if gently and not self.ended:
            self.advance("deadline.passed")
        return (yield from super()._abort(gently=False))

    def abandon(self) -> None:
        if not self.ended:  # the app still runs, but the caller has stopped waiting
            self.advance("deadline.passed")
        super().abandon()

    def wait_until(self, reached: Callable[[], bool], waited_for: str, deadline: Deadline | None) -> None:
        """Wait until ``reached()`` or the app's end; raises `DeadlineError` after cancelling the app."""
        self._waits_for = waited_for, None if deadline is None else deadline.timeout_s
        self._slow_after_s = time.monotonic() + SLOW_S
        try:
            while not reached() and not self._end_seen:
                self.take(waited_for, None, deadline)
        finally:
            self._slow_after_s = math.inf

    def _check_loop(self) -> None:
        super()._check_loop()  # after each slice of a wait
        if self._on_slow is not None and time.monotonic() > self._slow_after_s:
            self._slow_after_s = math.inf
            self._on_slow(*self._waits_for)
