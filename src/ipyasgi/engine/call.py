"""One call ``app(scope, receive, send)`` on a loop, watched from another thread.

What http, websocket and lifespan share on the loop: starting with one hop, the fence around everything an app may
raise, telling it of a disconnect, cancelling it. The caller's side (waits, deadlines) is in `call_handle`.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import threading
import time
from abc import abstractmethod
from typing import TYPE_CHECKING, Any

import anyio
import anyio.lowlevel
import anyio.to_thread

from ..protocol.errors import AppExitError, LoopError
from ..protocol.types import ASGIApp, Message, Receive, Scope, Send
from ..protocol.violations import Violation
from .call_handle import CLEANUP_GRACE_S, ENDED, CallHandle
from .jobs import is_cancellation
from .loops import Loop

if TYPE_CHECKING:
    from .observer import Observer
    from .recording import Recording
    from .runs import Outcome, Run

TOLD_GRACE_S = 0.05
"""How long an app that was told of the disconnect may take to notice it."""


class AppCall(CallHandle):
    """
    One call of the app; a kind of call says what `_receive` and `_send` do.

    :param loop: where the app runs
    :param observer: watches this call; None for nobody
    :param record: keep the messages even without an observer
    """

    def __init__(
        self,
        app: ASGIApp,
        scope: Scope,
        loop: Loop,
        *,
        observer: Observer | None = None,
        record: bool = False,
    ) -> None:
        super().__init__(loop)
        self.app = app
        self.scope = scope
        self.violations: list[Violation] = []
        self.recording = _new_recording(scope, observer) if observer is not None or record else None
        self._observer = observer
        self._scope: anyio.CancelScope | None = None
        self._cancel_asked = False
        self._abandoned = False

    @property
    def run(self) -> Run | None:
        """The frozen record, once the call has ended and where one is kept."""
        return self.recording.run if self.recording is not None else None

    def begin(self) -> None:
        """Hand the call to the loop: the one hop."""
        self._heard_s = time.monotonic()
        try:
            self.loop.spawn(self._run)
        except LoopError:
            raise
        except BaseException:  # an interrupt that came while the call was handed over
            self.abort()
            raise

    # -- on the loop's thread ----------------------------------------------------------------------------

    @abstractmethod
    async def _receive(self) -> Message:
        """Answer the app's ``await receive()``."""

    @abstractmethod
    async def _send(self, message: Message) -> None:
        """Take the app's ``await send(message)``."""

    def _gated(self, receive: Receive, send: Send) -> tuple[Receive, Send]:
        """Return the pair with whatever holds the app before a message is exchanged."""
        return receive, send

    def _on_end(self) -> None:  # optional: not every kind has something to do
        """What a kind of call still does on the loop when the app has ended."""

    def _tell_gone(self) -> None:  # optional too: a lifespan has no disconnect
        """Make the disconnect visible to the app's next or waiting receive."""

    def _has_noticed(self) -> bool:
        """Tell whether the app has received the disconnect."""
        return True

    def _more_for_run(self) -> dict[str, Any]:
        return {}

    async def _run(self) -> None:
        receive: Receive = self._receive
        send: Send = self._send
        if self.recording is not None:
            receive, send = self.recording.tap(receive, send)
        receive, send = self._gated(receive, send)
        try:
            if self.recording is not None:
                self.recording.open(self.scope)
            if not self._cancel_asked:
                with anyio.CancelScope() as self._scope, self._surroundings():
                    self._coroutine = self.app(self.scope, receive, send)
                    await self._coroutine
        except GeneratorExit:
            raise
        except BaseException as exc:
            if is_cancellation(exc) and self.loop.closed:  # not the app: its loop is ending
                self._cancel_asked = True
            else:
                self.exception = _fenced(exc)
        finally:
            if self.outcome != "abandoned":  # else its record is closed already
                self.outcome = self._outcome()
            self._coroutine = None
            self.ended = True
            if self._abandoned:
                self._change_limit(-1)
            try:
                self._on_end()
                self._freeze()
            except Exception as exc:  # a faulty observer must not leave the caller waiting
                self.exception = exc if self.exception is None else self.exception
            finally:
                self._inbox.put(ENDED)

    def _outcome(self) -> Outcome:
        if self.exception is not None:
            return "raised"
        return "cancelled" if self._cancel_asked else "returned"

    def _freeze(self) -> None:
        if self.recording is not None:
            self.recording.freeze(
                outcome=self.outcome,
                exception=self.exception,
                violations=tuple(self.violations),
                **self._more_for_run(),
            )

    def _surroundings(self) -> contextlib.AbstractContextManager[object]:
        return contextlib.nullcontext() if self._observer is None else self._observer.around()

    def _cancel(self) -> None:
        self._cancel_asked = True
        if self._scope is not None:
            self._scope.cancel()

    async def _end_gently(self) -> None:
        """Tell the app; give it a moment to notice and then time to clean up; then cancel it."""
        if self.ended:
            return
        self._tell_gone()
        until = time.monotonic() + TOLD_GRACE_S
        while not self.ended and not self._has_noticed() and time.monotonic() < until:  # noqa: ASYNC110
            await anyio.sleep(0.005)
        until = time.monotonic() + CLEANUP_GRACE_S
        while not self.ended and self._has_noticed() and time.monotonic() < until:  # noqa: ASYNC110
            await anyio.sleep(0.005)
        if not self.ended:
            self._cancel()

    def _change_limit(self, by: int) -> None:
        with contextlib.suppress(Exception):  # a loop that is shutting down has no limiter any more
            anyio.to_thread.current_default_thread_limiter().total_tokens += by

    async def _raise_limit(self) -> None:
        if not self.ended:
            self._abandoned = True
            self._change_limit(+1)


def _new_recording(scope: Scope, observer: Observer | None) -> Recording:
    from .recording import Recording  # an eighth of what importing us takes, and a plain client's calls need none

    return Recording(scope, observer)


def reraise(exception: BaseException) -> None:
    """Raise what the app raised, as itself; a cancellation becomes ``concurrent.futures.CancelledError``."""
    if is_cancellation(exception):
        raise concurrent.futures.CancelledError from exception
    raise exception


def _fenced(exc: BaseException) -> BaseException:
    """
    Return the exception as the caller may have it: an app must not end the caller's process.

    On the main thread, where only a `KernelLoop` runs apps, a ``KeyboardInterrupt`` is the caller's own: it hit the
    app because the app was what was running.
    """
    if isinstance(exc, (SystemExit, KeyboardInterrupt)):
        ending: BaseException = exc
    elif isinstance(exc, BaseExceptionGroup) and exc.subgroup((SystemExit, KeyboardInterrupt)) is not None:
        ending = _first_leaf(exc)
    else:
        return exc
    if isinstance(ending, KeyboardInterrupt) and threading.current_thread() is threading.main_thread():
        return ending
    fenced = AppExitError(ending)
    fenced.__cause__ = exc
    return fenced


def _first_leaf(group: BaseExceptionGroup[BaseException]) -> BaseException:
    first: BaseException = group
    while isinstance(first, BaseExceptionGroup):
        first = next(e for e in first.exceptions if _holds_exit(e))
    return first


def _holds_exit(exc: BaseException) -> bool:
    if isinstance(exc, BaseExceptionGroup):
        return exc.subgroup((SystemExit, KeyboardInterrupt)) is not None
    return isinstance(exc, (SystemExit, KeyboardInterrupt))
