"""What the panels' own pieces of page share: each is an anywidget of one ES module and one style sheet.

Why a piece is one widget and not one ipywidget per field: Send must send what is on the page, and ipywidgets holds
back the newest value of a field while an older one is under way; a form of thirty fields would be sixty comms, more
than the comm writer may write in a second; Ctrl+Enter has to be seen in every field; and choosing a route needs no
answer of the kernel.

What a page says comes as a custom message ``{ask: ...}``; what the kernel says are traits, written by the comm writer.
"""

from __future__ import annotations

from pathlib import Path

import anywidget

_STATIC = Path(__file__).with_name("static")


class Part(anywidget.AnyWidget):
    """One piece of page of a panel."""


def read_bundle(name: str) -> str:
    """Return the bundle of a module of `static/`, for a widget's ``_esm``; `tests/js/build` writes it."""
    return (_STATIC / "bundles" / f"{name}.js").read_text(encoding="utf-8")


def read_style(*names: str) -> str:
    """Return style sheets as one, for a widget's ``_css``; the shared ``page`` comes with every panel's notice."""
    return "\n".join((_STATIC / f"{name}.css").read_text(encoding="utf-8") for name in names)
