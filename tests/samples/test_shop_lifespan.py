"""The shop's lifespan: a SQLite file that is opened, kept and closed."""

from __future__ import annotations

import concurrent.futures
import contextlib
import sqlite3
from pathlib import Path
from typing import Any

import anyio
import pytest
from anyio import to_thread

from ipyasgi.errors import LifespanError
from ipyasgi.samples.shop import app, lifespan
from ipyasgi.samples.shop.lifespan import STOCK
from ipyasgi.testclient import TestClient


def find_file(db: sqlite3.Connection) -> Path:
    """Return the path of the file that is open."""
    return Path(db.execute("PRAGMA database_list").fetchone()["file"])


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


def test_a_file_that_another_process_holds(backend, shop_file, monkeypatch):
    """A request is answered with 503 and a startup fails, both saying what to do; afterwards everything works."""
    monkeypatch.setattr(lifespan, "BUSY_S", 0.1)
    with TestClient(app, backend=backend) as client:
        other = sqlite3.connect(shop_file, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        for response in (client.get("/items"), client.post("/items", json={"name": "saucer", "price": 3})):
            assert (response.status_code, response.headers["retry-after"]) == (503, "1")
            assert "name another file in IPYASGI_SHOP_DB" in response.json()["detail"]
        with pytest.raises(LifespanError, match="another process has locked the shop's file: stop it"):
            TestClient(app, backend=backend).__enter__()
        other.execute("COMMIT")
        other.close()
        assert client.get("/items").status_code == 200


def test_two_shops_open_one_new_file(shop_file):
    """However they come in each other's way, the stock is poured in once."""
    for _ in range(20):
        shop_file.unlink(missing_ok=True)
        with concurrent.futures.ThreadPoolExecutor(4) as pool, contextlib.ExitStack() as opened:
            shops = list(pool.map(lifespan.connect, [opened] * 4))
            assert shops[0].execute("SELECT count(*) AS n FROM items").fetchone()["n"] == len(STOCK)
