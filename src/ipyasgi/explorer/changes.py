"""`Changes`: the starts, replacements and ends of an explorer's app, which an interrupt cannot leave half done."""

from __future__ import annotations

import concurrent.futures
import contextlib
import contextvars
from collections.abc import Callable, Iterator
from typing import Any, TypeVar, TypeVarTuple, Unpack

from ..engine.exit import LIVE_LOOPS
from ..engine.jobs import inbox_of, wait_done
from ..engine.loops import Loop
from ..engine.strategy import finish_in_thread, make_lock
from ..protocol.errors import LoopError

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_PATIENCE_S = 10.0
"""How long others wait for a change, besides the time limits of its shutdown and startup."""
_WITHIN: contextvars.ContextVar[Changes | None] = contextvars.ContextVar("ipyasgi_changes", default=None)
"""The changes that this thread makes: its own steps do not wait for them."""


class Changes:
    """
    Runs each change on a thread of its own, where no interrupt of the caller can reach it; others wait for it.

    :ivar hurry: ends the start or the shutdown that a change waits for, so that the change ends soon
    :param loop: that the app runs on, if the caller gave one
    """

    def __init__(self, loop: Loop | None) -> None:
        self.hurry: Callable[[], object] = lambda: None
        self._loop = loop
        self._lock = make_lock()
        # A change in progress, and acts that an interrupt did not end. A dict, because looking at it takes no lock: an
        # interrupt within `Future.done` could leave the future's lock locked.
        self._unfinished: dict[concurrent.futures.Future[Any], None] = {}

    @property
    def done(self) -> bool:
        """Whether nothing is in progress that others wait for."""
        return not self._unfinished

    def run(self, func: Callable[[Unpack[Ts]], T], *args: *Ts) -> T:
        """Run a function that changes the app or a step of its lifespan; an interrupt ends only the wait for it."""
        return finish_in_thread(func, *args, loop=self._loop, on_interrupt=self._leave)

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Let requests and other changes wait until the end of the block."""
        with self._lock:
            current: concurrent.futures.Future[Any] = concurrent.futures.Future()
            self._unfinished[current] = None
            token = _WITHIN.set(self)
            try:
                yield
            finally:
                _WITHIN.reset(token)
                del self._unfinished[current]
                current.set_result(None)

    def settle(self, limit_s: float) -> None:
        """
        Wait for what is in progress: the client that is there now may be about to close.

        :param limit_s: seconds that a start or a shutdown may take
        Raises `LoopError` when it takes much longer.
        """
        if self.done or _WITHIN.get() is self or LIVE_LOOPS.is_loop_thread():
            return
        try:
            for one in tuple(self._unfinished):
                inbox_of(one).run_sync(wait_done(one, 2 * limit_s + _PATIENCE_S))
                if not one.done():
                    raise LoopError("the app is being started, replaced or shut down: wait, then try again")
        except KeyboardInterrupt:
            self.hurry()
            raise

    def _leave(self, unfinished: concurrent.futures.Future[Any]) -> None:
        self._unfinished[unfinished] = None
        unfinished.add_done_callback(lambda done: self._unfinished.pop(done, None))
        self.hurry()
