"""Documents and their operations, whole and broken."""

import time

import pytest
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st

from ipyasgi.openapi.document import Document, read_document
from ipyasgi.openapi.operation import OperationHead

from .documents import document_of


def operation_of(operation, item=None, components=None, **more):
    """Return the one operation of a document, read, and the document's problems."""
    document = read_document(document_of({"/a/{b}": {**(item or {}), "post": operation}}, components, **more))
    return document.operations["POST /a/{b}"], document.problems


def test_an_operation():
    """What is said of one method on one path is there under the route's key."""
    operation, problems = operation_of(
        {
            "operationId": "make",
            "summary": "Make",
            "tags": ["x", 1],
            "deprecated": True,
            "security": [{"key": []}, {}],
            "responses": {200: {"description": ""}},
            "requestBody": {"$ref": "#/components/requestBodies/B"},
        },
        {"description": "Of the path"},
        {
            "requestBodies": {
                "B": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"type": "string"}, "examples": {"one": {"value": 1}}},
                        "multipart/form-data": {"encoding": {"f": {"contentType": "image/png"}}},
                    },
                }
            }
        },
    )
    assert problems == ()
    assert operation.key == "POST /a/{b}"
    assert (operation.operation_id, operation.summary, operation.description) == ("make", "Make", "Of the path")
    assert operation.tags == ("x",)
    assert operation.deprecated
    assert operation.security == ({"key": ()}, {})
    assert list(operation.responses) == ["200"]
    assert operation.body is not None
    assert operation.body.required
    json, form = operation.body.media
    assert (json.name, json.schema, json.examples) == ("application/json", {"type": "string"}, {"one": 1})
    assert (form.name, form.schema, form.encoding) == (
        "multipart/form-data",
        True,
        {"f": {"contentType": "image/png"}},
    )


def test_the_head_of_an_operation():
    """A list reads what it shows of an operation, and not its other parts, of which one is broken here."""
    head = {"operationId": "add", "summary": "Add", "tags": ["pets", 1], "deprecated": True, "security": [{"key": []}]}
    paths = {"/pets/{pet_id}": {"description": "All.", "post": head | {"parameters": 1}, "get": {}}}
    document = read_document(document_of(paths))
    found = document.head("POST /pets/{pet_id:int}")
    assert type(found) is OperationHead
    assert (found.key, found.operation_id, found.summary) == ("POST /pets/{pet_id}", "add", "Add")
    assert (found.description, found.tags, found.deprecated) == ("All.", ("pets",), True)
    assert found.security == ({"key": ()},)
    assert document.head("PUT /pets") is None
    operation = document.operation("POST /pets/{pet_id}")
    assert document.problems == ("POST /pets/{pet_id}: `parameters` is not a list: left out",)
    assert {name: getattr(operation, name) for name in OperationHead.__slots__} == {
        name: getattr(found, name) for name in OperationHead.__slots__
    }
    assert document.head("POST /pets/{pet_id}") is operation


def test_parameters_of_path_and_operation_are_one_list():
    """An operation's own parameter takes the place of the path item's of the same name and place."""
    operation, problems = operation_of(
        {"parameters": [{"name": "b", "in": "path", "description": "own"}, {"$ref": "#/components/parameters/Q"}]},
        {"parameters": [{"name": "b", "in": "path"}, {"name": "b", "in": "query"}]},
        {"parameters": {"Q": {"name": "q", "in": "header", "example": 5}}},
    )
    assert problems == ()
    assert [parameter.key for parameter in operation.parameters] == ["path.b", "query.b", "header.q"]
    assert operation.parameters[0].description == "own"
    assert operation.parameters[0].required
    assert operation.parameters[2].examples == {"": 5}


@pytest.mark.parametrize(
    ("place", "style", "explode", "expected"),
    [
        ("path", None, None, ("simple", False)),
        ("path", "matrix", True, ("matrix", True)),
        ("query", None, None, ("form", True)),
        ("query", "form", False, ("form", False)),
        ("query", "spaceDelimited", None, ("spaceDelimited", False)),
        ("query", "deepObject", None, ("deepObject", False)),
        ("header", None, None, ("simple", False)),
        ("cookie", None, None, ("form", True)),
    ],
)
def test_how_a_parameter_is_written(place, style, explode, expected):
    """Where the document is silent the place's default holds, and the style's."""
    said = {"name": "x", "in": place, "style": style, "explode": explode}
    operation, problems = operation_of({"parameters": [{k: v for k, v in said.items() if v is not None}]})
    assert problems == ()
    assert (operation.parameters[0].style, operation.parameters[0].explode) == expected


def test_a_parameter_with_content():
    """A parameter that travels as a document has that document's schema and type."""
    content = {"application/json": {"schema": {"type": "object"}, "example": {}}}
    (parameter,) = operation_of({"parameters": [{"name": "x", "in": "query", "content": content}]})[0].parameters
    assert (parameter.media_type, parameter.schema, parameter.examples) == (
        "application/json",
        {"type": "object"},
        {"": {}},
    )


def test_security():
    """Schemes are there by name, and an operation that is silent has the document's own security."""
    schemes = {
        "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
        "token": {"type": "http", "scheme": "Bearer"},
        "broken": {},
    }
    data = document_of(
        {"/": {"get": {}, "put": {"security": []}}}, {"securitySchemes": schemes}, security=[{"token": ["read"]}]
    )
    document = read_document(data)
    assert (document.schemes["key"].place, document.schemes["key"].name) == ("header", "X-Key")
    assert document.schemes["token"].scheme == "bearer"
    assert document.operations["GET /"].security == ({"token": ("read",)},)
    assert document.operations["PUT /"].security == ()
    assert document.problems == ("the security scheme 'broken' does not have a type: left out",)


