"""From form values to requests, read back by a real app."""

import email
import urllib.parse
from typing import Annotated

import pytest
from fastapi import Body, Cookie, FastAPI, File, Form, Header, Query, UploadFile
from pydantic import BaseModel

from ipyasgi import Explorer
from ipyasgi.openapi.document import read_document
from ipyasgi.openapi.form_values import ABSENT, FormValues, sample_values
from ipyasgi.openapi.operation import Operation
from ipyasgi.openapi.request import build_operation_spec
from ipyasgi.protocol.errors import FieldError

from .documents import document_of


class Pet(BaseModel):
    name: str
    age: int = 1


app = FastAPI()


@app.post("/json/{item_id}")
async def take_json(
    item_id: int,
    pet: Pet,
    tags: Annotated[list[str], Query()],
    x_token: Annotated[str, Header()],
    session: Annotated[str, Cookie()],
):
    return [item_id, pet.name, tags, x_token, session]


@app.post("/form")
async def take_form(name: Annotated[str, Form()], ids: Annotated[list[int], Form()]):
    return [name, ids]


@app.post("/files")
async def take_files(note: Annotated[str, Form()], one: UploadFile, many: Annotated[list[bytes], File()]):
    return [note, one.filename, one.content_type, len(await one.read()), [each.decode() for each in many]]


@app.post("/any")
async def take_any(value: Annotated[int, Body()]):
    return value


DOCUMENT = read_document(app.openapi())


def operation_with(content=None, **operation):
    """Return an operation whose body is of these types, and its document."""
    body = {"requestBody": {"required": True, "content": content}} if content else {}
    document = read_document(document_of({"/a/{b}": {"post": {**body, **operation}}}))
    return document.operations["POST /a/{b}"], document


def spec_of(values, content=None, **operation):
    """Return the request that values are."""
    return build_operation_spec(operation_with(content, **operation)[0], values)


@pytest.mark.parametrize(
    ("key", "values", "answer"),
    [
        (
            "POST /json/{item_id}",
            FormValues(
                path={"item_id": 7},
                query={"tags": ["a b", "ü&="]},
                header={"x-token": "t"},
                cookie={"session": "s"},
                media_type="application/json",
                body={"name": "ä"},
            ),
            [7, "ä", ["a b", "ü&="], "t", "s"],
        ),
        (
            "POST /form",
            FormValues(media_type="application/x-www-form-urlencoded", body={"name": "a&b", "ids": [1, 2]}),
            ["a&b", [1, 2]],
        ),
        (
            "POST /files",
            FormValues(
                media_type="multipart/form-data",
                body={"note": "ü"},
                files={
                    "one": ("a.png", b"123", "image/png"),
                    "many": [("b", b"x", "text/plain"), ("c", b"y", "text/plain")],
                },
            ),
            ["ü", "a.png", "image/png", 3, ["x", "y"]],
        ),
        ("POST /any", FormValues(media_type="application/json", text="3"), 3),
    ],
)
def test_a_real_app_reads_them(key, values, answer):
    """What is filled in is what the endpoint gets."""
    with Explorer(app) as explorer:
        exchange = explorer.send(build_operation_spec(DOCUMENT.operations[key], values))
        assert (exchange.status_code, exchange.json()) == (200, answer)


@pytest.mark.parametrize("key", list(DOCUMENT.operations))
def test_an_untouched_form_is_accepted(key):
    """The values that a form begins with are valid for every kind of body."""
    operation = DOCUMENT.operations[key]
    with Explorer(app) as explorer:
        exchange = explorer.send(build_operation_spec(operation, sample_values(operation, DOCUMENT)))
        assert exchange.status_code == 200, exchange.text


def test_what_is_sampled():
    """Required values alone are there, examples before others; a list that must be there has an item."""
    operation, document = operation_with(
        {
            "application/xml": {},
            "multipart/form-data": {
                "schema": {
                    "required": ["f", "pic", "t"],
                    "properties": {
                        "f": {"type": "string", "format": "binary"},
                        "pic": {"type": "string"},
                        "t": {"type": "string"},
                        "o": {"type": "string"},
                    },
                },
                "encoding": {"pic": {"contentType": "image/png, image/jpeg"}},
            },
        },
        parameters=[
            {"name": "b", "in": "path", "schema": {"type": "string"}},
            {"name": "l", "in": "query", "required": True, "schema": {"type": "array", "items": {"type": "integer"}}},
            {"name": "n", "in": "query", "schema": {"type": "integer"}},
            {"name": "e", "in": "header", "required": True, "examples": {"x": {"value": "E"}}},
        ],
    )
    assert sample_values(operation, document) == FormValues(
        path={"b": "a"},
        query={"l": [0]},
        header={"e": "E"},
        media_type="multipart/form-data",
        body={"t": "a"},
        files={"f": ("file", b"", "application/octet-stream"), "pic": ("file", b"", "image/png")},
    )


