"""The cells that a JupyterLite kernel runs, one after the other, each with what its output has. Seen in Chromium."""

_STREAM = """\
from ipyasgi.testclient import TestClient
with TestClient(app) as client:
    with client.stream("GET", "/ticks", params={"n": 2}) as response:
        print(f"{len(list(response.iter_text()))} pieces")
"""
_BAKERY = """\
import time
from fastapi import FastAPI

bakery = FastAPI()

@bakery.get("/sleep")
def sleep(seconds: float): time.sleep(seconds)

@bakery.get("/knead")
def knead():
    until = time.perf_counter() + 1
    while time.perf_counter() < until: pass

y = %asgi bakery
y"""
_FILE = """\
%%writefile prices.py
import sqlite3
import time
from contextlib import closing
from fastapi import FastAPI

app = FastAPI()

@app.get("/half/{n}")
def halve(n: int): return 10 // n

@app.get("/nap")
async def nap(): time.sleep(0.15)

@app.get("/rows")
def count_rows():
    with closing(sqlite3.connect("prices.db")) as db, db:
        db.execute("create table if not exists price (value)")
        db.execute("insert into price values (1)")
        with closing(sqlite3.connect("prices.db")) as other:
            before = other.execute("select count(*) from price").fetchone()
    return before
"""

CELLS: tuple[tuple[str, str], ...] = (
    ("%load_ext ipyasgi", ""),
    ("from ipyasgi.samples.shop import app\nx = %asgi app", "shop: open"),
    ("%asgi GET /items limit==1", "200 OK"),
    ("%asgi POST /items name=leaf price:=120 color=green", "201 Created"),
    ("_.state_diff", "state['served']['http']"),
    ("%asgi state", "opened_at"),
    ("%asgi GET /items --trace", "Watched: sqlite3"),
    ("%asgi diff r1 r2", "GET /items?limit=1 \u2192 POST /items"),
    ("%asgi export r1 curl", "curl 'http://localhost:8000/items?limit=1'"),
    # the lifespan, message by message
    ("%asgi lifespan stop", "lifespan stopped"),
    ("%asgi lifespan step", "The app waits at send lifespan.startup.complete"),
    ("%asgi lifespan step", "The app waits at receive lifespan.shutdown"),
    ("%asgi lifespan restart", "lifespan running"),
    # a deadline, a stream, a conversation, two requests beside each other
    ("%asgi GET /slow seconds==8 --timeout 1", "no response within 1 s; the app was waiting at shop/endpoints.py"),
    ("%asgi GET /ticks n==3", "6 messages"),
    ('%asgi ws /chat \'{"say": "hello"}\' --wait 0.3', "WebSocket /chat"),
    (
        "a = %asgi GET /ticks n==5 &\nb = %asgi GET /ticks n==5 &\na.result().status_code, b.result().status_code",
        "(200, 200)",
    ),
    ("%asgi recheck", "requests sent again"),
    ("from ipyasgi.teaching import check\ncheck('00-1', x.history['r2'])", "00-1"),
    # the drop-in client, and workers: FastAPI's `def` endpoints
    (_STREAM, "2 pieces"),
    (_BAKERY, "/knead"),
    ("%asgi GET /sleep seconds==3 --timeout 0.5", "no response within 0.5 s; the app was waiting at cell:"),
    ("%asgi GET /knead --timeout 0.5", "the deadline of 0.5 s passed; an app that computes in a browser's page cannot"),
    # an app in a file, with a database in the page's own folder; what happens inside a request
    (_FILE, "Writing prices.py"),
    ("z = %asgi prices:app\nz", "/rows"),
    ("z.get('/rows').json(), z.get('/rows').json()", "([0], [1])"),
    ("%asgi GET /rows --trace", "count_rows() drive/prices.py:17"),
    ("_.trace.findings, {call.thread for call in _.trace.calls}", "((), {'worker thread'})"),
    ("%asgi GET /nap --trace", "Blocked loop: nap() at drive/prices.py:12 holds the event loop"),
    ("_.held_at", "drive/prices.py:12 in nap"),
    # many requests
    ("%asgi GET /half/0", "division by zero"),
    ("%asgi shrink r5", "needs none of the 4 requests before it"),
    ("%asgi GET /half/2", "200 OK"),
    ("%asgi time GET /half/2", "requests"),
    ("%asgi load /half/2 --users 1,4 --seconds 0.3", "Load: 2 requests"),
    ("%asgi coverage", "3 of 3 operations tried"),
    # what cannot be
    ("with TestClient(app) as client: client.portal", "use `client.call(async_function)`"),
    ("from ipyasgi import BackgroundLoop\nBackgroundLoop()", "no thread can start in a browser's page"),
    (
        "%asgi GET /sleep seconds==0 --profile",
        "a profile needs pyinstrument, which does not exist for a browser's page",
    ),
    ("%asgi fuzz", "fuzzing needs schemathesis, which does not exist for a browser's page"),
    ("%asgi ipyasgi.samples.clinic:app", "the clinic's database needs threads, which a browser's page does not have"),
    ("%asgi detach", ""),
)

COMPLETIONS: tuple[tuple[str, str], ...] = (("%asgi GET /it", "/items"), ("%asgi lif", "lifespan"))
"""Lines that end at the cursor, each with one of the words that are offered; while the shop is attached."""
