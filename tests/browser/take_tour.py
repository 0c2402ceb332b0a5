"""Takes the README's moving picture of the real product, in both themes, into ``.github/images``.

    tests/run tests/browser/take_tour.py

Pytest finds this file only when it is named, as `take_pictures`. The app is the README's own `main.py`. A frame is a
screenshot and the time that it is shown; the result is an animated PNG, which keeps only what changed in each frame.
"""

import io
from collections.abc import Callable, Iterator

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from .take_pictures import IMAGES, choose_route, write_own_app

WIDTH, HEIGHT = 840, 560
MOST_BYTES = 1_500_000
_KEY_MS, _STEP_MS, _READ_MS, _END_MS = 90, 700, 2200, 4500
_KEYS = 4  # characters of a line that are typed from one frame to the next

_WRITE_JS = """text => {
    const notebook = window.panelUnderTest.content;
    notebook.activeCell.model.sharedModel.setSource(text);
}"""
_RUN_JS = "() => window.jupyterapp.commands.execute('notebook:run-cell')"
_NEXT_JS = "() => window.jupyterapp.commands.execute('notebook:insert-cell-below')"
_SHOW_JS = "part => part.scrollIntoView({ block: 'start' })"
_FRAMES_JS = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


class Film:
    """The frames of both themes, of a part of the page that does not move."""

    def __init__(self, box: Locator, theme: Callable[[str], None]) -> None:
        self._page = box.page
        self._theme = theme
        place = box.bounding_box()
        assert place is not None
        self._clip = {"x": place["x"], "y": place["y"], "width": WIDTH, "height": HEIGHT}
        self._frames: dict[str, list[Image.Image]] = {"light": [], "dark": []}
        self._times_ms: list[int] = []

    def keep(self, time_ms: int) -> None:
        """Keep what the page shows now, for so long."""
        self._times_ms.append(time_ms)
        self._page.mouse.move(0, 0)
        for shade, frames in self._frames.items():
            self._theme(shade)
            self._page.evaluate(_FRAMES_JS)
            shot = self._page.screenshot(clip=self._clip, animations="disabled", caret="hide")
            frames.append(Image.open(io.BytesIO(shot)).convert("RGB"))

    def save(self, name: str) -> None:
        """Write a picture for each theme."""
        IMAGES.mkdir(parents=True, exist_ok=True)
        for shade, (first, *others) in self._frames.items():
            path = IMAGES / f"{name}-{shade}.png"
            first.save(path, save_all=True, append_images=others, duration=self._times_ms, loop=0, optimize=True)
            size = path.stat().st_size
            assert size < MOST_BYTES, f"{path.name} has {size} bytes: show less"


@pytest.fixture
def _screen(lab_page: Page) -> Iterator[None]:
    """Make the page as large as the picture, with what JupyterLab has around a notebook."""
    before = lab_page.viewport_size
    lab_page.set_viewport_size({"width": WIDTH + 80, "height": HEIGHT + 140})
    lab_page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    yield
    lab_page.set_viewport_size(before)


@pytest.mark.usefixtures("_screen")
def test_the_tour(open_notebook: Callable, lab_page: Page, theme: Callable[[str], None]) -> None:
    """Attach, send, fail, then the same in the panel: what a reader sees in the first half minute."""
    notebook = open_notebook("")
    write_own_app(notebook)
    lab_page.add_style_tag(content=".cm-cursorLayer { display: none; }")  # it does not follow what a script writes
    lab_page.wait_for_function(f"() => panelUnderTest.content.node.getBoundingClientRect().width >= {WIDTH}")
    film = Film(notebook.locator(".jp-NotebookPanel-notebook"), theme)

    def run(line: str, time_ms: int, *, hidden: str = "") -> None:
        for end in range(1, len(line) + _KEYS, _KEYS):
            lab_page.evaluate(_WRITE_JS, hidden + line[:end])
            film.keep(_KEY_MS)
        lab_page.evaluate(_RUN_JS)
        lab_page.evaluate(_NEXT_JS)
        film.keep(time_ms)

    run("%asgi main:app", _READ_MS, hidden="%load_ext ipyasgi\n")
    run("%asgi GET /price/cup count==3", _READ_MS)
    run("%asgi GET /price/saucer", _END_MS)
    run("%asgi panel", _KEY_MS)
    bench = notebook.locator(".ipyasgi-panel", has=lab_page.get_by_label("History", exact=True)).first
    bench.locator(".ipyasgi-form").wait_for()
    bench.evaluate(_SHOW_JS)
    film.keep(_STEP_MS)
    choose_route(bench, "PUT /items")
    film.keep(_STEP_MS)
    for label, text in (("name", "saucer"), ("price", "3.5")):
        bench.get_by_label(label, exact=True).first.fill(text)
        film.keep(_STEP_MS)
    bench.get_by_role("button", name="Send", exact=True).click()
    expect(bench.locator(".ipyasgi-outcome")).to_contain_text("200 OK")
    film.keep(_READ_MS)
    choose_route(bench, "GET /price/{name}")
    bench.get_by_label("path value name").fill("plate")
    film.keep(_STEP_MS)
    bench.get_by_role("button", name="Send", exact=True).click()
    expect(bench.locator(".ipyasgi-outcome")).to_contain_text("500")
    expect(bench.locator(".i-tab[data-tab=exception]")).to_contain_text("KeyError")
    film.keep(_END_MS)
    film.save("tour")
