"""The shop is an app like a user's: here it is called over both backends, on a real SQLite file."""

from __future__ import annotations

import json
import sqlite3
import threading
from pathlib import Path
from typing import Any

import anyio
import pytest
from anyio import to_thread

from ipyasgi.samples.shop import Shop, app, try_match
from ipyasgi.samples.shop.lifespan import STOCK
from ipyasgi.testclient import TestClient, WebSocketDisconnect

BACKENDS = ["asyncio", "trio"]


@pytest.fixture(params=BACKENDS)
def backend(request):
    """Return the name of the async backend to run on."""
    return request.param


@pytest.fixture
def shop_file(tmp_path, monkeypatch):
    """Return the path of the shop's file, which is not there yet."""
    path = tmp_path / "shop.sqlite3"
    monkeypatch.setenv("IPYASGI_SHOP_DB", str(path))
    return path


@pytest.fixture
def client(backend, shop_file):
    """Return a client of the shop, inside its lifespan."""
    with TestClient(app, backend=backend) as client:
        yield client


def build_scope(path: str, **more: Any) -> dict[str, Any]:
    """Return a scope with just the keys that the shop reads."""
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
    return {**scope, "state": {"served": {"http": 0, "websocket": 0}}, **more}


def find_file(db: sqlite3.Connection) -> Path:
    """Return the path of the file that is open."""
    return Path(db.execute("PRAGMA database_list").fetchone()["file"])


# --------------------------------------------------------------------------------------------------- lifespan


def test_startup_fills_the_state_and_the_file(backend, shop_file):
    """Startup puts the connection and the counters into the state, and a file with the stock on the disk."""
    with TestClient(app, backend=backend) as client:
        assert isinstance(client.app_state["db"], sqlite3.Connection)
        assert client.app_state["served"] == {"http": 0, "websocket": 0}
        assert client.app_state["opened_at"].endswith("+00:00")
        on_disk = sqlite3.connect(shop_file)
        assert on_disk.execute("SELECT name, price, color FROM items ORDER BY id").fetchall() == list(STOCK)
        on_disk.close()


def test_shutdown_closes_the_connection(backend, shop_file):
    """After the lifespan the connection takes no more questions, and the file that was named stays."""
    with TestClient(app, backend=backend) as client:
        db = client.app_state["db"]
    with pytest.raises(sqlite3.ProgrammingError, match="closed database"):
        db.execute("SELECT 1")
    assert shop_file.exists()


def test_a_file_keeps_its_items(backend, shop_file):
    """What was added is still there in the next lifespan, and the stock is not poured in twice."""
    with TestClient(app, backend=backend) as client:
        client.post("/items", json={"name": "saucer", "price": 3})
    with TestClient(app, backend=backend) as client:
        assert [item["name"] for item in client.get("/items").json()][-2:] == ["tray", "saucer"]


def test_a_temporary_file_is_deleted(backend, monkeypatch):
    """Without a named file the shop makes a temporary one and removes it, folder and all, at shutdown."""
    monkeypatch.delenv("IPYASGI_SHOP_DB", raising=False)
    with TestClient(app, backend=backend) as client:
        file = find_file(client.app_state["db"])
        assert file.exists()
    assert not file.parent.exists()


def test_lifespan_prints_one_line_at_each_end(backend, shop_file, capsys):
    """Startup and shutdown print one line each, so that captured output has something to show."""
    with TestClient(app, backend=backend) as client:
        assert capsys.readouterr().out == "shop: open\n"
        client.get("/")
    assert capsys.readouterr().out == "shop: closed, requests served: 1\n"


def test_a_file_that_does_not_open_fails_the_startup(backend, tmp_path, monkeypatch):
    """A path into nowhere is told as `lifespan.startup.failed` with SQLite's reason, and the lifespan ends."""
    monkeypatch.setenv("IPYASGI_SHOP_DB", str(tmp_path / "no" / "folder" / "shop.sqlite3"))
    sent = []

    async def main():
        async def receive():
            return {"type": "lifespan.startup"}

        async def send(message):
            sent.append(message)

        await app({"type": "lifespan", "state": {}}, receive, send)

    anyio.run(main, backend=backend)
    assert [message["type"] for message in sent] == ["lifespan.startup.failed"]
    assert "unable to open database file" in sent[0]["message"]


def test_a_cancelled_lifespan_closes_its_file(backend, monkeypatch):
    """A server that cancels the lifespan instead of shutting it down leaves no temporary file behind."""
    monkeypatch.delenv("IPYASGI_SHOP_DB", raising=False)
    state: dict[str, Any] = {}

    async def main():
        started = anyio.Event()

        async def receive():
            if started.is_set():
                await anyio.sleep_forever()
            return {"type": "lifespan.startup"}

        async def send(message):
            started.set()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(app, {"type": "lifespan", "state": state}, receive, send)
            await started.wait()
            file = await to_thread.run_sync(find_file, state["db"])
            tasks.cancel_scope.cancel()
        return file

    assert not anyio.run(main, backend=backend).parent.exists()


def test_two_lifespans_of_one_app_share_nothing(backend, monkeypatch):
    """The app object itself remembers nothing: two clients of it have two files and two counters."""
    monkeypatch.delenv("IPYASGI_SHOP_DB", raising=False)
    with TestClient(app, backend=backend) as one, TestClient(app, backend=backend) as other:
        one.delete("/items/1")
        assert one.get("/items/1").status_code == 404
        assert other.get("/items/1").status_code == 200
        assert (one.app_state["served"]["http"], other.app_state["served"]["http"]) == (2, 1)
    assert vars(app) == {}


# ------------------------------------------------------------------------------------------------------ items


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


# ------------------------------------------------------------------------------------- slow, boom, ticks, chat


