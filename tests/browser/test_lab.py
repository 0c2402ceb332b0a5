"""The browser harness itself: a page, a kernel, both themes, a panel that answers, and no way out."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

_BUTTON = """
import ipywidgets
button, answer = ipywidgets.Button(description="press"), ipywidgets.Label("waiting")
button.on_click(lambda _: setattr(answer, "value", "pressed" + "!"))
ipywidgets.VBox([button, answer])
"""
# All of the theme's variables: their names are read from its sheets, their values as they are in force.
_LOOK_JS = """() => {
    const names = [...document.styleSheets]
        .flatMap(sheet => [...sheet.cssRules])
        .filter(rule => rule.selectorText === ":root")
        .flatMap(rule => [...rule.style])
        .filter(name => name.startsWith("--jp-"));
    const style = getComputedStyle(document.body);
    const { jpThemeLight, jpThemeName } = document.body.dataset;
    return [jpThemeLight, jpThemeName, ...[...new Set(names)].sort().map(name => [name, style.getPropertyValue(name)])];
}"""


def test_a_widget_answers_in_the_page(run_notebook: Callable) -> None:
    """Cells run in a real kernel, and a click in the page reaches Python and comes back."""
    notebook = run_notebook("print('six', 'by', 'nine')", _BUTTON)
    notebook.output("six by nine").wait_for()
    notebook.locator("button", has_text="press").click()
    notebook.locator(".widget-label", has_text="pressed!").wait_for()


def test_a_failing_cell_is_reported(open_notebook: Callable) -> None:
    """An error in a cell fails the run, unless the test says it expects one."""
    notebook = open_notebook("1 / 0")
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        notebook.run_all()
    notebook.run_all(allow_errors=True)


def test_both_themes_can_be_shown(run_notebook: Callable, theme: Callable, shot: Callable) -> None:
    """The page switches to dark and back, and a picture of either can be kept."""
    notebook = run_notebook("print('in the', 'dark')")
    colours = []
    for name in ("dark", "light"):
        theme(name)
        colours.append(notebook.box.evaluate("box => getComputedStyle(box).getPropertyValue('--jp-layout-color1')"))
        picture = shot(f"theme-{name}")
        assert picture is None or Path(picture).stat().st_size > 0
    assert colours[0] != colours[1]


def test_a_switched_theme_is_the_theme(lab_page: Page, theme: Callable) -> None:
    """What `theme` switches on is what JupyterLab's own command leads to: each variable, and what says which it is."""
    theme("dark")
    switched = lab_page.evaluate(_LOOK_JS)
    theme("light")
    light = lab_page.evaluate(_LOOK_JS)
    change = "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })"
    try:
        lab_page.evaluate(change, "JupyterLab Dark")
        lab_page.wait_for_function("() => document.body.dataset.jpThemeLight === 'false'")
        assert lab_page.evaluate(_LOOK_JS) == switched
    finally:
        lab_page.evaluate(change, "JupyterLab Light")
        lab_page.wait_for_function("() => document.body.dataset.jpThemeLight === 'true'")
        lab_page.wait_for_function("() => !document.getElementById('jupyterlab-splash')")
    assert lab_page.evaluate(_LOOK_JS) == light != switched


def test_the_page_cannot_leave_the_machine(run_notebook: Callable, lab_page: Page, watch) -> None:
    """A request to another host is aborted and noted; the check at the end of each test reads that list."""
    run_notebook("'quiet'")
    assert watch.blocked == []
    assert lab_page.evaluate("() => fetch('https://example.invalid/x').then(() => 'out', () => 'aborted')") == "aborted"
    assert watch.blocked.pop() == "https://example.invalid/x"
