"""marimo, served in an environment of its own, in Chromium: displays, hints, and the workbench in light and dark."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

pytestmark = [pytest.mark.nightly, pytest.mark.timeout(400)]

ROOT = Path(__file__).parents[2]
ENVIRONMENT = ROOT / ".venv-front-marimo"
_START_S = 90
_PAGE_MS = 90_000
NOTEBOOK = '''
import marimo

app = marimo.App(width="full")


@app.cell
def _():
    from contextlib import asynccontextmanager
    from typing import Literal

    from fastapi import FastAPI
    from ipyasgi import Explorer
    from pydantic import BaseModel, Field

    @asynccontextmanager
    async def lifespan(app):
        app.state.items = {}
        yield {"opened": True}

    shop = FastAPI(title="Shop", lifespan=lifespan)

    class Item(BaseModel):
        name: str = Field(max_length=20)
        price: float = Field(gt=0)
        color: Literal["red", "blue"] = "red"

    @shop.post("/items", status_code=201)
    def add(item: Item):
        """Add an item, **once**."""
        shop.state.items[item.name] = item
        return item

    @shop.get("/items/{name}")
    def show(name: str):
        return shop.state.items[name]

    explorer = Explorer(shop)
    explorer
    return (explorer,)


@app.cell
def _(explorer):
    explorer.post("/items", json={"name": "pot", "price": 24.5})
    return


@app.cell
def _(explorer):
    explorer.lifespan
    return


@app.cell
def _(explorer):
    explorer.panel()
    return
'''


def _run(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def marimo() -> Path:
    """Give marimo's command in an environment that is made anew, which takes seconds."""
    uv = Path(sys.executable).with_name("uv")
    _run(uv, "venv", "--quiet", "--clear", "--python", sys.executable, ENVIRONMENT)
    install = (uv, "pip", "install", "--quiet", "--only-binary", ":all:", "--python", ENVIRONMENT)
    _run(*install, "marimo", "fastapi", "-e", ROOT)
    return ENVIRONMENT / "bin" / "marimo"


@pytest.fixture
def open_notebook(marimo: Path, chromium: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Give a function that serves the notebook, to run or to edit it, in a theme, and returns its page."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    context = chromium.new_context(viewport={"width": 1300, "height": 1000}, base_url=url)
    servers: list[subprocess.Popen[bytes]] = []

    def open_it(mode: str, theme: str) -> Page:
        settings = tmp_path / "marimo" / "marimo.toml"
        settings.parent.mkdir()
        settings.write_text(f'[display]\ntheme = "{theme}"\n', encoding="utf-8")
        (tmp_path / "shop.py").write_text(NOTEBOOK.lstrip(), encoding="utf-8")
        address = ("--headless", "--no-token", "--host", "127.0.0.1", "--port", str(port))
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "XDG_CONFIG_HOME": str(tmp_path)}
        with (tmp_path / "log.txt").open("w") as log:
            servers.append(
                subprocess.Popen(
                    [marimo, mode, "shop.py", *address], cwd=tmp_path, env=environment, stdin=subprocess.DEVNULL,
                    stdout=log, stderr=subprocess.STDOUT,
                )
            )  # fmt: skip
        until = time.monotonic() + _START_S
        while True:
            with suppress(OSError), urllib.request.urlopen(f"{url}/health", timeout=2):
                break
            if servers[0].poll() is not None or time.monotonic() > until:
                pytest.fail((tmp_path / "log.txt").read_text(encoding="utf-8"))
            time.sleep(0.1)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.goto("/", timeout=_PAGE_MS)
        return page

    yield open_it
    context.close()
    for server in servers:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()


def _wait_for_bench(page: Page) -> Locator:
    """Return the workbench, once the cells have run and its form is there."""
    bench = page.locator(".ipyasgi-workbench")
    bench.locator(".ipyasgi-form").wait_for(timeout=_PAGE_MS)
    return bench


def _shot(page: Page, name: str) -> None:
    if folder := os.environ.get("IPYASGI_PICTURES"):
        page.screenshot(path=Path(folder) / f"marimo-{name}.png", full_page=True)


def _send(bench: Locator) -> None:
    bench.get_by_role("button", name="Send", exact=True).click()


# Painted, because a computed colour may be written in several ways.
_COLOUR_JS = """(part, name) => {
    const canvas = document.createElement("canvas").getContext("2d");
    canvas.fillStyle = getComputedStyle(part)[name];
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
}"""


