"""Live panels in a real JupyterLab: a fast stream, a large body, lost messages and clicks, all while a cell runs.

The page is that of the WebSocket console, fed by the comm writer alone: no app is at its other end.
"""

import re
import time
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

SET_UP = """
import asyncio, hashlib, os, threading, time
import ipywidgets
from ipyasgi.engine.background_loop import BackgroundLoop
from ipyasgi.panels.websocket_console import ConsolePage
from ipyasgi.panels.comm_writer import CommWriter, free_replies

display_loop, app_loop = BackgroundLoop(name="display"), BackgroundLoop(name="app")
writer = CommWriter(display_loop)
log = ConsolePage(path="/stream")
log.session = {"status": "idle", "text": "", "tone": "", "elapsed_ms": 0, "rows_from": 1, "turn": 1}
queue = writer.attach(log, keep_rows=6000)

# A cell that waits for this button runs until the test has seen enough.
released = threading.Event()
release = ipywidgets.Button(description="release")
release.on_click(lambda _: released.set())
free_replies(release)

async def feed(count, per_s):
    began = time.monotonic()
    for number in range(1, count + 1):
        at_ms = (time.monotonic() - began) * 1e3
        queue.put({"at_ms": at_ms, "kind": "receive" if number % 4 == 1 else "send", "text": f"<b>row</b> {number}"})
        while (ahead_s := began + number / per_s - time.monotonic()) > 0:
            await asyncio.sleep(ahead_s)
"""
_START_JS = "() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }"
_RUN_ONE_JS = "() => { window.jupyterapp.commands.execute('notebook:run-cell-and-select-next'); }"
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
_DIGEST_JS = """async link => {
    const body = await (await fetch(link.href)).arrayBuffer();
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
    return [...digest].map(byte => byte.toString(16).padStart(2, "0")).join("");
}"""
_NUMBERS_JS = """async scroll => {
    const seen = new Set();
    for (let top = 0; top < scroll.scrollHeight; top += 1.3 * scroll.clientHeight) {
        scroll.scrollTop = top;
        for (let i = 0; i < 2; i += 1) await new Promise(requestAnimationFrame);
        for (const text of scroll.querySelectorAll(".ipyasgi-log-text")) seen.add(text.textContent);
    }
    return [...seen];
}"""


def _wait_for_rows(page: Page, log: Locator, count: int, timeout_ms: float = 60_000) -> None:
    complete = "([log, count]) => Number(log.dataset.rows) === count && Number(log.dataset.missing) === 0"
    page.wait_for_function(complete, arg=[log.element_handle(), count], timeout=timeout_ms)


def _rows_shown(log: Locator) -> set[str]:
    return set(log.locator(".ipyasgi-log-scroll").evaluate(_NUMBERS_JS))


def test_a_fast_stream_and_a_large_body_while_a_cell_runs(
    open_notebook: Callable, lab_page: Page, theme: Callable, shot: Callable
) -> None:
    """1,000 rows a second for 3 s are all shown, 5 MB arrive whole, and the page stays responsive."""
    notebook = open_notebook(
        SET_UP,
        "ipywidgets.VBox([release, log])",
        """
body = os.urandom(5_000_000)
print("digest", "is", hashlib.sha256(body).hexdigest())
feeding = app_loop.submit(feed, 3000, 1000)
time.sleep(3.2)
feeding.result(60)
def load(_, content, __):
    if content.get("ask") == "load":
        queue.state(loaded={"number": content["number"], "offer": queue.body(body), "is_text": False})
log.on_msg(load)
queue.put({"at_ms": 3000.0, "kind": "send", "text": "a body", "message": 7, "whole": False})
released.wait(60)
""",
        "print('all', 'ran')",
    )
    lab_page.evaluate(_START_JS)
    log = notebook.locator(".ipyasgi-log")
    log.wait_for()
    lab_page.evaluate(_WATCH_FRAMES_JS)
    _wait_for_rows(lab_page, log, 3001)

    asked_s = time.monotonic()
    log.locator(".ipyasgi-log-text", has_text="a body").click()
    notebook.locator("button", has_text="Load all").click()
    link = notebook.locator("a.ipyasgi-save")
    link.wait_for()
    loaded_s = time.monotonic() - asked_s
    digest = link.evaluate(_DIGEST_JS)
    longest_ms = lab_page.evaluate(_STOP_FRAMES_JS)
    busy = notebook.output("all ran").count() == 0
    print(f"longest frame {longest_ms:.0f} ms; 5 MB in {loaded_s:.2f} s; cell still running: {busy}")
    expect(notebook.output("digest is")).to_contain_text(digest)
    assert longest_ms < _FROZEN_MS

    notebook.locator("button", has_text="release").click()
    notebook.output("all ran").wait_for()
    assert {f"<b>row</b> {number}" for number in range(1, 3001)} <= _rows_shown(log)
    assert log.locator("b").count() == 0
    for name in ("dark", "light"):
        theme(name)
        shot(f"live-log-{name}")
    assert notebook.output(re.compile("rate exceeded", re.IGNORECASE)).count() == 0


