"""A forked child: everything was copied into it but the threads of the loops.

Each case runs in a Python of its own, which forks a child for each use and reports what became of it.
"""

import ast
import multiprocessing
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")

SCRIPT = """
import asyncio, os, sys, time
import anyio
from ipyasgi import AsyncTestClient, BackgroundLoop, Explorer, TestClient
from ipyasgi.errors import LoopError

backend = sys.argv[1]
parent = os.getpid()

async def app(scope, receive, send):
    await receive()
    if scope["type"] == "lifespan":
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if os.getpid() != parent:
            print("shut down in a child", flush=True)
        await send({"type": "lifespan.shutdown.complete"})
        return
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        await anyio.sleep(60)
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": b"o", "more_body": True})
    if scope["path"] == "/stream":
        await anyio.sleep(60)
    await send({"type": "http.response.body", "body": b"k"})

def in_child(use):
    "Return what a use comes to in a child, and whether the child then ends by itself."
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            told = str(use())
        except BaseException as exc:
            told = f"{type(exc).__name__}: {exc}"
        os.write(writing, told.encode())
        sys.exit(3)  # the interpreter's whole exit, our hooks included
    until_s = time.monotonic() + 30
    while not (ended := os.waitpid(child, os.WNOHANG))[0]:
        if time.monotonic() > until_s:
            os.kill(child, 9)
            ended = os.waitpid(child, 0)
        time.sleep(0.01)
    told = os.read(reading, 1000).decode()
    return told, os.waitstatus_to_exitcode(ended[1])
"""

USES = {
    "client": (
        "client = TestClient(app, backend=backend)\nclient.__enter__()\nclient.get('/')",
        {
            "get": "client.get('/')",
            "websocket": "client.websocket_connect('/').__enter__()",
            "call": "client.call(anyio.sleep, 0)",
            "shutdown": "client.life.shutdown(5)",
        },
        {"status": ("client.life.status", "lost"), "leave": ("client.__exit__(None, None, None)", "None")},
        "client.__exit__(None, None, None)",
    ),
    "bare client": (
        "client = TestClient(app, backend=backend)\nclient.get('/')",
        {"get": "client.get('/')", "enter": "client.__enter__()"},
        {"another": ("TestClient(app, backend=backend).get('/').text", "ok"), "close": ("client.close()", "None")},
        "client.close()",
    ),
    "client that was not used": (
        "client = TestClient(app, backend=backend)",
        {},
        {"get": ("client.get('/').text", "ok"), "enter": ("client.__enter__().get('/').text", "ok")},
        "client.close()",
    ),
    "open responses": (
        (
            "client = TestClient(app, backend=backend)\nclient.__enter__()\n"
            "opened = client.stream('GET', '/stream')\nresponse = opened.__enter__()\n"
            "websocket = client.websocket_connect('/').__enter__()"
        ),
        {"read": "response.read()", "receive": "websocket.receive()"},
        {"leave": ("client.__exit__(None, None, None)", "None")},
        "websocket.close(); client.__exit__(None, None, None)",
    ),
    "explorer": (
        "explorer = Explorer(app, backend=backend)\nexplorer.begin('GET', '/').result(5)",
        {
            "get": "explorer.get('/')",
            "begin": "explorer.begin('GET', '/')",
            "replay": "explorer.replay('r1')",
            "begin_replay": "explorer.begin_replay('r1')",
            "recheck": "explorer.recheck()",
            "step": "explorer.lifespan.step()",
            "restart": "explorer.lifespan.restart()",
            "adopt": "explorer.replace_app(app)",
        },
        {
            "look": ("(explorer.closed, explorer.lifespan.status, explorer.history[0].text)", "(True, 'lost', 'ok')"),
            "close": ("explorer.close()", "None"),
            "attach again": ("Explorer(app, backend=backend).get('/').text", "ok"),
        },
        "explorer.close()",
    ),
    "async client": (
        (
            "loop = BackgroundLoop(backend=backend)\nclient = AsyncTestClient(app, loop=loop)\n"
            "async def get(): return await client.get('/')\n"
            "async def enter():\n    async with client: pass\n"
            "asyncio.run(get())"
        ),
        {"get": "asyncio.run(get())", "enter": "asyncio.run(enter())", "call": "loop.call(anyio.sleep, 0)"},
        {"close": ("asyncio.run(client.aclose())", "None"), "close the loop": ("loop.close()", "None")},
        "loop.close()",
    ),
}


@pytest.mark.parametrize(
    ("kind", "backend"),
    [(kind, "asyncio") for kind in USES]
    + [("client", "trio")]
    + [pytest.param(kind, "trio", marks=pytest.mark.nightly) for kind in USES if kind != "client"],
)
def test_a_child_is_told(kind: str, backend: str) -> None:
    """A call in the child is one clear `LoopError`; looking, closing and attaching again work; each child ends."""
    make, refused, allowed, end = USES[kind]
    uses = {**refused, **{name: code for name, (code, _) in allowed.items()}}
    report = "{" + ", ".join(f"{name!r}: in_child(lambda: {code})" for name, code in uses.items()) + "}"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", f"{SCRIPT}{make}\nprint(repr({report}))\n{end}", backend],
        capture_output=True,
        text=True,
        timeout=50,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    became = ast.literal_eval(done.stdout.splitlines()[-1])
    for name in refused:
        assert became[name][0].startswith("LoopError: the event loop did not survive the fork"), (name, became[name])
        assert "attach the app again" in became[name][0]
    assert {name: became[name][0] for name in allowed} == {name: told for name, (_, told) in allowed.items()}
    assert {code for _, code in became.values()} == {3}


def test_multiprocessing() -> None:
    """Forked workers of a pool get the error and end by themselves; the parent's client still works."""
    assert "fork" in multiprocessing.get_all_start_methods()
    code = """
import multiprocessing
client = TestClient(app, backend=backend)
client.__enter__()
def use(path):
    return client.get(path).text
with multiprocessing.get_context("fork").Pool(2) as pool:
    try:
        pool.map(use, ["/", "/"])
    except LoopError as exc:
        print(exc)
    pool.close()
    pool.join()
print(use("/"))
client.__exit__(None, None, None)
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT + code, "asyncio"], capture_output=True, text=True, timeout=50
    )
    assert done.stderr == ""
    told, answer = done.stdout.splitlines()
    assert told.startswith("the event loop did not survive the fork")
    assert answer == "ok"
