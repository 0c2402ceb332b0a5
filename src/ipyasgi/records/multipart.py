"""Reads multipart bodies: RFC 2046, section 5.1; RFC 7578."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..lazy_pattern import lazy_pattern

_EMPTY_LINE = lazy_pattern(r"\r?\n\r?\n")
_SNIFFED = lazy_pattern(
    rb"(?:\r?\n)?--([^\r\n]{1,200}?)[ \t]*\r?\n(?:[\w-]{1,80}:[^\r\n]*\r?\n){0,20}?content-(?:disposition|type):",
    re.IGNORECASE,
)
# White space may replace a missing semicolon; only the first of a run begins a match, for linear time.
_PARAMETER = lazy_pattern(r'(?:;|(?<!\s)\s)\s*+([\w*-]+)\s*=\s*(?:"([^"\\]*+(?:\\.[^"\\]*+)*+)"|([^;\s]*))')
_DISPOSITION = lazy_pattern(r"(?<![^\r\n])content-disposition[ \t]*:([^\r\n]*(?:\r?\n[ \t]+[^\r\n]*)*)", re.IGNORECASE)
_CONTENT_TYPE = lazy_pattern(r"(?<![^\r\n])content-type[ \t]*:([^\r\n]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class MultipartPart:
    """One part: the name of its form field, or empty, and its headers as byte pairs with lower-case names."""

    name: str
    filename: str
    content_type: str
    headers: tuple[tuple[bytes, bytes], ...]
    content: bytes


def boundary_of(content: bytes, content_type: str) -> bytes:
    """Return the declared boundary if the body contains it, else the boundary at its beginning, else empty bytes."""
    declared = parameter(content_type, "boundary").encode("latin-1", "replace")
    if content_type.lower().lstrip().startswith("multipart/") and declared and b"--" + declared in content:
        return declared
    sniffed = _SNIFFED.match(content)
    return sniffed[1] if sniffed is not None else b""


def split(content: bytes, boundary: bytes, most: int) -> tuple[list[MultipartPart], int, bool]:
    """Return the first ``most`` parts, the number of all parts, and whether the closing boundary was found."""
    text = content.decode("latin-1")  # one character for each byte
    lines = _boundary_lines(text, boundary.decode("latin-1"))
    closed = next((number for number, line in enumerate(lines) if line[1]), None)
    count = len(lines) if closed is None else closed
    ends = [line.start() for line in lines[1 : count + 1]] + ([len(content)] if closed is None else [])
    found = zip(lines[:count][:most], ends, strict=False)
    return [_part(content, text, line.end(), end) for line, end in found], count, closed is not None


def find_contents(text: str, content_type: str) -> list[tuple[str, int, int, str]]:
    """
    Return the field name, start and end of each part's content in a decoded body, and its content type.

    For masking, text before the first boundary or after the last one, and a body without any, is also a part.
    """
    boundary = boundary_of(text.encode("latin-1", "replace"), content_type).decode("latin-1")
    lines = _boundary_lines(text, boundary) if boundary else []
    starts, ends = [0, *(line.end() for line in lines)], [*(line.start() for line in lines), len(text)]
    found = []
    for start, end in zip(starts, ends, strict=True):
        head_end, content_start = _end_of_head(text, start, end)
        head = text[start:head_end]
        name = next((value for value in field_names(head) if value), "")
        part_type = _CONTENT_TYPE.search(head)
        found.append((name, content_start, end, part_type[1].strip() if part_type is not None else ""))
    return found


def _boundary_lines(text: str, boundary: str) -> list[re.Match[str]]:
    return list(re.finditer(r"(?:\A|\r?\n)--" + re.escape(boundary) + r"(--)?[ \t]*(?=\r?\n|\Z)", text))


def _end_of_head(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the end of a part's headers and the start of its content."""
    gap = _EMPTY_LINE.search(text, start, end)
    return gap.span() if gap is not None else (end, end)


def field_names(text: str) -> list[str]:
    """Return the field names of all Content-Disposition headers in a text."""
    return [parameter(value, "name") for value in _DISPOSITION.findall(text)]


def parameter(value: str, name: str) -> str:
    """Return a parameter of a header without its quotes; empty if the header does not have it."""
    for match in _PARAMETER.finditer(value):
        if match[1].lower() == name:
            return re.sub(r"\\(.)", r"\1", match[2]) if match[2] is not None else match[3]
    return ""


def _part(body: bytes, text: str, start: int, end: int) -> MultipartPart:
    head_end, content_start = _end_of_head(text, start, end)
    pairs = (row.partition(b":") for row in re.sub(rb"\r?\n[ \t]+", b" ", body[start:head_end]).splitlines())
    headers = tuple((name.strip().lower(), value.strip()) for name, colon, value in pairs if colon)
    fields = {name: value.decode("utf-8", "replace") for name, value in headers}
    disposition = fields.get(b"content-disposition", "")
    return MultipartPart(
        name=parameter(disposition, "name"),
        filename=parameter(disposition, "filename") or parameter(disposition, "filename*"),
        content_type=fields.get(b"content-type", ""),
        headers=headers,
        content=body[content_start:end],
    )
