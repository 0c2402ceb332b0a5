"""`RequestSpec` and how it is built."""

import pytest

from ipyasgi.explore.requests import RequestSpec, build_spec
from ipyasgi.protocol.errors import RequestError


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
