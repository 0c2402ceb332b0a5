"""One level of a schema made plain."""

import pytest

from ipyasgi.openapi.document import read_document

from .documents import document_of, schemas


def flat(schema, **named):
    """Return the schema flattened, and the problems met."""
    document = read_document(document_of(components=schemas(**named)))
    return document.flatten(schema), document.problems


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (True, {}),
        (False, {"not": {}}),
        ({"type": ["string"]}, {"type": "string"}),
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "string", "nullable": False}, {"type": "string"}),
        ({"anyOf": [{"type": "string"}], "nullable": True}, {"anyOf": [{"type": "string"}, {"type": "null"}]}),
        ({"minimum": 1, "exclusiveMinimum": True}, {"exclusiveMinimum": 1}),
        ({"maximum": 1, "exclusiveMaximum": False}, {"maximum": 1}),
        ({"exclusiveMaximum": 3}, {"exclusiveMaximum": 3}),
        ({"example": None}, {"examples": [None]}),
        ({"example": 1, "examples": [2]}, {"examples": [2]}),
        ({"examples": {"a": 1, "b": 2}}, {"examples": [1, 2]}),
        ({"items": [{}, True], "additionalItems": False}, {"prefixItems": [{}, True], "items": False}),
        ({"allOf": []}, {}),
        ({"title": "T", "x-other": 1}, {"title": "T", "x-other": 1}),
    ],
)
def test_every_dialect_becomes_one(schema, expected):
    """Boolean schemas, OpenAPI 3.0 and draft 4 are written as 3.1 has it."""
    assert flat(schema) == (expected, ())


@pytest.mark.parametrize(
    "ref", ["#/components/schemas/a~1b~0c%20%7Bd%7D", "#/components/schemas/a~1b~0c {d}", "#/components/schemas/again"]
)
def test_a_reference_is_followed(ref):
    """Pointers may be escaped and percent-encoded and lead to further ones; what stands beside one is kept and wins."""
    named = {"a/b~c {d}": {"type": "string", "title": "There"}, "again": {"$ref": "#/components/schemas/a~1b~0c {d}"}}
    schema = {"$ref": ref, "title": "Here", "maxLength": 3}
    assert flat(schema, **named) == ({"type": "string", "title": "Here", "maxLength": 3}, ())


def test_all_of_is_merged():
    """Of two bounds the stricter holds, required names and properties add up, a property of both is both."""
    schema = {
        "allOf": [
            {"$ref": "#/components/schemas/Base"},
            {"properties": {"id": {"maximum": 9}, "name": {}}, "required": ["name"], "minProperties": 1, "maximum": 9},
        ],
        "title": "Own",
        "minProperties": 3,
        "maximum": 10,
        "enum": [1, 2],
        "additionalProperties": False,
    }
    base = {
        "title": "Base",
        "type": ["object", "null"],
        "properties": {"id": {"minimum": 1}},
        "required": ["id"],
        "enum": [2, 3],
        "additionalProperties": True,
        "discriminator": {"propertyName": "kind"},
    }
    merged, problems = flat(schema, Base=base)

    assert problems == ()
    assert merged == {
        "title": "Own",
        "type": ["object", "null"],
        "properties": {"id": {"allOf": [{"minimum": 1}, {"maximum": 9}]}, "name": {}},
        "required": ["id", "name"],
        "minProperties": 3,
        "maximum": 9,
        "enum": [2],
        "additionalProperties": False,
    }


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({"type": "number"}, {"type": "integer"}, {"type": "integer"}),
        ({"type": ["string", "null"]}, {"type": ["null", "integer"]}, {"type": "null"}),
        ({"multipleOf": 4}, {"multipleOf": 6}, {"multipleOf": 12}),
        ({"items": {"minimum": 1}}, {"items": {"maximum": 2}}, {"items": {"allOf": [{"minimum": 1}, {"maximum": 2}]}}),
        ({"items": True}, {"items": {"maximum": 2}}, {"items": {"maximum": 2}}),
        ({"uniqueItems": True}, {"uniqueItems": False}, {"uniqueItems": True}),
        ({"pattern": "a"}, {"pattern": "b"}, {"pattern": "b", "allOf": [{"pattern": "a"}]}),
        ({"oneOf": [{}]}, {"oneOf": [True]}, {"oneOf": [True], "allOf": [{"oneOf": [{}]}]}),
        ({"not": {"type": "null"}}, {"not": {}}, {"not": {"anyOf": [{"type": "null"}, {}]}}),
    ],
)
def test_what_both_say(first, second, expected):
    """Each keyword is merged by its own rule; what cannot be one keyword stays in ``allOf``."""
    merged, problems = flat({"allOf": [first, second]})
    assert (merged, problems) == (expected, ())
    assert flat(merged) == (expected, ())


