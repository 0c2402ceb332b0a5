"""The httpx transport over the engine, for a thread that may block, and the parts shared with `AsyncAppTransport`.

The response to a request with the scheme ``ws`` or ``wss`` is a 101 with a session, not yet entered, in
``response.extensions["ipyasgi.session"]``.
"""

from __future__ import annotations

import concurrent.futures
import threading
from collections.abc import Callable, Iterator
from typing import Any

from ..engine.http_cycle import HttpCycle
from ..engine.jobs import is_unwinding
from ..protocol.errors import DeadlineError
from .app_runner import AppRunner, read_timeout_of
from .httpx import AppReadTimeout, httpx
from .options import CallOptions, options_of
from .response import ResponseBuilder, build_response, fill_extensions
from .websocket import WebSocketTestSession
from .websocket_end import WebSocketOpened

SESSION = "ipyasgi.session"


class OpenCycles:
    """The open streamed responses of one client; used from every thread that reads one."""

    def __init__(self) -> None:
        self._cycles: set[HttpCycle] = set()
        self._lock = threading.Lock()

    def add(self, cycle: HttpCycle) -> None:
        """Add an open cycle."""
        with self._lock:
            self._cycles.add(cycle)

    def discard(self, cycle: HttpCycle) -> None:
        """Remove a cycle that has ended."""
        with self._lock:
            self._cycles.discard(cycle)

    def end(self) -> None:
        """End every open response; may block."""
        for cycle in self._cancel_all():
            cycle.abort(gently=True)

    async def end_async(self) -> None:
        """Asynchronous `end`."""
        for cycle in self._cancel_all():
            await cycle.abort_async(gently=True)

    def _cancel_all(self) -> set[HttpCycle]:
        """Begin to end all cycles, and return them."""
        with self._lock:
            cycles, self._cycles = self._cycles, set()
        for cycle in cycles:
            cycle.cancel_soon()
        return cycles


class AppTransport(httpx.BaseTransport):
    """
    Runs each request as one call of the app, and blocks until the response.

    :param runner: runs the app
    :param cycles: stores streamed responses until they are closed
    """

    def __init__(self, runner: AppRunner, cycles: OpenCycles) -> None:
        self._runner = runner
        self._cycles = cycles

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        runner, options = self._runner, options_of(request)
        runner.check(request, options)
        if request.url.scheme in ("ws", "wss"):
            return build_upgrade(WebSocketTestSession, runner, request, options)
        cycle = runner.open_http(request, options, runner.loops.current())
        gap_s = read_timeout_of(request)
        try:
            cycle.begin()
            try:
                cycle.wait_response(gap_s, None if options.stream else runner.defaults.total_deadline(options))
            except DeadlineError as exc:
                raise AppReadTimeout(exc, request) from None
            builder = ResponseBuilder(runner.defaults, options)
            if options.stream and cycle.status is not None:
                return _CycleStream(cycle, request, builder, gap_s, self._cycles).response()
            return builder.build(request, cycle)
        except BaseException:  # an interrupt may occur on any line, and must not leave a call running
            cycle.abort()
            raise

    def close(self) -> None:
        """End every open response."""
        self._cycles.end()


class OpenBody:
    """Base class of the bodies of streamed responses: the non-blocking parts."""

    def __init__(
        self,
        cycle: HttpCycle,
        request: httpx.Request,
        builder: ResponseBuilder,
        gap_s: float | None,
        cycles: OpenCycles,
    ) -> None:
        self.cycle = cycle
        self.request = request
        self.extensions: dict[str, Any] = {}
        self._builder = builder
        self._gap_s = gap_s
        self._cycles = cycles
        self._closed = False
        cycles.add(cycle)

    def response(self) -> httpx.Response:
        """Return the response with this body; the call continues while the body is read."""
        response = build_response(self.request, self.cycle, self)
        self.extensions = response.extensions
        return response

    def _left_early(self) -> bool:
        return not self.cycle.complete and not self.cycle.ended

    def _mark_closed(self) -> None:
        self._closed = True
        self._cycles.discard(self.cycle)
        fill_extensions(self.extensions, self.cycle)


class _CycleStream(OpenBody, httpx.SyncByteStream):
    """The body of a streamed response; closing it ends the cycle and raises what the app raised."""

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self.cycle.iter_chunks(self._gap_s)
        except DeadlineError as exc:
            self._mark_closed()  # so that close() does not raise what the app raised on the disconnect instead
            raise AppReadTimeout(exc, self.request) from None
        except concurrent.futures.CancelledError:
            self._mark_closed()
            raise
        self.close()

    def close(self) -> None:
        if self._closed:
            return
        left_early, unwinding = self._left_early(), is_unwinding()
        try:
            self.cycle.finish()
        finally:
            self._mark_closed()
        if not unwinding:  # the app's exception must not hide the interrupt or the cancellation
            self._builder.raise_errors(self.cycle, left_early=left_early)


def build_upgrade(
    kind: Callable[..., Any], runner: AppRunner, request: httpx.Request, options: CallOptions
) -> httpx.Response:
    """Return the response that carries a session of this kind, or raise `WebSocketOpened` with it."""
    session = kind(runner, runner.websocket_scope(request, options), options, timeout_s=read_timeout_of(request))
    if options.websocket:
        raise WebSocketOpened(session)
    return httpx.Response(101, request=request, extensions={SESSION: session})
