"""`AppResponse`: an ``httpx.Response`` with the record of its call; and the builder of responses from calls.

The record is stored in ``response.extensions``, under the names below; like all extensions it is not pickled.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from ..engine.call import reraise
from ..engine.extensions import ServerPush
from ..engine.http_cycle import HttpCycle
from ..engine.kept_body import KeptBody
from ..protocol.errors import BodyLimitError, EventStreamError, ProtocolError
from ..protocol.exception_parts import is_a
from ..protocol.violations import Violation
from .httpx import httpx
from .options import CallDefaults, CallOptions

if TYPE_CHECKING:
    from ..engine.runs import HttpRun
    from ..protocol.event_stream import EventStreamDecoder, ServerSentEvent

RUN = "ipyasgi.run"
VIOLATIONS = "ipyasgi.violations"
DEBUG = "http.response.debug"
TRAILERS = "http.response.trailers"
_PIECE_BYTES = {b"gzip": 16384, b"deflate": 16384, b"zstd": 1024, b"br": 64}
"""The compressed bytes that are decoded at once: about 16 to 80 MiB at the highest ratio of each encoding."""
EARLY_HINTS = "http.response.early_hint"
PUSHES = "http.response.push"


class AppResponse(httpx.Response):
    """A response of the app with the record of its call; otherwise an unchanged ``httpx.Response``."""

    @property
    def run(self) -> HttpRun | None:
        """The record of the call, if enabled and the call has ended; else None."""
        run: HttpRun | None = self.extensions.get(RUN)
        return run

    @property
    def violations(self) -> tuple[Violation, ...]:
        """The app's violations of the specification so far."""
        return tuple(self.extensions.get(VIOLATIONS, ()))

    @property
    def early_hints(self) -> tuple[str, ...]:
        """The ``Link`` values of the app's early hints so far."""
        links: list[bytes] = self.extensions.get(EARLY_HINTS, [])
        return tuple(link.decode("latin-1") for link in links)

    @property
    def pushes(self) -> tuple[ServerPush, ...]:
        """The server pushes that the app has requested so far."""
        return tuple(self.extensions.get(PUSHES, ()))

    @property
    def trailers(self) -> httpx.Headers:
        """The trailers received so far; empty if the app announced none."""
        return httpx.Headers(self.extensions.get(TRAILERS, []))

    @property
    def template(self) -> Any:
        """The template that the app rendered, from its debug message; ``AttributeError`` if it sent none."""
        return self._debug_info("template")

    @property
    def context(self) -> Any:
        """The context of the rendered template, from the app's debug message; ``AttributeError`` if it sent none."""
        return self._debug_info("context")

    def iter_sse(self) -> Iterator[ServerSentEvent]:
        """
        Yield the server-sent events of the response, while it is streamed or after it was read.

        Raises `EventStreamError` if it is not an event stream, or for an event longer than the limit.
        """
        decoder = self._event_stream_decoder()
        for chunk in self.iter_bytes():
            yield from decoder.feed(chunk)
        decoder.finish()

    async def aiter_sse(self) -> AsyncIterator[ServerSentEvent]:
        """Asynchronous `iter_sse`."""
        decoder = self._event_stream_decoder()
        async for chunk in self.aiter_bytes():
            for event in decoder.feed(chunk):
                yield event
        decoder.finish()

    def _event_stream_decoder(self) -> EventStreamDecoder:
        from ..protocol.event_stream import EventStreamDecoder  # here, because few clients need it

        media_type = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != "text/event-stream":
            found = f"is {media_type!r}" if media_type else "has no content type"
            raise EventStreamError(
                f"the response {found}, not 'text/event-stream' (status {self.status_code}): "
                "read it with .text, .json() or iter_bytes()"
            )
        return EventStreamDecoder()

    def _debug_info(self, name: str) -> Any:
        # Read at each access, because a streamed response may send it after its start.
        info = self.extensions.get(DEBUG)
        if not isinstance(info, Mapping) or name not in info:
            raise AttributeError(f"the app sent no {name!r} with this response", name=name, obj=self)
        return info[name]


