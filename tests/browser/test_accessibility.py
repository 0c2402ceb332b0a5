"""No panel has a serious violation of the accessibility rules that axe-core knows, empty or full, light or dark."""

import json
import time
from collections.abc import Callable

import ipywidgets
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from ipyasgi import Explorer
from ipyasgi.notebook.panels import PANELS
from ipyasgi.notebook.panels.part import Part
from ipyasgi.samples.shop import app

EMPTY = """
import ipyasgi
from ipyasgi.notebook.panels import PANELS
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
# All but the page around the panel, which is the front end's.
_OPTIONS = {"resultTypes": ["violations"], "rules": {"region": {"enabled": False}}}


def _serious(page: Page) -> list[str]:
    response = Axe().run(page, context=".ipyasgi-panel", options=_OPTIONS).response
    return [
        f"{violation['id']} ({violation['impact']}): {node['target']} {node['html'][:200]} {node['failureSummary']}"
        for violation in response["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("setup", [EMPTY, FULL], ids=["empty", "full"])
@pytest.mark.parametrize("name", PANELS)
def test_no_serious_violation(run_notebook: Callable, lab_page: Page, theme: Callable, name: str, setup: str) -> None:
    """Roles, names, labels and contrast are in order, with everything unfolded that can be."""
    notebook = run_notebook(setup, f"PANELS[{name!r}](explorer)")
    notebook.locator(".ipyasgi-panel .ipyasgi-page:visible").first.wait_for()
    folded = notebook.locator(".ipyasgi-fold-button[aria-expanded='false']")
    while folded.count():
        folded.first.click()
    for tone in ("light", "dark"):
        theme(tone)
        assert _serious(lab_page) == []


_DRAW_JS = """async ([module, style, state]) => {
    const url = URL.createObjectURL(new Blob([module], { type: "text/javascript" }));
    const part = (await import(url)).default;
    const model = { get: (name) => state[name], set() {}, save_changes() {}, on() {}, off() {}, send() {} };
    const el = document.createElement("div");
    const sheet = document.createElement("style");
    sheet.textContent = style;
    document.querySelector("main").append(sheet, el);
    part.render({ model, el });
}"""
_BLANK = """<!doctype html><html lang="en"><style>html { color-scheme: %s; background: Canvas; }</style>
<title>parts</title><main class="ipyasgi-panel"></main></html>"""


def _parts(widget: ipywidgets.Widget) -> list[Part]:
    inside = [part for child in getattr(widget, "children", ()) for part in _parts(child)]
    return [widget, *inside] if isinstance(widget, Part) else inside


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["history", "state", "lifespan"])
def test_contrast_without_a_front_end_s_colours(chromium: Browser, name: str, scheme: str) -> None:
    """On a plain page, where every colour is its fallback, all text is told from its ground: so is it elsewhere."""
    with Explorer(app) as explorer:
        panel = PANELS[name](explorer)
        explorer.get("/items")
        explorer.get("/items/99")
        time.sleep(0.5)  # for the panel to be painted
        parts = [(part._esm, part._css, part.get_state()) for part in _parts(panel)]
    page = chromium.new_page(color_scheme=scheme)
    try:
        page.set_content(_BLANK % scheme)
        for module, style, state in parts:
            plain = {key: value for key, value in state.items() if not key.startswith("_")}
            page.evaluate(_DRAW_JS, [module, style, json.loads(json.dumps(plain, default=str))])
        assert _serious(page) == []
    finally:
        page.close()
