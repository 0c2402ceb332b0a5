"""`Caller`: the names that a line of the magic sees, which are those that Python would see where the line stands."""

from __future__ import annotations

import sys
from collections import ChainMap
from collections.abc import Mapping
from types import FrameType
from typing import Any

_PASSED = ("IPython", "ipykernel", "ipyasgi", "traitlets", "decorator")
"""Packages whose frames are between a line of the magic and the code that contains it."""


class Caller:
    """
    The innermost code that called the magic, and is neither IPython's nor ours.

    :ivar local: the names of the function it is; empty at the top of a cell
    :ivar names: all names, those of the shell last
    """

    def __init__(self, shell: Any) -> None:
        frame = _find_caller()
        variables: dict[str, Any] = shell.user_ns
        within = frame is not None and frame.f_locals is not variables and frame.f_locals is not shell.user_global_ns
        self._globals: dict[str, Any] = frame.f_globals if frame is not None and within else shell.user_global_ns
        self.local: Mapping[str, Any] = {}
        if frame is not None and within and frame.f_locals is not frame.f_globals:
            self.local = dict(frame.f_locals)
        layers = [dict(self.local)] if self.local else []
        layers += [self._globals] if within and self._globals is not variables else []
        self.names: Mapping[str, Any] = ChainMap(*layers, variables) if layers else variables

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression; raises what it raises."""
        if not self.local:
            return eval(expression, self._globals, self.names)  # {{expr}} of the user's own cell
        # One dict, because a comprehension or a lambda in an expression looks up globals only.
        return eval(expression, {**self.names})


def _find_caller() -> FrameType | None:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        package = str(frame.f_globals.get("__name__", "")).partition(".")[0]
        generated = frame.f_code.co_filename.startswith("<decorator-gen")
        if package not in _PASSED and not generated:
            return frame
        frame = frame.f_back
    return None
