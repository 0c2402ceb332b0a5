"""`ForkGuard`: detects forked children, which have a copy of everything except the threads that run the loops.

Check it before waiting for a loop and before taking a lock: a lock that another thread of the parent held during the
fork is never released in the child.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from ..protocol.errors import LoopError


class ForkGuard:
    """Stores the process in which an object was made, and rejects its use in a forked child."""

    def __init__(self) -> None:
        self._pid = os.getpid()

    @property
    def forked(self) -> bool:
        """Whether the process was forked since the object was made."""
        return self._pid != os.getpid()

    def check(self) -> None:
        """Raise `LoopError` in a forked child."""
        if self.forked:
            raise LoopError(
                "the event loop did not survive the fork: its thread is in the parent process. "
                "Make a new client here, or attach the app again"
            )


def renew_in_child(renew: Callable[[], object]) -> None:
    """Call ``renew`` in every child forked from now on, before any other code runs there."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=renew)
