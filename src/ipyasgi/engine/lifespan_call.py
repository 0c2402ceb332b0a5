"""One life of the app on its loop: what it receives, sends, and waits at. Asked through `ipyasgi.engine.lifespan`."""

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
from ..protocol.violations import judge_shape, keep
from .call import AppCall
from .call_handle import Deadline
from .gates import StepGate
from .inbox import WaitPlan
from .loops import CANCEL_GRACE_S, Loop

if TYPE_CHECKING:
    from .observer import ObserverFactory

_MOVED = object()


class LifespanCall(AppCall):
    """One life of the app: the coroutine that receives ``lifespan.startup`` and ``lifespan.shutdown``."""

    def __init__(self, app: ASGIApp, state: dict[str, Any], loop: Loop, *, observe: ObserverFactory | None) -> None:
        super().__init__(app, build_lifespan_scope(state), loop, observer=observe() if observe else None, record=True)
        self.status: LifespanStatus = "not started"
        self.failure_message = ""
        self.gate = StepGate(self._moved)
        self.steps = 0
        self.future: Future[None] = Future()
        self._startup_given = False
        self._shutdown_wanted = False
        self._waiter: anyio.Event | None = None
        self._inherited = contextvars.copy_context()
        self._shutdown_context: contextvars.Context | None = None

    @property
    def waiting(self) -> tuple[Direction, str] | None:
        """What the app is held at: the direction and type of the message that comes next; None while it runs."""
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
            if (breach := judge_shape("lifespan", message)) is not None:
                keep(breach, among=self.violations)
                await anyio.lowlevel.checkpoint()  # or an app that goes on for ever could never be cancelled
                if breach.fatal:
                    raise breach.error()
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
        for breach in judge.check_message(message, status=self.status):
            keep(breach, among=self.violations)
            if breach.rule == "lifespan.before-startup":  # it did not wait to be asked; servers bear it
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
        self._moved()

    async def _wait_for_shutdown(self) -> None:
        if self.status not in ("starting", "running"):  # the specification has no third message: this never comes
            self._cancel()
            await anyio.sleep_forever()
        if not self._shutdown_wanted:
            if self._waiter is None:
                self._waiter = anyio.Event()
            self._moved()
            await self._waiter.wait()

    def want_shutdown(self, context: contextvars.Context) -> None:
        """Let the waiting receive go on to ``lifespan.shutdown`` (and its gate)."""
        self._shutdown_context = context
        self._shutdown_wanted = True
        if self._waiter is not None:
            self._waiter.set()

    def take_step(self) -> None:
        """Let exactly one message pass."""
        self.gate.let_one_pass()  # first: counting the step tells the caller to look where the app waits
        self.steps += 1
        self._moved()

    def step_to_shutdown(self, context: contextvars.Context) -> None:
        """Let the waiting receive go on, and no further."""
        self.take_step()
        self.want_shutdown(context)

    def _follow_caller(self) -> None:
        # What the app prints while shutting down belongs to whoever asked for the shutdown, not to the cell
        # that started it long ago: what was inherited and not changed since follows the new caller.
        for var, value in (self._shutdown_context or {}).items():
            if var.get(None) is self._inherited.get(var):
                var.set(value)

    def _on_end(self) -> None:
        if self.loop.lost:
            self.lose_loop()
        if self.outcome == "returned" and (breach := judge.check_end(self.status)) is not None:
            keep(breach, among=self.violations)
        self._advance(f"app.{self.outcome}")
        if self.exception is not None:
            self.future.set_exception(self.exception)
        else:
            self.future.set_result(None)

    def _more_for_run(self) -> dict[str, Any]:
        return {"status": self.status}

    def _moved(self) -> None:
        self._inbox.put(_MOVED)

    # -- on the caller's thread --------------------------------------------------------------------------

    def _abort(self, *, gently: bool, grace_s: float = CANCEL_GRACE_S) -> WaitPlan[bool]:
        if gently and not self.ended:
            self._advance("deadline.passed")
        return (yield from super()._abort(gently=False, grace_s=grace_s))

    def leave(self) -> None:
        if not self.ended:  # it runs on, but nobody waits for it any more
            self._advance("deadline.passed")
        super().leave()

    def lose_loop(self) -> None:
        """Say that the loop this life ran on is lost."""
        self._advance("loop.lost")

    def wait_until(self, reached: Callable[[], bool], waited_for: str, whole: Deadline | None) -> None:
        """Wait until ``reached()`` or the app's end; raises `DeadlineError` after cancelling the app."""
        while not reached() and not self._end_taken:
            self.take(waited_for, None, whole)
