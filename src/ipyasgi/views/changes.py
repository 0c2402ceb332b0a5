"""Changes of state, output lines and exceptions as short texts: shown for an exchange and for a lifespan step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..protocol.violations import Violation, violated_rules
from ..records.exception_text import ExceptionText, Frame
from ..records.masked import mask_changes, mask_exception, mask_output
from ..records.output import OutputLine
from ..records.settings import Settings
from ..records.state import Change
from .bounds import shorten
from .figures import count_of
from .view import one_line

_MESSAGE_LINES = 12


def show_changes(changes: Iterable[Change], settings: Settings) -> tuple[Change, ...]:
    """Return changes with secrets masked, also those inside a longer text."""
    return mask_changes(changes, settings.redactor)


def show_output(lines: Iterable[OutputLine], settings: Settings) -> tuple[OutputLine, ...]:
    """Return output lines without colours and line ends, masked."""
    return mask_output(lines, settings.redactor)


def show_exception(raised: ExceptionText, settings: Settings) -> ExceptionText:
    """Return an exception with the secrets of its texts masked, also where a line of code or a local contains them."""
    return mask_exception(raised, settings.redactor)


def exception_lines(raised: ExceptionText, *, last: int = 6) -> Iterator[str]:
    """Yield the lines of an exception, with its last frames and folds."""
    return _exception_lines(shorten(raised), last)


def _exception_lines(raised: ExceptionText, last: int) -> Iterator[str]:
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
        yield from (f"  | {line}" for line in _exception_lines(member, 3))
    for connection, earlier in raised.before:
        yield connection
        yield from (f"  {line}" for line in _exception_lines(earlier, 3))


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleShown:
    """
    A rule that was violated, once, with the messages of its violations.

    :ivar is_style: whether it is only a remark
    """

    rule: str
    messages: tuple[str, ...]
    section: str
    fatal: bool
    is_style: bool

    @property
    def line(self) -> str:
        """The rule as a line of text, with its first message."""
        more = f", and {len(self.messages) - 1} more" if len(self.messages) > 1 else ""
        return f"{self.rule}: {one_line(self.messages[0])}{more} ({self.section})"


def show_rules(violations: Iterable[Violation]) -> tuple[RuleShown, ...]:
    """Return each rule that was violated, once; those of style last."""
    return tuple(
        RuleShown(
            rule=rule,
            messages=tuple(one.message for one in found),
            section=found[0].section,
            fatal=any(one.fatal for one in found),
            is_style=found[0].is_style,
        )
        for rule, found in violated_rules(violations).items()
    )


def rule_lines(rules: Sequence[RuleShown]) -> Iterator[str]:
    """Yield the section on the protocol; rules of style alone are a remark in one line."""
    counted = [one for one in rules if not one.is_style]
    if counted:
        yield from ("", f"Protocol: {count_of(len(counted), 'rule')} violated")
        yield from (f"  {one.line}" for one in counted)
    for one in rules:
        if one.is_style:
            yield f"  remark on style, {one.line}"


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
