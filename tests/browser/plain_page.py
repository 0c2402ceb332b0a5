"""One part of a panel on a page of its own, without a kernel: what the kernel says is said by the test. No fixture."""

import json
from typing import Any

from ipywidgets import Widget
from playwright.sync_api import Locator, Page

from ipyasgi.panels.panel import Notice

_PAGE = """<!doctype html><html lang="en"><title>part</title><style>body { margin: 0; }</style>
<main class="ipyasgi-panel"><div class="ipyasgi-split"><div></div><div class="ipyasgi-beside"></div></div></main>"""
_DRAW_JS = """async ([module, style, state]) => {
    const url = URL.createObjectURL(new Blob([module], { type: "text/javascript" }));
    const exported = (await import(url)).default;
    const part = typeof exported === "function" ? exported() : exported;
    window.asked = [];
    window.changes = {};
    window.state = state;
    const model = {
        get: name => state[name],
        set() {}, save_changes() {}, off() {},
        on: (event, listener) => { window.changes[event] = listener; },
        send: content => window.asked.push(content),
    };
    const sheet = document.createElement("style");
    sheet.textContent = style;
    document.head.append(sheet);
    part.initialize?.({ model });
    part.render({ model, el: document.querySelector(".ipyasgi-split > div") });
}"""
# As a message of the kernel: all its traits are set before the first change is told.
_SAY_JS = """traits => {
    Object.assign(window.state, traits);
    for (const name of Object.keys(traits)) window.changes[`change:${name}`]?.();
}"""


def draw_part(page: Page, part: Widget, *, width: int, **traits: Any) -> Locator:
    """Draw the part with the state it has, but for these traits, in a page of this width."""
    page.set_viewport_size({"width": width, "height": 800})
    page.set_content(_PAGE)
    state = {name: value for name, value in part.get_state().items() if not name.startswith("_")} | traits
    shown = json.loads(json.dumps(state, default=str))
    page.evaluate(_DRAW_JS, [part._esm, f"{Notice._css}\n{part._css}", shown])
    return page.locator(".ipyasgi-page").first


def say(page: Page, **traits: Any) -> None:
    """Set traits of the part that is drawn, as a message of the kernel does."""
    page.evaluate(_SAY_JS, traits)