class BoundedResponse(AppResponse):
    """
    A response whose body is kept whole up to a limit; beyond it, `content` raises `BodyLimitError`.

    A compressed body is decoded up to the limit, and the body of a cut-off response as far as it can be decoded.
    """

    _beginning: bytes | None = None
    _raw: bytes | None
    _limit_bytes: int
    _size_bytes: int
    _is_sent_whole: bool
    _is_lenient: bool

    @classmethod
    def build(cls, request: httpx.Request, cycle: HttpCycle, limit_bytes: int, *, lenient: bool = False) -> Self:
        """
        Return the response to a request with the body so far.

        :param lenient: of a body that cannot be decoded, keep what can be
        """
        assert cycle.status is not None
        content = cycle.received.content()
        piece_bytes = _safe_piece_bytes(cycle.headers)
        stream = httpx.ByteStream(content) if piece_bytes is None else _Pieces(content, piece_bytes)
        response = cls(cycle.status, headers=cycle.headers, stream=stream, request=request)
        response._raw = content if piece_bytes is None else None
        response._limit_bytes = limit_bytes
        response._size_bytes = cycle.received.size_bytes
        response._is_sent_whole = cycle.received.whole
        response._is_lenient = lenient
        fill_extensions(response.extensions, cycle)
        return response

    @classmethod
    def restore(
        cls,
        request: httpx.Request,
        status: int,
        headers: Sequence[tuple[bytes, bytes]],
        content: bytes,
        *,
        size_bytes: int,
        whole: bool,
    ) -> Self:
        """
        Return a response from its record.

        :param content: the decoded body, or its beginning if it is not ``whole``; ``size_bytes`` is the whole length
        """
        response = cls(status, headers=list(headers), stream=httpx.ByteStream(b""), request=request)
        response._content, response._raw = content, None
        response._beginning = None if whole else content
        response._limit_bytes, response._size_bytes = len(content), size_bytes
        response._is_sent_whole, response._is_lenient = whole, False
        response.is_stream_consumed = True
        response.close()
        return response

    @property
    def content(self) -> bytes:
        """The body; raises `BodyLimitError` if it is not kept whole."""
        if self._beginning is None:
            return super().content
        size_bytes = None if self._is_sent_whole else self._size_bytes
        raise BodyLimitError(self._limit_bytes, len(self._beginning), size_bytes)

    @property
    def kept(self) -> bytes:
        """The whole body, or its beginning."""
        return self.read()

    @property
    def is_whole(self) -> bool:
        """Whether the body is kept whole; also true for a cut-off response whose bytes are all kept."""
        return self._beginning is None

    @property
    def size_bytes(self) -> int:
        """The length of the body, decoded if it is kept whole; else as the app sent it, or of what is kept."""
        return len(self.kept) if self.is_whole else max(self._size_bytes, len(self.kept))

    def read(self) -> bytes:
        """Read the body within the limit, and return what is kept of it."""
        if self._beginning is not None:
            return self._beginning
        if not hasattr(self, "_content"):
            if self._raw is None:
                self._content = self._read_bounded()
            else:  # not compressed, so nothing has to be read from the stream
                self._content, self._raw = self._raw, None
                self._beginning = None if self._is_sent_whole else self._content
                self.is_stream_consumed = True
                self.close()
        return self._content

    def _read_bounded(self) -> bytes:
        found = KeptBody(self._limit_bytes)
        with contextlib.closing(self):
            try:
                for piece in self.iter_bytes():
                    found.add(piece)
                    if not found.whole:
                        break
            except httpx.DecodingError:
                if not self._is_lenient and self._is_sent_whole:
                    raise
        if not (found.whole and self._is_sent_whole):
            self._beginning = found.content()
        return found.content()


class _Pieces(httpx.SyncByteStream):
    """A compressed body in pieces whose decoded size is bounded."""

    def __init__(self, content: bytes, piece_bytes: int) -> None:
        self._content = content
        self._piece_bytes = piece_bytes

    def __iter__(self) -> Iterator[bytes]:
        for start in range(0, len(self._content), self._piece_bytes):
            yield self._content[start : start + self._piece_bytes]


