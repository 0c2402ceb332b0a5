"""`Pending`: a handle for work in the background; `Progress`: how much of it is done."""

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
    How many requests have been sent, and the transfer of the newest one.

    :ivar total: the number of requests; ``done`` of them have ended, ``failed`` have failed
    :ivar first: the name of the first result; ``last`` is the newest one's; both are empty before the first
    :ivar sent_bytes: bytes of the newest request's body that the app has received, of ``sent_of_bytes``
    :ivar status: the status of the newest response; None before it starts
    :ivar chunks: number of its body messages so far; they contain ``received_bytes`` bytes
    :ivar elapsed_s: seconds from the start to now, or to the end
    :ivar unit: what follows the two numbers, such as ``sent again``
    :ivar about: what was done so far, if the numbers alone do not say it: ``412 requests, 2 findings``
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
    unit: str = "sent again"
    about: str = ""

    def add(self, name: str, *, failed: bool) -> Progress:
        """Return the progress after one more request, whose result is ``name``, has ended."""
        return replace(self, done=self.done + 1, failed=self.failed + failed, first=self.first or name, last=name)


class Pending(Shown, Generic[T]):
    """
    Work that runs in its own thread; `result` and ``await`` wait for its value.

    As with a task, cancelling the coroutine that awaits it cancels it.

    :param work: runs in the thread and returns the value; calls `take_call` for each call of the app, and `note`
    :param loop: a loop other than the app's, to time the grace period of calls that cannot be cancelled
    :param waits_on: the app's loop, if a wait on its thread must run it
    :param verb: the method, ``replay`` or ``recheck``; also an attribute, as are the next three
    :param description: the verb with its object, for errors
    :param owner: the explorer, whose ``settings`` decide how this is shown
    :param subject: the request, or the exchanges to send again
    :param progress: the progress at the start
    :param on_change: called with this handle, in the thread, after progress and at the end
    """

    def __init__(
        self,
        work: Callable[[Pending[T]], T],
        loop: Loop,
        *,
        waits_on: Loop | None = None,
        verb: str,
        description: str,
        owner: Any = None,
        subject: Any = None,
        progress: Progress | None = None,
        on_change: Callable[[Pending[T]], object] | None = None,
    ) -> None:
        self.verb, self.description = verb, description
        self.owner, self.subject = owner, subject
        self._loop = loop
        self._waits_on = waits_on or loop
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
        """Seconds from the start to now, or to the end."""
        return min(time.monotonic(), self._ended_s) - self._began_s

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._cancelled

    @property
    def exception(self) -> BaseException | None:
        """The exception that ended it; None while it runs or if it has a value."""
        return self._future.exception(0) if self.done() else None

    @property
    def value(self) -> T | None:
        """The value; None while it runs or if it failed."""
        return self._future.result(0) if self.done() and self.exception is None else None

    @property
    def events(self) -> tuple[Event, ...]:
        """The ASGI messages of the newest request so far."""
        call = self._call
        return call.recording.snapshot() if call is not None and call.recording is not None else ()

    @property
    def progress(self) -> Progress:
        """The progress at this moment."""
        return replace(self._progress, elapsed_s=self.elapsed_s, **_counts_of(self.events))

    def done(self) -> bool:
        """Return whether it has ended."""
        return self._future.done()

    def cancel(self) -> None:
        """Disconnect the app, which may clean up before it is cancelled; returns at once, from any thread."""
        self._cancelled = True
        if self._call is not None and not self.done():
            self._call.end_soon(self._loop, self._future)

    def result(self, timeout: float | None = None) -> T:
        """
        Wait for the value.

        :param timeout: seconds until ``TimeoutError``, which cancels nothing; None for no limit
        Raises the exception that ended it; ``concurrent.futures.CancelledError`` after `cancel`.
        """
        try:
            return self._waits_on.wait_future(self._future, timeout)
        except TimeoutError:
            if self.done():  # raised by the work
                raise
            raise TimeoutError(f"{self.description} has not ended yet: wait longer, or .cancel() it") from None
        except CancelledError:  # with a traceback of the wait only
            raise CancelledError(f"{self.description} was cancelled") from None

    def __await__(self) -> Generator[Any, None, T]:
        return self._wait().__await__()

    def __repr__(self) -> str:
        return f"<{self.description}: {'ended' if self.done() else 'running'}, {self._progress.done} done>"

    # -- for the work, on its thread -------------------------------------------------------------------------

    def take_call(self, call: AppCall) -> None:
        """Set the newest call of the app, for `cancel` and `events`."""
        self._call = call
        if self._cancelled:
            call.cancel_soon()
        self._changed()

    def check(self) -> None:
        """Raise ``CancelledError`` if `cancel` was called; for use before each request."""
        if self._cancelled:
            raise CancelledError

    def note(self, progress: Progress) -> None:
        """Set the progress; the time and the transfer of the newest request are added here."""
        self._progress = progress
        self._changed()

    async def _wait(self) -> T:
        try:
            return await await_future(self._future)
        except BaseException:
            if not self.done():  # the awaiting task was cancelled
                self.cancel()
            raise

    def _run(self, work: Callable[[Pending[T]], T]) -> None:
        try:
            value = work(self)
            self._ended_s = time.monotonic()
            self._future.set_result(value)
        except BaseException as exc:
            self._ended_s = time.monotonic()
            self._future.set_exception(exc)
        self._changed()

    def _changed(self) -> None:
        if self._on_change is not None:
            self._on_change(self)


def _counts_of(events: Sequence[Event]) -> dict[str, Any]:
    """Return the fields of `Progress` that are computed from the messages so far."""
    status = next((event.message.get("status") for event in events if event.type == "http.response.start"), None)
    sent = [event.body_bytes for event in events if event.type == "http.request"]
    received = [event.body_bytes for event in events if event.type == "http.response.body"]
    return {"sent_bytes": sum(sent), "status": status, "chunks": len(received), "received_bytes": sum(received)}
