"""The request builder's form from a schema, in a real JupyterLab: drawn, filled, checked, sent, mended."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from .request_form import choose

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

# As after a reload of the page: the outputs are drawn anew, from the state that is saved.
DRAW_AGAIN_JS = """() => {
    const { model } = window.panelUnderTest.content.widgets[1].outputArea;
    model.fromJSON(model.toJSON());
}"""


@pytest.fixture
def builder(run_notebook: Callable) -> Locator:
    """Give the request builder of a FastAPI app, as it stands in a notebook."""
    notebook = run_notebook(APP, "ipyasgi.panels.RequestBuilder(explorer)")
    found = notebook.locator(".ipyasgi-panel").first
    found.get_by_label("path value shelf").wait_for()
    return found


def send(builder: Locator) -> None:
    builder.get_by_role("button", name="Send", exact=True).click()


def answer(builder: Locator, text: str) -> Locator:
    return builder.locator(".ipyasgi-response", has_text=text)


def field(builder: Locator, where: str) -> Locator:
    return builder.locator(f'.ipyasgi-value[data-where="{where}"]').last


def test_a_form_is_filled_and_sent(builder: Locator) -> None:
    """The untouched form is sent as it stands; what is chosen and typed goes along, each in its place.

    A value that was made up is called a sample until it is typed over.
    """
    sample = field(builder, "body./name").get_by_text("sample", exact=True)
    expect(sample).to_be_visible()
    builder.get_by_label("query parameter limit", exact=True).fill("7")
    field(builder, "query.color").get_by_role("radio", name="red").check()
    builder.get_by_label("Add to query parameter tag").fill("new")
    builder.get_by_label("header x-trace", exact=True).fill("abc")
    builder.get_by_label("cookie ads", exact=True).fill("none")
    builder.get_by_label("name", exact=True).fill("pot")
    expect(sample).to_be_hidden()
    builder.get_by_label("Type of pet").get_by_role("radio", name="dog").check()
    builder.get_by_label("Send null for nick").click()
    send(builder)
    answer(builder, "201 Created").wait_for()
    for said in ("limit: 7", '"red"', '"new"', '"abc"', '"none"', '"pot"', '"dog"', '"nick": null'):
        expect(answer(builder, "201 Created")).to_contain_text(said)
    expect(builder.locator(".ipyasgi-code")).to_contain_text("/items/0")


def test_form_and_text_are_one(builder: Locator) -> None:
    """What is typed into the form stands in the text, and the other way round; absent, null and empty stay apart."""
    text = builder.get_by_label("request body")
    nick = field(builder, "body./nick")

    def look(*, has: tuple[str, ...] = ('"name"',), lacks: str = "\0") -> None:
        builder.get_by_role("tab", name="JSON").click()
        builder.locator(".cm-editor").wait_for()
        for part in has:
            expect(text).to_contain_text(part)
        expect(text).not_to_contain_text(lacks)
        builder.get_by_role("tab", name="Form").click()

    look(lacks="nick")
    expect(nick.get_by_role("textbox")).to_have_attribute("placeholder", "not sent")
    nick.get_by_label("Send null for nick").click()
    expect(nick.get_by_label("Send null for nick")).to_have_attribute("aria-pressed", "true")
    look(has=('"nick": null',))
    nick.get_by_role("textbox").fill("x")
    nick.get_by_role("textbox").fill("")
    expect(nick.get_by_role("textbox")).to_have_attribute("placeholder", "empty text")
    look(has=('"nick": ""',))
    nick.get_by_label("Do not send nick").click()
    expect(nick.get_by_role("textbox")).to_be_focused()
    look(lacks="nick")
    builder.get_by_role("tab", name="JSON").click()
    text.fill('{"name": "kettle", "price": 12345678901234567890.50, "pet": {"kind": "dog"}, "odd": 1}')
    builder.get_by_role("tab", name="Form").click()
    expect(builder.get_by_label("name", exact=True)).to_have_value("kettle")
    expect(builder.get_by_label("Type of pet").get_by_role("radio", name="dog")).to_be_checked()
    builder.get_by_label("name", exact=True).fill("pot")
    look(has=("12345678901234567890.50", '"odd": 1'))


def test_lists_are_chips(builder: Locator) -> None:
    """A comma, Enter and leaving add what is typed, a pasted list too; the keyboard alone removes each of them."""
    tags, more = field(builder, "body./tags"), builder.get_by_label("Add to tags")
    chips = tags.get_by_role("listitem")
    more.press_sequentially("shy,old")
    more.press("Enter")
    expect(chips).to_have_text(["shy×", "old×"])
    more.fill("a, b")
    more.blur()
    expect(chips).to_have_count(4)
    more.press("Backspace")
    expect(chips).to_have_text(["shy×", "old×", "a×"])
    more.press("Shift+Tab")
    expect(builder.get_by_label("Remove a from tags")).to_be_focused()
    builder.get_by_label("Remove shy from tags").press("Delete")
    expect(builder.get_by_label("Remove old from tags")).to_be_focused()
    builder.get_by_role("tab", name="JSON").click()
    expect(builder.get_by_label("request body")).to_contain_text(re.compile(r'"tags": \[\s*"old",\s*"a"\s*\]'))


def test_focus_follows_what_is_drawn_anew(builder: Locator) -> None:
    """Into an item that is added, to the button that adds after the last is removed, along a choice of types."""
    builder.get_by_label("add an item to parts").click()
    expect(field(builder, "body./parts/0/name").get_by_role("textbox")).to_be_focused()
    builder.get_by_label("Remove parts 1").press("Enter")
    expect(builder.get_by_label("add an item to parts")).to_be_focused()
    kinds = builder.get_by_label("Type of pet").get_by_role("radio")
    kinds.first.press("ArrowRight")
    expect(kinds.last).to_be_focused()
    expect(kinds.last).to_be_checked()
    expect(field(builder, "body./pet/good")).to_be_visible()


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
    builder.get_by_label("add an item to more").click()
    builder.get_by_label("Python name for more 1").fill("img")
    send(builder)
    answer(builder, "200 OK").wait_for()
    expect(answer(builder, "200 OK")).to_contain_text("1200000")
    expect(answer(builder, "200 OK")).to_contain_text("img.bin")
    builder.locator(".ipyasgi-file-row").first.evaluate(
        """row => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File(["hello"], "dropped.txt"));
            row.dispatchEvent(new DragEvent("drop", { dataTransfer, cancelable: true }));
        }"""
    )
    expect(field(builder, "body./picture")).to_contain_text("dropped.txt, 5 B")
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
    builder.get_by_role("tab", name="Text", exact=True).click()
    expect(builder.get_by_label("request body")).to_have_text("user=a&age=18")
    builder.get_by_label("request body").fill("user=Zoë+Ba&age=21")
    send(builder)
    expect(answer(builder, "200 OK")).to_contain_text("age: 21")
    builder.get_by_role("tab", name="Form", exact=True).click()
    expect(builder.get_by_label("user", exact=True)).to_have_value("Zoë Ba")


def test_a_secret_is_a_field(run_notebook: Callable) -> None:
    """It is asked for, shown when wanted, kept by the kernel for a new page of the form, and sent from there."""
    notebook = run_notebook(APP, "ipyasgi.panels.RequestBuilder(explorer)")
    builder = notebook.locator(".ipyasgi-panel").first
    choose(builder, "/token")
    password = builder.get_by_label("password", exact=True)
    expect(password).to_have_value("")
    expect(password).to_have_attribute("type", "password")
    send(builder)
    expect(builder.locator(".ipyasgi-run-text")).to_have_text("Not sent: password is required")
    expect(field(builder, "body./password")).to_contain_text("password is required")
    builder.get_by_label("username", exact=True).fill("ann")
    password.fill("wonder")
    builder.get_by_label("Show password", exact=True).click()
    expect(password).to_have_attribute("type", "text")
    send(builder)
    answer(builder, "200 OK").wait_for()
    notebook.page.evaluate(DRAW_AGAIN_JS)
    builder.get_by_label("username", exact=True).wait_for()
    expect(builder.get_by_label("username", exact=True)).to_have_value("ann")
    expect(password).to_have_value("")
    expect(password).to_have_attribute("placeholder", "Saved in the kernel, not in the notebook")
    assert "wonder" not in builder.inner_html()
    builder.get_by_label("username", exact=True).fill("ben")
    send(builder)
    expect(answer(builder, "200 OK")).to_contain_text("200 OK")
    expect(builder.locator(".ipyasgi-code")).to_have_text("%asgi POST /token --form username=ben password={{password}}")
    builder.get_by_role("tab", name="Text", exact=True).click()
    expect(builder.get_by_label("request body")).to_have_text("username=ben&password=•••")


# What the kernel's check of a form does: a line comes or goes, and all below it moves.
MOVE_SEND_JS = """form => {
    const docs = form.querySelector(".ipyasgi-docs");
    docs.hidden = !docs.hidden;
    return form.querySelector(".ipyasgi-primary").getBoundingClientRect().top;
}"""


def test_a_press_of_send_counts_where_it_began(run_notebook: Callable) -> None:
    """Also if a line above the button goes meanwhile; a press that ends elsewhere sends nothing."""
    builder = run_notebook(APP, "ipyasgi.panels.RequestBuilder(explorer)").locator(".ipyasgi-panel").first
    choose(builder, "/me")
    expect(builder.locator(".ipyasgi-docs-title")).to_have_text("Me")
    expect(builder.locator(".ipyasgi-returns > summary")).to_contain_text("application/json")  # the last that moves it
    form, mouse = builder.locator(".ipyasgi-form"), builder.page.mouse
    button = form.get_by_role("button", name="Send", exact=True)
    expect(builder.locator(".ipyasgi-form")).to_have_attribute("data-checked", "true")
    button.hover()
    place = button.bounding_box()
    assert place is not None
    middle = (place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    mouse.move(*middle)
    mouse.down()
    assert form.evaluate(MOVE_SEND_JS) < place["y"] - place["height"]
    mouse.move(place["x"] - 10, middle[1])
    mouse.up()
    form.evaluate(MOVE_SEND_JS)
    mouse.move(*middle)
    mouse.down()
    form.evaluate(MOVE_SEND_JS)
    mouse.up()
    expect(answer(builder, "401 Unauthorized")).to_contain_text("r1 GET")


def test_values_are_restored_before_their_operation_is(run_notebook: Callable) -> None:
    """A new page of a form whose operation the kernel did not describe last shows the same values, and sends them."""
    notebook = run_notebook(APP, "ipyasgi.panels.RequestBuilder(explorer)")
    builder = notebook.locator(".ipyasgi-panel").first
    builder.get_by_label("query parameter limit", exact=True).fill("7")
    choose(builder, "/token")
    builder.get_by_label("username", exact=True).wait_for()
    choose(builder, "/items")
    expect(builder.get_by_label("query parameter limit", exact=True)).to_have_value("7")
    expect(builder.locator(".ipyasgi-code")).to_contain_text("limit==7")
    notebook.page.evaluate(DRAW_AGAIN_JS)
    expect(builder.get_by_label("query parameter limit", exact=True)).to_have_value("7")
    builder.get_by_label("query parameter limit", exact=True).fill("8")
    expect(builder.locator(".ipyasgi-code")).to_contain_text("limit==8")


def test_signing_in_asks_the_app_s_own_endpoint(builder: Locator) -> None:
    """A 401 offers to sign in; the app's message is shown, and then who is signed in, everywhere, and no more."""
    chip, state = builder.locator(".ipyasgi-credentials-chip"), builder.locator(".ipyasgi-scheme-state")
    expect(chip).to_contain_text("Not signed in")
    choose(builder, "/me")
    expect(builder.get_by_role("button", name="Needs credentials: OAuth2PasswordBearer")).to_be_visible()
    send(builder)
    answer(builder, "401").wait_for()
    builder.locator(".ipyasgi-hint-line").get_by_role("button", name="Sign in").click()
    expect(builder.get_by_label("name for OAuth2PasswordBearer")).to_be_focused()
    builder.get_by_label("name for OAuth2PasswordBearer").fill("alice")
    builder.get_by_label("password for OAuth2PasswordBearer").fill("wrong")
    builder.get_by_label("sign in OAuth2PasswordBearer").click()
    expect(state).to_contain_text("Sign-in failed: wrong password")
    expect(builder.get_by_label("password for OAuth2PasswordBearer")).to_have_value("")
    expect(builder.get_by_label("password for OAuth2PasswordBearer")).to_be_focused()
    builder.get_by_label("password for OAuth2PasswordBearer").fill("wonder")
    builder.get_by_label("password for OAuth2PasswordBearer").press("Enter")
    expect(chip).to_contain_text("alice")
    expect(builder.get_by_role("group", name="Credentials")).to_be_hidden()
    expect(builder.get_by_role("button", name="Send", exact=True)).to_be_focused()
    expect(builder.get_by_role("button", name="Sent with credentials: OAuth2PasswordBearer")).to_be_visible()
    send(builder)
    answer(builder, "200 OK").wait_for()
    expect(answer(builder, "200 OK")).to_contain_text("alice")
    expect(builder.locator(".ipyasgi-code")).to_have_text("%asgi GET /me 'Authorization:Bearer {{token}}'")
    chip.click()
    expect(state).to_have_text("Signed in as alice")
    builder.get_by_label("sign out OAuth2PasswordBearer").click()
    expect(chip).to_contain_text("Not signed in")
    builder.page.keyboard.press("Escape")
    expect(chip).to_be_focused()
    assert "s3cret" not in builder.inner_html()


