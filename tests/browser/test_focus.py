"""Where the focus is after a route was chosen whose form has not arrived yet."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

APP = """
import ipyasgi.panels
from fastapi import FastAPI
from pydantic import BaseModel

class Item(BaseModel):
    name: str
    price: float

app = FastAPI()

@app.get("/")
def home(): return {}

@app.post("/items")
def add_item(item: Item): return item

explorer = ipyasgi.Explorer(app)
"""


def test_typing_begins_in_the_first_field(run_notebook: Callable, lab_page: Page) -> None:
    """When the form arrives, its first field has the focus, and what is typed takes the place of the sample."""
    notebook = run_notebook(APP, "ipyasgi.panels.RequestBuilder(explorer)")
    builder = notebook.locator(".ipyasgi-panel").first
    path = builder.get_by_role("combobox", name="path")
    path.fill("/items")
    path.press("Enter")  # not the page's keyboard: JupyterLab may take the focus once more after the cells have run
    name = builder.get_by_label("name", exact=True)
    expect(name).to_be_focused()
    lab_page.keyboard.type("saucer")
    expect(name).to_have_value("saucer")
