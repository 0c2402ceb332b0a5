"""The same session in every front end but a page (see ``tests/browser``): each cell comes to the same."""

import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from .kernels import ON_HOSTED_TOO, SOURCE, LiveKernel, hosted_pythons, kernel_pythons, name_of
from .session import CELLS, Outcome, read_outputs
from .terminal import run_in_terminal

pytestmark = [pytest.mark.kernel, pytest.mark.slow, pytest.mark.timeout(180)]

_OTHERS = [*kernel_pythons(sys.executable)[1:], *hosted_pythons()]


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> list[Outcome]:
    """Give what the session comes to in an IPython terminal."""
    return run_in_terminal(sys.executable, tmp_path_factory.mktemp("terminal"))


def test_the_session_shows_what_it_should(reference: list[Outcome]) -> None:
    """What all are compared with is not empty: values, prints and errors stand where they belong, and no secret."""
    became = dict(zip(CELLS, reference, strict=True))
    assert became["explorer = %asgi ipyasgi.samples.shop:app"] == Outcome(printed="shop: open")
    assert became["%asgi GET /items/999"].value.startswith("GET /items/999 → 404 Not Found TIME 73 B")
    assert became["%asgi GET /boom"].error == "ZeroDivisionError: division by zero"
    assert became["%asgi gett /items"].error.startswith("UsageError: Unknown command 'gett'. Did you mean GET?")
    assert became["%asgi replay 1-2"].value.startswith("2 exchanges\n r8 GET /items?limit=1 → 200 OK TIME 61 B")
    assert became["%asgi lifespan stop"].printed.startswith("shop: closed")
    assert became["%unload_ext ipyasgi"] == Outcome()
    assert "s3cret" not in str(reference)


@pytest.mark.nightly
@pytest.mark.parametrize("python", _OTHERS, ids=name_of)
def test_in_another_terminal(reference: list[Outcome], python: str, tmp_path: Path) -> None:
    """An IPython of another version shows the same."""
    assert _by_cell(run_in_terminal(python, tmp_path)) == _by_cell(reference)


@ON_HOSTED_TOO
def test_in_a_kernel(reference: list[Outcome], kernel: LiveKernel) -> None:
    """A kernel that is sent the cells one by one sends the same."""
    became = [read_outputs(kernel.run(cell).outputs) for cell in CELLS]
    assert _by_cell(became) == _by_cell(reference)


def test_in_nbclient(reference: list[Outcome], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A notebook that is executed without anybody watching holds the same."""
    monkeypatch.setenv("PYTHONPATH", str(SOURCE))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    NotebookClient(notebook, timeout=60, allow_errors=True, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert _by_cell([read_outputs(cell.outputs) for cell in notebook.cells]) == _by_cell(reference)


def _by_cell(outcomes: list[Outcome]) -> dict[str, Outcome]:
    return dict(zip(CELLS, outcomes, strict=True))
