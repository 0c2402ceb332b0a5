"""Values against schemas: faults with places and words, and the same verdict as the `jsonschema` package gives."""

import functools
import time
from typing import Any

import pytest

from ipyasgi.openapi.document import Document
from ipyasgi.openapi.schema_check import MAX_ERRORS, find_errors

CAT = {
    "type": "object",
    "required": ["kind", "lives"],
    "properties": {"kind": {"const": "cat"}, "lives": {"type": "integer", "maximum": 9}},
}
DOG = {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "dog"}, "good": {"type": "boolean"}}}


def faults(value: Any, schema: Any, **schemas: Any) -> list[tuple[str, str]]:
    document = Document({"openapi": "3.1.0", "components": {"schemas": schemas}})
    return [(one.pointer, one.text) for one in find_errors(value, schema, document.flatten)]


@pytest.mark.parametrize(
    ("value", "schema", "found"),
    [
        ({"a": 1}, {"required": ["a", "b/c"]}, [("/b~1c", "is required")]),
        ({"a": "x"}, {"properties": {"a": {"type": ["integer", "null"]}}}, [("/a", "must be an integer or null")]),
        ([1, "x"], {"items": {"type": "integer"}}, [("/1", "must be an integer")]),
        ([1, 2, 3], {"prefixItems": [{}, {}], "items": False}, [("", "must have at most 2 items")]),
        ([], {"minItems": 1}, [("", "must have at least 1 item")]),
        ([{"a": 1}, {"a": 1.0}, {"a": 1}], {"uniqueItems": True}, [("", "contains an item twice")]),
        ("", {"minLength": 1}, [("", "must have at least 1 character")]),
        ("b", {"pattern": "^a"}, [("", "must match ^a")]),
        (0, {"exclusiveMinimum": 0}, [("", "must be more than 0")]),
        (7, {"multipleOf": 5}, [("", "must be a multiple of 5")]),
        ({"b": 1}, {"additionalProperties": False}, [("/b", "is not a property here")]),
        ({"b": "x"}, {"additionalProperties": {"type": "integer"}}, [("/b", "must be an integer")]),
        ({"b": 1}, {"propertyNames": {"pattern": "^a"}}, [("/b", "is not an allowed name")]),
        ("c", {"enum": ["a", "b"]}, [("", 'must be one of "a", "b"')]),
        (True, {"const": 1}, [("", "must be 1")]),
        (None, {"anyOf": [{"type": "string"}, {"type": "integer"}]}, [("", "must be a string or an integer")]),
        ("nope", {"format": "date-time"}, [("", "is not a valid date-time")]),
        ("2026-13-01", {"format": "date"}, [("", "is not a valid date")]),
        ({}, {"required": ["id"], "properties": {"id": {"readOnly": True}}}, []),
        ("x", {"pattern": "(?<name"}, []),
        (1e308, {"multipleOf": 1e-308}, []),
        ("2026-01-01T10:00:00Z", {"format": "date-time"}, []),
    ],
)
def test_a_fault_has_a_place_and_words(value: Any, schema: Any, found: list[tuple[str, str]]) -> None:
    """The pointer leads to the field, the words have room beside it."""
    assert faults(value, schema) == found


def test_of_variants_the_nearest_is_told() -> None:
    """The one that the discriminator names, else the one with the least against it; never all of them."""
    schema = {"oneOf": [CAT, DOG]}
    told = {**schema, "discriminator": {"propertyName": "kind"}}
    for one in (schema, told):
        assert faults({"kind": "cat", "lives": 12}, one) == [("/lives", "must be at most 9")]
        assert faults({"kind": "dog"}, one) == []
    assert faults({"lives": 3}, told) == [("/kind", "is required")]
    assert faults({"kind": "cow"}, told) == [("/kind", "is not one of the variants")]
    assert faults({"pet": 7}, {"properties": {"pet": told}}) == [("/pet", "must be an object")]


@functools.cache
def judges() -> Any:
    return pytest.importorskip("jsonschema").Draft202012Validator


AGREED: list[Any] = [
    {"type": "integer"}, {"type": "number", "minimum": 0, "exclusiveMaximum": 5}, {"multipleOf": 0.5},
    {"type": "boolean"},
    {"enum": [1, "a", None, [1]]}, {"const": {"a": 1}}, {"type": "array", "items": {"type": "integer"}, "maxItems": 2},
    {"prefixItems": [{"type": "integer"}], "items": {"type": "string"}}, {"uniqueItems": True}, {"anyOf": [CAT, DOG]},
    {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 1},
    {"type": ["string", "null"], "maxLength": 2},
    {"patternProperties": {"^k": {"type": "string"}}, "additionalProperties": False}, {"properties": {"a": False}},
    {"allOf": [{"required": ["a"]}, {"properties": {"a": {"type": "integer"}}}]}, {"pattern": "b"}, True, False,
]  # fmt: skip
VALUES: list[Any] = [
    None, True, False, 0, 1, 1.0, 0.3, 5, -1, "", "a", "abc", [], [1], [1, 1], [1, "x"], [True, 1], {}, {"a": 1},
    {"a": "x"},
    {"k": "x"}, {"kind": "cat", "lives": 9}, {"kind": "cat", "lives": 10}, {"kind": "dog"}, {"a": 1.0},
    {"kind": "dog", "good": 1},
]  # fmt: skip


@pytest.mark.parametrize("schema", AGREED, ids=str)
def test_the_verdict_is_that_of_the_specification(schema: Any) -> None:
    """Of each value `jsonschema`, which is the reference, says the same: it fits, or it does not."""
    # JSON Schema counts 1 and true in a list as two; so do we.
    judge = judges()(schema)
    for value in VALUES:
        assert (not faults(value, schema)) == judge.is_valid(value), value


def test_a_hostile_schema_or_value_ends() -> None:
    """Recursion without a value to eat up, and a million faults, give an answer soon."""
    began_s = time.monotonic()
    loop = {"anyOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/A"}]}
    faults(1, loop, A=loop)
    assert len(faults([0] * 100_000, {"items": {"type": "string"}})) == MAX_ERRORS
    deep: Any = []
    for _ in range(5000):
        deep = [deep]
    faults(deep, {"$ref": "#/components/schemas/L"}, L={"type": "array", "items": {"$ref": "#/components/schemas/L"}})
    assert time.monotonic() - began_s < 5
