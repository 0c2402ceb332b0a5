"""The live log widget: a list that grows at the end. Only the widget class lives here.

Its rows come through a `PanelChannel`, its looks from `static/`.
"""

from __future__ import annotations

from pathlib import Path

import anywidget
import traitlets

_STATIC = Path(__file__).with_name("static")


def read_static(*names: str) -> str:
    """Return the named files of `static/` joined in order: modules share code that way, without a bundler."""
    return "\n".join((_STATIC / name).read_text(encoding="utf-8") for name in names)


class LiveLog(anywidget.AnyWidget):
    """
    Rows as they come, the newest in view; fed with ``painter.attach(log, keep_rows=log.keep_rows).put(row)``.

    A row is ``{"at_ms": float, "kind": "receive" | "send" | "info" | "error", "text": str}``, and
    ``"body": BodyOffer.as_dict()`` where there is one to load.
    """

    _esm = read_static("stream.js", "live_log.js")
    _css = read_static("live_log.css")
    title = traitlets.Unicode("live log").tag(sync=True)
    keep_rows = traitlets.Int(2000).tag(sync=True)
    visible_rows = traitlets.Int(12).tag(sync=True)
