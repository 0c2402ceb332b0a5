"""Describes source locations: the owner of a file, a short name of a line, and the line where a coroutine waits.

Reads no file. The frames of a suspended coroutine are read from another thread, and not stored.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import FrameType
from typing import Any

_DEEPEST = 200

_OURS = str(Path(__file__).parents[1]) + os.sep
_OUR_APPS = (_OURS + "samples" + os.sep, _OURS + "teaching" + os.sep)
_STDLIB = str(Path(os.__file__).parent) + os.sep  # not from sysconfig, which is slow to import
_PACKAGES = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")


def owner_of(filename: str) -> str:
    """Return the owner of a file's code: empty for the user, ``ipyasgi``, a package's name, or ``Python``."""
    if filename.startswith(_OUR_APPS):
        return ""
    if filename.startswith(_OURS):
        return "ipyasgi"
    for mark in _PACKAGES:
        if mark in filename:
            return Path(filename.rpartition(mark)[2]).parts[0].removesuffix(".py")
    if filename.startswith((_STDLIB, "<frozen ")):
        return "Python"
    return ""


def place_of(filename: str, line: int) -> str:
    """Return ``shop/api.py:42`` for a line of a file, ``cell:3`` for a line of a notebook cell."""
    parts = filename.replace("\\", "/").split("/")
    if filename.startswith("<ipython-input") or any(part.startswith("ipykernel_") for part in parts):
        return f"cell:{line}"
    return f"{'/'.join(parts[-2:])}:{line}"


def read_frames(awaited: Any) -> list[FrameType]:
    """Return the frames of a suspended coroutine and of what it awaits, innermost last."""
    found: list[FrameType] = []
    while awaited is not None and len(found) < _DEEPEST:
        frame = _first_of(awaited, "cr_frame", "gi_frame", "ag_frame")
        if frame is not None:
            found.append(frame)
        awaited = _first_of(awaited, "cr_await", "gi_yieldfrom", "ag_await")
    return found


def describe_frames(frames: list[FrameType]) -> tuple[str, ...]:
    """Return ``file:line in function`` for each frame."""
    return tuple(f"{place_of(f.f_code.co_filename, f.f_lineno)} in {f.f_code.co_name}" for f in frames)


def describe_place(frames: list[FrameType]) -> str:
    """Return the innermost line of the app's own code, and what it awaits; empty without frames."""
    for depth in reversed(range(len(frames))):
        if not owner_of(frames[depth].f_code.co_filename):
            (line,) = describe_frames(frames[depth : depth + 1])
            return line + _awaited(frames[depth + 1 :])
    return "".join(describe_frames(frames[-1:]))


def _awaited(deeper: list[FrameType]) -> str:
    if not deeper:
        return ""
    code = deeper[0].f_code
    if owner_of(code.co_filename) == "ipyasgi":
        return ", awaiting " + ("receive()" if "receive" in code.co_name else "send()")
    return f", awaiting {code.co_qualname.rpartition('<locals>.')[2]}"


def _first_of(owner: Any, *names: str) -> Any:
    return next((value for name in names if (value := getattr(owner, name, None)) is not None), None)
