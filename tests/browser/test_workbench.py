"""The workbench in a real JupyterLab: from route to replay without a mouse, and a kernel that stays free."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from .request_form import choose

APP = """
import asyncio, json
import ipyasgi.panels

ended = []

class Route:
    methods = {"GET"}
    def __init__(self, path): self.path, self.name, self.endpoint = path, path.split("/")[1], self

class App:
    routes = [Route("/things/{thing}"), Route("/endless")]

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            raise RuntimeError("no lifespan")
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        if scope["path"] != "/endless":
            body = json.dumps({"thing": scope["path"], "parts": [{"screw": n} for n in range(30)]}).encode()
            await send({"type": "http.response.body", "body": body})
            return
        try:
            while True:
                await send({"type": "http.response.body", "body": b'{"more": "and more"}\\n', "more_body": True})
                await asyncio.sleep(0.05)
        finally:
            ended.append(scope["path"])

explorer = ipyasgi.Explorer(App(), name="things")
"""
_RUN_LAST_JS = """source => {
    const notebook = window.panelUnderTest.content;
    notebook.activeCellIndex = 2;
    notebook.activeCell.model.sharedModel.setSource(source);
    window.jupyterapp.commands.execute("notebook:run-cell");
}"""
_RESTART_JS = "async () => { await window.panelUnderTest.context.sessionContext.session.kernel.restart(); }"
# What stands before the widgets of the panel, and before the panel itself.
_BEFORE_JS = """panel => [panel, ...panel.querySelectorAll(".jupyter-widgets-disconnected")]
    .map(one => getComputedStyle(one, "::before"))
    .filter(before => before.display !== "none" && before.content !== "none")
    .map(before => before.content)"""
_FOCUS_ABOVE_JS = """panel => {
    const before = document.createElement("button");
    panel.prepend(before);
    before.focus();
    before.remove();
}"""


@pytest.fixture
def bench(run_notebook: Callable) -> Locator:
    """Give the workbench of the app above, in a notebook with one more cell below."""
    notebook = run_notebook(APP, "explorer.panel()", "None")
    found = notebook.locator(".ipyasgi-panel", has=notebook.page.get_by_label("History", exact=True)).first
    found.locator(".ipyasgi-form").wait_for()
    return found


def _tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until the wanted thing has the focus, as a reader does who has no mouse."""
    wanted.wait_for()
    for _ in range(60):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab does not lead to {wanted}")


@pytest.mark.smoke
def test_from_route_to_replay_by_keyboard_alone(bench: Locator, lab_page: Page) -> None:
    """Find a route, fill it, send it, read its headers, find in its tree, replay it: with keys only, no mouse."""
    keys = lab_page.keyboard
    bench.evaluate(_FOCUS_ABOVE_JS)
    _tab_to(lab_page, bench.get_by_role("combobox", name="path"))
    keys.press("Control+a")
    keys.type("things")
    keys.press("Enter")
    expect(bench.get_by_label("path value thing")).to_be_focused()
    keys.type("dd x")
    keys.press("Control+Enter")
    expect(bench.locator(".ipyasgi-outcome")).to_have_text("200 OK")
    tabs = bench.get_by_role("tablist", name="parts of the response").get_by_role("tab")
    _tab_to(lab_page, tabs.filter(has_text="Body"))
    keys.press("ArrowRight")
    expect(tabs.filter(has_text="Headers")).to_be_focused()
    expect(bench.locator(".i-tab[data-tab=headers]")).to_contain_text("application/json")
    keys.press("ArrowLeft")
    find = bench.get_by_label("find in the tree")
    _tab_to(lab_page, find)
    keys.type("screw")
    expect(bench.locator(".ipyasgi-finds")).to_have_text("1 of 30")
    keys.press("Enter")
    expect(bench.get_by_label("Path of the selected value")).to_have_text("/parts/1/screw")
    _tab_to(lab_page, bench.get_by_role("button", name="History", exact=True))
    keys.press("Enter")
    _tab_to(lab_page, bench.get_by_role("checkbox", name="Select r1", exact=True))
    keys.press("Space")
    _tab_to(lab_page, bench.get_by_role("button", name="Replay", exact=True))
    keys.press("Enter")
    expect(bench.get_by_label("History", exact=True)).to_contain_text("replay of r1")
    assert lab_page.evaluate("() => window.panelUnderTest.content.widgets.length") == 3


