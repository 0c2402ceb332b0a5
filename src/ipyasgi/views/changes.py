"""Changes of state, output lines and exceptions as short texts: what an exchange and a lifespan step both show."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..records.exception_text import ExceptionText, Frame
from ..records.output import OutputLine
from ..records.redaction import MASK, Redactor
from ..records.settings import Settings
from ..records.state import Change
from .figures import time_of
from .view import one_line

_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_HARMLESS = ("", "None", "True", "False")


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputShown:
    """One piece of output, without its colours: when, where to, the level and logger of a record, the text."""

    at: str
    source: str
    label: str
    text: str


def show_changes(changes: Iterable[Change], settings: Settings) -> tuple[Change, ...]:
    """Return changes with secrets masked, also those inside a longer text."""
    return tuple(
        dataclasses.replace(
            change,
            before=mask_value(change.path, change.before, settings.redactor),
            after=mask_value(change.path, change.after, settings.redactor),
        )
        for change in changes
    )


def mask_value(path: str, text: str, redactor: Redactor) -> str:
    """Return the short text of a value that is kept under ``path``, such as ``app.state.token``, masked."""
    if text in _HARMLESS or text.startswith("<"):
        return text
    return MASK if redactor.is_secret(path) else redactor.text(text)


def show_output(lines: Iterable[OutputLine]) -> tuple[OutputShown, ...]:
    """Return output lines as they are shown."""
    return tuple(
        OutputShown(
            at=time_of(line.at_ns),
            source=line.source,
            label=line.label,
            text=_COLOURS.sub("", line.text).removesuffix("\n"),
        )
        for line in lines
    )


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
