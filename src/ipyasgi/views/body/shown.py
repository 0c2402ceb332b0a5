"""One body, masked and cut, for templates, and as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ..figures import count_of
from .json_text import Token

_LINE_CHARS = 400
_PART_LINES = 8

BodyKind = Literal["empty", "json", "text", "table", "image", "audio", "video", "multipart", "hex"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyTable:
    """
    Records as rows of short texts.

    :ivar left_out: how many rows and columns are left out
    :ivar title: the name of the member that contains the records, or empty
    :ivar is_form: whether the rows are the fields of an urlencoded form
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: str = ""
    title: str = ""
    is_form: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyShown:
    """
    One body, masked and cut.

    :ivar kind: the form that is open: ``table`` has its source folded, ``json`` and ``text`` have their table folded
    :ivar label: media type and size
    :ivar tokens: its text as tokens; empty for media
    :ivar source: a ``data:`` URL of an image, audio or video, or empty
    :ivar table: its rows, where it is a list of records
    :ivar parts: the parts of a multipart body
    :ivar notes: notes for the reader, such as a wrong media type
    :ivar preview: whether it can be drawn on request
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
        """The tokens as one text."""
        return "".join("\n" if kind == "head" else text for kind, text in self.tokens)

    @property
    def media_chars(self) -> int:
        """The number of characters of an image, audio or video, and of those in parts."""
        return len(self.source) + sum(part.body.media_chars for part in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyPart:
    """One part of a multipart body; ``headers`` are those that title and body do not show."""

    title: str
    filename: str
    headers: tuple[tuple[str, str], ...]
    body: BodyShown


def body_lines(body: BodyShown, limit: int) -> Iterator[str]:
    """Yield the body as lines; those beyond the limit are counted."""
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
    """Yield the first lines of a text, with long ones cut, and the number of further lines."""
    lines = text.split("\n")
    for line in lines[:limit]:
        yield indent + (line if len(line) <= _LINE_CHARS else line[:_LINE_CHARS] + " …")
    if len(lines) > limit:
        yield f"{indent}… {count_of(len(lines) - limit, 'more line')}"
