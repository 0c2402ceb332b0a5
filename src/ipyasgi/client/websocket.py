"""The client's end of a WebSocket: `WebSocketTestSession` and what it raises.

Where Starlette is imported already, what is raised is caught by ``except starlette.websockets.WebSocketDisconnect``
too: a class of both bases, made when it is needed. Starlette is never imported from here.
"""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Literal, Self, cast

from ..engine.call import AppCall, reraise
from ..engine.caller_end import ENDED
from ..engine.loops import Loop
from ..engine.observer import ObserverFactory
from ..engine.websocket import WebSocketCycle
from ..protocol.errors import DeadlineError, LoopError
from ..protocol.types import ASGIApp, Message, Scope
from .httpx import httpx


class WebSocketDisconnect(Exception):
    """
    The app closed the connection, or ended without closing it.

    :ivar code: the close code of RFC 6455, section 7.4; 1006 where the app sent none
    :ivar reason: the app's words
    """

    def __init__(self, code: int = 1000, reason: str | None = None) -> None:
        super().__init__(code, reason or "")
        self.code = code
        self.reason = reason or ""

    def __str__(self) -> str:
        return f"code {self.code}: {self.reason}" if self.reason else f"code {self.code}"

    def __reduce__(self) -> tuple[Any, ...]:
        return _disconnect, (self.code, self.reason)


