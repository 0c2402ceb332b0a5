"""A cell in the shape of a ``.http`` file: where its parts end, and what in one is header and what is body. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..formats.http_file import read_comment, read_header
from .grammar import split_assignment
from .tokenizer import Evaluate, GrammarError, Text, read_text

_SEPARATOR = re.compile(r"###.*")
_REQUEST = re.compile(r"\s*(?:[^\W\d]\w*\s*<<\s*)?[A-Z]{3,}\s+['\"]?(?:/|https?://|\{\{)\S*.*")


@dataclass(frozen=True, slots=True, kw_only=True)
class CellRequest:
    """
    One request of a cell.

    :ivar line: its first line, without ``%%asgi``
    :ivar rest: its headers and body as they stand; None for a line that is not a cell
    """

    line: str
    rest: str | None


def split_cell(line: str, cell: str) -> list[CellRequest]:
    """
    Return the parts of a cell, those without anything in them left out.

    :param line: what stands after ``%%asgi``; where that is nothing, the first part has its line below
    """
    blocks = _split_blocks(cell.split("\n"))
    first = [CellRequest(line=line, rest="\n".join(blocks.pop(0)))] if line.strip() else []
    parts = [_part_of(block) for block in blocks]
    return [*first, *(part for part in parts if part is not None)] or [CellRequest(line="", rest="")]


def read_part(rest: str, evaluate: Evaluate) -> tuple[list[tuple[str, Text]], Text | None]:
    """Return the headers of a part and its body; no body where there is nothing but empty lines."""
    lines = rest.split("\n")
    headers: list[tuple[str, Text]] = []
    while lines and lines[0].strip():
        header = read_header(lines[0])
        if header is None and headers:
            raise GrammarError(f"{lines[0]!r} is not a header: put an empty line between headers and body")
        if header is None and lines[0].lstrip()[:1] in ("?", "&"):
            raise GrammarError(f"{lines[0].strip()!r}: the query goes on the first line, as name==value")
        if header is None:
            break  # a body that begins at once
        headers.append((header[0], read_text(header[1], evaluate)))
        lines.pop(0)
    body = "\n".join(line[1:] if line.startswith("\\###") else line for line in lines).strip("\n")
    return headers, read_text(body, evaluate) if body.strip() else None


def is_separator(line: str) -> bool:
    """Return whether a line may stand between two parts."""
    return _SEPARATOR.fullmatch(line) is not None


def _split_blocks(lines: list[str]) -> list[list[str]]:
    blocks: list[list[str]] = [[]]
    for number, line in enumerate(lines):
        if is_separator(line) and (not _is_prose(blocks[-1]) or _request_follows(lines[number + 1 :])):
            blocks.append([])
        else:
            blocks[-1].append(line)
    return blocks


def _is_prose(block: list[str]) -> bool:
    """Return whether a block has a body of some kind of text, where ``###`` may be a heading."""
    headers, _, body = "\n".join(block).strip("\n").partition("\n\n")
    return bool(body.strip()) and re.search(r"(?im)^content-type[ \t]*:[ \t]*text/", headers) is not None


def _request_follows(lines: list[str]) -> bool:
    """Return whether the next line that says something is a request, or nothing comes any more."""
    following = next((line for line in lines if line.strip() and read_comment(line) is None), "")
    return not following or _REQUEST.fullmatch(following) is not None


def _part_of(block: list[str]) -> CellRequest | None:
    """Return the part whose first line stands in the block, below comments that may name it; None for an empty one."""
    name = ""
    for number, line in enumerate(block):
        if not line.strip():
            continue
        named = read_comment(line)
        if named is None:
            if name and not split_assignment(line)[0]:
                line = f"{name} << {line}"
            return CellRequest(line=line, rest="\n".join(block[number + 1 :]))
        name = named or name
    return None
