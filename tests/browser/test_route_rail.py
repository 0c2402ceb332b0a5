"""The rail of routes on a plain page, without a kernel: by tag, searched, folded, and by keyboard alone."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from ipyasgi import Explorer
from ipyasgi.panels import RequestBuilder
from ipyasgi.panels.request_builder.form_page import choices_of
from ipyasgi.records.redaction import Redactor
from ipyasgi.routes.route import Route

from .plain_page import draw_part, say

WIDE, NARROW = 1000, 600
FEW = [
    {"method": "WS", "path": "/chat"},
    {"method": "GET", "path": "/pets", "description": "List pets", "tags": ["pets"]},
    {"method": "POST", "path": "/pets", "description": "Add a pet", "tags": ["pets"], "lock": True},
    {"method": "GET", "path": "/pets/{pet_id}", "handler": "pets.show_pet", "tags": ["pets"], "deprecated": True},
    {"method": "GET", "path": "/docs", "own": "FastAPI"},
    {"method": "GET", "path": "/redoc", "own": "FastAPI"},
]
MANY = choices_of(
    [
        Route(kind="http", method="GET", path=f"/repositories/{{owner}}/things-{number}", doc=f"List things {number}.")
        for number in range(1200)
    ],
    Redactor(),
)


async def _quiet(scope: Any, receive: Any, send: Any) -> None:
    raise RuntimeError("not called")


@pytest.fixture
def draw(chromium: Browser) -> Iterator[Callable[..., Locator]]:
    """Give a function that draws the form of an app with these routes in a page of this width."""
    page = chromium.new_page()
    with Explorer(_quiet, lifespan="off") as explorer:
        form = RequestBuilder(explorer).form

        def show(choices: list[dict[str, Any]], width: int) -> Locator:
            first = {**form.draft, "method": choices[0]["method"], "path": choices[0]["path"]}
            draw_part(page, form, width=width, choices=choices, draft=first, operation_form={})
            return page.locator(".ipyasgi-frame")

        yield show
    page.close()


def _rows(form: Locator) -> Locator:
    return form.locator(".ipyasgi-routes [role=option]")


def _names(form: Locator) -> list[str]:
    return [row.get_attribute("aria-label") or row.inner_text() for row in _rows(form).all()]


def _sent(page: Page) -> list[str]:
    drafts = [one["draft"] for one in page.evaluate("window.asked") if one["ask"] == "send"]
    return [f"{draft['method']} {draft['path']}" for draft in drafts]


def test_the_rail_shows_the_api(draw: Callable) -> None:
    """Routes stand by tag with what distinguishes them; the framework's own are a fold, which Enter opens."""
    form = draw(FEW, WIDE)
    pets = form.get_by_role("group", name="pets")
    expect(pets.get_by_role("option")).to_have_count(3)
    expect(pets.get_by_role("option", name="POST /pets, Add a pet, takes credentials")).to_be_visible()
    old = pets.get_by_role("option", name="deprecated")
    expect(old.locator(".ipyasgi-route-tail")).to_have_css("text-decoration-line", "line-through")
    expect(form.locator("[aria-current=true]")).to_contain_text("/chat")
    form.get_by_role("combobox", name="Filter routes").press("ArrowUp")
    expect(form.locator(".ipyasgi-routes [aria-selected=true]")).to_contain_text("2 of FastAPI's own")
    form.page.keyboard.press("Enter")
    form.page.keyboard.press("ArrowDown")
    form.page.keyboard.press("Enter")
    expect(form.get_by_label("Search routes or type a path")).to_have_value("/docs")
    expect(form.locator("[aria-current=true]")).to_contain_text("/docs")


def test_routes_that_were_tried_are_marked(draw: Callable) -> None:
    """Before the first request nothing is marked; then each route says whether it was tried, not by colour alone."""
    form = draw(FEW, WIDE)
    line, marks = form.locator(".ipyasgi-rail-tried"), form.locator(".ipyasgi-route-tried")
    expect(line).to_be_hidden()
    expect(marks.locator("visible=true")).to_have_count(0)
    tried = {"GET /pets": ["tried 2 times: 200, 422", "documented, not seen yet: 404"]}
    say(form.page, tried=tried)
    expect(line).to_have_text("1 of 4 tried")
    name = "GET /pets, List pets, tried 2 times: 200, 422, documented, not seen yet: 404"
    expect(form.get_by_role("option", name=name)).to_have_attribute("data-tried", "yes")
    expect(form.get_by_role("option", name="POST /pets, Add a pet, takes credentials, not tried yet")).to_be_visible()
    content = "one => getComputedStyle(one, '::before').content"
    assert [mark.evaluate(content) for mark in marks.locator("visible=true").all()] == ['"○"', '"✓"', '"○"', '"○"']
    form.locator("[data-fold=own]").click()
    assert {name for name in _names(form) if "docs" in name} == {"GET /docs"}  # the framework's own are not counted


