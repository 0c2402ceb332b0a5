"""`Pending`: work that goes on while you do something else; `PendingExchange`: a request of that kind."""

from __future__ import annotations

import contextlib
import math
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator
from concurrent.futures import CancelledError, Future
from typing import Any, Generic, Protocol, TypeVar

from ..engine.call import AppCall
from ..engine.call_handle import CLEANUP_GRACE_S
from ..engine.jobs import await_future
from ..engine.loops import CANCEL_GRACE_S, Loop
from ..engine.runs import Event
from ..engine.strategy import run_in_thread
from ..history.exchange import Exchange, Exchanges
from ..records.requests import RequestSpec
from ..records.settings import Settings
from ..shown import Shown
from .progress import Progress, measure

T = TypeVar("T")


class Sender(Protocol):
    """What a handle knows of its explorer."""

    settings: Settings

    @property
    def send(self) -> Callable[..., Exchange]:
        """Sends a request and waits for the exchange."""


class Pending(Shown, ABC, Generic[T]):
    """
    Something an explorer does while you go on; `result` waits for it, and so does ``await``.

    As with a task, cancelling who awaits it cancels it. Each has a thread of its own: a hundred requests to an endpoint
    that takes a second take about a second. A subclass calls `_start` once it is ready.

    :param explorer: whose requests they are, also as attribute
    :param loop: the explorer's background loop, which looks after calls that cannot be cancelled
    :param on_done: called with this handle, on that thread, when it has ended however it did
    """

    def __init__(self, explorer: Sender, loop: Loop, *, on_done: Callable[[Any], object] | None = None) -> None:
        self.explorer = explorer
        self._call: AppCall | None = None
        self._cancelled = False
        self._loop = loop
        self._began_s = time.monotonic()
        self._ended_s = math.inf
        self._future: Future[T] = Future()
        self._on_done = on_done

    @property
    @abstractmethod
    def what(self) -> str:
        """What is under way, in words."""

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
        """What ended it instead of a result; None while it runs."""
        return self._future.exception(0) if self.done() else None

    def done(self) -> bool:
        """Return whether it has ended."""
        return self._future.done()

    def cancel(self) -> None:
        """Disconnect: the app hears of it, may clean up, and is cancelled. Returns at once, from any thread."""
        self._cancelled = True
        call = self._call
        if call is not None and not self.done():
            call.cancel_soon()
            self._loop.submit(self._leave_behind, call)

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

    def _start(self) -> None:
        run_in_thread(self._work)

    @abstractmethod
    def _do(self) -> T:
        """Do the work, on its thread, and return its value; `_begun` is called with each call of the app."""

    async def _wait(self) -> T:
        try:
            return await await_future(self._future)
        except BaseException:
            if not self.done():  # who awaits it is cancelled, and takes it along, as with a task
                self.cancel()
            raise

    def _work(self) -> None:
        try:
            value = self._do()
        except BaseException as exc:
            self._ended_s = time.monotonic()
            self._future.set_exception(exc)
        else:
            self._ended_s = time.monotonic()
            self._future.set_result(value)
        finally:
            if self._on_done is not None:
                self._on_done(self)

    def _begun(self, call: AppCall) -> None:
        self._call = call
        if self._cancelled:
            call.cancel_soon()

    async def _leave_behind(self, call: AppCall) -> None:
        """After the grace, stop waiting for an app that cannot be cancelled."""
        with contextlib.suppress(Exception):
            await await_future(self._future, CLEANUP_GRACE_S + CANCEL_GRACE_S)
        if not self.done():
            call.abandon()


class PendingExchange(Pending[Exchange]):
    """
    A request that is being answered while you go on; `result` waits for the exchange, and so does ``await``.

    :param explorer: sends the request, also as attribute
    :param loop: the explorer's background loop
    :param spec: the request, also as attribute
    :param options: as for `Explorer.send`
    """

    def __init__(
        self,
        explorer: Sender,
        loop: Loop,
        spec: RequestSpec,
        *,
        on_done: Callable[[PendingExchange], object] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(explorer, loop, on_done=on_done)
        self.spec = spec
        self._options = options
        self._start()

    @property
    def what(self) -> str:
        return f"{self.spec.method} {self.spec.path}"

    @property
    def events(self) -> tuple[Event, ...]:
        """The ASGI messages so far."""
        call = self._call
        return call.recording.snapshot() if call is not None and call.recording is not None else ()

    @property
    def progress(self) -> Progress:
        """How far it has come; with a body that is sent or streamed in many pieces, worth asking again."""
        return measure(self.events, sent_of_bytes=len(self.spec.body), elapsed_s=self.elapsed_s)

    @property
    def exchange(self) -> Exchange | None:
        """The exchange, once there is one; None also where it failed, and the history alone has it."""
        return self._future.result(0) if self.done() and self._future.exception(0) is None else None

    def __repr__(self) -> str:
        state = "ended" if self.done() else "under way"
        return f"<{self.what}: {state}, {len(self.events)} messages>"

    def _do(self) -> Exchange:
        return self.explorer.send(self.spec, on_call=self._begun, **self._options)


class PendingExchanges(Shown, tuple[PendingExchange, ...]):
    """Several requests under way, in the order they were sent."""

    __slots__ = ()

    def cancel(self) -> None:
        """Cancel each; returns at once."""
        for one in self:
            one.cancel()

    def result(self, timeout: float | None = None) -> Exchanges:
        """
        Wait for all of them.

        :param timeout: seconds for all together; None for ever
        Raises what the first that failed raises.
        """
        until_s = math.inf if timeout is None else time.monotonic() + timeout
        return Exchanges([one.result(_left(until_s)) for one in self])

    def __repr__(self) -> str:
        return f"<PendingExchanges: {sum(one.done() for one in self)} of {len(self)} ended>"

    def __await__(self) -> Generator[Any, None, Exchanges]:
        return self._wait().__await__()

    async def _wait(self) -> Exchanges:
        return Exchanges([await one for one in self])


def _left(until_s: float) -> float | None:
    return None if until_s == math.inf else max(until_s - time.monotonic(), 0.0)
