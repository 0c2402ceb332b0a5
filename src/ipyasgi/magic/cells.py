"""Splits a cell in the shape of a ``.http`` file into requests, and a request into headers and body. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..formats.http_lines import read_comment, read_header
from .grammar import split_assignment
from .tokenizer import Evaluate, GrammarError, Text, read_text

_REQUEST = re.compile(r"\s*(?:[^\W\d]\w*\s*<<\s*)?[A-Z]{3,}\s+['\"]?(?:/|https?://|\{\{)\S*.*")

_IMPORT = re.compile(r"\s*import\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class CellRequest:
    """One request of a cell: its first line without ``%%asgi``, and the text below it; None for a line alone."""

    line: str
    rest: str | None


def split_cell(line: str, cell: str) -> list[CellRequest]:
    """
    Return the requests of a cell, without empty parts; ``line`` is the text after ``%%asgi``.

    The text below ``import`` is one part: a ``.http`` file has the same separators.
    """
    if _IMPORT.match(split_assignment(line)[1]):
        return [CellRequest(line=line, rest=cell)]
    blocks = _split_blocks(cell.split("\n"))
    first = [CellRequest(line=line, rest="\n".join(blocks.pop(0)))] if line.strip() else []
    parts = [_part_of(block) for block in blocks]
    return [*first, *(part for part in parts if part is not None)] or [CellRequest(line="", rest="")]


def read_part(rest: str, evaluate: Evaluate) -> tuple[list[tuple[str, Text]], Text | None]:
    """Return the headers of a part and its body, None if the body has only empty lines."""
    lines = rest.split("\n")
    headers: list[tuple[str, Text]] = []
    while lines and lines[0].strip():
        header = read_header(lines[0])
        if header is None and headers:
            raise GrammarError(f"{lines[0]!r} is not a header. Put an empty line between headers and body.")
        if header is None and lines[0].lstrip()[:1] in ("?", "&"):
            raise GrammarError(
                f"{lines[0].strip()!r} is not a header. Write the query on the first line, as name==value."
            )
        if header is None:
            break  # a body without headers
        headers.append((header[0], read_text(header[1], evaluate)))
        lines.pop(0)
    body = "\n".join(line[1:] if line.startswith("\\###") else line for line in lines).strip("\n")
    return headers, read_text(body, evaluate) if body.strip() else None


def _split_blocks(lines: list[str]) -> list[list[str]]:
    blocks: list[list[str]] = [[]]
    for number, line in enumerate(lines):
        if line.startswith("###") and (not _has_text_body(blocks[-1]) or _request_follows(lines[number + 1 :])):
            blocks.append([])
        else:
            blocks[-1].append(line)
    return blocks


def _has_text_body(block: list[str]) -> bool:
    """Return whether a block has a body of ``text/*``, where ``###`` may be a heading."""
    headers, _, body = "\n".join(block).strip("\n").partition("\n\n")
    return bool(body.strip()) and re.search(r"(?im)^content-type[ \t]*:[ \t]*text/", headers) is not None


def _request_follows(lines: list[str]) -> bool:
    """Return whether the next line that is neither empty nor a comment is a request, or there is none."""
    following = next((line for line in lines if line.strip() and read_comment(line) is None), "")
    return not following or _REQUEST.fullmatch(following) is not None


def _part_of(block: list[str]) -> CellRequest | None:
    """Return the part in a block, whose comments may name it; None without a line."""
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
