"""The response viewer in a real JupyterLab: tabs, megabytes as a tree, a stream as it comes, and its cancellation."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

APP = """
import asyncio, json
import ipyasgi.panels

ended = []
ROWS = [{"id": n, "name": f"item {n}", "tags": ["a", "b"], "price": n / 7, "on": n % 2 == 0} for n in range(58_000)]
BIG = json.dumps({"rows": ROWS, "last": "the very end"}).encode()

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        raise RuntimeError("no lifespan")
    path, headers = scope["path"], [(b"content-type", b"application/json")]
    async def answer(body, *more):
        await send({"type": "http.response.start", "status": 200, "headers": [*headers, *more]})
        await send({"type": "http.response.body", "body": body})
    if path == "/big":
        await answer(BIG)
    elif path == "/boom":
        print("about to break")
        raise ValueError("the app broke")
    elif path in ("/events", "/fast"):
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        try:
            n = 0
            while True:
                n += 1
                event = f"event: tick\\nid: {n}\\ndata: {json.dumps({'tick': n})}\\n\\n".encode()
                await send({"type": "http.response.body", "body": event, "more_body": True})
                await asyncio.sleep(0.1 if path == "/events" else 0.001)
        finally:
            ended.append(path)
    else:
        value = {"id": 7, "name": "<b>tea</b>", "rtl": "\\u05e9\\u05dc\\u05d5\\u05dd", "evil": "a\\u202eb",
                 "big": 12345678901234567890, "pet": {"kind": "cat", "lives": [9, 8, {"deep": {"deeper": None}}]},
                 "long": "x" * 2000, "token": "s3cret", "a/b~c": True, "empty": {}, "none": []}
        await answer(json.dumps(value, ensure_ascii=False).encode(), (b"set-cookie", b"sid=s3cret; Path=/; HttpOnly"))