def test_rows_of_secrets_are_hidden_and_say_what_they_replace(builder: Locator) -> None:
    """A row is dots as soon as its name is a secret's, and again a text under another; it may replace the sign-in."""
    choose(builder, "/me")
    builder.locator(".ipyasgi-credentials-chip").click()
    builder.get_by_label("name for OAuth2PasswordBearer").fill("alice")
    builder.get_by_label("password for OAuth2PasswordBearer").fill("wonder")
    builder.get_by_label("sign in OAuth2PasswordBearer").click()
    builder.get_by_label("Add a header").click()
    builder.get_by_label("Name of header 1").fill("Authorization")
    value = builder.get_by_label("Value of header 1", exact=True)
    expect(value).to_have_attribute("type", "password")
    note = builder.get_by_text("replaces the sign-in as alice")
    expect(note).to_be_visible()
    value.fill("Bearer mine")
    builder.get_by_label("Show header 1").click()
    expect(value).to_have_attribute("type", "text")
    builder.get_by_label("Name of header 1").fill("Authorized")
    expect(note).to_be_hidden()
    expect(builder.get_by_label("Show header 1")).to_be_hidden()
    expect(value).to_have_value("Bearer mine")


def test_a_token_in_a_response_is_used(run_notebook: Callable) -> None:
    """One press makes it the credentials; the page never has it."""
    shown = "builder.show(explorer.post('/token', data={'username': 'bob', 'password': 'wonder'}))\nbuilder"
    notebook = run_notebook(APP, f"builder = ipyasgi.panels.RequestBuilder(explorer)\n{shown}")
    builder = notebook.locator(".ipyasgi-panel").first
    builder.get_by_role("button", name="Use as credentials").click()
    expect(builder.locator(".ipyasgi-credentials-chip")).to_contain_text("bob")
    expect(builder.locator(".ipyasgi-hint-line")).to_be_hidden()
    assert "s3cret" not in builder.inner_html()


