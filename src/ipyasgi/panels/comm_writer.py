"""`CommWriter`: writes the panels' updates to their widgets, on one thread, at most ten messages a second per widget.

The reasons for this rate and for numbered rows, measured in JupyterLab 4.6 with ipykernel 7.4 and jupyter_server 2.21:

- The server forwards 1,000 messages a second, counted over 3 s and everything that the kernel sends, and drops the
  rest. One message per row loses 603 of 4,000 at 1,000 rows a second, and 5,474 of 12,000 at 3,000, the last 500
  unnoticed. Hence batches, numbers, and the last number repeated after a pause.
- The limit of 1 MB a second counts only ``stream`` messages, but while it is exceeded *all* messages are dropped: a
  cell that prints 6 MB in 3 s costs a panel 16 messages of 100.
- The front end fetches a body in chunks of 1 MB: one message of 5 MB would block the page for 0.1 s, one of 20 MB for
  0.3 s.
- Messages of the front end wait for the running cell unless they use a subshell (`free_replies`), so it acknowledges
  nothing, and only requests missing rows.
"""

from __future__ import annotations

import contextlib
import contextvars
import threading
import time

import anyio

from ..engine.jobs import Job
from ..engine.loops import Loop
from ..protocol.errors import LoopError
from .comm_queue import CommQueue, CommTarget, Write

MESSAGES_PER_S = 10.0
"""Comm messages a second for one widget, with bursts of up to one second's worth."""


class Budget:
    """The number of messages that may be sent now: grows with time, up to one second's worth."""

    def __init__(self, per_s: float) -> None:
        self._per_s = per_s
        self._left = per_s
        self._at_s: float | None = None

    def wait_s(self, now_s: float) -> float:
        """Return the seconds until one more message is allowed."""
        if self._at_s is not None:
            self._left = min(self._left + (now_s - self._at_s) * self._per_s, self._per_s)
        self._at_s = now_s
        return max(1 - self._left, 0.0) / self._per_s

    def spend(self) -> None:
        """Count one message."""
        self._left -= 1


class CommWriter:
    """Writer on a loop of the caller. Close the writer before the loop."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._lock = threading.Lock()
        self._targets: dict[CommQueue, tuple[Budget, contextvars.Context]] = {}
        self._writer: Job[None] | None = None
        self._bell: anyio.Event | None = None
        self._woken = False
        self._closed = False

    def attach(self, surface: CommTarget, *, keep_rows: int = 2000) -> CommQueue:
        """
        Return a new queue of a widget, whose messages belong to the cell that calls this.

        :param keep_rows: rows held for the front end to request again
        Raises `LoopError` if the comm writer or its loop is closed.
        """
        with self._lock:
            if self._closed:
                raise LoopError("The comm writer is closed. Load the extension again.")
            if self._writer is None:
                self._writer = self._loop.submit(self._write_on)
            queue = CommQueue(surface, keep_rows=keep_rows, wake=self._wake)
            # A context can be entered once at a time: each queue has its own, and only the writer enters it.
            self._targets[queue] = (Budget(MESSAGES_PER_S), contextvars.copy_context())
        free_replies(surface)
        return queue

    def close(self, timeout_s: float = 1.0) -> None:
        """Write the remaining updates, for at most ``timeout_s``, and release every widget; may be called again."""
        with self._lock:
            self._closed = True
            queues, writer = list(self._targets), self._writer
        for queue in queues:
            queue.close()
        self._wake()
        if writer is None or self._loop.is_own_thread():
            return
        # TimeoutError, or cancelled with its loop.
        with contextlib.suppress(Exception):
            writer.result(timeout_s)
        writer.cancel()

    def _wake(self) -> None:
        with self._lock:
            if self._woken or self._writer is None:
                return
            self._woken = True
        self._loop.call_soon(self._ring)

    def _ring(self) -> None:
        if self._bell is not None:  # otherwise the writer has not started, and will read every queue
            self._bell.set()

    async def _write_on(self) -> None:
        while True:
            bell = self._bell = anyio.Event()
            with self._lock:
                self._woken = False
                targets = list(self._targets.items())
            waits = [self._paint(queue, *target) for queue, target in targets]
            if self._closed and not self._targets:
                return
            wait_s = min((wait for wait in waits if wait is not None), default=None)
            with anyio.move_on_after(60.0 if wait_s is None else wait_s):
                await bell.wait()

    def _paint(self, queue: CommQueue, budget: Budget, context: contextvars.Context) -> float | None:
        """Write what is due and allowed; return the seconds until more is due, None if nothing waits."""
        while True:
            now_s = time.monotonic()
            wait_s = 0.0 if queue.closed else budget.wait_s(now_s)
            if wait_s:
                due_s = queue.due_s(now_s)
                return None if due_s is None else max(wait_s, due_s)
            if (write := queue.next_write(now_s)) is None:
                break
            budget.spend()
            try:
                context.run(_write, write)
            except Exception as exc:  # does not affect other panels
                queue.errors.append(exc)
        if not queue.closed:
            return queue.due_s(now_s)
        with self._lock:
            self._targets.pop(queue, None)
        try:
            queue.let_go()
        except Exception as exc:
            queue.errors.append(exc)
        return None


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
    Let the front end choose the shell that handles its messages, so that a click does not wait for a running cell.

    ipykernel 7.4 pins the messages of a widget to the shell that it last sent from, such as the main one, instead of
    the subshell that JupyterLab requests. The private attribute is removed if present; other kernels are unaffected.
    """
    for surface in surfaces:
        comm = getattr(surface, "comm", None)
        getattr(comm, "__dict__", {}).pop("_reply_subshell_id", None)
