"""No panel has a serious violation of the accessibility rules axe-core knows: empty, full or wrong, light or dark."""

import json
import re
import time
from collections.abc import Callable, Iterator

import ipywidgets
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Locator, Page, expect

from ipyasgi import Explorer
from ipyasgi.panels import PANELS
from ipyasgi.panels.panel import Part
from ipyasgi.samples.shop import app

from .request_form import choose

EMPTY = """
import ipyasgi.panels
from ipyasgi.panels import PANELS
from ipyasgi.samples.shop import app
explorer = ipyasgi.Explorer(app, name="shop")
"""
FULL = (
    EMPTY
    + """
explorer.get("/items")
explorer.post("/items", json={"name": "pot", "price": 3.5})
explorer.get("/items/99")
explorer.send(explorer.history[-1].spec.__class__(method="GET", path="/boom"), raise_exceptions=False)
explorer.replay("r1")
"""
)
DESCRIBED = """
import asyncio, warnings
from typing import Annotated, Literal
import ipyasgi.panels
from fastapi import Cookie, Depends, FastAPI, Form, Header, Query, Response, UploadFile, WebSocket
from fastapi.responses import HTMLResponse, StreamingResponse
from fastapi.security import HTTPBasic, OAuth2PasswordBearer
from pydantic import BaseModel, Field

class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int = Field(ge=1, le=9)

class Dog(BaseModel):
    kind: Literal["dog"]

class Item(BaseModel):
    name: str = Field(min_length=1, description="as it stands in the catalogue")
    price: float = Field(gt=0)
    nick: str | None = None
    pet: Annotated[Cat | Dog, Field(discriminator="kind")]
    tags: list[str] = ["new"]
    size: Literal["small", "large"] = "small"

app = FastAPI()

@app.post("/items/{shelf}", status_code=201, summary="Put an item on a shelf")
def add_item(shelf: int, item: Item, response: Response, limit: Annotated[int, Query(ge=1)] = 10,
             tag: Annotated[list[str], Query()] = ["one"], x_trace: Annotated[str | None, Header()] = None,
             ads: Annotated[str | None, Cookie()] = None):
    print("served")
    warnings.warn("nearly out of stock")
    app.state.served = getattr(app.state, "served", 0) + 1
    response.set_cookie("sid", "s3cret")
    return {"shelf": shelf, "item": item, "more": [{"deep": [1, None, True, "x" * 900]}]}

@app.post("/upload")
def upload(note: Annotated[str, Form()], picture: UploadFile, more: list[UploadFile] = []): ...

@app.get("/me", deprecated=True)
def me(token: Annotated[str, Depends(OAuth2PasswordBearer(tokenUrl="token"))], basic=Depends(HTTPBasic())): ...

@app.get("/page")
def page(): return HTMLResponse("<h1>Hello</h1>")

@app.get("/boom")
def boom(why: str = "broke"): raise ValueError(f"the app {why}")

@app.get("/ticks")
async def ticks():
    async def come():
        while True:
            yield 'data: {"tick": 1}\\n\\n'
            await asyncio.sleep(0.05)
    return StreamingResponse(come(), media_type="text/event-stream")

@app.websocket("/echo")
async def echo(socket: WebSocket):
    await socket.accept()
    while (text := await socket.receive_text()) != "boom":
        await socket.send_text(text)
    raise ValueError("the app broke")

explorer = ipyasgi.Explorer(app, name="store")
"""
# All but the page around the panel, which is the front end's.
_OPTIONS = {"resultTypes": ["violations", "passes"], "rules": {"region": {"enabled": False}}}
# JupyterLab's body has no height, for which axe-core takes everything in it as hidden, and what it takes as hidden it
# does not judge. High enough that nothing is scrolled out of sight either.
_SEEN_CSS = "body { min-height: 100vh; }"
_HEIGHT = 3200

pytestmark = pytest.mark.timeout(400)


# What passes is a megabyte, of which one thing is wanted: that some text's contrast was measured at all.
_RUN_JS = """async options => {
    const { violations, passes } = await axe.run(".ipyasgi-panel", options);
    const contrasts = passes.filter(rule => rule.id === "color-contrast").flatMap(rule => rule.nodes);
    return [violations, contrasts.some(node => node.any[0]?.data?.contrastRatio)];
}"""