def test_what_an_operation_does_and_returns(builder: Locator) -> None:
    """Its title and its endpoint are shown once; what it returns unfolds, with the type of each part and an example."""
    expect(builder.locator(".ipyasgi-docs-title")).to_have_text("Put an item on a shelf")
    expect(builder.locator(".ipyasgi-docs-place")).to_contain_text("add_item  cell:")
    returns = builder.locator(".ipyasgi-returns > summary")
    expect(returns).to_have_text("Returns 201 application/json · 422")
    returns.click()
    refused = builder.locator(".ipyasgi-reply", has_text="422")
    refused.locator("summary").first.click()
    expect(refused.locator(".ipyasgi-outline-parts")).to_contain_text("array of object ValidationError")


OWN_FILE = """
from pathlib import Path
Path("own.py").write_text('''
def show(): ...

class Route:
    methods, path, name, endpoint = {"GET"}, "/things", "things", staticmethod(show)

class App:
    routes = [Route()]
    async def __call__(self, scope, receive, send): ...
''')
import ipyasgi.panels, own
ipyasgi.panels.RequestBuilder(ipyasgi.Explorer(own.App()))
"""


def test_the_source_is_opened_at_its_line(run_notebook: Callable, lab_page: Page) -> None:
    """A file that JupyterLab's server has is opened in its editor, at the line of the endpoint."""
    notebook = run_notebook(OWN_FILE)
    notebook.box.get_by_role("button", name="own.py:2").click()
    editor = lab_page.locator(".jp-FileEditor")
    expect(editor).to_contain_text("class App")
    expect(lab_page.get_by_role("button", name="Ln 2, Col 1")).to_be_visible()
    lab_page.evaluate("() => window.jupyterapp.shell.currentWidget.close()")


