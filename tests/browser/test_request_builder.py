"""The request builder's form from a schema, in a real JupyterLab: drawn, filled, checked, sent, mended."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

APP = """
from typing import Annotated, Literal
import ipyasgi.panels
from fastapi import Cookie, Depends, FastAPI, Form, Header, HTTPException, Query, UploadFile
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
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
             x_trace: Annotated[str | None, Header()] = None, ads: Annotated[str | None, Cookie()] = None):
    if item.name == "odd":
        raise HTTPException(422, [{"loc": ["body", "price"], "msg": "odd things are free", "type": "value_error"}])
    return {"shelf": shelf, "limit": limit, "color": color, "tag": tag, "trace": x_trace, "ads": ads, "item": item}

@app.post("/upload")
async def upload(note: Annotated[str, Form()], picture: UploadFile, more: list[UploadFile] = []):
    content = await picture.read()
    return {"note": note, "name": picture.filename, "size": len(content), "more": [one.filename for one in more]}

@app.post("/login-form")
def login_form(user: Annotated[str, Form()], age: Annotated[int, Form(ge=18)]):
    return {"user": user, "age": age}

@app.post("/token")
def token(form: Annotated[OAuth2PasswordRequestForm, Depends()]):
    if form.password != "wonder":
        raise HTTPException(400, "wrong password")
    return {"access_token": f"{form.username}-s3cret", "token_type": "bearer"}

@app.get("/me")
def me(token: Annotated[str, Depends(OAuth2PasswordBearer(tokenUrl="token"))]):
    return {"who": token.split("-")[0]}

img = b"12345"
explorer = ipyasgi.Explorer(app, name="store")
"""


@pytest.fixture
def builder(run_notebook: Callable) -> Locator:
    """Give the request builder of a FastAPI app, as it stands in a notebook."""
    notebook = run_notebook(APP, "ipyasgi.panels.RequestBuilder(explorer)")
    found = notebook.locator(".ipyasgi-panel").first
    found.get_by_label("path value shelf").wait_for()
    return found


def choose(builder: Locator, words: str) -> None:
    builder.get_by_role("combobox", name="path").fill(words)
    builder.locator("[role=option]").first.click()


def send(builder: Locator) -> None:
    builder.get_by_role("button", name="Send", exact=True).click()


def answer(builder: Locator, text: str) -> Locator:
    return builder.locator(".ipyasgi-response", has_text=text)


def field(builder: Locator, where: str) -> Locator:
    return builder.locator(f'.ipyasgi-value[data-where="{where}"]').last


def test_a_form_is_filled_and_sent(builder: Locator) -> None:
    """The untouched form is sent as it stands; what is ticked and typed goes along, each in its place."""
    builder.get_by_label("query parameter limit", exact=True).fill("7")
    builder.get_by_label("query parameter color", exact=True).select_option("red")
    builder.get_by_label("Include query parameter tag").check()
    builder.get_by_label("add an item to query parameter tag").click()
    builder.get_by_label("query parameter tag 1", exact=True).fill("new")
    builder.get_by_label("header x-trace", exact=True).fill("abc")
    builder.get_by_label("cookie ads", exact=True).fill("none")
    builder.get_by_label("name", exact=True).fill("pot")
    builder.get_by_label("Type of pet").select_option("dog")
    builder.get_by_label("nick: Null").check()
    send(builder)
    answer(builder, "201 Created").wait_for()
    for said in ("limit: 7", '"red"', '"new"', '"abc"', '"none"', '"pot"', '"dog"', '"nick": null'):
        expect(answer(builder, "201 Created")).to_contain_text(said)
    expect(builder.locator(".ipyasgi-code")).to_contain_text("/items/0")


def test_form_and_text_are_one(builder: Locator) -> None:
    """What is typed into the form stands in the text, and the other way round; absent, null and empty stay apart."""
    text = builder.get_by_label("request body")
    nick = field(builder, "body./nick")

    def read() -> str:
        builder.get_by_role("tab", name="JSON").click()
        found = text.input_value()
        builder.get_by_role("tab", name="Form").click()
        return found

    assert "nick" not in read()
    nick.get_by_label("nick: Null").check()
    assert '"nick": null' in read()
    nick.get_by_role("textbox").fill("x")
    nick.get_by_role("textbox").fill("")
    assert '"nick": ""' in read()
    nick.get_by_label("nick: Omit").check()
    assert "nick" not in read()
    builder.get_by_role("tab", name="JSON").click()
    text.fill('{"name": "kettle", "price": 12345678901234567890.50, "pet": {"kind": "dog"}, "odd": 1}')
    builder.get_by_role("tab", name="Form").click()
    expect(builder.get_by_label("name", exact=True)).to_have_value("kettle")
    expect(builder.get_by_label("Type of pet").locator("option:checked")).to_have_text("dog")
    builder.get_by_label("name", exact=True).fill("pot")
    assert "12345678901234567890.50" in read()
    assert '"odd": 1' in read()


def test_what_the_app_does_not_take_stands_at_its_field(builder: Locator) -> None:
    """A 422 goes to the fields it names, in a variant as well, and is gone when they are typed into."""
    builder.get_by_label("path value shelf").fill("top")
    builder.get_by_label("lives", exact=True).fill("12")
    expect(field(builder, "body./pet/lives")).to_contain_text("must be at most 9")
    send(builder)
    answer(builder, "422").wait_for()
    expect(field(builder, "path.shelf")).to_contain_text("← 422")
    expect(field(builder, "body./pet/lives")).to_contain_text("← 422")
    expect(builder.get_by_label("lives", exact=True)).to_have_attribute("aria-invalid", "true")
    builder.get_by_label("lives", exact=True).fill("3")
    expect(field(builder, "body./pet/lives")).not_to_contain_text("422")
    expect(field(builder, "path.shelf")).to_contain_text("← 422")


def test_files_are_chosen_or_named(builder: Locator, tmp_path: Path) -> None:
    """A multipart body takes a file of the reader's machine, larger than one message, and a Python name beside it."""
    large = tmp_path / "large.bin"
    large.write_bytes(b"x" * 1_200_000)
    choose(builder, "/upload")
    builder.get_by_label("note", exact=True).fill("hello")
    builder.get_by_label("file for picture").set_input_files(large)
    expect(field(builder, "body./picture")).to_contain_text("large.bin, 1200.0 kB")
    builder.get_by_label("Include more").check()
    builder.get_by_label("add an item to more").click()
    builder.get_by_label("Python name for more 1").fill("img")
    send(builder)
    answer(builder, "200 OK").wait_for()
    expect(answer(builder, "200 OK")).to_contain_text("1200000")
    expect(answer(builder, "200 OK")).to_contain_text("img.bin")
    builder.get_by_label("Python name for more 1").fill("nobody")
    expect(field(builder, "body./more/0")).to_contain_text("no Python name nobody")


