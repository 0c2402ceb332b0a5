"""Finds the app's own line in the present stack, also below SQLAlchemy's greenlets."""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Iterator
from contextvars import ContextVar
from types import FrameType

from ..engine.source_location import owner_of, place_of

_MOST_FRAMES = 300

_KEPT: ContextVar[tuple[str, str]] = ContextVar("ipyasgi_kept_place", default=("", ""))


def find_place() -> tuple[str, str]:
    """
    Return the innermost line of the app's own code, ``shop/api.py:42``, and its function.

    If no line of the stack is the app's, the result is what `keep_place` has kept; else both are empty.
    """
    for depth, frame in enumerate(_frames()):
        if depth > _MOST_FRAMES:
            break
        code = frame.f_code
        if not _owner(code.co_filename):
            names = [name for name in code.co_qualname.split(".<locals>.") if not name.startswith("<")]
            return place_of(code.co_filename, frame.f_lineno), names[-1] if names else ""
    return _KEPT.get()


@contextlib.contextmanager
def keep_place() -> Iterator[None]:
    """Keep the present place for threads and tasks that are started meanwhile: their stacks begin anew."""
    token = None
    with contextlib.suppress(Exception):  # the app goes on
        token = _KEPT.set(find_place())
    try:
        yield
    finally:
        if token is not None:
            with contextlib.suppress(ValueError):  # left in another context than it was entered in
                _KEPT.reset(token)


def is_called_by(package: str, library: str) -> bool:
    """Return whether a package makes the present call of a library: SQLAlchemy prepares connections by itself."""
    for frame in _frames():
        owner = _owner(frame.f_code.co_filename)
        if owner not in ("ipyasgi", library):
            return owner == package
    return False


def is_of_app(filename: str) -> bool:
    """Return whether a file is the app's own, not a package's, Python's or ours."""
    return not _owner(filename)


def _frames() -> Iterator[FrameType]:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        yield frame
        frame = frame.f_back
    greenlet = sys.modules.get("greenlet")
    current = greenlet.getcurrent().parent if greenlet is not None else None
    while current is not None:
        frame = current.gr_frame
        while frame is not None:
            yield frame
            frame = frame.f_back
        current = current.parent


@functools.lru_cache(maxsize=4096)
def _owner(filename: str) -> str:
    """Return the owner of a file as `owner_of` does; code that a library generates at run time is not the app's."""
    generated = filename.startswith("<") and not filename.startswith(("<ipython-input", "<stdin>", "<string>"))
    return owner_of(filename) or ("Python" if generated else "")
