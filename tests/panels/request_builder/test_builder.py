"""The request builder on an app with a document: what the page is told, sends, signs in with and is refused."""

import importlib.util
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest

from ipyasgi import Explorer
from ipyasgi.openapi.document import read_document
from ipyasgi.panels import RequestBuilder
from ipyasgi.panels.request_builder.form_page import choices_of
from ipyasgi.records.redaction import Redactor
from ipyasgi.records.requests import RequestSpec, build_spec
from ipyasgi.routes.route import Route

from .documents import DOCUMENT


class Endpoint:
    """A row of the store's route table."""

    def __init__(self, method: str, path: str) -> None:
        self.methods, self.path, self.name, self.kind, self.endpoint = (method,), path, path, "http", self


class Store:
    """Has a document that takes its time, echoes its requests, gives tokens, and refuses a price of zero."""

    def __init__(self) -> None:
        self.routes = [Endpoint("POST", "/items/{item_id}"), Endpoint("POST", "/upload"), Endpoint("GET", "/plain")]
        self.asked: list[Any] = []
        self.go_on = threading.Event()
        self.go_on.set()

    def openapi(self) -> dict[str, Any]:
        self.go_on.wait(20)
        return DOCUMENT

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        body = (await receive())["body"]
        self.asked.append({name.decode(): value.decode() for name, value in scope["headers"]})
        status, said = 200, {"body": body.decode("latin-1")}
        if scope["path"] == "/token":
            user = parse_qs(body.decode())
            good = user["password"] == ["wonder"]
            status, said = (200, {"access_token": "s3cret-token"}) if good else (400, {"error": "invalid_grant"})
        elif b'"price": 0' in body:
            status, said = 422, {"detail": [{"loc": ["body", "price"], "msg": "too low", "type": "greater_than"}]}
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(said).encode()})


@pytest.fixture
def store() -> Store:
    """Give the store."""
    return Store()


@pytest.fixture
def builder(store: Store, until: Callable) -> Iterator[RequestBuilder]:
    """Give a request builder on the store, with the document read."""
    with Explorer(store, lifespan="off") as explorer:
        builder = RequestBuilder(explorer)
        until(lambda: builder.form.operation_form.get("parameters"))
        yield builder


def scheme_of(builder: RequestBuilder, key: str) -> dict[str, Any]:
    """Return what the page knows of a security scheme."""
    return next((one for one in builder.form.auth.get("schemes", ()) if one["key"] == key), {})


def test_the_form_starts_with_what_the_document_asks_for(builder: RequestBuilder) -> None:
    """The operation_form of the first route comes by itself, and the untouched form can be sent."""
    operation_form = builder.form.operation_form
    assert (operation_form["key"], operation_form["summary"], operation_form["generation"]) == (
        "POST /items/{item_id}",
        "Add an item",
        1,
    )
    assert [one["key"] for one in operation_form["parameters"]][:2] == ["path.item_id", "query.limit"]
    assert operation_form["bodies"][0]["kind"] == "json"
    assert builder.form.draft["media"] == "application/json"
    assert builder.form.draft["known"] == operation_form["start"]["known"]
    assert builder.send().result(20).status_code == 200


@pytest.mark.serial
def test_a_document_that_takes_its_time_keeps_nobody_waiting(store: Store, until: Callable) -> None:
    """The route table's form is there at once and sends; the document's comes when it is read."""
    store.go_on.clear()
    with Explorer(store, lifespan="off") as explorer:
        builder = RequestBuilder(explorer)
        assert builder.form.operation_form == {}
        builder.choose("GET /plain")
        assert builder.send().result(10).status_code == 200
        assert builder.form.operation_form == {}
        store.go_on.set()
        until(lambda: builder.form.operation_form.get("generation") == 1)
        assert builder._page.draft.path == "/plain"


def test_the_rail_s_labels_come_after_the_first_form(store: Store, until: Callable) -> None:
    """What the document says of a thousand routes keeps the form waiting for none of it."""
    seen: list[str] = []
    with Explorer(store, lifespan="off") as explorer:
        store.slow_s = 0.5
        builder = RequestBuilder(explorer)
        builder.form.observe(lambda change: seen.append(change["name"]), ["operation_form", "choices"])
        assert builder.form.choices[0].get("description") != "Add an item"
        until(lambda: "choices" in seen)
        assert seen == ["operation_form", "choices"]
        assert builder.form.choices[0]["description"] == "Add an item"


