"""The WebSocket console in a real JupyterLab: by keyboard alone, at a thousand messages a second, in both themes."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

APP = """
import asyncio, json, time
import ipyasgi.panels

ended = []

class Route:
    def __init__(self, path): self.path, self.kind, self.endpoint = path, "websocket", self

class App:
    routes = [Route("/echo"), Route("/rooms/{room}")]

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            raise RuntimeError("no lifespan")
        await receive()
        await send({"type": "websocket.accept", "subprotocol": next(iter(scope["subprotocols"]), None)})
        while (message := await receive())["type"] != "websocket.disconnect":
            if message.get("text") == "boom":
                raise ValueError("the app broke")
            if message.get("text") == "fast":
                began = time.monotonic()
                for n in range(1, 5001):
                    await send({"type": "websocket.send", "text": json.dumps({"n": n, "text": "<b>bold</b>"})})
                    if (ahead := began + n / 1000 - time.monotonic()) > 0:
                        await asyncio.sleep(ahead)
                continue
            await send({**message, "type": "websocket.send"})
        ended.append((message["code"], message.get("reason")))

explorer = ipyasgi.Explorer(App(), name="talker")
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
_FROZEN_MS = 10_000  # a page that hangs; on a busy machine any frame may take a second
_STOP_FRAMES_JS = "() => { cancelAnimationFrame(window.frameWatch); return window.longestFrameMs; }"
_NUMBERS_JS = """async scroll => {
    const seen = new Set();
    for (let top = 0; top < scroll.scrollHeight; top += 1.3 * scroll.clientHeight) {
        scroll.scrollTop = top;
        for (let i = 0; i < 2; i += 1) await new Promise(requestAnimationFrame);
        for (const text of scroll.querySelectorAll(".ipyasgi-log-text")) {
            const found = /^{"n": (\\d+)/.exec(text.textContent);
            if (found) seen.add(Number(found[1]));
        }
    }
    return seen.size;
}"""
_RUN_LAST_JS = """source => {
    const notebook = window.panelUnderTest.content;
    notebook.activeCellIndex = notebook.widgets.length - 1;
    notebook.activeCell.model.sharedModel.setSource(source);
    window.jupyterapp.commands.execute("notebook:run-cell-and-select-next");
}"""


@pytest.fixture
def console(run_notebook: Callable) -> Locator:
    """Give the console of the app above, in a notebook with one more cell below."""
    notebook = run_notebook(APP, "console = ipyasgi.panels.WebSocketConsole(explorer)\nconsole", "None")
    found = notebook.locator(".ipyasgi-panel")
    found.get_by_label("WebSocket path").wait_for()
    return found


def _say(console: Locator, kind: str, text: str) -> None:
    console.get_by_label("Message type").select_option(kind)
    field = console.get_by_label("Message", exact=True)
    field.fill(text)
    field.press("Enter")


def _connect(console: Locator) -> None:
    console.get_by_role("button", name=re.compile("^Connect")).click()
    expect(console.locator(".ipyasgi-run-text")).to_have_text(re.compile("^Open"))


@pytest.mark.nightly
def test_an_app_whose_first_websocket_comes_later(run_notebook: Callable) -> None:
    """Its console is built on the panel's thread, and the page shows it beside the form."""
    later = "rows, App.routes = App.routes, []\nexplorer = ipyasgi.Explorer(App(), name='late')\n"
    notebook = run_notebook(
        APP + later,
        "panel = ipyasgi.panels.RequestBuilder(explorer)\npanel",
        "App.routes = rows\nexplorer.replace_app(App())\npanel.choose('WS /echo')",
    )
    builder = notebook.locator(".ipyasgi-panel").first
    _connect(builder.locator(".ipyasgi-beside"))


