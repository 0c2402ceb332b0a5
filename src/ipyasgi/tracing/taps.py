"""`TraceTaps`: the functions of libraries that are replaced while requests are traced."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any

from ..engine.fork_guard import renew_in_child
from ..records.output import replace_attribute
from .dependencies import FASTAPI
from .exception_handlers import EXCEPTION_HANDLERS
from .libraries import LIBRARIES, UNWATCHED
from .libraries.library import Library, Wrap
from .litestar_dependencies import LITESTAR
from .steps import STEPS
from .telemetry import SpanListeners

_TRACED = (*LIBRARIES, FASTAPI, LITESTAR, *EXCEPTION_HANDLERS, *STEPS)
_MOST_MADE = 1_000


class TraceTaps:
    """
    The replaced functions of the process: replaced for the first traced request, restored after the last one.

    A request is traced inside ``with``.

    :param libraries: whose functions are replaced
    """

    def __init__(self, libraries: Sequence[Library] = _TRACED) -> None:
        self._libraries = libraries
        self._lock = threading.RLock()
        renew_in_child(self._renew_lock)
        self._users = 0
        self._undo: list[Callable[[], None]] = []
        self._watched: list[str] = []
        self._spans = SpanListeners()
        self._made: dict[tuple[int, str, int], tuple[Any, Any, Any]] = {}

    def _renew_lock(self) -> None:
        self._lock = threading.RLock()  # in a forked child the old one is never released

    def __enter__(self) -> None:
        with self._lock:
            self._users += 1
            with contextlib.suppress(Exception):  # another version of OpenTelemetry
                self._spans.listen()
            for library in self._libraries:
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
            key = (id(owner), name, id(before))
            if key not in self._made:
                if len(self._made) >= _MOST_MADE:
                    self._made.clear()
                self._made[key] = (wrap(before), before, owner)  # kept with what the key identifies
            return self._made[key][0]

        return kept

    def watched(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the names of the libraries that are watched, and of those imported that are not."""
        with self._lock:
            replaced = tuple(self._watched)
        libraries = [library for library in LIBRARIES if library.makes_calls]
        watched = tuple(library.name for library in libraries if library.name in replaced)
        late = [
            f"{library.name} (imported too late)"
            for library in libraries
            if library.name not in watched and library.module in sys.modules
        ]
        return watched, (*late, *(name for module, name in UNWATCHED.items() if module in sys.modules))


# A mutable value of this room, like PROFILE_TAPS: what it replaces belongs to the process.
TRACE_TAPS = TraceTaps()
