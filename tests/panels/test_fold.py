"""Folds: a line above a widget, closed with the panel that made it."""

import ipywidgets
import ipywidgets.widgets.widget as registry
import pytest

from ipyasgi import Explorer
from ipyasgi.panels import LifespanStepper
from ipyasgi.panels.fold import fold


@pytest.mark.parametrize("open_first", [True, False])
def test_it_begins_as_it_is_told(explorer: Explorer, open_first: bool) -> None:
    """The line and the box agree on whether what is inside is seen, and all of it goes with the panel."""
    widgets_before = set(registry._instances)
    panel = LifespanStepper(explorer)
    inside = panel.hold(ipywidgets.HTML())
    box = fold(panel, "More", inside, open_first=open_first)
    line = box.children[0]
    assert (line.title, line.open_first, box.children[1]) == ("More", open_first, inside)
    assert ("ipyasgi-shut" in box._dom_classes) is not open_first
    panel.close()
    assert set(registry._instances) == widgets_before
