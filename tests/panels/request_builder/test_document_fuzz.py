"""Odd OpenAPI documents, and mutants of real ones, in everything that reads a document: none raises, none is slow."""

import contextlib
import copy
import decimal
import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal

import pytest
from fastapi import Cookie, FastAPI, File, Form, Header, Query, UploadFile
from fastapi.security import HTTPBasic, OAuth2PasswordBearer
from litestar import Litestar, post
from litestar.params import FromPath, FromQuery, JSONBody
from pydantic import BaseModel, Field

from ipyasgi import Explorer
from ipyasgi.explorer.explored_app import document_source_of
from ipyasgi.openapi.document import Document, read_document
from ipyasgi.openapi.form_values import sample_values
from ipyasgi.openapi.json_cursor import JsonPlace
from ipyasgi.openapi.request import build_operation_spec
from ipyasgi.openapi.schema_check import find_errors
from ipyasgi.openapi.schema_completion import choices, item_names, item_values, json_words
from ipyasgi.panels import RequestBuilder
from ipyasgi.panels.request_builder.draft import Draft
from ipyasgi.panels.request_builder.files import Files
from ipyasgi.panels.request_builder.form_request import read_form
from ipyasgi.panels.request_builder.operation_form import page_operation_form, start_draft, try_operation_form
from ipyasgi.protocol.errors import FieldError, RequestError
from ipyasgi.records.redaction import Redactor
from ipyasgi.routes.path_template import PathTemplate
from ipyasgi.shown import VIEWS

from .documents import DOCUMENT

_SLOWEST_S = 30.0  # with coverage; what is exponential takes for ever
_LONG = ("allOf nested", "anyOf nested", "oneOf nested")  # some seconds each
_VALUES = [None, 0, 1.5, "", "a", [], {}, True, [1, "a", None, {}], {"a": {"b": [1]}}, [[[]]]]


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int = Field(9, ge=1, le=9, multiple_of=1)


class Dog(BaseModel):
    kind: Literal["dog"]
    owner: Annotated[str, Field(json_schema_extra={"format": "email"})]
    friends: "list[Dog | Cat]" = []


def of_fastapi() -> dict[str, Any]:
    app = FastAPI()
    login = OAuth2PasswordBearer("token")

    @app.post("/pets/{pet_id}", dependencies=[])
    def put(
        pet_id: Annotated[str, Field(pattern="^[a-z]+(-[a-z]+)*$", max_length=20)],
        pet: Annotated[Cat | Dog, Field(discriminator="kind")],
        limit: Annotated[list[int], Query(min_length=1)],
        trace: Annotated[str, Header()] = "x",
        session: Annotated[str | None, Cookie()] = None,
    ): ...

    @app.post("/upload")
    def upload(one: UploadFile, many: Annotated[list[bytes], File()], note: Annotated[str, Form()] = "n"): ...

    @app.post("/form")
    def form(user: Annotated[str, Form()], tags: Annotated[list[Literal["a", "b"]], Form()]): ...

    document = app.openapi()
    document["components"]["securitySchemes"] = {
        "login": {**login.model.model_dump(by_alias=True, exclude_none=True, mode="json")},
        "basic": HTTPBasic().model.model_dump(by_alias=True, exclude_none=True, mode="json"),
    }
    return document


def of_litestar() -> dict[str, Any]:
    @post("/dogs/{number:int}", sync_to_thread=False)
    def put(number: FromPath[int], data: JSONBody[Dog], size: FromQuery[Literal["s", "m"]] = "s") -> Dog:
        return data

    return Litestar([put], logging_config=None).openapi_schema.to_schema()


REAL = {"fastapi": of_fastapi(), "litestar": of_litestar(), "own": DOCUMENT}


