"""A real JupyterLab in a real Chromium, offline.

One server, one browser and one page serve the whole session (of each of xdist's workers), because the page's start is
the dear part; each test opens a notebook of its own in it, with a kernel that was started while the test before ran,
and closes it again, kernel included. Nothing here knows what is being tested.

Pictures of failed pages go to ``IPYASGI_SHOTS``; pictures of every state that `shot` is called in are taken only where
``IPYASGI_PICTURES`` names a folder.
"""

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect, sync_playwright

from .server import Kernels, Server, notebook_document, run_server

_PAGE_START_MS = 90_000
_CELLS_MS = 120_000
WAIT_MS = 30_000  # until something is taken as never to come; costs nothing where it comes
_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
# --no-sandbox: containers and root have none; --disable-dev-shm-usage: /dev/shm is tiny there.
_CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

# The toolbar says "idle" before the session can take a request, so readiness is asked of the kernel connection itself.
_OPEN_JS = """async ([path, id]) => {
    const app = window.jupyterapp;
    const kernelPreference = { name: "python3", id };
    const panel = await app.commands.execute("docmanager:open", { path, factory: "Notebook", kernelPreference });
    await panel.context.ready;
    const session = panel.context.sessionContext;
    await session.ready;
    const kernel = session.session.kernel;
    await kernel.info;
    const deadline = Date.now() + 90000;
    while (kernel.status !== "idle" || kernel.connectionStatus !== "connected") {
        if (Date.now() > deadline) throw new Error(`kernel is ${kernel.status}, ${kernel.connectionStatus}`);
        await new Promise(resolve => setTimeout(resolve, 25));
    }
    app.shell.activateById(panel.id);
    window.panelUnderTest = panel;
    return panel.id;
}"""
# Not awaited in the page: evaluate would block the page's other callbacks on slow cells.
_RUN_ALL_JS = """() => {
    window.panelRun = "running";
    window.jupyterapp.commands.execute("notebook:run-all-cells").then(
        () => { window.panelRun = "done"; },
        error => { window.panelRun = `failed: ${error}`; },
    );
}"""
# Asked of the model: what is on the page may still be painted.
_ERRORS_JS = """() => [...window.panelUnderTest.content.model.cells]
    .flatMap(cell => cell.outputs?.toJSON() ?? [])
    .filter(output => output.output_type === "error")
    .map(output => `${output.ename}: ${output.evalue}`)"""
# JupyterLab puts a cell into the page when the browser is idle (requestIdleCallback), which it is seldom on a busy
# machine; a cell that is not there cannot be scrolled to. This is what its search does to look into such cells.
# True once the cell was still in view after an earlier scroll: cells above it get their heights as they are drawn.
_SHOW_LAST_JS = """() => {
    const { content } = window.panelUnderTest;
    for (const index of content.widgets.keys()) content.renderCellOutputs(index);
    const { node } = content.widgets.findLast(cell => cell.model.type === "code");
    const { top, bottom } = node.getBoundingClientRect();
    const isSeen = node.isConnected && top < window.innerHeight && bottom > 0;
    node.scrollIntoView({ block: "end", behavior: "instant" });
    return isSeen;
}"""
_CURRENT_JS = """async () => {
    const panel = window.jupyterapp.shell.currentWidget;
    await panel.context.ready;
    await panel.context.sessionContext.ready;
    await panel.context.sessionContext.session.kernel.info;
    window.panelUnderTest = panel;
}"""
_CLOSE_JS = """async () => {
    const panel = window.panelUnderTest;
    if (!panel) return;
    delete window.panelUnderTest;
    panel.context.sessionContext.shutdown().catch(() => {}); // the kernel may take its time, and its folder is its own
    panel.context.model.dirty = false; // what the kernel said in its last moment needs no question to the user
    panel.close();
}"""
# JupyterLab loads a theme's sheet anew for each change, behind a splash. Here both stay loaded and one is switched off.
_THEME_JS = """async shade => {
    const path = name => `/lab/api/themes/@jupyterlab/theme-${name}-extension/index.css`;
    for (const name of ["light", "dark"]) {
        let link = document.querySelector(`link[href$="${path(name)}"]`);
        if (link === null) {
            link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: path(name) });
            await new Promise((resolve, reject) => {
                Object.assign(link, { onload: resolve, onerror: reject });
                document.body.append(link);
            });
        }
        link.sheet.disabled = name !== shade;
    }
    document.body.dataset.jpThemeLight = String(shade === "light");
    document.body.dataset.jpThemeName = `JupyterLab ${shade === "light" ? "Light" : "Dark"}`;
}"""
# The panel's right edge follows the window's a moment later; the sidebar's tabs are between them.
_FITTED_JS = "() => Math.abs(innerWidth - panelUnderTest.node.getBoundingClientRect().right) < 60"
_FRAMES_JS = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
_TOO_WIDE_JS = """(part, except) => [...part.querySelectorAll("*")]
    .filter(one => one.offsetParent && one.clientWidth && one.scrollWidth > one.clientWidth + 1)
    .filter(one => getComputedStyle(one).overflowX === "visible" && !(except && one.closest(except)))
    .map(one => `${one.tagName} ${one.className} in ${one.parentElement.className}`)"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark this folder's tests; the first of them also pays for the start of server, browser and page."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(300))


# ------------------------------------------------------------------------------------------------------------ the parts


@dataclass(slots=True, kw_only=True)
class Watch:
    """What the page did that it should not: requests to other machines, errors nobody caught."""

    blocked: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notebook:
    """One open notebook in the page, and the file it is saved to."""

    page: Page
    box: Locator
    file: Path

    def run_all(self, *, timeout_ms: float = _CELLS_MS, allow_errors: bool = False) -> None:
        """Run all cells and wait until the last has ended; a cell's error fails the test unless allowed."""
        self.page.evaluate(_RUN_ALL_JS)
        self.page.wait_for_function("() => window.panelRun !== 'running'", timeout=timeout_ms)
        assert self.page.evaluate("() => window.panelRun") == "done"
        self.page.evaluate(_FRAMES_JS)  # the notebook takes the focus once more
        if not allow_errors:
            assert self.errors() == []

    def errors(self) -> list[str]:
        """Return the errors of all cells, as ``ValueError: text``."""
        return list(self.page.evaluate(_ERRORS_JS))

    def show_last(self) -> None:
        """Put all cells with code into the page, and scroll to the last."""
        self.page.bring_to_front()
        self.page.wait_for_function(_SHOW_LAST_JS, polling=200)

    def output(self, text: str | re.Pattern[str]) -> Locator:
        """Find outputs that hold the text; the source of cells is not searched."""
        return self.box.locator(".jp-OutputArea-output", has_text=text)

    def locator(self, selector: str, **options: object) -> Locator:
        """Find things in this notebook only."""
        return self.box.locator(selector, **options)


