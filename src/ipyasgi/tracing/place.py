"""Finds the app's own line in the present stack, also below SQLAlchemy's greenlets."""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterator
from types import FrameType

from ..engine.source_location import owner_of, place_of

_MOST_FRAMES = 300


def find_place() -> tuple[str, str]:
    """Return the innermost line of the app's own code, ``shop/api.py:42``, and its function; empty without one."""
    place, function = place_in(sys._getframe(1))
    if not place:
        for outer in _frames_of_greenlets():
            code = outer.f_code
            if not _owner(code.co_filename):
                return _describe(code.co_filename, outer.f_lineno, code.co_qualname)
    return place, function


def place_in(frame: FrameType | None) -> tuple[str, str]:
    """Return the same of a frame and those that called it."""
    for _ in range(_MOST_FRAMES):
        if frame is None:
            break
        code = frame.f_code
        if not _owner(code.co_filename):
            return _describe(code.co_filename, frame.f_lineno, code.co_qualname)
        frame = frame.f_back
    return "", ""


@functools.lru_cache(maxsize=1024)
def _describe(filename: str, line: int, qualified: str) -> tuple[str, str]:
    names = [name for name in qualified.split(".<locals>.") if not name.startswith("<")]
    return place_of(filename, line), names[-1] if names else ""


def is_called_by(package: str, library: str) -> bool:
    """Return whether a package makes the present call of a library: SQLAlchemy prepares connections by itself."""
    for frame in _frames():
        owner = _owner(frame.f_code.co_filename)
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


@functools.lru_cache(maxsize=4096)
def _owner(filename: str) -> str:
    """Return the owner of a file as `owner_of` does; code that a library generates at run time is not the app's."""
    generated = filename.startswith("<") and not filename.startswith(("<ipython-input", "<stdin>", "<string>"))
    return owner_of(filename) or ("Python" if generated else "")
