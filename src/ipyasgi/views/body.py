"""A body as it is shown: what kind of thing the bytes are, masked, cut, and laid out. Draws nothing itself.

The media type is believed where the bytes agree with it. Cutting comes before anything is laid out or escaped.
"""

from __future__ import annotations

import base64
import codecs
import csv
import io
import json
import re
from dataclasses import dataclass
from typing import Any, Literal

from ..explore.redaction import MASK, is_json_type, is_secret, mask_body, mask_query, mask_text
from ..explore.settings import Settings
from .figures import count_of, size_of
from .hexdump import hexdump
from .json_text import Token, lay_out

BodyKind = Literal["empty", "json", "text", "image", "hex"]

IMAGE_LIMIT_BYTES = 1024 * 1024
"""Images up to here are shown; a bigger one would make the notebook heavy."""
_PARSE_LIMIT_BYTES = 1024 * 1024
_HEX_LIMIT_BYTES = 1024
_TABLE_ROWS, _TABLE_COLUMNS, _CELL_CHARS = 50, 16, 80
# Told by the bytes, because a secret in a form is one whatever the content type says.
_PARTS = re.compile(
    rb"--([^\r\n]{1,200})\r?\n(?:[\w-]+:[^\r\n]*\r?\n){0,9}?content-disposition: form-data", re.IGNORECASE
)
_FORM = re.compile(r"[\w.%+\[\]~*-]+=[^&\s<>\"]*(?:&[\w.%+\[\]~*-]*=?[^&\s<>\"]*)*")
_IMAGES = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
    "image/gif": b"GIF8",
    "image/webp": b"RIFF",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyTable:
    """Records as rows of short texts; ``left_out`` says what is not in it."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyShown:
    """
    One body as it is shown.

    :ivar label: media type and size
    :ivar tokens: its text, in pieces with the kind of each; empty for an image
    :ivar image: a ``data:`` URL of a raster image, or empty
    :ivar table: the same as rows, where it is a list of records
    :ivar missing: how much was cut away, in words
    :ivar notes: what a reader should know, such as that it is not what its media type says
    """

    kind: BodyKind
    label: str
    tokens: tuple[Token, ...] = ()
    image: str = ""
    table: BodyTable | None = None
    missing: str = ""
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The whole of what is shown, as text."""
        return "".join(text for _, text in self.tokens)


def show_body(content: bytes, content_type: str, settings: Settings) -> BodyShown:
    """
    Return the body as it is shown; never raises, whatever the bytes and the media type are.

    :param content_type: the field's value, perhaps empty or wrong
    """
    media_type = content_type.partition(";")[0].strip().lower()
    label = f"{media_type or 'no content type'}, {size_of(len(content))}"
    if not content:
        return BodyShown(kind="empty", label="empty")
    image_type = next((name for name, magic in _IMAGES.items() if content.startswith(magic)), "")
    if image_type == "image/webp" and content[8:12] != b"WEBP":
        image_type = ""
    if image_type:
        return _show_image(content, image_type, media_type, label)
    return _show_text(content, content_type, media_type, label, settings) or _show_bytes(content, media_type, label)


def _show_image(content: bytes, image_type: str, media_type: str, label: str) -> BodyShown:
    notes: tuple[str, ...] = ()
    if media_type != image_type:
        notes = (f"sent as {media_type or 'nothing in particular'}, but it is {image_type}",)
    if len(content) > IMAGE_LIMIT_BYTES:
        notes = (*notes, f"the image is not shown: it is bigger than {size_of(IMAGE_LIMIT_BYTES)}")
        return BodyShown(kind="hex", label=label, tokens=(("", hexdump(content[:256])),), notes=notes)
    data = base64.b64encode(content).decode("ascii")
    return BodyShown(kind="image", label=label, image=f"data:{image_type};base64,{data}", notes=notes)


def _show_bytes(content: bytes, media_type: str, label: str) -> BodyShown:
    shown = content[:_HEX_LIMIT_BYTES]
    says_text = media_type.startswith("text/") or is_json_type(media_type)
    return BodyShown(
        kind="hex",
        label=label,
        tokens=(("", hexdump(shown)),),
        missing=_missing(len(content) - len(shown)),
        notes=(f"sent as {media_type}, but these bytes are not text",) if says_text else (),
    )


