"""The line in which a panel says what went wrong: a ``print`` in a callback would go nowhere."""

from __future__ import annotations

import traitlets

from .part import Part, read_module, read_style


class Notice(Part):
    """
    A message that is read aloud when it comes, with more to fold open; nothing where there is none.

    :ivar text: one line
    :ivar detail: such as the frames of an exception
    """

    _esm = read_module("notice")
    _css = read_style("page")
    text = traitlets.Unicode().tag(sync=True)
    detail = traitlets.Unicode().tag(sync=True)
