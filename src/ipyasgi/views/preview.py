"""
A body drawn on request: HTML and SVG in a frame, media that are not too big, a PDF.

HTML runs no script and loads nothing. ``sandbox`` alone permits images, styles, fonts and frames, so the frame contains
a page of ours whose Content-Security-Policy permits only the content of the document itself, and that page contains the
document in another frame. The document inherits the policy, and the outer policy blocks its links and refreshes.
Frames within the document become unknown elements, because Chromium opens a connection for a frame before it checks
the policy (measured with version 156). It does the same for a clicked link, but sends nothing.
"""

from __future__ import annotations

import re
from typing import Any

from ..history.exchange import Preview
from ..records import multipart
from ..records.settings import Settings
from .body import media
from .body.charset import read_text
from .body.kinds import is_markup
from .figures import size_of
from .view import View, build_view, render, shows

_FRAMES = re.compile(r"<(/?)(?=(?:i?frame|frameset|fencedframe|portal|object|embed)\b)", re.IGNORECASE)
_LIMIT_BYTES = 8 * 1024 * 1024  # a notebook with more could not be opened


def _preview_data(preview: Preview, settings: Settings) -> dict[str, Any]:
    return {"content_type": preview.content_type, "body_bytes": len(preview.content)}


@shows(Preview, _preview_data)
def view_preview(preview: Preview, settings: Settings) -> View:
    """Return the view of a body: drawn, or its type as text. A URL has the type of the bytes, not of the header."""
    media_type = preview.content_type.partition(";")[0].strip().lower()
    label = f"{media_type or 'no content type'}, {size_of(len(preview.content))}"
    kind, source = _draw(preview, media_type, settings)
    note = f"{label}: {source}" if kind == "none" else ""
    text = note or f"{label}: a preview needs a notebook; the bytes are in .content"
    return build_view(text, "preview.html", kind=kind, label=label, source=source, note=note)


def _draw(preview: Preview, media_type: str, settings: Settings) -> tuple[str, str]:
    """Return the element that draws a body, and its source: a URL, the page of a ``frame``, or why it is ``none``."""
    content = preview.content
    if len(content) > _LIMIT_BYTES:
        return "none", f"too big to be drawn, over {size_of(_LIMIT_BYTES)}"
    found = media.sniff(content, media_type)
    kind = "embed" if found == "application/pdf" else found.partition("/")[0]
    if kind in ("embed", "image", "audio", "video"):
        return kind, media.data_url(content, found)
    text, _ = read_text(content, multipart.parameter(preview.content_type, "charset"), whole=True)
    if text is None or not is_markup(text, media_type):
        return "none", "nothing to draw; the exchange shows it as text"
    page = _FRAMES.sub(r"<\1x-", settings.redactor.text(text))
    return "frame", render("preview_page.html", page=page)
