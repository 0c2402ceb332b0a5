"""`CommQueue`: buffers the updates of one widget between the threads that produce them and the comm writer.

It holds rows (`RowLog`), the latest value of each trait, bodies to be fetched in chunks, and requests of the front end.
A queue decides *what* is written next; `comm_writer.py` decides *when*, and writes. No threads, loops or clocks here.

The custom messages (``paint`` marks them among the panel's own; without an ``id`` key, because ipykernel 7.4 keeps each
``id`` that it sends):

==========================================================  =================================================
``{paint: "rows", first, rows, oldest, dropped}``           rows first, first + 1, ...; oldest is still held
``{paint: "tail", last, oldest, dropped}``                  the newest row's number, repeated after a pause
``{paint: "piece", key, index}`` and one buffer             one chunk of a body
``{paint: "gone", key}``                                    that body is no longer held
front end: ``{paint: "ask", first, last}``                  missing rows; last 0 means up to the newest
front end: ``{paint: "fetch", key, index}``                 the chunk to send
==========================================================  =================================================
"""

from __future__ import annotations

import itertools
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..shown import in_marimo

ROWS_GAP_S = 0.1
"""Minimum seconds between two messages with new rows, so that they are sent in batches."""

ROWS_PER_MESSAGE = 500
"""Maximum rows in one message: 5,000 rows a second at ten messages a second."""

PIECE_BYTES = 1024 * 1024
"""Size of a chunk of a body: tornado's clients, which gateways use, reject messages over 10 MB."""

BODIES_HELD = 8
"""Maximum bodies in a queue; a newer one replaces the oldest."""

ASKS_HELD = 64
"""Requests of the front end that wait for a reply; it repeats those that are dropped."""

REPEAT_AFTER_S = (1.0, 4.0, 15.0, 60.0)
"""
Seconds without an update before each repetition of a message.

The next message reveals a lost one, but nothing reveals the loss of the last. While the server's limit is exceeded, up
to 3 s after the flood, everything is lost, so one repetition is not enough.
"""


class CommTarget(Protocol):
    """The methods of ``ipywidgets.Widget`` that are used."""

    def send(self, content: dict[str, Any], buffers: list[bytes] | None = None) -> None: ...
    def send_state(self, key: Sequence[str]) -> None: ...
    def hold_sync(self) -> AbstractContextManager[None]: ...
    def on_msg(self, callback: Callable[..., None], remove: bool = False) -> None: ...


Resent = tuple[CommTarget, str]
"""A widget and the name of one of its traits, empty for the rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One comm message to a widget: a custom message, or traits to set, or names of traits to send again."""

    surface: CommTarget
    content: dict[str, Any] | None = None
    buffers: tuple[bytes, ...] = ()
    traits: Mapping[str, object] = field(default_factory=dict)
    resend: tuple[str, ...] = ()


class RowLog:
    """The newest rows, numbered from 1, and the number sent so far. Not locked: its queue is."""

    def __init__(self, keep_rows: int) -> None:
        self._rows: deque[object] = deque(maxlen=keep_rows)
        self.last = 0
        self.sent = 0
        self.dropped = 0

    @property
    def oldest(self) -> int:
        """Number of the oldest row held; one past the last if there is none."""
        return self.last - len(self._rows) + 1

    def append(self, row: object) -> None:
        """Add a row; it may replace the oldest, which counts as dropped if it was never sent."""
        if len(self._rows) == self._rows.maxlen and self.oldest > self.sent:
            self.dropped += 1
        self._rows.append(row)
        self.last += 1

    def read(self, first: int, last: int) -> tuple[int, list[object]]:
        """Return the number of the first row, and the rows held from ``first`` to ``last``, at most one message's."""
        first = max(first, self.oldest)
        stop = min(last + 1, first + ROWS_PER_MESSAGE)
        return first, list(itertools.islice(self._rows, first - self.oldest, max(stop - self.oldest, 0)))


