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
from dataclasses import dataclass
from typing import Literal

from ..history.exchange import Preview
from ..records.settings import Settings
from .body import media, multipart
from .body.charset import read_text
from .body.kinds import is_markup
from .figures import size_of
from .view import View, build_view, render

_FRAMES = re.compile(r"<(/?)(?=(?:i?frame|frameset|fencedframe|portal|object|embed)\b)", re.IGNORECASE)
_LIMIT_BYTES = 8 * 1024 * 1024
"""More would make a notebook that nobody can open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewShown:
    """
    What the template draws.

    :ivar source: a ``data:`` URL, or for ``frame`` the page that the frame holds
    """

    kind: Literal["frame", "image", "audio", "video", "embed", "none"]
    label: str
    source: str = ""
    note: str = ""


def view_preview(preview: Preview, settings: Settings) -> View:
    """Return the body drawn; for a terminal, what it is."""
    shown = show_preview(preview, settings)
    text = shown.note or f"{shown.label}: a preview needs a notebook, the bytes are in .content"
    return build_view(text, "preview.html", preview=shown)


def show_preview(preview: Preview, settings: Settings) -> PreviewShown:
    """Return the body as it is drawn; the type in a URL is what the bytes say, never what a header says."""
    content = preview.content
    media_type = preview.content_type.partition(";")[0].strip().lower()
    label = f"{media_type or 'no content type'}, {size_of(len(content))}"
    if len(content) > _LIMIT_BYTES:
        return PreviewShown(
            kind="none", label=label, note=f"{label}: too big to be drawn, over {size_of(_LIMIT_BYTES)}"
        )
    found = media.sniff(content, media_type)
    if found == "application/pdf":
        return PreviewShown(kind="embed", label=label, source=media.data_url(content, found))
    for kind in ("image", "audio", "video"):
        if found.startswith(kind):
            return PreviewShown(kind=kind, label=label, source=media.data_url(content, found))
    text, _ = read_text(content, multipart.parameter(preview.content_type, "charset"), whole=True)
    if text is None or not is_markup(text, media_type):
        return PreviewShown(kind="none", label=label, note=f"{label}: nothing to draw, it is shown as it is")
    page = _FRAMES.sub(r"<\1x-", settings.redactor.text(text))
    return PreviewShown(kind="frame", label=label, source=render("preview_page.html", page=page))
