"""JupyterLab's own debugger stops in an endpoint: the bug button, a breakpoint in a cell, the variables, "continue"."""

from collections.abc import Callable

import pytest

_SET_UP = "%load_ext ipyasgi\nimport ipyasgi.views\nprint('ready')"
_APP = """async def app(scope, receive, send):
    limit = 5
    items = list(range(limit))
    total = sum(items)
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": b"%d" % total})"""
_REQUEST = "%asgi app --no-lifespan\nr = %asgi GET /a --timeout 10\nprint('answered', r.status_code, r.text)"
RUN_CELL_JS = """index => {
    window.panelUnderTest.content.activeCellIndex = index;
    window.jupyterapp.commands.execute("notebook:run-cell");
}"""


@pytest.mark.nightly
def test_it_stops_in_an_endpoint(open_notebook: Callable, shot: Callable) -> None:
    """A request waits at the breakpoint for longer than its timeout, the page shows the variables, then it ends."""
    notebook = open_notebook(_SET_UP, _APP, _REQUEST)
    page = notebook.page
    page.evaluate(RUN_CELL_JS, 0)
    notebook.output("ready").wait_for()
    notebook.locator(".jp-DebuggerBugButton").click()
    gutter = notebook.locator(".jp-CodeCell").nth(1).locator(".cm-breakpoint-gutter .cm-gutterElement")
    gutter.nth(5).click()  # the first one gives the gutter its width
    gutter.nth(5).locator(".cm-breakpoint-icon").wait_for()
    page.evaluate(RUN_CELL_JS, 1)
    page.evaluate(RUN_CELL_JS, 2)
    stack = page.locator(".jp-DebuggerCallstack", has_text="app")
    stack.wait_for()
    page.locator(".jp-DebuggerVariables", has_text="total").wait_for()
    page.wait_for_timeout(12_000)  # longer than the request may take
    shot("debugger-in-endpoint")
    assert notebook.output("answered").count() == 0
    page.evaluate("() => window.jupyterapp.commands.execute('debugger:continue')")

    notebook.output("answered 200 10").wait_for()
