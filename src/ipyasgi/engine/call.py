"""`AppCall`: one call ``app(scope, receive, send)`` on a loop, the base class of http, websocket and lifespan calls.

Starts the app, catches everything it raises, sends it a disconnect, and cancels it. The caller's side (waits,
deadlines) is in `ipyasgi.engine.call_handle`.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import functools
import math
import threading
import time
from abc import abstractmethod
from typing import TYPE_CHECKING, Any

import anyio
import anyio.lowlevel
import anyio.to_thread

from ..protocol.errors import AppExitError, LoopError
from ..protocol.exception_parts import is_a, members_of
from ..protocol.types import ASGIApp, Message, Receive, Scope, Send
from ..protocol.violations import Violation, keep
from . import graces
from .call_handle import CallHandle
from .deadline_clock import DEADLINE_CLOCK
from .jobs import is_cancellation
from .loops import Loop

if TYPE_CHECKING:
    from .held_time import HeldTime
    from .recording import Observer, Recording
    from .runs import Run

_LOOK_S = 0.005


class AppCall(CallHandle):
    """
    One call of the app; subclasses implement `_receive` and `_send`.

    :param loop: runs the app
    :param observer: observes this call
    :param record: keep the messages even without an observer
    """

    def __init__(
        self, app: ASGIApp, scope: Scope, loop: Loop, *, observer: Observer | None = None, record: bool = False
    ) -> None:
        super().__init__(loop)
        self.app = app
        self.scope = scope
        self.violations: list[Violation] = []
        self.recording: Recording | None = None
        if observer is not None or record:
            from .recording import Recording  # an eighth of our import time, and not needed by a plain client

            self.recording = Recording(scope, observer)
        self._held: HeldTime | None = None
        if observer is not None and scope["type"] != "lifespan":
            held_time = _import_held_time()
            self._held = held_time.HeldTime(loop.present)
            self.watches.append(held_time.watch_of(loop.present))
        self._observer = observer
        self._scope: anyio.CancelScope | None = None
        self._cancel_requested = False
        self._limit_raised = False
        self._cut_ns: int | None = None
        self._disconnect_seen = True  # whether the app has received the disconnect; subclasses that send one set False

    @property
    def run(self) -> Run | None:
        """The frozen record, if enabled and the call has ended; else None."""
        return self.recording.run if self.recording is not None else None

    def begin(self) -> None:
        """Start the call on the loop."""
        self._last_message_s = DEADLINE_CLOCK.now_s()
        try:
            self.loop.spawn(self._run)
        except BaseException as exc:  # after an interrupt the call may have started
            if not isinstance(exc, LoopError):
                self.abort()
            raise

    async def run_here(self) -> None:
        """Run the call in the present task of its loop, where nothing waits for it from outside."""
        self._last_message_s = DEADLINE_CLOCK.now_s()
        await self._run()

    # -- on the loop's thread ----------------------------------------------------------------------------

    @abstractmethod
    async def _receive(self) -> Message:
        """Return the message for the app's ``await receive()``."""

    @abstractmethod
    async def _send(self, message: Message) -> None:
        """Process the message of the app's ``await send(message)``."""

    def _gated(self, receive: Receive, send: Send) -> tuple[Receive, Send]:
        """Return ``receive`` and ``send`` with a gate before each message."""
        return receive, send

    def _on_end(self) -> None:  # optional in subclasses
        """Finish the call on the loop once the app has ended."""

    def _disconnect(self) -> None:  # optional in subclasses: a lifespan has no disconnect
        """Send the app a disconnect in its current or next ``receive``."""

    def _record_violation(self, violation: Violation) -> None:
        """Record a violation; raise a fatal one."""
        keep(violation, among=self.violations)
        if violation.fatal:
            raise violation.error()

    def _extra_fields(self) -> dict[str, Any]:
        """Return the record's fields that are specific to this kind of call."""
        return {}

    def _note_cut(self) -> None:
        if self.recording is not None and self._cut_ns is None:
            self._cut_ns = self.recording.elapsed_ns()
            self.waited_at = self.waited_at or self._read_place()[1]

    def _describe_wait(self, waited_for: str, *, whole: bool) -> tuple[str, str]:
        return waited_for, ""

    async def _run(self) -> None:
        receive: Receive = self._receive
        send: Send = self._send
        if self.recording is not None:
            receive, send = self.recording.tap(receive, send)
        receive, send = self._gated(receive, send)
        try:
            if self.recording is not None:
                self.recording.open(self.scope)
            if not self._cancel_requested:
                around = contextlib.nullcontext() if self._observer is None else self._observer.around()
                with anyio.CancelScope() as self._scope, around:
                    self._coroutine = self.app(self.scope, receive, send)
                    if self._held is None:
                        await self._coroutine
                    else:
                        await self._held.run(self._coroutine, self.loop.backend)
        except GeneratorExit:
            raise
        except BaseException as exc:
            if is_cancellation(exc) and self.loop.closed:  # from the loop, which is ending
                self._cancel_requested = True
            else:
                self.exception = _fenced(exc)
        finally:
            if self.outcome != "abandoned":  # else the record is frozen already
                raised = self.exception is not None
                self.outcome = "raised" if raised else "cancelled" if self._cancel_requested else "returned"
            self._coroutine = None
            self.ended = True
            if self._limit_raised:
                self._change_limit(-1)
            self._put_end(self._on_end, self._freeze)

    def _freeze(self) -> None:
        if self.recording is not None:
            self.recording.freeze(
                outcome=self.outcome,
                exception=self.exception,
                violations=tuple(self.violations),
                waited_at=self.waited_at,
                overdue_s=self._overdue_s(),
                **self._held_fields(),
                **self._extra_fields(),
            )

    def _overdue_s(self) -> float:
        """Return the seconds of a deadline that could not end the app, because it computed in a browser's page."""
        end = self._end_of_take
        if end is None or self._cut_ns is not None or DEADLINE_CLOCK.now_s() < end.at_s:
            return 0.0
        return end.timeout_s

    def _held_fields(self) -> dict[str, Any]:
        if self._held is None:
            return {}
        held_ns, held_at, held_by = self._held.read()
        return {"held_ns": held_ns, "held_at": held_at, "held_by": held_by}

    def _cancel(self) -> None:
        self._cancel_requested = True
        if self._scope is not None:
            self._scope.cancel()

    async def _end_gently(self) -> None:
        """Send the app a disconnect; wait until it receives it and cleans up, within limits; then cancel it."""
        if self.ended:
            return
        self._disconnect()
        for _ in range(math.ceil(graces.DISCONNECT_S / _LOOK_S)):
            if self.ended or self._disconnect_seen:
                break
            await anyio.sleep(_LOOK_S)
        until = time.monotonic() + graces.CLEANUP_S
        while not self.ended and self._disconnect_seen and time.monotonic() < until:  # noqa: ASYNC110
            await anyio.sleep(_LOOK_S)
        if not self.ended:
            self._cancel()

    def _change_limit(self, by: int) -> None:
        with contextlib.suppress(Exception):  # a loop that is shutting down has no limiter
            thread_limiter().total_tokens += by

    async def _raise_limit(self) -> None:
        if not self.ended:
            self._limit_raised = True
            self._change_limit(+1)


