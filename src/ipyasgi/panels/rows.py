"""The newest rows of one panel, numbered. Only the bounded list lives here; `comm_queue.py` locks and sends it."""

from __future__ import annotations

import itertools
from collections import deque

ROWS_PER_MESSAGE = 500
"""Most rows in one message: 5,000 rows a second at ten messages a second."""


class RowLog:
    """The newest rows, numbered from 1, and how far they have been sent. Not locked: its queue is."""

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
