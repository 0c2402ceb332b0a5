"""The viewer's piece of page, and what is said to it. Only values that a saved notebook may hold."""

from __future__ import annotations

from typing import Any

import traitlets

from ...views.exchange import ExchangeShown
from ...views.tabs import Tab
from ..part import Part, read_bundle, read_style
from .body import PageBody

INLINE_BYTES = 32 * 1024
"""A text up to here travels with the panel's state, so that it is also in a saved notebook; a longer one is fetched."""

_TONES = {"good": "good", "bad": "bad", "failed": "bad"}


class ResponsePage(Part):
    """
    Summary, tabs and body; the other tabs stand in an HTML widget below, which the page shows one part of.

    :ivar head: the summary line; empty where there is nothing yet
    :ivar tabs: name, title, how much is in it, and whether it has something
    :ivar body: the ways to look at it, its text or an offer to fetch it
    :ivar live: a response that is coming in: its words, since when, and the number of its first row
    :ivar pinned: whether it stays when a newer exchange comes; None where it follows nothing
    :ivar stale: whether what is shown answers an older request

    The page says ``{ask: "cancel"}`` and ``{ask: "pin", on}``.
    """

    _esm = read_bundle("response_viewer")
    _css = read_style("live_rows", "response_viewer", "json_tree")
    head: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)
    tabs: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    body: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)
    live: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)
    pinned = traitlets.Bool(default_value=None, allow_none=True).tag(sync=True)
    stale = traitlets.Bool().tag(sync=True)


def head_of(shown: ExchangeShown) -> dict[str, Any]:
    """Return the summary line."""
    return {
        "name": shown.name,
        "method": shown.method,
        "target": shown.place,
        "outcome": shown.outcome,
        "tone": _TONES.get(shown.tone, ""),
        "elapsed": shown.elapsed,
        "size": shown.size,
        "marks": list(shown.marks),
        "notes": list(shown.notes),
        "open": "exception"
        if shown.raised is not None and not (shown.handled_exception and shown.tone != "failed")
        else "body",
    }


def tabs_of(tabs: tuple[Tab, ...], *, rows: bool = False) -> list[dict[str, Any]]:
    """
    Return the tabs.

    :param rows: whether rows stand for a body that has no other view
    """
    return [
        {"name": tab.name, "title": tab.title, "about": tab.about, "some": tab.some or (rows and tab.name == "body")}
        for tab in tabs
    ]


def body_of(body: PageBody, label: str, turn: int, offer: dict[str, int] | None, *, rows: bool) -> dict[str, Any]:
    """
    Return the body.

    :param turn: counts what was shown, so that the page can tell a new body from the same said again
    :param offer: names the content where it has to be fetched
    :param rows: whether there are rows of it
    """
    views = [view for view in body.views if rows or view != "rows"]
    inline = body.is_text and offer is None
    return {
        "turn": turn,
        "views": views,
        "label": label,
        "notes": list(body.notes),
        "text": body.content.decode("utf-8", "replace") if inline else None,
        "offer": offer,
        "is_text": body.is_text,
        "masked": body.masked,
        "filename": body.filename,
    }
