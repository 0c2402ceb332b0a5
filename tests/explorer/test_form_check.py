"""The hint when JSON was sent to an endpoint that takes a form."""

from typing import Annotated

import pytest
from fastapi import FastAPI, File, Form, UploadFile

from ipyasgi import Explorer
from ipyasgi.explorer.form_check import form_note


def build_app():
    """Return an app with a form, an upload, and an endpoint that takes JSON."""
    app = FastAPI()

    @app.post("/token")
    def token(username: Annotated[str, Form()]):
        return username

    @app.post("/shelves/{shelf}/photo")
    def photo(shelf: int, photo: Annotated[UploadFile, File()]):
        return photo.filename

    @app.post("/items")
    def items(item: dict[str, int]):
        return item

    return app


@pytest.mark.parametrize("path", ["/token", "/shelves/3/photo"])
def test_json_for_a_form_has_a_hint(path):
    """The exchange says that the endpoint takes a form, also in text and HTML; a form has no hint."""
    with Explorer(build_app()) as explorer:
        exchange = explorer.post(path, json={"username": "ann"})

        assert exchange.status_code == 422
        assert exchange.notes == ("this endpoint takes a form: add --form; in Python pass data= instead of json=",)
        assert "add --form" in exchange.to_text()
        assert "add --form" in exchange._repr_mimebundle_()["text/html"]
        assert explorer.post(path, data={"user": "ann"}).notes == ()


def test_other_responses_have_no_hint():
    """JSON where JSON is taken, where nothing is known, or that was accepted has no hint."""
    with Explorer(build_app()) as explorer:
        assert explorer.post("/items", json={"a": "b"}).status_code == 422
        assert explorer.post("/items", json={"a": "b"}).notes == ()
        assert explorer.post("/nowhere", json={}).notes == ()
        assert explorer.post("/items", json={"a": 1}).notes == ()
    assert form_note(None, lambda: None) == ()


class CachingApp:
    """An app that makes its document once, so that reading it early would freeze it."""

    def __init__(self):
        self.made = 0

    def openapi(self):
        self.made += 1
        body = {"content": {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}}}
        return {"openapi": "3.1.0", "paths": {"/": {"post": {"requestBody": body, "responses": {}}}}}

    async def __call__(self, scope, receive, send):
        await send({"type": "http.response.start", "status": 415, "headers": []})
        await send({"type": "http.response.body"})


def test_a_document_is_not_frozen_for_the_hint():
    """The document of an app that makes it once is used after the user has read it, and not read for the hint."""
    app = CachingApp()
    with Explorer(app) as explorer:
        assert explorer.post("/", json={}).notes == ()
        assert app.made == 0
        assert len(explorer.openapi) == 1
        assert "add --form" in explorer.post("/", json={}).notes[0]
