"""The panels' pieces of page: one text each, which cannot inject HTML, leave the machine or lose its colours."""

import re
from pathlib import Path

import pytest

from ipyasgi.panels import live_log
from ipyasgi.panels.history_table import HistoryRows
from ipyasgi.panels.lifespan_stepper import LifespanBar
from ipyasgi.panels.panel import Fold, Notice
from ipyasgi.panels.request_builder.form_page import RequestForm
from ipyasgi.panels.response_viewer.viewer import ResponsePage
from ipyasgi.panels.state_inspector import StateTree
from ipyasgi.panels.websocket_console import ConsolePage

FILES = sorted(file for file in (Path(live_log.__file__).parent / "static" / "panels").rglob("*") if file.is_file())


@pytest.mark.parametrize(
    "part", [ConsolePage, Fold, HistoryRows, LifespanBar, Notice, RequestForm, ResponsePage, StateTree]
)
def test_a_module_is_one_text_with_one_export(part: type) -> None:
    """No import, so it works offline and in every front end."""
    widget = part()
    assert len(re.findall(r"^export default", widget._esm, re.MULTILINE)) == 1
    assert "function make(" in widget._esm
    widget.close()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_text_stays_text_and_nothing_is_fetched(file: Path) -> None:
    """No HTML sink, no import, no address: an app's words are hostile input, and the page may be offline."""
    source = file.read_text("utf-8")
    sinks = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|^import|https?:|@import|url\("
    assert re.findall(sinks, source, re.MULTILINE) == []


@pytest.mark.parametrize("file", [file for file in FILES if file.suffix == ".css"], ids=lambda file: file.name)
def test_every_colour_has_a_fallback(file: Path) -> None:
    """Outside JupyterLab its variables do not exist; each use names what stands in."""
    uses = re.findall(r"var\((--(?:jp|vscode)-[\w-]+)(,?)", file.read_text("utf-8"))
    assert [name for name, fallback in uses if not fallback] == []


_SHARED = {"page.css", "live_log.css"}
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
    for file in FILES:
        if file.suffix == ".css" and file.name not in _SHARED:
            for name in _first_classes(file.read_text("utf-8")):
                owners.setdefault(name, []).append(file.name)
    assert {name: sheets for name, sheets in owners.items() if len(sheets) > 1} == {
        "ipyasgi-form": ["fields.css", "request_form.css"],  # one widget's
    }
