"""The JSON editor in a real JupyterLab: completion, keys, undo, and that a page gets it once and a notebook never."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

APP = """
from typing import Annotated, Literal
from fastapi import FastAPI
from pydantic import BaseModel, Field
import ipyasgi.panels

class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int = 9

class Dog(BaseModel):
    kind: Literal["dog"]

class Pet(BaseModel):
    name: str = Field(description="<b>What</b> it is called")
    details: Annotated[Cat | Dog, Field(discriminator="kind")]

app = FastAPI()

@app.post("/pets", status_code=201)
async def add_pet(pet: Pet) -> Pet:
    return pet

explorer = ipyasgi.Explorer(app)
"""
_EDITOR_JS = "async () => Object.keys(await globalThis[Symbol.for('ipyasgi.json_editor.1')])"
_SAVED_JS = """async () => {
    const { context } = window.panelUnderTest;
    await context.save();
    return JSON.stringify(context.model.toJSON());
}"""


@pytest.fixture
def builder(run_notebook: Callable) -> Locator:
    """Give the request panel of the app above, with its JSON open, twice on one page."""
    notebook = run_notebook(APP, "ipyasgi.panels.RequestBuilder(explorer)", "ipyasgi.panels.RequestBuilder(explorer)")
    forms = notebook.locator(".ipyasgi-form")
    for number in (1, 0):
        forms.nth(number).get_by_role("tab", name="JSON").click()
        forms.nth(number).locator(".cm-editor").wait_for()
    return forms.first


def test_a_body_is_completed_undone_and_left_by_keyboard(builder: Locator, lab_page: Page) -> None:
    """Names and tags come from the app's document, as text; Ctrl+Enter sends, and Escape and Tab lead out."""
    text = builder.get_by_label("Request body")
    words = builder.locator(".cm-tooltip-autocomplete li")
    text.press("Control+a")
    lab_page.keyboard.type('{"')
    expect(words).to_have_text(['"name"required string', '"details"required'])
    expect(builder.locator(".cm-completionInfo")).to_have_text("<b>What</b> it is called")
    lab_page.keyboard.press("Enter")
    lab_page.keyboard.type('"Miso", "de')
    expect(words).to_have_text(['"details"required'])
    lab_page.keyboard.press("Enter")
    lab_page.keyboard.type('{"kind": "c')
    expect(words).to_have_text(['"cat"'])
    lab_page.keyboard.press("Enter")
    lab_page.keyboard.type("}}")
    expect(text).to_have_text('{"name": "Miso", "details": {"kind": "cat"}}')
    lab_page.keyboard.press("Control+Enter")
    expect(builder.locator(".ipyasgi-run-text")).to_contain_text("201 Created")
    expect(text).to_have_text('{"name": "Miso", "details": {"kind": "cat"}}')
    lab_page.keyboard.type("xdd")
    lab_page.keyboard.press("Control+z")
    expect(text).not_to_contain_text("xdd")
    text.press("Control+Space")
    lab_page.keyboard.press("Escape")
    lab_page.keyboard.press("Tab")
    expect(text).not_to_be_focused()
    assert lab_page.evaluate("() => window.panelUnderTest.content.widgets.length") == 3


def test_an_error_is_marked_and_found(builder: Locator) -> None:
    """The line's number and the place are marked; the message leads there."""
    text = builder.get_by_label("Request body")
    text.fill('{"name": "Miso",\n"details": nul}')
    problem = builder.locator(".ipyasgi-body-problem")
    expect(problem).to_contain_text("line 2")
    expect(builder.locator(".cm-gutterElement.ipyasgi-bad-line")).to_have_text("2")
    expect(text).to_have_attribute("aria-invalid", "true")
    problem.click()
    expect(text).to_be_focused()
    text.fill("{}")
    expect(problem).to_be_hidden()
    expect(text).not_to_have_attribute("aria-invalid", "true")


def test_a_page_gets_the_editor_once_and_a_notebook_never(builder: Locator, lab_page: Page) -> None:
    """It stands on the page for both panels, of which one fetched it; what is saved has none of its code."""
    assert lab_page.evaluate(_EDITOR_JS) == ["createJsonEditor"]
    assert "cm-tooltip-autocomplete" not in lab_page.evaluate(_SAVED_JS)