def _colour(part: Locator, name: str = "backgroundColor") -> list[int]:
    """Return a colour of an element as red, green, blue and opacity, each up to 255."""
    return part.evaluate(_COLOUR_JS, name)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_displays_and_the_workbench(open_notebook: Callable[..., Page], theme: str) -> None:
    """Values show themselves, hints are Python; a form is filled and sent, an exception shown, the lifespan stopped."""
    page = open_notebook("run", theme)
    bench = _wait_for_bench(page)
    bench.get_by_role("option", name="POST /items").click()
    card, exchange, lifespan = (page.locator(".ipyasgi").nth(number) for number in range(3))
    expect(card).to_contain_text("Shop")
    expect(exchange).to_contain_text("201 Created")
    expect(lifespan).to_contain_text("explorer.lifespan.shutdown()")
    expect(page.get_by_text("%asgi")).to_have_count(0)
    _shot(page, f"displays-{theme}")

    bench.get_by_label("name", exact=True).fill("cup")
    bench.get_by_label("price", exact=True).fill("3.5")
    bench.get_by_role("radio", name="blue").check()
    _send(bench)
    expect(bench.locator(".ipyasgi-outcome")).to_have_text("201 Created")
    expect(bench.get_by_role("tree", name="response body")).to_contain_text('"cup"')
    expect(bench.get_by_label("History", exact=True)).to_contain_text("/items")
    _shot(page, f"sent-{theme}")

    paper, ink, button = _colour(bench), _colour(bench, "color"), _colour(bench.get_by_role("button", name="Send"))
    assert paper == _colour(page.locator("body"))
    assert (sum(paper[:3]) < 200, sum(ink[:3]) < 200) == ((True, False) if theme == "dark" else (False, True))
    assert button not in (paper, ink)
    form, beside = bench.locator(".ipyasgi-form").bounding_box(), bench.locator(".ipyasgi-beside").bounding_box()
    assert form is not None
    assert beside is not None
    assert beside["x"] >= form["x"] + form["width"] - 1

    bench.get_by_role("option", name="GET /items/{name}").click()
    bench.get_by_label("path value name").fill("none")
    _send(bench)
    expect(bench.locator(".ipyasgi-sections")).to_contain_text("return shop.state.items[name]")
    _shot(page, f"exception-{theme}")

    bench.get_by_role("button", name="App state and changes").click()
    expect(bench.locator(".ipyasgi-inspector")).to_contain_text("cup")
    bar = bench.locator(".ipyasgi-bar")
    bar.get_by_role("button", name="running").click()
    bar.get_by_role("button", name="Stop", exact=True).click()
    expect(bar.get_by_role("status")).to_have_text("stopped")
    expect(bench.locator(".ipyasgi-steps")).to_contain_text("lifespan.shutdown.complete")
    _shot(page, f"stopped-{theme}")


def test_while_editing(open_notebook: Callable[..., Page]) -> None:
    """In the editor the panel is the same; keys typed into it are its own, and code for a cell is copied as Python."""
    page = open_notebook("edit", "light")
    expect(page.locator(".cm-content")).to_have_count(
        4, timeout=_PAGE_MS
    )  # before, the button is there and does nothing
    page.get_by_test_id("run-button").last.click()  # runs all cells
    bench = _wait_for_bench(page)
    bench.get_by_role("option", name="GET /items/{name}").click()
    bench.get_by_label("path value name").fill("po")
    bench.get_by_label("path value name").press_sequentially("t/")
    expect(bench.get_by_label("path value name")).to_have_value("pot/")
    bench.get_by_label("path value name").fill("pot")
    bench.get_by_label("path value name").press("Control+Enter")
    expect(bench.locator(".ipyasgi-outcome")).to_have_text("200 OK")
    bench.get_by_role("tab", name="Code").click()
    expect(bench.get_by_role("tab", name="Python")).to_be_visible()
    expect(bench.get_by_role("tab", name=re.compile("asgi"))).to_have_count(0)
    bench.get_by_role("option", name="GET /items/{name}").press("/")
    expect(bench.get_by_label("Filter routes")).to_be_focused()
    bench.get_by_role("option", name="POST /items").click()
    bench.get_by_role("tab", name="JSON").click()
    expect(bench.locator(".cm-editor")).to_have_css("display", "flex")  # by its own style sheet
    _shot(page, "editing")
