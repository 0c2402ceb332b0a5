"""What a response is, for a reader: its type, its parts and an example."""

import json
from typing import Any

import pytest

from ipyasgi.openapi.document import Document
from ipyasgi.openapi.outline import Outline, read_outline
from ipyasgi.records.redaction import Redactor

SCHEMAS: dict[str, Any] = {
    "Pet": {
        "title": "PetOut",
        "type": "object",
        "required": ["id", "name"],
        "properties": {
            "id": {"type": "integer", "readOnly": True},
            "name": {"type": "string", "description": "What it is called"},
            "chip": {"type": "string", "writeOnly": True},
            "born": {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]},
            "access_token": {"type": "string"},
            "parent": {"$ref": "#/components/schemas/Pet"},
        },
    }
}
PET = {"$ref": "#/components/schemas/Pet"}


def outline_of(content: dict[str, Any], media_type: str = "application/json") -> Outline:
    """Return the outline of the only response of a document."""
    response = {"description": "made", "content": {media_type: content}}
    paths = {"/": {"get": {"responses": {"200": response}}}}
    document = Document({"openapi": "3.1.0", "paths": paths, "components": {"schemas": SCHEMAS}})
    response = document.operations["GET /"].responses["200"]
    assert response.description == "made"
    return read_outline(response.media[0], document, Redactor())


@pytest.mark.parametrize(
    ("schema", "name"), [(PET, "PetOut"), ({"type": "array", "items": PET, "title": "Response"}, "array of PetOut")]
)
def test_an_object(schema: dict[str, Any], name: str) -> None:
    """What is read is there, what is only written is not; the example is whole, and its secrets are masked."""
    outline = outline_of({"schema": schema})
    assert (outline.name, outline.type, outline.more) == (name, "", 0)
    parts = {part.name: (part.type, part.required) for part in outline.parts}
    assert parts["id"] == ("integer", True)
    assert parts["born"] == ("string (date) or null", False)
    assert "chip" not in parts
    assert outline.parts[1].description == "What it is called"
    example = json.loads(outline.example)
    pet = example if isinstance(example, dict) else example[0]
    assert pet == {"id": 0, "name": "string", "born": "2000-01-01", "access_token": "•••"}


def test_an_example_of_the_document_comes_first() -> None:
    """It is shown, masked and cut."""
    example = {"id": 7, "password": "hunter2", "note": "x" * 9000}
    text = outline_of({"schema": PET, "example": example}).example
    assert '"id": 7' in text
    assert "hunter2" not in text
    assert len(text) == 4001


def test_other_types() -> None:
    """A text, a list of numbers, and a type without a schema."""
    assert outline_of({"schema": {"type": "string"}}, "text/plain").example == "string"
    assert outline_of({"schema": {"type": "array", "items": {"type": "integer"}}}).type == "array of integer"
    assert outline_of({}, "image/png") == Outline(media_type="image/png")
