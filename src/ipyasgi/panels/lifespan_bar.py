"""The lifespan's piece of page: status and buttons on one line."""

from __future__ import annotations

import traitlets

from .part import Part, read_module, read_style


class LifespanBar(Part):
    """
    The app's name, where its lifespan stands, and what may be asked of it now.

    :ivar title: the app's name
    :ivar status: in the words of ``protocol.machines.LifespanStatus``
    :ivar tone: ``good``, ``bad``, ``busy`` or empty
    :ivar note: one line more, such as the message the app waits at
    :ivar actions: what may be asked for, of ``start``, ``step``, ``stop``, ``restart``
    :ivar acting: the action under way, or empty

    The page says ``{ask: "act", action}``.
    """

    _esm = read_module("lifespan_bar")
    _css = read_style("lifespan_bar")
    title = traitlets.Unicode().tag(sync=True)
    status = traitlets.Unicode().tag(sync=True)
    tone = traitlets.Unicode().tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)
    actions: traitlets.List[str] = traitlets.List().tag(sync=True)
    acting = traitlets.Unicode().tag(sync=True)
