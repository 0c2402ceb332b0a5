"""`WebSocketSession`: a WebSocket that stays open while you go on. Shows nothing; a console does, and so may a cell.

A thread of the explorer's background loop waits for the app's messages; yours are sent from any other thread and never
wait. `SessionRegistry` knows which sessions of one explorer are open, to be ended with the app, and keeps the records
of those that have ended; `WebSocketSessions` are these records, to be read.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any, Literal, cast, overload

from ..client.httpx import httpx
from ..client.options import OPTIONS, CallOptions
from ..client.testclient import TestClient
from ..client.websocket import WebSocketTestSession
from ..client.websocket_end import WebSocketDenialResponse, WebSocketDisconnect
from ..engine.call import AppCall
from ..engine.call_handle import CLEANUP_GRACE_S
from ..engine.jobs import await_future
from ..engine.loops import CANCEL_GRACE_S, Loop
from ..engine.runs import WebSocketRun
from ..engine.strategy import run_in_thread
from ..protocol.errors import IpyasgiError, RequestError
from ..records.state import Places
from .call_recorder import CallRecorder
from .request_kwargs import cookies_of

MESSAGES_KEPT = 10_000
"""Messages of one session that `WebSocketSession.messages` holds; the newest stay."""
BYTES_KEPT = 16 * 1024 * 1024
"""Bytes that they may come to; the newest message stays whatever its size."""
RUNS_KEPT = 20
"""Records that an explorer keeps; one holds up to 2 MB of what was said."""

Status = Literal["connecting", "open", "closing", "ended"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SocketMessage:
    """
    One message of a WebSocket session, as it was said.

    :ivar number: from 1, in the order of this list
    :ivar direction: ``receive`` (the app receives it, you said it) or ``send`` (the app sent it), as in an `Event`
    :ivar payload: text or bytes, whole
    :ivar at_ns: nanoseconds since the session began
    """

    number: int
    direction: Literal["receive", "send"]
    payload: str | bytes
    at_ns: int

    @property
    def size_bytes(self) -> int:
        """Size of the payload, a text's in UTF-8."""
        payload = self.payload
        return len(payload.encode("utf-8", "surrogatepass")) if isinstance(payload, str) else len(payload)

    def __repr__(self) -> str:
        kind = "text" if isinstance(self.payload, str) else "bytes"
        return f"<{self.direction} {kind} at {self.at_ns / 1e6:.2f} ms, {self.size_bytes} bytes>"


