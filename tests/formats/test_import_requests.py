"""`import_requests`: one door for the texts and files of other tools."""

import json
from pathlib import Path

import pytest

import ipyasgi
from ipyasgi.protocol.errors import RequestError

HTTP = "GET /items/{{n}}\n\n###\nPOST /items\nContent-Type: application/json\n\n{}\n"
CURL = "curl 'http://localhost:8000/items?q=1' -H 'X-A: b'"
HAR = json.dumps(
    {
        "log": {
            "version": "1.2",
            "creator": {"name": "x", "version": "1"},
            "entries": [{"request": {"method": "PUT", "url": "http://localhost/a", "headers": [], "queryString": []}}],
        }
    }
)


def targets(found):
    """Return methods and targets."""
    return [(spec.method, spec.target) for spec in found.specs]


@pytest.mark.parametrize(
    ("text", "expected"),
    [(HTTP, [("GET", "/items/7"), ("POST", "/items")]), (CURL, [("GET", "/items?q=1")]), (HAR, [("PUT", "/a")])],
    ids=["http", "curl", "har"],
)
@pytest.mark.parametrize("given", ["text", "str", "Path"])
def test_text_and_file_give_the_same(text, expected, given, tmp_path, monkeypatch):
    """A text, a str that names an existing file, and a `Path` are read alike, whatever the format."""
    monkeypatch.chdir(tmp_path)
    Path("requests.txt").write_text(text, "utf-8")
    source = {"text": text, "str": "requests.txt", "Path": Path("requests.txt")}[given]

    assert targets(ipyasgi.import_requests(source, variables={"n": 7})) == expected


def test_a_path_in_the_home_directory(tmp_path, monkeypatch):
    """``~`` is the home directory, in a str as in a `Path`."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "mine.http").write_text("GET /mine\n", encoding="utf-8")

    assert targets(ipyasgi.import_requests("~/mine.http")) == targets(ipyasgi.import_requests(Path("~/mine.http")))


@pytest.mark.parametrize("source", ["missing.http", "dir/missing.har", "/nowhere/x.rest", Path("missing.txt"), Path()])
def test_a_file_that_does_not_exist(source, tmp_path, monkeypatch):
    """It is an error, and never read as a request to a host of that name."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match="there is no file"):
        ipyasgi.import_requests(source)


@pytest.mark.parametrize("text", ["http://localhost:8000/a.http", "GET /a.har", "/" + "a" * 5000, "~nobody/x"])
def test_a_text_that_resembles_a_path(text):
    """A URL, a request line, and a text that is too long for a path or has no home directory are not paths."""
    assert len(ipyasgi.import_requests(text)) == 1


def test_unreadable_text():
    """Broken texts raise `RequestError`, and an expression is never run."""
    for text in ("{broken", "curl --no-such-option-at-all x", "GET /{{1 + 1}}"):
        with pytest.raises(RequestError):
            ipyasgi.import_requests(text)


async def echo_app(scope, receive, send):
    """Respond with the path and query of the request as they arrived."""
    while (await receive()).get("more_body"):
        pass
    location = [(b"location", b"/end")] if scope["path"].endswith("/moved") else []
    await send({"type": "http.response.start", "status": 307 if location else 200, "headers": location})
    await send({"type": "http.response.body", "body": scope["raw_path"] + b"?" + scope["query_string"]})


@pytest.mark.parametrize(
    ("target", "arrived"),
    [
        ("/a/../b", "/a/../b?"),
        ("/a/..", "/a/..?"),
        ("/./a/.", "/./a/.?"),
        ("//x", "//x?"),
        ("/a//b/", "/a//b/?"),
        ("/a%2Fb", "/a%2Fb?"),
        ("/%zz%", "/%zz%?"),
        ("/a;b+c", "/a;b+c?"),
        ("/é", "/%C3%A9?"),
        ("/a?", "/a?"),
        ("/a?x=1&x=2;y&z=%5B1%5D&p=a+b%20c&q&r=", "/a?x=1&x=2;y&z=%5B1%5D&p=a+b%20c&q&r="),
        ("/b/../moved", "/end?"),
    ],
)
@pytest.mark.parametrize("kind", ["http", "curl", "har"])
def test_a_path_arrives_as_it_was_written(kind, target, arrived):
    """Importing, sending, exporting and importing again changes no byte of a path or query."""
    url = f"http://localhost:8000{target}"
    text = {"http": f"GET {url}", "curl": f"curl --path-as-is '{url}'"}.get(kind) or json.dumps(
        {"method": "GET", "url": url}
    )
    with ipyasgi.Explorer(echo_app, lifespan="off") as explorer:
        exchange = explorer.send(ipyasgi.import_requests(text).specs[0])
        assert exchange.text == arrived
        for again in (exchange.to_curl(), exchange.to_http(), exchange.to_har()):
            assert explorer.send(ipyasgi.import_requests(again).specs[0]).text == arrived


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/a/../b", "/b"), ("/a/./b/..", "/a/"), ("/../../x", "/x"), ("/.", "/"), ("/a/..b/.c", "/a/..b/.c")],
)
def test_curl_removes_dot_segments(path, expected):
    """Without ``--path-as-is`` curl sends no dot segments, of the app as of another host."""
    found = ipyasgi.import_requests(f"curl http://localhost{path} https://other.example{path}").specs
    assert [spec.path for spec in found] == [expected, f"https://other.example{expected}"]


def test_a_client_sends_the_path_as_written():
    """Scripts and tests of such a request have httpx's extension ``target``."""
    with ipyasgi.Explorer(echo_app, lifespan="off") as explorer:
        exchange = explorer.get("/a/../b?x=1")

    for text in (exchange.to_httpx(), exchange.to_pytest()):
        assert '"/a/../b"' in text
        assert 'extensions={"target": b"/a/../b?x=1"}' in text
