"""The table's piece of page: its traits and messages, and nothing else."""

from __future__ import annotations

from typing import Any

import traitlets

from ...formats.exports import FORMATS
from ..part import Part, read_bundle, read_style


class HistoryRows(Part):
    """
    The history on the page.

    :ivar rows: `page_state.page_rows`, newest first
    :ivar total: how many the history holds
    :ivar matching: how many of them the filter lets through, shown or not
    :ivar filter: the filter in force
    :ivar mistake: what is wrong with the one typed last, or empty
    :ivar shown: the name of the exchange that is shown
    :ivar fills: whether an exchange may be put into a form
    :ivar formats: names of the export formats
    :ivar doing: what is under way, or empty
    :ivar result: what stands below the table, or empty
    :ivar tone: of ``result``: ``good``, ``bad`` or empty
    :ivar export: ``{about, filename, offer}``: a text to be fetched (`ipyasgi.panels.comm_queue.BodyOffer`), or empty

    The page says ``{ask: "filter", text}``, ``{ask: "more"}``, ``{ask: "show" | "fill", name}``,
    ``{ask: "replay" | "compare", names}``, ``{ask: "export", names, format}``, ``{ask: "stop"}`` and
    ``{ask: "dismiss"}``.
    """

    _esm = read_bundle("history_table")
    _css = read_style("history_table")
    rows: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    total = traitlets.Int().tag(sync=True)
    matching = traitlets.Int().tag(sync=True)
    filter = traitlets.Unicode().tag(sync=True)
    mistake = traitlets.Unicode().tag(sync=True)
    shown = traitlets.Unicode().tag(sync=True)
    fills = traitlets.Bool().tag(sync=True)
    formats: traitlets.List[str] = traitlets.List(list(FORMATS)).tag(sync=True)
    doing = traitlets.Unicode().tag(sync=True)
    result = traitlets.Unicode().tag(sync=True)
    tone = traitlets.Unicode().tag(sync=True)
    export = traitlets.Dict().tag(sync=True)
