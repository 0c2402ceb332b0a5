"""`AsyncTestClient`: an ``httpx.AsyncClient`` whose requests go straight to an ASGI app; and its httpx transport."""

from __future__ import annotations

import concurrent.futures
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from types import TracebackType
from typing import Any, Self, TypeVar, TypeVarTuple, Unpack

import anyio
import anyio.lowlevel

from ..engine import graces
from ..engine.jobs import await_future, is_cancellation, is_unwinding
from ..engine.kernel_loop import KernelLoop
from ..engine.strategy import run_in_thread
from ..protocol.errors import DeadlineError
from .app_runner import AppRunner, read_timeout_of
from .async_websocket import AsyncWebSocketTestSession
from .basetestclient import BaseTestClient
from .httpx import AppReadTimeout, httpx
from .options import options_of
from .response import ResponseBuilder
from .transport import OpenBody, OpenCycles, build_upgrade
from .websocket_end import WebSocketOpened

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class AsyncAppTransport(httpx.AsyncBaseTransport):
    """Asynchronous `AppTransport`; does not block the loop of the calling coroutine."""

    def __init__(self, runner: AppRunner, cycles: OpenCycles) -> None:
        self._runner = runner
        self._cycles = cycles

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        runner, options = self._runner, options_of(request)
        runner.check(request, options)
        if request.url.scheme in ("ws", "wss"):
            return build_upgrade(AsyncWebSocketTestSession, runner, request, options)
        cycle = runner.open_http(request, options, await runner.loops.current_async(), caller_loop=KernelLoop())
        gap_s = read_timeout_of(request)
        try:
            cycle.begin()
            try:
                deadline = None if options.stream else runner.defaults.total_deadline(options)
                await cycle.wait_response_async(gap_s, deadline)
            except DeadlineError as exc:
                raise AppReadTimeout(exc, request) from None
            builder = ResponseBuilder(runner.defaults, options)
            if options.stream and cycle.status is not None:
                return _AsyncCycleStream(cycle, request, builder, gap_s, self._cycles).response()
            return builder.build(request, cycle)
        except BaseException:  # a cancellation may occur at any await, and must not leave a call running
            await cycle.abort_async()
            raise

    async def aclose(self) -> None:
        """End every open response."""
        await self._cycles.end_async()


class _AsyncCycleStream(OpenBody, httpx.AsyncByteStream):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            # trio warns of a generator that is left to the garbage collector.
            async with aclosing(self.cycle.iter_chunks_async(self._gap_s)) as chunks:
                async for chunk in chunks:
                    yield chunk
        except DeadlineError as exc:
            self._mark_closed()
            raise AppReadTimeout(exc, self.request) from None
        except concurrent.futures.CancelledError:
            self._mark_closed()
            raise
        await self.aclose()

    async def aclose(self) -> None:
        if self._closed:
            return
        left_early, unwinding = self._left_early(), is_unwinding()
        try:
            await self.cycle.finish_async()
        finally:
            self._mark_closed()
        if not unwinding:  # the app's exception must not hide the interrupt or the cancellation
            self._builder.raise_errors(self.cycle, left_early=left_early)


class AsyncTestClient(BaseTestClient, httpx.AsyncClient):
    """
    Call an ASGI app in this process and await the responses, on any event loop of asyncio or trio.

    The app runs on a background loop, as with `ipyasgi.TestClient`, so neither blocks the other; with
    ``loop=KernelLoop()`` it runs on the caller's loop. Arguments and members are the same as in `ipyasgi.TestClient`,
    as coroutines: ``async with``, ``await client.get("/")``, ``async with client.stream(...)``,
    ``async with client.websocket_connect(...)``, ``await client.call(...)``, ``await client.aclose()``.
    """

    __test__ = False
    _stream_kind = httpx.AsyncByteStream
    _transport_kind = AsyncAppTransport

    async def __aenter__(self) -> Self:
        await anyio.lowlevel.checkpoint_if_cancelled()
        if self._begin_enter():
            begun = False
            try:
                await self._wait_for_life(self._runner.enter, self.timeout.read)
                begun = True
            finally:
                if not begun:
                    await self._release(self._runner.loops.leave)
                self._end_change(entered=begun)
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        if self._begin_leave():
            # If the body is cancelled, the app is still shut down, within a limited time.
            grace_s = graces.CLEANUP_S if is_cancellation(exc_value) else None
            try:
                with anyio.move_on_after(grace_s, shield=grace_s is not None):
                    await self._wait_for_life(self._runner.leave, self.timeout.read, self._cycles.end)
            finally:
                self._end_change(entered=False)

    async def aclose(self) -> None:
        """End open responses and release the shared loop; inside ``async with`` the loop stays open until its end."""
        await super().aclose()
        if not self._entered:
            await self._release(self._runner.loops.close)

    async def _release(self, work: Callable[[], object]) -> None:
        """Run blocking work that closes loops in a thread, shielded from cancellation."""
        with anyio.CancelScope(shield=True):
            await await_future(run_in_thread(work))

    async def call(self, func: Callable[[Unpack[Ts]], Awaitable[T]], *args: *Ts, timeout: float | None = None) -> T:
        """Run ``await func(*args)`` on the app's loop and return its value; arguments as for `ipyasgi.TestClient`."""
        loop = await self._runner.loops.current_async()
        return await loop.call_async(func, *args, timeout_s=timeout)

    async def send(self, request: httpx.Request, *, stream: bool = False, **kwargs: Any) -> httpx.Response:
        """Send a request as ``httpx.AsyncClient.send`` does."""
        self._mark(request, stream=stream)
        return await super().send(request, stream=stream, **self._with_auth(request, kwargs))

    def websocket_connect(
        self, url: str, subprotocols: Sequence[str] | None = None, **kwargs: Any
    ) -> AsyncWebSocketConnection:
        """
        Return a WebSocket to enter: ``async with client.websocket_connect("/ws") as websocket:``.

        Arguments as for `ipyasgi.TestClient.websocket_connect`.
        """
        return AsyncWebSocketConnection(self, url, subprotocols, kwargs)

    def websocket(self, url: str, **kwargs: Any) -> AsyncWebSocketConnection:
        """Same as `websocket_connect`; replaces a method of httpx2's clients that needs a network."""
        return self.websocket_connect(url, **kwargs)


class AsyncWebSocketConnection:
    """Context manager that sends the request to open the WebSocket, and enters its session."""

    def __init__(
        self, client: AsyncTestClient, url: str, subprotocols: Sequence[str] | None, kwargs: dict[str, Any]
    ) -> None:
        self._client = client
        self._arguments = url, subprotocols, kwargs
        self._session: AsyncWebSocketTestSession

    async def __aenter__(self) -> AsyncWebSocketTestSession:
        target, prepared = self._client._prepare_websocket(*self._arguments)
        try:
            response = await self._client.request("GET", target, **prepared)
        except WebSocketOpened as opened:
            self._session = opened.session
        else:
            raise self._client._no_websocket(target, response)
        return await self._session.__aenter__()

    async def __aexit__(self, *exc_info: Any) -> None:
        await self._session.__aexit__(*exc_info)
