"""The console's piece of page. What is typed into it stays there until it is sent: headers may hold secrets."""

from __future__ import annotations

from typing import Any

import traitlets

from ..part import Part, read_bundle, read_style


class ConsolePage(Part):
    """
    Where to connect to, what was said, and a field for more.

    :ivar paths: the app's WebSocket routes
    :ivar path: where it connects to, or is connected, masked
    :ivar session: the state of the WebSocket session: status, words for it, and the number of its first row
    :ivar loaded: a message that was asked for whole: its number, and an offer or why there is none

    The page says ``{ask: "connect", path, headers, subprotocols}``, ``{ask: "send", kind, text}``,
    ``{ask: "disconnect", code, reason}`` and ``{ask: "load", number}``.
    """

    _esm = read_bundle("websocket_console")
    _css = read_style("live_rows", "json_tree", "response_viewer", "websocket_console")
    paths: traitlets.List[str] = traitlets.List().tag(sync=True)
    path = traitlets.Unicode().tag(sync=True)
    session: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)
    loaded: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)
