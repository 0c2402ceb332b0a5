"""The one reader of multipart bodies: boundary, headers, content. How a part is shown or masked is not said here.

Source: RFC 2046, section 5.1; RFC 7578.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_EMPTY_LINE = re.compile(r"\r?\n\r?\n")
_SNIFFED = re.compile(
    rb"(?:\r?\n)?--([^\r\n]{1,200}?)[ \t]*\r?\n(?:[\w-]{1,80}:[^\r\n]*\r?\n){0,20}?content-(?:disposition|type):",
    re.IGNORECASE,
)
# White space may stand for the semicolon that is missing; only the first of a run begins a match, for linear time.
_PARAMETER = re.compile(r'(?:;|(?<!\s)\s)\s*+([\w*-]+)\s*=\s*(?:"([^"\\]*+(?:\\.[^"\\]*+)*+)"|([^;\s]*))')
_DISPOSITION = re.compile(r"(?<![^\r\n])content-disposition[ \t]*:([^\r\n]*(?:\r?\n[ \t]+[^\r\n]*)*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class MultipartPart:
    """
    One part.

    :ivar name: of the form's field, or empty
    :ivar headers: ``(name, value)`` byte pairs, names lower-case
    """

    name: str
    filename: str
    content_type: str
    headers: tuple[tuple[bytes, bytes], ...]
    content: bytes


def boundary_of(content: bytes, content_type: str) -> bytes:
    """Return the boundary: the declared one where the body has it, else the one it begins with, else nothing."""
    declared = parameter(content_type, "boundary").encode("latin-1", "replace")
    if content_type.lower().lstrip().startswith("multipart/") and declared and b"--" + declared in content:
        return declared
    sniffed = _SNIFFED.match(content)
    return sniffed[1] if sniffed is not None else b""


def split(content: bytes, boundary: bytes, most: int) -> tuple[list[MultipartPart], int, bool]:
    """
    Return the parts, how many there are, and whether the last boundary came.

    :param most: how many parts to return; later ones are counted
    """
    text = content.decode("latin-1")  # a character for each byte
    places = _lines(text, boundary.decode("latin-1"))
    closed = next((number for number, place in enumerate(places) if place[1]), None)
    count = len(places) if closed is None else closed
    ends = [place.start() for place in places[1 : count + 1]] + ([len(content)] if closed is None else [])
    found = zip(places[:count][:most], ends, strict=False)
    return [_part(content, text, place.end(), end) for place, end in found], count, closed is not None


def find_contents(text: str, content_type: str) -> list[tuple[str, int, int]]:
    """
    Return the field's name, start and end of the content of each part, for what masks some of them.

    Before the first boundary, behind the last and without any there may be a part too: in doubt there is.

    :param text: a body whose bytes were decoded in any way that keeps ASCII
    """
    boundary = boundary_of(text.encode("latin-1", "replace"), content_type).decode("latin-1")
    places = _lines(text, boundary) if boundary else []
    starts, ends = [0, *(place.end() for place in places)], [*(place.start() for place in places), len(text)]
    found = []
    for start, end in zip(starts, ends, strict=True):
        head_end, content_start = _end_of_head(text, start, end)
        name = next((value for value in field_names(text[start:head_end]) if value), "")
        found.append((name, content_start, end))
    return found


def _lines(text: str, boundary: str) -> list[re.Match[str]]:
    return list(re.finditer(r"(?:\A|\r?\n)--" + re.escape(boundary) + r"(--)?[ \t]*(?=\r?\n|\Z)", text))


def _end_of_head(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where the headers of a part end and where its content begins."""
    gap = _EMPTY_LINE.search(text, start, end)
    return gap.span() if gap is not None else (end, end)


def field_names(text: str) -> list[str]:
    """Return the names of fields that headers give anywhere in a text, be it a whole body or a part of one."""
    return [parameter(value, "name") for value in _DISPOSITION.findall(text)]


def parameter(value: str, name: str) -> str:
    """Return a parameter of a header field, without its quotes; empty where it has none of this name."""
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
