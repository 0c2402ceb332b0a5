"""The panels' pieces of page: one bundle each, which cannot inject HTML, leave the machine or lose its colours."""

import re
from pathlib import Path

import pytest

from ipyasgi.panels import part
from ipyasgi.panels.history_table import HistoryRows
from ipyasgi.panels.lifespan_stepper import LifespanBar
from ipyasgi.panels.panel import Fold, Notice
from ipyasgi.panels.request_builder.form_page import RequestForm
from ipyasgi.panels.response_viewer.viewer import ResponsePage
from ipyasgi.panels.state_inspector import StateTree
from ipyasgi.panels.websocket_console import ConsolePage

FILES = sorted(file for file in Path(part.__file__).with_name("static").rglob("*") if file.is_file())
STYLES = [file for file in FILES if file.suffix == ".css"]


@pytest.mark.parametrize(
    "kind", [ConsolePage, Fold, HistoryRows, LifespanBar, Notice, RequestForm, ResponsePage, StateTree]
)
def test_a_bundle_is_one_text_with_one_export(kind: type) -> None:
    """No import is left in it, so it works offline and in every front end."""
    widget = kind()
    assert re.findall(r"^export \{\s*\w+ as (\w+)\s*\};", widget._esm, re.MULTILINE) == ["default"]
    assert re.findall(r"^import\b|\bimport\(|\brequire\(", widget._esm, re.MULTILINE) == []
    assert "function make(" in widget._esm
    widget.close()


@pytest.mark.parametrize("file", FILES, ids=lambda file: "-".join(file.parts[-2:]))
def test_text_stays_text_and_nothing_is_fetched(file: Path) -> None:
    """No HTML sink, no address: an app's words are hostile input, and the page may be offline."""
    sinks = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|https?:|@import\s+[\"'u]|url\("
    assert re.findall(sinks, file.read_text("utf-8")) == []


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
        "ipyasgi-form": ["fields.css", "request_form.css"],  # one widget's
    }
