"""A multipart body taken apart: boundary, headers, content. Says nothing of how a part is shown.

Source: RFC 2046, section 5.1; RFC 7578.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PARTS = 20
"""Parts that are taken out; later ones are counted."""
_HEADER_LIMIT_BYTES = 8192
_EMPTY_LINE = re.compile(rb"\r?\n\r?\n")
_SNIFFED = re.compile(
    rb"(?:\r?\n)?--([^\r\n]{1,200}?)[ \t]*\r?\n(?:[\w-]{1,80}:[^\r\n]*\r?\n){0,20}?content-(?:disposition|type):",
    re.IGNORECASE,
)
_PARAMETER = re.compile(r';\s*([\w*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))')


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


def split(content: bytes, boundary: bytes) -> tuple[list[MultipartPart], int, bool]:
    """Return the first parts, how many there are, and whether the last boundary came."""
    line = re.compile(rb"(?:\A|\r?\n)--" + re.escape(boundary) + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    places = list(line.finditer(content))
    closed = next((number for number, place in enumerate(places) if place[1]), None)
    count = len(places) if closed is None else closed
    ends = [place.start() for place in places[1 : count + 1]] + ([len(content)] if closed is None else [])
    bodies = [content[place.end() : end] for place, end in zip(places[:PARTS], ends, strict=False)]
    return [_part(body) for body in bodies[:count]], count, closed is not None


def parameter(value: str, name: str) -> str:
    """Return a parameter of a header field, without its quotes; empty where it has none of this name."""
    for match in _PARAMETER.finditer(value):
        if match[1].lower() == name:
            return re.sub(r"\\(.)", r"\1", match[2]) if match[2] is not None else match[3]
    return ""


def _part(raw: bytes) -> MultipartPart:
    raw = re.sub(rb"\A\r?\n", b"", raw)
    if re.match(rb"\r?\n", raw):  # no headers at all
        head, content = b"", re.sub(rb"\A\r?\n", b"", raw)
    else:
        gap = _EMPTY_LINE.search(raw, 0, _HEADER_LIMIT_BYTES)
        head, content = (raw[: gap.start()], raw[gap.end() :]) if gap is not None else (raw[:_HEADER_LIMIT_BYTES], b"")
    pairs = (row.partition(b":") for row in re.sub(rb"\r?\n[ \t]+", b" ", head).splitlines())
    headers = tuple((name.strip().lower(), value.strip()) for name, colon, value in pairs if colon)
    fields = {name: value.decode("utf-8", "replace") for name, value in headers}
    disposition = fields.get(b"content-disposition", "")
    return MultipartPart(
        name=parameter(disposition, "name"),
        filename=parameter(disposition, "filename") or parameter(disposition, "filename*"),
        content_type=fields.get(b"content-type", ""),
        headers=headers,
        content=content,
    )
