"""The kind of a body, and how each kind is shown.

The media type applies if the bytes agree with it. Bodies are cut before they are laid out or escaped.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from typing import Any, NamedTuple, cast

from ...records import multipart
from ...records.body_text import is_json_type
from ...records.redaction import Redactor
from ...records.secret_rules import MASK
from ...records.settings import Settings
from ..figures import count_of, size_of
from . import media
from .charset import read_text
from .json_text import lay_out
from .shown import BodyKind, BodyPart, BodyShown, BodyTable
from .tables import find_records, is_form, table_of_csv, table_of_events, table_of_form, table_of_lines

_PARSE_LIMIT_BYTES = 1024 * 1024
_HEX_LIMIT_BYTES = 1024
_PARTS, _MAX_DEPTH = 20, 3
_PART_HEADERS, _PART_HEADER_CHARS = 40, 1000
_LINE_CHARS = 160
_MARKUP = frozenset({"text/html", "application/xhtml+xml", "image/svg+xml"})
_LINES_OF_JSON = frozenset(
    f"application/{name}"
    for name in ("x-ndjson", "ndjson", "jsonl", "x-jsonlines", "jsonlines", "json-seq", "stream+json")
)
_SEPARATED = frozenset({"text/csv", "application/csv", "text/comma-separated-values", "text/tab-separated-values"})
_LOOKS_LIKE_MARKUP = re.compile(r"\s*(?:<!doctype html|<html|<svg[\s>]|<\?xml[^>]*>\s*<svg[\s>])", re.IGNORECASE)


class _RawBody(NamedTuple):
    """A body, its types and label, and ``depth``: the number of multipart bodies around it."""

    content: bytes
    content_type: str
    media_type: str
    label: str
    settings: Settings
    depth: int


def show_body(content: bytes, content_type: str, settings: Settings, *, depth: int = 0) -> BodyShown:
    """Return the body for display, within ``depth`` multipart bodies; invalid bodies do not raise errors."""
    if not content:
        return BodyShown(kind="empty", label="empty")
    media_type = content_type.partition(";")[0].strip().lower()
    label = f"{media_type or 'no content type'}, {size_of(len(content))}"
    raw = _RawBody(content, content_type, media_type, label, settings, depth)
    boundary = multipart.boundary_of(content, content_type) if depth < _MAX_DEPTH else b""
    if boundary:
        return _show_parts(raw, boundary)
    found = media.sniff(content, media_type)
    if found:
        return _show_media(raw, found)
    shown = _show_text(raw)
    if shown is not None:
        return shown
    notes = (f"sent as {media_type}, but these bytes are not text",)
    is_text = media_type.startswith("text/") or is_json_type(media_type)
    return _show_hex(raw, _HEX_LIMIT_BYTES, notes if is_text else ())


def is_markup(text: str, media_type: str) -> bool:
    """Return whether a text is HTML or SVG, by its type or, without one, by its beginning."""
    return media_type in _MARKUP or (not media_type and _LOOKS_LIKE_MARKUP.match(text) is not None)


def _show_media(raw: _RawBody, found: str) -> BodyShown:
    notes: list[str] = []
    if not media.agrees(raw.media_type, found):
        notes.append(f"sent as {raw.media_type or 'nothing in particular'}, but it is {found}")
    kind = found.partition("/")[0]
    if kind in ("image", "audio", "video"):
        if len(raw.content) <= media.LIMIT_BYTES:
            source = media.data_url(raw.content, found)
            return BodyShown(kind=cast("BodyKind", kind), label=raw.label, source=source, notes=tuple(notes))
        notes.append(f"the {kind} is not shown: it is bigger than {size_of(media.LIMIT_BYTES)}")
    return _show_hex(raw, 256, tuple(notes), preview=found == "application/pdf" or kind != "application")


def _show_hex(raw: _RawBody, limit: int, notes: tuple[str, ...], *, preview: bool = False) -> BodyShown:
    tokens = (("", hexdump(raw.content[:limit])),)
    missing = _missing(len(raw.content) - limit)
    return BodyShown(kind="hex", label=raw.label, tokens=tokens, missing=missing, notes=notes, preview=preview)


def _show_parts(raw: _RawBody, boundary: bytes) -> BodyShown:
    found, count, closed = multipart.split(raw.content, boundary, _PARTS)
    notes = () if closed else ("the last boundary is missing: the body may be cut",)
    if not raw.media_type.startswith("multipart/"):
        notes = (f"sent as {raw.media_type or 'nothing in particular'}, but it is multipart", *notes)
    share = replace(raw.settings, body_shown_bytes=max(raw.settings.body_shown_bytes // max(len(found), 1), 1024))
    return BodyShown(
        kind="multipart",
        label=f"{raw.label}, {count_of(count, 'part')}",
        parts=tuple(_show_part(part, number, share, raw.depth) for number, part in enumerate(found, 1)),
        missing=count_of(count - len(found), "more part") if count > len(found) else "",
        notes=notes,
    )


def _show_part(part: multipart.MultipartPart, number: int, settings: Settings, depth: int) -> BodyPart:
    others = [pair for pair in part.headers if pair[0] not in (b"content-disposition", b"content-type")]
    headers = settings.redactor.headers(others[:_PART_HEADERS])
    if settings.redactor.is_secret(part.name, "body"):
        body = BodyShown(kind="text", label=size_of(len(part.content)), tokens=(("secret", MASK),))
    else:
        body = show_body(part.content, part.content_type or "text/plain", settings, depth=depth + 1)
    return BodyPart(
        title=part.name[:200] or f"part {number}",
        filename=part.filename[:200],
        headers=tuple((name[:200], value[:_PART_HEADER_CHARS]) for name, value in headers),
        body=body,
    )


def _show_text(raw: _RawBody) -> BodyShown | None:
    """Return the body as text, or None if it is not text."""
    parsed, limit = raw.content[:_PARSE_LIMIT_BYTES], raw.settings.body_shown_bytes
    charset = multipart.parameter(raw.content_type, "charset").strip("'")
    text, notes = read_text(parsed, charset, whole=len(parsed) == len(raw.content))
    if text is None:
        return None
    cut = text.encode("utf-8", "replace")[:limit].decode("utf-8", "ignore")
    missing = _missing(len(raw.content) - _PARSE_LIMIT_BYTES, text[len(cut) :])
    shown = BodyShown(kind="text", label=raw.label, missing=missing, notes=notes)
    found = _read_rows(raw, text, cut)
    if found is not None:
        table, masked, more = found
        kind: BodyKind = "table" if table is not None else "text"
        return replace(shown, kind=kind, tokens=(("", masked),), table=table, notes=(*notes, *more))
    if _may_be_json(raw, text):
        return _show_json(raw, shown, text, cut)
    tokens = (("", raw.settings.redactor.body_text(cut, raw.content_type)),)
    return replace(shown, tokens=tokens, preview=is_markup(cut, raw.media_type))


def _read_rows(raw: _RawBody, text: str, cut: str) -> tuple[BodyTable | None, str, tuple[str, ...]] | None:
    """Return the table, the masked text and the notes of a body of events, lines or fields; None for any other."""
    redactor = raw.settings.redactor
    notes: tuple[str, ...] = ()
    if raw.media_type == "text/event-stream":
        table, notes = table_of_events(raw.content[:_PARSE_LIMIT_BYTES], redactor)
    elif raw.media_type in _LINES_OF_JSON or _is_lines_of_json(cut, raw.media_type):
        is_cut = len(cut) < len(text) or len(raw.content) > _PARSE_LIMIT_BYTES
        whole, _, rest = cut.rpartition("\n") if is_cut else (cut, "", "")  # the last line is incomplete
        table, notes = table_of_lines(whole or rest, redactor)
        if raw.media_type == "application/json":
            notes = ("not one JSON value but one on each line", *notes)
    elif raw.media_type in _SEPARATED:
        table, cut = table_of_csv(cut, redactor, tabs="tab" in raw.media_type)
    elif is_form(text) and (raw.media_type == "application/x-www-form-urlencoded" or not _may_be_json(raw, text)):
        masked = redactor.query(text, "body")[: raw.settings.body_shown_bytes]  # masked first: names must be complete
        return table_of_form(text, redactor), masked, ()
    else:
        return None
    return table, redactor.body_text(cut, raw.content_type), notes


def _show_json(raw: _RawBody, shown: BodyShown, text: str, cut: str) -> BodyShown:
    redactor, limit = raw.settings.redactor, raw.settings.body_shown_bytes
    declared = is_json_type(raw.media_type)
    value, notes, wrong_at = (None, (), None) if len(raw.content) > _PARSE_LIMIT_BYTES else _check_json(text)
    if wrong_at is not None:
        tokens = _point_at(cut, wrong_at, redactor) if declared else (("", redactor.body_text(cut)),)
        return replace(shown, tokens=tokens, notes=(*shown.notes, *notes) if declared else shown.notes)
    text = redactor.json_text(text)
    laid_out, end = lay_out(text, limit)
    return replace(
        shown,
        kind="json",
        tokens=tuple(laid_out),
        table=find_records(value, redactor),
        missing=_missing(len(raw.content) - _PARSE_LIMIT_BYTES, text[end:].strip()),
        notes=(*shown.notes, *notes),
    )


def _check_json(text: str) -> tuple[Any, tuple[str, ...], int | None]:
    """Return the value, notes, and the position of an error, or None."""
    found: dict[str, str] = {}

    def constant(name: str) -> None:
        found.setdefault("constant", f"{name} is not JSON, though Python reads and writes it")

    def pairs(members: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(members)
        if len(value) < len(members) and "repeated" not in found:
            repeated = next(name for name, times in Counter(name for name, _ in members).items() if times > 1)
            found["repeated"] = f"{json.dumps(repeated[:60], ensure_ascii=False)} is repeated in one object"
        return value

    try:
        value = json.loads(text, parse_int=_whole, parse_constant=constant, object_pairs_hook=pairs)
    except RecursionError:
        return None, ("nested too deeply to be checked",), None
    except json.JSONDecodeError as exc:
        return None, (f"not valid JSON, line {exc.lineno} column {exc.colno}: {exc.msg}",), exc.pos
    return value, tuple(found.values()), None


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) < 4000 else digits  # int() raises an error for longer ones


def _point_at(text: str, wrong_at: int, redactor: Redactor) -> tuple[tuple[str, str], ...]:
    """Return the text with the line of the error marked, or with a part of that line if it is long."""
    at = len(redactor.text(text[:wrong_at]))
    text = redactor.text(text)
    begin, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
    end = len(text) if end < 0 else end
    if end - begin > _LINE_CHARS:
        begin, end = max(begin, at - _LINE_CHARS // 2), min(end, at + _LINE_CHARS // 2)
    return ("", text[:begin]), ("wrong", text[begin:end] or " "), ("", text[end:])


def _may_be_json(raw: _RawBody, text: str) -> bool:
    may_be_any = raw.media_type == "text/plain" or not raw.media_type.startswith("text/")
    return is_json_type(raw.media_type) or (may_be_any and text.lstrip()[:1] in {"{", "["})


def _is_lines_of_json(text: str, media_type: str) -> bool:
    """Return whether each of the first two lines is a JSON object, and the media type is JSON or unspecific."""
    if media_type not in ("", "text/plain", "application/json", "application/octet-stream") or text[:1] != "{":
        return False
    first, _, rest = text.partition("\n")
    second = rest.lstrip().partition("\n")[0]
    if not second.startswith("{") or not first.rstrip().endswith("}"):
        return False
    try:
        return isinstance(json.loads(first), dict) and isinstance(json.loads(second), dict)
    except (ValueError, RecursionError):
        return False


def _missing(left_bytes: int, rest: str = "") -> str:
    left_bytes = max(left_bytes, 0) + len(rest.encode("utf-8", "replace"))
    return f"cut here: {size_of(left_bytes)} more" if left_bytes else ""


def hexdump(content: bytes) -> str:
    """Return rows of ``offset  bytes  characters``."""
    rows = []
    for offset in range(0, len(content), 16):
        row = content[offset : offset + 16]
        characters = "".join(chr(byte) if 0x20 <= byte < 0x7F else "·" for byte in row)
        rows.append(f"{offset:08x}  {row[:8].hex(' '):<23}  {row[8:].hex(' '):<23}  {characters}")
    return "\n".join(rows)