class WebSocketSession:
    """
    One WebSocket, connected from the start and open until you or the app closes it.

    :param client: has the app
    :param loop: on whose threads the app is listened to
    :param path: of the socket, with its query
    :param options: of the handshake: ``headers``, ``params``, ``cookies`` and ``auth``, as in httpx
    :param places: what is watched of the app's state
    :param timeout_s: for the handshake; then the app may be silent for ever
    :param on_message: called with each message, on the thread that sent or received it
    :param on_change: called when `status` has changed; ``ended`` is the last
    :ivar subprotocol: what the app chose, None where it chose none
    :ivar ending: in words, how it ended; empty before
    :ivar exception: what ended it other than a close, such as what the app raised
    :ivar run: the record, once it has ended
    """

    def __init__(
        self,
        client: TestClient,
        loop: Loop,
        path: str,
        *,
        places: Places,
        options: Mapping[str, Any],
        subprotocols: Sequence[str] | None = None,
        timeout_s: float | None = None,
        on_message: Callable[[SocketMessage], object] = lambda message: None,
        on_change: Callable[[WebSocketSession], object] = lambda session: None,
        on_end: Callable[[WebSocketSession], object] = lambda session: None,
    ) -> None:
        self.path = path
        self.status: Status = "connecting"
        self.subprotocol: str | None = None
        self.ending = ""
        self.exception: BaseException | None = None
        self.run: WebSocketRun | None = None
        self._recorder = CallRecorder(places)
        self._connect: Callable[[], WebSocketTestSession] = lambda: client.websocket_connect(
            path,
            list(subprotocols) if subprotocols else None,
            **handshake(client, path, options),
            timeout=timeout_s,
            extensions={OPTIONS: CallOptions(observe=lambda: self._recorder, on_call=self._begun)},
        )
        self._on_message, self._on_change, self._on_end = on_message, on_change, on_end
        self._lock = threading.RLock()
        self._zero_ns = time.perf_counter_ns()
        self._kept: deque[SocketMessage] = deque()
        self._kept_bytes = self._numbers = 0
        self._early: list[str | bytes] = []
        self._session: WebSocketTestSession | None = None
        self._call: AppCall | None = None
        self._leaving: tuple[int, str] | None = None
        self._ended: Future[None] = Future()
        self._loop = loop
        self._loop.submit(self._listen)

    # -- from any thread -------------------------------------------------------------------------------------

    @property
    def messages(self) -> tuple[SocketMessage, ...]:
        """The messages so far in both directions; of a long session the newest."""
        with self._lock:
            return tuple(self._kept)

    @property
    def elapsed_ns(self) -> int:
        """Nanoseconds since it began."""
        return time.perf_counter_ns() - self._zero_ns

    def done(self) -> bool:
        """Tell whether it has ended."""
        return self._ended.done()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the end, that many seconds at most; False when it has not come."""
        with contextlib.suppress(TimeoutError):
            self._loop.wait_future(self._ended, timeout)
        return self.done()

    def send_text(self, text: str) -> None:
        """Say a text; before the app has accepted it waits for that. Raises `RequestError` where it is over."""
        self._send(text)

    def send_bytes(self, data: bytes) -> None:
        """Say bytes; as `send_text`."""
        self._send(bytes(data))

    def send_json(self, value: Any) -> None:
        """Say a value as compact JSON, as a text; as `send_text`."""
        self._send(json.dumps(value, separators=(",", ":"), ensure_ascii=False))

    def disconnect(self, code: int = 1000, reason: str = "") -> None:
        """Tell the app that you are gone, let it clean up, then cancel it. Returns at once; again is harmless."""
        with self._lock:
            if self._leaving is not None or self.status == "ended":
                return
            self._leaving = (code, reason)
            self.status = "closing"
            session, call = self._session, self._call
            self._on_change(self)  # under the lock and before the app hears of it, so that "ended" comes after
        if session is not None:
            session.close(code, reason)
        if call is not None:
            self._end(call)

    def __repr__(self) -> str:
        path = self.path.partition("?")[0]
        return f"<WebSocketSession {path}: {self.ending or self.status}, {self._numbers} messages>"

    def _send(self, payload: str | bytes) -> None:
        with self._lock:  # also the order of what waits for the handshake
            if self.status in ("closing", "ended"):
                raise RequestError(f"the WebSocket {self.path.partition('?')[0]} is {self.status}: connect again")
            if self._session is None:
                self._early.append(payload)
            else:
                self._say(self._session, payload)

    def _say(self, session: WebSocketTestSession, payload: str | bytes) -> None:
        session.send_text(payload) if isinstance(payload, str) else session.send_bytes(payload)
        self._note("receive", payload)

    def _note(self, direction: Literal["receive", "send"], payload: str | bytes) -> None:
        with self._lock:
            self._numbers += 1
            message = SocketMessage(number=self._numbers, direction=direction, payload=payload, at_ns=self.elapsed_ns)
            self._kept.append(message)
            self._kept_bytes += len(payload)
            while len(self._kept) > MESSAGES_KEPT or (self._kept_bytes > BYTES_KEPT and len(self._kept) > 1):
                self._kept_bytes -= len(self._kept.popleft().payload)
            self._on_message(message)  # under the lock, so that messages are handed on in order

    # -- the listening thread --------------------------------------------------------------------------------

    async def _listen(self) -> None:
        try:
            await await_future(run_in_thread(self._hold))
        finally:
            self._finish()

    def _hold(self) -> None:
        try:
            with self._connect() as session:
                self._open(session)
                while (payload := _payload_of(session)) is not None:
                    self._note("send", payload)
        except WebSocketDenialResponse as exc:
            self.ending = f"refused with {exc.reason}"
        except WebSocketDisconnect as exc:
            self.ending = self._closing(exc)
        except BaseException as exc:  # the app's own, a deadline: kept as ``exception``
            self.exception = exc
            ours = isinstance(exc, IpyasgiError)  # the words of any other may hold a secret
            self.ending = str(exc).partition("\n")[0] if ours else f"ended by {type(exc).__name__}"

    def _open(self, session: WebSocketTestSession) -> None:
        session.timeout_s = None  # the handshake was awaited with a deadline; an app may be silent as long as it likes
        with self._lock:
            self.subprotocol = session.accepted_subprotocol
            self._session = session
            leaving = self._leaving
            if leaving is None:
                self.status = "open"
                self._on_change(self)  # before what waited for it is said
                early, self._early = self._early, []
                for payload in early:
                    self._say(session, payload)
        if leaving is not None:
            session.close(*leaving)

    def _closing(self, exc: WebSocketDisconnect) -> str:
        if self._leaving is not None:
            code, reason = self._leaving
            return f"closed by you, {code} {reason}".rstrip()
        if self._session is None:
            return f"never accepted: {exc.reason}" if exc.code == 1006 else f"refused with 403, {exc}"
        return f"closed by the app, {exc}"

    def _finish(self) -> None:
        with self._lock:
            self.run = cast("WebSocketRun | None", self._recorder.run_with_exception)
            self.ending = self.ending or "ended with its loop"
            self.status = "ended"
        self._on_end(self)
        if not self._ended.done():
            self._ended.set_result(None)
        self._on_change(self)

    def _begun(self, call: AppCall) -> None:
        with self._lock:
            self._call = call
            leaving = self._leaving
        if leaving is not None:
            self._end(call)

    def _end(self, call: AppCall) -> None:
        call.cancel_soon()
        self._loop.submit(self._leave_behind, call)

    async def _leave_behind(self, call: AppCall) -> None:
        """After the grace, stop waiting for an app that cannot be cancelled."""
        with contextlib.suppress(Exception):
            await await_future(self._ended, CLEANUP_GRACE_S + CANCEL_GRACE_S)
        if not self.done():
            call.abandon()


def _payload_of(session: WebSocketTestSession) -> str | bytes | None:
    """Return what the app says next; raises `WebSocketDisconnect` for its close."""
    message = session.receive()
    if message["type"] == "websocket.close":
        raise WebSocketDisconnect(message.get("code", 1000), message.get("reason", ""))
    text = message.get("text")
    return cast("str | bytes", text if text is not None else message.get("bytes", b""))


def handshake(client: TestClient, path: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return the arguments of ``websocket_connect`` for ``headers``, ``params``, ``cookies`` and ``auth``.

    Cookies become a header here, beside those of the client: httpx warns of cookies that are given with one request.
    """
    cookies = options.get("cookies")
    others = {name: value for name, value in options.items() if name != "cookies"}
    if not cookies:
        return others
    headers = httpx.Headers(options.get("headers"))
    sent = client.build_request("GET", path, cookies=cookies_of(cookies)).headers.get("cookie", "")
    if sent:
        headers.setdefault("cookie", sent)
    return {**others, "headers": headers}