def test_lost_routes_are_sent_again_when_the_page_asks(store: Store, page_says: Callable, until: Callable) -> None:
    """The routes of a large app are long: only their number is repeated, and an equal list is not counted."""
    sent: list[str] = []
    with Explorer(store, lifespan="off") as explorer:
        builder = RequestBuilder(explorer)
        until(lambda: builder.form.choices_turn == 1)  # with what the document says of them
        builder.form.send_state = lambda key: sent.extend(key)
        page_says(builder.form, ask="choices")
        until(lambda: "choices" in sent)
        builder._page.paint_choices()
        builder._page._take_choices(builder._page._choices)
        until(lambda: builder.form.choices_turn == 2)
        assert builder._page._choices_turn == 2
        with builder.queue._lock:
            repeated = {name for target, name in builder.queue._repeats if target is builder.form}
    assert "choices_turn" in repeated
    assert "choices" not in repeated


def test_a_panel_without_a_kernel_lists_a_hundred_routes() -> None:
    """Each notebook that is saved has them, and JupyterLab searches them before the panel is drawn."""
    store = Store()
    store.routes = [Endpoint("GET", f"/{n}") for n in range(1_200)]
    with Explorer(store, lifespan="off") as explorer:
        text = RequestBuilder(explorer)._repr_mimebundle_()["text/plain"]
    assert text.startswith("1,200 routes, the first 100 here")
    assert len(text.splitlines()) == 101


def test_another_route_s_sheet_is_asked_for(builder: RequestBuilder, page_says: Callable, until: Callable) -> None:
    """The page names a route and gets what the document says of it, or that it says nothing."""
    page_says(builder.form, ask="operation_form", key="POST /upload")
    until(lambda: builder.form.operation_form["key"] == "POST /upload")
    assert [one["kind"] for one in builder.form.operation_form["bodies"]] == ["multipart", "file", "form", "text"]
    page_says(builder.form, ask="operation_form", key="GET /plain")
    until(lambda: builder.form.operation_form["key"] == "GET /plain")
    assert "parameters" not in builder.form.operation_form


def test_a_refusal_lands_on_its_field(builder: RequestBuilder, until: Callable) -> None:
    """What the app says of a field comes with the field's address and the status."""
    builder.fill(build_spec("POST", "/items/7", content=b'{"name": "a", "price": 0}'))
    builder.send()
    until(lambda: builder.form.run["errors"])
    assert builder.form.run["errors"] == [["body./price", "too low", "422"]]
    until(lambda: ["body./price", "must be more than 0"] in builder.form.checked["hints"])


def test_an_exchange_fills_the_known_fields(builder: RequestBuilder, until: Callable) -> None:
    """The same request comes out again."""
    spec = build_spec("POST", "/items/7?limit=5", headers={"x": "1"}, json={"name": "a", "price": 1})
    builder.fill(spec)
    assert builder._page.draft.known == (("query.limit", "5"),)
    assert builder.to_spec() == spec


def test_the_rows_of_an_edited_request_are_its_own(
    builder: RequestBuilder, page_says: Callable, until: Callable
) -> None:
    """Another operation that is chosen then has the rows from before, in the page and with their secrets."""
    own = {**builder.form.draft, "headers": [["X-Own", "1"], ["Authorization", "Bearer abc123def456"]]}
    rows = [["X-Own", "1"], ["Authorization", None]]
    page_says(builder.form, ask="draft", draft=own)
    until(lambda: builder.form.draft["headers"] == rows)
    builder.fill(build_spec("POST", "/items/7", headers={"x-edited": "2"}, json={"name": "a", "price": 1}))
    builder.fill(build_spec("POST", "/items/8", headers={"x-again": "3"}, json={"name": "a", "price": 1}))
    until(lambda: builder.form.draft["headers"] == [["x-again", "3"]])
    assert builder.form.draft["edited"]
    page_says(
        builder.form, ask="draft", draft={**builder.form.draft, "path": "/plain", "method": "GET", "headers": rows}
    )
    until(lambda: not builder.form.draft["edited"])
    assert builder.to_spec().header("authorization") == "Bearer abc123def456"

    builder.fill(build_spec("POST", "/items/7", headers={"x-edited": "2"}))
    builder.choose("GET /plain")
    assert builder.to_spec().headers == build_spec("GET", "/plain", headers=dict(own["headers"])).headers


