"""`KeptBody`: the body of one request or response so far, kept whole up to a limit. No ASGI, no waiting."""

from __future__ import annotations

import io

KEPT_BYTES = 1024 * 1024
"""Bytes that are kept of a body beyond a limit."""


class KeptBody:
    """
    The chunks of one body.

    :param limit_bytes: a longer body is kept up to `KEPT_BYTES`; None keeps every body whole
    :ivar chunks: number of chunks with content, also those that were not kept; they contain ``size_bytes`` bytes
    :ivar whole: whether every byte is kept
    """

    __slots__ = ("_first", "_joined", "_limit_bytes", "chunks", "size_bytes", "whole")

    def __init__(self, limit_bytes: int | None) -> None:
        self._limit_bytes = limit_bytes
        self._first = b""
        self._joined: io.BytesIO | None = None  # from the second chunk on, so that one chunk is not copied
        self.chunks = 0
        self.size_bytes = 0
        self.whole = True

    def count(self, chunk: bytes) -> None:
        """Count a chunk without keeping it."""
        if chunk:
            self.chunks += 1
            self.size_bytes += len(chunk)

    def add(self, chunk: bytes) -> None:
        """Count a chunk, and keep it within the limit."""
        self.count(chunk)
        if not (chunk and self.whole):
            return
        if self._limit_bytes is not None and self.size_bytes > self._limit_bytes:
            self._shorten(chunk, min(KEPT_BYTES, self._limit_bytes))
        elif self._joined is not None:
            self._joined.write(chunk)
        elif self._first:
            # One buffer instead of a list of chunks: joining a list would hold every byte twice.
            self._joined = io.BytesIO()
            self._joined.write(self._first)
            self._joined.write(chunk)
            self._first = b""
        else:
            self._first = chunk

    def content(self) -> bytes:
        """Return the bytes that are kept."""
        return self._joined.getvalue() if self._joined is not None else self._first

    def _shorten(self, chunk: bytes, kept_bytes: int) -> None:
        self.whole = False
        beginning = self.content()[:kept_bytes]
        self._first = beginning + chunk[: kept_bytes - len(beginning)]
        self._joined = None
