"""`read_parts`: a multipart form as fields and files, so that exports name the files instead of their bytes. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..records import multipart
from ..records.requests import RequestSpec
from ..records.template import Placeholder, Template

_MOST_PARTS = 200
_INLINE_BYTES = 200
_USUAL_HEADERS = frozenset({b"content-disposition", b"content-type", b"content-length"})
_FILE_NAME = re.compile(r"[\w ()+,-][\w .()+,-]*")
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPart:
    """
    A field of a form, or a file in it.

    :ivar value: the text of a field, or of a small file; None for any other file
    :ivar filename: as it was sent; None for a field
    :ivar path: of the file in the working directory; empty for a field
    """

    name: str
    value: Template[Placeholder] | None
    filename: str | None = None
    path: str = ""
    content_type: str = ""
    content: bytes = b""

    @property
    def is_small(self) -> bool:
        """Whether an export can contain the file's bytes."""
        return len(self.content) <= _INLINE_BYTES


def read_parts(spec: RequestSpec, body: Template[Placeholder]) -> tuple[FormPart, ...] | None:
    """
    Return the parts of an upload; None for any other body, and for one that fields and files cannot represent.

    :param body: the body with placeholders for its secrets
    """
    content_type = spec.header("content-type")
    if not content_type.lower().startswith("multipart/form-data"):
        return None
    boundary = multipart.boundary_of(spec.body, content_type)
    found, count, closed = multipart.split(spec.body, boundary, _MOST_PARTS) if boundary else ([], 0, False)
    texts = multipart.find_contents(body.outline, content_type)[1:-1] if found else []
    if not closed or count != len(found) or len(texts) != count:
        return None
    parts: list[FormPart] = []
    for part, (_, start, end, _) in zip(found, texts, strict=True):
        built = _build(part, body.part(start, end), len(parts) + 1)
        if built is None:
            return None
        parts.append(built)
    return tuple(parts) if any(part.filename is not None for part in parts) else None


def _build(part: multipart.MultipartPart, text: Template[Placeholder], number: int) -> FormPart | None:
    names = {name for name, _ in part.headers}
    is_file = bool(part.filename)
    if not part.name or re.search(r'[=";]', part.name) or not (part.name + part.filename).isprintable():
        return None
    if not names <= _USUAL_HEADERS:
        return None
    if part.content_type and (not is_file or not _MEDIA_TYPE.fullmatch(part.content_type)):
        return None
    try:
        part.content.decode()
        value: Template[Placeholder] | None = text
    except UnicodeDecodeError:
        value = None
    if not is_file:
        return FormPart(name=part.name, value=value) if value is not None else None
    if text.placeholders:
        return None
    return FormPart(
        name=part.name,
        value=value if len(part.content) <= _INLINE_BYTES else None,
        filename=part.filename,
        path=_path_of(part.filename, number),
        content_type=part.content_type,
        content=part.content,
    )


def _path_of(filename: str, number: int) -> str:
    """Return a name in the working directory; the filename of an imported request may be any path."""
    name = re.split(r"[/\\]", filename)[-1]
    return name if _FILE_NAME.fullmatch(name) and not name.startswith("-") else f"file{number}"


def notes_of(parts: Iterable[FormPart]) -> Sequence[str]:
    """Return a sentence for each file that an export reads."""
    found = [part for part in parts if part.filename is not None]
    return list(dict.fromkeys(f"{one.path}: the file that was sent, {len(one.content):,} bytes" for one in found))
