"""The shop's endpoints: one async function for each route, each an ASGI app of its own.

How messages are read and written is in `messages`, the database in `lifespan`.
"""

from __future__ import annotations

import itertools
import json

import anyio

from ipyasgi.protocol.types import Receive, Scope, Send

from .lifespan import query_database
from .messages import Item, build_problem, read_body, read_item, read_number, read_query, send_json, wait_for_disconnect


async def show_shop(scope: Scope, receive: Receive, send: Send) -> None:
    """List what the shop offers."""
    offers = [
        {"kind": route.kind, "methods": route.methods, "path": route.path, "does": route.endpoint.__doc__}
        for route in scope["app"].routes
    ]
    await send_json(send, 200, {"shop": "tea things", "offers": offers})


async def list_items(scope: Scope, receive: Receive, send: Send) -> None:
    """List the items: at most `limit` (10), of one `color` or of all."""
    query = read_query(scope)
    wanted = {
        "color": query.get("color"),
        "limit": read_number(query.get("limit", "10"), int, ("query", "limit"), 1, 100),
    }
    sql = "SELECT * FROM items WHERE :color IS NULL OR color = :color ORDER BY id LIMIT :limit"
    await send_json(send, 200, await query_database(scope, lambda db: db.execute(sql, wanted).fetchall()))


async def add_item(scope: Scope, receive: Receive, send: Send) -> None:
    """Add an item: a JSON body with `name`, `price` and optionally `color`."""
    item = read_item(await read_body(receive))
    sql = "INSERT INTO items (name, price, color) VALUES (:name, :price, :color)"
    item_id = await query_database(scope, lambda db: db.execute(sql, item).lastrowid)
    location = f"{scope.get('root_path', '')}/items/{item_id}"
    await send_json(send, 201, {"id": item_id, **item}, [(b"location", location.encode())])


async def show_item(scope: Scope, receive: Receive, send: Send) -> None:
    """Show one item."""
    item_id = read_item_id(scope)
    item = await query_database(scope, lambda db: db.execute("SELECT * FROM items WHERE id = ?", [item_id]).fetchone())
    if item is None:
        raise build_problem(404, f"no item has the id {item_id}")
    await send_json(send, 200, item)


async def delete_item(scope: Scope, receive: Receive, send: Send) -> None:
    """Delete one item."""
    item_id = read_item_id(scope)
    if not await query_database(scope, lambda db: db.execute("DELETE FROM items WHERE id = ?", [item_id]).rowcount):
        raise build_problem(404, f"no item has the id {item_id}")
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def read_item_id(scope: Scope) -> int:
    """Return the id from the path; SQLite's ids end at 2**63 - 1."""
    return read_number(scope["path_params"]["item_id"], int, ("path", "item_id"), 1, 2**63 - 1)


async def be_slow(scope: Scope, receive: Receive, send: Send) -> None:
    """Respond after `seconds` (5), while other requests are handled."""
    seconds = read_number(read_query(scope).get("seconds", "5"), float, ("query", "seconds"), 0, 60)
    await anyio.sleep(seconds)
    await send_json(send, 200, {"slept": seconds})


async def go_boom(scope: Scope, receive: Receive, send: Send) -> None:
    """Raise an exception, two calls further down, to have something to debug."""
    gifts = await query_database(scope, lambda db: db.execute("SELECT * FROM items WHERE price = 0").fetchall())
    await send_json(send, 200, {"praise": build_praise("gift", gifts)})


def build_praise(kind: str, items: list[Item]) -> str:
    """Return an advertisement."""
    return f"The average {kind} costs {average_price(items):.2f}"


def average_price(items: list[Item]) -> float:
    """Return the mean of the prices; a bug on purpose: the list may be empty."""
    total = sum(float(item["price"]) for item in items)
    count = len(items)
    return total / count


async def stream_ticks(scope: Scope, receive: Receive, send: Send) -> None:
    """Stream `n` (5) events, `gap` (0.1) seconds apart, until all are sent or the client disconnects."""
    query = read_query(scope)
    n = read_number(query.get("n", "5"), int, ("query", "n"), 0, 1000)
    gap_s = read_number(query.get("gap", "0.1"), float, ("query", "gap"), 0.001, 10)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
    for tick in range(1, n + 1):
        with anyio.move_on_after(gap_s):  # wait until the gap has passed or the client has disconnected
            await wait_for_disconnect(receive)
            return
        event = f"id: {tick}\nevent: tick\ndata: {json.dumps({'tick': tick, 'of': n})}\n\n"
        await send({"type": "http.response.body", "body": event.encode(), "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def chat(scope: Scope, receive: Receive, send: Send) -> None:
    """Echo each JSON message with its number, until the message is "bye"."""
    await receive()  # websocket.connect
    await send({"type": "websocket.accept"})
    for number in itertools.count(1):
        message = await receive()
        if message["type"] == "websocket.disconnect":
            return
        try:
            received = json.loads(message.get("text") or message.get("bytes") or "")
        except ValueError:
            await send({"type": "websocket.close", "code": 1007, "reason": "the message is not JSON"})
            return
        await send({"type": "websocket.send", "text": json.dumps({"number": number, "echo": received})})
        if received == "bye":
            await send({"type": "websocket.close", "code": 1000, "reason": "bye"})
            return
