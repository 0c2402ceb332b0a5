"""`WebSocketEnd`, the base class of both WebSocket sessions, and the exceptions they raise. Nothing here blocks.

If Starlette is imported already, `WebSocketDisconnect` and `WebSocketDenialResponse` are raised as a subclass of its
exception too, so that ``except starlette.websockets.WebSocketDisconnect`` catches them. It is never imported from here.
"""

from __future__ import annotations

import functools
import json
import sys
from typing import TYPE_CHECKING, Any, Literal, cast

from ..engine.call import reraise
from ..engine.call_handle import ENDED
from ..engine.jobs import is_cancellation
from ..engine.loops import Loop
from ..engine.websocket import WebSocketCycle
from ..protocol.errors import LoopError
from ..protocol.exception_parts import is_a, members_of
from ..protocol.types import Message, Scope
from ..protocol.violations import Violation
from .app_runner import AppRunner
from .httpx import httpx
from .options import CallOptions

if TYPE_CHECKING:
    from ..engine.runs import WebSocketRun


class WebSocketDisconnect(Exception):
    """
    Raised when the app closes the connection, or ends without closing it.

    :ivar code: the close code of RFC 6455, section 7.4; 1006 if the app sent none
    :ivar reason: the app's reason; may be empty
    """

    def __init__(self, code: int = 1000, reason: str | None = None) -> None:
        super().__init__(code, reason or "")
        self.code = code
        self.reason = reason or ""

    def __str__(self) -> str:
        return f"code {self.code}: {self.reason}" if self.reason else f"code {self.code}"

    def __reduce__(self) -> tuple[Any, ...]:
        return build_disconnect, (self.code, self.reason)


class WebSocketDenialResponse(httpx.Response, WebSocketDisconnect):  # type: ignore[misc]  # both define __setstate__
    """Raised when the app denies the handshake with an HTTP response; is itself that response. ``code`` is 1006."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        httpx.Response.__init__(self, *args, **kwargs)
        self.code = 1006
        self.reason = f"{self.status_code} {self.reason_phrase}"

    def __reduce__(self) -> tuple[Any, ...]:
        return _revive_denial, (self.__getstate__(),)

    def __str__(self) -> str:
        return f"the app denied the WebSocket with {self.reason}"


def reports_disconnect(exception: BaseException) -> bool:
    """Return whether an exception only says that the connection is closed: each framework has its own class for it."""
    if is_a(exception, BaseExceptionGroup):
        return all(map(reports_disconnect, members_of(exception)))
    names = (kind.__name__.lower() for kind in type(exception).__mro__)
    return is_cancellation(exception) or any(
        "disconnect" in name or name in ("connectionclosed", "websocketclosed") for name in names
    )


def build_disconnect(code: int, reason: str | None) -> WebSocketDisconnect:
    """Return the exception for a connection that the app has ended."""
    return cast(WebSocketDisconnect, _raisable(WebSocketDisconnect)(code, reason))


def build_denial(status: int, headers: Any, body: bytes) -> WebSocketDenialResponse:
    """Return the exception for a handshake that the app denied with a response."""
    denial = _raisable(WebSocketDenialResponse)(status_code=status, headers=headers, content=body)
    return cast(WebSocketDenialResponse, denial)


def _revive_denial(state: dict[str, Any]) -> WebSocketDenialResponse:
    denial: WebSocketDenialResponse = _raisable(WebSocketDenialResponse)(state["status_code"])
    denial.__setstate__(state)
    return denial


def _raisable(ours: type) -> Any:
    """Return our class, or its subclass that is Starlette's exception too."""
    theirs = getattr(sys.modules.get("starlette.websockets"), "WebSocketDisconnect", None)
    return ours if theirs is None else _combined(ours, theirs)


@functools.cache
def _combined(ours: type, theirs: type) -> type:
    return type(ours.__name__, (ours, theirs), {"__module__": ours.__module__, "__doc__": ours.__doc__})


class WebSocketOpened(Exception):
    """Carries a session past httpx's response hooks, because it is not a response."""

    def __init__(self, session: Any) -> None:
        self.session = session


