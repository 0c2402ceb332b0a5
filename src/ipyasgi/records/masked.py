"""Changes of state, output, exceptions and errors with their secrets masked, for displays and saved exchanges. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from .contract_error import ContractError
from .exception_text import ExceptionText, FoldedFrames, Frame, Local
from .output import OutputLine
from .redaction import Redactor
from .secret_rules import MASK
from .state import Change

_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_HARMLESS = ("", "None", "True", "False")
_SHORTEST = 4  # a shorter secret may be in a line of code by chance


def mask_changes(changes: Iterable[Change], redactor: Redactor) -> tuple[Change, ...]:
    """Return changes with secrets masked, also those inside a longer text."""
    return tuple(
        replace(
            change,
            path=redactor.looks(change.path),
            before=mask_value(change.path, change.before, redactor),
            after=mask_value(change.path, change.after, redactor),
        )
        for change in changes
    )


def mask_value(path: str, text: str, redactor: Redactor) -> str:
    """Return the short text of a value at ``path``, such as ``app.state.token``, masked."""
    if text in _HARMLESS or text.startswith("<"):
        return text
    return redactor.named(path, text)


def mask_output(lines: Iterable[OutputLine], redactor: Redactor) -> tuple[OutputLine, ...]:
    """Return output lines without colours and line ends, masked."""
    return tuple(replace(line, text=redactor.text(_COLOURS.sub("", line.text).removesuffix("\n"))) for line in lines)


def mask_errors(errors: Iterable[ContractError], redactor: Redactor) -> tuple[ContractError, ...]:
    """Return errors with the secrets in their pointers and messages masked, such as a token that is a key."""
    return tuple(replace(one, pointer=redactor.text(one.pointer), message=redactor.text(one.message)) for one in errors)


def mask_exception(raised: ExceptionText, redactor: Redactor) -> ExceptionText:
    """Return an exception with the secrets of its texts masked, also where a line of code or a local contains them."""
    if redactor.show:
        return raised
    secrets: set[str] = set()
    named: set[str] = set()

    def mask(text: str) -> str:
        secrets.update(text[span.start : span.end].strip("\"'") for span in redactor.spans(text))
        return redactor.body_text(text)

    def mask_frame(frame: Frame | FoldedFrames) -> Frame | FoldedFrames:
        if isinstance(frame, FoldedFrames):
            return frame
        lines = tuple((number, _replace_all(redactor.looks(text), secrets)) for number, text in frame.lines)
        return replace(frame, lines=lines, local_vars=tuple(map(mask_local, frame.local_vars)))

    def mask_local(local: Local) -> Local:
        return local._replace(text=_replace_all(mask_value(local.name, local.text, redactor), secrets | named))

    message, notes = mask(raised.message), tuple(map(mask, raised.notes))
    named.update(_secret_locals(raised, redactor))
    return replace(
        raised,
        message=message,
        notes=notes,
        frames=tuple(map(mask_frame, raised.frames)),
        before=tuple((relation, mask_exception(earlier, redactor)) for relation, earlier in raised.before),
        members=tuple(mask_exception(member, redactor) for member in raised.members),
    )


def _secret_locals(raised: ExceptionText, redactor: Redactor) -> Iterator[str]:
    """Yield the values of secret names, which other locals may repeat: of a string what is in its quotes."""
    for frame in raised.frames:
        for local in frame.local_vars if isinstance(frame, Frame) else ():
            if mask_value(local.name, local.text, redactor) == MASK:
                yield local.text.strip("\"'").removesuffix("…")


def _replace_all(text: str, secrets: Iterable[str]) -> str:
    for secret in secrets:
        if len(secret) >= _SHORTEST:
            text = text.replace(secret, MASK)
    return text
