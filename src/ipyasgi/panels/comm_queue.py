"""What one panel wants shown, waiting in memory until the comm writer writes it.

Here live the buffers between the threads that produce (the app's loop, a callback, a cell) and the
one thread that writes: rows (`RowLog`), the latest value of each trait, bodies to be fetched in pieces, and
what the front end asked for. A queue decides *what* is written next; `comm_writer.py` decides *when*, and
writes. No thread, no loop, no clock, no ipywidgets in here.

What travels, in the widget's custom messages (``paint`` marks ours among the panel's own; there is no ``id``
key, because ipykernel 7.4 remembers each ``id`` it sends):

==========================================================  =================================================
``{paint: "rows", first, rows, oldest, dropped}``           rows first, first + 1, ...; oldest still held here
``{paint: "tail", last, oldest, dropped}``                  the newest row's number, said again when it is quiet
``{paint: "piece", key, index}`` and one buffer             one piece of a body
``{paint: "gone", key}``                                    that body is no longer held
front end: ``{paint: "ask", first, last}``                  rows it misses; last 0 means up to the newest
front end: ``{paint: "fetch", key, index}``                 the piece it wants
==========================================================  =================================================
"""

from __future__ import annotations

import itertools
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

K = TypeVar("K", bound=Hashable)

ROWS_GAP_S = 0.1
"""Least seconds between two messages with new rows, so that they come in batches."""

ROWS_PER_MESSAGE = 500
"""Most rows in one message: 5,000 rows a second at ten messages a second."""

PIECE_BYTES = 1024 * 1024
"""Size of a body's piece: tornado's clients, which a gateway in between uses, refuse messages over 10 MB."""

BODIES_HELD = 8
"""Bodies a queue holds on to; the oldest offer makes room."""

ASKS_HELD = 64
"""Questions of the front end that wait for a reply; it asks again for what is still missing."""


REPEAT_AFTER_S = (1.0, 4.0, 15.0, 60.0)
"""Seconds of quiet before each repetition."""


class CommTarget(Protocol):
    """What is written on: any ``ipywidgets.Widget``."""

    def send(self, content: dict[str, Any], buffers: list[bytes] | None = None) -> None: ...
    def send_state(self, key: Sequence[str]) -> None: ...
    def hold_sync(self) -> AbstractContextManager[None]: ...
    def on_msg(self, callback: Callable[..., None], remove: bool = False) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """
    One comm message, decided and not yet written.

    :param surface: the widget
    :param content: a custom message, or None where traits are written
    :param buffers: the custom message's binary parts
    :param traits: names and values to set
    :param resend: names of traits whose present value is sent once more
    """

    surface: CommTarget
    content: dict[str, Any] | None = None
    buffers: tuple[bytes, ...] = ()
    traits: Mapping[str, object] = field(default_factory=dict)
    resend: tuple[str, ...] = ()


class RowLog:
    """The newest rows, numbered from 1, and how far they have been sent. Not locked: its channel is."""

    def __init__(self, keep_rows: int) -> None:
        self._rows: deque[object] = deque(maxlen=keep_rows)
        self.last = 0
        self.sent = 0
        self.dropped = 0

    @property
    def oldest(self) -> int:
        """Number of the oldest row held; one past the last where there is none."""
        return self.last - len(self._rows) + 1

    def append(self, row: object) -> None:
        """Hold the row; the oldest makes room, and counts as dropped where it was never sent."""
        if len(self._rows) == self._rows.maxlen and self.oldest > self.sent:
            self.dropped += 1
        self._rows.append(row)
        self.last += 1

    def read(self, first: int, last: int) -> tuple[int, list[object]]:
        """Return (number of the first row, rows) of what is held of ``first`` to ``last``, one message's worth."""
        first = max(first, self.oldest)
        stop = min(last + 1, first + ROWS_PER_MESSAGE)
        return first, list(itertools.islice(self._rows, first - self.oldest, max(stop - self.oldest, 0)))


