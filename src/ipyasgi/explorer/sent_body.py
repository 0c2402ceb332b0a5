"""`SentBody`: a request body from an iterator, recorded within a limit while the app reads it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterable, Iterator
from typing import Any

from ..engine.kept_body import KeptBody
from ..protocol.errors import RequestError
from ..records.requests import BodySource, RequestSpec


class SentBody:
    """
    Records the body of one request.

    :param source: read at the app's pace
    :param limit_bytes: a longer body is kept up to its beginning
    :ivar kept: what the app has read so far
    """

    def __init__(self, source: BodySource, limit_bytes: int) -> None:
        self._stream = source.source
        self._limit_bytes = limit_bytes
        self.content_length = source.content_length
        self.kept = KeptBody(limit_bytes)
        self._ended = False

    @property
    def is_partial(self) -> bool:
        """Whether `kept` is not the whole body."""
        return not (self._ended and self.kept.whole)

    def content(self) -> Any:
        """Return the body as httpx's ``content``."""
        return self if isinstance(self._stream, Iterable) else self._read_async()

    def __iter__(self) -> Iterator[bytes]:
        self.kept, self._ended = KeptBody(self._limit_bytes), False  # a redirect sends it again
        try:
            for piece in self._stream:
                self._take(piece)
                yield piece
            self._ended = True
        finally:
            content = getattr(self._stream, "_stream", None)
            if isinstance(content, Generator):
                content.close()

    async def _read_async(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._stream:
                self._take(piece)
                yield piece
            self._ended = True
        finally:
            content = getattr(self._stream, "_stream", None)
            if isinstance(content, AsyncGenerator):
                await content.aclose()

    def _take(self, piece: Any) -> None:
        if isinstance(piece, (bytes, bytearray, memoryview)):  # the engine refuses other types
            self.kept.add(bytes(piece))


def record_body(spec: RequestSpec, source: BodySource | None, limit_bytes: int) -> SentBody | None:
    """
    Return the recorder of a body that is read while it is sent, None for a body that is there.

    :param source: of the body; None for the body of ``spec``
    :param limit_bytes: as for `SentBody`
    Raises `RequestError` for a body that was not kept.
    """
    if source is not None:
        return SentBody(source, limit_bytes)
    if spec.is_partial:
        raise RequestError(
            f"the body of {spec.method} {spec.path} was sent from an iterator or a file, and only its first "
            f"{len(spec.body):,} bytes are kept: give its content again"
        )
    return None