@pytest.mark.parametrize(
    ("media_type", "schema", "body", "text"),
    [
        ("text/plain", {"type": "string", "minLength": 2}, ABSENT, "aa"),
        ("application/octet-stream", {"type": "string", "format": "binary"}, ABSENT, b""),
        ("application/problem+json", {"type": "integer"}, 0, None),
        ("application/x-www-form-urlencoded", {"required": ["a"]}, {"a": "a"}, None),
        ("application/x-www-form-urlencoded", {"properties": {"a": {"type": "string"}}}, {"a": "a"}, None),
    ],
)
def test_a_sampled_body(media_type, schema, body, text):
    """Each kind of body is sampled in the field that it is typed in."""
    values = sample_values(*operation_with({media_type: {"schema": schema}}))
    assert (values.media_type, values.body, values.text) == (media_type, body, text)


@pytest.mark.parametrize(
    ("media_type", "values", "body", "sent_as"),
    [
        ("application/json", {"body": None}, b"null", "application/json"),
        ("application/json", {"body": {"a": [1, "ä"]}}, '{"a":[1,"ä"]}'.encode(), "application/json"),
        ("application/json", {"text": "{broken"}, b"{broken", "application/json"),
        ("application/json", {}, b"", ""),
        ("application/ld+json", {"body": 1}, b"1", "application/ld+json"),
        ("*/*", {"body": 1}, b"1", "application/json"),
        ("text/plain", {"body": "hä"}, "hä".encode(), "text/plain"),
        ("text/csv; charset=utf-8", {"text": b"a,b"}, b"a,b", "text/csv; charset=utf-8"),
        ("text/plain", {"body": 5}, b"5", "text/plain"),
        ("application/xml", {"body": "<a/>"}, b"<a/>", "application/xml"),
        ("application/octet-stream", {"text": b"\0"}, b"\0", "application/octet-stream"),
        (
            "application/x-www-form-urlencoded",
            {"body": {"a": [1, 2], "b": {"c": True}, "d": None, "e": ""}},
            b"a=1&a=2&b=%7B%22c%22%3Atrue%7D&e=",
            "application/x-www-form-urlencoded",
        ),
    ],
)
def test_bodies(media_type, values, body, sent_as):
    """A body is written as its media type asks, or as it was typed."""
    spec = spec_of(FormValues(path={"b": 1}, media_type=media_type, **values), {media_type: {}})
    assert (spec.body, spec.header("content-type")) == (body, sent_as)


def test_encoding_of_parts():
    """A property's encoding says its style in a urlencoded body and its content type in a multipart one."""
    form = "application/x-www-form-urlencoded"
    encoding = {"l": {"style": "pipeDelimited"}, "o": {"style": "deepObject"}}
    values = FormValues(path={"b": 1}, media_type=form, body={"l": [1, 2], "o": {"k": 1}})
    assert spec_of(values, {form: {"encoding": encoding}}).body == b"l=1%7C2&o%5Bk%5D=1"

    content = {"multipart/form-data": {"encoding": {"j": {"contentType": "application/json"}}}}
    values = FormValues(path={"b": 1}, media_type="multipart/form-data", body={"j": [1], "o": {"k": 1}, "t": "x"})
    body = spec_of(values, content).body
    assert body.count(b"Content-Type: application/json") == 2
    assert b"\r\n\r\n[1]\r\n" in body
    assert b'name="t"\r\n\r\nx\r\n' in body


