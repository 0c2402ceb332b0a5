"""HAR archives: out as the specification has them, in as browsers write them."""

import base64
import contextlib
import gzip
import json

import anyio
import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipyasgi import Explorer
from ipyasgi.errors import RequestError
from ipyasgi.formats.har import read_har
from ipyasgi.records.secret_rules import MASK

from .har_schema import SCHEMA
from .specs import BYTES, PLAIN, SECRET, SECRETS, UPLOADS


async def echo(scope, receive, send):
    """Answer by path: what was sent, a redirect, cookies, gzip, bytes, nothing, an exception."""
    message = await receive()
    path = scope["path"]
    headers = {
        "/moved": [(b"location", b"/there?token=s3cret")],
        "/cookies": [
            (b"set-cookie", b"session=s3cret; Path=/; HttpOnly; Secure; Expires=Wed, 01 Jan 2031 10:00:00 GMT"),
            (b"set-cookie", b"bad; expires=never; Domain=x"),
        ],
        "/gzip": [(b"content-encoding", b"gzip"), (b"content-type", b"text/plain")],
        "/bytes": [(b"content-type", b"image/png")],
    }.get(path, [(b"content-type", b"application/json")])
    body = {
        "/gzip": gzip.compress(b"a" * 1000),
        "/bytes": b"\x89PNG\x00",
        "/moved": b"",
        "/secret": b'{"token": "s3cret", "a": 1}',
        "/wrong": b'{"token": "s3cret"}',
        "/lines": b'{"token": "s3cret"}\n{"token": "s3cret"}',
        "/words": b"log: user=ann&password=s3cret done",
    }.get(path, message["body"])
    if path == "/boom":
        raise KeyError("boom")
    if path == "/slow":
        await anyio.sleep_forever()
    if path in ("/wrong", "/lines", "/words"):
        headers = [(b"content-type", b"text/plain")]
    await send({"type": "http.response.start", "status": 302 if path == "/moved" else 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def test_a_long_word_takes_no_long_time():
    """A body of one long word, such as base64, is written in time proportional to its length."""
    with Explorer(echo, lifespan="off") as explorer:
        sent = explorer.post("/words", content=b"a" * 300_000)
    assert "a" * 300_000 in sent.to_har()


@pytest.fixture(params=["asyncio", "trio"])
def explorer(request):
    """Give an explorer of the echoing app."""
    with Explorer(echo, lifespan="off", backend=request.param) as explorer:
        yield explorer


def entries_of(text):
    """Return the entries of an archive, which must be a valid one."""
    archive = json.loads(text)
    jsonschema.Draft202012Validator(SCHEMA).validate(archive)
    return archive["log"]["entries"]


def test_every_kind_of_exchange_is_valid(explorer):
    """Redirects, cookies, compressed and binary bodies, exceptions and missing responses make a valid archive."""
    for path in ("/moved", "/cookies", "/gzip", "/bytes", "/secret", "/empty?a=1&a=2"):
        explorer.get(path)
    explorer.post("/", data={"a": "1"})
    with contextlib.suppress(KeyError):
        explorer.get("/boom")
    with pytest.raises(TimeoutError):
        explorer.get("/slow", timeout=0.05)
    entries = entries_of(explorer.history[:].to_har())

    assert [entry["response"]["status"] for entry in entries] == [302, *[200] * 7, 500, 0]
    assert [entry.get("_error") for entry in entries[-2:]] == ["KeyError", "AppReadTimeout"]
    assert [entry["comment"] for entry in entries] == [f"r{number}" for number in range(1, 11)]
    moved, there, cookies, gzipped, binary = entries[:5]
    assert moved["response"]["redirectURL"].startswith("/there")
    assert there["request"]["url"].startswith("http://localhost:8000/there")
    assert cookies["response"]["cookies"][0] | {"value": ""} == {
        "name": "session",
        "value": "",
        "path": "/",
        "httpOnly": True,
        "secure": True,
        "expires": "2031-01-01T10:00:00+00:00",
    }
    assert gzipped["response"]["content"]["text"] == "a" * 1000
    assert gzipped["response"]["content"]["compression"] == 1000 - gzipped["response"]["bodySize"] > 900
    assert binary["response"]["content"]["encoding"] == "base64"
    assert base64.b64decode(binary["response"]["content"]["text"]) == b"\x89PNG\x00"


def test_an_invalid_archive_would_be_noticed(explorer):
    """The schema rejects an archive with a missing or an unknown member."""
    explorer.get("/")
    archive = json.loads(explorer.history[:].to_har())
    entry = archive["log"]["entries"][0]
    for broken in ({**entry, "extra": 1}, {name: entry[name] for name in entry if name != "cache"}):
        archive["log"]["entries"] = [broken]
        with pytest.raises(jsonschema.ValidationError):
            entries_of(json.dumps(archive))


def test_times_are_those_of_the_messages(explorer):
    """Sending ends where the app takes the body, waiting where its response begins; together they are the time."""
    exchange = explorer.post("/", content=b"x")
    (entry,) = entries_of(exchange.to_har())
    timings, events = entry["timings"], exchange.events

    assert timings["send"] == events[0].at_ns / 1e6
    assert timings["send"] + timings["wait"] == pytest.approx(exchange.run.first_byte_ns / 1e6)
    assert sum(timings.values()) == entry["time"] == pytest.approx(events[-1].at_ns / 1e6)


@pytest.mark.parametrize("spec", [*PLAIN, *BYTES, *UPLOADS], ids=repr)
def test_exports_read_back(spec):
    """A request that was sent is the same after an archive: what the client added is left to the client again."""
    with Explorer(echo, lifespan="off") as explorer:
        (found,) = read_har(explorer.send(spec).to_har(show_secrets=True)).specs
        sent_path = explorer.history[-1].request.url.raw_path.partition(b"?")[0].decode()

    path = found.path.removeprefix("https://other.example:8443")
    assert (found.method, found.query, found.headers, found.body) == (spec.method, spec.query, spec.headers, spec.body)
    assert path == sent_path


def test_secrets_are_masked_and_noted(explorer):
    """The archive has no secret; reading it notes which values have to be added again."""
    explorer.send(SECRET)
    for path in ("/moved", "/cookies", "/secret", "/wrong", "/lines", "/words"):
        explorer.get(path)
    text = explorer.history[:].to_har()
    found = read_har(text)

    entries_of(text)
    assert not [secret for secret in (*SECRETS, "s3cret") if secret in text]
    assert {name for name, _ in found.specs[0].headers} == {b"content-type"}
    assert sum("was masked" in note for note in found.notes) == 3
    assert any("replace them with the real ones" in note for note in found.notes)
    assert "p-tok" in explorer.history[0].to_har(show_secrets=True)


def archive_of(*requests):
    """Return an archive of these requests, as short as a reader has to take it."""
    return json.dumps({"log": {"entries": [{"request": request} for request in requests]}})


def test_a_browsers_archive():
    """Pseudo headers, the host and a connection's headers are not the request's; cookies and bodies are."""
    found = read_har(
        "\ufeff"
        + archive_of(
            {
                "method": "POST",
                "url": "http://localhost:8000/items?a=1#x",
                "headers": [
                    {"name": ":authority", "value": "localhost:8000"},
                    {"name": "Host", "value": "localhost:8000"},
                    {"name": "Connection", "value": "keep-alive"},
                    {"name": "Content-Length", "value": "2"},
                    {"name": "Content-Type", "value": "application/json"},
                    {"name": "X-A", "value": "é"},
                ],
                "cookies": [{"name": "a", "value": "1"}, {"name": "b", "value": "2"}],
                "postData": {"mimeType": "application/json", "text": "{}"},
            },
            {"method": "GET", "url": "wss://localhost:8000/ws"},
            {"method": "GET", "url": "data:image/png;base64,AA=="},
            {
                "method": "POST",
                "url": "https://api.example/form",
                "postData": {
                    "mimeType": "application/x-www-form-urlencoded",
                    "params": [{"name": "a", "value": "1 2"}],
                },
            },
            {
                "method": "POST",
                "url": "https://api.example/upload",
                "headers": [{"name": "content-type", "value": "multipart/form-data; boundary=gone"}],
                "postData": {
                    "mimeType": "multipart/form-data; boundary=gone",
                    "params": [{"name": "f", "fileName": "n.txt", "contentType": "text/plain", "value": "x"}],
                },
            },
            {"method": "PUT", "url": "/b", "postData": {"mimeType": "x/y", "text": "AP8=", "encoding": "base64"}},
            {
                "method": "PUT",
                "url": "http://h/b",
                "postData": {"mimeType": "x/y", "text": "AP8=", "encoding": "base64"},
            },
        )
    )
    posted, form, upload, raw = found.specs

    assert (posted.target, posted.body) == ("/items?a=1", b"{}")
    assert posted.headers == ((b"content-type", b"application/json"), (b"x-a", b"\xe9"), (b"cookie", b"a=1; b=2"))
    assert (form.path, form.body) == ("https://api.example/form", b"a=1+2")
    assert b'name="f"; filename="n.txt"' in upload.body
    assert upload.header("content-type").partition("boundary=")[2].encode() in upload.body
    assert raw.body == b"\x00\xff"
    assert [note.partition(" is")[0] for note in found.notes] == ["entry 2", "entry 3", "entry 6"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "this is not a HAR"),
        ("[]", "this is not a HAR"),
        ('{"log": {}}', "this is not a HAR"),
        ('{"log": {"entries": {}}}', "log.entries is not a JSON list"),
        ('{"log": {"entries": []}}', "no http request"),
        ('{"log": {"entries": [1]}}', "entry 1 is not a JSON object"),
        ('{"log": {"entries": [{"request": []}]}}', "the request of entry 1"),
        (archive_of({"method": "G T", "url": "http://x/"}), "not an HTTP method"),
        (archive_of({"method": "GET", "url": "http://x/", "headers": [1]}), "is not a JSON object"),
        (archive_of({"method": "GET", "url": "http://x/", "headers": [{"name": "a b"}]}), "is not a header"),
        (
            archive_of({"method": "PUT", "url": "http://x/", "postData": {"text": "?", "encoding": "base64"}}),
            "is not base64",
        ),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_unreadable_text_is_an_error(text, message):
    """Each is one `RequestError`."""
    with pytest.raises(RequestError) as handled_exception:
        read_har(text)
    assert message in str(handled_exception.value)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "method": st.sampled_from(["GET", "POST"]) | _json,
            "url": st.sampled_from(["http://localhost/a?b=c", "https://x/"]) | _json,
            "headers": st.lists(st.fixed_dictionaries({"name": st.text(max_size=5), "value": st.text(max_size=5)}))
            | _json,
            "cookies": _json,
            "postData": st.fixed_dictionaries({"mimeType": st.text(max_size=9), "text": st.text(), "params": _json})
            | _json,
        },
    )
)
def test_any_archive_is_read_or_an_error(request):
    """Whatever stands in an archive ends in requests or in a `RequestError`."""
    with contextlib.suppress(RequestError):
        assert read_har(archive_of(request)).requests


