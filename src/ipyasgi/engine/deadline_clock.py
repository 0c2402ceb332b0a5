"""`DEADLINE_CLOCK`: the clock of deadlines, which stands still while a debugger holds the app at a breakpoint.

A debugger stops every thread whose code it traces. If it traces all code, the thread that waits for the app stands
too, and notices afterwards that a slice of its wait took far too long. If it traces the user's code only, that thread
goes on waiting, and asks in each slice whether another one stands. Only debugpy (JupyterLab, VS Code) is known here;
no debugger is imported.

Grace periods use ``time.monotonic``: an interrupt must give the prompt back also while an endpoint is at a breakpoint.
"""

from __future__ import annotations

import math
import sys
import threading
import time

LATE_S = 0.5
"""A wait that takes so much longer than it should was stopped, where a debugger is or was attached."""

_SUSPENDED = 2  # STATE_SUSPEND of pydevd


class DeadlineClock:
    """Counts seconds as ``time.monotonic`` does, without those in which a debugger held the app."""

    def __init__(self) -> None:
        # One value, so that no lock is needed, which a debugger could stop a thread with: two waits that notice the
        # same stop write the same.
        self._stopped = (0.0, -math.inf)  # seconds so far, and when the last of them ended

    def now_s(self) -> float:
        """Return the seconds now; only differences mean something."""
        return time.monotonic() - self._stopped[0]

    def note_wait(self, began_s: float, seconds: float, *, waited: bool) -> None:
        """
        Take the time of a wait out of the count, if a debugger held the app meanwhile.

        :param began_s: when it began (``time.monotonic()``)
        :param seconds: the longest that it should take
        :param waited: whether it took all that time
        """
        now_s = time.monotonic()
        is_late = now_s - began_s - seconds > LATE_S
        if (is_late and _was_debugged()) or (waited and _holds_a_thread()):
            self.leave_out(began_s, now_s)

    def leave_out(self, began_s: float, ended_s: float) -> None:
        """Take a time out of the count, given in ``time.monotonic()``; what is already out is not counted twice."""
        total_s, until_s = self._stopped
        self._stopped = total_s + max(ended_s - max(began_s, until_s), 0.0), max(ended_s, until_s)


def debugger_is_attached() -> bool:
    """Return whether a debugger is attached to this process through debugpy."""
    is_connected = getattr(sys.modules.get("debugpy"), "is_client_connected", bool)  # the import may be incomplete
    return bool(is_connected())


def _was_debugged() -> bool:
    """Return whether a debugger is attached, or was: detaching it also ends a stop."""
    find_debugger = getattr(sys.modules.get("pydevd"), "get_global_debugger", lambda: None)
    return find_debugger() is not None


def _holds_a_thread() -> bool:
    if not debugger_is_attached():
        return False
    states = (getattr(getattr(one, "additional_info", None), "pydev_state", 0) for one in threading.enumerate())
    return _SUSPENDED in states


DEADLINE_CLOCK = DeadlineClock()
"""The clock of this process, because a debugger stops the whole process."""
