"""
A body drawn because its reader asked for it: HTML and SVG in a frame, media of any reasonable size, a PDF.

HTML runs no script and reaches nothing: ``sandbox`` alone lets images, styles, fonts and frames through, so the frame
holds a page of ours whose Content-Security-Policy allows nothing but what the document itself carries, and the
document is in a frame of that page. It inherits the policy, and the policy of the page around it keeps its links and
refreshes from leading anywhere. Frames within the document are made unknown elements: Chromium opens a connection for
one before it asks the policy (measured with 156). It does so for a link too, once that is clicked, and sends nothing.
"""

from __future__ import annotations

import re

from ..history.exchange import Preview
from ..records import multipart
from ..records.settings import Settings
from .body import media
from .body.charset import read_text
from .body.kinds import is_markup
from .figures import size_of
from .view import View, build_view, render

_FRAMES = re.compile(r"<(/?)(?=(?:i?frame|frameset|fencedframe|portal|object|embed)\b)", re.IGNORECASE)
_LIMIT_BYTES = 8 * 1024 * 1024
"""More would make a notebook that cannot be opened."""


def view_preview(preview: Preview, settings: Settings) -> View:
    """Return the body drawn; for a terminal, what it is. The type in a URL is what the bytes say, never a header."""
    media_type = preview.content_type.partition(";")[0].strip().lower()
    label = f"{media_type or 'no content type'}, {size_of(len(preview.content))}"
    kind, source = _draw(preview, media_type, settings)
    note = f"{label}: {source}" if kind == "none" else ""
    text = note or f"{label}: a preview needs a notebook, the bytes are in .content"
    return build_view(text, "preview.html", kind=kind, label=label, source=source, note=note)


def _draw(preview: Preview, media_type: str, settings: Settings) -> tuple[str, str]:
    """Return the element that draws a body, and its source: a URL, the page of a ``frame``, the reason of ``none``."""
    content = preview.content
    if len(content) > _LIMIT_BYTES:
        return "none", f"too big to be drawn, over {size_of(_LIMIT_BYTES)}"
    found = media.sniff(content, media_type)
    kind = "embed" if found == "application/pdf" else found.partition("/")[0]
    if kind in ("embed", "image", "audio", "video"):
        return kind, media.data_url(content, found)
    text, _ = read_text(content, multipart.parameter(preview.content_type, "charset"), whole=True)
    if text is None or not is_markup(text, media_type):
        return "none", "nothing to draw, it is shown as it is"
    page = _FRAMES.sub(r"<\1x-", settings.redactor.text(text))
    return "frame", render("preview_page.html", page=page)
