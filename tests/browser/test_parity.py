"""The session of ``tests/kernel`` in the pages of JupyterLab and Notebook 7: each cell comes to the same."""

import json
from collections.abc import Callable

import nbformat
import pytest
from nbclient import NotebookClient
from playwright.sync_api import Page

from ..kernel.session import CELLS, Outcome, read_outputs
from .conftest import Notebook
from .server import Server

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

# One cell after the other, as a reader does: "run all" stops at the first error.
_RUN_JS = "() => window.jupyterapp.commands.execute('notebook:run-cell-and-select-next')"
_SAVE_JS = "async () => { await window.panelUnderTest.context.save(); }"


@pytest.fixture(scope="module")
def reference() -> dict[str, Outcome]:
    """Give what the session comes to in nbclient, which ``tests/kernel`` compares with terminals and kernels."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    NotebookClient(notebook, timeout=60, allow_errors=True).execute()
    return _by_cell(notebook)


def test_in_jupyterlab(reference: dict[str, Outcome], open_notebook: Callable[..., Notebook]) -> None:
    """What JupyterLab saves is what nbclient gets."""
    notebook = open_notebook(*CELLS)
    _run_and_save(notebook.page)
    assert _by_cell(json.loads(notebook.file.read_text(encoding="utf-8"))) == reference


@pytest.mark.nightly
def test_in_notebook_7(reference: dict[str, Outcome], notebook_7: Callable[..., Page], lab_server: Server) -> None:
    """What Notebook 7 saves is what nbclient gets."""
    page = notebook_7("parity.ipynb", *CELLS)
    _run_and_save(page)
    assert _by_cell(json.loads((lab_server.root / "parity.ipynb").read_text(encoding="utf-8"))) == reference


def _run_and_save(page: Page) -> None:
    for _ in CELLS:
        page.evaluate(_RUN_JS)
    page.evaluate(_SAVE_JS)


def _by_cell(notebook: dict[str, list[dict[str, list[dict[str, object]]]]]) -> dict[str, Outcome]:
    return {cell: read_outputs(one["outputs"]) for cell, one in zip(CELLS, notebook["cells"], strict=False)}
