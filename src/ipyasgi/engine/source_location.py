"""Describes source locations: the owner of a file, a short name of a line, and the app's own line in a stack.

Reads no file. `ipyasgi.engine.waiting` reads the frames.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import FrameType, FunctionType

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
    if filename.startswith((_STDLIB, "<frozen ", "<decorator-gen")):
        return "Python"
    return ""


@functools.lru_cache(maxsize=2048)
def place_of(filename: str, line: int) -> str:
    """Return ``shop/api.py:42`` for a line of a file, ``cell:3`` for a line of a notebook cell."""
    parts = filename.replace("\\", "/").split("/")
    if filename.startswith("<ipython-input") or any(part.startswith("ipykernel_") for part in parts):
        return f"cell:{line}"
    return f"{'/'.join(parts[-2:])}:{line}"


def describe_frames(frames: Iterable[FrameType]) -> tuple[str, ...]:
    """Return ``file:line in function`` for each frame."""
    return tuple(f"{place_of(f.f_code.co_filename, f.f_lineno)} in {f.f_code.co_name}" for f in frames)


def describe_place(frames: Sequence[FrameType], *, threaded: bool = False) -> str:
    """
    Return the innermost line of the app's own code, and what it awaits; empty without frames.

    :param threaded: whether the innermost frames run in a thread, which awaits nothing
    """
    for depth in reversed(range(len(frames))):
        if not owner_of(frames[depth].f_code.co_filename):
            (line,) = describe_frames(frames[depth : depth + 1])
            return line if threaded else line + _awaited(frames[depth + 1 :])
    return "".join(describe_frames(frames[-1:]))


def describe_function(function: FunctionType) -> str:
    """Return the first line of a function, ``file:line in function``."""
    code = function.__code__
    return f"{place_of(code.co_filename, code.co_firstlineno)} in {code.co_name}"


def _awaited(deeper: Sequence[FrameType]) -> str:
    if not deeper:
        return ""
    code = deeper[0].f_code
    if owner_of(code.co_filename) == "ipyasgi":
        return ", awaiting " + ("receive()" if "receive" in code.co_name else "send()")
    return f", awaiting {code.co_qualname.rpartition('<locals>.')[2]}"
