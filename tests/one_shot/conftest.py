"""An app in a file, and the command that sends to it, in this process."""

import gc
import io
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ipyasgi import cli

APP = '''
import asyncio, subprocess, sys
print("imported")
JSON = [(b"content-type", b"application/json")]

async def read(receive):
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    return body

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        for step in ("startup", "shutdown"):
            await receive()
            print(step)
            await send({"type": f"lifespan.{step}.complete"})
        return
    await ROUTES.get(scope["path"], echo)(scope, receive, send)

async def start(send, status=200, headers=()):
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})

async def echo(scope, receive, send):
    """The status of the path, and the request again."""
    body = await read(receive)
    print("called")
    headers = {name.decode(): value.decode() for name, value in scope["headers"]}
    status = int(scope["path"][1:]) if scope["path"][1:].isdigit() else 200
    await start(send, status, [(b"content-type", headers.get("content-type", "text/plain").encode())])
    line = f'{scope["method"]} {scope["path"]}?{scope["query_string"].decode()} '.encode()
    await send({"type": "http.response.body", "body": line + body})

async def fails(scope, receive, send):
    raise ValueError("it broke")

async def fails_after(scope, receive, send):
    await start(send, 500)
    await send({"type": "http.response.body", "body": b"sorry"})
    raise ValueError("it broke")

async def slow(scope, receive, send):
    await asyncio.sleep(3600)

async def events(scope, receive, send):
    await start(send, headers=[(b"content-type", b"text/event-stream; charset=utf-8")])
    number = 0
    while True:
        number += 1
        await send({"type": "http.response.body", "body": f"data: {number} \\u2192\\n\\n".encode(), "more_body": True})
        await asyncio.sleep(0.01)

async def huge(scope, receive, send):
    await start(send)
    for _ in range(2000):
        await send({"type": "http.response.body", "body": b"x" * 9999 + b"\\n", "more_body": True})
    await send({"type": "http.response.body"})

async def binary(scope, receive, send):
    await start(send)
    await send({"type": "http.response.body", "body": bytes(range(256))})

async def login(scope, receive, send):
    await start(send, headers=JSON)
    await send({"type": "http.response.body", "body": b'{"token": "abc123def456", "name": "\\xe2\\x86\\x92"}'})

async def child(scope, receive, send):
    global left_open
    left_open = open("left_open", "w")
    left_open.write("not flushed")
    subprocess.run(["echo", "child"])
    await echo(scope, receive, send)

async def moved(scope, receive, send):
    await start(send, 302, [(b"location", b"/there")])
    await send({"type": "http.response.body"})

ROUTES = {"/fails": fails, "/after": fails_after, "/slow": slow, "/events": events, "/huge": huge, "/binary": binary,
          "/login": login, "/child": child, "/moved": moved}

def make(): return app
def make_none(): raise OSError("no database")
def ends(): sys.exit(3)

async def refuses(scope, receive, send):
    await receive()
    await send({"type": "lifespan.startup.failed", "message": "no database"})
'''


@dataclass
class Sent:
    """What the command did."""

    status: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        """The standard output as text."""
        return self.out.decode()


Send = Callable[..., Sent]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the current folder, which has the app in ``mine.py``."""
    (tmp_path / "mine.py").write_text(APP, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    sys.modules.pop("mine", None)  # another test's
    yield tmp_path
    sys.modules.pop("mine", None)


@pytest.fixture
def send(folder: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Send:
    """Give a function that runs the command on the app in ``mine.py``, without a terminal; ``stdin`` is a file."""

    def run(*words: str, app: str = "mine:app", stdin: bytes | None = None) -> Sent:
        if stdin is not None:
            (folder / "stdin").write_bytes(stdin)
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper((folder / "stdin").open("rb"), encoding="utf-8"))
        status = cli.main([*filter(None, [app]), *words])
        assert gc.isenabled()
        assert gc.get_freeze_count() == 0
        if stdin is not None:
            sys.stdin.close()
        printed = capsysbinary.readouterr()
        return Sent(status=status, out=printed.out, err=printed.err.decode())

    return run
