"""Every notebook is executed in a fresh kernel, and is stored clean."""

import json
import re
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
pytestmark = [pytest.mark.notebooks, pytest.mark.timeout(180)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs(path, tmp_path):
    """Every cell runs; one that is there to show an error raises."""
    import nbclient
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(
        notebook,
        timeout=60,
        kernel_name="python3",
        resources={"metadata": {"path": str(tmp_path)}},
        store_widget_state=False,
    ).execute()
    for cell in notebook.cells:
        raised = [output for output in cell.get("outputs", []) if output.output_type == "error"]
        expected = "raises-exception" in cell.metadata.get("tags", [])
        assert bool(raised) == expected, cell.source


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_stored_clean(path):
    """A stored notebook has no widget state (GitHub refuses some), no machine path and no large output."""
    text = path.read_text(encoding="utf-8")
    stored = json.loads(text)

    assert "widgets" not in stored["metadata"]
    assert not re.search(r"/(root|home|Users|tmp)/\w", text)
    assert all(len(json.dumps(cell.get("outputs", []))) < 200_000 for cell in stored["cells"])
