"""`PendingExchange`: a request under way, sent without waiting. Knows the explorer only as a function to run."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Generator
from concurrent.futures import Future
from typing import Any

import anyio.to_thread

from ..engine.call import AppCall
from ..engine.caller_end import CLEANUP_GRACE_S
from ..engine.jobs import await_future, wait_future
from ..engine.loops import CANCEL_GRACE_S, BackgroundLoop
from ..engine.runs import Event
from .exchange import Exchange
from .requests import RequestSpec


class PendingExchange:
    """
    A request that is being answered while you go on; `result` waits for it, and so does ``await``.

    As with a task, cancelling who awaits it cancels it.

    :param send: sends the spec and returns the exchange; run in a worker thread of ``loop``
    :param spec: the request, also as attribute
    :param on_done: called with this handle, on a worker thread, when it has ended however it did
    """

    def __init__(
        self,
        send: Callable[..., Exchange],
        spec: RequestSpec,
        loop: BackgroundLoop,
        *,
        on_done: Callable[[PendingExchange], object] | None = None,
        **options: Any,
    ) -> None:
        self.spec = spec
        self._call: AppCall | None = None
        self._cancelled = False
        self._loop = loop
        self._future: Future[Exchange] = Future()
        self._on_done = on_done
        work = functools.partial(self._work, send, options)
        loop.submit(anyio.to_thread.run_sync, work)

    @property
    def events(self) -> tuple[Event, ...]:
        """The ASGI messages so far."""
        call = self._call
        return call.recording.snapshot() if call is not None and call.recording is not None else ()

    @property
    def exception(self) -> BaseException | None:
        """What ended it instead of an exchange; None while it runs."""
        return self._future.exception() if self.done() else None

    def done(self) -> bool:
        """Tell whether it has ended."""
        return self._future.done()

    def cancel(self) -> None:
        """Disconnect: the app is told, may clean up, and is cancelled. Returns at once, from any thread."""
        self._cancelled = True
        call = self._call
        if call is not None and not self.done():
            call.cancel_soon()
            self._loop.submit(self._leave_behind, call)

    def result(self, timeout: float | None = None) -> Exchange:
        """
        Wait for the exchange.

        :param timeout: seconds; None for ever; passing it raises ``TimeoutError`` and cancels nothing
        Raises what `Explorer.send` raises; ``concurrent.futures.CancelledError`` after `cancel`.
        """
        try:
            return wait_future(self._future, timeout)
        except TimeoutError:
            if self.done():  # the exchange's own
                raise
            told = f"{self.spec.method} {self.spec.path} has not ended yet: wait longer, or .cancel() it"
            raise TimeoutError(told) from None

    def __await__(self) -> Generator[Any, None, Exchange]:
        return self._wait().__await__()

    def __repr__(self) -> str:
        state = "ended" if self.done() else "under way"
        return f"<{self.spec.method} {self.spec.path}: {state}, {len(self.events)} messages>"

    async def _wait(self) -> Exchange:
        try:
            return await await_future(self._future)
        except BaseException:
            if not self.done():  # who awaits it is cancelled, and takes it along, as with a task
                self.cancel()
            raise

    def _work(self, send: Callable[..., Exchange], options: dict[str, Any]) -> None:
        try:
            self._future.set_result(send(self.spec, on_call=self._begun, **options))
        except BaseException as exc:
            self._future.set_exception(exc)
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
            call.leave()
