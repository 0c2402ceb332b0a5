"""The shop's lifespan and its database, which the endpoints reach through ``scope["state"]``."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import anyio
from anyio import to_thread

from ipyasgi.protocol.types import Receive, Scope, Send

from .messages import build_problem

T = TypeVar("T")

BUSY_S = 2.0
BUSY = "another process has locked the shop's file: stop it, or name another file in IPYASGI_SHOP_DB"

STOCK = (
    ("teapot", 24.5, "blue"),
    ("cup", 4.0, "white"),
    ("spoon", 1.2, "silver"),
    ("kettle", 39.0, "red"),
    ("tray", 12.0, "blue"),
)


async def run_lifespan(scope: Scope, receive: Receive, send: Send) -> None:
    """Open the shop's file at startup, keep it in the state, close it at shutdown."""
    state = scope["state"]
    async with AsyncExitStack() as opened:
        await receive()  # lifespan.startup
        try:
            db = await opened.enter_async_context(open_database())
        except sqlite3.Error as exc:
            why = BUSY if is_busy(exc) else exc
            await send({"type": "lifespan.startup.failed", "message": f"the shop's file cannot be opened: {why}"})
            return
        state["db"] = db
        state["db_turn"] = anyio.CapacityLimiter(1)
        state["opened_at"] = datetime.now(UTC).isoformat(timespec="seconds")
        # Each request gets a shallow copy of the state: its own dict with the same objects in it. So the counters are
        # in a dict of their own; a plain number would only change in the copy.
        state["served"] = {"http": 0, "websocket": 0}
        print("shop: open")
        await send({"type": "lifespan.startup.complete"})
        await receive()  # lifespan.shutdown, perhaps days later
    print(f"shop: closed, requests served: {state['served']['http']}")
    await send({"type": "lifespan.shutdown.complete"})


@asynccontextmanager
async def open_database() -> AsyncIterator[sqlite3.Connection]:
    """Open the file named by ``IPYASGI_SHOP_DB``, or a temporary one that is deleted at the end."""
    opened = ExitStack()
    try:
        yield await to_thread.run_sync(connect, opened)
    finally:
        with anyio.CancelScope(shield=True):  # close the file of a cancelled shop, too
            await to_thread.run_sync(opened.close)


def connect(opened: ExitStack) -> sqlite3.Connection:
    """Return a connection to a file with items in it; `opened` closes it."""
    path = os.environ.get("IPYASGI_SHOP_DB")
    if not path:
        made = tempfile.TemporaryDirectory(prefix="ipyasgi-shop-", ignore_cleanup_errors=True)
        folder = opened.enter_context(made)
        path = str(Path(folder, "shop.sqlite3"))
    # Several threads use the connection, in turn (see `query_database`). Without an isolation level each statement is
    # a transaction of its own, so no thread can commit half of another's work.
    db = opened.enter_context(
        closing(sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=BUSY_S))
    )
    db.row_factory = build_item
    db.execute("CREATE TABLE IF NOT EXISTS items (id INTEGER PRIMARY KEY, name TEXT, price REAL, color TEXT)")
    if is_empty(db):
        db.execute("BEGIN IMMEDIATE")  # two shops may open a new file at once: only one adds the stock
        if is_empty(db):
            db.executemany("INSERT INTO items (name, price, color) VALUES (?, ?, ?)", STOCK)
        db.execute("COMMIT")
    return db


def is_empty(db: sqlite3.Connection) -> bool:
    """Return whether there are no items."""
    return db.execute("SELECT id FROM items").fetchone() is None


def is_busy(exc: sqlite3.Error) -> bool:
    """Return whether SQLite gave up, after `BUSY_S`, because another process was writing."""
    return getattr(exc, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY  # the upper bits hold details


def build_item(cursor: sqlite3.Cursor, row: tuple[object, ...]) -> dict[str, object]:
    """Return a row of the table as ``{"id": 1, "name": "teapot", ...}``."""
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}


async def query_database(scope: Scope, query: Callable[[sqlite3.Connection], T]) -> T:
    """Return ``query(db)``, run in a worker thread, one at a time: the event loop must not wait for a disk."""
    state = scope["state"]
    try:
        return await to_thread.run_sync(query, state["db"], limiter=state["db_turn"])
    except sqlite3.OperationalError as exc:
        if not is_busy(exc):
            raise
        raise build_problem(503, BUSY, [(b"retry-after", b"1")]) from exc
