"""The form of a WebSocket route: its parameters, and the address that they make."""

from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal

import pytest
from fastapi import FastAPI, Query, WebSocket

from ipyasgi import Explorer
from ipyasgi.panels.request_builder.builder import RequestBuilder
from ipyasgi.panels.request_builder.socket_form import try_socket_form

app = FastAPI(openapi_url=None)


@app.websocket("/chat/{room}/{number:int}")
async def chat(
    websocket: WebSocket,
    room: str,
    number: int,
    name: Annotated[str, Query(min_length=1, description="Who talks")],
    kind: Literal["a", "b"] = "a",
) -> None:
    """Talk."""
    await websocket.accept()
    await websocket.send_json([room, number, name, kind, websocket.headers.get("x-a")])
    await websocket.receive_json()


@pytest.fixture
def builder() -> Iterator[RequestBuilder]:
    """Give a builder of the app above."""
    with Explorer(app) as explorer:
        yield RequestBuilder(explorer)


def test_the_form_of_a_route() -> None:
    """It has the parameters of path and signature with their types; other keys have no such form."""
    with Explorer(app) as explorer:
        form = try_socket_form("WS /chat/{room}/{number:int}", explorer, None)
        assert form is not None
        assert [(one.key, one.required, one.description) for one in form.operation.parameters] == [
            ("path.room", True, ""),
            ("path.number", True, ""),
            ("query.name", True, "Who talks"),
            ("query.kind", False, ""),
        ]
        assert [form.tree(one.schema).root.kind for one in form.operation.parameters] == [
            "string",
            "integer",
            "string",
            "choice",
        ]
        assert try_socket_form("WS /other", explorer, None) is None
        assert try_socket_form("GET /chat/{room}/{number:int}", explorer, None) is None


def test_the_form_is_the_console_s_address(builder: RequestBuilder, until: Callable, page_says: Callable) -> None:
    """Path and query of the form are the code's and the console's; the console has no address of its own."""
    builder.choose("WS /chat/{room}/{number:int}")
    until(lambda: builder.form.draft["method"] == "WS")
    draft = builder.form.draft
    assert {key for key, _ in draft["known"]} >= {"query.name"}
    known = [["query.name", "Ann Lee"], ["query.kind", "b"]]
    typed = {
        **draft,
        "seq": 1,
        "path_values": [["room", "a b"], ["number", "7"]],
        "known": known,
        "query": [["x", "1"]],
    }
    page_says(builder.form, ask="draft", draft=typed)
    address = "/chat/a%20b/7?name=Ann+Lee&kind=b&x=1"
    until(lambda: builder.socket.page.path == address)
    assert builder.socket.page.addressed
    assert builder.socket.page.kind == "json"
    assert address in builder.form.checked["code"]
    page_says(builder.socket.page, ask="connect", path=address, values={}, headers="X-A: b", subprotocols="")
    until(lambda: bool(builder.socket.messages))
    assert builder.socket.messages[0].payload == '["a b",7,"Ann Lee","b","b"]'


def test_what_is_missing_is_said(builder: RequestBuilder, until: Callable, page_says: Callable) -> None:
    """A required query parameter is a hint, because the app decides; without a value of the path nothing is opened."""
    builder.choose("WS /chat/{room}/{number:int}")
    until(lambda: builder.form.draft["method"] == "WS")
    draft: dict[str, Any] = {
        **builder.form.draft,
        "seq": 1,
        "known": [],
        "path_values": [["room", "x"], ["number", "7"]],
    }
    page_says(builder.form, ask="draft", draft=draft)
    until(lambda: builder.form.checked["hints"] == [["query.name", "is required"]])
    page_says(builder.form, ask="draft", draft={**draft, "seq": 2, "path_values": [["room", ""], ["number", "7"]]})
    until(lambda: builder.form.checked["text"] == "room is required")
    until(lambda: "/x/" not in builder.socket.page.path)
    page_says(builder.socket.page, ask="connect", path=builder.socket.page.path, headers="", subprotocols="")
    until(lambda: "room is required" in builder.socket.notice.text)


def test_a_socket_of_the_history_is_edited(builder: RequestBuilder, until: Callable) -> None:
    """Its path and query are in the fields that the route has for them, and further ones in rows."""
    builder.explorer.websocket_exchange("/chat/a%20b/7?name=Ann&x=1", wait_s=0)
    builder.fill(builder.explorer.history[-1].spec)
    until(lambda: builder.form.draft["method"] == "WS")
    draft = builder.form.draft
    assert draft["path_values"] == [["room", "a b"], ["number", "7"]]
    assert (draft["known"], draft["query"]) == ([["query.name", "Ann"]], [["x", "1"]])
    until(lambda: builder.socket in builder._column.children)
    assert builder.socket.path == "/chat/a%20b/7?name=Ann&x=1"
