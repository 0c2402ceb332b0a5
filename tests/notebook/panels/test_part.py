"""The panels' pieces of page: one text each, which cannot inject HTML, leave the machine or lose its colours."""

import re
from pathlib import Path

import pytest

from ipyasgi.notebook import live_log
from ipyasgi.notebook.panels.fold import Fold
from ipyasgi.notebook.panels.history_table.table_part import HistoryRows
from ipyasgi.notebook.panels.lifespan_bar import LifespanBar
from ipyasgi.notebook.panels.notice import Notice
from ipyasgi.notebook.panels.request_builder.form import RequestForm
from ipyasgi.notebook.panels.response_viewer.page import ResponsePage
from ipyasgi.notebook.panels.state_inspector import StateTree
from ipyasgi.notebook.panels.websocket_console.page import ConsolePage

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
