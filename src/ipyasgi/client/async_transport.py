"""The httpx transport over the engine, for a coroutine on any loop. Imports what only such a caller pays for."""

from __future__ import annotations

import concurrent.futures
from collections.abc import AsyncIterator

from ..engine.jobs import leaves_in_haste
from ..engine.kernel_loop import KernelLoop
from ..protocol.errors import DeadlineError
from .app_runner import AppRunner, gap_of
from .async_websocket import AsyncWebSocketTestSession
from .httpx import AppReadTimeout, httpx
from .options import options_of
from .responses import ResponseBuilder
from .transport import OpenBody, OpenCycles, build_streamed, build_upgrade


class AsyncAppTransport(httpx.AsyncBaseTransport):
    """As `AppTransport`, for a coroutine whose loop goes on meanwhile."""

    def __init__(self, runner: AppRunner, cycles: OpenCycles) -> None:
        self._runner = runner
        self._cycles = cycles

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        runner, options = self._runner, options_of(request)
        runner.check(request, options)
        if request.url.scheme in ("ws", "wss"):
            return build_upgrade(AsyncWebSocketTestSession, runner, request, options)
        cycle = runner.open_http(request, options, await runner.loops.current_async(), asked_on=KernelLoop())
        gap_s = gap_of(request)
        try:
            cycle.begin()
            try:
                await cycle.wait_response_async(gap_s, None if options.stream else runner.defaults.whole(options))
            except DeadlineError as exc:
                raise AppReadTimeout(exc, request) from None
            builder = ResponseBuilder(runner.defaults, options)
            if options.stream and cycle.status is not None:
                return build_streamed(_AsyncCycleStream(cycle, request, builder, gap_s, self._cycles))
            return builder.build(request, cycle)
        except BaseException:  # the waiting task's cancellation may hit anywhere
            await cycle.abort_async()
            raise

    async def aclose(self) -> None:
        """End every response that is still open."""
        await self._cycles.end_async()


class _AsyncCycleStream(OpenBody, httpx.AsyncByteStream):
    """As `_CycleStream`."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self.cycle.iter_chunks_async(self._gap_s):
                yield chunk
        except DeadlineError as exc:
            self._leave()
            raise AppReadTimeout(exc, self.request) from None
        except concurrent.futures.CancelledError:
            self._leave()
            raise
        await self.aclose()

    async def aclose(self) -> None:
        if self._closed:
            return
        left_early, hasty = self._left_early(), leaves_in_haste()
        try:
            await self.cycle.finish_async()
        finally:
            self._leave()
        if not hasty:  # else nothing of the app's may hide the interrupt or the cancellation
            self._builder.raise_errors(self.cycle, spare=left_early)
