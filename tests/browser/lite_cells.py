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
    # what cannot be
    ("with TestClient(app) as client: client.portal", "use `client.call(async_function)`"),
    ("from ipyasgi import BackgroundLoop\nBackgroundLoop()", "no thread can start in a browser's page"),
    ("%asgi GET /sleep seconds==0 --profile", "ipyasgi[profile]"),
    ("%asgi detach", ""),
)

COMPLETIONS: tuple[tuple[str, str], ...] = (("%asgi GET /it", "/items"), ("%asgi lif", "lifespan"))
"""Lines that end at the cursor, each with one of the words that are offered; while the shop is attached."""
