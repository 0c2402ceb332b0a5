"""The command that sends: its output, its statuses, and what it reads."""

import contextlib
import io
import json
import os
import sys
from pathlib import Path

import pytest

from ipyasgi import Explorer

from .conftest import Send


@pytest.mark.parametrize(
    ("words", "status", "out", "says"),
    [
        (["GET", "/items", "limit==1"], 0, b"GET /items?limit=1 ", ""),
        (["get", "/items?a=b", "c==d"], 0, b"GET /items?a=b&c=d ", ""),
        (["POST", "/items/{id}", "id=7", "name=Foo", "n:=1"], 0, b'POST /items/7? {"name":"Foo","n":1}', ""),
        (["POST", "/x", '{"a": [1]}'], 0, b'POST /x? {"a": [1]}', ""),
        (["POST", "/x", "--form", "a=b c"], 0, b"POST /x? a=b+c", ""),
        (["GET", "/x", "--raw", "text"], 0, b"GET /x? text", ""),
        (["HEAD", "/x"], 0, b"", ""),
        (["GET", "//x/../y"], 0, b"GET //x/../y? ", ""),
        (["GET", "/404"], 4, b"GET /404? ", "ipyasgi: 404 Not Found\n"),
        (["GET", "/503"], 5, b"GET /503? ", "ipyasgi: 503 Service Unavailable\n"),
        (["GET", "/moved"], 0, b"GET /there? ", ""),
        (["GET", "/moved", "--no-redirects"], 0, b"", ""),
        (["GET", "/binary"], 0, bytes(range(256)), ""),
        (["GET", "/fails"], 70, b"", "ipyasgi: ValueError: it broke\n"),
        (["GET", "/after"], 70, b"sorry", "ipyasgi: ValueError: it broke\n"),
        (["GET", "/slow", "--timeout", "0.05"], 70, b"", "ipyasgi: no response within 0.05 s; the app was waiting at"),
        (["GET", "/x", "--no-lifespan"], 0, b"GET /x? ", ""),
    ],
)
@pytest.mark.parametrize("way", ["plain", "recorded"])
def test_into_a_pipe(send: Send, words: list[str], status: int, out: bytes, says: str, way: str) -> None:
    """The body alone is on the standard output, what the app prints on the other; the status says how it went."""
    sent = send(*words, *(["--trace"] if way == "recorded" else []))
    assert (sent.status, sent.out) == (status, out), sent.err
    assert "imported\n" in sent.err
    assert ("startup" in sent.err) == ("shutdown" in sent.err) == ("--no-lifespan" not in words)
    assert says in sent.err


@pytest.mark.parametrize(
    ("app", "words", "status", "says"),
    [
        ("mine:make", ["--factory"], 0, ""),
        ("mine:make", [], 2, "is not an ASGI app"),
        ("mine:nothing", [], 2, "mine has no attribute 'nothing'"),
        ("mine.py:app", [], 0, ""),
        ("no_such:app", [], 2, "there is no module 'no_such'"),
        ("broken:app", [], 70, "importing broken failed at "),
        ("mine:make_none", ["--factory"], 70, "OSError: no database"),
        ("mine:ends", ["--factory"], 70, "SystemExit: 3"),
        ("mine:refuses", [], 70, "no database"),
        ("mine:refuses", ["--json"], 70, "no database"),
        ("", ["--sample", "shop"], 4, "404"),
        ("", ["--sample", "shoe"], 2, "ipyasgi.samples.shoe"),
    ],
)
def test_the_app(send: Send, folder: Path, app: str, words: list[str], status: int, says: str) -> None:
    """An app that is not there is a wrong command; one that cannot be imported, made or started has failed."""
    (folder / "broken.py").write_text("1 / 0\n", encoding="utf-8")
    sent = send(*words, "GET", "/x", app=app)
    assert sent.status == status
    assert says in sent.err
    assert "Traceback" not in sent.err


def test_json(send: Send) -> None:
    """--json is `to_dict` of the exchange: the outcome is in it, and secrets are masked."""
    found = json.loads(send("GET", "/login", "a==b", "--json").out)
    with contextlib.redirect_stdout(io.StringIO()), Explorer(sys.modules["mine"].app) as explorer:
        expected = explorer.get("/login", params={"a": "b"}).to_dict()
    assert {**found, "ms": 0} == {**json.loads(json.dumps(expected)), "ms": 0}
    assert list(found) == [
        *("method", "target", "status", "ms", "headers", "body", "state", "output", "exception", "errors"),
    ]
    assert "abc123def456" not in json.dumps(found)

    sent = send("GET", "/fails", "--json")
    assert sent.status == 70
    assert json.loads(sent.out)["exception"] == {"type": "ValueError", "message": "it broke"}
    shown = send("GET", "/login", "--json", "--show-secrets").text
    assert json.loads(shown)["body"] == {"token": "abc123def456", "name": "→"}


def test_views(send: Send) -> None:
    """--text is the display, --headers its beginning; output that the display has is not printed beside it."""
    sent = send("GET", "/404", "--text")
    assert sent.status == 4
    assert sent.text.startswith("GET /404 → 404 Not Found  ")
    assert "Output\n  called\n" in sent.text
    assert "called" not in sent.err
    assert "\x1b" not in sent.text

    sent = send("GET", "/login", "--headers")
    assert "content-type" in sent.text
    assert "abc123def456" not in sent.text


