"""Schemas as fields: every shape that OpenAPI documents have becomes something a form can draw, and ends."""

from typing import Any

import pytest

from ipyasgi.openapi.document import Document
from ipyasgi.openapi.fields import MAX_FIELDS, Field, FieldTree, read_fields
from ipyasgi.openapi.form_values import ABSENT


def tree_of(schema: Any, files: bool = False, **schemas: Any) -> FieldTree:
    document = Document({"openapi": "3.1.0", "components": {"schemas": schemas}})
    return read_fields(schema, document.flatten, files=files)


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


@pytest.mark.parametrize(
    ("schema", "kind", "hint"),
    [
        ({"type": "string", "minLength": 1, "maxLength": 20}, "string", "1 to 20 characters"),
        ({"type": "string", "format": "date-time"}, "string", "date-time"),
        ({"type": "string", "pattern": "^a+$"}, "string", "matches ^a+$"),
        ({"type": "integer", "minimum": 1, "maximum": 100}, "integer", "integer from 1 to 100"),
        ({"type": "integer", "minimum": 1}, "integer", "integer, at least 1"),
        ({"type": "integer", "minimum": 1, "exclusiveMaximum": 2**63}, "integer", "integer, at least 1"),
        (
            {"type": "number", "exclusiveMinimum": 0.5, "multipleOf": 5},
            "number",
            "number, more than 0.5, a multiple of 5",
        ),
        ({"type": "boolean"}, "boolean", ""),
        ({"type": "null"}, "null", ""),
        ({"enum": ["a", 2]}, "choice", ""),
        ({"const": "cat"}, "choice", ""),
        ({"anyOf": [{"const": 1}, {"const": 2}]}, "choice", ""),
        ({"type": "array", "items": {}, "minItems": 1, "uniqueItems": True}, "array", "at least 1 item, all different"),
        ({"type": "object", "maxProperties": 1}, "object", "at most 1 property"),
        ({"type": "object", "minProperties": 2}, "object", "at least 2 properties"),
        ({"properties": {}}, "object", ""),
        ({"prefixItems": [{}]}, "array", ""),
        ({}, "any", ""),
        (True, "any", ""),
        ({"type": ["string", "integer"]}, "variant", ""),
        ({"type": "string", "format": "binary"}, "string", "binary"),
    ],
)
def test_each_shape_has_its_field(schema: Any, kind: str, hint: str) -> None:
    """The kind says how it is drawn, the hint what may stand in it."""
    root = tree_of(schema).root
    assert (root.kind, root.hint) == (kind, hint)


@pytest.mark.parametrize(
    ("schema", "smallest"),
    [
        ({"type": "number", "exclusiveMinimum": 0, "maximum": 120}, 1),
        ({"type": "integer", "minimum": -5, "maximum": -2}, -2),
        ({"type": "integer", "minimum": -5}, 0),
        ({"type": "integer", "minimum": 3, "maximum": 2}, 0),
        ({"type": "string", "minimum": 3}, 0),
    ],
)
def test_a_number_has_a_value_to_begin_with(schema: Any, smallest: float) -> None:
    """It is the one nearest to zero within the bounds, and zero where no number is."""
    assert tree_of(schema).root.smallest == smallest


def test_a_password_has_no_hint_of_its_format() -> None:
    """That it is one is seen in its control."""
    assert tree_of({"type": "string", "format": "password", "minLength": 8}).root.hint == "at least 8 characters"


def test_a_file_is_one_in_a_form_only() -> None:
    """Binary text is chosen as a file where the body is a form, however the document's version says it."""
    for schema in (
        {"type": "string", "format": "binary"},
        {"type": "string", "contentMediaType": "application/octet-stream"},
    ):
        assert tree_of(schema, files=True).root.kind == "file"


