"""Server-sent events: the bytes of a ``text/event-stream`` in, events out. Pure and incremental.

Source: WHATWG HTML, "Server-sent events", sections on parsing and interpreting an event stream.
"""

from __future__ import annotations

from dataclasses import dataclass

from .errors import EventStreamError

EVENT_LIMIT_BYTES = 16 * 1024 * 1024
"""The most that is held of one event, or one line, that has not ended."""

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSentEvent:
    """
    One event.

    :ivar event: its type, ``message`` unless the stream gives one
    :ivar data: its lines of data, joined by line feeds
    :ivar id: the last id that the stream has given, with this event or before
    :ivar retry: milliseconds to wait before connecting again, where the stream gave them since the event before
    """

    event: str = "message"
    data: str = ""
    id: str = ""
    retry: int | None = None


class EventStreamDecoder:
    """
    Turns the bytes of one stream into events, however they are cut into chunks.

    :param limit_bytes: the most that is held of one event that has not ended

    An event that the stream does not end with a blank line is dropped, as in browsers: it may be half of one.
    """

    def __init__(self, limit_bytes: int = EVENT_LIMIT_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._line: list[bytes] = []  # the line that has not ended, as it came
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

        Raises `EventStreamError` for an event that grows past the limit, after the events before it were returned.
        """
        self._raise_failure()
        if not chunk:
            return []
        after_cr, self._after_cr = self._after_cr, chunk.endswith(b"\r")
        if after_cr:  # it has ended a line; the LF of a CRLF ends none
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
        Say that the stream has ended, and feed nothing after it; returns whether something of an event was dropped.

        Raises `EventStreamError` where the last `feed` has found an event past the limit, but others before it.
        """
        self._raise_failure()
        return bool(self._line or self._data)

    def _hold(self, part: bytes) -> bool:
        self._line.append(part)
        self._held_bytes += len(part.rstrip(b"\r\n"))  # without line ends: a CRLF may come in two chunks
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
        if line.startswith(b":"):  # a comment is nothing that is held
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
        elif name == "retry" and value.isascii() and value.isdigit() and len(value) < 20:  # longer ones mean nothing
            self._retry = int(value)

    def _dispatch(self) -> list[ServerSentEvent]:
        event, data, retry = self._event, self._data, self._retry
        self._event, self._data, self._held_bytes = "", [], 0
        if not data:
            return []
        self._retry = None
        return [ServerSentEvent(event=event or "message", data="\n".join(data), id=self._id, retry=retry)]
