"""What a template needs of one body, masked and cut, and the same as lines for a terminal. No bytes are read here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ..figures import count_of
from .json_text import Token, text_of

BodyKind = Literal["empty", "json", "text", "table", "image", "audio", "video", "multipart", "hex"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyTable:
    """Records as rows of short texts; ``left_out`` says what is not in it."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyShown:
    """
    One body as it is shown.

    :ivar kind: what comes first: ``table`` is a table with its source folded, ``json`` and ``text`` the other way round
    :ivar label: media type and size
    :ivar tokens: its text, in pieces with the kind of each; empty for an image and the like
    :ivar source: a ``data:`` URL of an image, a sound or a film, or empty
    :ivar table: the same as rows, where it is a list of records
    :ivar parts: the parts of a multipart body
    :ivar missing: how much was cut away, in words
    :ivar notes: what a reader should know, such as that it is not what its media type says
    :ivar preview: whether it is something to look at that is only drawn when asked for
    """

    kind: BodyKind
    label: str
    tokens: tuple[Token, ...] = ()
    source: str = ""
    table: BodyTable | None = None
    parts: tuple[BodyPart, ...] = ()
    missing: str = ""
    notes: tuple[str, ...] = ()
    preview: bool = False

    @property
    def text(self) -> str:
        """The whole of what is shown, as text."""
        return text_of(self.tokens)


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyPart:
    """
    One part of a multipart body.

    :ivar title: the field's name, or which part it is
    :ivar filename: the name of the file it came from, or empty
    :ivar headers: its headers but those that title and body show
    """

    title: str
    filename: str
    headers: tuple[tuple[str, str], ...]
    body: BodyShown


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
