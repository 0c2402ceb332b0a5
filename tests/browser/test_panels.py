"""The panels in a real JupyterLab: found, filled, sent, cancelled, stepped, by mouse and by keyboard."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from .request_form import choose

ATTACH = """
import ipyasgi.panels
from ipyasgi.samples.shop import app
explorer = ipyasgi.Explorer(app, name="shop")
"""
_RUN_THIRD_JS = """source => {
    const notebook = window.panelUnderTest.content;
    notebook.activeCellIndex = 2;
    notebook.activeCell.model.sharedModel.setSource(source);
    window.jupyterapp.commands.execute("notebook:run-cell-and-select-next");
}"""

_UNTIL_TWO = """import time
until_s = time.monotonic() + 90
while len(explorer.history) < 2 and time.monotonic() < until_s: time.sleep(0.05)
print("two", "came" if len(explorer.history) == 2 else "did not come")"""


@pytest.fixture
def bench(run_notebook: Callable) -> Locator:
    """Give the workbench of the shop, as it stands in a notebook with one more cell below."""
    notebook = run_notebook(ATTACH, "explorer.panel()", "print('a cell', 'ran')")
    found = notebook.locator(".ipyasgi-panel", has=notebook.page.get_by_label("History", exact=True)).first
    found.locator(".ipyasgi-form").wait_for()
    return found


def _send(bench: Locator) -> None:
    bench.get_by_role("button", name="Send", exact=True).click()


def _answer(bench: Locator, text: str) -> Locator:
    return bench.locator(".ipyasgi-response", has_text=text)


def test_a_route_is_found_filled_and_sent(bench: Locator) -> None:
    """Words find a route, its path value is a field, and the answer comes with the code that does the same."""
    choose(bench, "show_item", "/items/{item_id}")
    bench.get_by_label("path value item_id").fill("2")
    _send(bench)
    _answer(bench, "200 OK").wait_for()
    expect(_answer(bench, "200 OK")).to_contain_text("cup")
    expect(bench.locator(".ipyasgi-code")).to_have_text("%asgi GET /items/2")
    expect(bench.get_by_label("History", exact=True)).to_contain_text("/items/2")


def test_a_body_is_typed_checked_and_sent_by_keyboard_alone(bench: Locator, lab_page: Page) -> None:
    """Typing is checked with line and column, triggers no shortcut of the notebook, and Ctrl+Enter sends it."""
    path = bench.get_by_role("combobox", name="path")
    path.click()
    path.fill("add_item")
    path.press("ArrowDown")
    path.press("Enter")
    body = bench.get_by_label("request body")
    expect(body).to_be_focused()
    body.press("Control+a")
    lab_page.keyboard.type('{\n"name": "dd aa bb xx",\n"price": 3.5,,')
    expect(bench.locator(".ipyasgi-body-problem")).to_contain_text("line 3, column 16")
    body.press("Backspace")
    body.press("Backspace")
    lab_page.keyboard.type("\n}")
    expect(bench.locator(".ipyasgi-body-problem")).to_be_hidden()
    body.press("Control+Enter")
    _answer(bench, "201 Created").wait_for()
    expect(_answer(bench, "201 Created")).to_contain_text("dd aa bb xx")
    assert lab_page.evaluate("() => window.panelUnderTest.content.widgets.length") == 3


def test_a_path_is_found_by_its_beginning_and_takes_the_method_it_has(bench: Locator, lab_page: Page) -> None:
    """A click takes the path whole; Enter completes a beginning, and turns to the method that a whole path has."""
    path = bench.get_by_label("Search routes or type a path")
    method = bench.get_by_label("Method", exact=True)
    path.click()
    lab_page.keyboard.type("/tick")
    path.press("Enter")
    expect(path).to_have_value("/ticks")
    method.select_option("PUT")
    path.fill("/chat")
    path.press("Enter")
    expect(method).to_have_value("PUT")  # chosen by hand: it is sent as it stands
    expect(bench.locator(".ipyasgi-outcome")).to_contain_text("40")
    choose(bench, "chat", "/chat")
    expect(bench.get_by_role("button", name="Connect", exact=True)).to_be_visible()
    path.fill("/boom")
    path.press("Enter")
    expect(method).to_have_value("GET")
    expect(bench.locator(".ipyasgi-form").get_by_role("button", name="Send", exact=True)).to_be_focused()
    expect(bench.get_by_label("History", exact=True)).to_contain_text("1 exchange")


def test_what_is_wrong_is_said_at_its_field(bench: Locator) -> None:
    """A missing path value stops the sending, in words and at the field; nothing is sent."""
    choose(bench, "show_item", "/items/{item_id}")
    _send(bench)
    expect(bench.locator(".ipyasgi-run-text")).to_contain_text("item_id is required")
    expect(bench.get_by_label("path value item_id")).to_have_attribute("aria-invalid", "true")
    expect(bench.get_by_label("History", exact=True)).to_contain_text("No requests yet")


def test_an_app_s_exception_is_shown_with_its_frames(bench: Locator) -> None:
    """The answer of a failing endpoint names the exception and the app's own frame."""
    choose(bench, "boom", "/boom")
    _send(bench)
    _answer(bench, "ZeroDivisionError").wait_for()
    expect(_answer(bench, "ZeroDivisionError")).to_contain_text("average_price")