def thread_limiter() -> anyio.CapacityLimiter:
    """Return the limiter of anyio's worker threads, on the thread of a loop."""
    return anyio.to_thread.current_default_thread_limiter()


@functools.cache
def _import_held_time() -> Any:
    """Return the module, which imports asyncio; cached, because an import statement takes longer, in each request."""
    from . import held_time

    return held_time


def reraise(exception: BaseException) -> None:
    """Raise the app's exception itself; a cancellation becomes ``concurrent.futures.CancelledError``."""
    if is_cancellation(exception):
        raise concurrent.futures.CancelledError from exception
    raise exception


def _fenced(exc: BaseException) -> BaseException:
    """
    Return the exception, with ``SystemExit`` and ``KeyboardInterrupt`` wrapped: an app must not end the process.

    On the main thread, where only a `KernelLoop` runs apps, a ``KeyboardInterrupt`` comes from the user and is not
    wrapped.
    """
    ending = _find_exit(exc)
    if ending is None:
        return exc
    if is_a(ending, KeyboardInterrupt) and threading.current_thread() is threading.main_thread():
        return ending
    fenced = AppExitError(ending)
    fenced.__cause__ = exc
    return fenced


def _find_exit(exc: BaseException) -> BaseException | None:
    """Return the first ``SystemExit`` or ``KeyboardInterrupt`` in an exception or its group."""
    waiting = [exc]
    while waiting:
        one = waiting.pop()
        if is_a(one, (SystemExit, KeyboardInterrupt)):
            return one
        waiting += reversed(members_of(one))
    return None