def test_a_form_body_is_sent_as_one(builder: Locator) -> None:
    """Form fields travel urlencoded, and their bounds are told."""
    choose(builder, "/login-form")
    builder.get_by_label("age", exact=True).fill("7")
    expect(field(builder, "body./age")).to_contain_text("must be at least 18")
    builder.get_by_label("age", exact=True).fill("18")
    send(builder)
    answer(builder, "200 OK").wait_for()
    expect(answer(builder, "200 OK")).to_contain_text("age: 18")


def test_signing_in_asks_the_app_s_own_endpoint(builder: Locator) -> None:
    """OAuth2's password flow gives a token that goes along from then on; the page shows that it is set, and no more."""
    choose(builder, "/me")
    send(builder)
    answer(builder, "401").wait_for()
    builder.get_by_label("user for OAuth2PasswordBearer").fill("alice")
    builder.get_by_label("password for OAuth2PasswordBearer").fill("wrong")
    builder.get_by_label("sign in OAuth2PasswordBearer").click()
    expect(builder.locator(".ipyasgi-auth-state")).to_contain_text("Sign-in failed: ")
    expect(builder.get_by_label("password for OAuth2PasswordBearer")).to_have_value("")
    builder.get_by_label("password for OAuth2PasswordBearer").fill("wonder")
    builder.get_by_label("password for OAuth2PasswordBearer").press("Enter")
    expect(builder.locator(".ipyasgi-auth-state")).to_contain_text("Signed in as alice")
    send(builder)
    answer(builder, "200 OK").wait_for()
    expect(answer(builder, "200 OK")).to_contain_text("alice")
    expect(builder.locator(".ipyasgi-code")).to_have_text("%asgi GET /me 'Authorization:Bearer {{token}}'")
    assert "s3cret" not in builder.inner_html()


def test_the_request_is_code_in_many_words(builder: Locator, lab_page: Page) -> None:
    """Each tab holds the same request; what stands there goes into a cell below where the front end lets a widget."""
    for name, words in (
        ("httpx", "httpx.Client("),
        ("cURL", "curl"),
        ("Python", "explorer.post("),
        ("pytest", "def test_"),
    ):
        builder.get_by_role("tab", name=name, exact=True).click()
        expect(builder.locator(".ipyasgi-code")).to_contain_text(words)
    builder.get_by_role("tab", name="%asgi", exact=True).click()
    expect(builder.locator(".ipyasgi-code")).to_contain_text("%asgi")
    cells = lab_page.locator(".jp-Notebook-cell")
    count = cells.count()
    builder.get_by_role("button", name="insert as cell").click()
    expect(cells).to_have_count(count + 1)
    expect(cells.nth(count)).to_contain_text("%asgi POST /items/0")


def test_pictures(builder: Locator, look_at: Callable) -> None:
    """No part of the form is wider than its place, at either width and in any state; pictures are kept if asked for."""
    look, form = look_at("builder", (600, 1200), 1250), builder.locator(".ipyasgi-form")
    look("fresh", form)
    field(builder, "body./price").get_by_role("textbox").fill("0")
    expect(field(builder, "body./price")).to_contain_text("must be more than 0")
    look("hints", form)
    send(builder)
    answer(builder, "422").wait_for()
    expect(field(builder, "body./price")).to_contain_text("← 422")
    look("refused", form)