def test_a_cell_runs_while_a_request_waits_and_cancel_ends_it(bench: Locator, lab_page: Page) -> None:
    """A slow request leaves the kernel free; Cancel ends it, in words, and the next request works."""
    choose(bench, "slow", "/slow")
    bench.get_by_label("add a query parameter").click()
    bench.get_by_label("name of query parameter 1").fill("seconds")
    bench.get_by_label("value of query parameter 1").fill("60")
    _send(bench)
    expect(bench.locator(".ipyasgi-run-text")).to_have_text("Waiting for the app")
    lab_page.evaluate(_RUN_THIRD_JS, "print('mean', 'while')")
    lab_page.locator(".jp-OutputArea-output", has_text="mean while").wait_for()
    expect(bench.locator(".ipyasgi-run-text")).to_have_text("Waiting for the app")
    bench.get_by_role("button", name="Cancel").click()
    expect(bench.locator(".ipyasgi-run-text")).to_contain_text("cancelled after")
    bench.get_by_label("value of query parameter 1").fill("0")
    _send(bench)
    _answer(bench, "slept").wait_for()


def test_a_click_is_answered_while_a_cell_runs(bench: Locator, lab_page: Page) -> None:
    """With a kernel that has subshells, Send needs not wait for the running cell."""
    lab_page.evaluate(_RUN_THIRD_JS, _UNTIL_TWO)
    choose(bench, "show_shop", "/")
    _send(bench)
    _answer(bench, "tea things").wait_for()
    assert lab_page.locator(".jp-OutputArea-output", has_text="two came").count() == 0
    _send(bench)
    lab_page.locator(".jp-OutputArea-output", has_text="two came").wait_for()


def test_the_lifespan_is_stepped_from_its_buttons(bench: Locator) -> None:
    """Step by step to stopped and back to running; a button that is not allowed now does nothing."""
    bar = bench.locator(".ipyasgi-bar")
    status = bar.get_by_role("status")
    expect(status).to_have_text("running")
    bar.get_by_role("button", name="running").click()
    expect(bar.get_by_role("button", name="Start", exact=True)).to_have_attribute("aria-disabled", "true")
    expected = ("shutting down", "stopped", "starting", "running")
    for want in expected:
        bar.get_by_role("button", name="Step", exact=True).click()
        expect(status).to_have_text(want)
    bar.get_by_role("button", name="Stop", exact=True).click()
    expect(status).to_have_text("stopped")
    bar.get_by_role("button", name="Start", exact=True).click()
    expect(status).to_have_text("running")


def test_a_secret_that_stayed_in_the_kernel_is_sent_from_its_own_form(run_notebook: Callable) -> None:
    """An exchange with a secret is put into the form and left for another route: it is there on coming back."""
    sent = "r = explorer.post('/items', json={'name': 'pot', 'price': 3, 'password': 'hidden-pot-word'})"
    notebook = run_notebook(ATTACH, sent, "explorer.panel()")
    bench = notebook.locator(".ipyasgi-panel", has=notebook.page.get_by_label("History", exact=True)).first
    bench.get_by_role("button", name="History", exact=True).click()
    bench.get_by_role("button", name="Edit r1 in the form").click()
    body = bench.get_by_label("request body")
    expect(body).to_contain_text(re.compile('"password": ?"•••"'))
    choose(bench, "show_item", "/items/{item_id}")
    choose(bench, "add_item", "POST")
    expect(body).to_contain_text(re.compile('"password": ?"•••"'))
    expect(bench.locator(".ipyasgi-code")).to_contain_text("password={{password}}")
    bench.get_by_role("button", name="Send", exact=True).click()
    expect(bench.locator(".ipyasgi-outcome")).to_have_text("201 Created")
    assert "hidden-pot-word" not in bench.inner_html()