class WebSocketDenialResponse(httpx.Response, WebSocketDisconnect):  # type: ignore[misc]  # both know __setstate__
    """The app answered the handshake with an HTTP response; it is that response, raised. Its ``code`` is 1006."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        httpx.Response.__init__(self, *args, **kwargs)
        self.code = 1006
        self.reason = f"{self.status_code} {self.reason_phrase}"

    def __reduce__(self) -> tuple[Any, ...]:
        return _revive_denial, (self.__getstate__(),)

    def __str__(self) -> str:
        return f"the app denied the WebSocket with {self.reason}"


class WebSocketTestSession:
    """
    One WebSocket to the app; connects on entering, may be entered again after leaving.

    :ivar accepted_subprotocol: what the app chose; None before entering
    :ivar extra_headers: the headers of ``websocket.accept``; None before entering
    :param timeout_s: the longest wait for a message of the app, None for ever
    """

    __test__ = False

    def __init__(
        self,
        app: ASGIApp,
        scope: Scope,
        loop: Callable[[], Loop],
        *,
        observe: ObserverFactory | None = None,
        record: bool = False,
        timeout_s: float | None = None,
        on_call: Callable[[AppCall], object] | None = None,
    ) -> None:
        self.app = app
        self.scope = scope
        self.accepted_subprotocol: str | None = None
        self.extra_headers: Any = None
        self.timeout_s = timeout_s
        self._loop = loop
        self._observe = observe
        self._record = record
        self._on_call = on_call
        self._cycle: WebSocketCycle | None = None
        self._client_closed = False

    def __enter__(self) -> Self:
        observer = self._observe() if self._observe is not None else None
        cycle = WebSocketCycle(self.app, dict(self.scope), self._loop(), observer=observer, record=self._record)
        self._cycle, self._client_closed = cycle, False
        if self._on_call is not None:
            self._on_call(cycle)
        try:
            cycle.begin()
            cycle.push({"type": "websocket.connect"})
            message = self._next("websocket.accept", self.timeout_s)
            self._raise_on_close(message)
        except BaseException:
            self._leave(cycle)
            raise
        self.accepted_subprotocol = message.get("subprotocol")
        self.extra_headers = message.get("headers")
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        cycle = self._open_cycle()
        self.close(1000)
        self._leave(cycle)
        if exc is None and cycle.exception is not None:
            reraise(cycle.exception)

    def __iter__(self) -> Iterator[str | bytes]:
        """Yield the payload of each message until the app closes."""
        while True:
            message = self.receive()
            if message["type"] == "websocket.close":
                return
            text = message.get("text")
            yield text if text is not None else message["bytes"]

    def send(self, message: Message) -> None:
        """Put a raw ASGI message into the app's receive queue."""
        self._open_cycle().push(message)

    def send_text(self, data: str) -> None:
        """Send a text frame."""
        self.send({"type": "websocket.receive", "text": data})

    def send_bytes(self, data: bytes) -> None:
        """Send a binary frame."""
        self.send({"type": "websocket.receive", "bytes": data})

    def send_json(self, data: Any, mode: Literal["text", "binary"] = "text") -> None:
        """Send JSON, compact, as a text frame or as the UTF-8 bytes of one."""
        text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
        if mode == "text":
            self.send({"type": "websocket.receive", "text": text})
        else:
            self.send({"type": "websocket.receive", "bytes": text.encode("utf-8")})

    def close(self, code: int = 1000, reason: str | None = None) -> None:
        """Tell the app that the client is gone."""
        if not self._client_closed:
            self._client_closed = True
            self.send({"type": "websocket.disconnect", "code": code, "reason": reason})

    def receive(self, timeout: float | None = None) -> Message:
        """
        Return the app's next raw message.

        :param timeout: seconds to wait; None for the session's own
        Raises `DeadlineError`, what the app raised, or `WebSocketDisconnect` when it ended without closing.
        """
        return self._next("websocket message", self.timeout_s if timeout is None else timeout)

    def receive_text(self, timeout: float | None = None) -> str:
        """Return the text of the next frame; ``KeyError`` when it is a binary one."""
        message = self.receive(timeout)
        self._raise_on_close(message)
        return cast(str, message["text"])

    def receive_bytes(self, timeout: float | None = None) -> bytes:
        """Return the bytes of the next frame; ``KeyError`` when it is a text one."""
        message = self.receive(timeout)
        self._raise_on_close(message)
        return cast(bytes, message["bytes"])

    def receive_json(self, mode: Literal["text", "binary"] = "text", timeout: float | None = None) -> Any:
        """Return the decoded JSON of the next text frame, or of the next binary one."""
        message = self.receive(timeout)
        self._raise_on_close(message)
        return json.loads(message["text"] if mode == "text" else message["bytes"].decode("utf-8"))

    def _next(self, waited_for: str, timeout_s: float | None) -> Message:
        cycle = self._open_cycle()
        try:
            item = cycle.next_message(waited_for, timeout_s)
        except DeadlineError:
            self._client_closed = True
            raise
        if item is not ENDED:
            return cast(Message, item)
        self._client_closed = True
        if cycle.exception is not None:
            reraise(cycle.exception)
        raise _disconnect(1006, f"the app returned without {_owed(cycle)}")

    def _open_cycle(self) -> WebSocketCycle:
        if self._cycle is None:
            raise LoopError("the WebSocket is not connected: use it inside `with client.websocket_connect(...)`")
        return self._cycle

    def _leave(self, cycle: WebSocketCycle) -> None:
        self._client_closed = True
        cycle.finish()

    def _raise_on_close(self, message: Message) -> None:
        if message["type"] == "websocket.close":
            raise _disconnect(message.get("code", 1000), message.get("reason", ""))
        if message["type"] == "websocket.http.response.start":
            raise _denial(message["status"], list(message.get("headers", ())), self._rest_of_denial())

    def _rest_of_denial(self) -> bytes:
        body: list[bytes] = []
        while True:
            message = self.receive()
            body.append(message.get("body", b""))
            if not message.get("more_body", False):
                return b"".join(body)


def _owed(cycle: WebSocketCycle) -> str:
    return "accepting or closing the WebSocket" if cycle.state in ("connecting", "handshake") else "closing it"


def _disconnect(code: int, reason: str | None) -> WebSocketDisconnect:
    return cast(WebSocketDisconnect, _joined(WebSocketDisconnect, _starlettes())(code, reason))


def _denial(status: int, headers: Any, body: bytes) -> WebSocketDenialResponse:
    denial = _joined(WebSocketDenialResponse, _starlettes())
    return cast(WebSocketDenialResponse, denial(status_code=status, headers=headers, content=body))


def _revive_denial(state: dict[str, Any]) -> WebSocketDenialResponse:
    denial: WebSocketDenialResponse = _joined(WebSocketDenialResponse, _starlettes())(state["status_code"])
    denial.__setstate__(state)
    return denial


def _starlettes() -> Any:
    return getattr(sys.modules.get("starlette.websockets"), "WebSocketDisconnect", None)


@functools.cache
def _joined(ours: Any, theirs: Any) -> Any:
    if theirs is None:
        return ours
    return type(ours.__name__, (ours, theirs), {"__module__": ours.__module__, "__doc__": ours.__doc__})
