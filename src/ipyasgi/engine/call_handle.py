"""`CallHandle`: the caller's side of a call. Waiting for what the app does, deadlines, and the ways of ending it.

Everything here runs on the caller's side: on a thread that may block, or, in the ``_async`` variants, in a coroutine
on whatever loop the caller has. The logic is in the generators (`ipyasgi.engine.inbox.WaitPlan`), once.
"""

from __future__ import annotations

import contextlib
import math
import time
from abc import ABC, abstractmethod
from concurrent.futures import Future
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, NamedTuple

import anyio

from ..protocol.errors import DeadlineError, LoopError
from .inbox import NOTHING, Inbox, WaitPlan
from .jobs import await_future, is_unwinding
from .loops import CANCEL_GRACE_S, Loop
from .source_location import describe_frames, describe_place, read_frames

if TYPE_CHECKING:
    from .runs import Outcome

ENDED = object()
"""The last thing in every inbox, for everybody who asks: the app's coroutine has ended, or was left behind."""

CLEANUP_GRACE_S = 1.0
"""How long an app that has noticed the disconnect may take to clean up before it is cancelled."""


class Deadline(NamedTuple):
    """When a wait ends, and how long it was meant to be."""

    at_s: float
    timeout_s: float

    @classmethod
    def after(cls, timeout_s: float | None) -> Deadline | None:
        """Return the deadline that many seconds from now, None for none."""
        return None if timeout_s is None else cls(time.monotonic() + timeout_s, timeout_s)