class CommQueue:
    """
    The updates of one widget, created by `CommWriter.attach`. Its methods may be called on any thread, and never block.

    Rows beyond ``keep_rows`` replace the oldest, later values of a trait the earlier; after `close` both are ignored.

    :ivar errors: the last five exceptions raised while writing
    """

    def __init__(self, surface: CommTarget, *, keep_rows: int, wake: Callable[[], None]) -> None:
        self.surface = surface
        self._wake = wake
        self._lock = threading.Lock()
        self._log = RowLog(keep_rows)
        self._rows_at_s = 0.0
        self._traits: dict[CommTarget, dict[str, object]] = {}
        self._to_repeat: set[Resent] = set()
        self._repeats: dict[Resent, tuple[float, int]] = {}  # time of the next repetition, and number of those done
        self._asks: OrderedDict[tuple[str, int, int], None] = OrderedDict()
        self._bodies: OrderedDict[int, bytes] = OrderedDict()
        self._next_key = itertools.count(1)
        self.errors: deque[Exception] = deque(maxlen=5)
        self.closed = False
        self._turns = [self._take_ask, self._take_traits, self._take_rows, self._take_repeat]
        surface.on_msg(self._hear)

    @property
    def last(self) -> int:
        """Number of the newest row, from 1; 0 before the first."""
        return self._log.last

    def put(self, row: object) -> None:
        """Append a row: JSON-able and short, about 1 kB at most; a longer value is cut, or offered as a `body`."""
        with self._lock:
            if self.closed:
                return
            was_idle = self._log.sent == self._log.last
            self._log.append(row)
        if was_idle:  # otherwise the comm writer already waits for the next batch
            self._wake()

    def state(self, surface: CommTarget | None = None, /, *, repeat: bool = True, **traits: object) -> None:
        """
        Set traits soon, in one message.

        :param surface: the widget, by default the queue's own
        :param repeat: repeat the values later in case they are lost; False for traits that the user may edit
        """
        target = self.surface if surface is None else surface
        with self._lock:
            if self.closed:
                return
            was_idle = not self._traits
            self._traits.setdefault(target, {}).update(traits)
            # marimo loses nothing, and its page takes a repeated value for a new one.
            repeats = repeat and not in_marimo()
            change = self._to_repeat.update if repeats else self._to_repeat.difference_update
            change((target, name) for name in traits)
        if was_idle:
            self._wake()

    def resend(self, surface: CommTarget, name: str) -> None:
        """Send the present value of a trait again, once: the page has noticed that it is lost."""
        with self._lock:
            if self.closed:
                return
            self._repeats[surface, name] = (0.0, len(REPEAT_AFTER_S) - 1)
        self._wake()

    def body(self, body: bytes) -> dict[str, int]:
        """Store a body until eight newer ones are stored, and return the offer of it for a row or trait."""
        with self._lock:
            key = next(self._next_key)
            self._bodies[key] = body
            if len(self._bodies) > BODIES_HELD:
                self._bodies.popitem(last=False)
        return {"key": key, "size_bytes": len(body), "piece_bytes": PIECE_BYTES}

    def close(self) -> None:
        """Ignore further updates; earlier ones are written at once, then the comm writer releases the widget."""
        with self._lock:
            self.closed = True
        self._wake()

    def _hear(self, _surface: object, content: object, _buffers: object) -> None:
        # On the main thread or a subshell's, so only enqueue.
        match content:
            case {"paint": "ask", "first": int(first), "last": int(last)}:
                ask = ("rows", first, last)
            case {"paint": "fetch", "key": int(key), "index": int(index)} if index >= 0:
                ask = ("piece", key, index)
            case _:
                return
        with self._lock:
            if self.closed or len(self._asks) >= ASKS_HELD:
                return
            self._asks[ask] = None
        self._wake()

    # -- the comm writer's thread --------------------------------------------------------------------------------

    def next_write(self, now_s: float) -> Write | None:
        """Return the next message, None if nothing is due; the kinds take turns, so that each gets a share."""
        with self._lock:
            for turn, take in enumerate(self._turns):
                if (write := take(now_s)) is not None:
                    self._turns.append(self._turns.pop(turn))
                    return write
        return None

    def due_s(self, now_s: float) -> float | None:
        """Return the seconds until something is due, None if nothing waits."""
        with self._lock:
            if self._asks or self._traits:
                return 0.0
            at_s = min((at_s for at_s, _ in self._repeats.values()), default=None)
            if self._log.sent < self._log.last:
                at_s = self._rows_at_s if at_s is None else min(self._rows_at_s, at_s)
        return None if at_s is None else max(at_s - now_s, 0.0)

    def let_go(self) -> None:
        """Release the widget and everything held."""
        self.surface.on_msg(self._hear, remove=True)
        with self._lock:
            self._bodies.clear()
            self._repeats.clear()
            self._asks.clear()

    def _take_ask(self, now_s: float) -> Write | None:
        if not self._asks:
            return None
        (kind, first, second), _ = self._asks.popitem(last=False)
        return self._reply_rows(first, second) if kind == "rows" else self._reply_piece(first, second)

    def _reply_rows(self, first: int, last: int) -> Write:
        last = min(last or self._log.sent, self._log.sent)  # later rows will be sent anyway
        start, rows = self._log.read(first, last)
        if not rows:
            return self._tail()
        stop = start + len(rows)
        if stop <= last:
            self._asks["rows", stop, last] = None
            self._asks.move_to_end(("rows", stop, last), last=False)
        return self._rows(start, rows)

    def _reply_piece(self, key: int, index: int) -> Write:
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
                self._repeats[surface, name] = (now_s + REPEAT_AFTER_S[0], 0)
            else:
                self._repeats.pop((surface, name), None)
        return Write(surface=surface, traits=traits)

    def _take_rows(self, now_s: float) -> Write | None:
        if self._log.sent == self._log.last or (now_s < self._rows_at_s and not self.closed):
            return None
        start, rows = self._log.read(self._log.sent + 1, self._log.last)
        self._log.sent = start + len(rows) - 1
        self._rows_at_s = now_s + ROWS_GAP_S
        self._repeats[self.surface, ""] = (now_s + REPEAT_AFTER_S[0], 0)
        return self._rows(start, rows)

    def _take_repeat(self, now_s: float) -> Write | None:
        due = [key for key, (at_s, _) in self._repeats.items() if at_s <= now_s]
        if not due:
            return None
        surface, name = due[0]
        names = [other for at, other in due if at is surface and bool(other) == bool(name)]
        for other in names:
            done = self._repeats.pop((surface, other))[1] + 1
            if done < len(REPEAT_AFTER_S):
                self._repeats[surface, other] = (now_s + REPEAT_AFTER_S[done], done)
        return Write(surface=surface, resend=tuple(names)) if name else self._tail()

    def _rows(self, first: int, rows: list[object]) -> Write:
        content = {"paint": "rows", "first": first, "rows": rows}
        return Write(surface=self.surface, content=content | self._bounds())

    def _tail(self) -> Write:
        return Write(surface=self.surface, content={"paint": "tail", "last": self._log.sent} | self._bounds())

    def _bounds(self) -> dict[str, int]:
        return {"oldest": self._log.oldest, "dropped": self._log.dropped}
