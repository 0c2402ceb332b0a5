"""The live log widget: a list that grows at the end. Only the widget class lives here.

Its list is the one that the response viewer and the WebSocket console draw with (`static/live_rows.js`), by itself.
Its tests are the proof of the comm writer: in a kernel (`tests/notebook`) and in a real page
(`tests/browser/test_live_panel.py`).

Its rows come through a `CommQueue`, its looks from `static/`.
"""

from __future__ import annotations

import anywidget
import traitlets

from .assets import read_static


class LiveLog(anywidget.AnyWidget):
    """
    Rows as they come, the newest in view; fed with ``writer.attach(log, keep_rows=log.keep_rows).put(row)``.

    A row is ``{"at_ms": float, "kind": "receive" | "send" | "info" | "error", "text": str}``, and
    ``"body": BodyOffer.as_dict()`` where there is one to load.
    """

    _esm = read_static("stream.js", "live_rows.js", "live_log.js")
    _css = read_static("live_log.css")
    title = traitlets.Unicode("live log").tag(sync=True)
    keep_rows = traitlets.Int(2000).tag(sync=True)
    visible_rows = traitlets.Int(12).tag(sync=True)
