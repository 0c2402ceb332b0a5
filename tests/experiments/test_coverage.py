"""Coverage: which operations and documented responses the history has seen."""

import json
from typing import Any

import anyio
import pytest
from fastapi import FastAPI, HTTPException
from fastapi.responses import RedirectResponse

from ipyasgi import Explorer
from ipyasgi.errors import DeadlineError
from ipyasgi.experiments import Coverage


def build_app() -> FastAPI:
    """Return an app with operations, a route that its document does not have, and a WebSocket."""
    app = FastAPI()

    @app.get("/items/{item_id}", responses={404: {"description": "gone"}, "5XX": {"description": "broken"}})
    def read(item_id: int) -> int:
        if item_id == 4:
            raise HTTPException(404)
        if item_id == 5:
            raise HTTPException(503)
        if item_id == 6:
            raise KeyError(item_id)
        if item_id == 7:
            raise HTTPException(418)
        return item_id

    @app.get("/endless")
    async def endless() -> None:
        await anyio.sleep_forever()

    @app.delete("/items/{item_id}", status_code=204)
    def delete(item_id: int) -> None: ...

    @app.get("/old")
    def old() -> Any:
        return RedirectResponse("/items/1")

    @app.get("/files/{rest:path}", include_in_schema=False)
    def files(rest: str) -> str:
        return rest

    @app.websocket("/ws")
    async def ws(socket: Any) -> None: ...

    return app


@pytest.fixture
def coverage() -> Any:
    """Give the coverage of a few requests."""
    with Explorer(build_app()) as explorer:
        for path in ("/items/1", "/items/x", "/items/4", "/items/5", "/items/6", "/items/7", "/old", "/files/a/b"):
            explorer.get(path, raise_exceptions=False)
        explorer.get("/nowhere")
        yield explorer.coverage()


def test_operations_and_their_statuses(coverage: Coverage) -> None:
    """Each operation has its documented statuses in their order, then others, and how often each was seen."""
    assert (len(coverage.operations), len(coverage.tried), coverage.documented, coverage.seen) == (5, 3, 8, 4)
    found = {(row["method"], row["path"], row["status"]): row["seen"] for row in coverage.to_dicts()}
    item = ("GET", "/items/{item_id}")
    assert [found[(*item, status)] for status in ("200", "404", "5XX", "422", "418")] == [2, 1, 2, 1, 1]
    assert found["GET", "/old", "307"] == 1
    assert found["GET", "/files/{rest}", "200"] == 1
    assert [one.path for one in coverage.untried] == ["/items/{item_id}", "/endless"]
    assert not any(row["path"] in ("/ws", "/docs", "/openapi.json") for row in coverage.to_dicts())
    assert repr(coverage) == "<Coverage: 3 of 5 operations, 4 of 8 responses>"


def test_how_it_is_shown(coverage: Coverage) -> None:
    """Text, HTML and data have the counts, a row for each operation, and what is not in the document."""
    lines = coverage.to_text().splitlines()
    assert lines[0] == "3 of 5 operations tried, 4 of 8 documented responses seen"
    words = "GET /items/{item_id} 7 × 200 ✓ 422 ✓ 404 ✓ 5XX ✓ 418 not documented"
    assert sorted(lines[1].split()) == sorted(words.split(" "))
    assert lines[1].endswith("418 not documented")
    assert lines[2].split() == ["DELETE", "/items/{item_id}", "–", "204", "–", "422", "–"]
    assert lines[5].endswith("not in the document")
    html = coverage._repr_mimebundle_()["text/html"]
    assert '<span class="i-whole i-good">404 ✓</span>' in html
    assert '<span class="i-whole i-bad">418 not documented</span>' in html
    data = coverage.to_dict()
    assert (data["operations"], data["seen"], len(data["rows"])) == (5, 4, 11)
    assert json.dumps(data)


def test_requests_without_a_response() -> None:
    """A request that passed its deadline was tried, and is listed without a status."""
    with Explorer(build_app()) as explorer:
        with pytest.raises(DeadlineError):
            explorer.get("/endless", timeout=0.05)
        (tried,) = explorer.coverage().tried
        assert [(one.status, one.documented, one.seen) for one in tried.statuses] == [
            ("200", True, 0),
            ("no response", False, 1),
        ]
        assert "200 –   no response" in explorer.coverage().to_text()


def test_an_app_without_a_document() -> None:
    """Routes alone are covered too, and an app without any has an empty coverage."""
    from starlette.applications import Starlette
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route

    app = Starlette(routes=[Route("/a/{n}", lambda request: PlainTextResponse("x"))])
    with Explorer(app) as explorer:
        explorer.get("/a/1")
        explorer.get("/a/b")
        explorer.get("/a/b/c")
        assert [one.tried for one in explorer.coverage().operations if one.method == "GET"] == [2]
    with Explorer(build_app(), lifespan="off") as explorer:
        assert explorer.coverage().tried == ()
