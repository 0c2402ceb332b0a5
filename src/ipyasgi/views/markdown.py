"""`read_markdown`: the Markdown of descriptions and docstrings as blocks of text. Pure, bounded and linear.

A subset of CommonMark: paragraphs, headings, lists, quotes, code, tables; in a line bold, italic, code and links. HTML
stays text. Sections of docstrings (``Args:``, ``:param x:``, ``>>>``) keep their lines.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

MOST_CHARS = 20_000
_DEEPEST = 4  # lists and quotes within each other
_MOST_COLUMNS = 20

BlockKind = Literal["paragraph", "heading", "code", "list", "quote", "table"]

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(\S.*)")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-{2,})[ \t]*")
_RULE = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})")
_ITEM = re.compile(r"( {0,3})([-*+]|\d{1,9}[.)])([ \t]+)(?=\S)")
_QUOTE = re.compile(r" {0,3}>(?!>) ?")
_PROMPT = re.compile(r" {0,3}>>> ")
_DELIMITER = re.compile(r" *:?-+:? *")
_FIELD = re.compile(r"[ \t]*:[A-Za-z][\w ]{0,60}:")
_INLINE = re.compile(
    r"""
    \\(?P<escaped>[!-/:-@\[-`{-~])
    | ``(?!`)(?P<code2>(?:[^`]|`(?!`)){1,400}+)``(?!`)
    | `(?P<code>[^`]{1,400}+)`
    | \*\*(?=\S)(?P<bold>(?:[^*]|\*(?!\*)){1,400}?(?:\*(?=\*\*(?!\*)))?)(?<=\S)\*\*(?!\*)
    | (?<!\w)__(?=\S)(?P<bold2>[^_\s]{1,200}\s[^_]{1,400}?)(?<=\S)__(?!\w)  # __name__ is Python's
    | \*(?=[^\s*])(?P<italic>[^*]{1,400}?)(?<=\S)\*(?!\*)
    | (?<!\w)_(?=[^\s_])(?P<italic2>[^_]{1,400}?)(?<=\S)_(?!\w)
    | !?\[(?P<label>[^\[\]]{1,400})\]\([ ]?<?(?P<target>[^\s()<>]{1,1000})>?(?:[ ]"[^"\n]{0,200}")?\)
    | <?(?P<url>https?://[^\s<>()\[\]`*"']{1,1000}[^\s<>()\[\]`*"'.,;:!?])>?
    | (?P<newline><br[ ]?/?>)
    """,
    re.VERBOSE,
)
_LINK = re.compile(r"(?:https?://|mailto:)\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """
    A run of text of one style.

    :ivar href: an absolute ``http``, ``https`` or ``mailto`` URL; empty for text that is not a link
    """

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """
    A paragraph, heading, list, quote, table, or lines of code.

    :ivar spans: of a paragraph or heading; ``"\\n"`` in a text is a line break
    :ivar code: of a code block
    :ivar parts: the blocks of a quote, or of each item of a list
    :ivar start: the number of the first item of a list; None for bullets
    :ivar rows: the cells of a table; the first row is its head
    """

    kind: BlockKind
    spans: tuple[Span, ...] = ()
    code: str = ""
    parts: tuple[tuple[Block, ...], ...] = ()
    start: int | None = None
    rows: tuple[tuple[tuple[Span, ...], ...], ...] = ()


def read_markdown(text: str) -> tuple[Block, ...]:
    """Return the blocks of a text; of a very long one only the beginning, with a last paragraph that says so."""
    shown = text[:MOST_CHARS]
    blocks = tuple(_Blocks(shown.expandtabs(4).splitlines()).read())
    return blocks if shown == text else (*blocks, Block(kind="paragraph", spans=(Span(text="… (cut)"),)))


class _Blocks:
    """Reader of lines; each line is read once at each depth."""

    def __init__(self, lines: Sequence[str], depth: int = 0) -> None:
        self._lines = lines
        self._depth = depth
        self._at = 0

    def read(self) -> Iterator[Block]:
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if not line.strip():
                self._at += 1
            elif block := self._try_block(line):
                yield block

    def _try_block(self, line: str) -> Block | None:
        if fence := _FENCE.match(line):
            return self._fenced(fence[1])
        if _PROMPT.match(line):
            return Block(kind="code", code="\n".join(self._take(lambda one: bool(one.strip()))))
        if line.startswith("    "):
            return self._indented()
        if heading := _HEADING.match(line):
            self._at += 1
            return Block(kind="heading", spans=_spans(heading[1].rstrip("# ")))
        if _RULE.fullmatch(line):
            self._at += 1
            return None
        if self._depth < _DEEPEST and _ITEM.match(line):
            return self._list()
        if self._depth < _DEEPEST and _QUOTE.match(line):
            lines = [_QUOTE.sub("", one, count=1) for one in self._take(lambda one: bool(_QUOTE.match(one)))]
            return Block(kind="quote", parts=(tuple(_Blocks(lines, self._depth + 1).read()),))
        if "|" in line and self._at + 1 < len(self._lines) and _is_delimiters(self._lines[self._at + 1]):
            return self._table()
        return self._paragraph()

    def _take(self, fits: Callable[[str], bool]) -> list[str]:
        start = self._at
        while self._at < len(self._lines) and fits(self._lines[self._at]):
            self._at += 1
        return list(self._lines[start : self._at])

    def _fenced(self, mark: str) -> Block:
        self._at += 1
        lines = self._take(lambda one: not one.strip().startswith(mark))
        self._at += 1
        return Block(kind="code", code="\n".join(lines))

    def _indented(self) -> Block:
        lines = self._take(lambda one: not one.strip() or one.startswith("    "))
        return Block(kind="code", code="\n".join(one[4:] for one in lines).rstrip())

    def _list(self) -> Block:
        items: list[tuple[Block, ...]] = []
        first = _ITEM.match(self._lines[self._at])
        assert first is not None
        is_numbered = first[2][0].isdigit()
        while self._at < len(self._lines):
            item = _ITEM.match(self._lines[self._at])
            if item is None or item[2][0].isdigit() != is_numbered or _RULE.fullmatch(self._lines[self._at]):
                break
            items.append(tuple(_Blocks(self._item_lines(item), self._depth + 1).read()))
        return Block(kind="list", parts=tuple(items), start=int(first[2][:-1]) if is_numbered else None)

    def _item_lines(self, item: re.Match[str]) -> list[str]:
        """Return the lines of an item without its mark and indentation, and go past them and the empty lines after."""
        width = item.end()
        lines = [self._lines[self._at][width:]]
        self._at += 1
        while self._at < len(self._lines):
            line = self._lines[self._at]
            indent = len(line) - len(line.lstrip())
            is_own = indent > len(item[1]) + 1
            if line.strip() and not is_own and (_ITEM.match(line) or not lines[-1].strip() or self._begins_block(line)):
                break
            lines.append(line[min(width, indent) :])
            self._at += 1
        return lines

    def _table(self) -> Block:
        head = _cells(self._lines[self._at])
        self._at += 2
        rows = [_cells(line) for line in self._take(lambda one: "|" in one and bool(one.strip()))]
        wide = [(*row, *[()] * (len(head) - len(row)))[: len(head)] for row in rows]
        return Block(kind="table", rows=(head, *wide))

    def _paragraph(self) -> Block:
        lines = [self._lines[self._at]]
        self._at += 1
        while self._at < len(self._lines) and self._lines[self._at].strip():
            line = self._lines[self._at]
            if _UNDERLINE.fullmatch(line) and len(lines) == 1:
                self._at += 1
                return Block(kind="heading", spans=_spans(lines[0].strip()))
            if self._begins_block(line):
                break
            lines.append(line)
            self._at += 1
        return Block(kind="paragraph", spans=_spans(_join(lines)))

    def _begins_block(self, line: str) -> bool:
        marks = (_FENCE, _HEADING, _PROMPT) if self._depth == _DEEPEST else (_FENCE, _HEADING, _PROMPT, _ITEM, _QUOTE)
        return any(mark.match(line) for mark in marks)


def _join(lines: Sequence[str]) -> str:
    """Return the lines of a paragraph as a text; only lines that are meant as such stay lines."""
    indent = len(lines[0]) - len(lines[0].lstrip())
    parts = [lines[0].strip()]
    for before, line in itertools.pairwise(lines):
        is_line = before.endswith(("  ", "\\")) or line.startswith(" " * (indent + 2)) or bool(_FIELD.match(line))
        if is_line:
            parts[-1] = parts[-1].removesuffix("\\")
        parts += ["\n" if is_line else " ", line.strip()]
    return "".join(parts)


def _is_delimiters(line: str) -> bool:
    """Return whether a line is the second of a table: ``|---|:-:|``."""
    return "|" in line and all(map(_DELIMITER.fullmatch, line.strip().strip("|").split("|")))


def _cells(line: str) -> tuple[tuple[Span, ...], ...]:
    text = line.strip().removeprefix("|")
    text = text if text.endswith("\\|") else text.removesuffix("|")
    cells = re.split(r"(?<!\\)\|", text, maxsplit=_MOST_COLUMNS - 1)
    return tuple(_spans(cell.strip().replace("\\|", "|")) for cell in cells)


def _spans(text: str, style: Span = Span(text="")) -> tuple[Span, ...]:
    return tuple(_merged(_read_spans(text, style)))


def _read_spans(text: str, style: Span) -> Iterator[Span]:
    at = 0
    for found in _INLINE.finditer(text):
        yield replace(style, text=text[at : found.start()])
        yield from _read_match(found, style)
        at = found.end()
    yield replace(style, text=text[at:])


def _read_match(found: re.Match[str], style: Span) -> Iterator[Span]:
    groups = found.groupdict()
    if (escaped := groups["escaped"]) is not None:
        yield replace(style, text=escaped)
    elif code := groups["code2"] or groups["code"]:
        yield replace(style, text=code.strip() or code, code=True)
    elif (bold := groups["bold"] or groups["bold2"]) and not style.bold:
        yield from _read_spans(bold, replace(style, bold=True))
    elif (italic := groups["italic"] or groups["italic2"]) and not style.italic:
        yield from _read_spans(italic, replace(style, italic=True))
    elif (label := groups["label"]) and not style.href:
        href = groups["target"] if _LINK.fullmatch(groups["target"]) else ""
        yield from _read_spans(label, replace(style, href=href) if href else style)
    elif (url := groups["url"]) and not style.href:
        yield replace(style, text=url, href=url)
    else:
        yield replace(style, text="\n" if groups["newline"] else found[0])


def _merged(spans: Iterator[Span]) -> Iterator[Span]:
    """Yield the spans, neighbours of one style as one, without empty ones."""
    last: Span | None = None
    for span in spans:
        if not span.text:
            continue
        if last is not None and replace(span, text="") == replace(last, text=""):
            last = replace(last, text=last.text + span.text)
            continue
        if last is not None:
            yield last
        last = span
    if last is not None:
        yield last
