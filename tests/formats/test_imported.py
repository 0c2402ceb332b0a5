"""What all readers share: targets, headers, forms."""

import pytest

from ipyasgi.errors import RequestError
from ipyasgi.formats.imported import Imported, ImportedRequest, build_imported, build_multipart
from ipyasgi.records.requests import build_spec


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("/items?a=1", "/items?a=1"),
        ("http://localhost:8000/items", "/items"),
        ("HTTP://127.0.0.1/x", "/x"),
        ("http://[::1]:8000/x", "/x"),
        ("https://testserver", "/"),
        ("localhost:8000/x", "/x"),
        ("shop.example/x", "http://shop.example/x"),
        ("https://shop.example:8443?a=1", "https://shop.example:8443/?a=1"),
        ("http://localhost.example/x", "http://localhost.example/x"),
        ("/a%20b/ü?q=ä+%26#top", "/a%20b/ü?q=%C3%A4+%26"),
        ("/\udce9", "/%E9"),
    ],
)
def test_targets(url, target):
    """A URL of this machine means the app; any other stays whole."""
    assert build_imported("GET", url).target == target


def test_a_user_in_the_url_is_basic_authorization():
    """As in curl and browsers; a header takes precedence."""
    assert build_imported("GET", "http://a:b%20c@localhost/").header("authorization") == "Basic YTpiIGM="
    given = [(b"Authorization", b"Bearer x")]
    assert build_imported("GET", "http://a:b@other/", given).header("authorization") == "Bearer x"


def test_headers_are_lower_case_and_the_length_is_the_clients():
    """Names are lower-case, values without blanks around them, and the length goes."""
    spec = build_imported("get", "/", [(b"X-A", b" 1 "), (b"Content-Length", b"5"), (b"Host", b"h")])

    assert (spec.method, spec.headers) == ("GET", ((b"x-a", b"1"), (b"host", b"h")))


@pytest.mark.parametrize(
    ("method", "url", "headers", "message"),
    [
        ("GE T", "/", (), "not an HTTP method"),
        ("GET", "ftp://x/y", (), "only http"),
        ("GET", "http://", (), "has no host"),
        ("GET", "http://x:port/", (), "is not a URL"),
        ("GET", "http://ann:s3cret@x:port/?token=s3cret", (), "is not a URL"),
        ("GET", "/", [(b"X: y", b"1")], "is not a header"),
        ("GET", "/", [(b"X", b"a\r\nY: b")], "is not a header"),
        ("GET", "/" + "x" * 70_000, (), "can be sent"),
        ("GET", "/\ud800", (), "can be sent"),
    ],
)
def test_unsendable_requests_are_errors(method, url, headers, message):
    """Each is one short `RequestError` without secrets."""
    with pytest.raises(RequestError) as handled_exception:
        build_imported(method, url, headers)
    assert message in str(handled_exception.value)
    assert "s3cret" not in str(handled_exception.value)
    assert len(str(handled_exception.value)) < 300


def test_a_form_is_the_same_each_time():
    """Equal parts give equal bytes, and every part is in them."""
    parts = [("a", "", b"1", ""), ("f", "n.txt", b"x", "text/plain")]
    body, content_type = build_multipart(parts)

    assert build_multipart(parts) == (body, content_type)
    assert body.count(content_type.partition("boundary=")[2].encode()) == 3
    assert b'name="f"; filename="n.txt"\r\nContent-Type: text/plain\r\n\r\nx\r\n' in body


def test_the_repr_of_imports_has_no_secrets():
    """Bare in a notebook it shows names, methods and paths."""
    request = ImportedRequest(spec=build_spec("GET", "/x?token=s3cret"), name="one")
    found = Imported(requests=(request,), notes=("a", "b"))

    assert repr([found, request]) == "[<Imported: 1 requests, 2 notes>, <ImportedRequest one: GET /x>]"
    assert (len(found), list(found), found.specs) == (1, [request], (request.spec,))