@pytest.mark.parametrize("shape", ["archive", "log", "entries", "list", "entry", "request"])
def test_the_shapes_that_generators_write(shape):
    """An archive, its log alone, a list of entries, one entry and one bare request are read alike."""
    request = {"method": "POST", "url": "http://localhost/a", "postData": {"mimeType": "text/plain", "text": "x"}}
    entries = [{"request": request}]
    shapes = {
        "archive": {"log": {"entries": entries}},
        "log": {"entries": entries},
        "entries": {"log": {"entries": [request]}},
    }
    shapes |= {"list": entries, "entry": entries[0], "request": request}

    (spec,) = read_har(json.dumps(shapes[shape])).specs
    assert (spec.method, spec.path, spec.headers, spec.body) == (
        "POST",
        "/a",
        ((b"content-type", b"text/plain"),),
        b"x",
    )


@pytest.mark.parametrize(
    ("url", "listed", "target"),
    [
        ("http://localhost/a", [("x", "1 2")], "/a?x=1+2"),
        ("http://localhost/a?", [("x", "ä&"), ("x", "2")], "/a?x=%C3%A4%26&x=2"),
        ("http://localhost/a?x=1%202", [("x", "1 2")], "/a?x=1%202"),
        ("http://localhost/a?x%5B%5D=1", [("x%5B%5D", "1")], "/a?x%5B%5D=1"),
        ("http://localhost/a?x=1#top", [("x", "1"), ("y", "2")], "/a?x=1&y=2"),
    ],
)
def test_the_query_stands_in_one_place_or_two(url, listed, target):
    """Parameters that stand only in ``queryString`` are sent too, those in the URL once."""
    given = [{"name": name, "value": value} for name, value in listed]
    assert read_har(archive_of({"method": "GET", "url": url, "queryString": given})).specs[0].target == target