explorer = ipyasgi.Explorer(app, name="served")
"""
_WATCH_FRAMES_JS = """() => {
    let last = performance.now();
    window.longestFrameMs = 0;
    const frame = now => {
        window.longestFrameMs = Math.max(window.longestFrameMs, now - last);
        last = now;
        window.frameWatch = requestAnimationFrame(frame);
    };
    window.frameWatch = requestAnimationFrame(frame);
}"""
_BIG_MS = 90_000  # until all pieces of 5 MB are there, each of which is asked for
_FROZEN_MS = 10_000  # a page that hangs; on a busy machine any frame may take a second
_STOP_FRAMES_JS = "() => { cancelAnimationFrame(window.frameWatch); return window.longestFrameMs; }"
_RUN_LAST_JS = """source => {
    const notebook = window.panelUnderTest.content;
    notebook.activeCellIndex = notebook.widgets.length - 1;
    notebook.activeCell.model.sharedModel.setSource(source);
    window.jupyterapp.commands.execute("notebook:run-cell-and-select-next");
}"""


@pytest.fixture
def viewer(run_notebook: Callable) -> Callable[..., Locator]:
    """Give a function that shows a viewer in a notebook of these cells, and returns it."""

    def show(*cells: str) -> Locator:
        notebook = run_notebook(APP, "viewer = ipyasgi.panels.ResponseViewer(explorer)\nviewer", *cells, "None")
        found = notebook.locator(".ipyasgi-response")
        found.locator(".ipyasgi-response-page").wait_for()
        return found

    return show


def _tab(viewer: Locator, name: str) -> Locator:
    return viewer.get_by_role("tab", name=re.compile(f"^{name}"))


def test_a_body_is_a_tree_walked_by_keyboard(viewer: Callable, lab_page: Page) -> None:
    """Arrow keys fold and walk, find goes to its matches, numbers stay as sent, text stays text, secrets are masked."""
    found = viewer("explorer.get('/value').status_code")
    tree = found.get_by_role("tree")
    expect(tree.get_by_role("treeitem").first).to_have_attribute("aria-expanded", "true")
    expect(tree).to_contain_text("12345678901234567890")
    expect(tree).to_contain_text('"<b>tea</b>"')
    expect(tree).to_contain_text("[U+202E]")
    expect(tree).to_contain_text("•••")
    assert "s3cret" not in found.inner_text()
    assert tree.locator("b").count() == 0
    tree.focus()
    for key in ("Home", "ArrowLeft"):
        tree.press(key)
    expect(tree.get_by_role("treeitem")).to_have_count(1)
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        tree.press(key)
    path = found.get_by_label("Path of the selected value")
    expect(path).to_have_text("/name")
    find = found.get_by_label("find in the tree")
    find.fill("DEEPER")
    expect(path).to_have_text("/pet/lives/2/deep/deeper")
    expect(found.locator(".ipyasgi-finds")).to_have_text("1 of 1")
    find.fill("c")
    expect(found.locator(".ipyasgi-finds")).to_have_text(re.compile("1 of [2-9]"))
    find.press("Enter")
    expect(found.locator(".ipyasgi-finds")).to_have_text(re.compile("2 of [2-9]"))
    find.fill("שלום")
    expect(path).to_have_text("/rtl")
    assert lab_page.evaluate("() => window.panelUnderTest.content.widgets.length") == 4


def test_tabs_that_have_something_are_reached_by_arrow_keys(viewer: Callable) -> None:
    """The others are not there; a failed request opens at its exception; the choice outlives the next."""
    found = viewer("explorer.send(ipyasgi.RequestSpec(method='GET', path='/boom'), raise_exceptions=False).status_code")
    expect(_tab(found, "Exception")).to_have_attribute("aria-selected", "true")
    expect(found.locator(".i-tab[data-tab=exception]")).to_contain_text("the app broke")
    expect(_tab(found, "Cookies")).to_have_count(0)
    _tab(found, "Exception").press("ArrowLeft")
    expect(_tab(found, "Output")).to_be_focused()
    expect(found.locator(".i-tab[data-tab=output]")).to_contain_text("about to break")
    expect(found.locator(".i-tab[data-tab=exception]")).to_be_hidden()


def test_five_megabytes_are_a_tree_while_the_page_goes_on(viewer: Callable, lab_page: Page) -> None:
    """5 MB of JSON are shown soon after they were asked for, and no frame of the page takes long."""
    found = viewer("len(BIG)")
    lab_page.evaluate(_WATCH_FRAMES_JS)
    began_s = time.monotonic()
    lab_page.evaluate(_RUN_LAST_JS, "explorer.get('/big').status_code")
    expect(found.locator(".ipyasgi-outcome")).to_have_text("200 OK")
    head_s = time.monotonic() - began_s
    tree = found.get_by_role("tree")
    expect(tree).to_contain_text("the very end", timeout=_BIG_MS)
    shown_s = time.monotonic() - began_s
    longest_ms = lab_page.evaluate(_STOP_FRAMES_JS)
    tree_ms = found.locator("[data-tree-ms]").get_attribute("data-tree-ms")
    print(
        f"5 MB: summary {head_s:.2f} s, tree {shown_s:.2f} s after the cell began; indexed in {tree_ms} ms; "
        f"longest frame {longest_ms:.0f} ms"
    )
    lab_page.evaluate(_WATCH_FRAMES_JS)
    found.get_by_role("button", name="Expand all").click()
    find = found.get_by_label("find in the tree")
    find.fill("item 57999")
    expect(found.get_by_label("Path of the selected value")).to_have_text("/rows/57999/name")
    expect(tree).to_contain_text('"item 57999"')
    print(f"unfold all and find: longest frame {lab_page.evaluate(_STOP_FRAMES_JS):.0f} ms")
    assert longest_ms < _FROZEN_MS


def test_the_body_is_saved_as_a_file(viewer: Callable, lab_page: Page) -> None:
    """What was fetched in pieces is saved whole, under the name that the path gives."""
    found = viewer("explorer.get('/big').status_code")
    expect(found.get_by_role("tree")).to_contain_text("the very end", timeout=_BIG_MS)
    with lab_page.expect_download() as download:
        found.get_by_role("button", name="save").click()
    assert download.value.suggested_filename == "big.json"
    saved = json.loads(Path(download.value.path()).read_text("utf-8"))
    assert (len(saved["rows"]), saved["last"]) == (58_000, "the very end")


def test_an_endless_response_streams_while_cells_run_and_cancel_ends_it(viewer: Callable, lab_page: Page) -> None:
    """Rows come as the app sends them, a cell runs meanwhile, and Cancel runs the `finally` of the app's generator."""
    found = viewer("viewer.begin(explorer.begin('GET', '/events'))")
    log = found.locator(".ipyasgi-log")
    expect(log).to_have_attribute("data-rows", re.compile(r"^([3-9]|\d\d+)$"))
    lab_page.evaluate(_RUN_LAST_JS, "print('mean', 'while', ended)")
    lab_page.locator(".jp-OutputArea-output", has_text="mean while []").wait_for()
    expect(log).not_to_have_attribute("data-rows", log.get_attribute("data-rows") or "")
    expect(found.locator(".ipyasgi-log-text").last).to_contain_text('{"tick": ')
    found.get_by_role("button", name="Cancel").click()
    expect(found.locator(".ipyasgi-outcome")).to_have_text("200 OK, cut off")
    lab_page.evaluate(_RUN_LAST_JS, "print('it', 'ended', ended)")
    lab_page.locator(".jp-OutputArea-output", has_text="it ended ['/events']").wait_for()


