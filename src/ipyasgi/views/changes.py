"""Changes of state, output lines and violations as short texts: what an exchange and a lifespan step both show."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..records.output import OutputLine
from ..records.redaction import MASK, Redactor
from ..records.settings import Settings
from ..records.state import Change
from .figures import time_of

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
