"""The session of ``tests/kernel`` in the pages of JupyterLab and of Notebook 7: each cell comes to the same."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from playwright.sync_api import Page

from ..kernel.session import CELLS, Outcome, read_outputs
from .conftest import Notebook, Server, _notebook_document

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

_SAVE_JS = "async () => { await window.panelUnderTest.context.save(); }"


@pytest.fixture(scope="module")
def reference() -> dict[str, Outcome]:
    """Give what the session comes to in nbclient, which ``tests/kernel`` compares with terminals and kernels."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    NotebookClient(notebook, timeout=60, allow_errors=True).execute()
    return _by_cell(notebook)


def test_in_jupyterlab(
    reference: dict[str, Outcome], open_notebook: Callable[..., Notebook], lab_server: Server
) -> None:
    """What JupyterLab saves is what nbclient gets."""
    notebook = open_notebook(*CELLS)
    # One after the other, as a reader does: "run all" stops at the first error.
    for _ in CELLS:
        notebook.page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-cell-and-select-next')")
    notebook.page.evaluate(_SAVE_JS)
    (saved,) = lab_server.root.glob("test_in_jupyterlab*/cells.ipynb")
    assert _by_cell(json.loads(saved.read_text())) == reference


def test_in_notebook_7(reference: dict[str, Outcome], lab_page: Page, lab_server: Server) -> None:
    """What Notebook 7 saves is what nbclient gets."""
    path = lab_server.root / "parity-notebook-7.ipynb"
    path.write_text(json.dumps(_notebook_document(CELLS)))
    page = lab_page.context.new_page()
    try:
        page.goto(f"/notebooks/{path.name}?token={lab_server.token}", timeout=90_000)
        page.wait_for_function(f"() => document.querySelectorAll('.jp-CodeCell').length >= {min(len(CELLS), 5)}")
        page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=60_000)
        page.locator(".jp-CodeCell .cm-content").first.click()
        for number in range(1, len(CELLS) + 1):
            page.keyboard.press("Shift+Enter")
            page.wait_for_function(
                "text => [...document.querySelectorAll('.jp-InputPrompt')].some(one => one.textContent === text)",
                arg=f"[{number}]:",
                timeout=60_000,
            )
        page.get_by_role("menuitem", name="File").click()
        page.get_by_role("menuitem", name="Save Notebook", exact=False).first.click()
        _wait_until_saved(path)
    finally:
        page.close()
    assert _by_cell(json.loads(path.read_text())) == reference


def _wait_until_saved(path: Path) -> None:
    until_s = time.monotonic() + 20
    while json.loads(path.read_text())["cells"][len(CELLS) - 1]["execution_count"] is None:
        assert time.monotonic() < until_s, "the notebook was not saved"
        time.sleep(0.1)


def _by_cell(notebook: dict[str, list[dict[str, list[dict[str, object]]]]]) -> dict[str, Outcome]:
    return {cell: read_outputs(one["outputs"]) for cell, one in zip(CELLS, notebook["cells"], strict=False)}