def test_what_is_piped_is_the_body_as_it_is(send: Send) -> None:
    """A pipe is the user's: nothing is masked in it, also not beside a trace, which is on the standard error."""
    body = b'{"token": "abc123def456", "name": "\xe2\x86\x92"}'
    assert send("GET", "/login").out == body
    sent = send("GET", "/login", "--trace")
    assert sent.out == body
    assert "ipyasgi: Trace\n  No SQL" in sent.err


@pytest.mark.parametrize(
    ("words", "stdin", "body"),
    [
        (["POST", "/x"], b'{"a": 1}', b'POST /x? {"a": 1}'),
        (["PUT", "/x"], b"\xff\x00", b"PUT /x? \xff\x00"),
        (["PATCH", "/x"], b"", b"PATCH /x? "),
        (["POST", "/x", "a=1"], b"not read", b'POST /x? {"a":1}'.replace(b"1", b'"1"')),
        (["POST", "/x", "--raw", "x"], b"not read", b"POST /x? x"),
        (["GET", "/x"], b"not read", b"GET /x? "),
        (["DELETE", "/x"], b"not read", b"DELETE /x? "),
    ],
)
def test_the_body_from_a_file(send: Send, words: list[str], stdin: bytes, body: bytes) -> None:
    """Only POST, PUT and PATCH without a body of their own read the standard input."""
    assert send(*words, stdin=stdin).out == body


def test_the_type_of_a_body_from_a_file(send: Send) -> None:
    """What looks like JSON is sent as JSON, unless a type is given."""
    for given, sent in (([], "application/json"), (["Content-Type:text/x"], "text/x")):
        headers = dict(json.loads(send("POST", "/x", "--json", *given, stdin=b" [1]").out)["headers"])
        assert headers["content-type"] == sent


def test_no_standard_input(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    """The null device and a standard input that is closed are no bodies."""
    monkeypatch.setattr("sys.stdin", None)
    assert send("POST", "/x").out == b"POST /x? "
    with Path(os.devnull).open(encoding="utf-8") as nothing:
        monkeypatch.setattr("sys.stdin", nothing)
        assert send("POST", "/x").out == b"POST /x? "


def test_settings_and_environment(send: Send, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings of the project count, and options before them; --env is read before the app is imported."""
    monkeypatch.delenv("STATUS", raising=False)
    (folder / "pyproject.toml").write_text("[tool.ipyasgi]\ntimeout = 0.05\nbad = 1\n", encoding="utf-8")
    (folder / "other.py").write_text("import os\nfrom mine import *\nprint(os.environ['STATUS'])\n", encoding="utf-8")
    (folder / "some.env").write_text("STATUS=set\n", encoding="utf-8")
    sent = send("GET", "/slow", "--env", "some.env", app="other:app")
    monkeypatch.delenv("STATUS")
    assert "no response within 0.05 s" in sent.err
    assert "set\n" in sent.err
    assert "Unknown setting 'bad'" in sent.err
    host = send("GET", "/x", "--base-url", "https://shop.example", "--text")
    assert host.status == 0


FILE = """
### one
# @name r1
GET /login

### two
GET /503

### three
@first = {{r1.response.body.$.name}}
POST /x

{{first}} {{FROM_ENVIRONMENT}}
"""


def test_run(send: Send, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All requests of a file are sent in order, with values of earlier responses; the worst status is the command's."""
    monkeypatch.setenv("FROM_ENVIRONMENT", "env")
    (folder / "file.http").write_text(FILE, encoding="utf-8")
    sent = send("run", "file.http")
    assert sent.status == 5
    assert [line.split("  ")[0] for line in sent.text.splitlines()] == [
        "GET /login → 200 OK",
        "GET /503 → 503 Service Unavailable",
        "POST /x → 200 OK",
    ]
    rows = [json.loads(line) for line in send("run", "file.http", "--json").text.splitlines()]
    assert [row["body"] for row in rows][2] == 'POST /x? "→" "env"'
    assert send("run", "-", stdin=b"GET /404\n###\nGET /fails\n").status == 70
    assert "called" in send("run", "-", "--text", stdin=b"GET /x\n").text


def test_run_that_cannot_go_on(send: Send, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A value that an earlier response does not have ends the command, with the status of what went wrong before."""
    (folder / "file.http").write_text(FILE.replace("$.name", "$.nothing"), encoding="utf-8")
    monkeypatch.setenv("FROM_ENVIRONMENT", "env")
    sent = send("run", "file.http")
    assert sent.status == 5
    assert len(sent.text.splitlines()) == 2
    assert "nothing" in sent.err
    for text in (b"# nothing\n", b"GET /x\n###\nGET /{{no_such_name}}\n"):
        assert send("run", "-", stdin=text).status == 2


def test_help(send: Send) -> None:
    """--help shows the words of the command, and sends nothing."""
    sent = send("GET", "/fails", "--help")
    assert sent.status == 0
    assert sent.text.startswith("usage: ipyasgi APP METHOD PATH")
    assert sent.err == ""
