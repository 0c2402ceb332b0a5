"""What a request to a route may carry, as `Route.inputs` and `%asgi docs` tell it."""

import json
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from fastapi import Body, FastAPI, Form, Header, Query, UploadFile
from pydantic import BaseModel, Field
from starlette.applications import Starlette
from starlette.routing import Route

from ipyasgi import Explorer
from ipyasgi.openapi.document import read_document
from ipyasgi.openapi.inputs import MOST_CHOICES, read_inputs
from ipyasgi.records.redaction import Redactor
from ipyasgi.routes.routes import read_routes
from ipyasgi.samples.shop import app as shop
from ipyasgi.views.routes import view_docs


class Color(StrEnum):
    red = "red"
    blue = "blue"


class Maker(BaseModel):
    name: str


class Item(BaseModel):
    name: str = Field(min_length=1, max_length=20, description="What it is called")
    price: float = Field(gt=0)
    color: Color = Color.red
    tags: list[str] = []
    maker: Maker | None = None
    parts: list[Maker] = []
    size: Maker | int | None = None


app = FastAPI()


@app.post("/items/{item_id}")
async def add(
    item_id: int,
    item: Item,
    limit: Annotated[int, Query(ge=1, le=100, description="How many")] = 10,
    x_token: Annotated[str, Header()] = "hush",
    sort: Literal["a", "b"] = "a",
    old: Annotated[bool, Query(deprecated=True, description="<img src=x>")] = False,
) -> None:
    """Add an item."""


@app.post("/upload")
async def upload(file: UploadFile, note: Annotated[str, Form()] = "") -> None: ...


@app.post("/list")
async def add_all(makers: list[Maker]) -> None: ...


@app.post("/text")
async def read(text: Annotated[str, Body(media_type="text/plain")]) -> None: ...


@pytest.fixture
def lines() -> dict[str, list[tuple[Any, ...]]]:
    with Explorer(app) as explorer:
        return {
            key: [(one.place, one.name, one.type, one.required) for one in route.inputs()]
            for key, route in explorer.routes.items()
        }


def test_parameters_and_parts(lines):
    """Parameters first, required ones before the others, each with its type, bounds and default."""
    assert lines["POST /items/{item_id}"] == [
        ("path", "item_id", "integer", True),
        ("query", "limit", "integer from 1 to 100, default 10", False),
        ("query", "sort", '"a" | "b", default "a"', False),
        ("query", "old", "boolean, default false", False),
        ("header", "x-token", 'string, default "•••"', False),
        ("body", "name", "string (1 to 20 characters)", True),
        ("body", "price", "number, more than 0", True),
        ("body", "color", '"red" | "blue", default "red"', False),
        ("body", "tags", "array of string, default []", False),
        ("body", "maker", "object Maker or null", False),
        ("body", "parts", "array of object Maker, default []", False),
        ("body", "size", "Maker or integer or null", False),
    ]


def test_bodies(lines):
    """A form's parts, a body without parts, a text."""
    assert lines["POST /upload"] == [("body", "file", "file", True), ("body", "note", 'string, default ""', False)]
    assert lines["POST /list"] == [("body", "", "array of object Maker", True)]
    assert lines["POST /text"] == [("body", "", "string", True)]


def test_without_a_document():
    """The places of the path are known, by an explorer with what their convertors take."""

    async def endpoint(request): ...

    bare = Starlette(routes=[Route("/a/{x:int}", endpoint)])
    with Explorer(bare) as explorer:
        (one,) = explorer.routes["GET /a/{x:int}"].inputs()
        assert (one.place, one.name, one.type, one.required) == ("path", "x", "int", True)
    (one,) = read_routes(bare)["GET /a/{x:int}"].inputs()
    assert (one.place, one.name, one.type) == ("path", "x", "int")


def test_what_never_ends_is_cut():
    """Arrays of themselves, long enums and long defaults take a line; what may not be sent is left out."""
    many = [str(number) for number in range(MOST_CHOICES + 3)]
    properties = {
        "deep": {"$ref": "#/components/schemas/Deep"},
        "many": {"enum": many},
        "long": {"type": "string", "default": "x" * 10_000},
        "id": {"type": "integer", "readOnly": True},
    }
    content = {"application/json": {"schema": {"type": "object", "properties": properties}}}
    document = read_document(
        {
            "openapi": "3.1.0",
            "info": {"title": "t", "version": "1"},
            "paths": {"/": {"post": {"requestBody": {"content": content}}}},
            "components": {"schemas": {"Deep": {"type": "array", "items": {"$ref": "#/components/schemas/Deep"}}}},
        }
    )
    operation = document.operation("POST /")
    assert operation is not None
    told = {one.name: one.type for one in read_inputs(operation, document, Redactor())}
    assert told["deep"] == "array of array of array"
    assert told["many"] == " | ".join(json.dumps(one) for one in many[:MOST_CHOICES]) + " or 3 more"
    assert len(told["long"]) < 100
    assert "id" not in told


def test_docs_show_them():
    """A line each in text, a row each in HTML; JSON and forms are told apart, other bodies by their media type."""
    with Explorer(app) as explorer:
        view = view_docs(explorer.routes.describe("POST /items"), explorer.settings)
        everything = view_docs(explorer.routes.describe(), explorer.settings).text
    assert view.text.split("\n")[5:7] == [
        "  path    item_id  required, integer",
        "  query   limit    integer from 1 to 100, default 10      How many",
    ]
    assert "  query   old      boolean, default false, deprecated     <img src=x>\n" in view.text
    assert "<td>&lt;img src=x&gt;</td>" in view.html
    assert "  JSON    name     required, string (1 to 20 characters)  What it is called\n" in view.text
    assert "<td>required, number, more than 0</td>" in view.html
    assert "  form  file  required, file\n" in everything
    assert "  body    required, text/plain, string" in everything


def test_docs_of_an_app_without_a_document():
    """The sample's path parameters are told, and its other routes have no table."""
    with Explorer(shop) as explorer:
        shown = view_docs(explorer.routes.describe("/items"), explorer.settings)
    assert "  path  item_id  required\n" in shown.text + "\n"
    assert "integer" not in shown.text
    assert shown.html.count("<table>") == 2