def one_operation(schema: Any, *, media: str = "application/json", more: Any = None, **rest: Any) -> dict[str, Any]:
    """Return a document whose operation has a schema in a parameter, in a form and in a body."""
    parameters = [
        {"name": "q", "in": place, "required": True, "schema": schema} for place in ("query", "header", "path")
    ]
    content = {
        media: {"schema": schema},
        "multipart/form-data": {"schema": {"type": "object", "required": ["f"], "properties": {"f": schema}}},
    }
    body = {"required": True, "content": content}
    return {
        "openapi": "3.1.0",
        "paths": {"/x/{q}": {"post": {"parameters": parameters, "requestBody": body, **(more or {})}}},
        **rest,
    }


def _named(**schemas: Any) -> dict[str, Any]:
    return {"components": {"schemas": schemas}}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _circle() -> dict[str, Any]:
    document = one_operation({"type": "string"})
    document["paths"]["/x/{q}"]["post"]["x-self"] = document
    return document


def _nested(levels: int, word: str) -> Any:
    schema: Any = {"type": "string"}
    for _ in range(levels):
        schema = {"type": "array", "items": schema} if word == "items" else {word: [schema, schema]}
    return schema


def _deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


_PET = {"type": "object", "properties": {"kind": {"type": "string"}}, "required": ["kind"]}
_PETS = {
    "Pet": {**_PET, "discriminator": {"propertyName": "kind"}},
    "Cat": {"allOf": [_ref("Pet"), {"properties": {"lives": {"type": "integer"}}}]},
    "Dog": {"allOf": [_ref("Pet"), {"required": ["owner"], "properties": {"owner": {"type": "string"}}}]},
    "Odd": {"type": "object"},
}
_WORDS = [
    *("type", "minimum", "maxLength", "multipleOf", "enum", "const", "default", "required", "properties", "items"),
    *("anyOf", "allOf", "not", "pattern", "format", "discriminator", "additionalProperties", "$ref", "title"),
    *("examples", "example", "nullable", "prefixItems", "patternProperties", "readOnly"),
]
_NO_JSON = [10**400, -(10**400), 10**5000, 1e308, float("nan"), float("inf"), "\ud800"]
ODD: dict[str, Any] = {
    **{f"schema {value!r}": one_operation(value) for value in (*_VALUES, False)},
    **{f"document {value!r}": value for value in (*_VALUES, "{", 10**400)},
    **{f"{name} {value!r}": {**DOCUMENT, name: value} for name in DOCUMENT for value in _VALUES},
    "redos default": one_operation({"type": "string", "pattern": "^(a+)+$", "default": "a" * 35 + "!"}),
    "redos names": one_operation(
        {"type": "object", "patternProperties": {"^(a|a)*$": {}}, "example": {"a" * 40 + "!": 1}}
    ),
    "allOf doubled": one_operation(
        _ref("S0"), **_named(**{f"S{n}": {"allOf": [_ref(f"S{n + 1}")] * 2} for n in range(60)})
    ),
    "anyOf doubled": one_operation(
        _ref("S0"), **_named(**{f"S{n}": {"anyOf": [_ref(f"S{n + 1}")] * 2} for n in range(60)})
    ),
    **{f"{word} nested": one_operation(_nested(45, word)) for word in ("items", "allOf", "anyOf", "oneOf")},
    "deep values": one_operation({"default": _deep(900), "enum": [_deep(900)], "const": _deep(500)}),
    "circular references": one_operation(_ref("A"), **_named(A=_ref("B"), B=_ref("A"))),
    "a reference to itself": one_operation(_ref("A"), **_named(A=_ref("A"))),
    "recursive and required": one_operation(_ref("A"), **_named(A={"required": ["a"], "properties": {"a": _ref("A")}})),
    "a reference to the document": one_operation({"$ref": "#"}),
    "an empty reference": one_operation({"$ref": ""}),
    "a reference with siblings": one_operation(
        {**_ref("A"), "minLength": 3, "description": "d"}, **_named(A={"type": "string"})
    ),
    "an encoded reference": one_operation(
        {"$ref": "#/components/schemas/a%20b~1c"}, **_named(**{"a b/c": {"type": "integer"}})
    ),
    "a broken reference": one_operation({"$ref": "#/components/%zz/~9//"}),
    "a file": one_operation({"$ref": "file:///etc/passwd"}),
    "a reference to a scalar": one_operation({"$ref": "#/openapi"}),
    "a long index": one_operation({"$ref": "#/paths/" + "9" * 5_000}),
    "a dynamic reference": one_operation({"$dynamicRef": "#a", "$dynamicAnchor": "a", "$defs": {"a": {}}}),
    "swagger 2": {"swagger": "2.0", "paths": {"/x": {"get": {"parameters": [{"in": "body", "schema": {}}]}}}},
    "openapi 2.0": one_operation({"type": "file"}, openapi="2.0"),
    "required a": one_operation({"type": "object", "required": "a"}),
    "enum of objects": one_operation({"enum": [{"a": 1}, {"a": 2}, [1], None, True, 1]}),
    "enum of another type": one_operation({"type": "integer", "enum": ["a", "b"], "default": {}}),
    "default of another type": one_operation({"type": "integer", "default": "seven", "examples": [[]]}),
    "bounds without a number": one_operation({"type": "integer", "minimum": 5, "maximum": 3}),
    "long bounds": one_operation({"type": "string", "minLength": 10**9}),
    "many items": one_operation({"type": "array", "minItems": 10**9, "items": {"type": "string"}}),
    "keys of numbers": {"openapi": "3.1.0", "paths": {1: {}, None: {}, "/a": {2: 3, "get": {4: 5}}}, 6: 7},
    "keys of schemas": one_operation({"type": "object", "properties": {1: {}, None: {}, (2, 3): {}, "": {}}}),
    "values of Python": one_operation(
        {"default": date(2020, 1, 1), "examples": [decimal.Decimal("1.5"), {1, 2}, b"\xff", object()]}
    ),
    "itself": _circle(),
    "discriminator, mapped": one_operation(
        {
            "oneOf": [_ref("Cat"), _ref("Dog"), _ref("Odd")],
            "discriminator": {
                "propertyName": "kind",
                "mapping": {"c": "#/components/schemas/Cat", "d": "Dog", "x": "Nothing", "y": 5},
            },
        },
        **_named(**_PETS),
    ),
    "discriminator, implicit": one_operation(
        {"oneOf": [_ref("Cat"), _ref("Dog")], "discriminator": {"propertyName": "kind"}}, **_named(**_PETS)
    ),
    "discriminator of a parent": one_operation(_ref("Pet"), **_named(**_PETS)),
    "discriminator, nested": one_operation(
        {
            "oneOf": [{"oneOf": [_ref("Cat")], "discriminator": {"propertyName": "kind"}}, _ref("Dog")],
            "discriminator": {"propertyName": "kind"},
        },
        **_named(**_PETS),
    ),
    **{
        f"discriminator {value!r}": one_operation(
            {"oneOf": [_ref("Cat"), _ref("Odd")], "discriminator": value}, **_named(**_PETS)
        )
        for value in (
            "kind",
            [],
            {"propertyName": 5},
            {"propertyName": {}},
            {"propertyName": "no"},
            {"mapping": []},
            {"mapping": {"a": {}}},
            {"propertyName": "kind", "mapping": "c"},
            {"propertyName": "kind", "mapping": {5: []}},
        )
    },
    **{
        f"file {schema!r}": one_operation({"type": "string", **schema}, media="multipart/form-data")
        for schema in (
            {"format": "binary", "contentMediaType": -1},
            {"contentMediaType": {}},
            {"contentMediaType": "image/png", "contentEncoding": 5},
        )
    },
    "operations of another type": {
        "openapi": "3.1.0",
        "paths": {"/a": {"get": [], "put": {"parameters": {}, "requestBody": []}}},
    },
    "odd parameters": one_operation(
        {},
        more={
            "parameters": [
                None,
                [],
                {"in": []},
                {"name": {}, "in": "query"},
                {"name": "a", "in": "body"},
                {"name": "b", "in": "query", "style": {}, "explode": "x", "schema": 5, "examples": [], "content": []},
                {"name": "c", "in": "query", "content": {"application/json": None}},
                {"name": "q", "in": "path", "style": "form"},
            ],
            "responses": {"2XX": None, 200: [], "999999999999999999999": {}, "²00": {}},
            "security": [None, {"a": 5}, {5: []}, "x"],
            "tags": [5, {}],
            "summary": [],
        },
    ),
    **{
        f"odd body {value!r:.60}": one_operation({}, more={"requestBody": value})
        for value in (
            None,
            [],
            {"content": []},
            {"content": {"": {}}},
            {
                "content": {
                    "multipart/form-data": {
                        "encoding": {"f": {"contentType": [], "style": {}, "headers": 5}},
                        "example": 5,
                    }
                }
            },
        )
    },
    "odd schemes": one_operation(
        {},
        more={"security": [{"a": []}, {"b": []}, {"c": ["x", {}]}]},
        components={
            "securitySchemes": {
                "a": None,
                "b": {"type": "oauth2", "flows": {"password": {"tokenUrl": []}}},
                "c": {"type": "apiKey", "in": [], "name": {}},
            }
        },
    ),
}


