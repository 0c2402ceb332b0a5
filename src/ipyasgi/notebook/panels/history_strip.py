"""The history's piece of page: the newest exchanges, each to be shown again or put into the form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import traitlets

from ...explore.exchange import Exchange
from ...explore.settings import Settings
from ...views.exchange import summarize
from .part import Part, read_module, read_style

ROWS_SHOWN = 30


class HistoryStrip(Part):
    """
    The newest exchanges, newest first.

    :ivar rows: `history_rows`
    :ivar total: how many the history holds
    :ivar shown: the name of the one that is shown

    The page says ``{ask: "show", name}`` and ``{ask: "fill", name}``.
    """

    _esm = read_module("history_strip")
    _css = read_style("bars")
    rows: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    total = traitlets.Int().tag(sync=True)
    shown = traitlets.Unicode().tag(sync=True)


def history_rows(exchanges: Iterable[Exchange], settings: Settings) -> list[dict[str, Any]]:
    """Return the newest exchanges as the strip takes them, masked."""
    newest = [summarize(exchange, settings) for exchange in list(exchanges)[-ROWS_SHOWN:]]
    return [
        {
            "name": one.name,
            "method": one.method,
            "target": one.target,
            "outcome": one.outcome,
            "elapsed": one.elapsed,
            "tone": "good" if one.tone in ("good", "moved") else "bad",
        }
        for one in reversed(newest)
    ]
