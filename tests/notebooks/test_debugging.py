"""What notebook 05 asks its reader to type at ``%debug``, typed: no stored cell can show it."""

import re
from collections.abc import Iterator

import nbformat
import pytest
from jupyter_client.manager import start_new_kernel

from .store_outputs import NOTEBOOKS

pytestmark = [pytest.mark.notebooks, pytest.mark.timeout(180)]
FAILING = "tool-raise"
TYPED = ["p prices", "u", "p kind", "q"]


@pytest.fixture
def kernel() -> Iterator:
    """Give the client of a fresh kernel."""
    manager, client = start_new_kernel(kernel_name="python3")
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    manager.cleanup_resources()


def test_debug_stands_in_the_function_that_failed(kernel):
    """After the failing cell ``%debug`` shows the variables that the text names, and ``q`` gives the prompt back."""
    notebook = nbformat.read(NOTEBOOKS / "05-errors-and-debugging.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            kernel.execute_interactive(cell.source, timeout=60, output_hook=lambda message: None)
        if cell.id == FAILING:
            break
    shown, asked, answers = [], [], iter(TYPED)

    def answer(message):
        asked.append(message["content"]["prompt"])
        kernel.input(next(answers))

    reply = kernel.execute_interactive(
        "%debug",
        allow_stdin=True,
        timeout=60,
        stdin_hook=answer,
        output_hook=lambda message: shown.append(message["content"].get("text", "")),
    )

    assert reply["content"]["status"] == "ok"
    assert len(asked) == len(TYPED)
    text = re.sub(r"\x1b\[[\d;]*m", "", "".join(shown))
    assert "return total / count" in text
    assert "[]" in text.splitlines()
    assert "'gift'" in text.splitlines()