class ResendSchedule(Generic[K]):
    """
    When each message is to be sent again, because the server may have thrown it away. Not locked: its queue is.

    A lost message shows by the next one's number; the last one has no next: 3,000 rows a second, sent one by one, lost
    their last 500 that way. While the server's limit is exceeded everything is lost, up to 3 s after the flood that
    exceeded it, so once is not enough.
    """

    def __init__(self) -> None:
        self._repeats: dict[K, tuple[float, int]] = {}  # when next, and how often it was sent again

    def start(self, key: K, now_s: float) -> None:
        """Begin anew: the message was sent just now."""
        self._repeats[key] = (now_s + REPEAT_AFTER_S[0], 0)

    def stop(self, key: K) -> None:
        """Send it no more; harmless where it was not to be sent again."""
        self._repeats.pop(key, None)

    def clear(self) -> None:
        """Send nothing again."""
        self._repeats.clear()

    def next_at_s(self) -> float | None:
        """Return when the next repetition is due, None where there is none."""
        return min((at_s for at_s, _ in self._repeats.values()), default=None)

    def due(self, now_s: float) -> list[K]:
        """Return what is due, without taking it."""
        return [key for key, (at_s, _) in self._repeats.items() if at_s <= now_s]

    def said(self, key: K, now_s: float) -> None:
        """Note that a due message was sent again; after the last time it is forgotten."""
        step = self._repeats.pop(key)[1] + 1
        if step < len(REPEAT_AFTER_S):
            self._repeats[key] = (now_s + REPEAT_AFTER_S[step], step)


