"""From the body of an ``httpx.Request`` to what an app receives: whole, or in pieces as it asks for them."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterator
from typing import Any

from ..engine.loops import Loop
from ..engine.request_body import AsyncIteratorBody, IteratorBody, RequestBody
from ..engine.strategy import make_loop
from ..protocol.errors import RequestError
from .httpx import httpx

WHOLE_BYTES = 1024 * 1024
"""A body that says it is no longer than this is given to the app in one message, as by Starlette's client every one."""


def build_body(request: httpx.Request, loop: Loop, *, asked_on: Loop | None = None) -> bytes | RequestBody:
    """
    Return the body of a request as the engine takes it.

    :param loop: the app's
    :param asked_on: the loop that the request is awaited on; None where a thread waits for it
    """
    try:
        return request.content
    except httpx.RequestNotRead:
        stream = request.stream
    if isinstance(stream, BodyStream):
        stream = stream.source
    if not isinstance(stream, httpx.SyncByteStream):
        if asked_on is None and loop.owned:
            return _BodyWithLoop(stream, loop)
        return AsyncIteratorBody(stream, asked_on or loop, loop, within=_given(stream))
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) <= WHOLE_BYTES:
        return request.read()  # which httpx keeps, as after Starlette's client
    return IteratorBody(stream, within=_given(stream))


class BodyStream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """
    A body of the other kind than its client: httpx looks at the type, and our transport reads the source itself.

    :ivar source: httpx's stream
    """

    def __init__(self, source: Any) -> None:
        self.source = source

    def __iter__(self) -> Iterator[bytes]:
        raise self._whole()

    def __aiter__(self) -> AsyncIterator[bytes]:
        raise self._whole()

    def _whole(self) -> RequestError:
        kind = "an asynchronous" if isinstance(self.source, httpx.AsyncByteStream) else "a synchronous"
        return RequestError(f"something wants {kind} request body as a whole, such as digest auth: give bytes instead")


def _given(stream: object) -> object:
    """Return what the user gave as content: where httpx's generator over it is closed, theirs stays open."""
    return getattr(stream, "_stream", None)


class _BodyWithLoop:
    """An asynchronous body sent from a thread: it gets a loop of its own, on which nothing of the app runs."""

    def __init__(self, iterable: AsyncIterable[Any], reader: Loop) -> None:
        self._loop = make_loop(backend=reader.backend, name="ipyasgi-loop (request body)")
        self._body = AsyncIteratorBody(iterable, self._loop, reader, within=_given(iterable))

    async def read(self) -> bytes:
        return await self._body.read()

    async def close(self) -> None:
        await self._body.close()
        self._loop.stop_soon()
