"""One call ``app(scope, receive, send)`` on a loop, watched from another thread.

What http, websocket and lifespan share: starting with one hop, the fence around everything an app may raise,
the inbox to the caller, deadlines, and the ways of ending it (tell, wait, cancel, abandon).
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import math
import sys
import time
from abc import ABC, abstractmethod
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple

import anyio
import anyio.lowlevel
import anyio.to_thread

from ..protocol.errors import AppExitError, DeadlineError, LoopError
from ..protocol.types import ASGIApp, Message, Receive, Scope, Send
from ..protocol.violations import Violation
from .jobs import SLICE_S, is_cancellation
from .loops import CANCEL_GRACE_S, BackgroundLoop, Loop
from .observer import Observer
from .recording import Recording
from .runs import Outcome, Run
from .stacks import describe_frames, describe_place, read_frames

ENDED = object()
"""The last thing in every inbox, for everybody who asks: the app's coroutine has ended, or was left behind."""

TOLD_GRACE_S = 0.05
"""How long an app that was told of the disconnect may take to notice it."""
CLEANUP_GRACE_S = 1.0
"""How long an app that has noticed may take to clean up before it is cancelled."""


class Deadline(NamedTuple):
    """When a wait ends, and how long it was meant to be."""

    at_s: float
    timeout_s: float

    @classmethod
    def after(cls, timeout_s: float | None) -> Deadline | None:
        """Return the deadline that many seconds from now, None for none."""
        return None if timeout_s is None else cls(time.monotonic() + timeout_s, timeout_s)


