"""What holds for every panel: its forms for other readers, and that nothing of it stays behind."""

import gc
import threading
from collections.abc import Callable

import ipywidgets.widgets.widget as registry
import pytest

from ipyasgi import Explorer
from ipyasgi.panels import PANELS
from ipyasgi.protocol.errors import LoopError

EVERY = pytest.mark.parametrize("name", PANELS)


@EVERY
def test_it_has_a_form_for_each_reader(explorer: Explorer, name: str) -> None:
    """The page gets the widget, a page without a kernel the HTML, a terminal the text."""
    bundle = PANELS[name](explorer)._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/html"].startswith("<")
    assert "VBox" not in bundle["text/plain"]


@EVERY
def test_closing_leaves_nothing_behind(app, name: str) -> None:
    """No comm, no widget, no thread, no subscription; closing again and closing after the explorer are harmless."""
    widgets_before, threads_before = set(registry._instances), set(threading.enumerate())
    explorer = Explorer(app)
    panel = PANELS[name](explorer)
    assert set(registry._instances) - widgets_before
    panel.close()
    panel.close()
    assert set(registry._instances) == widgets_before
    assert explorer._events._subscribers == {}
    explorer.close()
    panel.close()
    gc.collect()
    assert set(threading.enumerate()) <= threads_before


@EVERY
def test_it_closes_with_its_explorer(app, name: str) -> None:
    """A panel whose app is detached goes from the page, and its text stays."""
    widgets_before = set(registry._instances)
    explorer = Explorer(app)
    panel = PANELS[name](explorer)
    explorer.close()
    assert panel.closed
    assert set(registry._instances) == widgets_before
    assert set(panel._repr_mimebundle_()) == {"text/html", "text/plain"}


@EVERY
def test_a_panel_that_cannot_be_made_leaves_nothing(app, name: str) -> None:
    """On a closed explorer the reason is raised, and no widget was opened for nothing."""
    explorer = Explorer(app)
    explorer.close()
    widgets_before = set(registry._instances)
    with pytest.raises(LoopError, match="detached"):
        PANELS[name](explorer)
    gc.collect()
    assert set(registry._instances) == widgets_before


def test_the_explorer_s_panel_is_the_workbench(explorer: Explorer) -> None:
    """`explorer.panel()` needs no import by its user."""
    assert type(explorer.panel()) is PANELS["workbench"]


def test_a_notice_comes_and_goes(explorer: Explorer, until: Callable) -> None:
    """An error of ours is one line, any other has its frames; the next action clears it."""
    panel = PANELS["request"](explorer)
    panel.show_failure(LoopError("gone: attach it again"))
    until(lambda: panel.notice.text == "gone: attach it again")
    assert not panel.notice.detail
    try:
        raise ValueError("odd")
    except ValueError as exc:
        panel.show_failure(exc)
    until(lambda: panel.notice.text == "ValueError: odd")
    assert "test_panel.py" in panel.notice.detail
    panel.show_notice()
    until(lambda: not panel.notice.text)
