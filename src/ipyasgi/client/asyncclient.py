"""`AsyncTestClient`: an ``httpx.AsyncClient`` whose requests go straight to an ASGI app. Composition only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar, TypeVarTuple, Unpack

import anyio
import anyio.lowlevel

from ..engine.call_handle import CLEANUP_GRACE_S
from ..engine.jobs import await_future, is_cancellation
from ..engine.strategy import run_in_thread
from .async_transport import AsyncAppTransport
from .async_websocket import AsyncWebSocketTestSession
from .basetestclient import BaseTestClient
from .httpx import httpx
from .websocket_end import WebSocketOpened

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class AsyncTestClient(BaseTestClient, httpx.AsyncClient):
    """
    Call an ASGI app in this process and await the answers, on any event loop: asyncio's or trio's.

    The app runs on a background loop, as with `ipyasgi.TestClient`, so neither blocks the other; with
    ``loop=KernelLoop()`` it runs on the loop of whoever awaits. Arguments and members are those of
    `ipyasgi.TestClient`; what waits there is awaited here: ``async with``, ``await client.get("/")``,
    ``async with client.stream(...)``, ``async with client.websocket_connect(...)``, ``await client.call(...)``,
    ``await client.aclose()``.
    """

    __test__ = False
    _stream_kind = httpx.AsyncByteStream
    _transport_kind = AsyncAppTransport

    async def __aenter__(self) -> Self:
        await anyio.lowlevel.checkpoint_if_cancelled()
        if self._enter_first():
            begun = False
            try:
                await self._wait_for_life(self._runner.enter, self.timeout.read)
                begun = True
            finally:
                if not begun:
                    await self._give_back(self._runner.loops.leave)
                self._changed(entered=begun)
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        if self._leave_last():
            # A body that was cancelled still has its app shut down, within a time.
            grace_s = CLEANUP_GRACE_S if is_cancellation(exc_value) else None
            try:
                with anyio.move_on_after(grace_s, shield=grace_s is not None):
                    await self._wait_for_life(self._runner.leave, self.timeout.read, self._cycles.end)
            finally:
                self._changed(entered=False)

    async def aclose(self) -> None:
        """End open responses and give the shared loop back; inside ``async with`` the loop stays until its end."""
        await super().aclose()
        if not self._entered:
            await self._give_back(self._runner.loops.close)

    async def _give_back(self, work: Callable[[], object]) -> None:
        """Run what ends loops, which takes a moment, on a thread, whoever is cancelled meanwhile."""
        with anyio.CancelScope(shield=True):
            await await_future(run_in_thread(work))

    async def call(self, func: Callable[[Unpack[Ts]], Awaitable[T]], *args: *Ts, timeout: float | None = None) -> T:
        """
        Run ``await func(*args)`` on the app's loop, where its pools and locks live, and return its value.

        :param timeout: seconds, None for ever
        """
        loop = await self._runner.loops.current_async()
        return await loop.call_async(func, *args, timeout_s=timeout)

    async def send(self, request: httpx.Request, *, stream: bool = False, **kwargs: Any) -> httpx.Response:
        """As ``httpx.AsyncClient.send``; a buffered call crosses to the app's loop and back once."""
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
        """As `websocket_connect`; httpx2's clients have a method of this name that would need a network."""
        return self.websocket_connect(url, **kwargs)

    async def _open_websocket(
        self, url: str, subprotocols: Sequence[str] | None, kwargs: dict[str, Any]
    ) -> AsyncWebSocketTestSession:
        target, prepared = self._prepare_websocket(url, subprotocols, kwargs)
        try:
            response = await self.request("GET", target, **prepared)
        except WebSocketOpened as opened:
            session: AsyncWebSocketTestSession = opened.session
            return session
        raise self._no_websocket(target, response)


class AsyncWebSocketConnection:
    """What ``async with`` enters: makes the request that opens the WebSocket, and gives its session."""

    def __init__(
        self, client: AsyncTestClient, url: str, subprotocols: Sequence[str] | None, kwargs: dict[str, Any]
    ) -> None:
        self._client = client
        self._asked = url, subprotocols, kwargs
        self._session: AsyncWebSocketTestSession | None = None

    async def __aenter__(self) -> AsyncWebSocketTestSession:
        self._session = await self._client._open_websocket(*self._asked)
        return await self._session.__aenter__()

    async def __aexit__(self, *exc_info: Any) -> None:
        assert self._session is not None
        await self._session.__aexit__(*exc_info)
