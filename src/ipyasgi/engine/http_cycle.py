"""`HttpCycle`: one HTTP request to the app and its response, with the app's violations.

A buffered cycle needs one callback on the loop and one wake-up of the caller. A streamed one passes the start, then
chunks as the reader asks for them (`CreditWindow`), then the end.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import math
from collections.abc import AsyncGenerator, Iterator
from http import HTTPStatus
from queue import Empty
from typing import TYPE_CHECKING, Any

import anyio
import anyio.lowlevel

from ..protocol.errors import ProtocolError
from ..protocol.judges import http as judge
from ..protocol.judges.body_length import BodyLength
from ..protocol.judges.response import readable_twice
from ..protocol.machines import HTTP, token_of
from ..protocol.types import ASGIApp, Message, Scope
from ..protocol.violations import judge_shape
from .call import AppCall
from .call_handle import ENDED, Deadline
from .deadline_clock import DEADLINE_CLOCK
from .extensions import FILE_MESSAGES, OPT_IN, ServerPush, read_sent_file
from .inbox import NOTHING
from .kept_body import KeptBody
from .loops import Loop
from .request_body import BodyReader, IteratorBody, RequestBody

if TYPE_CHECKING:
    from .recording import Observer

LIMIT_ITEMS = 16
LIMIT_BYTES = 64 * 1024

_STARTED = object()
_COMPLETE = object()
_SOURCE_LOST = object()


class HttpCycle(AppCall):
    """
    One request to the app.

    :param body: the whole request body, sent to the app in one message, or a body that is read as the app receives it
    :param stream: pass the response body in chunks instead of as a whole
    :param wait_background: the cycle ends with the app's coroutine, else with the last message of the response
    :param keep_bytes: the longest body that a buffered response keeps whole; None for no limit

    After `wait_response`, ``status`` is None if the app sent no response, and ``headers`` are byte pairs.

    :ivar early_hints: values of ``Link`` fields, in order
    :ivar pushes: the server pushes that the app requested
    :ivar received: the body that has arrived so far; a streamed one is only counted
    :ivar source_error: the exception of the request body while it was read; the app then gets a disconnect
    """

    def __init__(
        self,
        app: ASGIApp,
        scope: Scope,
        body: bytes | RequestBody,
        loop: Loop,
        *,
        stream: bool = False,
        wait_background: bool = True,
        keep_bytes: int | None = None,
        observer: Observer | None = None,
        record: bool = False,
    ) -> None:
        super().__init__(app, scope, loop, observer=observer, record=record)
        self.status: int | None = None
        self.headers: list[tuple[bytes, bytes]] = []
        self.trailers: list[tuple[bytes, bytes]] | None = None
        self.debug_info: dict[str, Any] | None = None
        self.early_hints: list[bytes] = []
        self.pushes: list[ServerPush] = []
        self.complete = False
        self.source_error: BaseException | None = None
        self._body = body if isinstance(body, bytes) else b""
        self._body_reader = None if isinstance(body, bytes) else BodyReader(body, loop, self._lose_source)
        self._awaiting_body = 0
        self.received = KeptBody(keep_bytes)
        self._complete_ns: int | None = None
        self._head = scope["method"] == "HEAD"
        self._state = HTTP.initial
        self._offered = scope.get("extensions") or ()
        self._length: BodyLength | None = None
        self._stream = stream
        self._wait_background = wait_background
        self._window = CreditWindow(loop) if stream else None
        self._body_given = False
        self._disconnected = False
        self._disconnect_seen = False
        self._disconnect_event: anyio.Event | None = None
        self._body_read = False

    # -- on the loop's thread ----------------------------------------------------------------------------

    async def _run(self) -> None:
        try:
            await super()._run()
        finally:  # also if the app has not read its request
            if self._body_reader is not None:
                self._body_reader.stop()

    async def _receive(self) -> Message:
        self._mark_message()
        if self._body_reader is not None:
            piece = await self._next_piece(self._body_reader)
            if piece is not None:
                return {"type": "http.request", "body": piece, "more_body": bool(piece)}
        elif not self._body_given:
            self._body_given = True
            return {"type": "http.request", "body": self._body}
        if not self._disconnected:
            if self._disconnect_event is None:
                self._disconnect_event = anyio.Event()
            await self._disconnect_event.wait()
        elif self._disconnect_seen:  # so that an endless loop of receive() can be cancelled
            await anyio.lowlevel.checkpoint()
        self._disconnect_seen = True
        return {"type": "http.disconnect"}

    async def _next_piece(self, reader: BodyReader) -> bytes | None:
        self._awaiting_body += 1
        self._last_message_s = math.inf  # the app waits for the client here, so its read deadline is paused
        try:
            return await reader.next_piece()
        finally:
            self._awaiting_body -= 1
            self._mark_message()

    def _lose_source(self, raised: BaseException) -> None:
        self.source_error = raised
        self._inbox.put(_SOURCE_LOST)
        self._disconnect()  # as servers do if the connection breaks during a request

    async def _send(self, message: Message) -> None:
        self._mark_message()
        message = readable_twice(message)
        try:
            state = self._judge(message)
        except ProtocolError:
            await anyio.lowlevel.checkpoint()  # so that an endless loop of send() can be cancelled
            raise
        if state is None:
            await anyio.lowlevel.checkpoint()
            return
        kind = message["type"]
        if kind in OPT_IN:
            await self._send_opt_in(message, state)
            return
        self._state = state
        if kind == "http.response.body":
            await self._send_body(message)
        elif kind == "http.response.start":
            self._send_start(message)
        else:
            await self._send_extra(message)

    def _mark_message(self) -> None:
        # A read deadline is paused after the last message of the response, and while a task of the app awaits the body.
        if not (self.complete or self._awaiting_body):
            self._last_message_s = DEADLINE_CLOCK.now_s()

    def _judge(self, message: Message) -> str | None:
        """Return the state after the message, None if it is ignored; raise if it is refused."""
        plain = type(message) is dict and type(message.get("type")) is str
        if not plain and (violation := judge_shape("http", message)) is not None:
            self._record_violation(violation)
        state = HTTP.advance(self._state, token_of(message)) if judge.is_known(message["type"]) else None
        if state is None:
            announced, offered = self.trailers is not None, self._offered
            violation = judge.judge_order(self._state, message, trailers_announced=announced, offered=offered)
            self._record_violation(violation)
            return None
        for violation in judge.check_message(message, state=self._state, offered=self._offered):
            self._record_violation(violation)
        return state

    def _send_start(self, message: Message) -> None:
        self.status = message["status"]
        self.headers = [
            (name, value) if type(name) is type(value) is bytes else (_as_bytes(name), _as_bytes(value))
            for name, value in message.get("headers", ())
        ]
        self._length = BodyLength.of(message["status"], self.headers, head=self._head)
        if self._length is not None:
            for violation in self._length.violations:
                self._record_violation(violation)
        if message.get("trailers"):
            self.trailers = []
        if self._stream:
            self._inbox.put(_STARTED)

    async def _send_body(self, message: Message) -> None:
        chunk = bytes(message.get("body", b""))
        if self._length is not None and not self._disconnected:  # a reader that has left may receive less
            last = self._state in ("complete", "trailers due")
            if (violation := self._length.take(len(chunk), last=last)) is not None:
                self._record_violation(violation)
        if self._window is not None:
            if not self._disconnected:
                await self._window.admit(len(chunk))
            if self._disconnected:  # the reader has left: the chunk is dropped, as in servers
                await anyio.lowlevel.checkpoint()
            else:
                self.received.count(chunk)
                self._inbox.put(chunk)
        else:
            if not (self._head or self._disconnected or self.outcome == "abandoned"):
                self.received.add(chunk)
            if message.get("more_body", False):  # so that an endless loop of send() can be cancelled
                await anyio.lowlevel.checkpoint()
        if self._state == "complete":
            self._finish_response()

    async def _send_extra(self, message: Message) -> None:
        if message["type"] == "http.response.debug":
            self.debug_info = message["info"]
        elif self.trailers is not None:
            self.trailers.extend(message.get("headers", []))
            if self._state == "complete":
                self._finish_response()
        await anyio.lowlevel.checkpoint()

    async def _send_opt_in(self, message: Message, state: str) -> None:
        kind = message["type"]
        if kind not in self._offered:
            pass  # a violation already; servers ignore it
        elif kind in FILE_MESSAGES:
            await self._send_file(message, state)
        elif kind == "http.response.early_hint":
            self.early_hints.extend(map(_as_bytes, message["links"]))
        else:
            headers = tuple((_as_bytes(name), _as_bytes(value)) for name, value in message.get("headers", ()))
            self.pushes.append(ServerPush(path=message["path"], headers=headers))
        await anyio.lowlevel.checkpoint()

    async def _send_file(self, message: Message, state: str) -> None:
        contents = IteratorBody(read_sent_file(message))
        try:
            while not (self._head or self._disconnected) and (piece := await contents.read()):
                self._mark_message()
                await self._send_body({"type": "http.response.body", "body": piece, "more_body": True})
        finally:
            with anyio.CancelScope(shield=True):
                await contents.close()
        self._state = state  # last, because a file that cannot be read must not change the state
        await self._send_body({"type": "http.response.body", "more_body": message.get("more_body", False)})

    def _finish_response(self) -> None:
        if self._disconnected:  # the reader has left, so the response does not reach its end
            return
        self.complete = True
        if self.recording is not None:
            self._complete_ns = self.recording.last_ns
        self._last_message_s = math.inf
        self._disconnect()
        if not self._wait_background:
            self._inbox.put(_COMPLETE)

    def _disconnect(self) -> None:
        self._disconnected = True
        if self._disconnect_event is not None:
            self._disconnect_event.set()
        if self._window is not None:
            self._window.lift()
        if self._body_reader is not None:
            self._body_reader.stop()

    def _extra_fields(self) -> dict[str, Any]:
        cut_off = self.status is not None and not self.complete
        return {"response_end_ns": self._complete_ns, "cut_off_ns": self._cut_ns if cut_off else None}

    def _on_end(self) -> None:
        if self.complete or self.outcome != "returned" or self.cut_off:
            return  # exceptions are reported separately; an app that saw the disconnect may stop early
        if (violation := judge.check_end(self._state)) is not None:
            self._record_violation(violation)

    # -- on the caller's thread --------------------------------------------------------------------------

    def wait_response(self, gap_s: float | None = None, deadline: Deadline | None = None) -> None:
        """
        Wait for the whole response, or for the start of a streamed one; raise `DeadlineError` if it is late.

        :param gap_s: the longest time between two messages of the app
        :param deadline: of the whole response
        """
        if self.take("response", gap_s, deadline) is _SOURCE_LOST:
            self.abort(gently=True)

    async def wait_response_async(self, gap_s: float | None = None, deadline: Deadline | None = None) -> None:
        """Asynchronous `wait_response`."""
        if await self.take_async("response", gap_s, deadline) is _SOURCE_LOST:
            await self.abort_async(gently=True)

    @property
    def cut_off(self) -> bool:
        """Whether the call was ended from outside; the app may have returned because of that."""
        return self.outcome in ("cancelled", "abandoned") or (self._disconnected and not self.complete)

    def _describe_wait(self, waited_for: str, *, whole: bool) -> tuple[str, str]:
        if self.status is None:
            return waited_for, ""
        phrase = ""
        with contextlib.suppress(ValueError):  # a status of its own has no phrase
            phrase = f" {HTTPStatus(self.status).phrase}"
        chunks, size = self.received.chunks, self.received.size_bytes
        counted = f"{chunks} chunk{'s' * (chunks != 1)}, {size:,} byte{'s' * (size != 1)}"
        so_far = f"{self.status}{phrase}, {counted}"
        return "background tasks" if self.complete else "end" if whole else "next message", so_far

    def content(self) -> bytes:
        """Return the body of a buffered response; ``CancelledError`` if it was cut off."""
        if self.cut_off and not self.complete:
            raise concurrent.futures.CancelledError
        return self.received.content()

    def iter_chunks(self, gap_s: float | None = None) -> Iterator[bytes]:
        """
        Yield the body of a streamed response as the app sends it; empty chunks and HEAD bodies are skipped.

        Raises `DeadlineError`, or ``CancelledError`` if another thread or closing the client has ended the call.
        """
        self._open_body()
        while not self._body_ended():
            item = self._try_next()
            yield from self._read(self.take("response body", gap_s) if item is NOTHING else item)

    async def iter_chunks_async(self, gap_s: float | None = None) -> AsyncGenerator[bytes]:
        """Asynchronous `iter_chunks`."""
        self._open_body()
        while not self._body_ended():
            await self._inbox.yield_to_loop()
            item = self._try_next()
            for chunk in self._read(await self.take_async("response body", gap_s) if item is NOTHING else item):
                yield chunk

    def _open_body(self) -> None:
        assert self._window is not None
        self._window.open()

    def _body_ended(self) -> bool:
        """Return whether the body has ended; ``CancelledError`` if it was cut off."""
        if self._end_seen and self.cut_off:
            raise concurrent.futures.CancelledError
        return self._end_seen or self._body_read

    def _try_next(self) -> Any:
        """Return the next available item; if there is none, give all credit back and return `NOTHING`."""
        assert self._window is not None
        with contextlib.suppress(Empty):
            return self._taken(self._inbox.get_nowait())
        self._window.give_back()
        return NOTHING

    def _read(self, item: Any) -> tuple[bytes, ...]:
        assert self._window is not None
        if item is _COMPLETE or item is _SOURCE_LOST:
            self._body_read = True
        elif item is not ENDED:
            self._window.took(len(item))
            if item and not self._head:
                return (item,)
        return ()

    def finish(self) -> None:
        """End the cycle after its reader has left; if configured, first wait for background tasks."""
        if not self.complete:
            super().finish()
        elif self._wait_background:
            try:
                self.wait_ended()
            except BaseException:  # KeyboardInterrupt, or any other exception of a signal handler
                self.abort()
                raise

    async def finish_async(self) -> None:
        """Asynchronous `finish`."""
        if not self.complete:
            await super().finish_async()
        elif self._wait_background:
            try:
                await self.wait_ended_async()
            except BaseException:
                await self.abort_async()
                raise


class CreditWindow:
    """
    Credit between one sender (on the loop) and one reader (on any other thread).

    It starts closed: nothing is admitted before the reader first asks, as in Starlette's client. An empty window always
    admits one item of any size.
    """

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._open = False
        self._lifted = False
        self._room: anyio.Event | None = None
        self._ahead_items = 0
        self._ahead_bytes = 0
        self._opened = False
        self._taken_items = 0
        self._taken_bytes = 0

    # -- on the loop's thread ----------------------------------------------------------------------------

    async def admit(self, size_bytes: int) -> None:
        """Wait for credit, then count the item as sent."""
        while not self._lifted and (not self._open or (self._ahead_items and not self._fits(size_bytes))):
            if self._room is None:
                self._room = anyio.Event()
            await self._room.wait()
        self._ahead_items += 1
        self._ahead_bytes += size_bytes

    def lift(self) -> None:
        """Admit everything from now on, because the reader has left or the response is complete."""
        self._lifted = True
        self._wake()

    def _fits(self, size_bytes: int) -> bool:
        return self._ahead_items < LIMIT_ITEMS and self._ahead_bytes + size_bytes <= LIMIT_BYTES

    def _open_here(self) -> None:
        self._open = True
        self._wake()

    def _give_back_here(self, items: int, size_bytes: int) -> None:
        self._ahead_items -= items
        self._ahead_bytes -= size_bytes
        self._wake()

    def _wake(self) -> None:
        room, self._room = self._room, None
        if room is not None:
            room.set()

    # -- on the reader's thread --------------------------------------------------------------------------

    def open(self) -> None:
        """Begin reading: grant the sender its first credit."""
        if not self._opened:
            self._opened = True
            self._loop.call_soon(self._open_here)

    def took(self, size_bytes: int) -> None:
        """Count one item as read; credit is returned in halves of the window, so that most items need no callback."""
        self._taken_items += 1
        self._taken_bytes += size_bytes
        if self._taken_items * 2 >= LIMIT_ITEMS or self._taken_bytes * 2 >= LIMIT_BYTES:
            self.give_back()

    def give_back(self) -> None:
        """Return all credit; called before the reader waits, to avoid a deadlock with the sender."""
        if self._taken_items:
            self._loop.call_soon(self._give_back_here, self._taken_items, self._taken_bytes)
            self._taken_items = self._taken_bytes = 0


def _as_bytes(value: object) -> bytes:
    # Wrong types are violations already; a str is converted rather than lost.
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    return str(value).encode("latin-1", "replace")
