"""The history's table and the state inspector in a real JupyterLab: by mouse and by keyboard, wide and narrow."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

ATTACH = """
import ipyasgi.panels
from ipyasgi.records.requests import RequestSpec
from ipyasgi.samples.shop import app
explorer = ipyasgi.Explorer(app, name="shop")
"""
SEND = """
for number in range(1, 4):
    explorer.get(f"/items/{number}", params={"token": "s3cret"})
explorer.post("/items", json={"name": "pot", "price": 3.5})
explorer.get("/items/99")
explorer.send(RequestSpec(method="GET", path="/boom"), raise_exceptions=False)
explorer.get("/items/" + "long-name-" * 20)
explorer.get("/items/שלום-עולם");
"""


@pytest.fixture
def table(run_notebook: Callable) -> Locator:
    """Give the history's table with a few exchanges in it."""
    notebook = run_notebook(ATTACH, SEND, "ipyasgi.panels.HistoryTable(explorer)")
    found = notebook.locator(".ipyasgi-panel").first
    found.get_by_role("button", name=re.compile("Show r8")).wait_for()
    return found


@pytest.fixture
def inspector(run_notebook: Callable) -> Locator:
    """Give the state inspector of the shop, in a notebook that goes on."""
    notebook = run_notebook(ATTACH, "ipyasgi.panels.StateInspector(explorer)", SEND)
    found = notebook.locator(".ipyasgi-panel").first
    found.get_by_text("Changed by").wait_for()
    return found


def _rows(table: Locator) -> Locator:
    return table.locator(".ipyasgi-history tbody tr")


def _select(table: Locator, *names: str) -> None:
    for name in names:
        table.get_by_role("checkbox", name=f"Select {name}", exact=True).check()


def test_the_filter_finds_and_says_what_it_cannot_read(table: Locator) -> None:
    """Typing filters the rows; a mistake is told under the field, and Escape brings everything back."""
    field = table.get_by_label("filter the history")
    expect(_rows(table)).to_have_count(8)
    field.fill("status:4xx")
    expect(_rows(table)).to_have_count(3)
    expect(table.locator(".ipyasgi-history-head > [role=status]")).to_have_text("3 of 8")
    field.fill("status:4zz")
    expect(table.locator(".ipyasgi-filter-error")).to_contain_text("status:4zz")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(_rows(table)).to_have_count(3)
    field.press("Escape")
    expect(_rows(table)).to_have_count(8)
    expect(table.locator(".ipyasgi-filter-error")).to_be_hidden()


def test_everything_is_done_by_keyboard_alone(table: Locator, lab_page: Page) -> None:
    """One row is in the tab order; arrows go up and down, space selects, Enter shows; nothing reaches the notebook."""
    table.get_by_label("filter the history").click()
    lab_page.keyboard.press("Tab")
    lab_page.keyboard.press("Tab")
    expect(table.get_by_role("checkbox", name="select r8")).to_be_focused()
    lab_page.keyboard.press("Space")
    lab_page.keyboard.press("ArrowDown")
    expect(table.get_by_role("checkbox", name="select r7")).to_be_focused()
    lab_page.keyboard.press("End")
    expect(table.get_by_role("checkbox", name="select r1")).to_be_focused()
    lab_page.keyboard.press("Space")
    lab_page.keyboard.press("Tab")
    lab_page.keyboard.press("Enter")
    table.locator(".ipyasgi-answer", has_text="teapot").wait_for()
    expect(table.get_by_role("button", name=re.compile("Show r1"))).to_be_focused()
    lab_page.keyboard.press("Tab")
    expect(table.get_by_role("button", name="Replay")).to_be_focused()
    expect(table.get_by_text("2 selected")).to_be_visible()
    lab_page.keyboard.press("Tab")
    lab_page.keyboard.press("Enter")
    expect(table.get_by_text("r1 → r8: now fails")).to_be_visible()
    assert lab_page.evaluate("() => window.panelUnderTest.content.widgets.length") == 3


def test_selected_ones_are_replayed(table: Locator) -> None:
    """What is sent again comes on top, says what it replays, and is listed below; the selection stays."""
    _select(table, "r1", "r4")
    table.get_by_role("button", name="Replay").click()
    expect(table.get_by_text("Replayed 2 requests")).to_be_visible()
    expect(_rows(table).first).to_contain_text("replay of r4")
    expect(_rows(table)).to_have_count(10)
    expect(table.get_by_text("2 selected")).to_be_visible()
    expect(table.get_by_role("checkbox", name="Select r4", exact=True)).to_be_checked()


