"""Tracebacks of an app's exceptions without the frames of the framework. Values display themselves: `ipyasgi.shown`."""

from __future__ import annotations

import contextlib
import types
from collections.abc import Callable
from typing import Any

from ..engine.source_location import owner_of
from ..protocol.errors import IpyasgiError


def fold_traceback(shell: Any, exception: BaseException) -> None:
    """Make IPython show only the app's frames of an exception; the others remain for ``%debug`` and ``%tb``."""
    if isinstance(exception, (IpyasgiError, KeyboardInterrupt)):
        return
    _show_as(exception, lambda: _folded_lines(shell, exception))


def show_whole(shell: Any, exception: BaseException) -> None:
    """Show an exception with every frame, even if it was folded before."""
    with contextlib.suppress(TypeError):
        vars(exception).pop("_render_traceback_", None)
    shell.showtraceback((type(exception), exception, exception.__traceback__))


def one_line(exception: BaseException) -> None:
    """Make IPython show an error of ours, or an interrupt, as one line without frames."""
    _show_as(exception, lambda: [f"{type(exception).__name__}: {exception}".removesuffix(": ")])


def _show_as(exception: BaseException, render: Callable[[], list[str]]) -> None:
    # Not by setattr, which a frozen dataclass rejects; an exception with slots only keeps IPython's display.
    with contextlib.suppress(TypeError):
        vars(exception)["_render_traceback_"] = render


def _folded_lines(shell: Any, exception: BaseException) -> list[str]:
    kept, folded = _own_frames(exception.__traceback__)
    if kept is None:
        kept, folded = exception.__traceback__, 0
    lines: list[str] = shell.InteractiveTB.structured_traceback(type(exception), exception, kept)
    if folded:
        lines = [*lines, f"({folded} frames of ipyasgi and the framework are folded: %asgi tb shows all)"]
    return lines


def _own_frames(traceback: types.TracebackType | None) -> tuple[types.TracebackType | None, int]:
    """Return a traceback of the app's frames only, and the number of other frames."""
    entries: list[types.TracebackType] = []
    folded = 0
    while traceback is not None:
        if owner_of(traceback.tb_frame.f_code.co_filename):
            folded += 1
        else:
            entries.append(traceback)
        traceback = traceback.tb_next
    chain: types.TracebackType | None = None
    for entry in reversed(entries):
        chain = types.TracebackType(chain, entry.tb_frame, entry.tb_lasti, entry.tb_lineno)
    return chain, folded