def test_a_known_secret_stays_in_the_kernel(builder: RequestBuilder, page_says: Callable, until: Callable) -> None:
    """A parameter whose name says so is None to the page, and sent all the same, again after a reload."""
    draft = {**builder.form.draft, "seq": 5, "known": [["query.api_key", "s3cret"], ["header.X-Trace", "ab"]]}
    page_says(builder.form, ask="draft", draft=draft)
    until(lambda: builder.form.draft["seq"] == 5)
    assert builder.form.draft["known"] == [["query.api_key", None], ["header.X-Trace", "ab"]]
    assert "s3cret" not in repr(builder.form.get_state())
    page_says(builder.form, ask="send", draft={**builder.form.draft, "seq": 6})
    until(lambda: builder.shown)
    assert ("api_key", "s3cret") in builder.shown.spec.query


def test_a_key_is_kept_by_the_explorer_and_goes_along(
    builder: RequestBuilder, store: Store, page_says: Callable, until: Callable
) -> None:
    """The page sends it once and knows that it is set; forgotten is forgotten."""
    page_says(builder.form, ask="credential", key="key", values={"token": "s3cret"})
    until(lambda: scheme_of(builder, "key").get("set"))
    builder.send().result(20)
    assert store.asked[-1]["x-api-key"] == "s3cret"
    until(lambda: builder.response.sections.value)
    assert "s3cret" not in repr(builder.form.get_state()) + builder.response.sections.value
    page_says(builder.form, ask="forget", key="key")
    until(lambda: not scheme_of(builder, "key")["set"])
    builder.send().result(20)
    assert "x-api-key" not in store.asked[-1]
    page_says(builder.form, ask="credential", key="nobody", values={"token": 7})


def test_signing_in_asks_the_app(builder: RequestBuilder, store: Store, page_says: Callable, until: Callable) -> None:
    """OAuth2's password flow runs against the app's own endpoint; the token stays in the kernel."""
    page_says(builder.form, ask="credential", key="login", values={"user": "alice", "password": "no"})
    until(lambda: scheme_of(builder, "login").get("tone") == "bad")
    assert scheme_of(builder, "login")["note"].startswith("Sign-in failed: ")
    page_says(builder.form, ask="credential", key="login", values={"user": "alice", "password": "wonder"})
    until(lambda: scheme_of(builder, "login")["set"])
    login = scheme_of(builder, "login")
    assert (login["user"], login["note"], login["tone"], login["expires_at_s"]) == ("alice", "", "", None)
    builder.send().result(20)
    assert store.asked[-1]["authorization"] == "Bearer s3cret-token"
    until(lambda: "authorization" in builder.form.checked["code"].lower())
    assert "s3cret" not in repr(builder.form.get_state())
    assert "wonder" not in repr(builder.form.get_state())


def test_credentials_are_those_of_the_explorer(builder: RequestBuilder, page_says: Callable, until: Callable) -> None:
    """What a cell signs in or out is shown, not an older error, and is part of the code; schemes are in words."""
    until(lambda: scheme_of(builder, "login"))
    page_says(builder.form, ask="credential", key="login", values={"user": "ann", "password": "no"})
    until(lambda: scheme_of(builder, "login")["tone"] == "bad")
    kinds = [(one["key"], one["kind"], one["fields"], one["asks"]) for one in builder.form.auth["schemes"]]
    assert kinds == [
        ("key", "API key in the header X-API-Key", ["token"], False),
        ("login", "OAuth2 with name and password", ["user", "password"], True),
    ]
    builder.explorer.login("ann", "wonder")
    until(lambda: scheme_of(builder, "login")["user"] == "ann")
    assert scheme_of(builder, "login")["note"] == ""
    until(lambda: "authorization" in builder.form.checked["code"].lower())
    builder.explorer.logout()
    until(lambda: not scheme_of(builder, "login")["set"])
    until(lambda: "authorization" not in builder.form.checked["code"].lower())


