"""`CallHandle`: the caller's side of a call: waits, deadlines, and the ways to end it.

Methods run on a thread that may block, or, with the suffix ``_async``, in a coroutine on the caller's loop. Their logic
is shared in generators (`ipyasgi.engine.inbox.WaitPlan`).
"""

from __future__ import annotations

import contextlib
import math
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import anyio

from ..protocol.errors import DeadlineError, LoopError
from . import graces, page
from .deadline_clock import DEADLINE_CLOCK
from .inbox import NOTHING, Inbox, WaitPlan
from .jobs import await_future, is_unwinding
from .loops import Loop
from .question import Question
from .source_location import describe_frames, describe_place
from .waiting import read_stacks

if TYPE_CHECKING:
    from .runs import Outcome

ENDED = object()
"""The last item of every inbox, returned by every later read: the app's coroutine has ended, or was abandoned."""

_PLACES = 3


class Deadline(NamedTuple):
    """End of a wait (by `DEADLINE_CLOCK`), and its length in seconds."""

    at_s: float
    timeout_s: float

    @classmethod
    def after(cls, timeout_s: float | None) -> Deadline | None:
        """Return the deadline in ``timeout_s`` seconds; None if there is no timeout."""
        return None if timeout_s is None else cls(DEADLINE_CLOCK.now_s() + timeout_s, timeout_s)


class Watch(Protocol):
    """Looks at a call now and then, on the thread that waits for it; must not block or raise."""

    @property
    def every_s(self) -> float:
        """Seconds until the next look."""

    def look(self) -> None:
        """Look at the call."""