def test_the_shown_exchange_is_handled_on_the_history_s_line(bench: Locator) -> None:
    """Without opening the history, what is shown is sent again, compared with the one before it, and exported."""
    line = bench.get_by_role("group", name="Shown exchange")
    expect(line).to_be_hidden()
    choose(bench, "things")
    bench.get_by_label("path value thing").fill("7")
    bench.get_by_role("button", name="Send", exact=True).click()
    expect(line.get_by_role("button", name="Diff")).to_have_attribute("aria-disabled", "true")
    line.get_by_role("button", name="Replay").click()
    expect(bench.get_by_role("button", name="Show r2")).to_have_attribute("aria-pressed", "true")
    line.get_by_role("button", name="Diff").click()
    expect(bench.get_by_text("r1 → r2: same")).to_be_visible()
    line.get_by_role("button", name="Export").click()
    bench.get_by_role("button", name="curl", exact=True).click()
    expect(bench.get_by_label("exported text")).to_contain_text("/things/7")
    expect(line.get_by_role("button", name="Export")).to_have_attribute("aria-expanded", "false")


def test_cells_run_during_an_endless_response_and_cancel_ends_its_generator(bench: Locator, lab_page: Page) -> None:
    """What the form sent streams on while cells run; Cancel runs the `finally` of the app's generator."""
    choose(bench, "endless")
    bench.get_by_role("button", name="Send", exact=True).click()
    rows = bench.locator(".ipyasgi-log-text", has_text="and more")
    expect(rows.nth(2)).to_be_visible()
    for number in range(3):
        lab_page.evaluate(_RUN_LAST_JS, f"print('mean', 'while', {number}, ended)")
        lab_page.locator(".jp-OutputArea-output", has_text=f"mean while {number} []").wait_for()
    count = bench.locator(".ipyasgi-log").get_attribute("data-rows")
    expect(bench.locator(".ipyasgi-log")).not_to_have_attribute("data-rows", count or "")
    bench.locator(".ipyasgi-form").get_by_role("button", name="Cancel").click()
    expect(bench.locator(".ipyasgi-run-text")).to_contain_text("cancelled after")
    lab_page.evaluate(_RUN_LAST_JS, "print('it', 'ended', ended)")
    lab_page.locator(".jp-OutputArea-output", has_text="it ended ['/endless']").wait_for()


def test_without_its_kernel_the_panel_says_so_once(bench: Locator, lab_page: Page) -> None:
    """After a restart one line says what to do, where ipywidgets puts an icon before every widget."""
    assert bench.evaluate(_BEFORE_JS) == []
    lab_page.evaluate(_RESTART_JS)
    expect(bench).to_have_class(re.compile("jupyter-widgets-disconnected"))
    (line,) = bench.evaluate(_BEFORE_JS)
    assert "Run the cell again" in line
    bench.get_by_role("button", name="Send", exact=True).click()
    expect(bench.locator(".ipyasgi-run-text")).to_contain_text("the kernel is busy or gone")


def test_it_reads_from_left_to_right_in_any_page(bench: Locator, lab_page: Page) -> None:
    """In a page from right to left, its English words and its code stand as in any other."""
    send, cancel = (bench.get_by_role("button", name=name, exact=True).first for name in ("Send", "Cancel"))
    lab_page.evaluate("() => { document.documentElement.dir = 'rtl'; }")
    try:
        places = [place["x"] for one in (send, cancel) if (place := one.bounding_box())]
    finally:
        lab_page.evaluate("() => { document.documentElement.removeAttribute('dir'); }")
    assert places == sorted(places)
    assert len(places) == 2
