"""`Pending`: work that goes on in the background while you do something else; `Progress`: how far it has come."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from ..shown import Shown
from .call import AppCall
from .jobs import await_future
from .loops import Loop
from .runs import Event
from .strategy import run_in_thread

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """
    How far the sending of requests has come.

    ``sent_bytes`` and all below but the time are of the newest request.

    :ivar total: how many requests there are
    :ivar done: those that have ended
    :ivar failed: those of them that failed
    :ivar first: the name of the first result, and ``last`` of the newest; empty before there is one
    :ivar sent_bytes: bytes of the request's body that the app has taken, of ``sent_of_bytes``
    :ivar status: the status, None before the response starts
    :ivar chunks: messages of the response's body so far, and ``received_bytes`` in them
    :ivar elapsed_s: seconds since it began, until its end
    """

    total: int = 1
    done: int = 0
    failed: int = 0
    first: str = ""
    last: str = ""
    sent_bytes: int = 0
    sent_of_bytes: int = 0
    status: int | None = None
    chunks: int = 0
    received_bytes: int = 0
    elapsed_s: float = 0.0

    def add(self, name: str, *, failed: bool) -> Progress:
        """Return the progress after one more request has ended; ``name`` is that of its result."""
        return replace(self, done=self.done + 1, failed=self.failed + failed, first=self.first or name, last=name)


class Pending(Shown, Generic[T]):
    """
    Work that goes on while you do something else; `result` waits for its value, and so does ``await``.

    As with a task, cancelling the coroutine that awaits it cancels it. Each has a thread of its own: a hundred requests
    to an endpoint that takes a second take about a second.

    :param work: does it, on that thread, and returns the value; it is given this handle, and hands each call of the app
        to `take_call` and how far it has come to `note`
    :param loop: looks after calls that cannot be cancelled; not the app's
    :param verb: what is done, in a word: a method, ``replay``, ``recheck``; also as attribute
    :param what: the same with its object, for errors; also as attribute
    :param owner: has the ``settings`` it is shown by, such as an explorer; also as attribute
    :param subject: what it is done with, such as the request; also as attribute
    :param progress: where it begins
    :param on_change: called with this handle, on that thread, when it has come further and, last, when it has ended
    """

    def __init__(
        self,
        work: Callable[[Pending[T]], T],
        loop: Loop,
        *,
        verb: str,
        what: str,
        owner: Any = None,
        subject: Any = None,
        progress: Progress | None = None,
        on_change: Callable[[Pending[T]], object] | None = None,
    ) -> None:
        self.verb, self.what = verb, what
        self.owner, self.subject = owner, subject
        self._loop = loop
        self._on_change = on_change
        self._progress = progress or Progress()
        self._call: AppCall | None = None
        self._cancelled = False
        self._began_s = time.monotonic()
        self._ended_s = math.inf
        self._future: Future[T] = Future()
        run_in_thread(self._run, work)

    @property
    def elapsed_s(self) -> float:
        """Seconds since it began, until its end."""
        return min(time.monotonic(), self._ended_s) - self._began_s

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._cancelled

    @property
    def exception(self) -> BaseException | None:
        """What ended it instead of a value; None while it runs."""
        return self._future.exception(0) if self.done() else None

    @property
    def value(self) -> T | None:
        """The value, once there is one; None also where it failed."""
        return self._future.result(0) if self.done() and self.exception is None else None

    @property
    def events(self) -> tuple[Event, ...]:
        """The ASGI messages of the newest request so far."""
        call = self._call
        return call.recording.snapshot() if call is not None and call.recording is not None else ()

    @property
    def progress(self) -> Progress:
        """How far it has come; worth asking again."""
        return replace(self._progress, elapsed_s=self.elapsed_s, **_counts_of(self.events))

    def done(self) -> bool:
        """Return whether it has ended."""
        return self._future.done()

    def cancel(self) -> None:
        """Disconnect: the app hears of it, may clean up, and is cancelled. Returns at once, from any thread."""
        self._cancelled = True
        if self._call is not None and not self.done():
            self._call.end_soon(self._loop, self._future)

    def result(self, timeout: float | None = None) -> T:
        """
        Wait for the value.

        :param timeout: seconds; None for ever; passing it raises ``TimeoutError`` and cancels nothing
        Raises what ended it instead; ``concurrent.futures.CancelledError`` after `cancel`.
        """
        try:
            return self._loop.wait_future(self._future, timeout)
        except TimeoutError:
            if self.done():  # its own
                raise
            raise TimeoutError(f"{self.what} has not ended yet: wait longer, or .cancel() it") from None
        except CancelledError:  # where it was waited for says nothing
            raise CancelledError(f"{self.what} was cancelled") from None

    def __await__(self) -> Generator[Any, None, T]:
        return self._wait().__await__()

    def __repr__(self) -> str:
        return f"<{self.what}: {'ended' if self.done() else 'under way'}, {self._progress.done} done>"

    # -- for the work, on its thread -------------------------------------------------------------------------

    def take_call(self, call: AppCall) -> None:
        """Take the call of the app that begins now, for `cancel` and `events`."""
        self._call = call
        if self._cancelled:
            call.cancel_soon()
        self._changed()

    def check(self) -> None:
        """Raise ``CancelledError`` where `cancel` was called, before another request is sent."""
        if self._cancelled:
            raise CancelledError

    def note(self, progress: Progress) -> None:
        """Take how far the work has come; its time and what is of the newest request are known here."""
        self._progress = progress
        self._changed()

    async def _wait(self) -> T:
        try:
            return await await_future(self._future)
        except BaseException:
            if not self.done():  # the awaiting task is cancelled, and takes it along
                self.cancel()
            raise

    def _run(self, work: Callable[[Pending[T]], T]) -> None:
        try:
            value = work(self)
        except BaseException as exc:
            self._ended_s = time.monotonic()
            self._future.set_exception(exc)
        else:
            self._ended_s = time.monotonic()
            self._future.set_result(value)
        self._changed()

    def _changed(self) -> None:
        if self._on_change is not None:
            self._on_change(self)


def _counts_of(events: Sequence[Event]) -> dict[str, Any]:
    """Return what the messages so far come to, by the names of `Progress`."""
    sent = chunks = received = 0
    status: int | None = None
    for event in events:
        if event.type == "http.request":
            sent += event.body_bytes
        elif event.type == "http.response.start":
            status = event.message.get("status")
        elif event.type == "http.response.body":
            chunks += 1
            received += event.body_bytes
    return {"sent_bytes": sent, "status": status, "chunks": chunks, "received_bytes": received}
