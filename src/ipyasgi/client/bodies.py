"""Converts the body of an ``httpx.Request`` for the engine: bytes, or chunks that are read as the app receives them."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterator
from typing import Any

from ..engine.loops import Loop
from ..engine.request_body import AsyncIteratorBody, IteratorBody, RequestBody
from ..engine.strategy import make_loop
from ..protocol.errors import RequestError
from .httpx import httpx

WHOLE_BYTES = 1024 * 1024
"""Longest body that is sent in one message, by content-length; Starlette's client sends every body that way."""


def build_body(request: httpx.Request, loop: Loop, *, caller_loop: Loop | None = None) -> bytes | RequestBody:
    """
    Return the body of a request for the engine, which runs the app on ``loop``.

    :param caller_loop: the loop that awaits the response; None if a thread waits for it
    """
    try:
        return request.content
    except httpx.RequestNotRead:
        stream = request.stream
    if isinstance(stream, BodyStream):
        stream = stream.source
    if not isinstance(stream, httpx.SyncByteStream):
        if caller_loop is None and loop.owned:
            return _BodyWithLoop(stream, loop)
        return AsyncIteratorBody(stream, caller_loop or loop, loop, within=_content_of(stream))
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) <= WHOLE_BYTES:
        return request.read()  # httpx stores it in the request, as with Starlette's client
    return IteratorBody(stream, within=_content_of(stream))


class BodyStream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """
    Wraps an async body in a sync client, or the reverse, to pass httpx's type check; the transport reads ``source``.

    :ivar source: httpx's stream
    """

    def __init__(self, source: Any) -> None:
        self.source = source

    def __iter__(self) -> Iterator[bytes]:
        raise self._error()

    def __aiter__(self) -> AsyncIterator[bytes]:
        raise self._error()

    def _error(self) -> RequestError:
        kind = "asynchronous" if isinstance(self.source, httpx.AsyncByteStream) else "synchronous"
        return RequestError(f"the {kind} request body cannot be read as a whole, as digest auth does: give bytes")


def _content_of(stream: object) -> object:
    """Return the user's own content: closing httpx's generator does not close the content that it wraps."""
    return getattr(stream, "_stream", None)


class _BodyWithLoop(AsyncIteratorBody):
    """An asynchronous body of a synchronous call; runs on its own loop, not the app's."""

    def __init__(self, iterable: AsyncIterable[Any], reader: Loop) -> None:
        self._loop = make_loop(backend=reader.backend, name="ipyasgi-loop (request body)")
        super().__init__(iterable, self._loop, reader, within=_content_of(iterable))

    async def close(self) -> None:
        await super().close()
        self._loop.stop_soon()
