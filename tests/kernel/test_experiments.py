"""Many requests as one question, from cells: each command's display, its progress, an interrupt, and ``&``.

A command that is interrupted here would go on for minutes: a prompt that is back within `BACK_S` did not wait for it,
however loaded the machine is.
"""

import re
import time

import pytest

from .kernels import Cell, LiveKernel, bundle

pytestmark = [pytest.mark.kernel, pytest.mark.timeout(240)]

NIGHTLY = pytest.mark.nightly
BACK_S = 60.0  # the longest of them runs for 600 s
START_S = 90.0  # schemathesis is imported and makes its tables once

APP = """
import asyncio, os, tempfile
os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp()
%load_ext ipyasgi

class Shop:
    '''Counts what is added in each start, and crashes from the 16th on; starts and responses may take a while.'''

    start_s = wait_s = 0.0

    def openapi(self):
        item = {"type": "object", "properties": {"name": {"type": "string"}}}
        body = {"content": {"application/json": {"schema": item}}}
        done = {"200": {"description": "done"}}
        operations = {"get": {"responses": done}, "post": {"requestBody": body, "responses": done}}
        return {"openapi": "3.1.0", "info": {"title": "shop", "version": "1"}, "paths": {"/items": operations}}

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            self.added = 0
            await receive()
            await asyncio.sleep(self.start_s)
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        while (await receive()).get("more_body"):
            pass
        await asyncio.sleep(self.wait_s)
        self.added += scope["method"] == "POST"
        if self.added >= 16:
            raise RuntimeError("too many")
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": b"ok"})

shop, old = Shop(), Shop()
"""
FAIL = """
for number in range(20):
    explorer.post("/items", json={"name": f"n{number}"}, raise_exceptions=False)
failed = explorer.history[-1].name
"""


@pytest.fixture(autouse=True)
def _attached(kernel: LiveKernel) -> None:
    """Attach the shop anew, so that no test depends on another."""
    if not kernel.value("'shop' in globals()"):
        kernel.do(APP)
    kernel.do("%asgi old\nexplorer = %asgi shop")
    make_anew(kernel)
    kernel.do("explorer.history.clear()\n%asgi GET /items")


def make_anew(kernel: LiveKernel) -> None:
    """Let the shop be quick, and start it anew."""
    kernel.do("shop.start_s = shop.wait_s = 0.0\nexplorer.lifespan.restart()", BACK_S)


def need_fuzz(kernel: LiveKernel) -> None:
    """Skip where the extra is not installed beside the kernel."""
    if not kernel.value("__import__('importlib.util').util.find_spec('schemathesis') is not None"):
        pytest.skip("schemathesis is not installed there")


def names(kernel: LiveKernel) -> list[int]:
    """Return the numbers of the exchanges in the history, in order."""
    return [int(name) for name in kernel.value("[one.name[1:] for one in explorer.history]")]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("%asgi time GET /items --runs 6", r"GET /items.*median"),
        ("%asgi time GET /items --runs 6 --against old", r"against old|of old|old"),
        ("%asgi load --users 1,2 --seconds 0.05", r"users"),
        ("%asgi coverage", r"1 of 2 operations tried"),
        ("%asgi recheck --against old", r"1 same"),
        pytest.param("%asgi fuzz --seconds 2 --seed 3", r"requests? to \d of 2 operations .*seed 3", marks=NIGHTLY),
        ("%asgi shrink {{failed}} --seconds 600", r"needs 15 of the"),
    ],
    ids=["time", "time-against", "load", "coverage", "recheck", "fuzz", "shrink"],
)
def test_each_shows_what_it_found(kernel: LiveKernel, line: str, shown: str) -> None:
    """The value of the cell is the command's, as HTML and as text; nothing else is printed."""
    if "fuzz" in line:
        need_fuzz(kernel)
    if "shrink" in line:
        kernel.do(FAIL)
    cell = kernel.do(line, START_S)
    found = bundle(cell)
    assert re.search(shown, found["text/plain"], re.DOTALL)
    assert "<" in found["text/html"]
    assert cell.text() == cell.text("stderr") == ""


