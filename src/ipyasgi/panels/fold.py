"""`Fold`: a line that opens and closes what stands below it. It knows neither the panel around it nor what it folds.

Why not the accordion of ipywidgets: the keyboard does not reach its titles.
"""

from __future__ import annotations

from typing import Any

import ipywidgets
import traitlets

from .panel import Panel
from .part import Part, read_bundle, read_style


class Fold(Part):
    """
    The line. Opening and closing happens in the page: each view of a panel has its own, and no kernel is asked.

    :ivar title: what is folded
    :ivar open_first: whether it begins open
    """

    _esm = read_bundle("fold")
    _css = read_style("fold")
    title = traitlets.Unicode().tag(sync=True)
    open_first = traitlets.Bool().tag(sync=True)


def fold(panel: Panel, title: str, inside: Any, *, open_first: bool = False) -> Any:
    """
    Return a widget below its fold; the panel closes the fold with itself, not what is inside.

    :param title: what is folded
    :param inside: a widget
    """
    line = panel.hold(Fold(title=title, open_first=open_first))
    classes = ("ipyasgi-folded",) if open_first else ("ipyasgi-folded", "ipyasgi-shut")
    return panel.hold(ipywidgets.VBox([line, inside], _dom_classes=classes))
