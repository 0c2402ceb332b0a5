"""An exception as lines for a terminal: its type and text, the app's frames, one line for each fold."""

from __future__ import annotations

from collections.abc import Iterator

from ..records.exception_text import ExceptionText, Frame
from .view import one_line

_MESSAGE_LINES = 12


def exception_lines(raised: ExceptionText, *, last: int = 6) -> Iterator[str]:
    """
    Yield an exception in lines.

    :param last: how many frames and folds to show, counted from the place it was raised
    """
    message = raised.message.split("\n")
    yield f"{raised.type_name}: {message[0]}" if raised.message else raised.type_name
    yield from message[1:_MESSAGE_LINES]
    if len(message) > _MESSAGE_LINES:
        yield "…"
    yield from (f"note: {one_line(note)}" for note in raised.notes)
    for frame in raised.frames[-last:]:
        if isinstance(frame, Frame):
            yield f"  {frame.place} in {frame.function}"
            for number, text in frame.lines:
                yield f"    {'→' if number == frame.lines[-1][0] else ' '} {number} {text}"
        else:
            yield f"  … {frame.text}"
    for member in raised.members:
        yield from (f"  | {line}" for line in exception_lines(member, last=3))
    for words, earlier in raised.before:
        yield words
        yield from (f"  {line}" for line in exception_lines(earlier, last=3))