def test_null_is_beside_the_value_and_no_variant() -> None:
    """However a schema allows null, the field is that of the value, and nullable."""
    for schema in (
        {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None, "title": "Nick"},
        {"type": ["string", "null"], "default": None, "title": "Nick"},
        {"type": "string", "nullable": True, "default": None, "title": "Nick"},
        {"oneOf": [{"type": "null"}, ref("Name")], "default": None, "title": "Nick"},
    ):
        tree = tree_of(schema, Name={"type": "string"})
        assert tree.resolve(tree.root).kind == "string"
        assert (tree.root.nullable, tree.root.default, tree.root.title) == (True, None, "Nick")
    assert tree_of({"enum": ["a", None]}).root == Field(kind="choice", choices=("a",), nullable=True)
    assert tree_of({"type": "string"}).root.default is ABSENT


def test_what_is_told_of_a_reference_goes_before_what_its_target_says() -> None:
    """Title, description and default beside a ``$ref``, or around its ``allOf``, belong to this place only."""
    for schema in ({**ref("Pet"), "description": "here"}, {"allOf": [ref("Pet")], "description": "here"}):
        tree = tree_of(schema, Pet={"type": "object", "description": "there", "properties": {}})
        assert (tree.root.kind, tree.root.description) == ("ref", "here")
        assert tree.resolve(tree.root).description == "there"


def test_a_model_that_holds_itself_is_read_once() -> None:
    """Recursion ends in a reference, straight, through a list, an ``allOf`` or a variant."""
    schemas = {
        "Node": {
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": {"type": "string"},
                "next": {"anyOf": [ref("Node"), {"type": "null"}]},
                "more": {"type": "array", "items": ref("Node")},
                "base": {"allOf": [ref("Node"), {"required": ["more"]}]},
                "either": {"oneOf": [ref("Node"), ref("Leaf")]},
            },
        },
        "Leaf": {"allOf": [ref("Leaf")]},
    }
    tree = tree_of(ref("Node"), **schemas)
    node = tree.resolve(tree.root)
    members = {member.name: member for member in node.members}
    assert members["name"].required
    assert not members["next"].required
    assert tree.resolve(members["next"].field) == node
    assert members["next"].field.nullable
    assert tree.resolve(members["more"].field.items or Field(kind="any")) == node
    assert [one.label for one in members["either"].field.variants] == ["Node", "Leaf"]
    assert len(tree.definitions) < 10


