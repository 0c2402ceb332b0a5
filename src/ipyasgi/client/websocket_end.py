"""The client's end of a WebSocket, as far as it does not wait: what both sessions know. No way to block in here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal, cast

from ..engine.call import reraise
from ..engine.call_handle import ENDED
from ..engine.loops import Loop
from ..engine.websocket import WebSocketCycle
from ..protocol.errors import LoopError
from ..protocol.types import Message, Scope
from ..protocol.violations import Violation
from .app_runner import AppRunner
from .disconnects import build_denial, build_disconnect
from .options import CallOptions

if TYPE_CHECKING:
    from ..engine.runs import WebSocketRun


class WebSocketOpened(Exception):
    """Carries a session past httpx's response hooks, which must not see a response that is none."""

    def __init__(self, session: Any) -> None:
        self.session = session


class WebSocketEnd:
    """
    One WebSocket to the app; connects on entering, may be entered again after leaving.

    :param runner: runs the app
    :param scope: copied for each connection
    :param timeout_s: the longest wait for a message of the app, None for ever
    :ivar accepted_subprotocol: what the app chose; None before entering
    :ivar extra_headers: the headers of ``websocket.accept``; None before entering
    """

    __test__ = False

    def __init__(
        self, runner: AppRunner, scope: Scope, options: CallOptions, *, timeout_s: float | None = None
    ) -> None:
        self.app = runner.app
        self.scope = scope
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
        """What the app did against the protocol, so far."""
        return self._cycle.violations if self._cycle is not None else []

    @property
    def run(self) -> WebSocketRun | None:
        """The frozen record, once the app has ended and where one is kept."""
        return cast("WebSocketRun | None", self._cycle.run if self._cycle is not None else None)

    def _connect(self, loop: Loop) -> WebSocketCycle:
        """Return a connection that is not begun yet."""
        defaults, options = self._runner.defaults, self._options
        observer = defaults.observer(options)
        cycle = WebSocketCycle(self.app, dict(self.scope), loop, observer=observer, record=defaults.record)
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
        self._open_cycle().push(message)

    def _push_close(self, code: int, reason: str | None) -> None:
        if not self._client_closed:
            self._client_closed = True
            self._push({"type": "websocket.disconnect", "code": code, "reason": reason})

    def _received(self, item: Any) -> Message:
        """Return what came out of the inbox as a message; raises when it is the end."""
        cycle = self._open_cycle()
        if item is not ENDED:
            return cast(Message, item)
        self._client_closed = True
        if cycle.exception is not None:
            reraise(cycle.exception)
        raise build_disconnect(1006, f"the app returned without {_owed(cycle)}")

    def _raise_errors(self, cycle: WebSocketCycle, leaving: BaseException | None) -> None:
        """Raise what the app did wrong, unless something else is being raised already."""
        if leaving is not None:
            return
        if cycle.exception is not None:
            reraise(cycle.exception)  # also its own WebSocketDisconnect, as Starlette's client does
        elif self._runner.defaults.is_strict(self._options) and cycle.violations:
            raise cycle.violations[0].error()


def raise_on_close(message: Message) -> None:
    """Raise `WebSocketDisconnect` for the message that closes the connection."""
    if message["type"] == "websocket.close":
        raise build_disconnect(message.get("code", 1000), message.get("reason", ""))


def is_denial(message: Message) -> bool:
    """Tell whether the app answers the handshake with an HTTP response."""
    return bool(message["type"] == "websocket.http.response.start")


class Denial:
    """The HTTP response to a handshake, put together message by message."""

    def __init__(self, start: Message) -> None:
        self._start = start
        self._body: list[bytes] = []
        self.complete = False

    def add(self, message: Message) -> None:
        """Take one message of the body."""
        self._body.append(message.get("body", b""))
        self.complete = not message.get("more_body", False)

    def error(self) -> Exception:
        """Return what is raised."""
        return build_denial(self._start["status"], list(self._start.get("headers", ())), b"".join(self._body))


def payload_of(message: Message) -> str | bytes | None:
    """Return what a frame carries; None for the message that closes."""
    if message["type"] == "websocket.close":
        return None
    text = message.get("text")
    return cast("str | bytes", text if text is not None else message["bytes"])


def build_json_frame(data: Any, mode: Literal["text", "binary"]) -> Message:
    """Return the message that carries compact JSON as text, or as the UTF-8 bytes of it."""
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    if mode == "text":
        return {"type": "websocket.receive", "text": text}
    return {"type": "websocket.receive", "bytes": text.encode("utf-8")}


def read_json_frame(message: Message, mode: Literal["text", "binary"]) -> Any:
    """Return the JSON of a frame."""
    return json.loads(message["text"] if mode == "text" else message["bytes"].decode("utf-8"))


def _owed(cycle: WebSocketCycle) -> str:
    return "accepting or closing the WebSocket" if cycle.state in ("connecting", "handshake") else "closing it"
