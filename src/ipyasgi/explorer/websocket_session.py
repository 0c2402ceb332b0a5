"""`WebSocketSession`: a WebSocket that stays open. `SessionRegistry`: the sessions and records of one explorer."""

from __future__ import annotations

import base64
import contextlib
import functools
import json
import math
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, cast

from ..client.httpx import httpx
from ..client.options import OPTIONS, CallOptions
from ..client.testclient import TestClient
from ..client.websocket import WebSocketTestSession
from ..client.websocket_end import WebSocketDenialResponse, WebSocketDisconnect
from ..engine import graces
from ..engine.call import AppCall
from ..engine.deadline_clock import DEADLINE_CLOCK
from ..engine.inbox import NOTHING, Inbox, WaitPlan
from ..engine.jobs import await_future
from ..engine.loops import Loop
from ..engine.runs import Event, Run, WebSocketRun
from ..engine.strategy import run_in_thread
from ..protocol.errors import IpyasgiError, RequestError
from ..records.override import SentOverride
from ..records.redaction import Redactor
from ..records.state import Places
from .call_recorder import CallRecorder
from .request_kwargs import HandshakeKwargs, check_auth, cookies_of

if TYPE_CHECKING:
    from ..tracing.traced_call import TracedCall

MESSAGES_KEPT = 10_000
"""Messages in `WebSocketSession.messages`; older ones are dropped."""
BYTES_KEPT = 16 * 1024 * 1024
"""Bytes of these messages; the newest message is always kept."""
RUNS_KEPT = 20
"""Records in an explorer; each contains up to 2 MB of messages."""