class SessionRegistry:
    """The WebSocket sessions of one explorer: those under way, and the records of the last 20 that have ended."""

    def __init__(self) -> None:
        self._runs: deque[WebSocketRun] = deque(maxlen=RUNS_KEPT)
        self._open: set[WebSocketSession] = set()
        self._lock = threading.Lock()

    @property
    def runs(self) -> tuple[WebSocketRun, ...]:
        """The records, newest last."""
        return tuple(self._runs)

    @property
    def open_count(self) -> int:
        """How many are under way."""
        return len(self._open)

    def keep(self, run: WebSocketRun | None) -> None:
        """Add the record of one that has ended; only the newest keeps what its app raised, with its frames."""
        if run is None:
            return
        with self._lock:
            if self._runs:
                self._runs[-1] = replace(self._runs[-1], exception=None)
            self._runs.append(run)

    def opened(self, session: WebSocketSession) -> None:
        """Add one that is under way."""
        with self._lock:
            if session.status != "ended":  # it may be over by now
                self._open.add(session)

    def ended(self, session: WebSocketSession) -> None:
        """Remove one from those under way, and keep its record."""
        with self._lock:
            self._open.discard(session)
        self.keep(session.run)

    def end_all(self) -> None:
        """Disconnect whatever is under way, and wait while it cleans up: the app is about to go."""
        with self._lock:
            found = tuple(self._open)
        for one in found:
            one.disconnect(1001, "the client is going away")
        until_s = time.monotonic() + CLEANUP_GRACE_S + 2 * CANCEL_GRACE_S
        for one in found:
            one.wait(max(until_s - time.monotonic(), 0.0))


class WebSocketSessions(Sequence[WebSocketRun]):
    """The records of one explorer's WebSockets that have ended, newest last; the oldest of more than 20 go."""

    def __init__(self, registry: SessionRegistry) -> None:
        self._registry = registry

    @overload
    def __getitem__(self, key: int) -> WebSocketRun: ...
    @overload
    def __getitem__(self, key: slice) -> tuple[WebSocketRun, ...]: ...
    def __getitem__(self, key: int | slice) -> WebSocketRun | tuple[WebSocketRun, ...]:
        return self._registry.runs[key]

    def __iter__(self) -> Iterator[WebSocketRun]:
        return iter(self._registry.runs)

    def __len__(self) -> int:
        return len(self._registry.runs)

    def __repr__(self) -> str:
        return f"<WebSocketSessions: {len(self)} ended, {self._registry.open_count} under way>"
