"""The workbench in Notebook 7 and in Voila: a request is sent, an endless answer cancelled, the lifespan stopped."""

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from .request_form import choose
from .server import Server, notebook_document

APP = """
import asyncio, json
import ipyasgi.panels

ended = []

class Route:
    methods = {"GET"}
    def __init__(self, path): self.path, self.name, self.endpoint = path, path.split("/")[1], self

class App:
    routes = [Route("/things/{thing}"), Route("/endless"), Route("/ended")]

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            for step in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{step}.complete"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        if scope["path"] != "/endless":
            body = json.dumps({"thing": scope["path"], "ended": ended}).encode()
            await send({"type": "http.response.body", "body": body})
            return
        try:
            while True:
                await send({"type": "http.response.body", "body": b'{"more": "and more"}\\n', "more_body": True})
                await asyncio.sleep(0.05)
        finally:
            ended.append("the generator's finally ran")

explorer = ipyasgi.Explorer(App(), name="things")
"""
_RUN_JS = "() => window.jupyterapp.commands.execute('notebook:run-cell-and-select-next')"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(params=["Notebook 7", "Voila"])
def bench(
    request: pytest.FixtureRequest, chromium: Browser, lab_server: Server, notebook_7: Callable[..., Page]
) -> Iterator[Locator]:
    """Give the workbench of the app above, as it stands in a page of another front end."""
    context = None
    if request.param == "Notebook 7":
        page = notebook_7("bench.ipynb", APP, "explorer.panel()")
        for _ in range(2):
            page.evaluate(_RUN_JS)
    else:
        (lab_server.root / "bench-voila.ipynb").write_text(
            json.dumps(notebook_document([APP, "explorer.panel()"])), encoding="utf-8"
        )
        context = chromium.new_context(viewport={"width": 1200, "height": 900}, base_url=lab_server.url)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.goto(f"/voila/render/bench-voila.ipynb?token={lab_server.token}", timeout=90_000)
    found = page.locator(".ipyasgi-panel", has=page.get_by_label("History", exact=True)).first
    found.locator(".ipyasgi-form").wait_for(timeout=60_000)
    yield found
    if context is not None:
        context.close()


def _send(bench: Locator) -> None:
    bench.get_by_role("button", name="Send", exact=True).click()


def test_the_main_paths(bench: Locator) -> None:
    """A route is found, filled and sent; what never ends is cancelled and cleans up; the lifespan is stopped."""
    tree = bench.get_by_role("tree", name="response body")
    choose(bench, "things")
    bench.get_by_label("path value thing").fill("pot")
    _send(bench)
    expect(bench.locator(".ipyasgi-outcome")).to_have_text("200 OK")
    expect(tree).to_contain_text("/things/pot")
    expect(bench.get_by_label("History", exact=True)).to_contain_text("/things/pot")
    choose(bench, "endless")
    _send(bench)
    expect(bench.locator(".ipyasgi-log-text", has_text="and more").nth(2)).to_be_visible()
    bench.locator(".ipyasgi-form").get_by_role("button", name="Cancel").click()
    expect(bench.locator(".ipyasgi-run-text")).to_contain_text("cancelled after")
    choose(bench, "ended")
    _send(bench)
    expect(tree).to_contain_text("the generator's finally ran")
    bar = bench.locator(".ipyasgi-bar")
    bar.get_by_role("button", name="running").click()
    bar.get_by_role("button", name="Stop", exact=True).click()
    expect(bar.get_by_role("status")).to_have_text("stopped")
