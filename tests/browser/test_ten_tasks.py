"""Ten everyday tasks take fewer clicks and keys in the panel than in Swagger UI, on the same app: `ten_tasks`."""

import contextlib
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route

from .ten_tasks import TASKS, Hands, Panel, SwaggerUI

_START_S = 60
_CELLS = ("%load_ext ipyasgi\nfrom ipyasgi.samples.clinic import app\nexplorer = %asgi app", "%asgi panel")
# The smallest PNG: one pixel.
_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """Give a picture to upload."""
    path = tmp_path / "photo.png"
    path.write_bytes(_PIXEL)
    return path


@pytest.fixture
def clinic_url(tmp_path: Path) -> Iterator[str]:
    """Serve the clinic, as its developer does."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "hypercorn", "--bind", f"127.0.0.1:{port}", "ipyasgi.samples.clinic:app"]
    log, url = tmp_path / "clinic.log", f"http://127.0.0.1:{port}"
    with log.open("w") as output:
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
    try:
        _wait_until_up(server, url, log)
        yield url
    finally:
        server.kill()
        server.wait()


def _wait_until_up(server: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    deadline = time.monotonic() + _START_S
    while True:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/docs", timeout=2):
            return
        if server.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"the clinic did not start:\n{log.read_text(encoding='utf-8')[-3000:]}")
        time.sleep(0.1)


@pytest.fixture
def swagger_page(chromium: Browser, clinic_url: str) -> Iterator[Page]:
    """Open FastAPI's documentation of the clinic; the files of Swagger UI come from django-ninja, not from the web."""
    spec = find_spec("ninja")
    assert spec is not None
    assert spec.origin is not None
    files = Path(spec.origin).parent / "static" / "ninja"

    def serve(route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        if (files / name).is_file():
            route.fulfill(path=files / name)
        else:
            route.abort()

    context = chromium.new_context(viewport={"width": 1400, "height": 900})
    context.route(lambda url: not url.startswith(clinic_url), serve)
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto(f"{clinic_url}/docs")
    page.locator(".opblock").first.wait_for()
    yield page
    context.close()


@pytest.fixture
def bench(run_notebook: Callable, lab_page: Page) -> Iterator[Locator]:
    """Give the workbench of the clinic in JupyterLab, as wide as a laptop's screen."""
    lab_page.set_viewport_size({"width": 1400, "height": 900})
    lab_page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    notebook = run_notebook(*_CELLS)
    found = notebook.locator(".ipyasgi-panel", has=notebook.page.get_by_label("History", exact=True)).first
    found.locator(".ipyasgi-form").wait_for()
    yield found
    lab_page.set_viewport_size({"width": 1200, "height": 900})


@pytest.mark.nightly
@pytest.mark.timeout(300)
def test_fewer_actions_than_in_swagger_ui(
    bench: Locator, lab_page: Page, swagger_page: Page, photo: Path, capsys: pytest.CaptureFixture
) -> None:
    """Each task that Swagger UI can do takes fewer clicks and keys in the panel; the table is printed."""
    panel = Panel(Hands(lab_page), bench, photo)
    swagger = SwaggerUI(Hands(swagger_page), photo)
    rows = [(task.words, task.run(panel), task.run(swagger) if task.swagger else None) for task in TASKS]
    with capsys.disabled():
        print("\n| task | ipyasgi | Swagger UI 5 |\n|---|---:|---:|")
        for words, ours, theirs in rows:
            print(f"| {words} | {ours} | {'not possible' if theirs is None else theirs} |")
    assert [row for row in rows if row[2] is not None and row[1] >= row[2]] == []
