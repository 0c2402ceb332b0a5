"""Changes of state, output lines and exceptions as short texts: shown for an exchange and for a lifespan step."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from ..records.exception_text import ExceptionText, Frame
from ..records.output import OutputLine
from ..records.redaction import MASK, Redactor
from ..records.settings import Settings
from ..records.state import Change
from .view import one_line

_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_HARMLESS = ("", "None", "True", "False")
_MESSAGE_LINES = 12


def show_changes(changes: Iterable[Change], settings: Settings) -> tuple[Change, ...]:
    """Return changes with secrets masked, also those inside a longer text."""
    redactor = settings.redactor
    return tuple(
        replace(
            change,
            before=mask_value(change.path, change.before, redactor),
            after=mask_value(change.path, change.after, redactor),
        )
        for change in changes
    )


def mask_value(path: str, text: str, redactor: Redactor) -> str:
    """Return the short text of a value at ``path``, such as ``app.state.token``, masked."""
    if text in _HARMLESS or text.startswith("<"):
        return text
    return MASK if redactor.is_secret(path) else redactor.text(text)


def show_output(lines: Iterable[OutputLine]) -> tuple[OutputLine, ...]:
    """Return output lines without colours and line ends."""
    return tuple(replace(line, text=_COLOURS.sub("", line.text).removesuffix("\n")) for line in lines)


def exception_lines(raised: ExceptionText, *, last: int = 6) -> Iterator[str]:
    """Yield the lines of an exception, with its last frames and folds."""
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
    for connection, earlier in raised.before:
        yield connection
        yield from (f"  {line}" for line in exception_lines(earlier, last=3))


def changes_data(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """Return changes as plain data."""
    return pick_all(changes, "path", "kind", "before", "after")


def exception_data(raised: ExceptionText | None) -> dict[str, Any] | None:
    """Return an exception as plain data."""
    return {"type": raised.type_name, "message": raised.message} if raised is not None else None


def pick(value: Any, *names: str) -> dict[str, Any]:
    """Return attributes of a value by name."""
    return {name: getattr(value, name) for name in names}


def pick_all(values: Iterable[Any], *names: str) -> list[dict[str, Any]]:
    """Return attributes of each value by name."""
    return [pick(value, *names) for value in values]