def test_a_description_is_text(run_notebook: Callable) -> None:
    """Whatever the app's document holds, only the elements of Markdown come of it, and links to the web."""
    odd = "<img src=x onerror=alert(1)> [a](javascript:alert(1)) **b** [c](https://c.test) `<script>`"
    app = f"""
import ipyasgi.panels
from fastapi import FastAPI
app = FastAPI()
app.get("/", summary={odd!r}, description={odd!r}, responses={{200: {{"description": {odd!r}}}}})(lambda: 1)
ipyasgi.panels.RequestBuilder(ipyasgi.Explorer(app))"""
    docs = run_notebook(app).locator(".ipyasgi-docs")
    docs.locator(".ipyasgi-returns > summary").click()
    expect(docs.locator("strong", has_text="b").first).to_be_visible()
    assert docs.locator("img, script").count() == 0
    assert {link.get_attribute("href") for link in docs.locator("a").all()} == {"https://c.test"}
    assert {link.get_attribute("rel") for link in docs.locator("a").all()} == {"noopener noreferrer"}


def test_the_request_is_code_in_many_words(builder: Locator, lab_page: Page) -> None:
    """Each tab holds the same request; what stands there goes into a cell below where the front end lets a widget."""
    builder.get_by_role("tab", name="Code", exact=True).click()
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
    expect(cells).to_have_count(2)
    builder.get_by_role("button", name="insert as cell").click()
    expect(cells).to_have_count(3)
    expect(cells.nth(2)).to_contain_text("%asgi POST /items/0")


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