@pytest.fixture(scope="session")
def lab_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run one JupyterLab server for all tests."""
    with run_server(tmp_path_factory.mktemp("lab"), tmp_path_factory.mktemp("jupyter")) as server:
        yield server


@pytest.fixture(scope="session")
def kernels(lab_server: Server) -> Kernels:
    """Give the kernels that notebooks are opened with."""
    return Kernels(lab_server)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start Chromium; where there is none, skip with the reason, and fail on CI."""
    found = os.environ.get("IPYASGI_CHROMIUM") or os.environ.get("CHROMIUM")
    executable = found or next(filter(None, map(shutil.which, _NAMES)), None)
    if not executable:
        reason = os.environ.get("IPYASGI_NO_CHROMIUM_REASON", "no Chromium on PATH; `tests/run` finds or installs one")
        if os.environ.get("CI") == "true":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=_CHROMIUM_ARGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def watch() -> Watch:
    """Give the list of what went wrong in the page so far."""
    return Watch()


@pytest.fixture
def notebook_7(chromium: Browser, lab_server: Server) -> Iterator[Callable[..., Page]]:
    """Give a function that opens a notebook, made of the given cells, in a page of Notebook 7, its kernel ready.

    The same server serves it. The page's ``window.panelUnderTest`` is the open notebook, as in JupyterLab's.
    """
    context = chromium.new_context(viewport={"width": 1200, "height": 900}, base_url=lab_server.url)

    def open_it(name: str, *cells: str) -> Page:
        (lab_server.root / name).write_text(json.dumps(notebook_document(cells)), encoding="utf-8")
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        page.goto(f"/notebooks/{name}?token={lab_server.token}", timeout=_PAGE_START_MS)
        page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget?.context", timeout=_PAGE_START_MS)
        page.evaluate(_CURRENT_JS)
        return page

    yield open_it
    for page in context.pages:
        page.evaluate(_CLOSE_JS)
    context.close()


@pytest.fixture(scope="session")
def lab_page(chromium: Browser, lab_server: Server, watch: Watch) -> Iterator[Page]:
    """Open JupyterLab once; requests to anything but its server are aborted and noted."""

    def only_local(route: Route) -> None:
        if route.request.url.startswith((lab_server.url, "data:", "blob:")):
            route.continue_()
        else:
            watch.blocked.append(route.request.url)
            route.abort()

    context = chromium.new_context(viewport={"width": 1200, "height": 900}, base_url=lab_server.url)
    context.route("**/*", only_local)
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    page.on("pageerror", lambda error: watch.errors.append(str(error)))
    page.goto(f"/lab?token={lab_server.token}&reset", timeout=_PAGE_START_MS)
    page.wait_for_function("() => window.jupyterapp?.shell", timeout=_PAGE_START_MS)
    page.evaluate("async () => { await window.jupyterapp.restored; }")
    yield page
    context.close()