def test_a_token_in_a_response_becomes_the_credentials(
    builder: RequestBuilder, store: Store, page_says: Callable, until: Callable
) -> None:
    """The page names the exchange and the scheme, and never gets the token; then it is offered no more."""
    exchange = builder.explorer.post("/token", data={"username": "ann", "password": "wonder"})
    builder.show(exchange)
    until(lambda: builder.hint.hint == {"kind": "token", "name": exchange.name, "keys": ["login"]})
    page_says(builder.hint, ask="use_token", name=exchange.name, key="login")
    until(lambda: scheme_of(builder, "login").get("user") == "ann")
    until(lambda: builder.hint.hint == {})
    builder.send().result(20)
    assert store.asked[-1]["authorization"] == "Bearer s3cret-token"
    assert "s3cret" not in repr(builder.form.get_state()) + repr(builder.hint.get_state())
    page_says(builder.hint, ask="use_token", name="r999", key="login")
    until(lambda: "r999" in builder.notice.text)


def test_the_documentation_comes_with_the_operation(
    builder: RequestBuilder, page_says: Callable, until: Callable
) -> None:
    """A route that the document does not describe has its endpoint's docstring."""
    docs = builder.form.operation_form["docs"]
    assert (docs["title"], docs["schemes"]) == ("Add an item", ["login", "key"])
    assert [one["status"] for one in docs["responses"]] == ["201"]
    page_says(builder.form, ask="responses", key="GET /plain")  # has none
    page_says(builder.form, ask="responses", key=builder.form.operation_form["key"])
    until(lambda: builder.form.responses)
    answer = builder.form.responses
    assert all(answer[name] == builder.form.operation_form[name] for name in ("key", "generation"))
    assert [(one["status"], one["media"]) for one in answer["responses"]] == [("201", [])]
    page_says(builder.form, ask="operation_form", key="GET /plain")
    until(lambda: builder.form.operation_form["key"] == "GET /plain")
    assert builder.form.operation_form["docs"]["title"] == "A row of the store's route table"


@pytest.mark.parametrize("kind", ["magic", "python", "httpx", "curl", "pytest"])
def test_the_code_is_of_the_kind_that_is_open(
    builder: RequestBuilder, page_says: Callable, until: Callable, kind: str
) -> None:
    """Each is Python or a command, names the path, and holds no secret."""
    page_says(builder.form, ask="credential", key="key", values={"token": "s3cret"})
    page_says(builder.form, ask="draft", draft={**builder.form.draft, "seq": 3, "code": kind})
    until(lambda: builder.form.checked["seq"] == 3)
    checked = builder.form.checked
    assert checked["code_kind"] == kind
    assert "/items/1" in checked["code"]
    assert "s3cret" not in checked["code"]
    if kind in ("python", "httpx", "pytest"):
        compile(checked["code"], "code", "exec")


def test_a_file_of_the_page_is_sent(builder: RequestBuilder, until: Callable) -> None:
    """Its pieces come as buffers; the mark in the body stands for it."""
    content = {"ask": "file", "id": "f", "index": 0, "count": 1, "name": "a.bin", "type": ""}
    builder.form._handle_custom_msg(content, [memoryview(b"\xff\x00")])
    body = '{"note": "hello", "file": {"$file": "f"}}'
    draft = {**builder.form.draft, "path": "/upload", "path_values": [], "known": [], "media": "multipart/form-data"}
    builder.form._handle_custom_msg({"ask": "send", "draft": {**draft, "seq": 4, "body": body}}, [])
    until(lambda: builder.shown)
    assert b"\xff\x00" in builder.shown.spec.body


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count the requests and the specs that are made, of whichever httpx is in use."""
    made: Counter[str] = Counter()

    def count(kind: type) -> None:
        make = kind.__init__

        def counted(self: Any, *args: Any, **kwargs: Any) -> None:
            made[kind.__name__] += 1
            make(self, *args, **kwargs)

        monkeypatch.setattr(kind, "__init__", counted)

    for name in ("httpx", "httpx2"):
        if importlib.util.find_spec(name):
            count(importlib.import_module(name).Request)
    count(RequestSpec)
    return made


@pytest.mark.parametrize(
    "typed",
    [
        {"body": '{"name": "a", "price": 1}'},
        {"known": [["query.limit", "5"], ["header.X-Trace", "ab"], ["cookie.ads", "1"]], "query": [["more", "1"]]},
        {"path": "/upload", "path_values": [], "known": [], "media": "multipart/form-data", "body": '{"note": "x"}'},
    ],
    ids=["json", "parameters", "multipart"],
)
def test_what_the_page_sends_is_built_once(
    builder: RequestBuilder, made: Counter[str], page_says: Callable, until: Callable, typed: dict[str, Any]
) -> None:
    """One spec for the message, checked, shown as code and sent; one request to build it, and the client's own."""
    until(lambda: builder.form.auth.get("schemes"))  # the document was read, and the form painted
    made.clear()
    page_says(builder.form, ask="send", draft={**builder.form.draft, **typed, "seq": 1})
    until(lambda: builder.response.sections.value)
    assert builder.shown is not None
    assert builder.shown.response is not None
    assert made == {"Request": 2, "RequestSpec": 1}


