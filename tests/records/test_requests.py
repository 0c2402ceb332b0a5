"""`RequestSpec` and how it is built."""

from dataclasses import replace

import pytest

from ipyasgi import Explorer
from ipyasgi.client.httpx import httpx
from ipyasgi.protocol.errors import RequestError
from ipyasgi.records.requests import RequestSpec, build_spec


def test_json_body_brings_its_content_type():
    """A JSON body is encoded once and brings the content type, but not the client's defaults."""
    spec = build_spec("post", "/items", json={"name": "Foo"}, headers={"X-Token": "abc"})

    assert spec.method == "POST"
    assert spec.body == b'{"name":"Foo"}'
    assert spec.header("content-type") == "application/json"
    assert spec.header("X-Token") == "abc"
    assert {name for name, _ in spec.headers} == {b"content-type", b"x-token"}


def test_query_of_the_path_is_kept_apart():
    """The query of a path and the repeated names of params come out as pairs in order."""
    assert build_spec("GET", "/a?x=1&x=2").query == (("x", "1"), ("x", "2"))
    spec = build_spec("GET", "/a", params=[("y", "ä b"), ("y", "2")])

    assert spec == RequestSpec(method="GET", path="/a", query=(("y", "ä b"), ("y", "2")))
    assert spec.target == "/a?y=%C3%A4+b&y=2"


SPELLED = [
    "q=a%20b",
    "a=%20&a=+",
    "d",
    "a=1&&b=2",
    "a;b=%2f/%3F?",
    "x=%ff",
    "x=100%",
    "x=ä'[1]{2}",
    "=&%20",
    "a= b",
]


@pytest.mark.parametrize("query", SPELLED)
def test_a_query_is_sent_as_it_was_written(query):
    """What stands in a path's query goes out byte for byte as httpx would send that URL, sent again too."""
    seen = []

    async def app(scope, receive, send):
        seen.append(scope["query_string"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    with Explorer(app, lifespan="off") as explorer:
        found = explorer.get(f"/p?{query}#part")
        explorer.replay(found)

    assert seen == [httpx.URL(f"http://testserver/p?{query}").query] * 2
    assert found.spec.is_spelled
    assert found.spec == build_spec("GET", "/p", params=list(found.spec.query))


def test_a_host_that_is_given_is_sent():
    """A Host of one's own reaches the app, as one tries what it does with foreign ones; httpx's own is not kept."""
    seen = []

    async def app(scope, receive, send):
        seen.append([value for name, value in scope["headers"] if name == b"host"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    with Explorer(app, lifespan="off") as explorer:
        explorer.get("/", headers={"Host": "evil.example"})
        explorer.replay("r1")
        explorer.get("/")

    assert seen == [[b"evil.example"], [b"evil.example"], [b"localhost:8000"]]
    assert "Host: evil.example" in explorer.history["r1"].to_curl()
    assert build_spec("GET", "/").headers == ()


def test_the_spelling_holds_for_what_it_means():
    """Pairs that are added are written after it; where one of its own is changed it is not used any more."""
    spec = build_spec("GET", "/p?q=a%20b")
    assert spec.query == (("q", "a b"),)
    assert replace(spec, query=(*spec.query, ("k", "c d"))).target == "/p?q=a%20b&k=c+d"
    assert replace(spec, query=(("q", "b"),)).target == "/p?q=b"
    assert not replace(spec, query=()).is_spelled
    assert build_spec("GET", "/p?q=a%20b", params={"k": "c d"}).target == "/p?k=c+d"
    assert build_spec("GET", "/p?q=a+b&k=").spelling == ""


def test_form_and_files_are_encoded():
    """A form is URL-encoded and a file makes the body multipart."""
    assert build_spec("POST", "/", data={"a": "1 2"}).body == b"a=1+2"
    upload = build_spec("POST", "/", files={"f": ("n.txt", b"hello")})

    assert upload.header("content-type").startswith("multipart/form-data; boundary=")
    assert b"hello" in upload.body


@pytest.mark.parametrize(
    ("method", "path", "options", "says"),
    [
        ("GET", "items", {}, "'/items'"),
        ("GET", "", {}, "begin with '/'"),
        ("GE T", "/", {}, "not an HTTP method"),
        ("POST", "/", {"json": {1, 2}}, "cannot be sent"),
        ("GET", "/", {"headers": {"X": "ü€"}}, "cannot be sent"),
        ("GET", "http://[::1", {}, "cannot be sent"),
    ],
)
def test_what_cannot_be_sent_says_so(method, path, options, says):
    """Bad methods, paths, bodies and headers are one `RequestError` that says what is wrong."""
    with pytest.raises(RequestError, match=says):
        build_spec(method, path, **options)
