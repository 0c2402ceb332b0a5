"""Takes the README's pictures of the real product, in both themes, into ``.github/images``.

    tests/run tests/browser/take_pictures.py

Pytest finds this file only when it is named: pictures are taken when the product looks otherwise, not at each run.
One function for each picture: cells to run, and the part of the page to show.
"""

import functools
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import Notebook
from .test_debugger import RUN_CELL_JS

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / ".github" / "images"
MOST_BYTES = 150_000
_MARGIN = 8
_OWN_APP = re.compile(r"^```python\n(# main\.py\n.*?)^```", re.DOTALL | re.MULTILINE)

LOAD = "%load_ext ipyasgi"
CLINIC = (
    "from ipyasgi.samples.clinic import app\nexplorer = %asgi app\nexplorer.login('ann@example.com', 'correct horse')"
)

DEBUGGED = """from fastapi import FastAPI

app = FastAPI()


@app.get("/average")
async def average_price(kind: str):
    prices = [4.0, 6.0] if kind == "tea" else []
    total = sum(prices)
    return total / len(prices)"""
DEBUGGED_REQUEST = "%asgi app\n%asgi GET /average kind==gift"

# Where the libraries are is another folder on each machine.
_NO_PLACES_JS = """() => {
    for (const place of document.querySelectorAll(".jp-DebuggerCallstackFrame-location")) {
        if (place.textContent.includes("/")) place.style.visibility = "hidden";
    }
}"""
# The kernel starts in the user's folder of the app, so that a picture shows `~/shop/main.py`.
GO_HOME_JS = """folder => {
    const code = `import os; os.environ["HOME"] = ${JSON.stringify(folder)}; os.chdir("shop"); del os`;
    const kernel = window.panelUnderTest.context.sessionContext.session.kernel;
    return kernel.requestExecute({ code, silent: true, store_history: false }).done.then(() => {});
}"""


def write_own_app(notebook: Notebook) -> None:
    """Write the README's `main.py` where the kernel of a notebook finds it."""
    found = _OWN_APP.search((ROOT / "README.md").read_text(encoding="utf-8"))
    assert found is not None
    folder = notebook.file.parent
    (folder / "shop").mkdir()
    (folder / "shop" / "main.py").write_text(found[1], encoding="utf-8")
    notebook.page.evaluate(GO_HOME_JS, str(folder))


def choose_route(bench: Locator, key: str) -> None:
    """Choose a route such as ``POST /pets`` in the rail of the workbench, or where that is missing in the list."""
    route = bench.locator(f'[role=option][data-key="{key}"]')
    if not route.is_visible():
        bench.get_by_role("combobox", name="path").click()
    route.click()


@pytest.fixture
def _as_wide_as_the_readme(lab_page: Page, _tall: None) -> None:
    """Make the page so narrow that what it shows has the README's width: its letters keep their size there."""
    lab_page.set_viewport_size({"width": 890, "height": 1600})
    lab_page.evaluate("() => window.jupyterapp.shell.collapseLeft()")


@pytest.fixture
def _tall(lab_page: Page) -> Iterator[None]:
    """Make the page so tall that nothing has to be scrolled."""
    before = lab_page.viewport_size
    lab_page.set_viewport_size({"width": 1200, "height": 1600})
    yield
    lab_page.set_viewport_size(before)


def save_picture(theme: Callable[[str], None], name: str, *parts: Locator, margin: int = _MARGIN) -> None:
    """Save one part of the page, or several with what is between them, light and dark."""
    page = parts[0].page
    for shade in ("light", "dark"):
        theme(shade)
        page.mouse.move(0, 0)
        parts[0].scroll_into_view_if_needed()
        boxes = [box for part in parts if (box := part.bounding_box())]
        left, top = min(box["x"] for box in boxes), min(box["y"] for box in boxes)
        right = max(box["x"] + box["width"] for box in boxes)
        bottom = max(box["y"] + box["height"] for box in boxes)
        IMAGES.mkdir(parents=True, exist_ok=True)
        path = IMAGES / f"{name}-{shade}.png"
        page.screenshot(
            path=path,
            clip={
                "x": max(0, left - margin),
                "y": max(0, top - margin),
                "width": right - left + 2 * margin,
                "height": bottom - top + 2 * margin,
            },
        )
        size = path.stat().st_size
        assert size < MOST_BYTES, f"{path.name} has {size} bytes: show less of the page"


@pytest.fixture
def take(theme: Callable[[str], None], _tall: None) -> Callable[..., None]:
    """Give `save_picture`, on a page in which nothing has to be scrolled."""
    return functools.partial(save_picture, theme)