def _show_text(content: bytes, content_type: str, media_type: str, label: str, settings: Settings) -> BodyShown | None:
    limit, show = settings.body_shown_bytes, settings.show_secrets
    boundary = _PARTS.match(content)
    if boundary is not None:  # before the cut: a cut part has no end, and what has no end may leak
        content = mask_body(content, f"multipart/form-data; boundary={boundary[1].decode('latin-1')}", show=show)
    elif media_type == "application/x-www-form-urlencoded":
        content = mask_body(content, content_type, show=show)
    cut = content[:limit]
    text, notes = _decode(cut, content_type, final=len(cut) == len(content))
    if text is None:
        return None
    if _FORM.fullmatch(text):
        text = mask_query(text, show=show)
    missing = len(content) - len(cut)
    value, why = _try_json(content, media_type)
    if why is None:
        tokens, end = lay_out(text, limit, show_secrets=show)
        missing += len(text[end:].encode("utf-8", "replace"))
        table = _table_of_records(value, show)
        return BodyShown(
            kind="json", label=label, tokens=tuple(tokens), table=table, missing=_missing(missing), notes=notes
        )
    if why:
        notes = (*notes, why)
    text = mask_text(text, show=show)
    table = _table_of_csv(text, media_type) if media_type in ("text/csv", "text/tab-separated-values") else None
    return BodyShown(
        kind="text", label=label, tokens=(("", text),), table=table, missing=_missing(missing), notes=notes
    )


def _decode(content: bytes, content_type: str, *, final: bool) -> tuple[str | None, tuple[str, ...]]:
    """Return the bytes as text, None where they are none, with what was odd about it."""
    charset, notes = _charset(content_type)
    text = codecs.getincrementaldecoder(charset)("replace").decode(content, final)
    odd = sum(character < " " and character not in "\t\n\r\f\x1b" for character in text[:4096])
    undecodable = text[:4096].count("\ufffd")
    if odd * 20 > len(text[:4096]) or undecodable * 5 > len(text[:4096]) or "\0" in text[:4096]:
        return None, ()
    if undecodable:
        notes = (*notes, f"not all of it is {charset}: � stands for bytes that cannot be decoded")
    return text, notes


def _charset(content_type: str) -> tuple[str, tuple[str, ...]]:
    for parameter in content_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() != "charset":
            continue
        given = value.strip().strip("\"'")
        try:
            "".encode(given)  # raises for what is no text encoding, such as base64 or zlib
            codecs.getincrementaldecoder(given)
        except (LookupError, ValueError):
            return "utf-8", (f"the charset {given[:40]!r} is not known: read as utf-8",)
        return given, ()
    return "utf-8", ()


def _try_json(content: bytes, media_type: str) -> tuple[Any, str | None]:
    """Return the value and None where it is JSON; else None and what to say about it, which may be nothing."""
    declared = is_json_type(media_type)
    if not declared and ((media_type.startswith("text/") and media_type != "text/plain") or content[:1] not in b"{["):
        return None, ""
    if len(content) > _PARSE_LIMIT_BYTES:
        return None, None if declared else ""
    try:
        return json.loads(content), None
    except RecursionError:
        return None, "nested too deeply to be laid out"
    except ValueError as exc:
        return None, f"not valid JSON: {str(exc)[:120]}" if declared else ""


def _table_of_records(value: Any, show: bool) -> BodyTable | None:
    if not isinstance(value, list) or len(value) < 2 or not all(isinstance(row, dict) and row for row in value):
        return None
    names = list(dict.fromkeys(name for row in value for name in row))
    if len(names) > _TABLE_COLUMNS:
        return None

    def cell(row: dict[str, Any], name: str) -> str:
        if name not in row:
            return ""
        if not show and is_secret(name):
            return MASK
        item = row[name]
        text = item if isinstance(item, str) else json.dumps(item, ensure_ascii=False)[: 4 * _CELL_CHARS]
        return _short(mask_text(text, show=show))

    rows = tuple(tuple(cell(row, name) for name in names) for row in value[:_TABLE_ROWS])
    return BodyTable(header=tuple(map(_short, names)), rows=rows, left_out=_left_out(len(value)))


def _table_of_csv(text: str, media_type: str) -> BodyTable | None:
    try:
        found = list(csv.reader(io.StringIO(text), delimiter="\t" if "tab" in media_type else ","))
    except csv.Error:
        return None
    if len(found) < 2 or not 1 < len(found[0]) <= _TABLE_COLUMNS:
        return None
    rows = tuple(tuple(map(_short, row[:_TABLE_COLUMNS])) for row in found[1 : _TABLE_ROWS + 1] if row)
    return BodyTable(header=tuple(map(_short, found[0])), rows=rows, left_out=_left_out(len(found) - 1))


def _short(text: str) -> str:
    return text if len(text) <= _CELL_CHARS else text[: _CELL_CHARS - 1] + "…"


def _left_out(rows: int) -> str:
    return f"{count_of(rows - _TABLE_ROWS, 'more row')}" if rows > _TABLE_ROWS else ""


def _missing(left_bytes: int) -> str:
    return f"cut here: {size_of(left_bytes)} more" if left_bytes > 0 else ""