def test_a_conversation_by_keyboard_alone(console: Locator, lab_page: Page) -> None:
    """Connect, speak in each way, look at a message, disconnect, connect again; no shortcut of the notebook is hit."""
    path = console.get_by_label("WebSocket path")
    expect(path).to_have_value("/echo")
    expect(console.locator(".ipyasgi-log")).to_be_hidden()
    path.fill("/rooms/{room}")
    console.get_by_label("room", exact=True).fill("a b")
    path.fill("/echo")
    path.press("Enter")
    expect(console.locator(".ipyasgi-run-text")).to_have_text("Open")
    texts = console.locator(".ipyasgi-log-text")
    console.get_by_label("Message", exact=True).focus()
    lab_page.keyboard.type("dd aa <b>x</b>")
    lab_page.keyboard.press("Enter")
    expect(texts.last).to_have_text("dd aa <b>x</b>")
    lab_page.keyboard.type("one")
    lab_page.keyboard.press("Shift+Enter")
    lab_page.keyboard.type("two")
    lab_page.keyboard.press("Enter")
    expect(texts.last).to_have_text("one↵two")
    _say(console, "json", '{"a": [1, 2}')
    expect(console.locator(".ipyasgi-say-hint")).to_contain_text("Not JSON")
    expect(console.get_by_label("Message", exact=True)).to_have_value('{"a": [1, 2}')
    _say(console, "json", '{"a": [1, 2]}')
    expect(texts.last).to_have_text('{"a":[1,2]}')
    log = console.get_by_role("log")
    log.focus()
    log.press("ArrowUp")
    expect(console.locator(".ipyasgi-message")).to_contain_text('"a": [')
    _say(console, "hex", "0a ff")
    expect(texts.last).to_have_text("0a ff")
    _say(console, "hex", "0g")
    expect(console.locator(".ipyasgi-notice")).to_contain_text("Not hex")
    leave = console.get_by_role("button", name="Disconnect")
    leave.focus()
    leave.press("Enter")
    expect(console.locator(".ipyasgi-run-text")).to_have_text("Closed by you, 1000")
    expect(console.locator(".ipyasgi-socket-record")).to_contain_text("closed by the client, 1000")
    again = console.get_by_role("button", name="Connect again")
    again.press("Enter")
    expect(console.locator(".ipyasgi-run-text")).to_have_text("Open")
    expect(texts).to_have_count(1)
    assert lab_page.evaluate("() => window.panelUnderTest.content.widgets.length") == 3


def test_a_thousand_messages_a_second_arrive_and_the_page_goes_on(console: Locator, lab_page: Page) -> None:
    """5,000 messages in 5 s while a cell runs: none is lost, and no frame takes long."""
    _connect(console)
    lab_page.evaluate(_RUN_LAST_JS, "time.sleep(3); print('all', 'slept')")
    lab_page.evaluate(_WATCH_FRAMES_JS)
    _say(console, "text", "fast")
    expect(console.locator(".ipyasgi-log")).to_have_attribute("data-rows", "5002", timeout=60_000)
    longest_ms = lab_page.evaluate(_STOP_FRAMES_JS)
    expect(console.locator(".ipyasgi-log")).to_have_attribute("data-missing", "0")
    found = console.locator(".ipyasgi-log-scroll").evaluate(_NUMBERS_JS)
    print(f"5,000 messages at 1,000 a second: longest frame {longest_ms:.0f} ms, {5000 - found} lost")
    assert found == 5000
    assert console.locator(".ipyasgi-log b").count() == 0
    assert longest_ms < _FROZEN_MS


def test_closing_the_panel_tells_the_app(console: Locator, lab_page: Page) -> None:
    """The app gets its disconnect when the panel goes."""
    _connect(console)
    wait = "while not ended and time.monotonic() < until_s: time.sleep(0.05)"
    lab_page.evaluate(_RUN_LAST_JS, f"console.close(); until_s = time.monotonic() + 60\n{wait}\nprint('ended', ended)")
    lab_page.locator(".jp-OutputArea-output", has_text="ended [(1001, 'the console is closed')]").wait_for()


def test_pictures(console: Locator, look_at: Callable) -> None:
    """Nothing is wider than its place at either width, in any state; pictures are kept if asked for."""
    look = look_at("console", (420, 1200), 900, scrolls=".ipyasgi-list, .ipyasgi-log")
    page = console.locator(".ipyasgi-page").nth(1)
    look("empty", page)
    console.locator("summary", has_text="headers").click()
    console.get_by_label("subprotocols").fill("chat")
    _connect(console)
    _say(console, "text", "שלום, world " + "long " * 80)
    _say(console, "json", '{"name": "tea", "price": 3.5, "token": "s3cret"}')
    _say(console, "hex", "68 65 6c 6c 6f")
    expect(console.locator(".ipyasgi-log-text")).to_have_count(7)
    console.locator(".ipyasgi-log-text").nth(4).click()
    look("open", page)
    _say(console, "text", "boom")
    expect(console.locator(".ipyasgi-run-text")).to_contain_text("Ended by ValueError")
    expect(console.locator(".ipyasgi-socket-record")).to_contain_text("the app broke")
    look("error", page)