class AppCall(ABC):
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
        self.app = app
        self.scope = scope
        self.loop = loop
        self.violations: list[Violation] = []
        self.exception: BaseException | None = None
        self.outcome: Outcome = "returned"
        self.ended = False
        self.recording = Recording(scope, observer) if observer is not None or record else None
        self._observer = observer
        self._inbox: SimpleQueue[Any] = SimpleQueue()
        self._scope: anyio.CancelScope | None = None
        self._cancel_asked = False
        self._abandoned = False
        self._heard_s = time.monotonic()
        self._coroutine: Any = None
        self._end_taken = False

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

    def _on_end(self) -> None:  # noqa: B027  (optional: not every kind has something to do)
        """What a kind of call still does on the loop when the app has ended."""

    def _tell_gone(self) -> None:  # noqa: B027  (optional too: a lifespan has no disconnect)
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
            if is_cancellation(exc) and getattr(self.loop, "closed", False):  # not the app: its loop is ending
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

    # -- on the caller's thread --------------------------------------------------------------------------

    def take(self, waited_for: str, gap_s: float | None, whole: Deadline | None = None) -> Any:
        """
        Return the next thing from the inbox.

        :param waited_for: what is awaited, in words, for the error
        :param gap_s: seconds since the app's last message after which the deadline has passed; None for none
        :param whole: a deadline that counts in any case
        Raises `DeadlineError`, after the app was told and cancelled. A ``KeyboardInterrupt``, or whatever else a
        signal handler raises here, cancels it too.
        """
        try:
            return self._take(waited_for, gap_s, whole)
        except DeadlineError:
            raise
        except BaseException:
            self.abort()
            raise

    def _take(self, waited_for: str, gap_s: float | None, whole: Deadline | None) -> Any:
        while gap_s is None and whole is None:
            try:
                return self._taken(self._inbox.get(timeout=SLICE_S))
            except Empty:
                continue
        began_s = time.monotonic()
        while True:
            gap_end_s = math.inf if gap_s is None else max(self._heard_s, began_s) + gap_s
            end = Deadline(gap_end_s, gap_s or 0.0)
            if whole is not None and whole.at_s < gap_end_s:
                end = whole
            left = end.at_s - time.monotonic()
            if left <= 0:
                with contextlib.suppress(Empty):
                    return self._taken(self._inbox.get_nowait())
                frames = read_frames(self._coroutine)
                stack, place = describe_frames(frames), describe_place(frames)
                del frames
                self.abort(gently=True)
                raise DeadlineError(waited_for, end.timeout_s, stack, place)
            with contextlib.suppress(Empty):
                return self._taken(self._inbox.get(timeout=min(left, SLICE_S)))

    def _taken(self, item: Any) -> Any:
        if item is ENDED:
            self._end_taken = True
            self._inbox.put(ENDED)  # for whoever else waits, and whoever asks again
        return item

    def cancel_soon(self) -> None:
        """Tell the app of the disconnect, then cancel it; returns at once, for threads that do not wait for it."""
        try:
            self.loop.spawn(self._end_gently)
        except LoopError:  # closed or lost: there is nobody to tell
            self.leave()

    def leave(self) -> None:
        """Let whoever waits for this call go, although the app has not ended; its record closes as it stands."""
        if self.ended:
            return
        self.outcome = "abandoned"
        try:
            self._freeze()
        except Exception as exc:  # a faulty observer must not leave the caller waiting
            self.exception = exc if self.exception is None else self.exception
        finally:
            self._inbox.put(ENDED)

    def wait_ended(self, within_s: float | None = None) -> bool:
        """Throw away what is in the inbox until the app has ended; False when it has not within the time."""
        until = math.inf if within_s is None else time.monotonic() + within_s
        while not self._end_taken:
            left = until - time.monotonic()
            try:
                self._taken(self._inbox.get(timeout=max(min(left, SLICE_S), 0)))
            except Empty:
                if left <= 0:
                    return False
        return True

    def abort(self, *, gently: bool = False, grace_s: float = CANCEL_GRACE_S) -> bool:
        """
        End the call now: cancel it, wait a moment, else leave it behind.

        :param gently: tell the app of the disconnect first and let it clean up
        :returns: False when it could not be ended: a blocking endpoint keeps running in its thread, and the
            loop's thread limit is raised meanwhile; a blocked loop becomes suspect
        """
        if self.ended:
            return True
        try:
            if gently:
                self.loop.spawn(self._end_gently)
            else:
                self.loop.call_soon(self._cancel)
        except LoopError:  # closed or lost: there is nobody to tell
            grace_s, gently = 0.0, False
        answer: SimpleQueue[None] = SimpleQueue()
        self.loop.call_soon(answer.put, None)
        ended = False
        try:
            if gently:
                ended = self.wait_ended(CLEANUP_GRACE_S + grace_s)
            else:  # while something blocks the loop the rest of the grace is of no use
                ended = self.wait_ended(grace_s / 2) or (not answer.empty() and self.wait_ended(grace_s / 2))
        finally:  # also when a second interrupt ends this wait: what it leaves behind is known as that
            if not ended:
                self.leave()
                with contextlib.suppress(LoopError):
                    self.loop.spawn(self._raise_limit)
                if isinstance(self.loop, BackgroundLoop) and answer.empty():
                    self.loop.suspect = True
        return ended

    def let_go(self) -> None:
        """End the call as its reader leaves: gently, unless the reader leaves because of an interrupt."""
        self.abort(gently=not isinstance(sys.exc_info()[1], KeyboardInterrupt))


def reraise(exception: BaseException) -> None:
    """Raise what the app raised, as itself; a cancellation becomes ``concurrent.futures.CancelledError``."""
    if is_cancellation(exception):
        raise concurrent.futures.CancelledError from exception
    raise exception


def _fenced(exc: BaseException) -> BaseException:
    """Return the exception as the caller may have it: an app must not end the caller's process."""
    if isinstance(exc, (SystemExit, KeyboardInterrupt)):
        ending: BaseException = exc
    elif isinstance(exc, BaseExceptionGroup) and exc.subgroup((SystemExit, KeyboardInterrupt)) is not None:
        ending = _first_leaf(exc)
    else:
        return exc
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
