"""What a fork does to us: everything is copied into the child but the threads that run the loops.

Whatever waits for a loop asks here first, before it takes a lock: one that another thread of the parent held at the
moment of the fork is never given back in the child.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from ..protocol.errors import LoopError


class Birthplace:
    """The process in which something was made."""

    __slots__ = ("_pid",)

    def __init__(self) -> None:
        self._pid = os.getpid()

    @property
    def elsewhere(self) -> bool:
        """Whether this is another process: a child that was forked since."""
        return self._pid != os.getpid()

    def check(self) -> None:
        """Raise `LoopError` in another process."""
        if self.elsewhere:
            raise LoopError(
                "the event loop did not survive the fork: its thread is in the parent process. "
                "Make a new client here, or attach the app again"
            )


def renew_in_child(renew: Callable[[], object]) -> None:
    """Call ``renew`` in every child that is forked from now on, before anything else of ours runs there."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=renew)
