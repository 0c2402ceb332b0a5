"""How long the request builder takes on GitHub's own OpenAPI document, beside Swagger UI in the same browser.

    tests/benchmarks/panels        prints a table; asserts nothing

Not collected with the tests: it asks npm for Swagger UI and for the document (1,200 operations, 13 MB). Swagger UI is
timed from the page's navigation to the expanded operation, the builder from running its cell, with the app attached
in the cell before, to the first operation's form; both read the document anew each time.
"""

import functools
import http.server
import re
import shutil
import statistics
import subprocess
import tarfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

ROUNDS = 5
PACKAGES = ("swagger-ui-dist", "@octokit/openapi")
OPERATION = "#/issues/issues-create"  # parameters, and a body with variants
SWAGGER_PAGE = """<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="swagger-ui/swagger-ui.css">
<div id="page"></div><script src="swagger-ui/swagger-ui-bundle.js"></script>
<script>SwaggerUIBundle({ url: "document.json", dom_id: "#page", deepLinking: true, docExpansion: "none" });</script>"""

# Left out: the document's first path, which takes no parameters and so has no form to wait for.
APP = """
import asyncio, json, pathlib, types
import ipyasgi.panels

WORK_S = 0.05
ROWS = [{"id": n, "name": f"item {n}", "tags": ["a", "b"], "price": n / 7, "on": n %% 2 == 0} for n in range(58_000)]
BIG = json.dumps({"rows": ROWS, "last": "the very end"}).encode()
del ROWS

async def endpoint(scope, receive, send):
    await asyncio.sleep(WORK_S)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": BIG if scope["path"] == "/emojis" else b"{}"})

class GitHub:
    routes = [
        types.SimpleNamespace(path=path, methods={method.upper()}, endpoint=endpoint, name=one.get("operationId", ""))
        for path, item in json.loads(pathlib.Path(%(document)r).read_bytes())["paths"].items()
        for method, one in item.items() if method in ("get", "put", "post", "patch", "delete") and path != "/"
    ]
    def openapi(self):
        return json.loads(pathlib.Path(%(document)r).read_bytes())
    async def __call__(self, scope, receive, send):
        await endpoint(scope, receive, send)

explorers = [ipyasgi.Explorer(GitHub(), lifespan="off", name=f"GitHub {n}") for n in range(%(rounds)d)]
from ipyasgi.panels import RequestBuilder
len(BIG), len(GitHub.routes)
"""
WORK_MS = 50
# A thing is there when it has been painted: frames are waited for, not the layout alone. The longest gap between two
# frames meanwhile is what a reader feels as a page that stands still.
TIMED_JS = """async ([action, argument, selector, text]) => {
    const notebook = window.panelUnderTest.content;
    const actions = {
        run: source => {
            notebook.activeCellIndex = 1;
            notebook.activeCell.model.sharedModel.setSource(source);
            window.jupyterapp.commands.execute("notebook:run-cell");
        },
        attach: () => {
            notebook.activeCellIndex = 0;
            window.jupyterapp.commands.execute("notebook:run-cell");
        },
        click: selector => notebook.node.querySelector(selector).click(),
    };
    const seen = () => [...notebook.node.querySelectorAll(selector)]
        .some(one => one.offsetParent && one.textContent.includes(text));
    if (action === "run") notebook.widgets[1].outputArea.model.clear(); // what the round before left
    await new Promise(requestAnimationFrame);
    if (seen()) throw new Error(`${selector} is there before`);
    let last = await new Promise(requestAnimationFrame);
    let longest = 0;
    const began = performance.now();
    const frame = async () => {
        const now = await new Promise(requestAnimationFrame);
        longest = Math.max(longest, now - last);
        last = now;
    };
    actions[action](argument);
    do {
        await frame();
        if (performance.now() - began > 60000) throw new Error(`${selector} was not painted`);
    } while (!seen());
    await frame();
    return [performance.now() - began, longest];
}"""
# At the end of a round, so that the kernel's garbage collector never looks through the documents of six apps.
DETACH_JS = """code => window.panelUnderTest.context.sessionContext.session.kernel.requestExecute({ code }).done"""
LIMITS_MS = {
    "form": 1000.0,
    "other form": 150.0,
    "answer": 100.0,
    "5 MB": 1000.0,
}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with Swagger UI, the document and a page that shows one in the other."""
    if shutil.which("npm") is None:
        pytest.skip("no npm: Swagger UI and the document come from there")
    folder = tmp_path_factory.mktemp("site")
    for package in PACKAGES:
        subprocess.run(["npm", "pack", "--silent", package], cwd=folder, check=True, timeout=300)
    for archive in folder.glob("*.tgz"):
        with tarfile.open(archive) as packed:
            packed.extractall(folder / archive.name.partition("-")[0], filter="data")
    (folder / "swagger" / "package").rename(folder / "swagger-ui")
    document = (folder / "octokit" / "package" / "generated" / "api.github.com.json").read_text(encoding="utf-8")
    # Swagger UI cannot be led to an operation whose id holds a slash, as all of GitHub's do.
    (folder / "document.json").write_text(re.sub(r'("operationId": "[^"/]*)/', r"\1-", document), encoding="utf-8")
    (folder / "index.html").write_text(SWAGGER_PAGE, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def site_url(site: Path) -> Iterator[str]:
    """Serve the folder."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # the table is what is to be read
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=site)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def _time_swagger(browser: Browser, url: str) -> float:
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.goto(f"{url}/index.html{OPERATION}", wait_until="commit")
    page.locator(".opblock.is-open .opblock-body .parameters-container").first.wait_for(timeout=120_000)
    elapsed_ms = float(page.evaluate("() => new Promise(r => requestAnimationFrame(() => r(performance.now())))"))
    context.close()
    return elapsed_ms


