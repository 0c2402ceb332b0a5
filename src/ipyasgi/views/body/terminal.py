"""A body as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from ..figures import count_of
from .shown import BodyShown

_LINE_CHARS = 400
_PART_LINES = 8


def body_lines(body: BodyShown, limit: int) -> Iterator[str]:
    """
    Yield the body in lines.

    :param limit: how many to show; the others are counted
    """
    yield from (f"  note: {note}" for note in body.notes)
    if body.source:
        yield f"  {body.label}"
    elif body.parts:
        for part in body.parts:
            named = f" {part.filename!r}" if part.filename else ""
            yield f"  {part.title}{named}  {part.body.label}"
            yield from (f"    {line}" for line in body_lines(part.body, min(limit, _PART_LINES)))
    elif body.text:
        yield from cut_lines(body.text, limit)
    if body.missing:
        yield f"… {body.missing}"


def cut_lines(text: str, limit: int, indent: str = "") -> Iterator[str]:
    """Yield the first lines of a text, long ones cut, and how many there are beyond."""
    lines = text.split("\n")
    for line in lines[:limit]:
        yield indent + (line if len(line) <= _LINE_CHARS else line[:_LINE_CHARS] + " …")
    if len(lines) > limit:
        yield f"{indent}… {count_of(len(lines) - limit, 'more line')}"
