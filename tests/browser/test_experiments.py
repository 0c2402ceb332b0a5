"""Experiments and restored history in a real JupyterLab: their displays, live and at several widths."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.nightly

APP = """
%load_ext ipyasgi
import time
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from ipyasgi.engine import held_time
held_time.HELD_NS = 20_000_000
app, old = FastAPI(), FastAPI()
app.state.left = 3

@old.get("/items")
@app.get("/items", response_model=list[str])
async def items(limit: int = 10): return []

@app.post("/items", status_code=201)
async def add(name: str):
    app.state.left -= 1
    1 / max(app.state.left, 0)
    return name

@app.get("/block")
async def block(): time.sleep(0.05)

@app.get("/wrong", response_model=int)
async def wrong(): return JSONResponse({"no": "number"})

%asgi old
explorer = %asgi app"""
DISPLAYS = (
    "%asgi GET /block",
    "%asgi GET /wrong",
    "%asgi time GET /items --runs 12 --against old",
    "%asgi GET /block\n%asgi load --users 1,4 --seconds 0.2",
    "for _ in range(4): r = explorer.post('/items?name=x', raise_exceptions=False)\n%asgi shrink {{r.name}}",
    "%asgi coverage",
    "%asgi history",
)


def test_displays_fit(run_notebook: Callable, look_at: Callable) -> None:
    """Each display fits a wide and a narrow cell; the loop that was held is named."""
    notebook = run_notebook(APP, *DISPLAYS, timeout_ms=120_000)
    notebook.show_last()
    look = look_at("experiments", (1440, 500), 900, scrolls=".i-scroll")
    names = ["held", "contract", "time", "load", "shrink", "coverage", "history"]
    for number, name in enumerate(names, 1):
        output = notebook.locator(".jp-CodeCell").nth(number).locator(".jp-Cell-outputWrapper")
        look(name, output)
    held = re.compile(r"held the event loop for .* \(waiting, not computing\) at cell:\d+ in block")
    expect(notebook.output(held).first).to_be_attached()
    expect(notebook.output("Against the app's own document:").first).to_be_attached()


def test_a_background_load_shows_what_it_found(run_notebook: Callable) -> None:
    """The row says how far it is, and the display of the value comes below it, without another cell."""
    notebook = run_notebook(APP, "%asgi GET /items", "%asgi load --users 1,2 --seconds 0.2 &")
    board = notebook.locator(".ipyasgi-panel").last
    expect(board.get_by_text("responses/s")).to_be_visible()
    expect(board.locator(".ipyasgi-pending-state")).to_have_text("ended")
    expect(board.get_by_text("What it found: .result()")).to_be_visible()
    expect(board.get_by_role("button", name="Cancel")).to_be_hidden()


def test_restored_exchanges_do_not_replace_what_is_shown(run_notebook: Callable, lab_page: Page) -> None:
    """They are in the history with a mark; the panel shows its own response until one of them is clicked."""
    notebook = run_notebook(APP, "%asgi GET /items", "%asgi panel", "explorer.restore(explorer.save('a.jsonl'));")
    bench = notebook.locator(".ipyasgi-workbench")
    restored = bench.get_by_role("button", name=re.compile(r"^Show r2: .*, restored$"))
    expect(restored).to_contain_text("r2 restored")
    expect(bench.get_by_text("No response yet")).to_be_visible()
    restored.click()
    expect(bench.get_by_text("restored from a.jsonl, where it is r1")).to_be_visible()
    expect(restored).to_have_attribute("aria-pressed", "true")