def test_a_route_is_filtered_and_chosen_by_keyboard(draw: Callable) -> None:
    """A slash leads to the filter, from anywhere but a text; Enter takes the first that is found, Escape shows all."""
    form = draw(FEW, WIDE)
    path, keys = form.get_by_label("Search routes or type a path"), form.page.keyboard
    form.get_by_label("Method", exact=True).select_option("GET")
    form.get_by_role("button", name="Send", exact=True).focus()
    keys.press("/")
    keys.type("show_pet")
    assert _names(form) == ["GET /pets/{pet_id}, deprecated"]
    keys.press("Enter")
    expect(path).to_have_value("/pets/{pet_id}")
    expect(form.get_by_label("path value pet_id")).to_be_focused()
    keys.type("/")
    expect(form.get_by_label("path value pet_id")).to_have_value("/")
    search = form.get_by_role("combobox", name="Filter routes")
    search.press("Escape")
    expect(_rows(form)).to_have_count(5)
    search.fill("redoc")
    search.press("Enter")
    search.press("Escape")
    expect(form.locator("[aria-current=true]")).to_contain_text("/redoc")  # its fold was opened


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_path_that_no_route_has_is_sent_anyway(draw: Callable, width: int) -> None:
    """The list offers it in words; a path that a route takes is not called unknown."""
    form = draw(FEW, width)
    path = form.get_by_role("combobox", name="path")
    path.fill("/pets/7")
    assert _names(form) == ["GET /pets/{pet_id}, deprecated"]
    path.fill("zzz")
    assert _names(form) == ["No route matches 'zzz': send it anyway"]
    form.get_by_label("Method", exact=True).select_option("GET")
    path.fill("zzz")
    path.press("ArrowDown")
    path.press("Enter")
    assert _sent(form.page) == ["GET /zzz"]


def test_in_a_narrow_panel_the_path_opens_the_list(draw: Callable) -> None:
    """The overlay opens by click and arrow key, closes by Escape, and does not move the form."""
    form = draw(FEW, NARROW)
    path, rail = form.get_by_role("combobox", name="path"), form.locator(".ipyasgi-rail")
    expect(rail).to_be_hidden()
    before = form.locator(".ipyasgi-send-line").evaluate("line => line.offsetTop")
    path.click()
    expect(rail).to_be_visible()
    expect(path).to_have_attribute("aria-expanded", "true")
    assert form.locator(".ipyasgi-send-line").evaluate("line => line.offsetTop") == before
    path.press("Escape")
    expect(rail).to_be_hidden()
    path.press("ArrowDown")
    path.press("ArrowDown")
    expect(rail.locator("[aria-selected=true]")).to_contain_text("List pets")
    path.press("Enter")
    expect(path).to_have_value("/pets")
    expect(rail).to_be_hidden()


def test_a_thousand_routes_are_drawn_in_portions(draw: Callable) -> None:
    """The first ones are there at once, and the next when the list is scrolled to its end or arrows lead there."""
    form = draw(MANY, WIDE)
    options, field = _rows(form), form.get_by_role("combobox", name="Filter routes")
    expect(options).to_have_count(100)
    form.locator(".ipyasgi-routes").evaluate("list => { list.scrollTop = list.scrollHeight; }")
    expect(options).to_have_count(200)
    options.last.evaluate("row => row.scrollIntoView()")
    expect(options).to_have_count(300)
    field.fill("things 1199")
    assert _names(form) == ["GET /repositories/{owner}/things-1199, List things 1199."]


def test_lost_routes_are_asked_for(draw: Callable) -> None:
    """The number of the routes says that newer ones were sent; when they come with it, nothing is asked."""
    form = draw(FEW, WIDE)
    change = """async ([turn, names]) => {
        window.state.choices_turn = turn;
        for (const name of names) window.changes[`change:${name}`]();
        await null;
        return window.asked.filter(({ ask }) => ask === "choices").length;
    }"""
    assert form.page.evaluate(change, [1, ["choices_turn", "choices"]]) == 0
    assert form.page.evaluate(change, [2, ["choices_turn"]]) == 1