def _serious(page: Page, rules: dict[str, object] | None = None) -> list[str]:
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    violations, measured = page.evaluate(_RUN_JS, _OPTIONS | (rules or {}))
    assert measured, "axe-core takes it all as hidden"
    return [
        f"{violation['id']} ({violation['impact']}): {node['target']} {node['html'][:200]} {node['failureSummary']}"
        for violation in violations
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


@pytest.fixture
def check(lab_page: Page, theme: Callable) -> Iterator[Callable[[str], None]]:
    """Give a function that asserts that the panel, in the state it is in now, has no serious violation."""
    sheet = lab_page.add_style_tag(content=_SEEN_CSS)
    lab_page.set_viewport_size({"width": 1200, "height": _HEIGHT})

    def assert_none(state: str) -> None:
        found = []
        for tone, rules in (("light", {}), ("dark", {"runOnly": ["color-contrast"]})):  # roles and names have no colour
            theme(tone)
            found += [f"{state}, {tone}: {violation}" for violation in _serious(lab_page, rules)]
        if found:
            pytest.fail("\n".join(found))

    yield assert_none
    lab_page.set_viewport_size({"width": 1200, "height": 900})
    sheet.evaluate("sheet => sheet.remove()")


@pytest.fixture
def described(run_notebook: Callable) -> Callable[[str], Locator]:
    """Give a function that shows a panel, by its name, of an app that has a document of itself."""

    def show(name: str) -> Locator:
        notebook = run_notebook(DESCRIBED, f"from ipyasgi.panels import PANELS\nPANELS[{name!r}](explorer)")
        found = notebook.locator(".ipyasgi-panel").first
        found.locator(".ipyasgi-page:visible").first.wait_for()
        return found

    return show


def _send(panel: Locator) -> None:
    panel.locator(".ipyasgi-form").get_by_role("button", name="Send", exact=True).click()


def _unfold(panel: Locator) -> None:
    folded = panel.locator("button[aria-expanded='false']:visible")
    while folded.count():
        folded.first.click()


@pytest.mark.parametrize("setup", [EMPTY, FULL], ids=["empty", "full"])
@pytest.mark.parametrize("name", PANELS)
def test_no_serious_violation(run_notebook: Callable, check: Callable, name: str, setup: str) -> None:
    """Roles, names, labels and contrast are in order, with everything unfolded that can be."""
    notebook = run_notebook(setup, f"PANELS[{name!r}](explorer)")
    notebook.locator(".ipyasgi-panel .ipyasgi-page:visible").first.wait_for()
    _unfold(notebook.box)
    check(name)


@pytest.mark.nightly
def test_a_form_in_every_state(described: Callable, check: Callable) -> None:
    """A schema's form is in order: fresh, while a route is looked for, with advice, refused, as text, with files."""
    builder = described("request")
    builder.get_by_label("path value shelf").wait_for()
    check("fresh")
    builder.get_by_role("tab", name="Code", exact=True).click()
    for kind in ("httpx", "cURL", "Python", "pytest"):
        builder.get_by_role("tab", name=kind, exact=True).click()
    check("as code")
    builder.get_by_role("tab", name="Docs", exact=True).click()
    builder.get_by_role("combobox", name="path").fill("e")
    builder.locator("[role=option]").nth(2).wait_for()
    check("looking for a route")
    builder.get_by_role("combobox", name="path").press("Escape")
    choose(builder, "/items")
    builder.get_by_label("lives", exact=True).fill("12")
    builder.get_by_label("Send null for nick").click()
    builder.get_by_label("Add to query parameter tag").fill("old,new")
    builder.get_by_label("Add to query parameter tag").blur()
    expect(builder.locator('.ipyasgi-value[data-where="body./pet/lives"]')).to_contain_text("must be at most 9")
    check("hints")
    _send(builder)
    expect(builder.locator(".ipyasgi-outcome")).to_contain_text("422")
    expect(builder.locator('.ipyasgi-value[data-where="body./pet/lives"]')).to_contain_text("← 422")
    check("refused by the app")
    builder.get_by_role("tab", name="JSON", exact=True).click()
    builder.get_by_label("request body").fill('{"name": ')
    _send(builder)
    expect(builder.locator(".ipyasgi-run-text")).to_contain_text("Not sent")
    check("not to be sent")
    choose(builder, "/upload")
    builder.get_by_label("add an item to more").click()
    builder.get_by_label("note", exact=True).fill("hello")
    builder.get_by_label("Python name for picture").fill("nobody")
    expect(builder.locator('.ipyasgi-value[data-where="body./picture"]')).to_contain_text("no Python name nobody")
    check("files")
    choose(builder, "/me")
    builder.locator(".ipyasgi-credentials-chip").click()
    builder.get_by_label("name for OAuth2PasswordBearer").wait_for()
    builder.locator(".ipyasgi-returns > summary").click()
    check("credentials")
    choose(builder, "/echo")
    builder.get_by_role("button", name="Connect", exact=True).wait_for()
    check("a console beside")


@pytest.mark.nightly
def test_the_rail_and_another_operation_s_response(described: Callable, check: Callable, lab_page: Page) -> None:
    """The rail is in order with a route looked for, without a match, and beside a response that is dimmed."""
    builder = described("request")
    lab_page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    search = builder.get_by_role("combobox", name="Filter routes")
    search.press("ArrowUp")
    search.press("Enter")
    check("rail")
    search.fill("zzz")
    check("no match")
    search.press("Escape")
    builder.get_by_label("name", exact=True).fill("pot")
    _send(builder)
    expect(builder.locator(".ipyasgi-outcome")).to_have_text("201 Created")
    builder.get_by_role("option", name="GET /page").click()
    builder.locator(".ipyasgi-other-note").wait_for()
    check("another operation")


@pytest.mark.nightly
def test_an_answer_in_every_tab(described: Callable, check: Callable) -> None:
    """Tree, text, table, every tab, an exception and a stream are in order, whoever looks."""
    builder = described("request")
    builder.get_by_label("name", exact=True).fill("pot")
    _send(builder)
    expect(builder.locator(".ipyasgi-outcome")).to_have_text("201 Created")
    builder.get_by_role("button", name="Expand all").click()
    builder.get_by_label("find in the tree").fill("deep")
    expect(builder.locator(".ipyasgi-finds")).to_have_text("1 of 1")
    check("tree")
    builder.get_by_role("button", name="Text", exact=True).click()
    check("text")
    builder.get_by_role("button", name="Table", exact=True).first.click()
    builder.get_by_role("table", name="Records of /more").wait_for()
    check("table")
    tabs = builder.get_by_role("tablist", name="parts of the response").get_by_role("tab")
    usable = [tab for tab in tabs.all() if tab.get_attribute("aria-disabled") != "true"]
    assert {tab.get_attribute("data-tab") for tab in usable} >= {"headers", "cookies", "timeline", "state", "output"}
    for tab in usable[1:]:
        tab.click()
        check(str(tab.get_attribute("data-tab")))
    choose(builder, "/page")
    _send(builder)
    expect(builder.locator(".ipyasgi-outcome")).to_have_text("200 OK")
    tabs.filter(has_text="Body").click()
    check("page of HTML")
    choose(builder, "/boom")
    _send(builder)
    expect(builder.locator(".i-tab[data-tab=exception]")).to_contain_text("the app broke")
    builder.locator(".i-locals summary").last.click()
    check("exception")
    choose(builder, "/ticks")
    _send(builder)
    rows = builder.locator(".ipyasgi-log-text", has_text="tick")
    expect(rows.nth(3)).to_be_visible()
    builder.get_by_role("log").press("ArrowUp")
    expect(builder.locator(".ipyasgi-row-detail")).to_contain_text("tick")
    check("under way")
    builder.locator(".ipyasgi-form").get_by_role("button", name="Cancel").click()
    expect(builder.locator(".ipyasgi-outcome")).to_have_text("200 OK, cut off")
    check("cancelled")


@pytest.mark.nightly
def test_a_conversation(described: Callable, check: Callable) -> None:
    """The WebSocket console is in order: open, with a message looked at, refused, and ended by the app's exception."""
    console = described("websocket")
    console.locator("summary", has_text="headers").click()
    console.get_by_role("button", name="Connect", exact=True).click()
    expect(console.locator(".ipyasgi-run-text")).to_have_text(re.compile("^Open"))
    message = console.get_by_label("Message", exact=True)
    texts = console.locator(".ipyasgi-log-text")
    for text in ("hello", '{"token": "s3cret", "rows": [1, 2]}'):
        message.fill(text)
        message.press("Control+Enter")
    expect(texts).to_have_count(5)
    texts.last.click()
    console.locator(".ipyasgi-message").wait_for()
    check("open")
    console.get_by_label("Message type").select_option("hex")
    message.fill("0g")
    message.press("Control+Enter")
    expect(console.locator(".ipyasgi-notice")).to_contain_text("Not hex")
    check("refused")
    console.get_by_label("Message type").select_option("text")
    message.fill("boom")
    message.press("Control+Enter")
    expect(console.locator(".ipyasgi-socket-record")).to_contain_text("the app broke")
    check("ended")


@pytest.mark.nightly
def test_what_the_history_offers(run_notebook: Callable, check: Callable) -> None:
    """A wrong filter, what is exported and what differs are in order, in a workbench with everything unfolded."""
    bench = run_notebook(FULL, "explorer.panel()").locator(".ipyasgi-panel").first
    bench.get_by_role("button", name="History", exact=True).click()
    bench.get_by_label("filter the history").fill("status:4zz")
    bench.locator(".ipyasgi-filter-error").wait_for()
    _unfold(bench)
    check("mistake")
    bench.get_by_label("filter the history").press("Escape")
    for name in ("r1", "r2"):
        bench.get_by_role("checkbox", name=f"Select {name}", exact=True).check()
    bench.get_by_role("button", name="Export").click()
    bench.get_by_label("exported text").wait_for()
    check("export")
    bench.get_by_role("button", name="Diff").click()
    bench.get_by_text("r1 → r2").first.wait_for()
    check("diff")


_DRAW_JS = """async ([module, style, state]) => {
    const url = URL.createObjectURL(new Blob([module], { type: "text/javascript" }));
    const exported = (await import(url)).default;
    const part = typeof exported === "function" ? exported() : exported;
    const model = { get: (name) => state[name], set() {}, save_changes() {}, on() {}, off() {}, send() {} };
    const el = document.createElement("div");
    const sheet = document.createElement("style");
    sheet.textContent = style;
    document.querySelector("main").append(sheet, el);
    part.initialize?.({ model });
    part.render({ model, el });
}"""
_BLANK = """<!doctype html><html lang="en"><style>html { color-scheme: %s; background: Canvas; }</style>
<title>parts</title><main class="ipyasgi-panel"></main></html>"""


def _parts(widget: ipywidgets.Widget) -> list[Part]:
    inside = [part for child in getattr(widget, "children", ()) for part in _parts(child)]
    return [widget, *inside] if isinstance(widget, Part) else inside


@pytest.mark.parametrize("name", PANELS)
def test_contrast_without_a_front_end_s_colours(chromium: Browser, name: str) -> None:
    """On a plain page, where every colour is its fallback, all text is told from its ground: so is it elsewhere."""
    with Explorer(app) as explorer:
        panel = PANELS[name](explorer)
        explorer.get("/items")
        explorer.get("/items/99")
        time.sleep(0.5)  # for the panel to be painted
        parts = [(part._esm, getattr(part, "_css", ""), part.get_state()) for part in _parts(panel)]
    page = chromium.new_page()
    try:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.set_content(_BLANK % scheme)
            for module, style, state in parts:
                plain = {key: value for key, value in state.items() if not key.startswith("_")}
                page.evaluate(_DRAW_JS, [module, style, json.loads(json.dumps(plain, default=str))])
            assert _serious(page) == [], scheme
    finally:
        page.close()
