"""Datasette on an SQLite file with one table."""

import sqlite3
import tempfile
from pathlib import Path

from datasette.app import Datasette

file = Path(tempfile.mkdtemp()) / "shop.db"
with sqlite3.connect(file) as connection:
    connection.execute("create table items (id integer primary key, name text)")
    connection.executemany("insert into items (name) values (?)", [("tea",), ("cup",), ("pot",)])

app = Datasette([str(file)]).app()
REQUESTS = (
    "GET /shop.json",
    "GET /shop/items.json?_shape=array",
    "GET /shop/items",
    "GET /shop/items/1.json",
    "GET /nope",
)
ROUTES = ("ANY /",)