def test_exports_are_shown_copied_and_saved(table: Locator, lab_page: Page, tmp_path: Path) -> None:
    """Each text comes with its secrets masked, and the file that is saved holds the same; Python may be a new cell."""
    _select(table, "r1", "r4")
    text = table.get_by_label("exported text")
    told = table.locator(".ipyasgi-export [role=status]")
    for kind, holds in {
        "curl": "curl ",
        "curl-powershell": "curl.exe ",
        "curl-cmd": "curl ",
        "httpx": "httpx",
        "pytest": "def test_",
        "http": "###",
        "har": '"log"',
    }.items():
        table.get_by_label("export format").select_option(kind)
        table.get_by_role("button", name="Export", exact=True).click()
        expect(table.get_by_text(f"2 exchanges as {kind}")).to_be_visible()
        expect(text).to_contain_text(holds)
        expect(text).not_to_contain_text("s3cret")
        with lab_page.expect_download() as download:
            table.get_by_role("button", name="Download").click()
        saved = tmp_path / kind
        download.value.save_as(saved)
        assert saved.read_text("utf-8") == text.text_content()
        table.get_by_role("button", name="Copy").click()
        expect(told).to_have_text(re.compile("Copied|press Ctrl"))
        insert = table.get_by_role("button", name="Insert as cell")
        expect(insert).to_be_visible(visible=kind in ("httpx", "pytest"))
        if kind == "httpx":
            insert.click()
            expect(told).to_have_text("Inserted below")
            sources = "() => [...panelUnderTest.content.model.cells].map(cell => cell.sharedModel.source)"
            assert text.text_content() in lab_page.evaluate(sources)
    table.get_by_role("button", name="dismiss the export").click()
    expect(text).to_be_hidden()


def test_the_state_follows_and_says_what_changed(inspector: Locator) -> None:
    """Each exchange counts in the shop's state: the tree shows it, marks it, and names who did it; Seen starts anew."""
    expect(inspector.locator(".ipyasgi-news")).to_contain_text("change")
    inspector.get_by_role("button", name="Show in tree").click()
    served = inspector.locator(".ipyasgi-leaf", has_text="'http'")
    expect(served).to_contain_text("8")
    expect(served).to_contain_text("changed")
    entries = inspector.get_by_label("Changes by exchange, newest first").locator("> li")
    expect(entries.first).to_contain_text("r8")
    entries.first.locator("summary").click()
    expect(entries.first).to_contain_text("7 → 8")
    expect(entries.last).to_contain_text("lifespan.startup")
    inspector.get_by_role("button", name="Mark seen").click()
    expect(inspector.locator(".ipyasgi-news")).to_contain_text("No changes since")
    expect(served).to_be_visible()  # what was unfolded stays so
    expect(entries.first).to_contain_text("7 → 8")


@pytest.mark.parametrize("kind", ["history", "state", "lifespan", "workbench"])
def test_pictures(run_notebook: Callable, look_at: Callable, kind: str) -> None:
    """No part is wider than its place, at either width, empty, full or wrong; pictures are kept if asked for."""
    panels = "from ipyasgi.panels import PANELS\n"
    notebook = run_notebook(ATTACH, f"{panels}panel = PANELS[{kind!r}](explorer); panel", SEND)
    panel = notebook.locator(".ipyasgi-panel").first
    panel.locator(".ipyasgi-page:visible").first.wait_for()
    look = look_at(kind, (510, 1330), 1100)
    folded = panel.locator("button[aria-expanded='false']:visible")
    while folded.count():
        folded.first.click()
    if kind == "lifespan":
        for state in ("running", "shutting down", "stopped", "starting"):
            expect(panel.locator(".ipyasgi-bar").get_by_role("status")).to_have_text(state)
            look(state, panel)
            panel.get_by_role("button", name="Step", exact=True).click()
        return
    if kind in ("history", "workbench"):
        field = panel.get_by_label("filter the history")
        field.fill("status:4zz")
        panel.locator(".ipyasgi-filter-error").wait_for()
        look("mistake", panel)
        field.press("Escape")
        _select(panel, "r1", "r4")
        panel.get_by_label("export format").select_option("pytest")
        panel.get_by_role("button", name="Export", exact=True).click()
        panel.get_by_label("exported text").wait_for()
        look("export", panel)
        panel.get_by_role("button", name="dismiss the export").click()
        panel.get_by_role("button", name="Diff").click()
        panel.get_by_text("r1 → r4").first.wait_for()
        look("diff", panel)
    if kind in ("state", "workbench"):
        panel.get_by_role("button", name="Show in tree").click()
        panel.locator(".ipyasgi-changed-by summary").first.click()
        look("full", panel)
        panel.get_by_role("button", name="Mark seen").click()
        expect(panel.locator(".ipyasgi-news")).to_contain_text("No changes")
        look("seen", panel)
