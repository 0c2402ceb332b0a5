"""What marimo is given, by a stand-in for it: its own page is in `tests/browser/test_marimo.py`."""

import sys
from collections.abc import Callable
from html import unescape
from types import ModuleType, SimpleNamespace
from typing import Any

import IPython
import pytest

from ipyasgi import Explorer
from ipyasgi.panels import PANELS
from ipyasgi.panels.comm_queue import CommQueue
from ipyasgi.panels.panel import MarimoPage
from ipyasgi.panels.request_builder.code_kinds import build_socket_code_as
from ipyasgi.panels.response_viewer.cell_code import code_to_get
from ipyasgi.records.redaction import Redactor
from ipyasgi.shown import Shown, hint


@pytest.fixture(autouse=True)
def marimo(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Put a module in marimo's place, which shows a widget as itself, in a process without a shell."""
    module: Any = ModuleType("marimo")
    module.ui = SimpleNamespace(anywidget=lambda widget: widget)
    monkeypatch.setitem(sys.modules, "marimo", module)
    monkeypatch.setattr(IPython, "get_ipython", lambda: None)
    return module


@pytest.mark.parametrize("name", PANELS)
def test_a_panel_is_one_widget(explorer: Explorer, name: str) -> None:
    """It lays out the panel that it names, and is closed with it; a closed panel is shown by its last state."""
    panel = PANELS[name](explorer)
    page = panel._display_()
    assert isinstance(page, MarimoPage)
    assert page.panel == panel.model_id
    panel.close()
    assert page.comm is None
    assert panel._display_() == panel.view()


def test_hints_are_python(explorer: Explorer) -> None:
    """No display names the magic; what the app's card suggests can be run."""
    card = explorer._display_()
    suggested = card.html.split(">Try<")[1].split('<code class="i-command">')[1:]
    for each in suggested:
        assert eval(unescape(each.split("</code>")[0]), {"explorer": explorer}) is not None
    explorer.begin("GET", "/echo").result(20)
    shown: list[Shown] = [explorer, explorer.lifespan, explorer.history, explorer.begin("GET", "/echo")]
    for one in shown:
        assert "%asgi" not in one._display_().html + one.to_text()
    assert "explorer.lifespan.shutdown()" in explorer.lifespan.to_text()


def test_nothing_is_repeated() -> None:
    """marimo's page would take a repeated value for a new one, and put what was typed meanwhile back."""
    queue = CommQueue(MarimoPage(), keep_rows=1, wake=lambda: None)
    queue.state(panel="1")
    assert queue.next_write(0.0) is not None
    assert queue.next_write(100.0) is None


def test_in_a_shell_hints_are_the_magic(monkeypatch: pytest.MonkeyPatch) -> None:
    """An app of marimo's that is explored in IPython changes nothing, nor does a process that has no marimo."""
    assert hint("%asgi", "python") == "python"
    with monkeypatch.context() as patch:
        patch.setattr(IPython, "get_ipython", lambda: object())
        assert hint("%asgi", "python") == "%asgi"
    monkeypatch.delitem(sys.modules, "marimo")
    assert hint("%asgi", "python") == "%asgi"


def test_code_is_python(explorer: Explorer, until: Callable) -> None:
    """The panel has no tab with the magic, and what it offers for a cell is Python."""
    builder = PANELS["request"](explorer)
    until(lambda: builder.form.checked)
    assert [kind for kind, _ in builder.form.code_kinds] == ["python", "httpx", "curl", "pytest"]
    assert builder.form.checked["code"].startswith("explorer.")
    assert code_to_get("r1", explorer) == 'r1 = explorer.history["r1"]'
    assert "%asgi" not in build_socket_code_as("curl", "/chat", Redactor())
