"""What the apps of the corpus do: queries, the pieces of a body, and a task in the background. Not a test."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator


def query_some() -> list[int]:
    """Send queries to a database, one again and again."""
    db = sqlite3.connect(":memory:")
    try:
        db.execute("create table book (id integer, password text)")
        db.executemany("insert into book values (?, ?)", [(number, "hunter2") for number in range(5)])
        return [db.execute("select id from book where id = ?", (number,)).fetchone()[0] for number in range(5)]
    finally:
        db.close()


async def pieces() -> AsyncIterator[bytes]:
    for number in range(3):
        await asyncio.sleep(0)
        yield b"%d" % number


async def later() -> None:
    await asyncio.sleep(0)
    query_some()
