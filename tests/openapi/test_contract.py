"""What in a response contradicts the app's own document."""

import json
from typing import Any

import pytest

from ipyasgi.openapi.contract import MOST_BYTES, AppResponded, Contract, find_contract_errors
from ipyasgi.openapi.document import Document

ITEM = {
    "type": "object",
    "required": ["id", "name", "secret"],
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "name": {"type": "string"},
        "secret": {"type": "string", "writeOnly": True},
    },
}


def document(**responses: Any) -> Document:
    """Return a document with one operation; responses are ``_200={...}``."""
    operation = {"responses": {key.lstrip("_"): value for key, value in responses.items()}}
    return Document({"openapi": "3.1.0", "paths": {"/items/{item_id}": {"get": operation}}})


def of(schema: Any, media: str = "application/json") -> dict[str, Any]:
    """Return a response with this schema."""
    return {"description": "", "content": {media: {"schema": schema}}}


def responded(
    body: Any, status: int = 200, content_type: str = "application/json", path: str = "/items/7"
) -> AppResponded:
    """Return a response."""
    content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    return AppResponded(method="GET", path=path, status=status, content_type=content_type, body=content)


def errors(found: Document, response: AppResponded) -> list[str]:
    """Return the contradictions as text."""
    return [str(one) for one in find_contract_errors(found, response)]


@pytest.mark.parametrize(
    ("status", "known", "found"),
    [
        (200, ("_200",), []),
        (201, ("_200", "_422"), ["status 201 is not documented, only 200, 422"]),
        (404, ("_200", "_4XX"), []),
        (404, ("_200", "_4xx"), []),
        (404, ("_200", "default"), []),
        (500, ("_200",), []),
        (503, ("_503",), []),
        (404, (), []),
    ],
)
def test_statuses(status: int, known: tuple[str, ...], found: list[str]) -> None:
    """A status is documented by itself, by its class or by default; one of 500 is an error anyway."""
    assert errors(document(**{key: {"description": ""} for key in known}), responded({}, status)) == found


@pytest.mark.parametrize(
    ("documented", "sent", "found"),
    [
        ("application/json", "application/json; charset=utf-8", []),
        ("Application/JSON", "application/json", []),
        ("text/*", "text/plain", []),
        ("*/*", "image/png", []),
        ("application/json", "text/html", ["media type text/html is not documented, only application/json"]),
        ("application/json", "", ["media type (none) is not documented, only application/json"]),
    ],
)
def test_media_types(documented: str, sent: str, found: list[str]) -> None:
    """A media type is documented without its parameters, or by a range."""
    assert errors(document(_200=of(True, documented)), responded(b"1", content_type=sent)) == found


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"id": 1, "name": "a"}, []),
        ({"name": "a"}, ["/id is required"]),
        ({"id": "x", "name": 3}, ["/id must be an integer", "/name must be a string"]),
        ([], ["the body must be an object"]),
        (b"{", ["the body is not JSON"]),
        (b"[" * 100_000, ["the body is not JSON"]),
        (None, []),
        (b'"' + b"x" * MOST_BYTES + b'"', []),
    ],
)
def test_bodies(body: Any, found: list[str]) -> None:
    """A body is compared with its schema, in the direction of a response, and unless it is long or not known."""
    assert errors(document(_200=of(ITEM)), responded(body)) == found


def test_what_the_document_does_not_describe() -> None:
    """Other paths, responses without content and empty bodies are not judged."""
    found = document(_200={"description": ""}, _404=of(ITEM))
    assert errors(found, responded({}, path="/others/7")) == []
    assert errors(found, responded({"any": 1})) == []
    assert errors(found, responded(b"", 404, content_type="")) == []
    assert errors(Document(), responded({})) == []


def test_found_once_and_only_with_a_document() -> None:
    """A contract waits for the document, and keeps what it found."""
    documents: list[Document | None] = [None, document(_200=of({"type": "string"}))]
    contract = Contract(lambda: documents.pop(0))
    assert contract.errors(responded(1)) == ()
    (error,) = contract.errors(responded(1))
    assert (error.kind, error.pointer, str(error)) == ("body", "", "the body must be a string")
    assert contract.errors(responded("x")) == (error,)
