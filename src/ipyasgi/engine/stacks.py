"""Where a coroutine waits, in words: read from another thread while it is suspended, nothing is kept."""

from __future__ import annotations

from types import FrameType
from typing import Any

from .places import owner_of, place_of

_DEEPEST = 200


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
    """Return the innermost line that somebody wrote for this app, and what it awaits; empty without frames."""
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