def _safe_piece_bytes(headers: Sequence[tuple[bytes, bytes]]) -> int | None:
    """Return the length of pieces for `_Pieces`; None if the body is not compressed."""
    values = [value for name, value in headers if name.lower() == b"content-encoding"]
    encodings = [one.strip().lower() for one in b",".join(values).split(b",")] if values else []
    sizes = [_PIECE_BYTES[name] for name in encodings if name in _PIECE_BYTES]
    if len(sizes) > 1:  # the ratios multiply
        return 16 if len(sizes) == 2 else 1
    return sizes[0] if sizes else None


def kept_content(response: httpx.Response | None) -> bytes:
    """Return the body of a response, or the beginning that is kept of it; empty without one."""
    if isinstance(response, BoundedResponse):
        return response.kept
    return response.content if response is not None and hasattr(response, "_content") else b""


def is_whole(response: httpx.Response | None) -> bool:
    """Return whether the body of a response is kept whole, as far as it was received."""
    return response.is_whole if isinstance(response, BoundedResponse) else True


class ResponseBuilder:
    """
    Builds the response of a call, and decides which outcome of the call is raised to the caller instead.

    :param defaults: the client's options
    :param options: the request's options
    """

    def __init__(self, defaults: CallDefaults, options: CallOptions) -> None:
        self._defaults = defaults
        self._options = options

    def raise_errors(self, call: HttpCycle, *, left_early: bool = False) -> None:
        """
        Raise the exception of the request's own body or of the app, or the app's first violation, as configured.

        :param left_early: the reader closed the response early, so a ``ClientDisconnect`` of the app is not raised
        """
        if call.source_error is not None:
            raise call.source_error
        if call.exception is not None and self._raises(call.exception):
            if not (left_early and type(call.exception).__name__ == "ClientDisconnect"):
                reraise(call.exception)
        elif self._defaults.is_strict(self._options) and call.violations:
            raise call.violations[0].error()

    def build(self, request: httpx.Request, cycle: HttpCycle) -> httpx.Response:
        """Return the response of a call whose body is complete; without a response, raise or return a bare 500."""
        if cycle.status is None:
            self._raise_missing(cycle)
            cycle.status, content = 500, b""
        else:
            self.raise_errors(cycle)
            content = cycle.content()
        if self._options.keep_bytes is not None:
            left = self._options.faults is not None and not cycle.complete
            return BoundedResponse.build(request, cycle, self._options.keep_bytes, lenient=left)
        return build_response(request, cycle, httpx.ByteStream(content))

    def _raise_missing(self, cycle: HttpCycle) -> None:
        """Raise the reason why a call ended without a response, as configured."""
        if cycle.source_error is not None:
            raise cycle.source_error
        if cycle.exception is not None and self._raises(cycle.exception):
            reraise(cycle.exception)
        if cycle.cut_off:
            raise concurrent.futures.CancelledError
        if self._defaults.raises(self._options):
            raise ProtocolError("TestClient did not receive any response.", rule="http.no-response")
        self.raise_errors(cycle)

    def _raises(self, exception: BaseException) -> bool:
        # On the caller's own loop an interrupt may reach the app first, but it is meant for the caller.
        return self._defaults.raises(self._options) or is_a(exception, KeyboardInterrupt)


def build_response(request: httpx.Request, cycle: HttpCycle, stream: Any) -> AppResponse:
    """Return the response of a call that has sent its start; its extensions are updated while the call continues."""
    assert cycle.status is not None
    response = AppResponse(cycle.status, headers=cycle.headers, stream=stream, request=request)
    fill_extensions(response.extensions, cycle)
    return response


def fill_extensions(extensions: dict[str, Any], cycle: HttpCycle) -> None:
    """Store the record of the call so far; its lists grow while the call continues."""
    extensions[VIOLATIONS] = cycle.violations
    if cycle.trailers is not None:
        extensions[TRAILERS] = cycle.trailers
    if cycle.debug_info is not None:
        extensions[DEBUG] = cycle.debug_info
    if cycle.early_hints:
        extensions[EARLY_HINTS] = cycle.early_hints
    if cycle.pushes:
        extensions[PUSHES] = cycle.pushes
    if cycle.run is not None:
        extensions[RUN] = cycle.run