class CallHandle(ABC):
    """
    Waits for a call that runs on a loop, and ends it.

    :ivar ended: whether the app's coroutine has ended
    :ivar outcome: how, as far as is known
    """

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self.exception: BaseException | None = None
        self.outcome: Outcome = "returned"
        self.ended = False
        self._inbox = Inbox()
        self._heard_s = time.monotonic()
        self._coroutine: Any = None
        self._end_taken = False

    # -- what a call does on its loop when it is asked to end --------------------------------------------

    @abstractmethod
    def _cancel(self) -> None:
        """Cancel the app, on the loop's thread."""

    @abstractmethod
    async def _end_gently(self) -> None:
        """Tell the app, let it clean up, then cancel it; on the loop."""

    @abstractmethod
    async def _raise_limit(self) -> None:
        """Count an endpoint that keeps its worker thread as abandoned; on the loop."""

    @abstractmethod
    def _freeze(self) -> None:
        """Close the record as it stands."""

    # -- waiting -----------------------------------------------------------------------------------------

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
            return self.loop.wait(self._inbox, self._take(waited_for, gap_s, whole))
        except DeadlineError:
            raise
        except BaseException:
            self.abort()
            raise

    async def take_async(self, waited_for: str, gap_s: float | None, whole: Deadline | None = None) -> Any:
        """As `take`; the waiting task's cancellation cancels the app too."""
        try:
            return await self._inbox.run_async(self._take(waited_for, gap_s, whole))
        except DeadlineError:
            raise
        except BaseException:
            await self.abort_async()
            raise

    def wait_ended(self, within_s: float | None = None) -> bool:
        """Throw away what is in the inbox until the app has ended; False when it has not within the time."""
        return self.loop.wait(self._inbox, self._wait_ended(within_s))

    async def wait_ended_async(self, within_s: float | None = None) -> bool:
        """As `wait_ended`."""
        return await self._inbox.run_async(self._wait_ended(within_s))

    def _take(self, waited_for: str, gap_s: float | None, whole: Deadline | None) -> WaitPlan[Any]:
        began_s = time.monotonic()
        end, left = None, math.inf
        while True:
            if gap_s is not None or whole is not None:
                end = self._end_of_wait(gap_s, whole, began_s)
                left = end.at_s - time.monotonic()
            item = yield left
            if item is not NOTHING:
                return self._taken(item)
            self._look()
            if end is not None and left <= 0:
                raise (yield from self._miss(waited_for, end))

    def _end_of_wait(self, gap_s: float | None, whole: Deadline | None, began_s: float) -> Deadline:
        gap_end_s = math.inf if gap_s is None else max(self._heard_s, began_s) + gap_s
        return whole if whole is not None and whole.at_s < gap_end_s else Deadline(gap_end_s, gap_s or 0.0)

    def _miss(self, waited_for: str, end: Deadline) -> WaitPlan[DeadlineError]:
        frames = read_frames(self._coroutine)
        stack, place = describe_frames(frames), describe_place(frames)
        del frames
        yield from self._abort(gently=True)
        return DeadlineError(waited_for, end.timeout_s, stack, place)

    def _wait_ended(self, within_s: float | None) -> WaitPlan[bool]:
        until = math.inf if within_s is None else time.monotonic() + within_s
        while not self._end_taken:
            left = until - time.monotonic()
            item = yield left
            if item is not NOTHING:
                self._taken(item)
            elif left <= 0:
                return False
            else:
                self._look()
        return True

    def _look(self) -> None:
        if self.loop.gone:  # it can never say so itself
            self.leave()
            self.loop.check_wait()  # in a forked child it is not the app that has ended

    def _taken(self, item: Any) -> Any:
        if item is ENDED:
            self._end_taken = True
            self._inbox.put(ENDED)  # for whoever else waits, and whoever asks again
        return item

    # -- ending ------------------------------------------------------------------------------------------

    def cancel_soon(self) -> None:
        """Tell the app of the disconnect, then cancel it; returns at once, for threads that do not wait for it."""
        try:
            self.loop.spawn(self._end_gently)
        except LoopError:  # closed or lost: there is nobody to tell
            self.leave()

    def end_soon(self, loop: Loop, ended: Future[Any]) -> None:
        """
        As `cancel_soon`, and after the grace stop waiting for an app that cannot be cancelled.

        :param loop: counts the grace; not the app's, which may be blocked
        :param ended: done once the wait for this call is over
        """
        self.cancel_soon()
        loop.submit(self._leave_behind, ended)

    async def _leave_behind(self, ended: Future[Any]) -> None:
        with contextlib.suppress(Exception):
            await await_future(ended, CLEANUP_GRACE_S + CANCEL_GRACE_S)
        if not ended.done():
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
            return self.loop.wait(self._inbox, self._abort(gently=gently, grace_s=grace_s))
        except LoopError:  # this thread cannot wait for the loop; the app is told all the same
            self.cancel_soon()
            return False

    async def abort_async(self, *, gently: bool = False, grace_s: float = CANCEL_GRACE_S) -> bool:
        """As `abort`; the caller's own cancellation waits until it is done."""
        if not self.ended:
            with anyio.CancelScope(shield=True):
                await self._inbox.run_async(self._abort(gently=gently, grace_s=grace_s))
        return self.ended

    def let_go(self) -> None:
        """End the call as its reader leaves: gently, unless the reader is interrupted or cancelled."""
        self.abort(gently=not is_unwinding())

    async def let_go_async(self) -> None:
        """As `let_go`."""
        await self.abort_async(gently=not is_unwinding())

    def _abort(self, *, gently: bool, grace_s: float = CANCEL_GRACE_S) -> WaitPlan[bool]:
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
                ended = yield from self._wait_ended(CLEANUP_GRACE_S + grace_s)
            else:  # while something blocks the loop the rest of the grace is of no use
                ended = yield from self._wait_ended(grace_s / 2)
                if not (ended or answer.empty()):
                    ended = yield from self._wait_ended(grace_s / 2)
        finally:  # also when a second interrupt ends this wait: what it leaves behind is known as that
            if not (ended or self.ended):  # somebody else who waits may hold the word of it just now
                if answer.empty():  # said before anybody is let go who might close the loop
                    self.loop.suspect = True
                self.leave()
                with contextlib.suppress(LoopError):
                    self.loop.spawn(self._raise_limit)
        return ended or self.ended
