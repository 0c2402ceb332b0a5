"""The display thread: the one place that writes to widgets, and when.

Panels hand what they want shown to a `CommQueue`, from any thread; the comm writer's loop (a second
`BackgroundLoop`, so the app's loop never renders) writes it, at most ten messages a second per panel.
What is shown belongs to the panels, what is written next to `comm_queue.py`.

Why ten a second, and why numbered rows that can be asked for again (measured in JupyterLab 4.6 with
ipykernel 7.4 and jupyter_server 2.21, two cores):

- The server forwards 1,000 messages a second, counted over 3 s over *everything* the kernel sends, and throws
  the rest away for good. One message per row loses 603 of 4,000 at 1,000 rows a second and 5,474 of 12,000 at
  3,000, the last 500 of them without any later message to notice it by; and the cell that runs gets an
  "IOPub message rate exceeded". Hence batches, numbers, and the last number said again when it is quiet.
- The limit of 1 MB a second counts ``stream`` messages only (a 20 MB comm message arrives whole), but while
  it is exceeded *all* messages are thrown away: a cell that prints 6 MB in 3 s costs a panel 16 of 100.
- A body goes in pieces of 1 MB that the front end fetches: one message of 5 MB arrives, but holds the page
  for 0.1 s, one of 20 MB for 0.3 s. In pieces 5 MB take 1.0-1.2 s while a cell runs.
- Written this way 1,000 rows a second arrive whole during ``time.sleep``, and the page's longest frame is 70 ms.
- Messages from the front end wait for the running cell unless they go to a subshell (`free_replies`), so
  nothing is acknowledged; the front end speaks up only when rows are missing. Each message it sends also
  becomes the parent that ipykernel gives to prints of raw threads (read in its source, not measured).
"""

from __future__ import annotations

import contextlib
import contextvars
import threading
import time
from collections.abc import Callable

import anyio

from ..engine.jobs import Job
from ..engine.loops import Loop
from ..protocol.errors import LoopError
from .comm_queue import CommQueue, CommTarget, Write

MESSAGES_PER_S = 10.0
"""Comm messages a second that one panel may send for long; a second's worth may go at once."""


class Budget:
    """How many messages a panel may send now: refilled with time, never more than a second's worth."""

    def __init__(self, per_s: float) -> None:
        self._per_s = per_s
        self._left = per_s
        self._at_s: float | None = None

    def wait_s(self, now_s: float) -> float:
        """Return the seconds until one more message is allowed, 0 where it is."""
        if self._at_s is not None:
            self._left = min(self._left + (now_s - self._at_s) * self._per_s, self._per_s)
        self._at_s = now_s
        return max(1 - self._left, 0.0) / self._per_s

    def spend(self) -> None:
        """Count one message."""
        self._left -= 1


class CommWriter:
    """
    Writes what panels want shown, on one thread, within the server's limits.

    :param loop: the display loop; it belongs to the caller, who closes the comm writer first
    :param messages_per_s: comm messages a second for each panel
    :param clock: seconds, monotonic
    """

    def __init__(
        self,
        loop: Loop,
        *,
        messages_per_s: float = MESSAGES_PER_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._loop = loop
        self._messages_per_s = messages_per_s
        self._clock = clock
        self._lock = threading.Lock()
        self._targets: dict[CommQueue, tuple[Budget, contextvars.Context]] = {}
        self._writer: Job[None] | None = None
        self._bell: anyio.Event | None = None
        self._news = False
        self._closed = False

    def attach(self, surface: CommTarget, *, keep_rows: int = 2000) -> CommQueue:
        """
        Open a queue to a widget, on the cell's thread: its messages belong to the cell that attaches.

        :param surface: the widget that gets the rows and bodies; `CommQueue.state` may name others
        :param keep_rows: rows held for the front end to ask for again
        Raises `LoopError` where the comm writer or its loop is closed.
        """
        with self._lock:
            if self._closed:
                raise LoopError("the comm writer is closed: load the extension again")
            if self._writer is None:
                self._writer = self._loop.submit(self._write_on)
            queue = CommQueue(surface, keep_rows=keep_rows, wake=self._wake)
            # A context can be entered once at a time: each queue has its own, and only the writer enters it.
            self._targets[queue] = (Budget(self._messages_per_s), contextvars.copy_context())
        free_replies(surface)
        return queue

    def close(self, timeout_s: float = 1.0) -> None:
        """
        Write what is left, let go of every widget and end the writer; again is harmless.

        :param timeout_s: seconds for all of it; then the rest is abandoned
        """
        with self._lock:
            self._closed = True
            queues, writer = list(self._targets), self._writer
        for queue in queues:
            queue.close()
        self._wake()
        if writer is None or self._loop.is_own_thread():
            return
        # TimeoutError, or cancelled with its loop: either way nothing is left to wait for.
        with contextlib.suppress(Exception):
            writer.result(timeout_s)
        writer.cancel()

    def _wake(self) -> None:
        with self._lock:
            if self._news or self._writer is None:
                return
            self._news = True
        self._loop.call_soon(self._ring)

    def _ring(self) -> None:
        if self._bell is not None:  # otherwise the writer has yet to start, and will look at everything
            self._bell.set()

    async def _write_on(self) -> None:
        while True:
            bell = self._bell = anyio.Event()
            with self._lock:
                self._news = False
                targets = list(self._targets.items())
            waits = [self._paint(queue, *target) for queue, target in targets]
            if self._closed and not self._targets:
                return
            wait_s = min((wait for wait in waits if wait is not None), default=None)
            with anyio.move_on_after(60.0 if wait_s is None else wait_s):
                await bell.wait()

    def _paint(self, queue: CommQueue, budget: Budget, context: contextvars.Context) -> float | None:
        """Write what is due and allowed; return the seconds until there is more, None where nothing waits."""
        while True:
            now_s = self._clock()
            wait_s = 0.0 if queue.closed else budget.wait_s(now_s)
            if wait_s:
                due_s = queue.due_s(now_s)
                return None if due_s is None else max(wait_s, due_s)
            write = queue.next_write(now_s)
            if write is None:
                break
            budget.spend()
            try:
                context.run(_write, write)
            except Exception as exc:  # one panel's failure is not the others'
                queue.note_error(exc)
        if queue.closed:
            self._let_go(queue)
            return None
        return queue.due_s(now_s)

    def _let_go(self, queue: CommQueue) -> None:
        with self._lock:
            self._targets.pop(queue, None)
        try:
            queue.let_go()
        except Exception as exc:
            queue.note_error(exc)


def _write(write: Write) -> None:
    surface = write.surface
    if write.content is not None:
        surface.send(write.content, list(write.buffers))
    elif write.resend:
        surface.send_state(list(write.resend))
    else:
        with surface.hold_sync():
            for name, value in write.traits.items():
                setattr(surface, name, value)
    free_replies(surface)


def free_replies(*surfaces: object) -> None:
    """
    Let the front end choose the shell that answers it, so that a click need not wait for a running cell.

    ipykernel 7.4 pins a widget's messages to the shell it last sent from, for a widget made in a cell the
    main one, over the subshell that JupyterLab asks for (``comm._reply_subshell_id``, private, therefore
    only forgotten where it is found). On other kernels nothing happens, and a click may wait for the cell.
    """
    for surface in surfaces:
        comm = getattr(surface, "comm", None)
        getattr(comm, "__dict__", {}).pop("_reply_subshell_id", None)
