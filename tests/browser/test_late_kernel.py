"""What the kernel says late finds a user who went on: typing, the focus, a press and an open fold stay as they are."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from ipyasgi import Explorer
from ipyasgi.panels import HistoryTable, RequestBuilder, ResponseViewer, StateInspector

from .plain_page import draw_part, say

SHOW = {"method": "GET", "path": "/pets/{pet_id}", "name": "show_pet"}
ADD = {"method": "POST", "path": "/pets", "name": "add_pet"}
FIRST = {"method": "GET", "path": "/first", "name": "first"}
REMOVE = {"method": "DELETE", "path": "/pets/{pet_id}", "name": "remove_pet"}
REPLIES = [{"status": "200", "blocks": []}, {"status": "422", "blocks": []}]


def _described(key: str, **more: Any) -> dict[str, Any]:
    """Return the description of an operation, as the kernel writes it."""
    start = {"known": [], "path_values": [], "body": "", "media": "application/json"}
    docs = {"title": "", "handler": "", "source": "", "schemes": [], "needs": "", "blocks": [], "responses": REPLIES}
    return {"key": key, "generation": 1, "parameters": [], "bodies": [], "start": start, "docs": docs} | more


PET_ID = {
    "name": "pet_id",
    "key": "path.pet_id",
    "place": "path",
    "required": True,
    "text": True,
    "field": {"kind": "integer"},
}
SHOWN = _described("GET /pets/{pet_id}", parameters=[PET_ID])
BODY = {
    "media": "application/json",
    "kind": "json",
    "field": {"kind": "object", "members": [["name", True, {"kind": "string"}]]},
    "definitions": {},
    "examples": [],
}
ADDED = _described("POST /pets", bodies=[BODY])
ADDED["start"]["body"] = '{"name": "a"}'


async def _quiet(scope: Any, receive: Any, send: Any) -> None:
    raise RuntimeError("not called")


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Give a plain page."""
    page = chromium.new_page()
    yield page
    page.close()


@pytest.fixture
def explorer() -> Iterator[Explorer]:
    """Give an explorer, for panels whose state the tests write."""
    with Explorer(_quiet, lifespan="off") as explorer:
        yield explorer


@pytest.fixture
def form(page: Page, explorer: Explorer) -> Locator:
    """Give the form of an app whose document is read; its first route is described, the others are not."""
    part = RequestBuilder(explorer).form
    draft = {**part.draft, "method": "GET", "path": "/first"}
    draw_part(
        page,
        part,
        width=1000,
        choices=[FIRST, SHOW, ADD],
        draft=draft,
        operation_form=_described("GET /first"),
        responses={},
    )
    return page.locator(".ipyasgi-frame")


def _choose(form: Locator, name: str) -> None:
    form.get_by_role("option").filter(has_text=name).click()


def test_who_types_in_a_field_goes_on_as_it_is_described(form: Locator) -> None:
    """The field keeps its focus, its text and its caret, although its description draws it anew."""
    _choose(form, "show_pet")
    field = form.get_by_label("path value pet_id")
    expect(field).to_be_focused()
    keys = form.page.keyboard
    keys.type("14")
    keys.press("ArrowLeft")
    before = field.element_handle()
    say(form.page, operation_form=SHOWN)
    assert not before.evaluate("field => field.isConnected")
    keys.type("23")
    expect(field).to_have_value("1234")
    expect(field).to_be_focused()


def test_a_sample_that_comes_into_a_clicked_field_is_typed_over(form: Locator) -> None:
    """Who has only clicked the field finds the sample selected."""
    _choose(form, "show_pet")
    field = form.get_by_label("path value pet_id")
    field.click()
    start = SHOWN["start"] | {"path_values": [["pet_id", "7"]]}
    say(form.page, operation_form=SHOWN | {"start": start})
    expect(field).to_have_value("7")
    form.page.keyboard.type("9")
    expect(field).to_have_value("9")


def test_who_types_a_body_goes_on_as_it_is_described(form: Locator) -> None:
    """The text stays a text where it is being typed; the fields are a tab away."""
    _choose(form, "add_pet")
    text = form.get_by_label("Request body")
    expect(text).to_be_focused()
    keys = form.page.keyboard
    keys.type('{"name": ')
    say(form.page, operation_form=ADDED)
    keys.type('"Miso"}')
    expect(text).to_be_focused()
    expect(text).to_have_value('{"name": "Miso"}')
    form.get_by_role("tab", name="Form", exact=True).click()
    expect(form.get_by_label("name", exact=True)).to_have_value("Miso")