def _time(page: Page, action: str, argument: str, selector: str, text: str = "") -> tuple[float, float]:
    elapsed_ms, longest_frame_ms = page.evaluate(TIMED_JS, [action, argument, selector, text])
    return elapsed_ms, longest_frame_ms


def _offer(page: Page, words: str) -> None:
    page.get_by_role("combobox", name="path").fill(words)
    page.locator("[role=option]").first.wait_for()


def _time_panels(page: Page, number: int) -> dict[str, tuple[float, float]]:
    found = {}
    source = f"RequestBuilder(explorers[{number}])"
    found["form"] = _time(page, "run", source, '.ipyasgi-value[data-where^="query."]')
    page.wait_for_timeout(1500)  # for the notebook to come to rest
    _offer(page, "issues-create POST /repos/{owner}/{repo}/issues")
    found["other form"] = _time(page, "click", "[role=option]", '.ipyasgi-value[data-where="body./title"]')
    for name in ("owner", "repo"):
        page.get_by_label(f"path value {name}").fill("x")
    page.wait_for_timeout(500)
    elapsed_ms, frame_ms = _time(page, "click", ".ipyasgi-form .ipyasgi-primary", ".ipyasgi-outcome", "200 OK")
    found["answer"] = (elapsed_ms - WORK_MS, frame_ms)
    _offer(page, "emojis-get")
    page.locator("[role=option]").first.click()
    page.wait_for_timeout(500)
    elapsed_ms, frame_ms = _time(page, "click", ".ipyasgi-form .ipyasgi-primary", "[role=treeitem]", "the very end")
    found["5 MB"] = (elapsed_ms - WORK_MS, frame_ms)
    page.evaluate(DETACH_JS, f"explorers[{number}].close()")
    return found


@pytest.mark.timeout(900)
def test_figures(
    chromium: Browser, site: Path, site_url: str, open_notebook: Callable, lab_page: Page, capsys: pytest.CaptureFixture
) -> None:
    """Print the medians; nothing is asserted, because seconds depend on the machine."""
    swagger_ms = statistics.median(_time_swagger(chromium, site_url) for _ in range(ROUNDS))
    document = str(site / "document.json")
    open_notebook(APP % {"document": document, "rounds": ROUNDS + 1}, "None")
    _time(lab_page, "attach", "", ".jp-OutputArea-output", ")")
    rounds = [_time_panels(lab_page, number) for number in range(ROUNDS + 1)][1:]  # the first one warms up
    work = {
        "form": "cell run to the first operation's form",
        "other form": "another operation chosen to its form",
        "answer": "Send to the answer, without the app's own time",
        "5 MB": "Send to 5 MB of JSON as a tree, without the app's own time",
    }
    limits_ms = LIMITS_MS | {"form": min(LIMITS_MS["form"], swagger_ms / 5)}
    with capsys.disabled():
        print(f"\nSwagger UI, navigation to the expanded operation: {swagger_ms:.0f} ms (median of {ROUNDS})\n")
        print("| work | median | all | longest frame | limit | reached |\n|---|---:|---|---:|---:|---|")
        for name, what in work.items():
            times_ms = sorted(elapsed_ms for elapsed_ms, _ in (one[name] for one in rounds))
            median_ms = statistics.median(times_ms)
            frame_ms = max(one[name][1] for one in rounds)
            every = " ".join(f"{time_ms:.0f}" for time_ms in times_ms)
            reached = "yes" if median_ms <= limits_ms[name] else "no"
            print(
                f"| {what} | {median_ms:.0f} ms | {every} | {frame_ms:.0f} ms | {limits_ms[name]:.0f} ms | {reached} |"
            )