def test_slow_lets_others_go_first(backend):
    """While `/slow` sleeps, the same loop answers another request."""
    answered = []

    async def main():
        async def receive():
            return {"type": "http.request", "body": b""}

        async def ask(path, query=b""):
            async def send(message):
                if message["type"] == "http.response.body":
                    answered.append((path, message["body"]))

            await app(build_scope(path, query_string=query), receive, send)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask, "/slow", b"seconds=0.2")
            await anyio.sleep(0.01)
            tasks.start_soon(ask, "/")

    anyio.run(main, backend=backend)
    assert [path for path, _ in answered] == ["/", "/slow"]
    assert answered[-1][1] == b'{"slept": 0.2}'


def test_boom_shows_its_reason_in_its_locals(client):
    """`/boom` divides by zero two calls below the endpoint, where the locals say why."""
    with pytest.raises(ZeroDivisionError) as caught:
        client.get("/boom")
    frames = {entry.name: entry.locals for entry in caught.traceback}
    assert list(frames)[-3:] == ["go_boom", "build_praise", "average_price"]
    assert frames["average_price"] == {"items": [], "total": 0, "count": 0}
    assert frames["build_praise"]["kind"] == "gift"
    assert client.get("/items").status_code == 200


def test_ticks_are_streamed(client):
    """`/ticks` sends each event as one chunk of a `text/event-stream`."""
    with client.stream("GET", "/ticks?n=3&gap=0.01") as response:
        assert response.headers["content-type"] == "text/event-stream"
        assert "".join(response.iter_text()) == "".join(
            f'id: {tick}\nevent: tick\ndata: {{"tick": {tick}, "of": 3}}\n\n' for tick in (1, 2, 3)
        )


def test_ticks_end_when_the_client_leaves(backend):
    """After `http.disconnect` no further event is sent, and the endpoint returns at once."""
    sent = []

    async def main():
        begun, two_sent = anyio.Event(), anyio.Event()

        async def receive():
            if not begun.is_set():
                begun.set()
                return {"type": "http.request", "body": b""}
            await two_sent.wait()
            return {"type": "http.disconnect"}

        async def send(message):
            sent.append(message["type"])
            if len(sent) == 3:  # the start and two events
                two_sent.set()

        with anyio.fail_after(5):
            await app(build_scope("/ticks", query_string=b"n=1000&gap=0.05"), receive, send)

    anyio.run(main, backend=backend)
    assert sent == ["http.response.start", "http.response.body", "http.response.body"]


def test_chat_echoes_with_a_number(client):
    """Each JSON message comes back with its number; `"bye"` comes back too, then the shop closes with 1000."""
    with client.websocket_connect("/chat") as chat:
        chat.send_json({"say": "hello"})
        assert chat.receive_json() == {"number": 1, "echo": {"say": "hello"}}
        chat.send_bytes(b"[2]")
        assert chat.receive_json() == {"number": 2, "echo": [2]}
        chat.send_json("bye")
        assert chat.receive_json() == {"number": 3, "echo": "bye"}
        with pytest.raises(WebSocketDisconnect) as caught:
            chat.receive_json()
    assert (caught.value.code, caught.value.reason) == (1000, "bye")


@pytest.mark.parametrize("data", [{"text": "no JSON"}, {"text": ""}, {"bytes": b"\xff"}])
def test_chat_closes_on_what_is_no_json(client, data):
    """A message that is not JSON is answered by closing with 1007, invalid payload."""
    with client.websocket_connect("/chat") as chat:
        chat.send({"type": "websocket.receive", **data})
        with pytest.raises(WebSocketDisconnect) as caught:
            chat.receive_json()
    assert caught.value.code == 1007


def test_chat_ends_when_the_client_leaves(backend):
    """After `websocket.disconnect` the endpoint returns and says nothing more."""
    sent = []

    async def main():
        incoming = iter([{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1001}])

        async def receive():
            return next(incoming)

        async def send(message):
            sent.append(message)

        await app(build_scope("/chat", type="websocket"), receive, send)

    anyio.run(main, backend=backend)
    assert sent == [{"type": "websocket.accept"}]


def test_another_websocket_path_is_closed_before_it_opens(client):
    """A WebSocket to a path without a route, or to a path for HTTP only, is never accepted."""
    for path in ("/nowhere", "/items"):
        with pytest.raises(WebSocketDisconnect), client.websocket_connect(path):
            pass


# ----------------------------------------------------------------------------------------------------- routes


def test_routes_can_be_read_by_duck_typing():
    """Each route has a kind, methods, a path, a name and an endpoint that bears that name."""
    assert all(route.name == route.endpoint.__name__ for route in app.routes)
    assert {route.kind for route in app.routes} == {"http", "websocket"}
    assert all(bool(route.methods) == (route.kind == "http") for route in app.routes)


@pytest.mark.parametrize(
    ("template", "path", "values"),
    [
        ("/", "/", {}),
        ("/items", "/items", {}),
        ("/items/{item_id}", "/items/7", {"item_id": "7"}),
        ("/{kind}/{item_id}", "/items/7", {"kind": "items", "item_id": "7"}),
        ("/items/{item_id}", "/items/", None),
        ("/items/{item_id}", "/items/7/", None),
        ("/items/{item_id}", "/other/7", None),
        ("/items", "/items/", None),
    ],
)
def test_a_path_is_matched_part_by_part(template, path, values):
    """A template matches a path of as many parts; each brace takes one part that is not empty."""
    assert try_match(template, path) == values


def test_an_unknown_kind_of_scope_is_refused(backend):
    """A server that asks for something else than http, websocket or lifespan is told so."""
    with pytest.raises(ValueError, match="does not speak 'mqtt'"):
        anyio.run(app, {"type": "mqtt"}, None, None, backend=backend)