def test_a_described_body_gets_the_focus_of_the_text_in_its_place(form: Locator) -> None:
    """Who has typed nothing yet finds the form, and the focus in its first field."""
    _choose(form, "add_pet")
    expect(form.get_by_label("Request body")).to_be_focused()
    say(form.page, operation_form=ADDED)
    expect(form.get_by_label("name", exact=True)).to_be_focused()


def test_a_press_of_a_route_counts_though_routes_arrive(form: Locator) -> None:
    """What the kernel says between press and release is shown after the click."""
    option = form.get_by_role("option").filter(has_text="show_pet")
    option.hover()
    form.page.mouse.down()
    say(form.page, choices=[REMOVE, FIRST, SHOW, ADD], choices_turn=1)
    form.page.mouse.up()
    expect(form.get_by_label("Search routes or type a path")).to_have_value("/pets/{pet_id}")
    expect(form.get_by_role("option").filter(has_text="remove_pet")).to_be_visible()


def test_a_release_elsewhere_ends_the_press(form: Locator) -> None:
    """A press that is dragged off its row chooses nothing, and what the kernel said meanwhile is shown."""
    option = form.get_by_role("option").filter(has_text="show_pet")
    option.hover()
    form.page.mouse.down()
    say(form.page, choices=[REMOVE, FIRST, SHOW, ADD], choices_turn=1)
    form.page.mouse.move(990, 790)
    form.page.mouse.up()
    expect(form.get_by_role("option").filter(has_text="remove_pet")).to_be_visible()
    expect(form.get_by_label("Search routes or type a path")).to_have_value("/first")


def test_the_active_route_stays_active_as_routes_arrive(form: Locator) -> None:
    """Arrow keys lead to a route; Enter takes it although the list was drawn anew in between."""
    search = form.get_by_role("combobox", name="Filter routes")
    search.press("ArrowDown")
    search.press("ArrowDown")
    say(form.page, choices=[REMOVE, FIRST, SHOW, ADD], choices_turn=1)
    expect(form.locator("[role=option][aria-selected=true]")).to_contain_text("show_pet")
    search.press("Enter")
    expect(form.get_by_label("Search routes or type a path")).to_have_value("/pets/{pet_id}")


def test_what_is_returned_stays_unfolded_as_its_details_come(form: Locator) -> None:
    """The fold is drawn from the statuses, and again from all of the responses; another operation's is closed."""
    fold = form.locator(".ipyasgi-returns")
    fold.locator("summary").first.click()
    media = [{"media": "application/json", "name": "", "type": "string", "parts": [], "more": 0, "example": ""}]
    replies = [reply | {"media": media} for reply in REPLIES]
    say(form.page, responses={"key": "GET /first", "generation": 1, "responses": replies})
    expect(fold.locator("summary").first).to_have_text("Returns 200 string · 422")
    expect(fold).to_have_attribute("open", "")
    expect(fold.locator("summary").first).to_be_focused()
    _choose(form, "show_pet")
    say(form.page, operation_form=SHOWN)
    expect(fold.locator("summary").first).to_have_text("Returns 200 · 422")
    expect(fold).not_to_have_attribute("open", "")


def _row(name: str) -> dict[str, Any]:
    texts = dict.fromkeys(("outcome", "tone", "at", "elapsed", "size"), "")
    return {"name": name, "method": "GET", "target": "/pets", "marks": [], **texts}


@pytest.fixture
def table(page: Page, explorer: Explorer) -> Locator:
    """Give the history's table with one exchange in it."""
    draw_part(page, HistoryTable(explorer).table, width=1000, rows=[_row("r1")], total=1, matching=1)
    return page.locator(".ipyasgi-page")


@pytest.mark.parametrize("by", ["pointer", "key"])
def test_a_press_in_the_history_counts_though_an_exchange_arrives(table: Locator, by: str) -> None:
    """By the pointer or the space bar, the pressed box is the one that is selected."""
    box = table.get_by_role("checkbox", name="Select r1", exact=True)
    box.hover()
    box.focus()
    table.page.mouse.down() if by == "pointer" else table.page.keyboard.down("Space")
    say(table.page, rows=[_row("r2"), _row("r1")], total=2, matching=2)
    table.page.mouse.up() if by == "pointer" else table.page.keyboard.up("Space")
    expect(table.get_by_text("1 selected")).to_be_visible()
    expect(box).to_be_checked()
    expect(table.get_by_role("checkbox", name="Select r2", exact=True)).not_to_be_checked()