def test_what_the_document_says_of_itself():
    """Title and version are there, and an empty document is false."""
    document = read_document(document_of({"/": {"get": {}}}))
    assert (document.title, document.version, len(document)) == ("Shop", "1", 1)
    assert repr(document) == "<Document Shop: 1 operations>"
    assert not Document()
    assert Document().problems == ()


def test_a_routes_key_finds_its_operation():
    """A route's path may name convertors, which a document's does not."""
    document = read_document(document_of({"/files/{p}": {"get": {}}}))
    operation = document.operation("GET /files/{p:path}")
    assert operation is document.operations["GET /files/{p}"]
    assert document.operation("PUT /files/{p}") is None
    with pytest.raises(KeyError, match="the keys are like 'GET /files"):
        document.operations["GET /nothing"]


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/a/new", "GET /a/new"),
        ("/a/7", "GET /a/{x}"),
        ("/a/{x}", "GET /a/{x}"),
        ("/a/7/b", "GET /a/{x}/b"),
        ("/a/7.json", "GET /a/{x}"),
        ("/a", None),
        ("/a/7/c", None),
    ],
)
def test_a_filled_path_finds_its_operation(path, key):
    """A path means the operation whose template it fills, the one with fewer places before others."""
    document = read_document(document_of({path: {"get": {}} for path in ("/a/{x}", "/a/new", "/a/{x}/b")}))
    found = document.operations.match("GET", path)
    assert (found.key if found else None) == key
    assert document.operations.match("PUT", path) is None


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"swagger": "2.0", "paths": {"/": {"get": {}}}}, "Swagger 2.0 is not supported"),
        ({"paths": {}}, "OpenAPI version (none)"),
        ({"openapi": "4.0"}, "OpenAPI version 4.0"),
        ([], "of type list"),
        (None, "of type NoneType"),
        (document_of({"/": None}), "the path '/' cannot be read"),
        (document_of({"items": {}}), "the path 'items' cannot be read"),
        (document_of({"/": {"get": []}}), "GET / cannot be read"),
        (document_of({"/": {"get": {"parameters": {}}}}), "GET /: `parameters` is not a list"),
        (document_of({"/": {"get": {"parameters": [{"in": "query"}]}}}), "the parameter 'None' in 'query'"),
        (document_of({"/": {"get": {"parameters": [{"name": "a", "in": []}]}}}), "the parameter 'a' in '[]'"),
        (
            document_of({"/": {"get": {"parameters": [{"name": "a", "in": "header", "style": "form"}]}}}),
            "has the style 'form', which does not exist for a header",
        ),
        (document_of({"/": {"get": {"parameters": [{"$ref": "#/no"}]}}}), "GET /: a parameter cannot be read"),
        (document_of({"/": {"get": {"requestBody": {"content": {}}}}}), "names no media type"),
        (document_of({"/": {"get": {"requestBody": {"content": {"a/b": {"schema": 1}}}}}}), "of type int"),
        (
            document_of({"/": {"$ref": "#/components/x"}}, {"x": {"$ref": "#/components/x"}}),
            "refers to itself",
        ),
    ],
)
def test_a_broken_part_is_left_out_and_told(data, problem):
    """Whatever is broken is named, and the rest is read."""
    assert any(problem in one for one in read_document(data).problems)


_WORDS = (
    "/a get post parameters name in schema $ref content requestBody examples type allOf items properties "
    "security responses paths components tags"
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.sampled_from(["query", "path", "#/paths"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(_WORDS.split()),
            inner,
            max_size=4,
        )
    ),
    max_leaves=25,
)


@given(data=_JSON)
@settings(max_examples=60, deadline=None)
def test_nothing_raises(data):
    """No document makes reading fail, however wrong it is."""
    for given_data in (data, {"openapi": "3.1.0", "paths": data}, document_of({"/a": {"get": data}})):
        document = read_document(given_data)
        assert isinstance(document.problems, tuple)
        document.flatten(data)
        for operation in document.operations.values():
            for parameter in operation.parameters:
                document.flatten(parameter.schema)


def test_fastapi():
    """A real app's document is read without a problem."""
    app = FastAPI()
    app.post("/items/{item_id}")(lambda item_id, q=1: 1)
    document = read_document(app.openapi())
    assert [one.key for one in document.operations["POST /items/{item_id}"].parameters] == ["path.item_id", "query.q"]
    assert document.problems == ()


def test_a_large_document(capsys):
    """A thousand operations are found at once, and each is read when it is asked for; the times are printed."""
    parameters = [{"name": f"p{n}", "in": "query", "schema": {"type": "string"}} for n in range(10)]
    response = {"200": {"description": "x" * 100, "content": {"application/json": {"schema": {"type": "object"}}}}}
    paths = {f"/r/{n}": {"get": {"parameters": parameters, "responses": response}} for n in range(1000)}
    data = document_of(paths, {"schemas": {"A": {"allOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}]}}})
    began = time.perf_counter()
    document = read_document(data)
    found = time.perf_counter()
    assert len(document.operations) == 1000
    assert len(document.operations["GET /r/999"].parameters) == 10
    one = time.perf_counter()
    for _ in range(1000):
        document.flatten({"$ref": "#/components/schemas/A"})
    flattened = time.perf_counter()
    with capsys.disabled():
        print(
            f"\n1,000 operations: found in {(found - began) * 1e3:.1f} ms, one read in {(one - found) * 1e6:.0f} µs, "
            f"a schema flattened in {(flattened - one) * 1e3:.0f} µs"
        )
    assert found - began < 1