def test_an_edited_request_leaves_no_rows(run_notebook: Callable) -> None:
    """Content-Type and the token are no rows; a row of the request's own goes when another operation is chosen."""
    notebook = run_notebook(
        APP,
        "explorer.get('/me', headers={'Authorization': 'Bearer bob-s3cret', 'X-Own': '1'})\nexplorer.panel()",
    )
    bench = notebook.locator(".ipyasgi-panel", has=notebook.page.get_by_label("History", exact=True)).first
    choose(bench, "/me")
    chip = bench.locator(".ipyasgi-credentials-chip")
    chip.click()
    bench.get_by_label("name for OAuth2PasswordBearer").fill("alice")
    bench.get_by_label("password for OAuth2PasswordBearer").fill("wonder")
    bench.get_by_label("sign in OAuth2PasswordBearer").click()
    expect(chip).to_contain_text("alice")
    bench.get_by_role("button", name="History", exact=True).click()
    bench.get_by_label("Edit r1 in the form").click()
    names = bench.get_by_label("Name of header")
    expect(names).to_have_count(1)
    expect(names.first).to_have_value("x-own")
    send(bench)
    expect(answer(bench, "200 OK")).to_contain_text("alice")
    choose(bench, "/login-form")
    bench.get_by_label("age", exact=True).wait_for()
    expect(names).to_have_count(0)
    choose(bench, "/me")
    expect(names).to_have_count(0)