def test_variants_have_names_and_tags() -> None:
    """The discriminator's mapping names them, else the constant that tells them apart, else title or type."""
    cat = {"type": "object", "title": "Cat", "properties": {"kind": {"const": "cat"}}}
    dog = {"type": "object", "properties": {"kind": {"enum": ["dog"]}}}
    mapping = {"feline": "#/components/schemas/Cat", "canine": "#/components/schemas/Dog"}
    schema = {"oneOf": [ref("Cat"), ref("Dog")], "discriminator": {"propertyName": "kind", "mapping": mapping}}
    root = tree_of(schema, Cat=cat, Dog=dog).root
    assert [(one.label, one.tag) for one in root.variants] == [("feline", "feline"), ("canine", "canine")]
    assert root.discriminator == "kind"
    schema["discriminator"].pop("mapping")
    root = tree_of(schema, Cat=cat, Dog=dog).root
    assert [(one.label, one.tag) for one in root.variants] == [("Cat", "cat"), ("Dog", "dog")]
    plain = {"anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "string"}}, {"format": "uuid"}]}
    assert [one.label for one in tree_of(plain).root.variants] == ["integer", "array of string", "uuid"]


@pytest.mark.parametrize(
    ("name", "choices"),
    [("Cat", ("cat",)), ("Dog", ("dog", "puppy")), ("Lion", ("lion",)), ("Bird", ()), ("Fish", ("cod",)), ("Pet", ())],
)
def test_a_child_that_is_the_whole_value_has_its_tag(name: str, choices: tuple[str, ...]) -> None:
    """The mapping of its base's discriminator fixes it, also of a child of a child; what it says itself stays."""

    def child(of: str, **properties: Any) -> dict[str, Any]:
        return {"allOf": [ref(of), {"properties": properties}]}

    refs = {"cat": "Cat", "dog": "Dog", "puppy": "#/components/schemas/Dog", "lion": "Lion", "fish": "Fish"}
    named = {
        "Pet": {
            "type": "object",
            "properties": {"kind": {"type": "string"}, "name": {}},
            "discriminator": {"propertyName": "kind", "mapping": refs},
        },
        "Cat": child("Pet", lives={"type": "integer"}),
        "Dog": child("Pet"),
        "Lion": child("Cat", mane={"type": "boolean"}),
        "Bird": child("Pet"),
        "Fish": child("Pet", kind={"const": "cod"}),
    }
    tree = tree_of(ref(name), **named)
    members = {member.name: member.field for member in tree.resolve(tree.root).members}
    assert tree.resolve(members["kind"]).choices == choices


def test_a_child_whose_base_maps_nothing_has_its_name() -> None:
    """The name of its schema is the value; a base without a discriminator fixes nothing."""
    base: dict[str, Any] = {"properties": {"kind": {"type": "string"}}, "discriminator": {"propertyName": "kind"}}
    for tells, choices in ((base, ("Cat",)), ({"properties": base["properties"]}, ())):
        tree = tree_of(ref("Cat"), Pet=tells, Cat={"allOf": [ref("Pet")]})
        (member,) = tree.resolve(tree.root).members
        assert tree.resolve(member.field).choices == choices


def test_alternatives_that_only_require_are_no_variants() -> None:
    """Conditions on the same members leave the object as it is."""
    root = tree_of(
        {"type": "object", "properties": {"a": {}}, "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}
    ).root
    assert (root.kind, [one.name for one in root.members]) == ("object", ["a"])


def test_lists_and_maps_say_what_may_stand_in_them() -> None:
    """A tuple has its places and nothing more, a map one kind of member, a closed object none of other names."""
    pair = tree_of({"prefixItems": [{"type": "integer"}, {"type": "string"}], "items": False}).root
    assert [one.kind for one in pair.prefix] == ["integer", "string"]
    assert (pair.items, pair.min_items, pair.max_items) == (None, 2, 2)
    scores = tree_of({"type": "object", "additionalProperties": {"type": "integer"}}).root
    assert scores.additional is not None
    assert scores.additional.kind == "integer"
    assert tree_of({"type": "object", "additionalProperties": False}).root.additional is None
    assert tree_of({"type": "object", "properties": {"a": {}}}).root.additional is None
    assert tree_of({"type": "object"}).root.additional == Field(kind="any")


def test_marks_are_kept() -> None:
    """Deprecated, read-only, write-only and examples reach the form."""
    schema = {"type": "string", "deprecated": True, "readOnly": True, "writeOnly": True, "examples": ["a"]}
    root = tree_of(schema).root
    assert (root.deprecated, root.read_only, root.write_only, root.examples) == (True, True, True, ("a",))


def test_a_hostile_schema_ends() -> None:
    """Breadth, depth and reference loops without end give a form that is cut, and give it soon."""
    deep: Any = {"type": "string"}
    for _ in range(200):
        deep = {"type": "array", "items": deep}
    assert tree_of(deep).root.kind == "array"
    wide = {"type": "object", "properties": {f"n{n}": {"type": "string"} for n in range(MAX_FIELDS * 2)}}
    kinds = [member.field.kind for member in tree_of(wide).root.members]
    assert (kinds[0], kinds[-1]) == ("string", "any")
    loop = {
        "A": {"type": "object", "anyOf": [ref("A"), ref("B")]},
        "B": {"allOf": [ref("A"), {"properties": {"b": ref("B")}}]},
    }
    assert tree_of(ref("A"), **loop).root.kind == "ref"
    assert tree_of({"$ref": "#/nowhere"}).definitions["#/nowhere"].kind == "any"
