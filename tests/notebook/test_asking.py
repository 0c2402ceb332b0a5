"""An endpoint that asks a person, or its own client, or a forked child that asks: one clear error each."""

import builtins
import io
import os
import sys
import warnings

import pytest

ASKING = """
import asyncio, threading
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        raise RuntimeError
    match scope["path"]:
        case "/breakpoint":
            breakpoint()
        case "/input":
            input("? ")
        case "/input-in-a-thread":
            await asyncio.to_thread(input, "? ")
        case "/itself":
            explorer.get("/")
        case "/itself-in-a-thread":
            await asyncio.to_thread(explorer.get, "/")
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})
explorer = %asgi app
"""


@pytest.mark.parametrize("path", ["breakpoint", "input", "input-in-a-thread"])
def test_an_app_that_asks_a_person_is_told_off(shell, path, capsys):
    """breakpoint() and input() in an endpoint are one clear error that names --pdb; the next request works."""
    shell.run(ASKING)
    error = shell.error(f"%asgi GET /{path}")

    assert type(error).__name__ == "AppInteractionError"
    shown = capsys.readouterr().out
    assert "--pdb" in shown
    assert ("Click the bug in the notebook's toolbar" in shown) is (path == "breakpoint")
    assert shell.run("%asgi GET /").status_code == 200


def test_a_prompt_in_the_cell(shell, monkeypatch, capsys):
    """With --pdb a line opens pdb at breakpoint(), and `q` ends it as an interrupt does."""
    shell.run(ASKING)
    monkeypatch.setattr("builtins.input", lambda prompt="": "c")
    assert shell.run("%asgi GET /breakpoint --pdb").status_code == 200
    monkeypatch.setattr("builtins.input", lambda prompt="": "q")
    assert type(shell.error("%asgi GET /breakpoint --pdb")).__name__ == "KeyboardInterrupt"
    assert "Remove one of them" in str(shell.error("%asgi GET /breakpoint --pdb &"))
    assert shell.run("%asgi GET / --pdb --as-python") == 'explorer.get("/", debug="pdb")'


def test_asking_a_person_elsewhere_is_as_ever(shell, monkeypatch):
    """Outside of an app's call input() and breakpoint() are Python's own; after the last app they are the very same."""
    before = builtins.input, sys.breakpointhook
    shell.run(ASKING)
    assert builtins.input is not before[0]
    monkeypatch.setattr("sys.stdin", io.StringIO("an answer\n"))
    assert shell.run("input()") == "an answer"
    shell.run("%asgi detach")

    assert (builtins.input, sys.breakpointhook) == before


def test_an_app_that_calls_its_own_client(shell):
    """On its own loop that is one clear error, from a thread it works."""
    shell.run(ASKING)

    assert "use `await` there" in str(shell.error("%asgi GET /itself"))
    assert shell.run("%asgi GET /itself-in-a-thread").status_code == 200
    assert shell.run("%asgi GET /").status_code == 200


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_child_is_told(shell):
    """In the child of a fork a request is one clear error; the parent goes on."""
    shell.run(ASKING)
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of forking with threads
        child = os.fork()
    if not child:
        try:
            told = type(shell.ip.run_cell("%asgi GET /").error_in_exec).__name__
        finally:
            os.write(writing, told.encode())
            os._exit(0)
    os.waitpid(child, 0)

    assert os.read(reading, 100) == b"UsageError"
    os.close(reading)
    os.close(writing)
    assert shell.run("%asgi GET /").status_code == 200
