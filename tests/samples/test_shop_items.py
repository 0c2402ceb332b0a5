"""The shop's items: listed, added, refused, deleted."""

from __future__ import annotations

import json
import threading
from typing import Any

import anyio
import pytest

from ipyasgi.samples.shop import Shop, app
from ipyasgi.samples.shop.lifespan import STOCK
from ipyasgi.testclient import TestClient


def build_scope(path: str, **more: Any) -> dict[str, Any]:
    """Return a scope with just the keys that the shop reads."""
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
    return {**scope, "state": {"served": {"http": 0, "websocket": 0}}, **more}


def test_the_front_page_lists_every_route(client):
    """`GET /` names each route with its kind, its methods and one sentence."""
    offers = client.get("/").json()["offers"]
    assert [(offer["kind"], tuple(offer["methods"]), offer["path"]) for offer in offers] == [
        (route.kind, route.methods, route.path) for route in Shop.routes
    ]
    assert all(offer["does"].endswith(".") for offer in offers)


def test_requests_and_websockets_are_counted_apart(client):
    """The counters grow with each call although each call has only a copy of the state."""
    for _ in range(3):
        client.get("/items")
    with client.websocket_connect("/chat") as chat:
        chat.send_json("bye")
        chat.receive_json()
    assert client.app_state["served"] == {"http": 3, "websocket": 1}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["teapot", "cup", "spoon", "kettle", "tray"]),
        ("?limit=2", ["teapot", "cup"]),
        ("?color=blue", ["teapot", "tray"]),
        ("?color=blue&limit=1", ["teapot"]),
        ("?color=", []),
        ("?color=%27%20OR%201=1--", []),
    ],
)
def test_items_are_listed(client, query, names):
    """`GET /items` gives the items in the order of their ids, as many and of the color that the query wants."""
    response = client.get(f"/items{query}")
    assert response.headers["content-type"] == "application/json"
    assert [item["name"] for item in response.json()] == names


def test_one_item_is_shown(client):
    """`GET /items/2` gives the item with id 2."""
    assert client.get("/items/2").json() == {"id": 2, "name": "cup", "price": 4.0, "color": "white"}


def test_an_item_is_added(client):
    """`POST /items` answers 201 with the new item, and its location leads to it."""
    response = client.post("/items", json={"name": "saucer", "price": 3, "color": "blue"})
    assert response.status_code == 201
    assert response.headers["location"] == "/items/6"
    assert response.json() == {"id": 6, "name": "saucer", "price": 3, "color": "blue"}
    assert client.get(response.headers["location"]).json() == response.json()


def test_a_color_is_optional(client):
    """An item added without a color gets one; a field that the shop does not know is left out."""
    added = client.post("/items", json={"name": "saucer", "price": 3, "id": 77}).json()
    assert added == {"id": 6, "name": "saucer", "price": 3, "color": "plain"}


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, [("name", "missing"), ("price", "missing")]),
        ({"name": "", "price": 1}, [("name", "string_type")]),
        ({"name": "x" * 41, "price": 1}, [("name", "string_type")]),
        ({"name": 7, "price": "7"}, [("name", "string_type"), ("price", "greater_than")]),
        ({"name": "\ud800", "price": 1}, [("name", "string_type")]),
        ({"name": "cup", "price": 0}, [("price", "greater_than")]),
        ({"name": "cup", "price": True}, [("price", "greater_than")]),
        ({"name": "cup", "price": 10**30}, [("price", "greater_than")]),
        ({"name": "cup", "price": None}, [("price", "greater_than")]),
        ({"name": "cup", "price": 1, "color": None}, [("color", "string_type")]),
    ],
)
def test_bad_fields_are_refused_all_at_once(client, body, faults):
    """A bad body is answered 422 with one entry for each fault, in FastAPI's shape, and adds nothing."""
    response = client.post("/items", content=json.dumps(body))
    assert response.status_code == 422
    assert [(fault["loc"], fault["type"]) for fault in response.json()["detail"]] == [
        (["body", name], type) for name, type in faults
    ]
    assert all(fault["msg"] for fault in response.json()["detail"])
    assert len(client.get("/items").json()) == len(STOCK)