class CallHandle(ABC):
    """
    Waits for a call that runs on a loop, and ends it.

    :ivar ended: whether the app's coroutine has ended
    :ivar outcome: how it has ended
    :ivar watches: look at the call while it is waited for
    :ivar has_limits: whether deadlines end the waits for it; False lets an endless response go on
    :ivar waited_at: the app's own line when the call was ended from outside; empty if it was not, or is not recorded
    """

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self.exception: BaseException | None = None
        self.outcome: Outcome = "returned"
        self.ended = False
        self.has_limits = True
        self.waited_at = ""
        self.watches: list[Watch] = []
        self._inbox = Inbox()
        self._last_message_s = DEADLINE_CLOCK.now_s()
        self._end_of_take: Deadline | None = None
        self._coroutine: Any = None
        self._end_seen = False

    # -- how to end the call, implemented by AppCall -----------------------------------------------------

    @abstractmethod
    def _cancel(self) -> None:
        """Cancel the app; runs on the loop."""

    @abstractmethod
    async def _end_gently(self) -> None:
        """Disconnect the app, let it clean up, then cancel it; runs on the loop."""

    @abstractmethod
    async def _raise_limit(self) -> None:
        """Raise the thread limit for an abandoned endpoint that keeps its worker thread; runs on the loop."""

    @abstractmethod
    def _freeze(self) -> None:
        """Freeze the record in its current state."""

    @abstractmethod
    def _note_cut(self) -> None:
        """Record that the call is ended from outside, and where the app is; only the first time."""

    @abstractmethod
    def _describe_wait(self, waited_for: str, *, whole: bool) -> tuple[str, str]:
        """
        Return what is missing at a deadline, and what has arrived; see `DeadlineError`.

        :param whole: whether it is the deadline of the whole response, not of the next message
        """

    # -- waiting -----------------------------------------------------------------------------------------

    def take(self, waited_for: str, gap_s: float | None, deadline: Deadline | None = None) -> Any:
        """
        Return the next item of the inbox.

        :param waited_for: description of the item, for the error
        :param gap_s: the longest time since the app's last message, in seconds; None for no limit
        :param deadline: the end of the wait, independent of messages
        Raises `DeadlineError`, after ending the app. A ``KeyboardInterrupt``, or any other exception of a signal
        handler, cancels the app too.
        """
        self._note_end_of_take(gap_s, deadline)
        try:
            return self.loop.wait(self._inbox, self._take(waited_for, gap_s, deadline))
        except BaseException as exc:
            if not isinstance(exc, DeadlineError):
                self.abort()
            raise

    async def take_async(self, waited_for: str, gap_s: float | None, deadline: Deadline | None = None) -> Any:
        """Asynchronous `take`; cancelling the waiting task cancels the app too."""
        self._note_end_of_take(gap_s, deadline)
        try:
            return await self._inbox.run_async(self._take(waited_for, gap_s, deadline))
        except BaseException as exc:
            if not isinstance(exc, DeadlineError):
                await self.abort_async()
            raise

    def wait_ended(self, within_s: float | None = None) -> bool:
        """Discard items of the inbox until the app has ended; return False after a timeout."""
        return self.loop.wait(self._inbox, self._wait_ended(within_s))

    async def wait_ended_async(self, within_s: float | None = None) -> bool:
        """Asynchronous `wait_ended`."""
        return await self._inbox.run_async(self._wait_ended(within_s))

    def _take(self, waited_for: str, gap_s: float | None, deadline: Deadline | None) -> WaitPlan[Any]:
        began_s = DEADLINE_CLOCK.now_s()
        while True:
            end, left = None, math.inf
            if self.has_limits and (gap_s is not None or deadline is not None):
                end = self._end_of_wait(gap_s, deadline, began_s)
                left = end.at_s - DEADLINE_CLOCK.now_s()
            slice_s = left
            for watch in self.watches:
                slice_s = min(slice_s, watch.every_s)
            item = yield slice_s
            if isinstance(item, Question):
                item.answer()
                continue
            if item is not NOTHING:
                return self._taken(item)
            self._check_loop()
            for watch in self.watches:
                watch.look()
            if end is not None and left <= 0 and end.at_s <= DEADLINE_CLOCK.now_s():
                raise (yield from self._time_out(waited_for, end, whole=end is deadline))

    def ask(self, ask: Callable[[], str]) -> str:
        """
        Return the value of a function that the waiting thread runs, for the app's thread, which waits for it here.

        Raises ``EOFError`` if it raises that, or any other exception, which the waiting thread raises itself; also
        after the end of the wait.
        """
        if threading.current_thread() is threading.main_thread():  # a `KernelLoop` runs the app there, while it waits
            try:
                return ask()
            except KeyboardInterrupt:  # pdb would let the app go on
                self.interrupt()
                raise EOFError from None
        question = Question(ask)
        self._inbox.put(question)
        return question.wait(lambda: self.ended or self.outcome == "abandoned")

    def interrupt(self) -> None:
        """Raise ``KeyboardInterrupt`` in the waiting thread, from any other, as the user does."""
        self._inbox.put(Question(_interrupt))

    def _note_end_of_take(self, gap_s: float | None, deadline: Deadline | None) -> None:
        if page.IN_PAGE and (gap_s is not None or deadline is not None):  # elsewhere the wait itself notices the end
            self._end_of_take = self._end_of_wait(gap_s, deadline, DEADLINE_CLOCK.now_s())

    def _end_of_wait(self, gap_s: float | None, deadline: Deadline | None, began_s: float) -> Deadline:
        gap_end_s = math.inf if gap_s is None else max(self._last_message_s, began_s) + gap_s
        return deadline if deadline is not None and deadline.at_s < gap_end_s else Deadline(gap_end_s, gap_s or 0.0)

    def _time_out(self, waited_for: str, end: Deadline, *, whole: bool) -> WaitPlan[DeadlineError]:
        waited_for, so_far = self._describe_wait(waited_for, whole=whole)
        stack, self.waited_at = self._read_place()
        error = DeadlineError(waited_for, end.timeout_s, stack, self.waited_at, so_far)
        yield from self._abort(gently=True)
        return error

    def _read_place(self) -> tuple[tuple[str, ...], str]:
        """Return the frames of the app as text, and its own lines where it waits now."""
        try:
            stacks = read_stacks(self._coroutine)
        except Exception:  # it reads foreign frames and attributes, and must not change how the call ends
            return (), ""
        places = [one.worker or describe_place(one.frames, threaded=one.threaded) for one in stacks]
        shown = " and ".join(dict.fromkeys(places[:_PLACES]))
        return describe_frames(stacks[0].frames) if stacks else (), shown

    def _wait_ended(self, within_s: float | None) -> WaitPlan[bool]:
        until = math.inf if within_s is None else time.monotonic() + within_s
        while not self._end_seen:
            left = until - time.monotonic()
            item = yield left
            if isinstance(item, Question):
                item.end()
            elif item is not NOTHING:
                self._taken(item)
            elif left <= 0:
                return False
            else:
                self._check_loop()
        return True

    def _check_loop(self) -> None:
        if self.loop.gone:  # so the app will never put ENDED
            self.abandon()
            self.loop.check_wait()  # raises in a forked child, because the app has not ended there

    def _taken(self, item: Any) -> Any:
        if item is ENDED:
            self._end_seen = True
            self._inbox.put(ENDED)  # for other waiters and later reads
        return item

    # -- ending ------------------------------------------------------------------------------------------

    def cancel_soon(self) -> None:
        """Begin to end the app as ``abort(gently=True)`` does, and return at once."""
        self._note_cut()
        try:
            self.loop.spawn(self._end_gently)
        except LoopError:  # the loop is closed or lost
            self.abandon()

    def end_soon(self, loop: Loop, ended: Future[Any]) -> None:
        """
        Same as `cancel_soon`; after the grace period, stop waiting for an app that cannot be cancelled.

        :param loop: times the grace period; not the app's loop, which may be blocked
        :param ended: done once the wait for this call is over
        """
        self.cancel_soon()
        loop.submit(self._leave_behind, ended)

    async def _leave_behind(self, ended: Future[Any]) -> None:
        with contextlib.suppress(Exception):
            await await_future(ended, graces.CLEANUP_S + graces.CANCEL_S)
        if not ended.done():
            self.abandon()

    def abandon(self) -> None:
        """Release all waiters although the app has not ended, and freeze the record in its current state."""
        if self.ended:
            return
        self._note_cut()
        self.outcome = "abandoned"
        self._put_end(self._freeze)

    def _put_end(self, *before: Callable[[], None]) -> None:
        try:
            for step in before:
                step()
        except Exception as exc:  # an error of an observer must not keep the caller waiting
            self.exception = exc if self.exception is None else self.exception
        finally:
            self._inbox.put(ENDED)

    def abort(self, *, gently: bool = False) -> bool:
        """
        End the call now: cancel it and wait briefly, else abandon it.

        :param gently: disconnect the app first and let it clean up
        :returns: False if it did not end: a blocking endpoint keeps running in its thread, and the loop's thread limit
            is raised meanwhile; a blocked loop becomes suspect
        """
        if self._end_seen:
            return True
        try:
            return self.loop.wait(self._inbox, self._abort(gently=gently))
        except LoopError:  # this thread cannot wait for the loop
            if not self.ended:
                self.cancel_soon()
            return self.ended

    async def abort_async(self, *, gently: bool = False) -> bool:
        """Asynchronous `abort`; shielded from cancellation."""
        if not self._end_seen:
            with anyio.CancelScope(shield=True):
                await self._inbox.run_async(self._abort(gently=gently))
        return self.ended

    def finish(self) -> None:
        """End the call because its client leaves: gently, unless the client is interrupted or cancelled."""
        self.abort(gently=not is_unwinding())

    async def finish_async(self) -> None:
        """Asynchronous `finish`."""
        await self.abort_async(gently=not is_unwinding())

    def _abort(self, *, gently: bool) -> WaitPlan[bool]:
        if self.ended:  # its record may still be in the making
            return (yield from self._wait_ended(graces.CANCEL_S))
        try:
            self._note_cut()
        except BaseException:  # a second interrupt
            self.loop.call_soon(self._cancel)
            self.abandon()
            raise
        grace_s = graces.CANCEL_S
        try:
            if gently:
                self.loop.spawn(self._end_gently)
            else:
                self.loop.call_soon(self._cancel)
        except LoopError:  # the loop is closed or lost
            grace_s, gently = 0.0, False
        responded: SimpleQueue[None] = SimpleQueue()
        self.loop.call_soon(responded.put, None)
        ended = False
        try:
            if gently:
                ended = yield from self._wait_ended(graces.CLEANUP_S + grace_s)
            else:  # on a blocked loop the second half of the grace period would be wasted
                ended = yield from self._wait_ended(grace_s / 2)
                if not (ended or responded.empty()):
                    ended = yield from self._wait_ended(grace_s / 2)
        finally:  # also when a second interrupt ends this wait: the call is abandoned
            if not (ended or self.ended):  # `ended` alone is not enough: another waiter may have taken ENDED
                if responded.empty():  # set first, because a released waiter might close the loop
                    self.loop.suspect = True
                self.abandon()
                with contextlib.suppress(LoopError):
                    self.loop.spawn(self._raise_limit)
        return ended or self.ended


def _interrupt() -> str:
    raise KeyboardInterrupt