# ----------------------------------------------------------------------------------------------------- what tests take


def _file_name(text: str) -> str:
    return re.sub(r"[^\w.]+", "-", text)


def _take_picture(page: Page, folder: str | None, name: str) -> Path | None:
    if not folder:
        return None
    path = Path(folder) / f"{_file_name(name)}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path)
    return path


@pytest.fixture
def shot(lab_page: Page) -> Callable[[str], Path | None]:
    """Give a function that takes a picture of the page into $IPYASGI_PICTURES, where that is set."""
    return lambda name: _take_picture(lab_page, os.environ.get("IPYASGI_PICTURES"), name)


@pytest.fixture
def open_notebook(
    lab_page: Page, kernels: Kernels, watch: Watch, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Notebook]]:
    """Give a function that opens a notebook, made of the given cells or copied from a path, with its kernel ready.

    A test has one notebook open at a time. At the end the notebook is closed and its kernel shut down; a failed test
    leaves a picture; a test whose page asked another machine for something, fails.
    """
    blocked_before = len(watch.blocked)

    def open_it(*source: str | Path) -> Notebook:
        lab_page.evaluate(_CLOSE_JS)
        kernel_id, folder = kernels.take()
        if len(source) == 1 and isinstance(source[0], Path):
            target = folder / source[0].name
            shutil.copy(source[0], target)
        else:
            target = folder / "cells.ipynb"
            target.write_text(json.dumps(notebook_document(source)), encoding="utf-8")
        panel_id = lab_page.evaluate(_OPEN_JS, [f"{folder.name}/{target.name}", kernel_id])
        return Notebook(page=lab_page, box=lab_page.locator(f'[id="{panel_id}"]'), file=target)

    yield open_it
    report = request.node.stash.get(_REPORT, None)
    if report is not None and report.failed:
        _take_picture(lab_page, os.environ.get("IPYASGI_SHOTS"), request.node.nodeid)
    lab_page.evaluate(_CLOSE_JS)
    assert watch.blocked[blocked_before:] == []


@pytest.fixture
def run_notebook(open_notebook: Callable[..., Notebook]) -> Callable[..., Notebook]:
    """Give a function that opens a notebook (cells, or a path) and returns when all its cells have run."""

    def run(*source: str | Path, timeout_ms: float = _CELLS_MS, allow_errors: bool = False) -> Notebook:
        notebook = open_notebook(*source)
        notebook.run_all(timeout_ms=timeout_ms, allow_errors=allow_errors)
        return notebook

    return run


@pytest.fixture
def theme(lab_page: Page) -> Iterator[Callable[[str], None]]:
    """Give a function that switches JupyterLab to "light" or "dark"; light again afterwards."""
    yield lambda name: lab_page.evaluate(_THEME_JS, name)
    lab_page.evaluate(_THEME_JS, "light")


@pytest.fixture
def look_at(lab_page: Page, theme: Callable[[str], None], shot: Callable[[str], Path | None]) -> Iterator[Callable]:
    """Give a function that begins a walk through the states of a panel, in a page of two widths.

    It returns a function to call in each state, with the state's name and the part of the page to look at: it asserts
    at both widths that nothing in there is wider than its place. Between two states the page has the first width.
    """

    def begin(name: str, widths: tuple[int, int], height: int, *, scrolls: str = "") -> Callable[[str, Locator], None]:
        def resize(width: int) -> None:
            lab_page.set_viewport_size({"width": width, "height": height})
            lab_page.wait_for_function(_FITTED_JS)
            lab_page.evaluate(_FRAMES_JS)

        def look(state: str, part: Locator) -> None:
            for width in reversed(widths):
                resize(width)
                part.evaluate("part => part.scrollIntoView({ block: 'start' })")
                for shade in ("dark", "light") if os.environ.get("IPYASGI_PICTURES") else ():
                    theme(shade)
                    shot(f"{name}-{width}-{state}-{shade}")
                assert part.evaluate(_TOO_WIDE_JS, scrolls) == [], f"{state}, {width} pixels wide"

        lab_page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
        resize(widths[0])
        return look

    yield begin
    lab_page.set_viewport_size({"width": 1200, "height": 900})


_REPORT = pytest.StashKey[pytest.TestReport]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Keep the outcome of the test's body, so that a fixture's end can tell whether it failed."""
    report = yield
    if call.when == "call":
        item.stash[_REPORT] = report
    return report
