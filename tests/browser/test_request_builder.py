"""The request builder's form from a schema, in a real JupyterLab: drawn, filled, checked, sent, mended."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

APP = """
from typing import Annotated, Literal
import ipyasgi
from fastapi import Cookie, FastAPI, File, Form, Header, Query, UploadFile
from pydantic import BaseModel, Field

class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int = Field(ge=1, le=9)

class Dog(BaseModel):
    kind: Literal["dog"]
    good: bool = True

class Item(BaseModel):
    name: str = Field(min_length=1, max_length=20, description="as it stands in the catalogue")
    price: float = Field(gt=0, description="in euro")
    nick: str | None = None
    size: Literal["small", "large"] = "small"
    pet: Annotated[Cat | Dog, Field(discriminator="kind")]
    tags: list[str] = []
    parts: list["Item"] = []

app = FastAPI()

@app.post("/items/{shelf}", status_code=201, summary="Put an item on a shelf")
def add_item(shelf: int, item: Item, limit: Annotated[int, Query(ge=1, le=100)] = 10,
             color: Literal["red", "blue"] | None = None, tag: Annotated[list[str], Query()] = [],
             x_token: Annotated[str | None, Header()] = None, ads: Annotated[str | None, Cookie()] = None):
    if item.name == "odd":
        from fastapi import HTTPException
        raise HTTPException(422, [{"loc": ["body", "price"], "msg": "odd things are free", "type": "value_error"}])
    return {"shelf": shelf, "limit": limit, "color": color, "tag": tag, "token": x_token, "ads": ads, "item": item}

@app.post("/upload")
async def upload(note: Annotated[str, Form()], picture: UploadFile, more: list[UploadFile] = []):
    content = await picture.read()
    return {"note": note, "name": picture.filename, "size": len(content), "more": [one.filename for one in more]}

@app.post("/login-form")
def login_form(user: Annotated[str, Form()], age: Annotated[int, Form(ge=18)]):
    return {"user": user, "age": age}

img = b"12345"
explorer = ipyasgi.Explorer(app, name="store")
"""
_TOO_WIDE_JS = """form => [...form.querySelectorAll("*")]
    .filter(one => one.offsetParent && one.clientWidth && one.scrollWidth > one.clientWidth + 1)
    .filter(one => getComputedStyle(one).overflowX === "visible")
    .map(one => one.className)"""


@pytest.fixture
def builder(run_notebook: Callable) -> Locator:
    """Give the request builder of a FastAPI app, as it stands in a notebook."""
    notebook = run_notebook(APP, "ipyasgi.RequestBuilder(explorer)")
    found = notebook.locator(".ipyasgi-panel").first
    found.get_by_label("path value shelf").wait_for()
    return found


def choose(builder: Locator, words: str) -> None:
    builder.get_by_role("combobox", name="path").fill(words)
    builder.locator("[role=option]").first.click()


def send(builder: Locator) -> None:
    builder.get_by_role("button", name="Send", exact=True).click()


def answer(builder: Locator, text: str) -> Locator:
    return builder.locator(".ipyasgi-answer", has_text=text)


def field(builder: Locator, where: str) -> Locator:
    return builder.locator(f'.ipyasgi-field[data-where="{where}"]').last


@pytest.mark.parametrize("width", [1200, 600])
def test_pictures(
    builder: Locator, lab_page: Page, theme: Callable, shot: Callable, width: int, request: pytest.FixtureRequest
) -> None:
    """No part of the form is wider than its place, at either width and in any state; pictures are kept if asked for."""
    lab_page.set_viewport_size({"width": width, "height": 1250})
    request.addfinalizer(lambda: lab_page.set_viewport_size({"width": 1200, "height": 900}))
    lab_page.evaluate("() => window.jupyterapp.shell.collapseLeft()")

    def keep(state: str) -> None:
        for name in ("dark", "light"):
            theme(name)
            shot(f"builder-{width}-{state}-{name}")
        assert builder.locator(".ipyasgi-form").evaluate(_TOO_WIDE_JS) == []

    builder.scroll_into_view_if_needed()
    keep("fresh")
    field(builder, "body./price").get_by_role("textbox").fill("0")
    expect(field(builder, "body./price")).to_contain_text("must be more than 0")
    keep("advice")
    send(builder)
    answer(builder, "422").wait_for()
    expect(field(builder, "body./price")).to_contain_text("← 422")
    keep("refused")