def test_another_app_brings_its_document(builder: RequestBuilder, until: Callable) -> None:
    """When the explorer adopts one without a document, the form is the route table's again."""

    async def bare(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})

    builder.explorer.replace_app(bare)
    until(lambda: builder.form.operation_form["generation"] == 2)
    assert "parameters" not in builder.form.operation_form


@pytest.mark.parametrize("depth", [400, 700, 900])
@pytest.mark.parametrize(
    ("start", "middle", "end"),
    [("[", "", "]"), ('{"a":', "1", "}"), ('[{"password":', '"s"', "}]"), ('{"a": [1, ', "2", "]}")],
)
def test_json_that_python_reads_fills_the_form(
    builder: RequestBuilder, depth: int, start: str, middle: str, end: str
) -> None:
    """However deeply JSON is nested, it fills the form, is exported, shown and sent, in a form's field too."""
    levels = depth // sum(start.count(sign) for sign in "[{")
    body = start * levels + middle + end * levels
    exchange = builder.explorer.post("/items/7", content=body, headers={"content-type": "application/json"})
    for write in (exchange.to_curl, exchange.to_httpx, exchange.to_pytest, exchange.to_http, exchange.to_har):
        assert write()
    assert exchange.to_dict()["status"] == 200
    assert exchange.to_text()
    builder.fill(exchange.spec)
    assert builder.to_spec().body.decode() == body
    assert builder.send().result(10).status_code == 200
    for media in ("multipart/form-data", "application/x-www-form-urlencoded"):
        draft = {"method": "POST", "path": "/upload", "media": media, "body": f'{{"field": {body}}}'}
        for kind in ("python", "httpx", "curl", "pytest", "magic"):
            fill = builder.form.draft["fill"]
            builder.hear_page({"ask": "draft", "draft": {**draft, "fill": fill, "code": kind}}, None)
        assert builder.to_spec().body


def test_the_rail_has_what_the_document_and_the_route_table_say() -> None:
    """A route comes with its tags, its lock and its framework, and without what is empty: all of it is saved."""
    paths = {
        "/pets": {
            "post": {"summary": "Add a pet", "tags": ["pets"], "security": [{"key": []}], "responses": {}},
            "get": {"deprecated": True, "security": [{}], "responses": {}},
        }
    }
    routes = [
        Route(kind="http", method="POST", path="/pets", name="add", handler="pets.add", source="pets.py:7", doc="No."),
        Route(
            kind="http", method="GET", path="/pets", name="list", handler="pets.all_of_them", doc="All pets.\n\nYes."
        ),
        Route(kind="http", method="GET", path="/docs", package="fastapi"),
        Route(kind="websocket", method="WS", path="/chat", package="mine"),
    ]
    post, *others = choices_of(routes, Redactor(), read_document({"openapi": "3.1.0", "paths": paths}))
    assert json.loads(post.pop("body")) == {"name": ""}
    described = {"description": "Add a pet", "tags": ["pets"], "lock": True}
    assert post == {"method": "POST", "path": "/pets", "handler": "pets.add", "source": "pets.py:7", **described}
    assert others == [
        {"method": "GET", "path": "/pets", "name": "list", "handler": "pets.all_of_them", "description": "All pets."}
        | {"deprecated": True},
        {"method": "GET", "path": "/docs", "own": "FastAPI"},
        {"method": "WS", "path": "/chat"},
    ]
