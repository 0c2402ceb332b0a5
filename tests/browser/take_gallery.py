"""Takes the small pictures of the README's table of what is new, in both themes, into ``.github/images``.

    tests/run tests/browser/take_gallery.py

Pytest finds this file only when it is named, as `take_pictures`. All cells run on one app, whose faults are planted.
Two pictures stand beside each other in the README, so each is as wide as half of its page.
"""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page

from .conftest import Notebook
from .take_pictures import GO_HOME_JS, LOAD, save_picture

WIDTH = 560
APP = '''"""A bookshop."""

import sqlite3
import time
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.middleware.gzip import GZipMiddleware


@asynccontextmanager
async def lifespan(app):
    app.state.orders = {}
    yield


app = FastAPI(lifespan=lifespan)
app.add_middleware(GZipMiddleware)


class Order(BaseModel):
    title: str
    copies: int
    friends: int


def get_db():
    db = sqlite3.connect(":memory:", check_same_thread=False)
    db.execute("create table author (id integer primary key, name text)")
    yield db
    db.close()


@app.get("/books")
def list_books(db: Annotated[sqlite3.Connection, Depends(get_db)], joined: bool = False) -> list[str]:
    for number in [1] if joined else range(200):
        db.execute("select name from author where id = ?", (number,)).fetchall()
    return ["Loops", "Threads", "Bytes"]


@app.post("/orders", status_code=201)
def add_order(order: Order) -> int:
    number = len(app.state.orders) + 1
    app.state.orders[number] = order
    return number


@app.get("/orders/{number}/share")
def share_order(number: int) -> float:
    order = app.state.orders[number]
    return order.copies / order.friends


@app.get("/stock")
async def count_stock() -> int:
    time.sleep(0.02)
    return 3


@app.get("/covers")
async def find_covers() -> list[str]:
    return JSONResponse({"cover": None})
'''
_HELD = "from ipyasgi.engine import held_time\nheld_time.HELD_NS = 20_000_000"
_STYLE = (
    ".jp-InputPrompt, .jp-OutputPrompt, .jp-Toolbar-micro { display: none !important }\n"
    ".jp-Cell.jp-mod-active { visibility: hidden }"
)


@pytest.fixture
def run_shop(open_notebook: Callable[..., Notebook], lab_page: Page) -> Iterator[Callable[..., Locator]]:
    """Give a function that runs cells on the bookshop, in a narrow page, and returns the last of them."""
    before = lab_page.viewport_size
    lab_page.set_viewport_size({"width": WIDTH, "height": 1600})
    lab_page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    style = lab_page.add_style_tag(content=_STYLE)

    def run(*cells: str) -> Locator:
        notebook = open_notebook(f"{LOAD}\n{_HELD}\nexplorer = %asgi main:app", *cells, "")
        folder = notebook.file.parent
        (folder / "shop").mkdir()
        (folder / "shop" / "main.py").write_text(APP, encoding="utf-8")
        (folder / "shop" / "old.py").write_text(APP.replace("time.sleep(0.02)", "time.sleep(0.03)"), encoding="utf-8")
        lab_page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
        lab_page.wait_for_function(f"() => panelUnderTest.content.node.getBoundingClientRect().width > {WIDTH - 100}")
        lab_page.evaluate(GO_HOME_JS, str(folder))
        notebook.run_all(timeout_ms=300_000)
        return notebook.locator(".jp-CodeCell").nth(len(cells))

    yield run
    style.evaluate("style => style.remove()")
    lab_page.set_viewport_size(before)


_ORDERS = """for friends in 0, 1, 2, 3:
    explorer.post("/orders", json={"title": "Loops", "copies": 3, "friends": friends})"""
# schemathesis takes seconds to load, which count.
_WARM_UP = """from ipyasgi import Explorer
from old import app as old
with Explorer(old) as warm: warm.fuzz(seconds=60)"""
# What a picture is of, and the cells: the last one is shown.
PICTURES = {
    "diff": (
        "for joined in False, False, True: explorer.get('/books', params={'joined': joined}, trace=True)",
        "%asgi diff r2 r3",
    ),
    "time": ("%asgi attach old:app --name old\n%asgi use main:app", "%asgi time GET /stock --against old"),
    "load": ("%asgi GET /stock", "%asgi load r1 --users 1,4,16"),
    "fuzz": (_WARM_UP, "%asgi fuzz --seconds 60 --seed 1"),
    "shrink": (f"{_ORDERS}\nexplorer.get('/orders/1/share', raise_exceptions=False)", "%asgi shrink r5"),
    "coverage": (
        f"{_ORDERS}\nexplorer.get('/books')\nexplorer.get('/orders/one/share')\nexplorer.get('/orders/2/share')",
        "%asgi coverage",
    ),
    "contract": ("%asgi GET /covers",),
}
# Where a picture ends before its output: below the table, whose drawing is wider, the first curve, and the crashes.
_ENDS = {"time": ".ipyasgi .i-scroll", "load": ".i-draw", "fuzz": ".ipyasgi .i-scroll"}


@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", PICTURES)
def test_what_is_new(name: str, run_shop: Callable[..., Locator], theme: Callable[[str], None]) -> None:
    """One picture: a line of the magic and what it shows."""
    cell = run_shop(*PICTURES[name])
    end = cell.locator(_ENDS[name]).first if name in _ENDS else cell.locator(".jp-OutputArea-child").last
    save_picture(theme, f"new-{name}", cell.locator(".jp-InputArea").first, end, margin=2)
