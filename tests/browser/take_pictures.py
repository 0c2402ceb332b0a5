"""Takes the README's pictures of the real product, in both themes, into ``.github/images``.

    tests/run tests/browser/take_pictures.py

Pytest finds this file only when it is named: pictures are taken when the product looks otherwise, not at each run.
One function for each picture: cells to run, and the part of the page to show.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

IMAGES = Path(__file__).parents[2] / ".github" / "images"
MOST_BYTES = 150_000
_MARGIN = 8

ATTACH = "%load_ext ipyasgi\nfrom ipyasgi.samples.shop import app\nexplorer = %asgi app"


@pytest.fixture
def _tall(lab_page: Page) -> Iterator[None]:
    """Make the page so tall that nothing has to be scrolled."""
    before = lab_page.viewport_size
    lab_page.set_viewport_size({"width": 1100, "height": 1600})
    yield
    lab_page.set_viewport_size(before)


@pytest.fixture
def take(theme: Callable[[str], None], _tall: None) -> Callable[..., None]:
    """Give a function that saves one part of the page, or several with what is between them, light and dark."""

    def take(name: str, *parts: Locator) -> None:
        page = parts[0].page
        for shade in ("light", "dark"):
            theme(shade)
            page.mouse.move(0, 0)
            parts[0].scroll_into_view_if_needed()
            boxes = [box for part in parts if (box := part.bounding_box())]
            left, top = min(box["x"] for box in boxes), min(box["y"] for box in boxes)
            right = max(box["x"] + box["width"] for box in boxes)
            bottom = max(box["y"] + box["height"] for box in boxes)
            IMAGES.mkdir(parents=True, exist_ok=True)
            path = IMAGES / f"{name}-{shade}.png"
            page.screenshot(
                path=path,
                clip={
                    "x": max(0, left - _MARGIN),
                    "y": max(0, top - _MARGIN),
                    "width": right - left + 2 * _MARGIN,
                    "height": bottom - top + 2 * _MARGIN,
                },
            )
            size = path.stat().st_size
            assert size < MOST_BYTES, f"{path.name} has {size} bytes: show less of the page"

    return take


def test_the_exchange(run_notebook: Callable, take: Callable) -> None:
    """A line of the magic and what it shows: the first thing that a reader of the README sees."""
    line = "%asgi POST /items name=saucer price:=3.5 X-Token:abc"
    notebook = run_notebook(ATTACH, line)
    cell = notebook.locator(".jp-CodeCell").last
    shown = cell.locator(".ipyasgi").first
    shown.wait_for()
    for words in ("Timeline", "State"):
        fold = shown.locator("summary", has_text=words).first
        if fold.count() and not fold.evaluate("one => one.parentElement.open"):
            fold.click()
    # Without the bar beside the cell, which says that it is chosen.
    take("exchange", cell.locator(".jp-InputArea").first, cell.locator(".jp-OutputArea-child").first)


def test_the_panel(run_notebook: Callable, take: Callable) -> None:
    """The workbench, after one request was sent with it."""
    notebook = run_notebook(ATTACH, "%asgi panel")
    notebook.page.evaluate("() => window.jupyterapp.shell.collapseLeft()")  # else there is no room side by side
    bench = notebook.locator(".ipyasgi-panel", has=notebook.page.get_by_label("History", exact=True)).first
    bench.locator(".ipyasgi-form").wait_for()
    bench.get_by_role("combobox", name="path").fill("list_items")
    bench.locator("[role=option]", has_text="list_items").first.click()
    bench.get_by_role("button", name="Send", exact=True).click()
    bench.locator(".ipyasgi-outcome", has_text="200 OK").wait_for()
    take("panel", bench)
