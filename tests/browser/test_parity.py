"""The session of ``tests/kernel`` in the page of JupyterLab: each cell comes to the same."""

import json
from collections.abc import Callable

import nbformat
import pytest
from nbclient import NotebookClient

from ..kernel.session import CELLS, Outcome, read_outputs
from .conftest import Notebook, Server

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


def _by_cell(notebook: dict[str, list[dict[str, list[dict[str, object]]]]]) -> dict[str, Outcome]:
    return {cell: read_outputs(one["outputs"]) for cell, one in zip(CELLS, notebook["cells"], strict=False)}
