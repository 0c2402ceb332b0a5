"""Server-sent events: decodes the bytes of a ``text/event-stream`` into events. Pure and incremental.

Source: WHATWG HTML, "Server-sent events", sections on parsing and interpreting an event stream.
"""

from __future__ import annotations

from dataclasses import dataclass

from .errors import EventStreamError

EVENT_LIMIT_BYTES = 16 * 1024 * 1024
"""The longest unfinished event or line that a decoder buffers."""

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSentEvent:
    """
    One event.

    :ivar event: its type, ``message`` unless the stream names one
    :ivar data: its data lines, joined by line feeds
    :ivar id: the last id in the stream, up to and including this event
    :ivar retry: milliseconds to wait before reconnecting, if the stream sent them since the previous event
    """

    event: str = "message"
    data: str = ""
    id: str = ""
    retry: int | None = None


class EventStreamDecoder:
    """
    Decodes the bytes of one stream into events, in chunks of any size.

    :param limit_bytes: the longest unfinished event that is buffered

    An event without its final blank line is dropped, as in browsers: it may be incomplete.
    """

    def __init__(self, limit_bytes: int = EVENT_LIMIT_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._line: list[bytes] = []  # chunks of the unfinished line
        self._held_bytes = 0
        self._at_start = True
        self._after_cr = False
        self._event = ""
        self._data: list[str] = []
        self._id = ""
        self._retry: int | None = None
        self._failure: EventStreamError | None = None

    def feed(self, chunk: bytes) -> list[ServerSentEvent]:
        """
        Return the events that end in this chunk.

        Raises `EventStreamError` for an event longer than the limit, once the events before it were returned.
        """
        self._raise_failure()
        if not chunk:
            return []
        after_cr, self._after_cr = self._after_cr, chunk.endswith(b"\r")
        if after_cr:  # the CR has ended the line already, so an LF right after it does not
            chunk = chunk.removeprefix(b"\n")
        events: list[ServerSentEvent] = []
        for part in chunk.splitlines(keepends=True):
            if not self._hold(part):
                break
            if part.endswith((b"\n", b"\r")):
                ended, self._line = b"".join(self._line), []
                events += self._take(ended)
        if not events:
            self._raise_failure()
        return events

    def finish(self) -> bool:
        """
        End the stream; return whether an incomplete event was dropped.

        Raises `EventStreamError` if the last `feed` returned events and found one longer than the limit after them.
        """
        self._raise_failure()
        return bool(self._line or self._data)

    def _hold(self, part: bytes) -> bool:
        self._line.append(part)
        self._held_bytes += len(part.rstrip(b"\r\n"))  # without line ends: a CRLF may be split between chunks
        if self._held_bytes <= self._limit_bytes:
            return True
        self._failure = EventStreamError(
            f"an event of the stream is longer than {self._limit_bytes:,} bytes: "
            "end events with a blank line, or read the response with iter_bytes()"
        )
        return False

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _take(self, ended: bytes) -> list[ServerSentEvent]:
        line = ended.rstrip(b"\r\n")
        size_bytes = len(line)
        if self._at_start:
            self._at_start = False
            line = line.removeprefix(_BOM)
        if not line:
            return self._dispatch()
        if line.startswith(b":"):  # a comment does not count towards the limit
            self._held_bytes -= size_bytes
        else:
            name, _, value = line.decode("utf-8", "replace").partition(":")
            self._set(name, value.removeprefix(" "))
        return []

    def _set(self, name: str, value: str) -> None:
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._event = value
        elif name == "id":
            if "\0" not in value:
                self._id = value
        elif name == "retry" and value.isascii() and value.isdigit() and len(value) < 20:  # int() of more is slow
            self._retry = int(value)

    def _dispatch(self) -> list[ServerSentEvent]:
        event, data, retry = self._event, self._data, self._retry
        self._event, self._data, self._held_bytes = "", [], 0
        if not data:
            return []
        self._retry = None
        return [ServerSentEvent(event=event or "message", data="\n".join(data), id=self._id, retry=retry)]