Status = Literal["connecting", "open", "closing", "ended"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SocketMessage:
    """
    One message of a WebSocket session.

    :ivar number: from 1, in both directions
    :ivar direction: ``receive`` (the app receives it, you sent it) or ``send`` (the app sent it), as in an `Event`
    :ivar payload: text or bytes, complete
    :ivar at_ns: nanoseconds since the session began
    """

    number: int
    direction: Literal["receive", "send"]
    payload: str | bytes
    at_ns: int

    @property
    def size_bytes(self) -> int:
        """Size of the payload, in UTF-8 if it is text."""
        payload = self.payload
        return len(payload.encode("utf-8", "surrogatepass")) if isinstance(payload, str) else len(payload)

    def __repr__(self) -> str:
        kind = "text" if isinstance(self.payload, str) else "bytes"
        return f"<{self.direction} {kind} at {self.at_ns / 1e6:.2f} ms, {self.size_bytes} bytes>"


class WebSocketSession:
    """
    A WebSocket that is open until you or the app closes it.

    :param loop: one of its threads waits for the app's messages; any other thread can send, without waiting
    :param path: the path with its query
    :param options: of the handshake
    :param places: the app's state to record
    :param timeout_s: for the handshake; after that the app may be silent for any time
    :param on_message: called with each message, on the thread that sent or received it
    :param on_change: called when `status` has changed; ``ended`` is the last status
    :param overrides: the dependencies of the app that are overridden
    :ivar subprotocol: the app's choice, None without one
    :ivar ending: how it ended, as text; empty before
    :ivar exception: the exception that ended it, such as the app's; None for a close
    :ivar run: the record, after it has ended; ``recorder`` has what else was recorded
    """

    def __init__(
        self,
        client: TestClient,
        loop: Loop,
        path: str,
        *,
        places: Places,
        options: HandshakeKwargs,
        subprotocols: Sequence[str] | None,
        timeout_s: float | None,
        on_message: Callable[[SocketMessage], object],
        on_change: Callable[[WebSocketSession], object],
        on_end: Callable[[WebSocketSession], object],
        traced: TracedCall | None = None,
        overrides: tuple[SentOverride, ...] = (),
    ) -> None:
        check_handshake(path, options)
        self.path = path
        self.status: Status = "connecting"
        self.subprotocol: str | None = None
        self.ending = ""
        self.exception: BaseException | None = None
        self.run: WebSocketRun | None = None
        self.recorder = CallRecorder(places, traced=traced)
        self.recorder.overrides = overrides
        sending = CallOptions(observe=lambda: self.recorder, on_call=self._begun)
        self._connect = functools.partial(connect, client, path, subprotocols, options, timeout_s, sending)
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
        """The messages in both directions; in a long session the newest."""
        with self._lock:
            return tuple(self._kept)

    @property
    def elapsed_ns(self) -> int:
        """Nanoseconds since the session began."""
        return time.perf_counter_ns() - self._zero_ns

    def done(self) -> bool:
        """Return whether the session has ended."""
        return self._ended.done()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the end, at most ``timeout`` seconds, and return whether the session has ended."""
        with contextlib.suppress(TimeoutError):
            self._loop.wait_future(self._ended, timeout)
        return self.done()

    def send_text(self, text: str) -> None:
        """Send text; it is queued until the app has accepted. Raises `RequestError` after the end."""
        self._send(text)

    def send_bytes(self, data: bytes) -> None:
        """Send bytes, like `send_text`."""
        self._send(bytes(data))

    def send_json(self, value: Any) -> None:
        """Send a value as compact JSON text, like `send_text`."""
        self._send(json.dumps(value, separators=(",", ":"), ensure_ascii=False))

    def disconnect(self, code: int = 1000, reason: str = "") -> None:
        """Disconnect; the app may clean up, then it is cancelled. Returns at once; a second call does nothing."""
        with self._lock:
            if self._leaving is not None or self.status == "ended":
                return
            self._leaving = (code, reason)
            self.status = "closing"
            session, call = self._session, self._call
            self._on_change(self)  # under the lock and before the app is notified, so that "ended" follows
        if session is not None:
            session.close(code, reason)
        if call is not None:
            call.end_soon(self._loop, self._ended)

    def __repr__(self) -> str:
        path, status = Redactor().url(self.path.partition("?")[0]), Redactor().text(self.ending or self.status)
        return f"<WebSocketSession {path}: {status}, {self._numbers} messages>"

    def _send(self, payload: str | bytes) -> None:
        with self._lock:  # also for the order of the queued messages
            if self.status in ("closing", "ended") or (self._call is not None and self._call.ended):
                raise RequestError(f"the WebSocket {self.path.partition('?')[0]} is {self.status}: connect again")
            if self._session is None:
                self._early.append(payload)
            else:
                self._send_now(self._session, payload)

    def _send_now(self, session: WebSocketTestSession, payload: str | bytes) -> None:
        send_payload(session, payload)
        self._note("receive", payload)

    def _note(self, direction: Literal["receive", "send"], payload: str | bytes) -> None:
        with self._lock:
            self._numbers += 1
            message = SocketMessage(number=self._numbers, direction=direction, payload=payload, at_ns=self.elapsed_ns)
            self._kept.append(message)
            self._kept_bytes += len(payload)
            while len(self._kept) > MESSAGES_KEPT or (self._kept_bytes > BYTES_KEPT and len(self._kept) > 1):
                self._kept_bytes -= len(self._kept.popleft().payload)
            self._on_message(message)  # under the lock, so that the calls are in order

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
        except BaseException as exc:  # from the app, or a deadline; stored as ``exception``
            if self.recorder.only_left(exc):
                self.ending = self._closing(None)
                return
            self.exception = exc
            ours = isinstance(exc, IpyasgiError)  # the text of any other may contain a secret
            self.ending = str(exc).partition("\n")[0] if ours else f"ended by {type(exc).__name__}"

    def _open(self, session: WebSocketTestSession) -> None:
        session.timeout_s = None  # the deadline was for the handshake
        with self._lock:
            self.subprotocol = session.accepted_subprotocol
            self._session = session
            leaving = self._leaving
            if leaving is None:
                self.status = "open"
                self._on_change(self)  # before the queued messages
                early, self._early = self._early, []
                for payload in early:
                    self._send_now(session, payload)
        if leaving is not None:
            session.close(*leaving)

    def _closing(self, exc: WebSocketDisconnect | None) -> str:
        run = self.recorder.websocket_run
        if self._leaving is not None and (run is None or run.closed_by != "app"):
            code, reason = self._leaving
            return f"closed by you, {code} {reason}".rstrip()
        if exc is None:  # the app left after its own close
            assert run is not None
            return f"closed by the app, code {run.close_code} {run.close_reason}".rstrip()
        if self._session is None:
            return f"never accepted: {exc.reason}" if exc.code == 1006 else f"refused with 403, {exc}"
        return f"closed by the app, {exc}"

    def _finish(self) -> None:
        with self._lock:
            self.run = self.recorder.websocket_run
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
            call.end_soon(self._loop, self._ended)


def send_payload(session: WebSocketTestSession, payload: str | bytes) -> None:
    """Send text or bytes."""
    session.send_text(payload) if isinstance(payload, str) else session.send_bytes(payload)


def _payload_of(session: WebSocketTestSession) -> str | bytes | None:
    """Return the payload of the app's next message; raises `WebSocketDisconnect` for a close."""
    message = session.receive()
    if message["type"] == "websocket.close":
        raise WebSocketDisconnect(message.get("code", 1000), message.get("reason", ""))
    text = message.get("text")
    return cast("str | bytes", text if text is not None else message.get("bytes", b""))


def connect(
    client: TestClient,
    path: str,
    subprotocols: Sequence[str] | None,
    options: HandshakeKwargs,
    timeout_s: float | None,
    sending: CallOptions,
) -> WebSocketTestSession:
    """Return a session to enter; accepts the arguments of `WebSocketSession`."""
    given: dict[str, Any] = {**options, "headers": httpx.Headers(options.get("headers"))}
    for name, value in (
        ("connection", "Upgrade"),
        ("upgrade", "websocket"),  # checked by engine.io
        ("sec-websocket-key", base64.b64encode(secrets.token_bytes(16)).decode("ascii")),
    ):
        given["headers"].setdefault(name, value)
    given.pop("trace", None)
    cookies = given.pop("cookies", None)
    if cookies:  # sent as a header, with the client's: httpx warns about cookies for one request
        sent = client.build_request("GET", path, cookies=cookies_of(cookies)).headers.get("cookie", "")
        if sent:
            given["headers"].setdefault("cookie", sent)
    names = list(subprotocols) if subprotocols else None
    return client.websocket_connect(path, names, **given, timeout=timeout_s, extensions={OPTIONS: sending})


class QuietRecorder(CallRecorder):
    """Record a WebSocket, and wait until it has been silent for some time."""

    def __init__(self, places: Places, traced: TracedCall | None = None) -> None:
        super().__init__(places, traced=traced)
        self._over = Inbox()
        self._loop: Loop | None = None
        self._last_message_s = DEADLINE_CLOCK.now_s()

    def message(self, event: Event) -> None:
        super().message(event)
        self._last_message_s = DEADLINE_CLOCK.now_s()
        if event.type == "websocket.close":
            self._over.put(None)

    def closed(self, run: Run) -> None:
        super().closed(run)
        self._over.put(None)

    def begun(self, call: AppCall) -> None:
        """Store the loop of the call, to wait for its messages."""
        self._loop = call.loop

    def wait_quiet(self, wait_s: float, until_s: float) -> None:
        """Wait for ``wait_s`` seconds of silence, the app's close, or the time ``until_s`` (by `DEADLINE_CLOCK`)."""
        if self._loop is not None:
            self._loop.wait(self._over, self._wait_quiet(wait_s, until_s))

    def _wait_quiet(self, wait_s: float, until_s: float) -> WaitPlan[None]:
        while (left_s := min(self._last_message_s + wait_s, until_s) - DEADLINE_CLOCK.now_s()) > 0:
            if (yield left_s) is not NOTHING:
                return


def check_handshake(path: str, options: HandshakeKwargs) -> None:
    """Raise `RequestError` if the path is neither ``/...`` nor an absolute ``ws`` URL, or ``auth`` is invalid."""
    if not path.startswith(("/", "ws://", "wss://")):
        raise RequestError(f"the path {path!r} does not begin with '/': write '/{path}'")
    check_auth(options.get("auth"))


class SessionRegistry:
    """
    The open WebSocket sessions of one explorer, and the records of the last ones that have ended.

    :param on_end: called with the recorder of each session that has ended, if it reached the app
    :ivar runs: the records, newest last
    """

    def __init__(self, on_end: Callable[[WebSocketRun, CallRecorder], object]) -> None:
        self.runs: tuple[WebSocketRun, ...] = ()
        self._on_end = on_end
        self._open: set[WebSocketSession] = set()
        self._lock = threading.Lock()

    def keep(self, recorder: CallRecorder) -> WebSocketRun | None:
        """
        Add the record of a session that has ended, and return it; None if the app was not reached.

        Only the newest record keeps its exception and frames.
        """
        run = recorder.websocket_run
        if run is None:
            return None
        with self._lock:
            earlier = (replace(one, exception=None) for one in self.runs[1 - RUNS_KEPT :])
            self.runs = (*earlier, run)
        self._on_end(run, recorder)
        return run

    def opened(self, session: WebSocketSession) -> None:
        """Add an open session."""
        with self._lock:
            if session.status != "ended":  # it may have ended meanwhile
                self._open.add(session)

    def ended(self, session: WebSocketSession) -> None:
        """Remove a session, and store its record."""
        with self._lock:
            self._open.discard(session)
        self.keep(session.recorder)

    def end_all(self) -> None:
        """Disconnect the open sessions, and wait while the app cleans up."""
        with self._lock:
            found = tuple(self._open)
        for one in found:
            one.disconnect(1001, "the client is going away")
        until_s = time.monotonic() + graces.CLEANUP_S + 2 * graces.CANCEL_S
        for one in found:
            one.wait(max(until_s - time.monotonic(), 0.0))


def exchange_messages(
    client: TestClient,
    registry: SessionRegistry,
    path: str,
    messages: Sequence[str | bytes],
    handshake: HandshakeKwargs,
    *,
    places: Places,
    traced: TracedCall | None,
    subprotocols: Sequence[str] | None,
    wait_s: float,
    timeout_s: float | None,
    overrides: tuple[SentOverride, ...],
) -> WebSocketRun:
    """Do what `Explorer.websocket_exchange` documents, and return the record, which ``registry`` keeps."""
    until_s = math.inf if timeout_s is None else DEADLINE_CLOCK.now_s() + timeout_s
    recorder = QuietRecorder(places, traced)
    recorder.overrides = overrides
    sending = CallOptions(observe=lambda: recorder, on_call=recorder.begun)
    check_handshake(path, handshake)
    session = connect(client, path, subprotocols, handshake, timeout_s, sending)
    try:
        with contextlib.suppress(WebSocketDisconnect), session:
            for message in messages:
                send_payload(session, message)
            recorder.wait_quiet(wait_s, until_s)
    except Exception as exc:
        if not recorder.only_left(exc):
            raise
    finally:
        run = registry.keep(recorder)
    if run is None:
        raise RequestError(f"{path} was not reached: there is no record of the WebSocket")
    return run