def test_a_fast_stream_leaves_the_page_free(viewer: Callable, lab_page: Page) -> None:
    """Hundreds of events a second are shown in batches; no frame takes long."""
    found = viewer("viewer.begin(explorer.begin('GET', '/fast'))")
    expect(found.locator(".ipyasgi-log-text").first).to_be_visible()
    lab_page.evaluate(_WATCH_FRAMES_JS)
    lab_page.wait_for_timeout(4000)
    longest_ms = lab_page.evaluate(_STOP_FRAMES_JS)
    print(f"fast stream: {found.locator('.ipyasgi-log-count').inner_text()} in 4 s, longest frame {longest_ms:.0f} ms")
    found.get_by_role("button", name="Cancel").click()
    expect(found.locator(".ipyasgi-outcome")).to_have_text("200 OK, cut off")
    assert longest_ms < _FROZEN_MS


def test_pictures(viewer: Callable, lab_page: Page, look_at: Callable) -> None:
    """Nothing is wider than its place at either width, in any state; pictures are kept if asked for."""
    found = viewer()
    look = look_at("response", (420, 1200), 900, scrolls=".ipyasgi-list, .ipyasgi-log")
    page = found.locator(".ipyasgi-response-page")
    look("empty", page)
    found.locator(".ipyasgi-response-page").wait_for()
    lab_page.evaluate(
        _RUN_LAST_JS, "r = explorer.get('/value?q=a+very+long+query+with+many+words&token=s3cret&more=' + 'm' * 60)"
    )
    expect(found.get_by_role("tree")).to_contain_text("tea")
    look("tree", page)
    expect(found.get_by_role("treeitem")).to_have_count(19)
    found.get_by_role("button", name="Text", exact=True).click()
    look("text", page)
    for name in ("Headers", "Cookies", "Timeline", "Request"):
        _tab(found, name).click()
        look(name.lower(), page)
    _tab(found, "Body").click()
    lab_page.evaluate(_RUN_LAST_JS, "viewer.begin(explorer.begin('GET', '/events'))")
    expect(found.locator(".ipyasgi-log-text").nth(3)).to_be_visible()
    found.get_by_role("log").press("ArrowUp")
    expect(found.locator(".ipyasgi-row-detail")).to_contain_text("tick")
    look("streaming", page)
    found.get_by_role("button", name="Cancel").click()
    expect(found.locator(".ipyasgi-outcome")).to_have_text("200 OK, cut off")
    look("cancelled", page)
    lab_page.evaluate(
        _RUN_LAST_JS, "r = explorer.send(ipyasgi.RequestSpec(method='GET', path='/boom'), raise_exceptions=False)"
    )
    expect(found.locator(".i-tab[data-tab=exception]")).to_be_visible()
    look("exception", page)


def test_an_exception_opens_with_its_locals_and_is_debugged_in_a_new_cell(viewer: Callable, lab_page: Page) -> None:
    """Each failed exchange opens at its exception, also after another tab was chosen; code goes below the panel."""
    send = "explorer.send(ipyasgi.RequestSpec(method='GET', path='/boom'), raise_exceptions=False).status_code"
    found = viewer(send)
    tab = _tab(found, "Exception")
    expect(tab).to_have_attribute("aria-selected", "true")
    expect(tab).to_have_text("! Exception")
    fold = found.locator(".i-tab[data-tab=exception] .i-locals").last
    expect(fold.locator("table")).to_be_hidden()
    fold.locator("summary").click()
    expect(fold.locator("table")).to_contain_text("/boom")
    _tab(found, "Output").click()
    lab_page.evaluate(_RUN_LAST_JS, send)
    expect(found.locator(".ipyasgi-sent-line")).to_contain_text("r2")
    expect(tab).to_have_attribute("aria-selected", "true")
    found.get_by_role("button", name="Debug in a new cell").click()
    expect(found.locator(".ipyasgi-exception-tools [role=status]")).to_have_text("Inserted below")
    cells = lab_page.evaluate("() => [...panelUnderTest.content.model.cells].map(cell => cell.sharedModel.source)")
    assert cells[2] == 'import pdb\n\nr2 = explorer.history["r2"]\npdb.post_mortem(r2.app_exception.__traceback__)'
    lab_page.wait_for_function("() => panelUnderTest.content.activeCellIndex === 2")
    found.get_by_role("button", name="Copy traceback").click()
    expect(found.locator(".ipyasgi-exception-tools [role=status]")).to_have_text(re.compile("Copied|Clipboard|denied"))


