"""`TraceTaps`: the functions of libraries that are replaced while requests are traced."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Sequence
from typing import Any, NamedTuple

from ..engine.fork_guard import renew_in_child
from .dependencies import FASTAPI
from .exception_handlers import EXCEPTION_HANDLERS
from .libraries import LIBRARIES, UNWATCHED
from .libraries.library import Library, Wrap
from .litestar_dependencies import LITESTAR
from .steps import STEPS
from .telemetry import SpanListeners

_TRACED = (*LIBRARIES, FASTAPI, LITESTAR, *EXCEPTION_HANDLERS, *STEPS)
_MOST_MADE = 1_000


class _Replacement(NamedTuple):
    """A function of a module or class, and the wrapper that replaces it."""

    owner: Any
    name: str
    before: Any
    wrapper: Any


def _undo(replaced: Sequence[_Replacement]) -> None:
    """Restore functions, the last one first, unless they were replaced again."""
    for owner, name, before, wrapper in reversed(replaced):
        if getattr(owner, name, None) is wrapper:
            setattr(owner, name, before)


class TraceTaps:
    """
    The replaced functions of the process: replaced for the first traced request, restored after the last one.

    Code is watched inside ``with``, or between `enter` and `leave`, which an interrupt may leave at any line: the next
    `leave` restores what is left.

    :param libraries: whose functions are replaced
    """

    def __init__(self, libraries: Sequence[Library] = _TRACED) -> None:
        self._libraries = libraries
        self._lock = threading.RLock()
        renew_in_child(self._renew_lock)
        self._users: set[object] = set()
        self._entered: list[object] = []
        self._replaced: list[_Replacement] = []
        self._watched: list[str] = []
        self._modules = 0
        self._names: tuple[object, tuple[tuple[str, ...], tuple[str, ...]]] | None = None
        self._earlier: tuple[list[_Replacement], list[str]] = ([], [])
        self._spans = SpanListeners()
        self._made: dict[tuple[int, str, int], _Replacement] = {}

    def _renew_lock(self) -> None:
        self._lock = threading.RLock()  # in a forked child the old one is never released

    def __enter__(self) -> None:
        user = object()
        self._entered.append(user)
        self.enter(user)

    def __exit__(self, *raised: object) -> None:
        self.leave(self._entered.pop())

    def enter(self, user: object) -> None:
        """Replace the functions, for the first user."""
        with self._lock:
            is_first = not self._users
            if is_first and self._replaced:  # left by an interrupt
                self._restore()
            self._users.add(user)
            with contextlib.suppress(Exception):  # another version of OpenTelemetry
                self._spans.listen()
            modules = len(sys.modules)
            if modules != self._modules or (is_first and not self._replace_again()):
                self._replace_all()
                self._modules = modules

    def leave(self, user: object) -> None:
        """Restore the functions, after the last user; a second call does nothing, and so does one without `enter`."""
        with self._lock:
            self._users.discard(user)
            if not self._users and self._replaced:
                self._restore()

    def _restore(self) -> None:
        _undo(self._replaced)
        self._earlier = self._replaced, self._watched
        self._replaced, self._watched = [], []

    def _replace_again(self) -> bool:
        """Replace what was replaced the last time, quickly; return whether all of it was as it was then."""
        self._replaced, self._watched = self._earlier
        for owner, name, before, wrapper in self._replaced:
            if getattr(owner, name, None) is not before:
                _undo(self._replaced)
                self._replaced, self._watched = [], []
                return False
            setattr(owner, name, wrapper)
        return bool(self._watched)

    def _replace_all(self) -> None:
        """Search the libraries that were imported meanwhile, and replace their functions."""
        for library in self._libraries:
            if library.name not in self._watched and library.module in sys.modules:
                with contextlib.suppress(Exception):  # a version with other names, which is then not watched
                    for owner, name, wrap in list(library.targets()):
                        made = self._make(owner, name, wrap)
                        self._replaced.append(made)  # first: an interrupt may come in between
                        setattr(owner, name, made.wrapper)
                    self._watched.append(library.name)

    def _make(self, owner: Any, name: str, wrap: Wrap) -> _Replacement:
        """Return the replacement of a function, which is made once."""
        before = getattr(owner, name)
        key = (id(owner), name, id(before))
        if key not in self._made:
            if len(self._made) >= _MOST_MADE:
                self._made.clear()
            self._made[key] = _Replacement(owner, name, before, wrap(before))  # which keeps what the key identifies
        return self._made[key]

    def watched(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the names of the libraries that are watched, and of those imported that are not."""
        with self._lock:
            replaced = tuple(self._watched)
        key = (replaced, len(sys.modules))
        if self._names is None or self._names[0] != key:
            self._names = key, _watched_of(replaced)
        return self._names[1]


def _watched_of(replaced: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
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
