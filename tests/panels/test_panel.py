"""What holds for every panel: its forms for other readers, and that nothing of it stays behind."""

import gc
import threading
import time
from collections.abc import Callable

import ipywidgets
import ipywidgets.widgets.widget as registry
import pytest

from ipyasgi import Explorer
from ipyasgi.panels import PANELS, LifespanStepper
from ipyasgi.panels.panel import GAP_S, fold
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


@pytest.mark.parametrize("open_first", [True, False])
def test_a_fold_begins_as_it_is_told(explorer: Explorer, open_first: bool) -> None:
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


def test_a_flood_of_asking_draws_a_few_times(explorer: Explorer, until: Callable) -> None:
    """A thousand questions at once are one drawing more, and the last of them is answered."""
    panel = LifespanStepper(explorer)
    drawn: list[float] = []
    panel.draw_on_news(lambda: drawn.append(time.monotonic()))
    until(lambda: len(drawn) == 1)
    for _ in range(1000):
        panel.soon(panel.draw_again)
    until(lambda: len(drawn) >= 2)
    time.sleep(3 * GAP_S)
    assert len(drawn) <= 3
    before = len(drawn)
    panel.soon(panel.draw_again)
    until(lambda: len(drawn) > before)


def test_it_draws_without_being_asked_until_it_is_closed(explorer: Explorer, until: Callable) -> None:
    """What changes without news is drawn every now and then; what the drawing raises is shown, and it goes on."""
    panel = LifespanStepper(explorer)
    drawn: list[int] = []

    def draw() -> None:
        drawn.append(1)
        raise LoopError("once more")

    panel.draw_on_news(draw, every_s=0.05)
    until(lambda: len(drawn) >= 3)
    assert panel.notice.text == "once more"
    panel.close()
    before = len(drawn)
    time.sleep(3 * GAP_S)
    assert len(drawn) == before
