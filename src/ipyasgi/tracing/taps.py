"""`TraceTaps`: the functions of libraries that are replaced while requests are traced."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable
from typing import Any

from ..engine.fork_guard import renew_in_child
from ..records.output import replace_attribute
from .dependencies import FASTAPI
from .exception_handlers import EXCEPTION_HANDLERS
from .libraries import LIBRARIES, UNWATCHED, Wrap
from .litestar_dependencies import LITESTAR
from .steps import STEPS
from .telemetry import SpanListeners


class TraceTaps:
    """
    The replaced functions of the process: replaced for the first traced request, restored after the last one.

    A request is traced inside ``with``.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        renew_in_child(self._renew_lock)
        self._users = 0
        self._undo: list[Callable[[], None]] = []
        self._watched: list[str] = []
        self._spans = SpanListeners()
        self._made: dict[tuple[int, str], tuple[Any, Any, Any]] = {}

    def _renew_lock(self) -> None:
        self._lock = threading.RLock()  # in a forked child the old one is never released

    def __enter__(self) -> None:
        with self._lock:
            self._users += 1
            with contextlib.suppress(Exception):  # another version of OpenTelemetry
                self._spans.listen()
            for library in (*LIBRARIES, FASTAPI, LITESTAR, *EXCEPTION_HANDLERS, *STEPS):
                if library.name not in self._watched and library.module in sys.modules:
                    with contextlib.suppress(Exception):  # a version with other names, which is then not watched
                        targets = list(library.targets())
                        self._undo += [
                            replace_attribute(owner, name, self._keep(owner, name, wrap))
                            for owner, name, wrap in targets
                        ]
                        self._watched.append(library.name)

    def __exit__(self, *raised: object) -> None:
        with self._lock:
            self._users -= 1
            if self._users == 0:
                for undo in reversed(self._undo):
                    undo()
                self._undo, self._watched = [], []

    def _keep(self, owner: Any, name: str, wrap: Wrap) -> Wrap:
        """Return a function that wraps as ``wrap`` does, but makes the wrapper of a function only once."""

        def kept(before: Any) -> Any:
            earlier = self._made.get((id(owner), name))
            if earlier is not None and earlier[0] is before:
                return earlier[1]
            made = wrap(before)
            self._made[id(owner), name] = before, made, owner
            return made

        return kept

    def watched(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the names of the libraries that are watched, and of those imported that are not."""
        with self._lock:
            watched = tuple(library.name for library in LIBRARIES if library.name in self._watched)
        late = [
            f"{library.name} (imported too late)"
            for library in LIBRARIES
            if library.name not in watched and library.module in sys.modules
        ]
        return watched, (*late, *(name for module, name in UNWATCHED.items() if module in sys.modules))


# The only mutable value of this room: what it replaces belongs to the process.
TRACE_TAPS = TraceTaps()