@pytest.mark.parametrize(
    ("header", "expected"), [(None, "a=1; b=2"), ("a=1", "a=1; b=2"), ("b=2; a=1", "b=2; a=1"), ("•••", "")]
)
def test_cookies_stand_in_one_place_or_two(header, expected):
    """Cookies that stand only in ``cookies`` are sent too, unless the header was masked."""
    headers = [] if header is None else [{"name": "Cookie", "value": header.replace("•••", f"a={MASK}")}]
    cookies = [{"name": "a", "value": "1"}, {"name": "b", "value": "2"}]
    request = {"method": "GET", "url": "http://localhost/", "headers": headers, "cookies": cookies}

    assert read_har(archive_of(request)).specs[0].header("cookie") == expected


@pytest.mark.parametrize(
    ("data", "content_type", "body"),
    [
        ({"mimeType": "application/json", "text": "{}"}, "application/json", b"{}"),
        ({"mimeType": "text/plain", "text": "eA==", "encoding": "base64"}, "text/plain", b"x"),
        ({"params": [{"name": "a", "value": "1 2"}]}, "application/x-www-form-urlencoded", b"a=1+2"),
        ({"mimeType": "multipart/form-data", "text": "--B\r\nX: 1\r\n\r\na\r\n--B--\r\n"},
         "multipart/form-data; boundary=B", b"--B\r\nX: 1\r\n\r\na\r\n--B--\r\n"),
        ({"mimeType": "x-unknown", "text": "a"}, "", b"a"),
        ({"mimeType": "application/json", "text": ""}, "", b""),
    ],
)  # fmt: skip
def test_the_content_type_stands_only_in_the_body(data, content_type, body):
    """Without headers, the body's own type is sent."""
    (spec,) = read_har(archive_of({"method": "POST", "url": "http://localhost/", "postData": data})).specs
    assert (spec.header("content-type"), spec.body) == (content_type, body)


def test_what_an_archive_does_not_contain_is_said():
    """WebSockets are left out, and a file without content is sent empty; both have a note."""
    upload = {
        "mimeType": "multipart/form-data",
        "params": [{"name": "f", "fileName": "a.png", "contentType": "image/png"}],
    }
    entries = [
        {"request": {"method": "GET", "url": "https://localhost/ws"}, "_webSocketMessages": []},
        {"request": {"method": "POST", "url": "http://localhost/", "httpVersion": "h3", "postData": upload}},
    ]
    found = read_har(json.dumps({"log": {"entries": entries}}))

    assert b'filename="a.png"' in found.specs[0].body
    assert [note[:20] for note in found.notes] == ["entry 1 is left out:", "entry 2: the content"]
