"""The first notebook as its reader has it: opened, run, and its last cell's panel used by hand."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from .conftest import Notebook
from .request_form import choose

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "00-start-here.ipynb"
# JupyterLab's "Run All Cells" reports its end at the first error; behind a cell that may raise, the others still run.
_ALL_RAN_JS = """() => [...window.panelUnderTest.content.model.cells]
    .every(cell => cell.type !== "code" || cell.executionCount !== null)"""


def _send(bench: Locator) -> None:
    bench.get_by_role("button", name="Send", exact=True).click()


def _answer(bench: Locator, text: str) -> Locator:
    return bench.locator(".ipyasgi-response", has_text=text)


def use_the_last_panel(notebook: Notebook) -> None:
    """Send to the FastAPI shop, look at its answer, and step that app's lifespan: what was added is gone then."""
    notebook.show_last()
    bench = notebook.locator(".ipyasgi-panel", has=notebook.page.get_by_label("History", exact=True)).first
    bench.locator(".ipyasgi-form").wait_for()
    bench.scroll_into_view_if_needed()
    bar = bench.locator(".ipyasgi-bar")
    expect(bar).to_contain_text("fastapi_shop")

    choose(bench, "add_item")
    bench.get_by_label("name", exact=True).fill("jug from the panel")
    bench.get_by_label("price", exact=True).fill("7")
    _send(bench)
    expect(_answer(bench, "201 Created")).to_contain_text("jug from the panel")
    expect(bench.locator(".ipyasgi-run-text")).to_contain_text("201 Created")

    status = bar.get_by_role("status")
    expect(status).to_have_text("running")
    bar.get_by_role("button", name="running").click()
    for want in ("shutting down", "stopped", "starting", "running"):
        bar.get_by_role("button", name="Step", exact=True).click()
        expect(status).to_have_text(want)
    expect(bench.locator(".ipyasgi-answer", has_text="lifespan.startup.complete")).to_contain_text(
        "the FastAPI shop is open"
    )

    choose(bench, "list_items")
    _send(bench)
    expect(_answer(bench, "200 OK")).to_contain_text("teapot")
    expect(_answer(bench, "200 OK")).not_to_contain_text("jug from the panel")


@pytest.mark.nightly  # a long notebook takes its time
def test_the_last_cell_s_panel_works(run_notebook: Callable) -> None:
    """It sends to the FastAPI shop, shows the answer, and steps that app's lifespan: what was added is gone then."""
    notebook = run_notebook(NOTEBOOK, allow_errors=True)  # two of its cells fail on purpose
    notebook.page.wait_for_function(_ALL_RAN_JS)
    assert [one.partition(":")[0] for one in notebook.errors()] == ["ProgrammingError", "ZeroDivisionError"]
    use_the_last_panel(notebook)