def places_of(part: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each place in a document: a container, and a key or an index."""
    if isinstance(part, dict):
        for key in part:
            yield part, key
            yield from places_of(part[key])
    elif isinstance(part, list):
        for index in range(len(part)):
            yield part, index
            yield from places_of(part[index])


def mutant_of(document: Mapping[str, Any], seed: int) -> Any:
    """Return a copy of a document with some parts replaced, removed, exchanged or nested."""
    chosen = random.Random(seed)
    made = copy.deepcopy(document)
    for _ in range(chosen.choice([1, 1, 2, 5, 20])):
        places = list(places_of(made))
        (holder, key), (other, other_key) = chosen.choice(places), chosen.choice(places)
        value = copy.deepcopy(other[other_key])
        match chosen.randrange(6):
            case 0:
                del holder[key]
            case 1:
                holder[key] = value
            case 2:
                holder[key] = copy.deepcopy(chosen.choice([*_VALUES, *_NO_JSON, -1, {3: 4}]))
            case 3:
                holder[key] = {chosen.choice(["allOf", "oneOf", "anyOf", "items", "not", "$ref"]): value}
            case 4:
                holder[key] = [holder[key], value]
            case 5 if isinstance(holder, dict) and isinstance(key, str):
                holder[chosen.choice(["type", "enum", "required", "default", "discriminator", "minimum"])] = value
    return made


def use(data: Any) -> None:
    """Read a document in all ways that need no app."""
    document = read_document(data)
    assert isinstance(document.problems, tuple)
    document.secret_names()
    repr(document)
    for key, operation in document.operations.items():
        values = sample_values(operation, document)
        with contextlib.suppress(FieldError):
            build_operation_spec(operation, values)
        use_form(document, key)
        names = list(item_names(document, operation, operation.path))
        for name in names[:20]:
            for sign in ("=", ":=", "==", ":"):
                list(item_values(document, operation, name.rstrip(":=@"), sign))
        for path in ((), ("a",), (None, "kind"), ("q", None)):
            for kind in ("value", "name"):
                list(json_words(document, operation, JsonPlace(kind=kind, path=path, names=frozenset(), fragment="")))


def use_form(document: Document, key: str) -> None:
    """Open the form of an operation, and send it."""
    form = try_operation_form(document, key)
    assert form is not None
    json.dumps(page_operation_form(form), allow_nan=False, ensure_ascii=False).encode()
    method, _, path = key.partition(" ")
    fields = tuple((name, "") for name in PathTemplate(path).names)
    draft = start_draft(Draft(method=method, path=path, path_values=fields), form)
    read_form(draft, form, Files({}.__getitem__))
    for media in form.media:
        for value in _VALUES:
            find_errors(value, media.schema, document.flatten)
            form.coerce(value, media.schema)
        choices(document, media.schema)
    assert isinstance(form.expected_status, int)


def timed(data: Any) -> None:
    began_s = time.thread_time()
    use(data)
    assert time.thread_time() - began_s < _SLOWEST_S


def with_document(data: Any) -> Any:
    """Return an app with the routes of a document, whose method makes it."""

    app = FastAPI(openapi_url=None)
    paths = data.get("paths") if isinstance(data, dict) else {}
    for path in list(paths)[:5] if isinstance(paths, dict) else ():
        if isinstance(path, str) and path.startswith("/"):
            app.add_api_route(path.partition("{")[0] or "/", lambda: 1, methods=["POST", "GET"])
    app.add_api_route("/x/{q}", lambda q: 1, methods=["POST"])
    app.openapi = lambda: data
    return app


def show(data: Any) -> None:
    """Show all that an explorer shows of a document."""
    with Explorer(with_document(data)) as explorer:
        view = VIEWS.view_of(explorer.routes.describe())
        assert len(view.html) < 2_000_000
        assert view.text
        assert document_source_of(explorer).ready is not None
        for route in explorer.routes.values():
            with contextlib.suppress(RequestError):
                route.example()


@pytest.mark.parametrize("word", _WORDS)
def test_a_keyword_with_an_odd_value(word: str) -> None:
    """A keyword of a schema may have any value, even one that JSON has not."""
    for value in (*_VALUES, *_NO_JSON):
        timed(one_operation({word: value}))
        timed(one_operation({"type": "string", "oneOf": [{word: value}, {"type": "integer", word: value}]}))


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.nightly) if name in _LONG else name for name in ODD]
)
def test_an_odd_document(name: str) -> None:
    """Each odd document is read, shown, completed, and has a form."""
    timed(ODD[name])
    show(ODD[name])


@pytest.mark.parametrize(
    ("first", "count"),
    [(0, 60), pytest.param(1_000, 400, marks=pytest.mark.slow), pytest.param(10_000, 3_000, marks=pytest.mark.nightly)],
    ids=["quick", "all", "nightly"],
)
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", REAL)
def test_mutants_of_real_documents(name: str, first: int, count: int) -> None:
    """Documents of real frameworks with parts replaced, removed, exchanged and nested are read as well."""
    for seed in range(first, first + count):
        try:
            mutant = mutant_of(REAL[name], seed)
            timed(mutant)
            if seed % 20 == 0:
                show(mutant)
        except BaseException as exc:
            exc.add_note(f"the mutant {seed} of {name}")
            raise


def test_the_names_of_the_redactor_stay_their_own() -> None:
    """A document that declares odd secrets does not break the mask."""
    odd = one_operation(
        {"type": "string", "format": "password"},
        components={"securitySchemes": {"k": {"type": "apiKey", "in": "header", "name": "\ud800"}}},
    )
    assert Redactor().learn(read_document(odd).secret_names()) is not None


_SHOWN = ["redos default", "redos names", "allOf doubled", "anyOf doubled", "deep values", "values of Python", "itself"]


@pytest.mark.parametrize("name", [*_SHOWN, "discriminator, mapped", "minimum of 10**400"])
def test_an_open_panel_shows_the_form(name: str, until: Callable[..., None]) -> None:
    """A request builder on an odd document gets its form, sends, and has no error."""
    document = one_operation({"type": "integer", "minimum": 10**400}) if name == "minimum of 10**400" else ODD[name]
    with Explorer(with_document(document)) as explorer:
        builder = RequestBuilder(explorer)
        builder.choose("POST /x/{q}")
        until(lambda: builder.form.draft["media"] == "application/json")  # of the document, which is read beside
        builder.hear_page({"ask": "operation_form", "key": "POST /x/{q}"}, None)
        until(lambda: builder.form.operation_form.get("bodies"))
        assert builder.form.operation_form["key"] == "POST /x/{q}"
        assert not builder.queue.errors
        builder.hear_page({"ask": "draft", "draft": {**builder.form.draft, "body": '{"a": "b"}'}}, None)
        builder.close()