_INTO_SHADOW_JS = """page => {
    const host = document.createElement("div");
    page.before(host);
    host.attachShadow({ mode: "open" }).append(page);
}"""


@pytest.mark.parametrize("shadow", [False, True], ids=["page", "shadow-root"])
def test_the_focus_stays_in_the_history_as_an_exchange_arrives(table: Locator, shadow: bool) -> None:
    """The control of the same row has it afterwards, in marimo's shadow root as elsewhere."""
    if shadow:
        table.evaluate(_INTO_SHADOW_JS)
    box = table.get_by_role("checkbox", name="Select r1", exact=True)
    box.focus()
    say(table.page, rows=[_row("r2"), _row("r1")], total=2, matching=2)
    expect(box).to_be_focused()
    table.page.keyboard.press("ArrowUp")
    expect(table.get_by_role("checkbox", name="Select r2", exact=True)).to_be_focused()


BODY_SHOWN = {
    "turn": 1,
    "views": ["tree", "text"],
    "text": '{"a": 1, "rows": [{"id": 1}, {"id": 2}]}',
    "label": "application/json",
    "is_text": True,
    "filename": "pets.json",
}
HEAD = {
    "method": "GET",
    "outcome": "200 OK",
    "tone": "good",
    "name": "r1",
    "target": "/pets",
    "elapsed": "1 ms",
    "background": "",
    "size": "",
    "marks": [],
}
TABS = [{"name": "body", "title": "Body", "about": "", "some": True, "mark": ""}]
_SHOW_AND_FOCUS_JS = """body => {
    window.state.body = body;
    window.changes["change:body"]();
    document.querySelector("[data-view=text]").focus();
}"""
_SCROLLED_JS = """async box => {
    box.dispatchEvent(new Event("scroll"));
    for (let frames = 0; frames < 3; frames += 1) await new Promise(requestAnimationFrame);
}"""


@pytest.fixture
def viewer(page: Page, explorer: Explorer) -> Locator:
    """Give the viewer of a response whose body is still to come."""
    return draw_part(page, ResponseViewer(explorer).page, width=1000, head=HEAD, tabs=TABS)


def test_a_view_keeps_the_focus_as_another_is_offered(viewer: Locator) -> None:
    """A table is offered once the tree has been read; the buttons that were there stay."""
    viewer.page.evaluate(_SHOW_AND_FOCUS_JS, BODY_SHOWN)
    views = viewer.get_by_role("group", name="Body view").get_by_role("button")
    expect(views).to_have_text(["Tree", "Table", "Text"])
    expect(views.last).to_be_focused()


def test_a_press_of_a_value_counts_though_the_tree_is_drawn_anew(viewer: Locator) -> None:
    """A tree that is scrolled between press and release keeps the row."""
    say(viewer.page, body=BODY_SHOWN)
    tree = viewer.get_by_role("tree")
    tree.get_by_role("treeitem").filter(has_text="a:").hover()
    viewer.page.mouse.down()
    tree.evaluate(_SCROLLED_JS)
    viewer.page.mouse.up()
    expect(viewer.get_by_label("Path of the selected value")).to_have_text("/a")


def _entry(name: str) -> dict[str, Any]:
    change = {"kind": "added", "path": "app.state.a", "before": "", "after": "1"}
    return {"name": name, "description": "GET /pets", "at": "", "changes": [change], "more": 0}


def test_an_unfolded_entry_of_the_state_stays_so_from_the_first_moment(page: Page, explorer: Explorer) -> None:
    """Also where the next exchange comes before the browser has told that the fold was opened."""
    draw_part(page, StateInspector(explorer).tree, width=1000, changed_by=[_entry("r1")])
    page.locator(".ipyasgi-changed-by summary").evaluate(
        """(summary, entries) => {
            summary.click();
            window.state.changed_by = entries;
            window.changes["change:changed_by"]();
        }""",
        [_entry("r2"), _entry("r1")],
    )
    folds = page.locator(".ipyasgi-changed-by details")
    expect(folds).to_have_count(2)
    expect(folds.last).to_have_attribute("open", "")
