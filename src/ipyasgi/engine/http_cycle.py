"""Run one http cycle: the request in, the response out, the app's breaches written down.

A buffered cycle costs one hop there and one wake-up back. A streamed one hands over the start, then chunks
as the reader asks for them (`CreditWindow`), then the end.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import math
import time
from collections.abc import AsyncIterator, Iterator
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
from ..protocol.violations import Violation, judge_shape, keep
from .body_reader import BodyReader
from .call import AppCall
from .call_handle import ENDED, Deadline
from .extensions import FILE_MESSAGES, OPT_IN, ServerPush, read_sent_file
from .flow_control import CreditWindow
from .inbox import NOTHING
from .loops import Loop
from .request_body import IteratorBody, RequestBody

if TYPE_CHECKING:
    from .observer import Observer

_STARTED = object()
_COMPLETE = object()
_SOURCE_LOST = object()


class HttpCycle(AppCall):
    """
    One request to the app.

    :param body: the whole request body, which the app is given in one message, or one that is read as the app asks
    :param stream: hand the body over chunk by chunk instead of all at once at the end
    :param wait_background: the cycle ends with the app's coroutine, else with the last message of the response

    After `wait_response`, ``status`` is None when the app sent no response, and ``headers`` are byte pairs.

    :ivar early_hints: values of ``Link`` fields, in the order they were sent
    :ivar pushes: what the app wanted pushed
    :ivar source_error: what the request body raised while it was read; the app was told that the client is gone
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
        self._chunks: list[bytes] = []
        self._head = scope["method"] == "HEAD"
        self._state = HTTP.initial
        self._offered = scope.get("extensions") or ()
        self._length: BodyLength | None = None
        self._stream = stream
        self._wait_background = wait_background
        self._window = CreditWindow(loop) if stream else None
        self._body_given = False
        self._gone = False
        self._gone_noticed = False
        self._gone_event: anyio.Event | None = None
        self._body_read = False

    # -- on the loop's thread ----------------------------------------------------------------------------

    async def _run(self) -> None:
        try:
            await super()._run()
        finally:  # also when the app left without reading its request
            if self._body_reader is not None:
                self._body_reader.leave()

    async def _receive(self) -> Message:
        self._hear()
        if self._body_reader is not None:
            piece = await self._next_piece(self._body_reader)
            if piece is not None:
                return {"type": "http.request", "body": piece, "more_body": bool(piece)}
        elif not self._body_given:
            self._body_given = True
            return {"type": "http.request", "body": self._body}
        if not self._gone:
            if self._gone_event is None:
                self._gone_event = anyio.Event()
            await self._gone_event.wait()
        elif self._gone_noticed:  # or an app that asks for ever could never be cancelled
            await anyio.lowlevel.checkpoint()
        self._gone_noticed = True
        return {"type": "http.disconnect"}

    async def _next_piece(self, reader: BodyReader) -> bytes | None:
        self._awaiting_body += 1
        self._heard_s = math.inf  # the pause is the client's: no read deadline of the app's runs meanwhile
        try:
            return await reader.next_piece()
        finally:
            self._awaiting_body -= 1
            self._hear()

    def _lose_source(self, raised: BaseException) -> None:
        self.source_error = raised
        self._inbox.put(_SOURCE_LOST)
        self._tell_gone()  # as a server does when the connection breaks in the middle of a request

    async def _send(self, message: Message) -> None:
        self._hear()
        message = readable_twice(message)
        try:
            state = self._judge(message)
        except ProtocolError:
            await anyio.lowlevel.checkpoint()  # or an app that tries again for ever could never be cancelled
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

    def _hear(self) -> None:
        # A read deadline stops at the last message of the response, and while some task of the app awaits the body.
        if not (self.complete or self._awaiting_body):
            self._heard_s = time.monotonic()

    def _judge(self, message: Message) -> str | None:
        """Return the state after the message, None for one that is ignored; a refused one is raised."""
        plain = type(message) is dict and type(message.get("type")) is str
        if not plain and (breach := judge_shape("http", message)) is not None:
            self._breach(breach)
        state = HTTP.advance(self._state, token_of(message)) if judge.is_known(message["type"]) else None
        if state is None:
            announced = self.trailers is not None
            self._breach(judge.judge_order(self._state, message, trailers_announced=announced, offered=self._offered))
            return None
        for breach in judge.check_message(message, state=self._state, offered=self._offered):
            self._breach(breach)
        return state

    def _breach(self, violation: Violation) -> None:
        keep(violation, among=self.violations)
        if violation.fatal:
            raise violation.error()

    def _count(self, length: BodyLength, sent_bytes: int) -> None:
        """Compare what was sent of the body with what its head declares."""
        last = self._state in ("complete", "trailers due")
        # A reader who has left is owed nothing any more.
        if not self._gone and (breach := length.take(sent_bytes, last=last)) is not None:
            self._breach(breach)

    def _send_start(self, message: Message) -> None:
        self.status = message["status"]
        self.headers = [
            (name, value) if type(name) is type(value) is bytes else (_as_bytes(name), _as_bytes(value))
            for name, value in message.get("headers", ())
        ]
        self._length = BodyLength.of(message["status"], self.headers, head=self._head)
        if self._length is not None:
            for breach in self._length.violations:
                self._breach(breach)
        if message.get("trailers"):
            self.trailers = []
        if self._stream:
            self._inbox.put(_STARTED)

    async def _send_body(self, message: Message) -> None:
        chunk = bytes(message.get("body", b""))
        if self._length is not None:
            self._count(self._length, len(chunk))
        if self._window is not None:
            if not self._gone:
                await self._window.admit(len(chunk))
            if self._gone:  # the reader has left: as with a server, what is still sent goes nowhere
                await anyio.lowlevel.checkpoint()
            else:
                self._inbox.put(chunk)
        else:
            if not self._head:
                self._chunks.append(chunk)
            if message.get("more_body", False):  # or an app that streams without pause could never be cancelled
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
            pass  # its judge has noted it; a server ignores it
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
            while not (self._head or self._gone) and (piece := await contents.read()):
                self._hear()
                await self._send_body({"type": "http.response.body", "body": piece, "more_body": True})
        finally:
            with anyio.CancelScope(shield=True):
                await contents.close()
        self._state = state  # only now: a file that cannot be read leaves the response as it was
        await self._send_body({"type": "http.response.body", "more_body": message.get("more_body", False)})

    def _finish_response(self) -> None:
        self.complete = True
        self._heard_s = math.inf
        self._tell_gone()
        if not self._wait_background:
            self._inbox.put(_COMPLETE)

    def _tell_gone(self) -> None:
        self._gone = True
        if self._gone_event is not None:
            self._gone_event.set()
        if self._window is not None:
            self._window.lift()
        if self._body_reader is not None:
            self._body_reader.leave()

    def _has_noticed(self) -> bool:
        return self._gone_noticed

    def _on_end(self) -> None:
        if self.complete or self.outcome != "returned" or self.cut_off:
            return  # what it raised is told by itself; and an app that was told of the disconnect may go as it is
        if (breach := judge.check_end(self._state)) is not None:
            self._breach(breach)

    # -- on the caller's thread --------------------------------------------------------------------------

    def wait_response(self, gap_s: float | None = None, whole: Deadline | None = None) -> None:
        """
        Wait for the whole response, or of a streamed one for its start.

        :param gap_s: the longest time between two messages of the app
        :param whole: when the whole of a buffered response must be there
        Raises `DeadlineError`.
        """
        if self.take("response", gap_s, whole) is _SOURCE_LOST:
            self.abort(gently=True)

    async def wait_response_async(self, gap_s: float | None = None, whole: Deadline | None = None) -> None:
        """As `wait_response`."""
        if await self.take_async("response", gap_s, whole) is _SOURCE_LOST:
            await self.abort_async(gently=True)

    @property
    def cut_off(self) -> bool:
        """Whether the call was ended from outside, though the app may have gone along with it and returned."""
        return self.outcome in ("cancelled", "abandoned") or (self._gone and not self.complete)

    def content(self) -> bytes:
        """Return the body of a buffered response; ``CancelledError`` when it was cut off."""
        if self.cut_off and not self.complete:
            raise concurrent.futures.CancelledError
        return b"".join(self._chunks)

    def iter_chunks(self, gap_s: float | None = None) -> Iterator[bytes]:
        """
        Yield the body of a streamed response as the app sends it; empty chunks and HEAD bodies are skipped.

        Raises `DeadlineError`, or ``CancelledError`` where another thread or the client's end has ended the call.
        """
        self._open_body()
        while not self._body_ended():
            item = self._try_next()
            yield from self._read(self.take("response body", gap_s) if item is NOTHING else item)

    async def iter_chunks_async(self, gap_s: float | None = None) -> AsyncIterator[bytes]:
        """As `iter_chunks`."""
        self._open_body()
        while not self._body_ended():
            await self._inbox.let_go_on()
            item = self._try_next()
            for chunk in self._read(await self.take_async("response body", gap_s) if item is NOTHING else item):
                yield chunk

    def _open_body(self) -> None:
        assert self._window is not None
        self._window.open()

    def _body_ended(self) -> bool:
        """Tell whether nothing more comes; ``CancelledError`` where that is because the call was cut off."""
        if self._end_taken and self.cut_off:
            raise concurrent.futures.CancelledError
        return self._end_taken or self._body_read

    def _try_next(self) -> Any:
        """Return what is in the inbox already, else `NOTHING`, with all credit given back before the wait."""
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
        """
        End the cycle as its reader leaves: a complete response waits for background work, unless that is not
        waited for; any other is ended.

        Raises nothing; what the app raised is in ``exception``.
        """
        if self.complete:
            try:
                if self._wait_background:
                    self.wait_ended()
            except BaseException:  # KeyboardInterrupt, or whatever a signal handler raises
                self.abort()
                raise
        elif not self.ended:
            self.let_go()

    async def finish_async(self) -> None:
        """As `finish`."""
        if self.complete:
            try:
                if self._wait_background:
                    await self.wait_ended_async()
            except BaseException:
                await self.abort_async()
                raise
        elif not self.ended:
            await self.let_go_async()


def _as_bytes(value: object) -> bytes:
    # Wrong types are noted as violations; a text is still shown rather than lost.
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    return str(value).encode("latin-1", "replace")