def test_the_list_of_routes_stays_open_for_who_comes_back_at_once(bench: Locator) -> None:
    """Choosing a route and searching again right away keeps the new list: leaving the field before is forgotten."""
    path = bench.get_by_role("combobox", name="path")
    choose(bench, "show_item", "/items/{item_id}")
    path.evaluate("field => { field.focus(); field.blur(); field.focus(); }")
    path.press("Control+a")
    path.fill("add_item")
    bench.page.wait_for_timeout(400)

    expect(bench.locator("[role=option]", has_text="POST").first).to_be_visible()


def test_a_form_that_is_described_later_leaves_the_focus_to_who_went_on(bench: Locator) -> None:
    """Who presses a key in the path before the kernel has described the chosen route keeps the focus there."""
    path = bench.get_by_role("combobox", name="path")
    path.fill("show_item")
    option = bench.locator("[role=option]", has_text="/items/{item_id}").first
    key = "new KeyboardEvent('keydown', { key: 'Shift', bubbles: true, composed: true })"
    path_field = path.element_handle()
    option.evaluate(f"(option, field) => {{ option.click(); field.dispatchEvent({key}); }}", path_field)
    bench.get_by_label("path value item_id").wait_for()
    expect(path).to_be_focused()


def test_in_a_narrow_panel_the_response_comes_into_view(bench: Locator, lab_page: Page) -> None:
    """Where it stands below the form, a request that was sent from the top of the form scrolls to its response."""
    lab_page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    lab_page.set_viewport_size({"width": 600, "height": 420})
    try:
        choose(bench, "add_item", "POST")
        path = bench.get_by_role("combobox", name="path")
        path.scroll_into_view_if_needed()
        path.press("Control+Enter")
        expect(bench.locator(".ipyasgi-outcome")).to_be_in_viewport()
    finally:
        lab_page.set_viewport_size({"width": 1200, "height": 900})


def test_two_workbenches_stay_in_step(run_notebook: Callable) -> None:
    """What one sends and stops, the other shows; an exchange opens again from either history."""
    notebook = run_notebook(ATTACH, "explorer.panel()", "explorer.panel()", "r = explorer.get('/items')")
    strips = notebook.page.get_by_label("History", exact=True)
    expect(strips).to_have_count(2)
    for number in (0, 1):
        expect(strips.nth(number)).to_contain_text("/items")
    strips.nth(1).get_by_role("button", name=re.compile("Show r1")).click()
    notebook.locator(".ipyasgi-response", has_text="teapot").wait_for()
    expect(strips.nth(1).get_by_role("button", name=re.compile("Show r1"))).to_have_attribute("aria-pressed", "true")
    bars = notebook.locator(".ipyasgi-bar")
    bars.nth(0).get_by_role("button", name="running").click()
    bars.nth(0).get_by_role("button", name="Stop", exact=True).click()
    expect(bars.nth(1).get_by_role("status")).to_have_text("stopped")


def test_pictures(bench: Locator, look_at: Callable) -> None:
    """No part of the form is wider than its place, at either width and in any state; pictures are kept if asked for."""
    look, form = look_at("panel", (600, 1200), 900), bench.locator(".ipyasgi-form")
    look("empty", form)
    bench.get_by_role("combobox", name="path").click()
    look("routes", form)
    expect(bench.locator("[role=option]").first).to_be_visible()
    choose(bench, "add_item", "POST")
    bench.get_by_label("add a header").click()
    bench.get_by_label("name of header 1").fill("Authorization")
    bench.get_by_label("value of header 1").fill("Bearer abc")
    bench.get_by_label("request body").fill('{\n  "name": "pot",\n  "price": 3.5,\n}')
    expect(bench.locator(".ipyasgi-body-problem")).to_be_visible()
    _send(bench)
    look("invalid", form)
    bench.get_by_label("request body").fill('{\n  "name": "pot",\n  "price": 3.5\n}')
    _send(bench)
    _answer(bench, "201 Created").wait_for()
    look("answer", form)
    choose(bench, "slow", "/slow")
    bench.get_by_label("add a query parameter").click()
    bench.get_by_label("name of query parameter 1").fill("seconds")
    bench.get_by_label("value of query parameter 1").fill("60")  # it is looked at for a while
    _send(bench)
    expect(bench.locator(".ipyasgi-run-text")).to_have_text("Waiting for the app")
    look("busy", form)
    bench.get_by_role("button", name="Cancel").click()
    expect(bench.locator(".ipyasgi-run-text")).to_contain_text("cancelled after")
    look("cancelled", form)
    choose(bench, "boom", "/boom")
    _send(bench)
    _answer(bench, "ZeroDivisionError").wait_for()
    look("error", form)
    choose(bench, "chat", "/chat")
    look("websocket", form)
