"""What the panels' own pieces of page share: each is an anywidget of one plain ES module and one style sheet.

Why a piece is one widget and not one ipywidget per field: Send must send what is on the page, and ipywidgets holds
back the newest value of a field while an older one is under way; a form of thirty fields would be sixty comms, more
than the comm writer may write in a second; Ctrl+Enter has to be seen in every field; and choosing a route needs no
answer of the kernel.

What a page says comes as a custom message ``{ask: ...}``; what the kernel says are traits, written by the comm writer.
"""

from __future__ import annotations

import anywidget

from .assets import read_static


class Part(anywidget.AnyWidget):
    """One piece of page of a panel."""


def read_module(*names: str) -> str:
    """Return the shared module and the named ones as one text, for a widget's ``_esm``."""
    return read_static("panels/page.js", *(f"panels/{name}.js" for name in names))


def read_fetching_module(*names: str) -> str:
    """As `read_module`, for a piece that also fetches bodies or rows through a `CommQueue`."""
    return "\n".join([read_static("stream.js"), read_module(*names)])


def read_style(*names: str) -> str:
    """Return style sheets as one, for a widget's ``_css``; the shared ``page`` comes with every panel's notice."""
    return read_static(*(f"panels/{name}.css" for name in names))