def test_the_exception(open_notebook: Callable, take: Callable) -> None:
    """A line of the magic and the app's exception: the moving picture, for a reader who wants nothing to move."""
    notebook = open_notebook(f"{LOAD}\n%asgi main:app", "%asgi GET /price/saucer")
    write_own_app(notebook)
    notebook.run_all(allow_errors=True)
    cell = notebook.locator(".jp-CodeCell").last
    cell.locator(".jp-OutputArea-output", has_text="KeyError").first.wait_for()
    # Without the bar beside the cell, which says that it is chosen.
    take("exception", cell.locator(".jp-InputArea").first, cell.locator(".jp-OutputArea-child").first)


def test_the_panel(run_notebook: Callable, take: Callable) -> None:
    """The workbench with a form that has a union, an enum and a list, after it was sent."""
    notebook = run_notebook(f"{LOAD}\n{CLINIC}", "%asgi panel")
    notebook.page.evaluate("() => window.jupyterapp.shell.collapseLeft()")  # else there is no room side by side
    bench = notebook.locator(".ipyasgi-panel", has=notebook.page.get_by_label("History", exact=True)).first
    bench.locator(".ipyasgi-form").wait_for()
    choose_route(bench, "POST /pets")
    bench.get_by_label("name", exact=True).first.fill("Miso")
    for tag in ("shy", "vip"):
        bench.get_by_label("Add to tags").fill(tag)
        bench.get_by_label("Add to tags").press("Enter")
    bench.get_by_label("lives_left", exact=True).fill("7")
    bench.get_by_label("name", exact=True).last.fill("Ann")
    bench.get_by_role("button", name="Send", exact=True).click()
    expect(bench.locator(".ipyasgi-outcome")).to_contain_text("201 Created")
    take("panel", bench)


@pytest.mark.usefixtures("_as_wide_as_the_readme")
def test_the_waterfall(run_notebook: Callable, take: Callable) -> None:
    """The trace of a request with layers, dependencies and SQL; of its second, as the first has more to prepare."""
    request = "r = %asgi GET /visits --trace\nr.trace"
    # The last cell is the chosen one, which has a bar and a toolbar.
    notebook = run_notebook(f"{LOAD}\n{CLINIC}\nexplorer.get('/visits')", request, "")
    cell = notebook.locator(".jp-CodeCell").nth(1)
    falls = cell.locator(".i-falls")
    falls.locator(".i-scroll").evaluate("table => { table.style.visibility = 'hidden'; }")  # it begins in the margin
    take("waterfall", cell.locator(".jp-InputArea").first, falls.locator(".i-draw").first)


def test_the_flame_graph(run_notebook: Callable, take: Callable) -> None:
    """The profile of a request that makes a password's hash, in a worker thread."""
    register = "r = %asgi POST /auth/register name=Bob email=bob@example.com password={{secret}} --profile\nr.profile"
    notebook = run_notebook(f"{LOAD}\n{CLINIC}\nsecret = 'staple battery'", register, "")
    cell = notebook.locator(".jp-CodeCell").nth(1)
    take("flame-graph", cell.locator(".jp-InputArea").first, cell.locator(".i-draw").first)


def test_the_debugger(open_notebook: Callable, take: Callable) -> None:
    """JupyterLab's debugger, which stands at a breakpoint in an endpoint: its line, its variables, its callers."""
    notebook = open_notebook(f"{LOAD}\nimport fastapi, ipyasgi.views\nprint('ready')", DEBUGGED, DEBUGGED_REQUEST)
    page = notebook.page
    page.set_viewport_size({"width": 1120, "height": 510})
    page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    page.evaluate(RUN_CELL_JS, 0)
    notebook.output("ready").wait_for()
    notebook.locator(".jp-DebuggerBugButton").click()
    gutter = notebook.locator(".jp-CodeCell").nth(1).locator(".cm-breakpoint-gutter .cm-gutterElement")
    line = 1 + DEBUGGED.splitlines().index("    return total / len(prices)")
    gutter.nth(line).click()  # the first one gives the gutter its width
    gutter.nth(line).locator(".cm-breakpoint-icon").wait_for()
    page.evaluate(RUN_CELL_JS, 1)
    page.evaluate(RUN_CELL_JS, 2)
    page.locator(".jp-DebuggerVariables", has_text="total").wait_for()
    page.locator(".jp-DebuggerCallstack", has_text="average_price").wait_for()
    page.evaluate(_NO_PLACES_JS)
    take("debugger", page.locator("#jp-main-content-panel"), margin=0)
    page.evaluate("() => window.jupyterapp.commands.execute('debugger:continue')")