@pytest.mark.parametrize("form", ["application/x-www-form-urlencoded", "multipart/form-data"])
@pytest.mark.parametrize(
    ("encoding", "value", "pairs"),
    [
        ({"contentType": "application/json"}, ["a", "b"], [("p", '["a","b"]')]),
        ({"contentType": "application/vnd.api+json; v=1"}, "a", [("p", '"a"')]),
        ({"contentType": "application/json, text/plain"}, 1, [("p", "1")]),
        ({"contentType": "application/json"}, {"k": [1]}, [("p", '{"k":[1]}')]),
        ({"contentType": "text/plain"}, ["a", "b"], [("p", "a"), ("p", "b")]),
        ({"style": "form", "explode": False}, ["a", "b"], [("p", "a,b")]),
        ({"explode": True}, {"k": 1, "l": 2}, [("k", "1"), ("l", "2")]),
        ({"explode": False}, {"k": 1, "l": 2}, [("p", "k,1,l,2")]),
        ({"style": "spaceDelimited"}, [1, 2], [("p", "1 2")]),
        ({"style": "pipeDelimited", "contentType": "application/json"}, [1, 2], [("p", "1|2")]),
        (
            {"style": "deepObject", "explode": True},
            {"k": {"l": 1}, "m": [2, 3]},
            [("p[k][l]", "1"), ("p[m]", "2"), ("p[m]", "3")],
        ),
        ({"style": 7, "explode": "yes"}, [1, 2], [("p", "1,2")]),
        ({"contentType": 5}, ["a"], [("p", "a")]),
    ],
)
def test_encodings_of_both_forms(form, encoding, value, pairs):
    """A style comes before a content type, in a multipart body as in a urlencoded one."""
    values = FormValues(path={"b": 1}, media_type=form, body={"p": value})
    spec = spec_of(values, {form: {"encoding": {"p": encoding}}})
    if form == "multipart/form-data":
        message = email.message_from_bytes(
            b"Content-Type: " + spec.header("content-type").encode() + b"\n\n" + spec.body
        )
        sent = [
            (part.get_param("name", header="content-disposition"), part.get_payload()) for part in message.get_payload()
        ]
    else:
        sent = urllib.parse.parse_qsl(spec.body.decode())
    assert sent == pairs


@pytest.mark.parametrize("form", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_value_that_its_style_cannot_write(form):
    """The error is at the body's field, whatever its style."""
    values = FormValues(path={"b": 1}, media_type=form, body={"p": [[1]]})
    with pytest.raises(FieldError) as caught:
        spec_of(values, {form: {"encoding": {"p": {"style": "form"}}}})
    assert caught.value.key == "body.p"


def test_what_is_not_foreseen_is_sent_too():
    """Values that the operation does not name are written in the place's own style."""
    values = FormValues(path={"b": "x,y"}, query={"q": [1, 2]}, header={"X-A": "1", "N": None}, cookie={"c": 1})
    spec = spec_of(values)
    assert (spec.path, spec.query) == ("/a/x%2Cy", (("q", "1"), ("q", "2")))
    assert spec.headers == ((b"x-a", b"1"), (b"cookie", b"c=1"))


def test_a_content_type_of_the_form_wins():
    """A header that is filled in takes the place of the one that the body brings."""
    values = FormValues(path={"b": 1}, header={"Content-Type": "a/b"}, media_type="application/json", body=1)
    assert spec_of(values).headers == ((b"content-type", b"a/b"),)


@pytest.mark.parametrize(
    ("values", "key"),
    [
        (FormValues(), "path.b"),
        (FormValues(path={"b": ".."}), "path.b"),
        (FormValues(path={"b": 1}, query={"q": [[]]}), "query.q"),
        (FormValues(path={"b": 1}, header={"X": "a\r\nB: c"}), "header.X"),
        (FormValues(path={"b": 1}, header={"X": "☃"}), "header.X"),
        (FormValues(path={"b": 1}, header={"X Y": "1"}), "header.X Y"),
        (FormValues(path={"b": 1}, cookie={"c": "a\nb"}), "header.cookie"),
        (FormValues(path={"b": 1}, media_type="application/json", body={1, 2}), "body"),
        (FormValues(path={"b": 1}, media_type="application/xml", body={}), "body"),
        (FormValues(path={"b": 1}, media_type="a/b\r\nX: y", text=""), "body"),
        (FormValues(path={"b": 1}, media_type="multipart/form-data", body=[]), "body"),
        (FormValues(path={"b": 1}, media_type="multipart/form-data", files={"f": ("a", b"", "a\n")}), "body.f"),
        (FormValues(path={"b": 1}, media_type="application/x-www-form-urlencoded", body={"a": {"b": {1}}}), "body.a"),
    ],
)
def test_the_error_names_the_field(values, key):
    """What cannot be sent is refused before anything is sent, at its field."""
    operation = Operation(method="POST", path="/a/{b}")
    with pytest.raises(FieldError) as caught:
        build_operation_spec(operation, values)
    assert caught.value.key == key