def test_rows_the_server_threw_away_are_fetched_again(open_notebook: Callable, lab_page: Page) -> None:
    """A cell that prints 18 MB makes the server drop the panel's messages too; no row is missing in the end."""
    notebook = open_notebook(
        SET_UP
        + """
asked = []
log.on_msg(lambda _, content, __: asked.append(content))
def wait_until_asked():
    until_s = time.monotonic() + 60
    while not asked and time.monotonic() < until_s: time.sleep(0.05)
log""",
        """
wait_until_asked()  # the log's first question: what it holds later is what it was sent, or asked for since
asked.clear()
feeding = app_loop.submit(feed, 600, 200)
time.sleep(0.5)
for _ in range(45):
    print("y" * 400_000)
    time.sleep(0.03)
feeding.result(60)
print("all", "ran")
""",
        "wait_until_asked(); print('asked', len(asked), 'times')",
    )
    lab_page.evaluate(_RUN_ONE_JS)
    log = notebook.locator(".ipyasgi-log")
    _wait_for_rows(lab_page, log, 0)
    lab_page.evaluate(_RUN_ONE_JS)
    lab_page.evaluate(_RUN_ONE_JS)
    notebook.output(re.compile("data rate exceeded", re.IGNORECASE)).first.wait_for()
    _wait_for_rows(lab_page, log, 600)
    assert _rows_shown(log) == {f"<b>row</b> {number}" for number in range(1, 601)}
    asked = notebook.output(re.compile(r"asked \d+ times"))
    asked.wait_for()
    print(asked.inner_text())
    assert asked.inner_text() != "asked 0 times"


def test_a_second_view_and_a_reopened_page_show_the_rows(open_notebook: Callable, lab_page: Page) -> None:
    """Views of one log share its rows; a model made anew asks the kernel for them."""
    notebook = open_notebook(SET_UP, "log", "app_loop.call(feed, 50, 1000)", "log")
    notebook.run_all()
    logs = notebook.locator(".ipyasgi-log")
    for index in (0, 1):
        _wait_for_rows(lab_page, logs.nth(index), 50)
    lab_page.evaluate("""async () => {
        await window.panelUnderTest.context.save();
        const path = window.panelUnderTest.context.path;
        window.panelUnderTest.close();
        const reopened = await window.jupyterapp.commands.execute("docmanager:open", { path, factory: "Notebook" });
        window.panelUnderTest = reopened;
        await reopened.context.ready;
        await reopened.context.sessionContext.ready;
    }""")
    again = lab_page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .ipyasgi-log")
    again.first.wait_for()
    _wait_for_rows(lab_page, again.first, 50)


def test_clicks_are_answered_on_the_main_thread_and_on_a_subshell(open_notebook: Callable, lab_page: Page) -> None:
    """While a cell waits a freed button is answered at once on a subshell's thread, a pinned one after the cell."""
    notebook = open_notebook(
        SET_UP
        + """
def answer(name):
    def on_click(_):
        queue.put({"kind": "receive", "text": f"{name}: {threading.current_thread().name}"})
    return on_click

pinned, freed = ipywidgets.Button(description="pinned"), ipywidgets.Button(description="freed")
pinned.on_click(answer("pinned"))
freed.on_click(answer("freed"))
freed.on_click(lambda _: released.set())
free_replies(freed)
ipywidgets.VBox([pinned, freed, log])
""",
        # JupyterLab asks for a subshell when the panel is displayed: a click before it is there waits for the cell.
        "while not any(thread.name.startswith('subshell-') for thread in threading.enumerate()): time.sleep(0.02)",
        "print('the cell', 'waits'); released.wait(60)",
        "print('all', 'ran')",
    )
    lab_page.evaluate(_START_JS)
    notebook.output("the cell waits").wait_for()
    notebook.locator("button", has_text="pinned").click()
    notebook.locator("button", has_text="freed").click()
    texts = notebook.locator(".ipyasgi-log-text")
    notebook.output("all ran").wait_for()
    expect(texts).to_have_text([re.compile("^freed: subshell-"), "pinned: MainThread"])
