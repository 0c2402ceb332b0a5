"""The contradictions of an exchange to the app's document: as attribute, display, filter, data and export."""

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.responses import JSONResponse

from ipyasgi import Explorer
from ipyasgi.explorer.explored_app import document_source_of
from ipyasgi.openapi.document import read_document


def build_app() -> FastAPI:
    """Return an app that breaks its document."""
    app = FastAPI()

    @app.get("/report", response_model=dict[str, int])
    def report(deep: bool = False) -> Any:
        return JSONResponse({"total": "many", "password=hunter2-4711": "x"} if deep else {"total": 3})

    @app.get("/created", status_code=201, response_model=dict[str, int])
    def created() -> Any:
        return JSONResponse({"n": 1}, status_code=200)

    @app.get("/gone")
    def gone() -> Any:
        return JSONResponse({"detail": "gone"}, status_code=404)

    return app


@pytest.fixture
def explorer() -> Any:
    """Give an explorer with an exchange that keeps its contract, and three that do not."""
    with Explorer(build_app()) as explorer:
        for path in ("/report", "/report?deep=true", "/created", "/gone"):
            explorer.get(path)
        yield explorer


def test_errors_of_an_exchange(explorer: Any) -> None:
    """Each contradiction has its kind and place, and the filter finds them."""
    fine, body, status, gone = explorer.history
    assert fine.errors == ()
    assert [(one.kind, one.pointer) for one in body.errors] == [("body", "/total"), ("body", "/password=hunter2-4711")]
    assert str(status.errors[0]) == "status 200 is not documented, only 201"
    assert gone.errors[0].kind == "status"
    assert [one.name for one in explorer.history.filter("contract:error")] == ["r2", "r3", "r4"]
    assert [one.name for one in explorer.history.filter("-contract:ERROR")] == ["r1"]
    assert [one.name for one in explorer.history.filter("contract:ok")] == ["r1"]


def test_where_they_are_shown(explorer: Any) -> None:
    """They are in the text, the HTML, the data, the lines of the history and the panel's protocol tab, masked."""
    from ipyasgi.views.tabs import view_tabs

    body = explorer.history["r2"]
    text = body.to_text()
    assert "contract: /total must be an integer and 1 more" in text
    assert "Contract: against the app's own document\n  /total must be an integer\n  /password=•••" in text
    assert "hunter2-4711" not in str([one["message"] for one in body.to_dict()["errors"]])
    html = body._repr_mimebundle_()["text/html"]
    assert "<li>/total must be an integer</li>" in html
    assert "<details open><summary>Contract" in html
    assert "<details><summary>Contract" in explorer.history["r4"]._repr_mimebundle_()["text/html"]
    assert "contract: status 200\n" in explorer.history.to_text()
    errors = body.to_dict()["errors"]
    assert errors[0] == {
        "rule": "contract.body",
        "message": "/total must be an integer",
        "section": "",
        "pointer": "/total",
    }
    tabs = view_tabs(body, explorer.settings)
    assert (tabs.about["protocol"], "<li>/total must be an integer</li>" in tabs.html) == ("2", True)


def test_an_exported_test_does_not_check_them(explorer: Any) -> None:
    """A wrong body, media type or success is a comment in the test; an undocumented 404 is checked, with a comment."""
    edit = "    # EDIT: this contradicts the app's document: "
    body, status, gone = (explorer.history[name].to_pytest() for name in ("r2", "r3", "r4"))
    assert f"{edit}/total must be an integer\n" in body
    assert "assert response.status_code == 200" in body
    assert "many" not in body
    assert f"{edit}status 200 is not documented, only 201\n    assert response.headers" in status
    assert f"{edit}status 404 is not documented, only 200\n    assert response.status_code == 404" in gone
    assert "EDIT: this" not in explorer.history["r1"].to_pytest()


def test_the_setting_and_later_documents(explorer: Any, tmp_path: Any) -> None:
    """The setting switches it off, a later app has its own document, and a restored exchange keeps what it had."""
    found = explorer.history["r2"].errors
    explorer.configure(contract=False)
    off = explorer.get("/report?deep=true")
    assert (off.errors, "ontract" in off.to_text()) == ((), False)
    explorer.configure(contract=True)
    explorer.replace_app(FastAPI())
    assert explorer.history["r3"].errors[0].kind == "status"
    path = explorer.save(tmp_path / "a.jsonl", which="r2", show_secrets=True)
    (restored,) = explorer.restore(path)
    assert restored.errors == found


def test_no_document_is_requested() -> None:
    """An app whose document is only at a route is judged once the document was read, and no request is sent for it."""
    seen = []
    document = build_app().openapi()
    answers: dict[str, Any] = {"/openapi.json": document, "/report": {"total": "many"}}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["path"])
        await JSONResponse(answers[scope["path"]])(scope, receive, send)

    with Explorer(app, lifespan="off") as explorer:
        exchange = explorer.get("/report")
        assert (exchange.errors, seen) == ((), ["/report"])
        document_source_of(explorer).kept.document = read_document(document)
        assert exchange.errors[0].pointer == "/total"
