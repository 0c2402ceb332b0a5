"""`LifespanCall`: one life of the app on its loop. Used by `ipyasgi.engine.lifespan` only."""

from __future__ import annotations

import contextvars
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
from .gates import StepGate
from .inbox import WaitPlan
from .loops import CANCEL_GRACE_S, Loop

if TYPE_CHECKING:
    from .recording import ObserverFactory

_MOVED = object()


class LifespanCall(AppCall):
    """One life of the app: the coroutine that receives ``lifespan.startup`` and ``lifespan.shutdown``."""

    def __init__(self, app: ASGIApp, state: dict[str, Any], loop: Loop, *, observe: ObserverFactory | None) -> None:
        super().__init__(app, build_lifespan_scope(state), loop, observer=observe() if observe else None, record=True)
        self.status: LifespanStatus = "not started"
        self.failure_message = ""
        self.gate = StepGate(self._notify)
        self.steps = 0
        self.future: Future[None] = Future()
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
            self._advance("lifespan.startup")
            return {"type": "lifespan.startup"}
        self._follow_caller()
        self._advance("lifespan.shutdown")
        return {"type": "lifespan.shutdown"}

    async def _send(self, message: Message) -> None:
        kind = message["type"]
        for violation in judge.check_message(message, status=self.status):
            self._record_violation(violation)
            if violation.rule == "lifespan.before-startup":  # it did not wait for lifespan.startup; servers accept that
                self._advance("lifespan.startup")
        if judge.is_allowed(self.status, kind):
            self.failure_message = judge.read_failure(message)
            self._advance(kind)
        else:
            await anyio.lowlevel.checkpoint()

    def _advance(self, token: str) -> None:
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
        # inherited context variables that the app has not changed take the new caller's values.
        for var, value in (self._shutdown_context or {}).items():
            if var.get(None) is self._inherited.get(var):
                var.set(value)

    def _on_end(self) -> None:
        if self.loop.lost:
            self.mark_loop_lost()
        if self.outcome == "returned" and (violation := judge.check_end(self.status)) is not None:
            self._record_violation(violation)
        self._advance(f"app.{self.outcome}")
        if self.exception is not None:
            self.future.set_exception(self.exception)
        else:
            self.future.set_result(None)

    def _extra_fields(self) -> dict[str, Any]:
        return {"status": self.status}

    def _notify(self) -> None:
        self._inbox.put(_MOVED)

    # -- on the caller's thread --------------------------------------------------------------------------

    def _abort(self, *, gently: bool, grace_s: float = CANCEL_GRACE_S) -> WaitPlan[bool]:
        if gently and not self.ended:
            self._advance("deadline.passed")
        return (yield from super()._abort(gently=False, grace_s=grace_s))

    def abandon(self) -> None:
        if not self.ended:  # it still runs, but is no longer waited for
            self._advance("deadline.passed")
        super().abandon()

    def mark_loop_lost(self) -> None:
        """Change the status because the loop of this life is lost."""
        self._advance("loop.lost")

    def wait_until(self, reached: Callable[[], bool], waited_for: str, deadline: Deadline | None) -> None:
        """Wait until ``reached()`` or the app's end; raises `DeadlineError` after cancelling the app."""
        while not reached() and not self._end_seen:
            self.take(waited_for, None, deadline)
