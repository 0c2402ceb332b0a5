"""What the page is given to show of an operation: title, description, endpoint, and what it returns."""

from typing import Any

from fastapi import FastAPI, Security
from fastapi.security import APIKeyHeader
from pydantic import BaseModel

from ipyasgi import Explorer
from ipyasgi.panels.request_builder.operation_docs import page_docs, page_responses
from ipyasgi.panels.request_builder.operation_form import try_operation_form
from ipyasgi.records.redaction import Redactor

app = FastAPI()


class Pet(BaseModel):
    name: str


@app.post("/pets", status_code=201, responses={404: {"description": "No *such* pet"}})
def create_pet(pet: Pet, key: str = Security(APIKeyHeader(name="X-Key", scheme_name="key"))) -> Pet:
    """Add a pet.

    Its `name` may be **long**.
    \f
    For developers only.
    """
    return pet


@app.get("/pets", summary="List them")
def list_pets() -> list[Pet]:
    """List them."""
    return []


@app.websocket("/chat")
async def chat(websocket: Any) -> None:
    """Talk.

    One line at a time.
    """


@app.websocket("/silent")
async def silent(websocket: Any) -> None: ...


def docs_of(key: str) -> dict[str, Any]:
    """Return the documentation of a route."""
    with Explorer(app) as explorer:
        route = explorer.routes[key]
        return page_docs(route, try_operation_form(explorer.openapi, key), Redactor())


def responses_of(key: str) -> list[dict[str, Any]]:
    """Return the responses of a documented route."""
    with Explorer(app) as explorer:
        form = try_operation_form(explorer.openapi, key)
        assert form is not None
        return page_responses(form, Redactor())


def test_a_documented_operation() -> None:
    """Each fact comes once: title, endpoint, docstring as Markdown, lock, and the responses, the good ones first."""
    docs = docs_of("POST /pets")
    assert (docs["title"], docs["handler"], docs["schemes"], docs["needs"]) == (
        "Create Pet",
        "create_pet",
        ["key"],
        "key",
    )
    assert "test_operation_docs.py:" in docs["source"]
    first, second = docs["blocks"]
    assert first == {"kind": "paragraph", "spans": [["Add a pet.", "", ""]]}
    assert second["spans"] == [
        ["Its ", "", ""],
        ["name", "c", ""],
        [" may be ", "", ""],
        ["long", "b", ""],
        [".", "", ""],
    ]
    assert [one["status"] for one in docs["responses"]] == ["201", "404", "422"]
    assert not any("media" in one for one in docs["responses"])  # the page asks for them
    made, missing, _ = responses_of("POST /pets")
    assert [made["status"], missing["status"]] == ["201", "404"]
    assert made["media"][0]["name"] == "Pet"
    assert made["media"][0]["parts"] == [["name", True, "string", ""]]
    assert made["media"][0]["example"] == '{\n  "name": "string"\n}'
    assert missing["blocks"] == [{"kind": "paragraph", "spans": [["No ", "", ""], ["such", "i", ""], [" pet", "", ""]]}]


def test_a_docstring_that_only_repeats_the_title() -> None:
    """It is not shown again."""
    docs = docs_of("GET /pets")
    assert (docs["title"], docs["blocks"], docs["schemes"]) == ("List them", [], [])
    assert responses_of("GET /pets")[0]["media"][0]["name"] == "array of Pet"


def test_a_route_without_a_document() -> None:
    """The docstring begins with the title; without one the name of the route is; of an unknown path nothing is."""
    docs = docs_of("WS /chat")
    assert (docs["title"], docs["responses"]) == ("Talk", [])
    assert docs["blocks"] == [{"kind": "paragraph", "spans": [["One line at a time.", "", ""]]}]
    assert docs_of("WS /silent")["title"] == "silent"
    assert page_docs(None, None, Redactor())["title"] == ""


def test_a_secret_in_a_description() -> None:
    """It is masked."""
    secret = FastAPI()
    secret.get("/", description="Use `Authorization: Bearer abc123def456ghi`.")(lambda: None)
    with Explorer(secret) as explorer:
        docs = page_docs(None, try_operation_form(explorer.openapi, "GET /"), Redactor())
    assert "abc123def456ghi" not in repr(docs)
    assert "•••" in repr(docs)