@pytest.mark.parametrize(
    ("content", "type"),
    [(b"", "json_invalid"), (b"{name", "json_invalid"), (b"\xff", "json_invalid"), (b"[1]", "dict_type")],
)
def test_a_body_that_is_no_json_object_is_refused(client, content, type):
    """A body that is not JSON, or not an object, is one fault of the whole body."""
    response = client.post("/items", content=content)
    assert response.status_code == 422
    assert [(fault["loc"], fault["type"]) for fault in response.json()["detail"]] == [(["body"], type)]


@pytest.mark.parametrize(
    ("path", "loc"),
    [
        ("/items?limit=0", ["query", "limit"]),
        ("/items?limit=101", ["query", "limit"]),
        ("/items?limit=many", ["query", "limit"]),
        ("/items/abc", ["path", "item_id"]),
        ("/items/99999999999999999999", ["path", "item_id"]),
        ("/slow?seconds=nan", ["query", "seconds"]),
        ("/ticks?n=-1", ["query", "n"]),
        ("/ticks?gap=0", ["query", "gap"]),
    ],
)
def test_a_number_out_of_bounds_is_refused(client, path, loc):
    """A path or query value that is no number, or too small or too large, is answered 422 at its place."""
    response = client.get(path)
    assert response.status_code == 422
    assert [fault["loc"] for fault in response.json()["detail"]] == [loc]


def test_an_item_is_deleted_once(client):
    """`DELETE` answers 204 without a body, and 404 when the item is gone."""
    first, second = client.delete("/items/1"), client.delete("/items/1")
    assert (first.status_code, first.content) == (204, b"")
    assert second.status_code == 404


@pytest.mark.parametrize("path", ["/items/99", "/nowhere", "/items/", "/items/1/2"])
def test_what_is_not_there_is_a_problem(client, path):
    """An unknown item and an unknown path are answered 404 with an RFC 9457 problem."""
    response = client.get(path)
    assert response.status_code == 404
    assert response.headers.get_list("content-type") == ["application/problem+json"]
    assert response.json()["title"] == "Not Found"
    assert response.json()["status"] == 404


@pytest.mark.parametrize(("path", "allow"), [("/", "GET"), ("/items", "GET, POST"), ("/items/1", "GET, DELETE")])
def test_another_method_is_told_which_are_allowed(client, path, allow):
    """A known path with another method is answered 405, and `allow` names the methods."""
    response = client.patch(path)
    assert response.status_code == 405
    assert response.headers["allow"] == allow


def test_the_shop_can_be_mounted(backend, shop_file):
    """Below a `root_path` the shop finds its routes, and its locations begin with that path."""
    with TestClient(app, backend=backend, root_path="/tea") as client:
        response = client.post("/tea/items", json={"name": "saucer", "price": 3})
        assert response.headers["location"] == "/tea/items/6"


def test_the_database_is_never_asked_on_the_loop_thread(client):
    """Each statement runs in a worker thread: neither the loop nor the caller waits for the disk."""
    threads = set()
    client.app_state["db"].set_trace_callback(lambda sql: threads.add(threading.get_ident()))
    client.get("/items")
    client.post("/items", json={"name": "saucer", "price": 3})
    client.delete("/items/6")
    client.app_state["db"].set_trace_callback(None)
    assert threads
    assert threads.isdisjoint({threading.get_ident(), client.portal.call(threading.get_ident)})


def test_items_added_at_once_get_their_own_ids(client):
    """Twenty requests that add an item at the same time are each told the id of their own item."""
    added = []

    def add(number):
        added.append((f"cup {number}", client.post("/items", json={"name": f"cup {number}", "price": 1}).json()))

    threads = [threading.Thread(target=add, args=[number]) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(item["id"] for _, item in added) == list(range(6, 26))
    assert all(client.get(f"/items/{item['id']}").json()["name"] == name for name, item in added)


def test_a_body_cut_short_is_not_answered(backend):
    """A client that leaves in the middle of its body gets no answer and adds nothing."""
    sent = []

    async def main():
        incoming = iter([{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}])

        async def receive():
            return next(incoming)

        async def send(message):
            sent.append(message)

        await app(build_scope("/items", method="POST"), receive, send)

    anyio.run(main, backend=backend)
    assert sent == []
