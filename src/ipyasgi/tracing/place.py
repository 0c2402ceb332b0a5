"""Finds the app's own line in the present stack, also below SQLAlchemy's greenlets."""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterator
from contextvars import ContextVar, Token
from types import FrameType

from ..engine.call import AppCall
from ..engine.source_location import owner_of, place_of

_MOST_FRAMES = 300
_ENTRY = AppCall._run.__code__  # the app is called by this: outer frames are the sender's

_KEPT: ContextVar[tuple[str, str]] = ContextVar("ipyasgi_kept_place", default=("", ""))


def find_place() -> tuple[str, str]:
    """
    Return the innermost line of the app's own code, ``shop/api.py:42``, and its function.

    If no line of the stack is the app's, the result is what `keep_place` has kept; else both are empty.
    """
    found = place_in(sys._getframe(1))
    if found[0]:
        return found
    if is_in_greenlet():
        for outer in _frames_of_greenlets():
            code = outer.f_code
            if not _owner_of(outer):
                return _describe(code.co_filename, outer.f_lineno, code.co_qualname)
    return _KEPT.get()


def place_in(frame: FrameType | None) -> tuple[str, str]:
    """Return the innermost line of the app's own code in a frame and those that called it; empty without one."""
    for _ in range(_MOST_FRAMES):
        if frame is None:
            break
        code = frame.f_code
        # `_owner_of` is called for few frames only: each traced statement looks at dozens of them.
        if not _owner(code.co_filename) and not _owner_of(frame):
            return _describe(code.co_filename, frame.f_lineno, code.co_qualname)
        if code is _ENTRY:
            break
        frame = frame.f_back
    return "", ""


def keep_place() -> Token[tuple[str, str]] | None:
    """
    Keep the present place for a task or thread that is about to be started: its stack begins anew.

    Returns what `forget_place` takes; None if the place could not be found.
    """
    try:
        return _KEPT.set(find_place())
    except Exception:  # the app goes on
        return None


def forget_place(kept: Token[tuple[str, str]] | None) -> None:
    """Let the place that was kept before be the present one again."""
    if kept is not None:
        try:
            _KEPT.reset(kept)
        except ValueError:  # left in another context than it was entered in
            return


@functools.lru_cache(maxsize=1024)
def _describe(filename: str, line: int, qualified: str) -> tuple[str, str]:
    names = [name for name in qualified.split(".<locals>.") if not name.startswith("<")]
    return place_of(filename, line), names[-1] if names else ""


def is_called_by(package: str, library: str) -> bool:
    """Return whether a package makes the present call of a library: SQLAlchemy prepares connections by itself."""
    for frame in _frames():
        owner = _owner_of(frame)
        if owner not in ("ipyasgi", library):
            return owner == package
    return False


def is_in_greenlet() -> bool:
    """Return whether the present code runs in a greenlet of another one, as under SQLAlchemy's async engines."""
    greenlet = sys.modules.get("greenlet")
    return greenlet is not None and greenlet.getcurrent().parent is not None


def is_of_app(filename: str) -> bool:
    """Return whether a file is the app's own, not a package's, Python's or ours."""
    return not _owner(filename)


def _frames() -> Iterator[FrameType]:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        yield frame
        frame = frame.f_back
    yield from _frames_of_greenlets()


def _frames_of_greenlets() -> Iterator[FrameType]:
    """Yield the frames that wait for the present greenlet, from the inside out, as many as are worth a look."""
    greenlet = sys.modules.get("greenlet")
    current = greenlet.getcurrent().parent if greenlet is not None else None
    seen = 0
    while current is not None:
        frame = current.gr_frame
        while frame is not None and seen < _MOST_FRAMES:
            yield frame
            frame, seen = frame.f_back, seen + 1
        current = current.parent


def _owner_of(frame: FrameType) -> str:
    """Return the owner of running code; methods that ``dataclasses`` and namedtuples have written are not the app's."""
    code = frame.f_code
    if code.co_filename == "<string>":
        known = frame.f_globals
        is_command = known.get("__name__") == "__main__" and "__file__" not in known  # python -c
        return "" if is_command and not code.co_qualname.startswith(_WRITTEN) else "Python"
    return _owner(code.co_filename)


_WRITTEN = "__create_fn__"


@functools.lru_cache(maxsize=4096)
def _owner(filename: str) -> str:
    """Return the owner of a file as `owner_of` does; code that a library generates at run time is not the app's."""
    generated = filename.startswith("<") and not filename.startswith(("<ipython-input", "<stdin>", "<string>"))
    return owner_of(filename) or ("Python" if generated else "")
