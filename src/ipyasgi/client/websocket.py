"""`WebSocketTestSession`: a WebSocket for a thread that may block."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Any, Literal, Self, cast

from ..engine.websocket import WebSocketCycle
from ..protocol.errors import DeadlineError
from ..protocol.types import Message
from .websocket_end import WebSocketEnd, build_json_frame, denial_of, payload_of, raise_on_close, read_json_frame


class WebSocketTestSession(WebSocketEnd):
    """
    One WebSocket to the app; ``with`` connects, and may be entered again after leaving.

    :ivar accepted_subprotocol: the app's choice; None before entering
    :ivar extra_headers: the headers of ``websocket.accept``; None before entering
    :ivar timeout_s: the longest wait for a message of the app; None for no limit
    """

    def __enter__(self) -> Self:
        cycle = self._connect(self._runner.loops.current())
        try:
            cycle.push({"type": "websocket.connect"})  # before the app starts, as servers do
            cycle.begin()
            message = self._next("websocket.accept", self.timeout_s)
            self._raise_on_end(message)
            self._accepted(message)
        except BaseException as exc:
            self._leave(cycle)
            self._raise_errors(cycle, exc)
            raise
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        cycle = self._open_cycle()
        self.close(1000)
        self._leave(cycle)
        self._raise_errors(cycle, exc)

    def __iter__(self) -> Iterator[str | bytes]:
        """Yield the payload of each message until the app closes."""
        while (payload := payload_of(self.receive())) is not None:
            yield payload

    def send(self, message: Message) -> None:
        """Put a raw ASGI message into the app's receive queue."""
        self._push(message)

    def send_text(self, data: str) -> None:
        """Send a text frame."""
        self.send({"type": "websocket.receive", "text": data})

    def send_bytes(self, data: bytes) -> None:
        """Send a binary frame."""
        self.send({"type": "websocket.receive", "bytes": data})

    def send_json(self, data: Any, mode: Literal["text", "binary"] = "text") -> None:
        """Send compact JSON as a text or binary frame."""
        self.send(build_json_frame(data, mode))

    def close(self, code: int = 1000, reason: str | None = None) -> None:
        """Send ``websocket.disconnect`` to the app."""
        self._push_close(code, reason)

    def receive(self, timeout: float | None = None) -> Message:
        """
        Return the app's next raw message.

        :param timeout: seconds to wait; None for the session's timeout
        Raises `DeadlineError`, the app's exception, or `WebSocketDisconnect` if the app ended without closing.
        """
        return self._next("websocket message", self.timeout_s if timeout is None else timeout)

    def receive_text(self, timeout: float | None = None) -> str:
        """Return the text of the next frame; ``KeyError`` for a binary frame."""
        return cast(str, self._receive_frame(timeout)["text"])

    def receive_bytes(self, timeout: float | None = None) -> bytes:
        """Return the bytes of the next frame; ``KeyError`` for a text frame."""
        return cast(bytes, self._receive_frame(timeout)["bytes"])

    def receive_json(self, mode: Literal["text", "binary"] = "text", timeout: float | None = None) -> Any:
        """Return the decoded JSON of the next text or binary frame."""
        return read_json_frame(self._receive_frame(timeout), mode)

    def _receive_frame(self, timeout: float | None) -> Message:
        message = self.receive(timeout)
        self._raise_on_end(message)
        return message

    def _next(self, waited_for: str, timeout_s: float | None) -> Message:
        try:
            return self._received(self._open_cycle().take(waited_for, timeout_s))
        except DeadlineError:
            self._client_closed = True
            raise

    def _raise_on_end(self, message: Message) -> None:
        raise_on_close(message)
        if message["type"] == "websocket.http.response.start":
            body = [self.receive()]
            while body[-1].get("more_body", False):
                body.append(self.receive())
            raise denial_of(message, body)

    def _leave(self, cycle: WebSocketCycle) -> None:
        self._client_closed = True
        cycle.finish()
