"""`PageBody`: the body of a response for the page, masked, with its views and file name. Pure."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice

from ...client.response import kept_content
from ...history.exchange import Exchange
from ...records.multipart import parameter
from ...records.settings import Settings
from ...views.body.charset import read_text
from ...views.body.shown import BodyShown
from ...views.figures import size_of
from ...views.view import one_line

WHOLE_TEXT_BYTES = 2 * 1024 * 1024
"""Maximum size of a text other than JSON that is masked and shown."""

_MOST_REASONS, _REASONS_CHARS = 60, 200_000

_UNSAFE = re.compile(r"[^\w.() -]+")
_STREAMS = frozenset({"text/event-stream", "application/x-ndjson", "application/jsonl", "application/json-seq"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PageBody:
    """
    One body for the page.

    :ivar views: of ``rows``, ``tree``, ``drawn`` and ``text``, in order of preference
    :ivar reasons: why a value is masked, by its name
    :ivar content: the bytes, or a text in UTF-8, according to ``is_text``, with its secrets masked
    """

    views: tuple[str, ...]
    content: bytes
    is_text: bool
    masked: bool = False
    reasons: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    filename: str = "body"


def page_body(exchange: Exchange, shown: BodyShown | None, settings: Settings, *, drawn: bool) -> PageBody:
    """
    Return the body of an exchange's response for the page.

    :param shown: the same, as `views` shows it
    :param drawn: whether the kernel draws it
    """
    if exchange.response is None or shown is None or shown.kind == "empty":
        return PageBody(views=(), content=b"", is_text=False)
    content, content_type = kept_content(exchange.response), exchange.response.headers.get("content-type", "")
    media_type = content_type.partition(";")[0].strip().lower()
    filename = _filename(exchange, media_type)
    text = _text(content, content_type, shown)
    if text is None:
        safe = settings.redactor.body(content, content_type)
        return PageBody(
            views=("drawn",) if drawn else (),
            content=safe,
            is_text=False,
            masked=safe != content,
            notes=shown.notes,
            filename=filename,
        )
    masked, notes = _masked(text, content_type, shown, settings)
    views = ["tree"] if shown.kind == "json" else []
    if media_type in _STREAMS:
        views.append("rows")
    if drawn and media_type not in _STREAMS:
        views.append("drawn")
    return PageBody(
        views=(*views, "text"),
        content=masked.encode("utf-8", "replace"),
        is_text=True,
        masked=masked != text and not notes,
        reasons=_reasons(text, content_type, settings) if masked != text else {},
        notes=(*shown.notes, *notes),
        filename=filename,
    )


def _text(content: bytes, content_type: str, shown: BodyShown) -> str | None:
    if shown.kind not in ("json", "text", "table"):
        return None
    text, _ = read_text(content, parameter(content_type, "charset").strip("'"), whole=True)
    return text


def _masked(text: str, content_type: str, shown: BodyShown, settings: Settings) -> tuple[str, tuple[str, ...]]:
    redactor = settings.redactor
    if shown.kind == "json":
        return redactor.json_text(text), ()
    if redactor.show:
        return text, ()
    kept = text[:WHOLE_TEXT_BYTES]
    left = len(text) - len(kept)
    notes = (f"cut here: {size_of(left)} more; .content has everything",) if left else ()
    return redactor.body_text(kept, content_type), notes


def _reasons(text: str, content_type: str, settings: Settings) -> dict[str, str]:
    """Return why the values of the first secret names are masked; of a long text only its beginning is read."""
    redactor = settings.redactor
    names = dict.fromkeys(span.name for span in redactor.spans(text[:_REASONS_CHARS], content_type) if span.name)
    return {name[:100]: redactor.why(name, "body") for name in islice(names, _MOST_REASONS)}


def _filename(exchange: Exchange, media_type: str) -> str:
    """Return the file name in the response, else the last part of the path with an extension."""
    assert exchange.response is not None
    disposition = exchange.response.headers.get("content-disposition", "")
    given = parameter(disposition, "filename").replace("\\", "/").rpartition("/")[2]
    name = given or exchange.request.url.path.rstrip("/").rpartition("/")[2]
    name = _UNSAFE.sub("_", one_line(name, 100)).strip(". ") or exchange.name
    if "." in name:
        return name
    return name + (mimetypes.guess_extension(media_type) or ".bin" if media_type else ".bin")