def test_save_and_restore(kernel: LiveKernel) -> None:
    """The history goes into a file and comes back under new names; a missing file is one line."""
    kernel.do("folder = tempfile.mkdtemp()\n%asgi save {{folder}}/a.jsonl")
    restored = bundle(kernel.do("%asgi restore {{folder}}/a.jsonl"))
    assert "200 OK" in restored["text/plain"]
    assert "restored" in bundle(kernel.do("%asgi history"))["text/plain"]
    assert kernel.value("[one.restored for one in explorer.history]") == [False, True]
    missing = kernel.run("%asgi restore {{folder}}/b.jsonl")
    assert missing.text("stderr").startswith("UsageError: Cannot restore: ")


@pytest.mark.parametrize("command", ["time", "load", pytest.param("fuzz", marks=NIGHTLY), "shrink"])
def test_an_interrupt(kernel: LiveKernel, command: str) -> None:
    """Progress is shown meanwhile, the prompt comes back, and the next request works; the history is whole."""
    line, ends = {
        "time": ("%asgi time GET /items --runs 100000", "KeyboardInterrupt"),
        "load": ("%asgi load --users 1 --seconds 600", "KeyboardInterrupt"),
        "fuzz": ("%asgi fuzz --seconds 600", ""),
        "shrink": ("%asgi shrink {{failed}} --seconds 600", ""),
    }[command]
    if command == "fuzz":
        need_fuzz(kernel)
    if command == "shrink":
        kernel.do(FAIL + "shop.start_s = 2.0")  # the search has 20 tries and more
    if command == "time":
        kernel.do("shop.wait_s = 0.01")  # so that 100,000 of them take long, however quick the machine is
    before = names(kernel)
    cell = kernel.begin(line)
    kernel.read_until(lambda: progress_of(cell) or cell.idle_s is not None, START_S)
    assert cell.idle_s is None, cell.outputs
    pressed_s = kernel.interrupt()
    kernel.finish(cell, BACK_S)
    print(f"{command} on {kernel.label}: prompt back after {cell.idle_s - pressed_s:.2f} s")
    assert cell.error == ends
    if not ends:
        assert "interrupted" in bundle(cell)["text/plain"]
    make_anew(kernel)
    kernel.do("r = %asgi GET /items", BACK_S)
    after = names(kernel)
    assert after[: len(before)] == before
    assert after == sorted(set(after))
    assert kernel.value("(r.status_code, r is explorer.history[-1])") == (200, True)


def progress_of(cell: Cell) -> list[str]:
    """Return the texts of the progress that a cell has shown so far."""
    shown = [one for one in cell.outputs if one["msg_type"] in ("display_data", "update_display_data")]
    return [one["content"]["data"]["text/plain"] for one in shown]


@pytest.mark.parametrize(
    "command",
    [*(pytest.param(name, marks=NIGHTLY) for name in ("time", "load", "fuzz")), "shrink"],
)
def test_in_the_background(kernel: LiveKernel, command: str) -> None:
    """With ``&`` the prompt is there at once, and the handle has the value; it can be cancelled."""
    line, long, verb = {
        "time": ("time GET /items --runs 6 &", "time GET /items --runs 100000 &", "time"),
        "load": ("load --users 1 --seconds 0.05 &", "load --users 1 --seconds 600 &", "load"),
        "fuzz": ("fuzz --seconds 1 &", "fuzz --seconds 600 &", "fuzz"),
        "shrink": ("shrink {{failed}} &", "shrink {{failed}} --seconds 600 &", "shrink"),
    }[command]
    if command == "fuzz":
        need_fuzz(kernel)
    if command == "shrink":
        kernel.do(FAIL)
    kernel.do(f"p = %asgi {line}", START_S)
    shown = bundle(kernel.do("p"))
    assert shown["text/plain"].startswith(f"{verb} ")
    assert "text/html" in bundle(kernel.do("p.result(120)", 150))
    kernel.do(f"shop.{'start_s' if command == 'shrink' else 'wait_s'} = {0.5 if command == 'shrink' else 0.01}")
    kernel.do(f"p = %asgi {long}", START_S)
    began_s = time.monotonic()
    kernel.do("p.cancel()\nfrom concurrent.futures import CancelledError")
    found = kernel.value(f"ended_by_cancel(p, {BACK_S})") if kernel.do(ENDED) else None
    assert time.monotonic() - began_s < BACK_S
    assert found == ("interrupted" if command in ("fuzz", "shrink") else "CancelledError")
    make_anew(kernel)
    kernel.do("assert explorer.get('/items').status_code == 200")


ENDED = """
def ended_by_cancel(pending, within_s):
    try:
        return pending.result(within_s).stopped
    except CancelledError as exc:
        return type(exc).__name__
"""
