"""What holds for every panel: its forms for other readers, and that nothing of it stays behind."""

import gc
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path

import ipywidgets
import ipywidgets.widgets.widget as registry
import pytest

from ipyasgi import Explorer
from ipyasgi.panels import PANELS, LifespanStepper, panel
from ipyasgi.panels.history_table import HistoryRows
from ipyasgi.panels.lifespan_stepper import LifespanBar
from ipyasgi.panels.panel import GAP_S, Fold, Notice, Panel, fold
from ipyasgi.panels.request_builder.form_page import RequestForm
from ipyasgi.panels.response_viewer.viewer import ResponsePage
from ipyasgi.panels.state_inspector import StateTree
from ipyasgi.panels.websocket_console import ConsolePage
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
def test_closing_leaves_nothing_behind(app, name: str, until: Callable) -> None:
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
    until(lambda: set(threading.enumerate()) <= threads_before)  # a thread ends after its result is there


@EVERY
def test_only_panels_have_a_layout(explorer: Explorer, name: str) -> None:
    """Each layout and each style is a message that the first form waits for, and their parts have style sheets."""
    before = set(registry._instances)
    PANELS[name](explorer)
    made = [registry._instances[one] for one in set(registry._instances) - before]
    panels = [one for one in made if isinstance(one, Panel)]
    assert panels
    assert [one for one in made if isinstance(one, ipywidgets.Style)] == []
    assert len([one for one in made if isinstance(one, ipywidgets.Layout)]) == len(panels)


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


def test_a_fold_begins_collapsed(explorer: Explorer) -> None:
    """The box hides the widget inside, and both are closed with the panel."""
    widgets_before = set(registry._instances)
    panel = LifespanStepper(explorer)
    inside = panel.hold(ipywidgets.HTML())
    box = fold(panel, "More", inside)
    line = box.children[0]
    assert (line.title, box.children[1]) == ("More", inside)
    assert "ipyasgi-shut" in box._dom_classes
    panel.close()
    assert set(registry._instances) == widgets_before


def test_a_flood_of_asking_draws_a_few_times(explorer: Explorer, until: Callable) -> None:
    """A thousand questions at once are one drawing more, and the last of them is answered."""
    panel = LifespanStepper(explorer)
    drawn: list[float] = []
    panel.draw_on_demand(lambda: drawn.append(time.monotonic()))
    until(lambda: len(drawn) == 1)
    began = time.monotonic()
    for _ in range(1000):
        panel.soon(panel.draw_again)
    asked_s = time.monotonic() - began
    until(lambda: len(drawn) >= 2)
    time.sleep(3 * GAP_S)
    assert len(drawn) <= 3 + asked_s / GAP_S
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

    panel.draw_on_demand(draw, every_s=0.05)
    until(lambda: len(drawn) >= 3)
    assert panel.notice.text == "once more"
    panel.close()
    before = len(drawn)
    time.sleep(3 * GAP_S)
    assert len(drawn) == before


FILES = sorted(file for file in Path(panel.__file__).with_name("static").rglob("*") if file.is_file())
STYLES = [file for file in FILES if file.suffix == ".css"]


@pytest.mark.parametrize(
    "kind", [ConsolePage, Fold, HistoryRows, LifespanBar, Notice, RequestForm, ResponsePage, StateTree]
)
def test_a_bundle_is_one_text_with_one_export(kind: type) -> None:
    """No import is left in it, so it works offline and in every front end."""
    widget = kind()
    assert re.findall(r"^export \{\s*\w+ as (\w+)\s*\};", widget._esm, re.MULTILINE) == ["default"]
    found = re.findall(r"^import\b|(?<!typeof )\bimport\(|\brequire\(", widget._esm, re.MULTILINE)
    assert found == (
        ["import("] if kind is RequestForm else []
    )  # of the editor, which the kernel sends when it is used
    assert "function make(" in widget._esm
    widget.close()


@pytest.mark.parametrize("file", FILES, ids=lambda file: "-".join(file.parts[-2:]))
def test_text_stays_text_and_nothing_is_fetched(file: Path) -> None:
    """No HTML sink, no address: an app's words are hostile input, and the page may be offline."""
    sinks = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|https?:|@import\s+[\"'u]|url\("
    text = re.sub(
        r"""url\((["'])data:image/svg\+xml,.*?\1\)""", "", file.read_text("utf-8")
    )  # an icon, which is in the sheet
    # In marimo this one stands for ipywidgets' HTML, whose value is what our templates have escaped.
    assert re.findall(sinks, text) == (["innerHTML"] if file.name == "marimo_page.js" else [])


@pytest.mark.parametrize("file", STYLES, ids=lambda file: file.name)
def test_every_colour_has_a_fallback(file: Path) -> None:
    """Outside JupyterLab its variables do not exist; each use names what stands in."""
    uses = re.findall(r"var\((--(?:jp|vscode)-[\w-]+)(,?)", file.read_text("utf-8"))
    assert [name for name, fallback in uses if not fallback] == []


_SHARED = {"page.css", "live_rows.css"}
"""Sheets that come with others, whose rules those may go on from."""


def _first_classes(sheet: str) -> set[str]:
    """Return the class with which each of a sheet's selectors begins, the panel's and the page's apart."""
    rules = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    selectors = [one for head in re.findall(r"([^{}]+)\{", rules) for one in re.split(r",(?![^(]*\))", head)]
    found = (re.findall(r"\.(ipyasgi-(?!page\b|panel\b)[\w-]+)", one) for one in selectors)
    return {names[0] for names in found if names}


def test_no_panel_s_sheet_reaches_into_another_panel() -> None:
    """The sheets of all panels are in one page: two begin their selectors with a class only where one is shared."""
    owners: dict[str, list[str]] = {}
    for file in STYLES:
        if file.name not in _SHARED:
            for name in _first_classes(file.read_text("utf-8")):
                owners.setdefault(name, []).append(file.name)
    assert {name: sheets for name, sheets in owners.items() if len(sheets) > 1} == {
        # Each of one widget:
        "ipyasgi-form": ["fields.css", "request_form.css"],
        "ipyasgi-response": ["json_tree.css", "response_viewer.css"],
    }
