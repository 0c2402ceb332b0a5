"""A streamed response as rows for `static/live_rows.js`: each server-sent event, line of JSON, or chunk. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...engine.runs import Event
from ...protocol.errors import EventStreamError
from ...protocol.event_stream import EventStreamDecoder, ServerSentEvent
from ...records.redaction import Redactor
from ...views.view import one_line

ROW_CHARS = 1000
"""Characters of one row; a longer text is cut."""

_LINES_OF_JSON = ("ndjson", "jsonl", "jsonlines", "json-seq", "stream+json")
_LINE_BYTES = 1024 * 1024


class StreamRows:
    """Converter of one response's messages to masked rows."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._kind = "chunks"
        self._decoder = EventStreamDecoder()
        self._line = b""
        self._over = False

    def feed(self, event: Event) -> Iterator[dict[str, Any]]:
        """Yield the rows of a message."""
        if event.type == "http.response.start":
            self._kind = _kind_of(event)
        elif event.type == "http.response.body" and not self._over:
            body = event.message.get("body")
            yield from self._rows(bytes(body) if isinstance(body, (bytes, bytearray, memoryview)) else b"", event)

    def _rows(self, body: bytes, event: Event) -> Iterator[dict[str, Any]]:
        if event.body_bytes > len(body):  # the recording keeps only the beginning
            self._over = True
            yield _row(event, "info", "", "The rest is not shown: only the first 1 MB of a stream is kept")
            return
        try:
            if self._kind == "events":
                for one in self._decoder.feed(body):
                    yield _row(event, "send", _label(one), self._safe(one.data), size_bytes=len(one.data))
            elif self._kind == "lines":
                for line in self._lines(body, last=not event.message.get("more_body")):
                    yield _row(event, "send", "line", self._safe(line.decode("utf-8", "replace")), size_bytes=len(line))
            elif body:
                yield _row(event, "send", "chunk", self._safe(_text_of(body)), size_bytes=len(body))
        except EventStreamError as exc:
            self._over = True
            yield _row(event, "error", "", str(exc))

    def _lines(self, body: bytes, *, last: bool) -> Iterator[bytes]:
        *whole, self._line = (self._line + body).split(b"\n")
        if last or len(self._line) > _LINE_BYTES:
            whole.append(self._line)
            self._line = b""
        yield from (line for line in (one.strip(b"\r\x1e ") for one in whole) if line)

    def _safe(self, text: str) -> str:
        # Masked before it is cut: a secret without its end might not be recognized.
        return one_line(self._redactor.text(text[: 4 * ROW_CHARS]), ROW_CHARS)


def _kind_of(start: Event) -> str:
    for name, value in start.message.get("headers") or ():
        if isinstance(name, bytes) and isinstance(value, bytes) and name.lower() == b"content-type":
            media_type = value.decode("latin-1").partition(";")[0].strip().lower()
            if media_type == "text/event-stream":
                return "events"
            if media_type.endswith(_LINES_OF_JSON):
                return "lines"
    return "chunks"


def _label(event: ServerSentEvent) -> str:
    return one_line(f"{event.event} {event.id}" if event.id else event.event, 24)


def _text_of(body: bytes) -> str:
    try:
        return body[: 4 * ROW_CHARS].decode()
    except UnicodeDecodeError as exc:
        if exc.start > len(body[: 4 * ROW_CHARS]) - 4 and exc.start:
            return body[: exc.start].decode()  # a character was cut in half
        return f"bytes {body[:24].hex(' ')}{' …' if len(body) > 24 else ''}"


def _row(event: Event, kind: str, label: str, text: str, *, size_bytes: int = 0) -> dict[str, Any]:
    row: dict[str, Any] = {"at_ms": event.at_ns / 1e6, "kind": kind, "text": text}
    return row | ({"label": label} if label else {}) | ({"bytes": size_bytes} if size_bytes else {})