class WebSocketEnd:
    """
    The client's end of a WebSocket.

    :param runner: runs the app
    :ivar scope: the dict that the app has, with what it writes into it; a new one for each connection
    :param timeout_s: the longest wait for a message of the app; None for no limit
    """

    __test__ = False

    def __init__(
        self, runner: AppRunner, scope: Scope, options: CallOptions, *, timeout_s: float | None = None
    ) -> None:
        self.app = runner.app
        self.scope = self._first_scope = scope
        self.accepted_subprotocol: str | None = None
        self.extra_headers: Any = None
        self.timeout_s = timeout_s
        self._runner = runner
        self._options = options
        self._cycle: WebSocketCycle | None = None
        self._client_closed = False

    def __repr__(self) -> str:
        status = "not connected" if self._cycle is None else "closed" if self._client_closed else "connected"
        return f"<{type(self).__name__} {self.scope['path']}: {status}>"

    @property
    def violations(self) -> list[Violation]:
        """The app's violations of the protocol so far."""
        return self._cycle.violations if self._cycle is not None else []

    @property
    def run(self) -> WebSocketRun | None:
        """The frozen record, if enabled and the app has ended; else None."""
        return cast("WebSocketRun | None", self._cycle.run if self._cycle is not None else None)

    def _connect(self, loop: Loop) -> WebSocketCycle:
        """Return a connection that is not started yet."""
        defaults, options = self._runner.defaults, self._options
        observer = defaults.observer(options)
        if self._cycle is None:
            self._first_scope = dict(self.scope)
        else:
            self.scope = dict(self._first_scope)
        cycle = WebSocketCycle(self.app, self.scope, loop, observer=observer, record=defaults.record)
        self._cycle, self._client_closed = cycle, False
        if options.on_call is not None:
            options.on_call(cycle)
        return cycle

    def _accepted(self, message: Message) -> None:
        self.accepted_subprotocol = message.get("subprotocol")
        self.extra_headers = message.get("headers")

    def _open_cycle(self) -> WebSocketCycle:
        if self._cycle is None:
            raise LoopError("the WebSocket is not connected: use it inside `with client.websocket_connect(...)`")
        return self._cycle

    def _push(self, message: Message) -> None:
        """Put a message into the app's receive queue; raise the exception that has ended the app."""
        cycle = self._open_cycle()
        if cycle.ended and cycle.exception is not None:
            reraise(cycle.exception)
        cycle.push(message)

    def _push_close(self, code: int, reason: str | None) -> None:
        if not self._client_closed:
            self._client_closed = True
            self._open_cycle().push({"type": "websocket.disconnect", "code": code, "reason": reason})

    def _received(self, item: Any) -> Message:
        """Return an item of the inbox as a message; raise if it marks the end of the app."""
        cycle = self._open_cycle()
        if item is not ENDED:
            return cast(Message, item)
        self._client_closed = True
        if cycle.exception is not None:
            reraise(cycle.exception)
        unaccepted = cycle.state in ("connecting", "handshake")
        missing = "accepting or closing the WebSocket" if unaccepted else "closing it"
        raise build_disconnect(1006, f"the app returned without {missing}")

    def _raise_errors(self, cycle: WebSocketCycle, leaving: BaseException | None) -> None:
        """
        Raise the app's exception, or its first violation if strict, unless ``leaving`` is already being raised.

        An app that raises after it has closed or denied raises instead of `WebSocketDisconnect`, as in Starlette's
        client.
        """
        if leaving is not None:
            raised = None if not isinstance(leaving, WebSocketDisconnect) else cycle.exception
            if raised is not None and not reports_disconnect(raised):
                reraise(raised)
            return
        if cycle.exception is not None:
            reraise(cycle.exception)  # including its own WebSocketDisconnect, as in Starlette's client
        elif self._runner.defaults.is_strict(self._options) and cycle.violations:
            raise cycle.violations[0].error()


def raise_on_close(message: Message) -> None:
    """Raise `WebSocketDisconnect` for the message that closes the connection."""
    if message["type"] == "websocket.close":
        raise build_disconnect(message.get("code", 1000), message.get("reason", ""))


def denial_of(start: Message, body: list[Message]) -> Exception:
    """Return the exception for a handshake that the app denied with these messages of an HTTP response."""
    content = b"".join(message.get("body", b"") for message in body)
    return build_denial(start["status"], list(start.get("headers", ())), content)


def payload_of(message: Message) -> str | bytes | None:
    """Return the payload of a frame; None for ``websocket.close``."""
    if message["type"] == "websocket.close":
        return None
    text = message.get("text")
    return cast("str | bytes", text if text is not None else message["bytes"])


def build_json_frame(data: Any, mode: Literal["text", "binary"]) -> Message:
    """Return the message with compact JSON as text, or as UTF-8 bytes."""
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    if mode == "text":
        return {"type": "websocket.receive", "text": text}
    return {"type": "websocket.receive", "bytes": text.encode("utf-8")}


def read_json_frame(message: Message, mode: Literal["text", "binary"]) -> Any:
    """Return the JSON of a frame."""
    return json.loads(message["text"] if mode == "text" else message["bytes"].decode("utf-8"))
