"""`AsyncWebSocketTestSession`: a WebSocket for a coroutine on any event loop."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Literal, Self, cast

import anyio.lowlevel

from ..engine.websocket import WebSocketCycle
from ..protocol.errors import DeadlineError
from ..protocol.types import Message
from .websocket_end import WebSocketEnd, build_json_frame, denial_of, payload_of, raise_on_close, read_json_frame


class AsyncWebSocketTestSession(WebSocketEnd):
    """Asynchronous `WebSocketTestSession`: ``async with`` connects, and every method is a coroutine method."""

    async def __aenter__(self) -> Self:
        cycle = self._connect(await self._runner.loops.current_async())
        try:
            cycle.push({"type": "websocket.connect"})  # before the app starts, as servers do
            cycle.begin()
            message = await self._next("websocket.accept", self.timeout_s)
            await self._raise_on_end(message)
            self._accepted(message)
        except BaseException as exc:
            await self._leave(cycle)
            self._raise_errors(cycle, exc)
            raise
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        cycle = self._open_cycle()
        await self.close(1000)
        await self._leave(cycle)
        self._raise_errors(cycle, exc)

    def __aiter__(self) -> Self:
        """Yield the payload of each message until the app closes."""
        return self

    async def __anext__(self) -> str | bytes:
        payload = payload_of(await self.receive())
        if payload is None:
            raise StopAsyncIteration
        return payload

    async def send(self, message: Message) -> None:
        """Put a raw ASGI message into the app's receive queue."""
        await anyio.lowlevel.checkpoint()  # so that repeated sends do not block the caller's loop
        self._push(message)

    async def send_text(self, data: str) -> None:
        """Send a text frame."""
        await self.send({"type": "websocket.receive", "text": data})

    async def send_bytes(self, data: bytes) -> None:
        """Send a binary frame."""
        await self.send({"type": "websocket.receive", "bytes": data})

    async def send_json(self, data: Any, mode: Literal["text", "binary"] = "text") -> None:
        """Send compact JSON as a text or binary frame."""
        await self.send(build_json_frame(data, mode))

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        """Send ``websocket.disconnect`` to the app."""
        self._push_close(code, reason)

    async def receive(self, timeout: float | None = None) -> Message:
        """
        Return the app's next raw message.

        :param timeout: seconds to wait; None for the session's timeout
        Raises `DeadlineError`, the app's exception, or `WebSocketDisconnect` if the app ended without closing.
        Cancelling this call loses no message, and the session stays open.
        """
        return await self._next("websocket message", self.timeout_s if timeout is None else timeout)

    async def receive_text(self, timeout: float | None = None) -> str:
        """Return the text of the next frame; ``KeyError`` for a binary frame."""
        return cast(str, (await self._receive_frame(timeout))["text"])

    async def receive_bytes(self, timeout: float | None = None) -> bytes:
        """Return the bytes of the next frame; ``KeyError`` for a text frame."""
        return cast(bytes, (await self._receive_frame(timeout))["bytes"])

    async def receive_json(self, mode: Literal["text", "binary"] = "text", timeout: float | None = None) -> Any:
        """Return the decoded JSON of the next text or binary frame."""
        return read_json_frame(await self._receive_frame(timeout), mode)

    async def _receive_frame(self, timeout: float | None) -> Message:
        message = await self.receive(timeout)
        await self._raise_on_end(message)
        return message

    async def _next(self, waited_for: str, timeout_s: float | None) -> Message:
        try:
            return self._received(await self._open_cycle().next_message_async(waited_for, timeout_s))
        except DeadlineError:
            self._client_closed = True
            raise

    async def _raise_on_end(self, message: Message) -> None:
        raise_on_close(message)
        if message["type"] == "websocket.http.response.start":
            body = [await self.receive()]
            while body[-1].get("more_body", False):
                body.append(await self.receive())
            raise denial_of(message, body)

    async def _leave(self, cycle: WebSocketCycle) -> None:
        self._client_closed = True
        await cycle.finish_async()