def test_records_are_a_table_and_a_data_frame(viewer: Callable, lab_page: Page) -> None:
    """A list of objects anywhere in a body can be sorted by its columns, and read by pandas in a new cell."""
    found = viewer("explorer.get('/big').status_code")
    found.get_by_role("tree").get_by_text("[ 58,000 ]").wait_for(timeout=_BIG_MS)
    found.get_by_role("treeitem", name="rows").get_by_role("button", name="Table", include_hidden=True).click()
    table = found.get_by_role("table", name="Records of /rows")
    expect(found.locator(".ipyasgi-records-title")).to_contain_text("58,000 rows · the first 10,000 are shown")
    expect(table.get_by_role("row").nth(1)).to_contain_text("item 0")
    head = table.get_by_role("columnheader", name="id")
    for direction, first in (("ascending", "item 0"), ("descending", "item 9999"), ("none", "item 0")):
        head.get_by_role("button").press("Enter")
        expect(head).to_have_attribute("aria-sort", direction)
        expect(table.get_by_role("row").nth(1)).to_contain_text(first)
    found.get_by_role("button", name="→ DataFrame").click()
    expect(found.locator(".ipyasgi-body-tools [role=status]")).to_have_text("Inserted below")
    cells = lab_page.evaluate("() => [...panelUnderTest.content.model.cells].map(cell => cell.sharedModel.source)")
    assert cells[2].endswith('\nr1 = explorer.history["r1"]\ndf = pd.DataFrame(r1.json()["rows"])\ndf')


_SCROLLED_JS = """async box => {
    box.dispatchEvent(new Event("scroll"));
    for (let frames = 0; frames < 3; frames += 1) await new Promise(requestAnimationFrame);
}"""


def test_a_press_of_an_eye_counts_though_the_rows_are_drawn_anew(viewer: Callable) -> None:
    """A list that is scrolled between press and release keeps the button; afterwards its rows are those in view."""
    found = viewer("explorer.get('/value').status_code")
    found.get_by_role("group", name="Body view").get_by_role("button", name="Text").click()
    text = found.get_by_role("region", name="Response body as text")
    eye = text.get_by_role("button", name="Show masked value 1")
    eye.hover()
    text.page.mouse.down()
    text.evaluate(_SCROLLED_JS)
    text.page.mouse.up()
    expect(text).to_contain_text("s3cret")


def test_a_mask_is_taken_off(viewer: Callable) -> None:
    """The eye of a value shows it, and hides it again; of a header too."""
    found = viewer("explorer.get('/value').status_code")
    tree = found.get_by_role("tree")
    row = tree.get_by_role("treeitem").filter(has_text="token")
    eye = row.get_by_role("button")
    assert eye.get_attribute("title").startswith("Masked because its name contains 'token'.")
    eye.click()
    expect(row).to_contain_text('"s3cret"')
    found.get_by_role("button", name="Show the selected value, in this page only").click()
    expect(row).to_contain_text("•••")
    found.get_by_role("group", name="Body view").get_by_role("button", name="Text").click()
    text = found.get_by_role("region", name="Response body as text")
    text.get_by_role("button", name="Show masked value 1").click()
    expect(text).to_contain_text("s3cret")
    text.get_by_role("button", name="Show masked value 1").click()
    expect(text).not_to_contain_text("s3cret")
    _tab(found, "Headers").click()
    cookie = found.locator(".i-tab[data-tab=headers] tr").filter(has_text="set-cookie")
    cookie.get_by_role("button", name="Show the value of set-cookie").click()
    expect(cookie).to_contain_text("sid=s3cret; Path=/")


def test_masks_of_a_request_and_of_cookies_are_taken_off(viewer: Callable) -> None:
    """Each has an eye: in the target, in the form as a table and as text, and of a cookie that the response sets."""
    found = viewer("explorer.post('/value?token=t1', data={'user': 'ann', 'password': 'a b', 'pin': '7'}).status_code")
    _tab(found, "Request").click()
    request = found.locator(".i-tab[data-tab=request]")
    request.get_by_role("button", name="Show masked value 1", exact=True).first.click()
    expect(request.locator("> p").first).to_contain_text("/value?token=t1")
    request.get_by_role("button", name="Show the value of password").click()
    expect(request.locator("table[data-form]")).to_contain_text("a b")
    request.get_by_text("As text").click()
    text = request.locator("pre")
    text.get_by_role("button", name="Show masked value 2").click()
    expect(text).to_have_text("user=ann&password=•••&pin=7")
    _tab(found, "Cookies").click()
    cookies = found.locator(".i-tab[data-tab=cookies]")
    cookies.get_by_role("button", name="Show the value of sid").click()
    expect(cookies).to_contain_text("s3cret")