class CommQueue:
    """
    One panel's way to the screen. Made by `CommWriter.attach`; every public method may be called on any thread.

    No method waits and none raises for what happens on the way: rows beyond ``keep_rows`` push out the
    oldest, a trait's later value replaces an earlier one, and after `close` nothing is taken any more.
    """

    def __init__(self, surface: CommTarget, *, keep_rows: int, wake: Callable[[], None]) -> None:
        self.surface = surface
        self._wake = wake
        self._lock = threading.Lock()
        self._log = RowLog(keep_rows)
        self._rows_at_s = 0.0
        self._traits: dict[CommTarget, dict[str, object]] = {}
        self._to_repeat: set[tuple[CommTarget, str]] = set()
        self._repeats: ResendSchedule[tuple[CommTarget, str]] = ResendSchedule()
        self._asks: OrderedDict[tuple[str, int, int], None] = OrderedDict()
        self._bodies: OrderedDict[int, bytes] = OrderedDict()
        self._next_key = itertools.count(1)
        self._errors: deque[Exception] = deque(maxlen=5)
        self._closed = False
        self._turns = [self._take_ask, self._take_traits, self._take_rows, self._take_repeat]
        surface.on_msg(self._hear)

    # -- any thread ------------------------------------------------------------------------------------------

    @property
    def last(self) -> int:
        """Number of the newest row, counted from 1; 0 before there is one."""
        return self._log.last

    @property
    def dropped(self) -> int:
        """Rows that made room before they were ever written."""
        return self._log.dropped

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._closed

    @property
    def errors(self) -> tuple[Exception, ...]:
        """The last five exceptions met while writing; the comm writer goes on after each."""
        return tuple(self._errors)

    def put(self, row: object) -> None:
        """
        Append one row to the panel's list.

        :param row: JSON-able, about 1 kB at most: long values are cut before, or offered as a `body`
        """
        with self._lock:
            if self._closed:
                return
            news = self._log.sent == self._log.last
            self._log.append(row)
        if news:  # otherwise the comm writer is already counting down to the next batch
            self._wake()

    def state(self, surface: CommTarget | None = None, /, *, repeat: bool = True, **traits: object) -> None:
        """
        Set traits soon, all of them in one message; of two values for one trait the later wins.

        :param surface: the widget to set them on, by default the queue's own
        :param repeat: say the value again when it is quiet, in case it got lost on the way; False for what
            the reader may have edited meanwhile
        :param traits: names and values
        """
        target = self.surface if surface is None else surface
        with self._lock:
            if self._closed:
                return
            news = not self._traits
            self._traits.setdefault(target, {}).update(traits)
            change = self._to_repeat.update if repeat else self._to_repeat.difference_update
            change((target, name) for name in traits)
        if news:
            self._wake()

    def body(self, body: bytes) -> dict[str, int]:
        """
        Hold a body of any size for the front end to fetch in pieces, and return the offer for a row or a trait.

        :param body: held by reference until eight newer ones were offered
        Returns ``key``, which names it in this queue, ``size_bytes``, and ``piece_bytes`` of each piece but the last.
        """
        with self._lock:
            key = next(self._next_key)
            self._bodies[key] = body
            if len(self._bodies) > BODIES_HELD:
                self._bodies.popitem(last=False)
        return {"key": key, "size_bytes": len(body), "piece_bytes": PIECE_BYTES}

    def close(self) -> None:
        """Take nothing more; what was taken is written at once, then the comm writer lets go of the widget."""
        with self._lock:
            self._closed = True
        self._wake()

    def _hear(self, _surface: object, content: object, _buffers: object) -> None:
        # On the main thread or on a subshell's: only note what is wanted.
        match content:
            case {"paint": "ask", "first": int(first), "last": int(last)}:
                ask = ("rows", first, last)
            case {"paint": "fetch", "key": int(key), "index": int(index)} if index >= 0:
                ask = ("piece", key, index)
            case _:
                return
        with self._lock:
            if self._closed or len(self._asks) >= ASKS_HELD:
                return
            self._asks[ask] = None
        self._wake()

    # -- the comm writer's thread --------------------------------------------------------------------------------

    def next_write(self, now_s: float) -> Write | None:
        """Decide the next message, or None where nothing is due; kinds take turns, so that none starves."""
        with self._lock:
            for turn, take in enumerate(self._turns):
                write = take(now_s)
                if write is not None:
                    self._turns.append(self._turns.pop(turn))
                    return write
        return None

    def due_s(self, now_s: float) -> float | None:
        """Return the seconds until something is due, None where nothing waits."""
        with self._lock:
            if self._asks or self._traits:
                return 0.0
            at_s = self._repeats.next_at_s()
            if self._log.sent < self._log.last:
                at_s = self._rows_at_s if at_s is None else min(self._rows_at_s, at_s)
        return None if at_s is None else max(at_s - now_s, 0.0)

    def note_error(self, error: Exception) -> None:
        """Remember what a write raised."""
        self._errors.append(error)

    def let_go(self) -> None:
        """Unhook from the widget and forget everything."""
        self.surface.on_msg(self._hear, remove=True)
        with self._lock:
            self._bodies.clear()
            self._repeats.clear()
            self._asks.clear()

    def _take_ask(self, now_s: float) -> Write | None:
        if not self._asks:
            return None
        (kind, first, second), _ = self._asks.popitem(last=False)
        return self._answer_rows(first, second) if kind == "rows" else self._answer_piece(first, second)

    def _answer_rows(self, first: int, last: int) -> Write:
        last = min(last or self._log.sent, self._log.sent)  # what was not sent yet comes by itself
        start, rows = self._log.read(first, last)
        if not rows:
            return self._tail()
        stop = start + len(rows)
        if stop <= last:
            self._asks["rows", stop, last] = None
            self._asks.move_to_end(("rows", stop, last), last=False)
        return self._rows(start, rows)

    def _answer_piece(self, key: int, index: int) -> Write:
        body = self._bodies.get(key)
        if body is None:
            return Write(surface=self.surface, content={"paint": "gone", "key": key})
        piece = body[index * PIECE_BYTES : (index + 1) * PIECE_BYTES]
        return Write(surface=self.surface, content={"paint": "piece", "key": key, "index": index}, buffers=(piece,))

    def _take_traits(self, now_s: float) -> Write | None:
        if not self._traits:
            return None
        surface = next(iter(self._traits))
        traits = self._traits.pop(surface)
        for name in traits:
            if (surface, name) in self._to_repeat:
                self._repeats.start((surface, name), now_s)
            else:
                self._repeats.stop((surface, name))
        return Write(surface=surface, traits=traits)

    def _take_rows(self, now_s: float) -> Write | None:
        if self._log.sent == self._log.last or (now_s < self._rows_at_s and not self._closed):
            return None
        start, rows = self._log.read(self._log.sent + 1, self._log.last)
        self._log.sent = start + len(rows) - 1
        self._rows_at_s = now_s + ROWS_GAP_S
        self._repeats.start((self.surface, ""), now_s)
        return self._rows(start, rows)

    def _take_repeat(self, now_s: float) -> Write | None:
        # The key with the empty name stands for the rows, whose last word is the tail.
        due = self._repeats.due(now_s)
        if not due:
            return None
        surface, name = due[0]
        if not name:
            self._repeats.said(due[0], now_s)
            return self._tail()
        names = [other for at, other in due if at is surface and other]
        for other in names:
            self._repeats.said((surface, other), now_s)
        return Write(surface=surface, resend=tuple(names))

    def _rows(self, first: int, rows: list[object]) -> Write:
        content = {"paint": "rows", "first": first, "rows": rows}
        return Write(surface=self.surface, content=content | self._bounds())

    def _tail(self) -> Write:
        return Write(surface=self.surface, content={"paint": "tail", "last": self._log.sent} | self._bounds())

    def _bounds(self) -> dict[str, int]:
        return {"oldest": self._log.oldest, "dropped": self._log.dropped}
