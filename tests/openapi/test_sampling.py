"""Smallest valid examples, validated by jsonschema."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from ipyasgi.openapi.document import read_document
from ipyasgi.openapi.sampling import build_sample


def sample(schema, named=None, **options):
    """Return the example of a schema."""
    document = read_document({"openapi": "3.1.0", "paths": {}, "components": {"schemas": named or {}}})
    return build_sample(schema, document, **options)


def check(schema, named=None, **options):
    """Return an example after validating it."""
    value = sample(schema, named, **options)
    Draft202012Validator({**schema, "components": {"schemas": named or {}}}).validate(value)
    return value


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "integer", "examples": [3], "default": 4}, 3),
        ({"type": "integer", "example": 3}, 3),
        ({"type": "integer", "default": 4, "enum": [5, 4]}, 4),
        ({"enum": [None, "a", "b"]}, "a"),
        ({"enum": [None]}, None),
        ({"const": 0, "default": 1}, 0),
        ({"default": None, "type": ["string", "null"]}, None),
    ],
)
def test_what_the_schema_says_comes_first(schema, expected):
    """A constant, an example, a default, the first value of an enum: in this order."""
    assert sample(schema) == expected


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string"}, ""),
        ({"type": "string", "minLength": 3}, "aaa"),
        ({"type": "string", "pattern": "^[A-Z]{2}$"}, "AA"),
        ({"type": "string", "format": "date", "maxLength": 3}, ""),
        ({"type": "integer"}, 0),
        ({"type": "integer", "minimum": 3}, 3),
        ({"type": "integer", "exclusiveMinimum": 3}, 4),
        ({"type": "integer", "minimum": 2.5}, 3),
        ({"type": "integer", "maximum": -3}, -3),
        ({"type": "integer", "exclusiveMaximum": 0, "minimum": -9}, -1),
        ({"type": "integer", "minimum": 1, "multipleOf": 7}, 7),
        ({"type": "integer", "minimum": 1, "multipleOf": 2.5}, 5),
        ({"type": "integer", "maximum": -1, "multipleOf": 7}, -7),
        ({"type": "integer", "minimum": 10**30}, 10**30),
        ({"type": "number", "exclusiveMinimum": 0}, 1),
        ({"type": "number", "exclusiveMinimum": 0, "maximum": 0.5}, 0.25),
        ({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.5}, 0.25),
        ({"type": "number", "minimum": 0.05, "multipleOf": 0.1}, 0.1),
        ({"minimum": 3, "exclusiveMinimum": 2}, 3),
        ({"type": "boolean"}, False),
        ({"type": "null"}, None),
        ({"type": ["null", "boolean"]}, False),
        ({}, ""),
        ({"type": "array"}, []),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 2}, [0, 0]),
        ({"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 3, "uniqueItems": True}, [0, 1, 2]),
        ({"items": {"type": "boolean"}, "minItems": 2, "uniqueItems": True}, [False, True]),
        ({"items": {"enum": ["x", "y"]}, "minItems": 2, "uniqueItems": True}, ["x", "y"]),
        ({"items": {"type": "string"}, "minItems": 3, "uniqueItems": True}, ["", "a", "b"]),
        ({"prefixItems": [{"type": "integer"}, {"type": "boolean"}], "minItems": 3, "items": {}}, [0, False, ""]),
        ({"type": "array", "contains": {"const": 5}}, [5]),
        ({"type": "object"}, {}),
        ({"properties": {"a": {}, "b": {"type": "integer"}}, "required": ["b"]}, {"b": 0}),
        ({"required": ["x"]}, {"x": ""}),
        ({"minProperties": 2, "properties": {"a": {"type": "null"}}}, {"a": None, "property1": ""}),
        ({"additionalProperties": {"type": "integer"}, "minProperties": 1}, {"property1": 0}),
        ({"anyOf": [{"type": "null"}, {"type": "integer"}]}, 0),
        ({"oneOf": [{"type": "integer", "minimum": 5}, {"type": "string"}]}, 5),
        ({"anyOf": [False, {"type": "integer"}]}, 0),
        ({"anyOf": [{"type": "null"}]}, None),
        ({"required": ["a"], "anyOf": [{"required": ["b"]}]}, {"a": "", "b": ""}),
        ({"allOf": [{"minimum": 3}, {"type": "integer"}]}, 3),
    ],
)
def test_the_smallest_is_made(schema, expected):
    """Without words of its own a schema gets the smallest value that is valid."""
    value = check(schema)
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(
    "form",
    ["date-time", "date", "time", "email", "ipv4", "ipv6", "uri", "uuid", "hostname", "duration", "json-pointer"],
)
def test_formats(form):
    """A text of a known format is one, also where a length is given that it has."""
    validator = Draft202012Validator({"format": form}, format_checker=Draft202012Validator.FORMAT_CHECKER)
    validator.validate(check({"type": "string", "format": form, "minLength": 1}))


def test_more_than_the_smallest():
    """On request there are optional properties and an item in each array."""
    schema = {
        "properties": {"a": {"items": {"type": "integer"}}, "b": {"prefixItems": [True, {"type": "integer"}]}},
        "additionalProperties": False,
    }
    assert check(schema, optional=True) == {"a": [0], "b": ["", 0]}
    assert check(schema) == {}


def test_read_only():
    """A read-only property is left out of a request although it is required."""
    schema = {
        "required": ["id", "secret"],
        "properties": {"id": {"type": "integer", "readOnly": True}, "secret": {"writeOnly": True}},
    }
    assert sample(schema) == {"secret": ""}


def test_nothing_is_empty():
    """For a URL or a form texts and arrays are not empty, unless the schema forbids it."""
    assert sample({"type": "string"}, filled=True) == "a"
    assert sample({"type": "string", "maxLength": 0}, filled=True) == ""
    assert sample({"type": "array"}, filled=True) == ["a"]
    assert sample({"type": "array", "maxItems": 0}, filled=True) == []


def test_recursion_ends():
    """What recurs is left out where it may be, null where it may be, and an empty array."""
    node = {
        "type": "object",
        "required": ["next", "children", "kind"],
        "properties": {
            "kind": {"type": "string"},
            "next": {"anyOf": [{"$ref": "#/components/schemas/Node"}, {"type": "null"}]},
            "children": {"type": "array", "items": {"$ref": "#/components/schemas/Node"}},
            "parent": {"$ref": "#/components/schemas/Node"},
        },
    }
    schema = {"$ref": "#/components/schemas/Node"}
    assert check(schema, {"Node": node}) == {"kind": "", "next": None, "children": []}
    assert check(schema, {"Node": node}, optional=True) == {"kind": "", "next": None, "children": []}


def test_a_variant_is_named_by_its_discriminator():
    """The property that tells the variants apart has the mapping's value, else the schema's name."""
    named = {"Cat": {"type": "object", "required": ["lives"], "properties": {"lives": {"type": "integer"}}}}
    variants = [{"$ref": "#/components/schemas/Cat"}]
    assert sample({"oneOf": variants, "discriminator": {"propertyName": "kind"}}, named) == {
        "lives": 0,
        "kind": "Cat",
    }
    for target in ("#/components/schemas/Cat", "Cat"):
        mapped = {"propertyName": "kind", "mapping": {"tom": target}}
        assert sample({"oneOf": variants, "discriminator": mapped}, named)["kind"] == "tom"


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (False, None),
        ({"type": "integer", "minimum": 3, "maximum": 2}, None),
        ({"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 1}, None),
        ({"type": "string", "minLength": 5, "maxLength": 2}, None),
        ({"type": "string", "minLength": 10**9}, None),
        ({"type": "array", "minItems": 10**9}, None),
        ({"type": "string", "pattern": "^(?!a)b$"}, ""),
        ({"items": {"type": "boolean"}, "minItems": 3, "uniqueItems": True}, [False, True, False]),
        ({"required": ["a", "b"], "maxProperties": 1}, {"a": "", "b": ""}),
        ({"$ref": "#/components/schemas/Endless"}, None),
        ({"$ref": "#/components/schemas/Wide0"}, None),
    ],
)
def test_a_schema_without_a_valid_example(schema, value):
    """The example is None, or as near as can be, and is found in time."""
    named = {
        "Endless": {"required": ["e"], "properties": {"e": {"$ref": "#/components/schemas/Endless"}}},
        **{
            f"Wide{n}": {
                "required": ["a", "b"],
                "properties": {key: {"$ref": f"#/components/schemas/Wide{n + 1}"} for key in "ab"},
            }
            for n in range(30)
        },
        "Wide30": {"type": "integer"},
    }
    began = time.thread_time()
    assert sample(schema, named) == value
    assert time.thread_time() - began < 5


_SCHEMAS = st.recursive(
    st.one_of(
        st.fixed_dictionaries({"type": st.sampled_from(["string", "boolean", "null", "number", "integer", "object"])}),
        st.fixed_dictionaries({"type": st.just("integer"), "minimum": st.integers(-5, 5), "multipleOf": st.just(3)}),
        st.fixed_dictionaries({"type": st.just("number"), "exclusiveMaximum": st.floats(-5, 5).map(float)}),
        st.fixed_dictionaries({"type": st.just("string"), "minLength": st.integers(0, 5)}),
        st.fixed_dictionaries({"enum": st.lists(st.integers() | st.none(), min_size=1)}),
    ),
    lambda inner: st.one_of(
        st.fixed_dictionaries({"type": st.just("array"), "items": inner, "minItems": st.integers(0, 3)}),
        st.fixed_dictionaries({"anyOf": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"allOf": st.lists(inner, min_size=1, max_size=1)}),
        st.fixed_dictionaries(
            {
                "type": st.just("object"),
                "properties": st.dictionaries(st.sampled_from("abc"), inner),
                "required": st.lists(st.sampled_from("abcd"), unique=True),
                "minProperties": st.integers(0, 5),
            }
        ),
    ),
    max_leaves=8,
)


@given(schema=_SCHEMAS, optional=st.booleans())
@settings(max_examples=150, deadline=None)
def test_any_schema(schema, optional):
    """An example without a problem is valid, whatever the schema is composed of."""
    check(schema, optional=optional)


_PET = {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}}
_CAT = {"allOf": [{"$ref": "#/components/schemas/Pet"}, {"properties": {"lives": {"type": "integer"}}}]}
_BIRD = {"type": "object", "properties": {"kind": {"const": "parrot"}}, "required": ["kind"]}


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"mapping": {"c": "#/components/schemas/Cat"}}, "c"),
        ({"mapping": {"c": "Cat"}}, "c"),
        ({"mapping": {"d": "Dog"}}, "Cat"),
        ({"mapping": ["Cat"]}, "Cat"),
        ({}, "Cat"),
    ],
)
@pytest.mark.parametrize("filled", [False, True])
def test_a_discriminator_names_the_variant(schema, kind, filled):
    """The value is the mapped one, else the schema's name; nested, and where the variant has it from its parent."""
    named = {"Pet": {**_PET, "discriminator": {"propertyName": "kind"}}, "Cat": _CAT, "Dog": _PET, "Bird": _BIRD}
    document = read_document({"openapi": "3.1.0", "paths": {}, "components": {"schemas": named}})
    cat, bird = {"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Bird"}
    pets = {"oneOf": [cat, bird], "discriminator": {"propertyName": "kind", **schema}}
    for one in (pets, {"anyOf": [{"type": "null"}, pets]}, {"allOf": [pets, {"description": "d"}]}):
        assert build_sample(one, document, filled=filled)["kind"] == kind
    birds = {"oneOf": [bird, cat], "discriminator": {"propertyName": "kind", **schema}}
    assert build_sample(birds, document, filled=filled)["kind"] == "parrot"  # the variant says so itself
    base = {**_PET, "discriminator": {"propertyName": "kind", "mapping": {"c": "Cat"}}}
    assert build_sample(base, document, filled=filled)["kind"] == "c"


@pytest.mark.parametrize("rest", [{}, {"description": "d"}, {"properties": {"name": {}}}])
def test_a_child_has_the_name_that_its_base_maps_to_it(rest):
    """Alone, and as a variant, whether or not other members are beside the variants."""
    base = {**_PET, "discriminator": {"propertyName": "kind", "mapping": {"tom": "Cat"}}}
    named = {"Pet": base, "Cat": _CAT, "Bird": _BIRD}
    document = read_document({"openapi": "3.1.0", "paths": {}, "components": {"schemas": named}})
    cat = {"$ref": "#/components/schemas/Cat"}
    for schema in (cat, {"oneOf": [cat], "discriminator": base["discriminator"], **rest}):
        for filled in (False, True):
            assert build_sample(schema, document, filled=filled)["kind"] == "tom"
