"""`Template`: a text with placeholders, which stay separate from the text until it is rendered. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Self, TypeVar


@dataclass(frozen=True, slots=True)
class Placeholder:
    """
    A name in place of a value.

    :ivar name: an environment variable such as ``TOKEN``, or a Python expression
    :ivar is_json: the value is any JSON, not a part of a string
    """

    name: str
    is_json: bool = False


P = TypeVar("P", bound=Placeholder)


@dataclass(frozen=True, slots=True)
class Template(Generic[P]):
    """
    Texts and placeholders in order; `of` builds a template.

    :ivar pieces: without empty texts or adjacent texts
    """

    pieces: tuple[str | P, ...] = ()

    @classmethod
    def of(cls, *pieces: str | P | Template[P]) -> Self:
        """Return the template of texts, placeholders and templates in order."""
        found: list[str | P] = []
        texts: list[str] = []
        for piece in pieces:
            for one in piece.pieces if isinstance(piece, Template) else (piece,):
                if isinstance(one, str):
                    texts.append(one)
                else:
                    found += filter(None, ["".join(texts)])
                    found.append(one)
                    texts.clear()
        return cls((*found, *filter(None, ["".join(texts)])))

    def __bool__(self) -> bool:
        return bool(self.pieces)

    @property
    def whole(self) -> P | None:
        """The placeholder if the template contains nothing else, or None."""
        first = self.pieces[0] if len(self.pieces) == 1 else None
        return None if isinstance(first, str) else first

    @property
    def placeholders(self) -> tuple[P, ...]:
        """The placeholders in order."""
        return tuple(piece for piece in self.pieces if not isinstance(piece, str))

    @property
    def outline(self) -> str:
        """The text with a NUL character for each placeholder, to find the positions for `part`."""
        return self.render(lambda _: "\x00")

    def part(self, start: int, end: int | None = None) -> Self:
        """Return the part between two positions of `outline`."""
        found: list[str | P] = []
        at = 0
        for piece in self.pieces:
            length = len(piece) if isinstance(piece, str) else 1
            first, last = max(start - at, 0), length if end is None else min(end - at, length)
            if first < last:
                found.append(piece[first:last] if isinstance(piece, str) else piece)
            at += length
        return self.of(*found)

    def split(self, separator: str) -> Sequence[Self]:
        """Return the parts between separators, as ``str.split`` does."""
        parts: list[list[str | P]] = [[]]
        for piece in self.pieces:
            if isinstance(piece, str):
                first, *more = piece.split(separator)
                parts[-1].append(first)
                parts += ([text] for text in more)
            else:
                parts[-1].append(piece)
        return [self.of(*part) for part in parts]

    def map_text(self, change: Callable[[str], str]) -> Self:
        """Return the template with each text changed by a function."""
        return self.of(*(change(piece) if isinstance(piece, str) else piece for piece in self.pieces))

    def render(self, write: Callable[[P], str], keep: Callable[[str], str] = str) -> str:
        """Return the text with placeholders written by ``write`` and texts written by ``keep``."""
        return "".join(keep(piece) if isinstance(piece, str) else write(piece) for piece in self.pieces)