def test_a_kind_without_a_type_allows_null():
    """``nullable`` beside a reference, as 3.0 documents have it, makes what is referred to nullable."""
    schema = {"allOf": [{"$ref": "#/components/schemas/A"}], "nullable": True}
    assert flat(schema, A={"type": "object"})[0] == {"type": ["object", "null"]}


@pytest.mark.parametrize(
    ("schema", "expected", "problem"),
    [
        ({"$ref": "#/components/schemas/Self"}, {}, "refers to itself"),
        ({"$ref": "#/components/schemas/Ping"}, {"minimum": 1}, "refers to itself"),
        ({"$ref": "#/components/schemas/Nothing", "title": "T"}, {"title": "T"}, "has no target"),
        ({"$ref": "other.json#/A"}, {}, "points outside of the document"),
        ({"$ref": 7}, {}, "points outside of the document"),
        ({"$ref": "#/components/schemas/Text"}, {}, "of type str"),
        ({"allOf": [None, {"minimum": 1}]}, {"minimum": 1}, "of type NoneType"),
        ({"type": "text"}, {}, "'type'"),
        ({"type": "string", "maxLength": "3"}, {"type": "string"}, "'maxLength'"),
        ({"minimum": float("nan")}, {}, "'minimum'"),
        ({"multipleOf": 0}, {}, "'multipleOf'"),
        ({"properties": []}, {}, "'properties'"),
        ({"required": True}, {}, "'required'"),
        ({"enum": []}, {}, "'enum'"),
        ({"anyOf": {}}, {}, "'anyOf'"),
        ({3: 4}, {}, "'3'"),
        ({"allOf": [{"type": "string"}, {"type": "object"}]}, {"type": "object"}, "no value can be both"),
    ],
)
def test_what_is_broken_is_left_out_and_told(schema, expected, problem):
    """A broken keyword or reference costs that part only; none raises and none goes on for ever."""
    named = {
        "Self": {"$ref": "#/components/schemas/Self"},
        "Ping": {"allOf": [{"$ref": "#/components/schemas/Pong"}]},
        "Pong": {"allOf": [{"$ref": "#/components/schemas/Ping"}], "minimum": 1},
        "Text": "no schema",
    }
    flattened, problems = flat(schema, **named)
    assert flattened == expected
    assert any(problem in one for one in problems)


def test_schemas_without_end_are_cut():
    """A mapping that holds itself, as only Python can make it, is merged once; a very deep one is cut with a note."""
    schema = {"minimum": 1}
    schema["allOf"] = [schema]
    assert flat(schema) == ({"minimum": 1}, ())
    for _ in range(60):
        schema = {"allOf": [schema], "maximum": 3}
    flattened, problems = flat(schema)
    assert flattened == {"maximum": 3}
    assert "too deep" in problems[0]


def _doubled(kind):
    """Return schemas, each of which requires the next one twice, by references or as the same object."""
    if kind == "objects":
        schema = {"minLength": 1}
        for _ in range(30):
            schema = {"allOf": [schema, schema]}
        return schema, {}
    named = {
        f"S{number}": {"allOf": [{"$ref": f"#/components/schemas/S{number + 1}"}] * (1 if kind == "siblings" else 2)}
        for number in range(60)
    }
    if kind == "siblings":
        for number, one in enumerate(named.values()):
            one["$ref"] = f"#/components/schemas/S{number + 1}"
    return {"$ref": "#/components/schemas/S0"}, {**named, "S60": {"minLength": 1}, "S15": {"minLength": 1}}


@pytest.mark.parametrize("kind", ["references", "siblings", "objects"])
def test_a_schema_required_twice_is_merged_once(kind):
    """A small document of schemas that each require the next twice is flattened in linear time."""
    schema, named = _doubled(kind)
    assert flat(schema, **named) == ({"minLength": 1}, ())


def test_a_wide_schema_is_cut():
    """Thousands of members of one ``allOf`` are merged up to a limit, with a note; long enums are compared quickly."""
    flattened, problems = flat({"allOf": [{"properties": {f"p{n}": {}}} for n in range(5_000)]})
    assert 400 < len(flattened["properties"]) <= 500
    assert "the rest is left out" in problems[0]
    long = list(range(100_000))
    assert flat({"allOf": [{"enum": [*long, [1], True]}, {"enum": [{"a": 1}, [1.0], 7.0, *long]}]})[0]["enum"][-1] == [
        1
    ]


def test_a_huge_number_is_not_a_bound():
    """An int that no float can hold bounds nothing, and is noted."""
    for word in ("minimum", "exclusiveMaximum", "multipleOf", "maxLength", "minItems"):
        flattened, problems = flat({word: 10**400})
        assert flattened == {}
        assert word in problems[0]


def test_recursion_stays_in_the_properties():
    """A recursive schema is one level at a time, and the given schema is not changed."""
    node = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}}}
    schema = {"$ref": "#/components/schemas/Node"}
    assert flat(schema, Node=node) == (node, ())
    assert schema == {"$ref": "#/components/schemas/Node"}
