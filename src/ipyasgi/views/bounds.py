"""How much of a value a display shows: texts, rows and exceptions are cut here, and each cut says how much is missing.

Sizes are those of the HTML: a quote takes five characters there, and an invisible character is shown by its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from ..records.exception_text import ExceptionText, FoldedFrames, Frame
from .figures import count_of, size_of

MOST_LINES, LINE_CHARS = 400, 1_000
"""Of the text of a view."""

MOST_CHARS = 300_000
"""Of the HTML of a view, without images."""

_ROWS, _ROWS_CHARS, _TEXT_CHARS, _ROW_CHARS = 300, 36_000, 8_000, 120
_LOCALS_CHARS, _LOCAL_CHARS = 40_000, 60  # of one exception with its causes; of the elements around one local
_NOTES, _NOTE_CHARS, _LINE_CHARS, _NAME_CHARS, _EXCEPTIONS, _PLACES = 12, 400, 300, 200, 24, 40
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
_BODY_CHARS, _CHARS_OF_A_CHAR, _TOKEN_CHARS = 50_000, 2, 5
_FOLDS = frozenset({"fold", "shut", "head", "tail"})
_NAMED_CHARS = 8  # ``[U+202E]``


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The first rows of a list, with their texts cut; ``left_out`` says how many more there are, or is empty."""

    rows: tuple[Any, ...]
    left_out: str = ""


def width_of(text: str) -> int:
    """Return the number of characters of a text in HTML, at most."""
    from markupsafe import escape  # a text in a terminal does without

    return len(escape(text)) + len(_INVISIBLE.findall(text)) * (_NAMED_CHARS - 1)


def fit(text: str, most: int) -> str:
    """Return a beginning of a text that takes at most a number of characters in HTML."""
    text = text[:most]
    while (width := width_of(text)) > most:
        text = text[: len(text) * most // width]
    return text


def cut(text: str, most: int = _TEXT_CHARS) -> str:
    """Return a text, or its beginning and the size of the rest."""
    kept = fit(text, most)
    return text if len(kept) == len(text) else f"{kept} … {size_of(len(text) - len(kept))} more"


def keep(rows: Iterable[Any], noun: str = "row", source: str = "") -> Kept:
    """
    Return the first rows that fit in a part of a display: tuples of texts, or dataclasses with texts.

    :param source: the attribute with all rows, such as ``.output``, to name where some are left out
    """
    rows = tuple(rows)
    kept: list[Any] = []
    left = _ROWS_CHARS
    for row in rows[:_ROWS]:
        short, width = _cut_row(row)
        left -= width
        if left < 0 and kept:
            break
        kept.append(short)
    more = len(rows) - len(kept)
    where = f": all are in {source}" if source else ""
    return Kept(rows=tuple(kept), left_out=f"… {count_of(more, f'more {noun}')}{where}" if more else "")


def _cut_row(row: Any) -> tuple[Any, int]:
    if isinstance(row, tuple):
        parts = tuple(cut(one) if isinstance(one, str) else one for one in row)
        return parts, sum(width_of(one) for one in parts if isinstance(one, str)) + _ROW_CHARS
    if not is_dataclass(row) or isinstance(row, type):
        return row, _ROW_CHARS
    texts = {one.name: getattr(row, one.name) for one in fields(row)}
    short_texts = {name: cut(text) for name, text in texts.items() if isinstance(text, str)}
    width = sum(map(width_of, short_texts.values())) + _ROW_CHARS
    return row if all(texts[name] is text for name, text in short_texts.items()) else replace(row, **short_texts), width


def fit_tokens(tokens: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the tokens of a body, those that are too large in HTML without their texts, and the size of the rest."""
    left = _CHARS_OF_A_CHAR * max(sum(len(text) for _, text in tokens), _BODY_CHARS)
    more = 0
    for kind, text in tokens:
        kept = fit(text, max(left - _TOKEN_CHARS, 0))
        left -= width_of(kept) + _TOKEN_CHARS
        more += len(text) - len(kept)
        if kept or kind in _FOLDS:
            yield kind, kept
    if more:
        yield "", f" … {size_of(more)} more"


def shorten(raised: ExceptionText) -> ExceptionText:
    """Return an exception with its longest texts cut, and the first of its notes, causes and members."""
    return _Shortening().shorten(raised)


class _Shortening:
    def __init__(self) -> None:
        self._left = _EXCEPTIONS
        self._locals_left = _LOCALS_CHARS

    def shorten(self, raised: ExceptionText) -> ExceptionText:
        self._left -= 1
        frames = tuple(map(self._shorten_frame, reversed(raised.frames)))[::-1]  # the last ones have the first share
        notes = [cut(note, _NOTE_CHARS) for note in raised.notes[:_NOTES]]
        if len(raised.notes) > _NOTES:
            notes.append(f"… {count_of(len(raised.notes) - _NOTES, 'more note')}: all are in .exception.__notes__")
        before = [(words, self.shorten(one)) for words, one in raised.before if self._left > 0]
        members = [self.shorten(one) for one in raised.members if self._left > 0]
        if len(members) < len(raised.members):
            more = count_of(len(raised.members) - len(members), "more exception")
            notes.append(f"… {more} in this group: all are in .exception")
        if len(before) < len(raised.before):
            more = count_of(len(raised.before) - len(before), "earlier exception")
            notes.append(f"… {more}: all are in .exception")
        return replace(
            raised,
            type_name=cut(raised.type_name, _NAME_CHARS),
            message=cut(raised.message),
            notes=tuple(notes),
            frames=frames,
            members=tuple(members),
            before=tuple(before),
        )

    def _shorten_frame(self, frame: Frame | FoldedFrames) -> Frame | FoldedFrames:
        if isinstance(frame, FoldedFrames):
            places = [cut(place, _NAME_CHARS) for place in frame.places[:_PLACES]]
            return replace(frame, text=cut(frame.text, _NAME_CHARS), places=tuple(places))
        kept = []
        for local in frame.local_vars:
            short = local._replace(name=cut(local.name, _NAME_CHARS), text=cut(local.text, _LINE_CHARS))
            self._locals_left -= width_of(short.name) + width_of(short.text) + _LOCAL_CHARS
            if self._locals_left < 0:
                break
            kept.append(short)
        return replace(
            frame,
            place=cut(frame.place, _NAME_CHARS),
            function=cut(frame.function, _NAME_CHARS),
            lines=tuple((number, cut(text, _LINE_CHARS)) for number, text in frame.lines),
            local_vars=tuple(kept),
            more_locals=frame.more_locals + len(frame.local_vars) - len(kept),
        )


def cut_text(text: str, most_lines: int = MOST_LINES) -> str:
    """Return the text of a view with its first lines, each cut."""
    lines = text.split("\n")
    kept = [line if len(line) <= LINE_CHARS else f"{line[:LINE_CHARS]} …" for line in lines[:most_lines]]
    if len(lines) > most_lines:
        kept[-1] = f"… {count_of(len(lines) - most_lines + 1, 'more line')}: the object's attributes have all"
    return "\n".join(kept)
