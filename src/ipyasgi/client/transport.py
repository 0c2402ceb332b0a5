"""The httpx transport over the engine, for a thread that may block, and what `async_transport` shares with it.

A request with the scheme ``ws`` or ``wss`` is answered by a response 101 that carries a session, still to be entered,
under ``response.extensions["ipyasgi.session"]``.
"""

from __future__ import annotations

import concurrent.futures
import threading
from collections.abc import Callable, Iterator
from typing import Any

from ..engine.http_cycle import HttpCycle
from ..engine.jobs import leaves_in_haste
from ..protocol.errors import DeadlineError
from .app_runner import AppRunner, gap_of
from .httpx import AppReadTimeout, httpx
from .options import CallOptions, options_of
from .responses import ResponseBuilder, build_response, fill_extensions
from .websocket import WebSocketTestSession
from .websocket_end import WebSocketOpened

SESSION = "ipyasgi.session"


class OpenCycles:
    """The streamed responses of one client that are still open; used from every thread that reads one."""

    def __init__(self) -> None:
        self._cycles: set[HttpCycle] = set()
        self._lock = threading.Lock()

    def add(self, cycle: HttpCycle) -> None:
        """Remember a cycle until it has ended."""
        with self._lock:
            self._cycles.add(cycle)

    def discard(self, cycle: HttpCycle) -> None:
        """Forget a cycle."""
        with self._lock:
            self._cycles.discard(cycle)

    def end(self) -> None:
        """End every response that is still open; may block."""
        for cycle in self._tell():
            cycle.abort(gently=True)

    async def end_async(self) -> None:
        """As `end`."""
        for cycle in self._tell():
            await cycle.abort_async(gently=True)

    def _tell(self) -> set[HttpCycle]:
        """Begin to end them, all at once, and give them out."""
        with self._lock:
            cycles, self._cycles = self._cycles, set()
        for cycle in cycles:
            cycle.cancel_soon()
        return cycles


class AppTransport(httpx.BaseTransport):
    """
    Runs each request as one call of the app, and blocks until it has answered.

    :param runner: runs the app
    :param cycles: where streamed responses are kept until they are closed
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
        gap_s = gap_of(request)
        try:
            cycle.begin()
            try:
                cycle.wait_response(gap_s, None if options.stream else runner.defaults.whole(options))
            except DeadlineError as exc:
                raise AppReadTimeout(exc, request) from None
            builder = ResponseBuilder(runner.defaults, options)
            if options.stream and cycle.status is not None:
                return build_streamed(_CycleStream(cycle, request, builder, gap_s, self._cycles))
            return builder.build(request, cycle)
        except BaseException:  # an interrupt may hit anywhere: no call is left that nobody waits for
            cycle.abort()
            raise

    def close(self) -> None:
        """End every response that is still open."""
        self._cycles.end()


class OpenBody:
    """What both streams keep of the response they belong to."""

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

    def _left_early(self) -> bool:
        return not self.cycle.complete and not self.cycle.ended

    def _leave(self) -> None:
        self._closed = True
        self._cycles.discard(self.cycle)
        fill_extensions(self.extensions, self.cycle)


class _CycleStream(OpenBody, httpx.SyncByteStream):
    """The body of a streamed response; closing it ends the cycle and raises what the app raised."""

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self.cycle.iter_chunks(self._gap_s)
        except DeadlineError as exc:
            self._leave()  # the deadline is what is raised, not what the app raised when it was told
            raise AppReadTimeout(exc, self.request) from None
        except concurrent.futures.CancelledError:
            self._leave()
            raise
        self.close()

    def close(self) -> None:
        if self._closed:
            return
        left_early, hasty = self._left_early(), leaves_in_haste()
        try:
            self.cycle.finish()
        finally:
            self._leave()
        if not hasty:  # else nothing of the app's may hide the interrupt or the cancellation
            self._builder.raise_errors(self.cycle, spare=left_early)


def build_streamed(stream: OpenBody) -> httpx.Response:
    """Return the response of a call that goes on while its body is read."""
    response = build_response(stream.request, stream.cycle, stream)
    stream.extensions = response.extensions
    return response


def build_upgrade(
    kind: Callable[..., Any], runner: AppRunner, request: httpx.Request, options: CallOptions
) -> httpx.Response:
    """Return the response that carries a session of this kind, or raise `WebSocketOpened` with it."""
    session = kind(runner, runner.websocket_scope(request, options), options, timeout_s=gap_of(request))
    if options.websocket:
        raise WebSocketOpened(session)
    return httpx.Response(101, request=request, extensions={SESSION: session})
