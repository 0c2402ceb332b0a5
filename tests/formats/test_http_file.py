"""``.http`` files: what editors keep, in and out."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipyasgi.errors import RequestError
from ipyasgi.formats.http_file import read_http
from ipyasgi.formats.http_writer import render_http
from ipyasgi.magic.cells import split_cell
from ipyasgi.magic.grammar import parse_line
from ipyasgi.magic.request_line import read_request
from ipyasgi.records.redaction import Redactor
from ipyasgi.records.requests import RequestSpec, build_spec

from .specs import BYTES, FORM, JSON, PLAIN, SECRET, SECRETS, TEXT, VALUES, specs

PLAIN_TEXT = ((b"content-type", b"text/plain"),)
FILE = """\
@host = http://localhost:8000
@name = Foo
# the whole list

### list
# @name all
GET {{host}}/items
  ?limit=10
  &q=a b
Accept: */*
// a comment: between headers
X-A: {{ name }}

### create
POST {{host}}/items HTTP/1.1

{"name": "{{name}}", "price": {{price}}, "said": "x {{said}} \\{{no}}"}

> {%
  client.test("x", function() {});
%}
###
/plain
###

PATCH https://other.example/login?x=1
Content-Type: application/x-www-form-urlencoded

user=a
&password={{password}}

?? status == 200
>> out.json
"""


def test_a_file_of_several_requests():
    """Names, variables of the file and of the caller, long queries, comments and several kinds of bodies."""
    found = read_http(FILE, variables={"price": 3.5, "said": 'a"b', "password": "x&y"})
    listed, created, plain, login = found.specs

    assert [request.name for request in found] == ["all", "create", "", ""]
    assert (listed.method, listed.target) == ("GET", "/items?limit=10&q=a%20b")
    assert listed.headers == ((b"accept", b"*/*"), (b"x-a", b"Foo"))
    assert created.headers == (JSON,)
    assert created.body == b'{"name": "Foo", "price": 3.5, "said": "x a\\"b {{no}}"}'
    assert (plain.method, plain.target) == ("GET", "/plain")
    assert (login.method, login.target, login.body) == (
        "PATCH",
        "https://other.example/login?x=1",
        b"user=a&password=x%26y",
    )
    assert [note.split()[0] for note in found.notes] == ["scripts", "instructions"]


@pytest.mark.parametrize(
    ("text", "method", "target", "headers", "body"),
    [
        ("GET /items", "GET", "/items", (), b""),
        ("/items", "GET", "/items", (), b""),
        ("http://localhost/items", "GET", "/items", (), b""),
        ("post /items", "POST", "/items", (), b""),
        ("QUERY /items HTTP/2", "QUERY", "/items", (), b""),
        ("\ufeffGET /items\r\nX: 1\r\n\r\nbody\r\n", "GET", "/items", ((b"x", b"1"),), b"body"),
        ("GET /\nX-A:1\nX-B : 2\n\n\n", "GET", "/", ((b"x-a", b"1"), (b"x-b", b"2")), b""),
        ("POST /\n{}", "POST", "/", (JSON,), b"{}"),
        ("POST /\n\n[1,\n\n2]\n\n", "POST", "/", (JSON,), b"[1,\n\n2]"),
        ("POST /\nContent-Type:\n\n{}", "POST", "/", (), b"{}"),
        ("POST /\nContent-Type: text/plain\n\n# no comment\n// nor this", "POST", "/", PLAIN_TEXT,
         b"# no comment\n// nor this"),
        ("POST /\nContent-Type: text/plain\n\n> quoted\nanswer", "POST", "/", PLAIN_TEXT,
         b"> quoted\nanswer"),
        ("POST /\nContent-Type: multipart/form-data; boundary=B\n\n--B\nX: 1\n\na\n--B--", "POST", "/",
         ((b"content-type", b"multipart/form-data; boundary=B"),), b"--B\r\nX: 1\r\n\r\na\r\n--B--\r\n"),
    ],
)  # fmt: skip
def test_requests(text, method, target, headers, body):
    """Each shape of a request that editors take."""
    (spec,) = read_http(text).specs

    assert (spec.method, spec.target, spec.headers, spec.body) == (method, target, headers, body)


def test_variables_are_values_and_not_text():
    """In a target it is quoted, in JSON it is JSON, in a form it is encoded; at the start of a target it is a host."""
    text = "POST {{base}}/a/{{part}}?q={{q}}\nContent-Type: {{type}}\n\n{{body}}"
    values = {
        "base": "http://localhost:1",
        "part": "a/b",
        "q": "x&y",
        "type": "application/json",
        "body": [None],
    }

    (spec,) = read_http(text, variables=values).specs
    assert (spec.path, spec.query, spec.body) == ("/a/a%2Fb", (("q", "x&y"),), b"[null]")


def test_the_callers_values_win():
    """A value that is given goes before the file's own, and the file's may be made of others."""
    text = "@a = 1\n@b = {{a}}2\nGET /{{a}}/{{b}}"

    assert read_http(text).specs[0].path == "/1/12"
    assert read_http(text, variables={"a": 5}).specs[0].path == "/5/52"


@pytest.mark.parametrize("spec", PLAIN, ids=repr)
def test_exports_read_back(spec):
    """A request is the same after a file."""
    assert read_http(render_http([("r1", spec)])).specs == (spec,)


def test_several_requests_read_back_with_their_titles():
    """A file of all of them gives all of them, in order and by name."""
    found = read_http(render_http([(f"r{number}", spec) for number, spec in enumerate(PLAIN)]))

    assert found.specs == tuple(PLAIN)
    assert [request.name for request in found] == [f"r{number}" for number in range(len(PLAIN))]


@settings(max_examples=200, deadline=None)
@given(spec=specs)
def test_any_request_reads_back_or_is_an_error(spec):
    """Whatever a request holds, it is the same after a file, but for line ends around its body; or it is an error."""
    try:
        text = render_http([("", spec)], redactor=Redactor(show=True))
    except RequestError:
        return
    (found,) = read_http(text).specs
    assert (found.method, found.path, found.query, found.headers) == (spec.method, spec.path, spec.query, spec.headers)
    assert found.body == spec.body.strip(b"\n")


def test_a_file_looks_as_a_person_would_write_it():
    """A host to change at the top, a title, the request, its headers and its body."""
    spec = build_spec("POST", "/items", json={"name": "Foo"}, headers={"Authorization": "Bearer s3cret"})

    assert render_http([("r7", spec)]) == (
        "@host = http://localhost:8000\n\n### r7\nPOST {{host}}/items\nAuthorization: Bearer {{token}}\n"
        'Content-Type: application/json\n\n{"name":"Foo"}\n'
    )


def test_secrets_are_variables():
    """No secret is in the file; with their values given it is the whole request again."""
    text = render_http([("", SECRET)])

    assert not [secret for secret in SECRETS if secret in text]
    assert read_http(text, variables={name.lower(): value for name, value in VALUES.items()}).specs == (SECRET,)
    with pytest.raises(RequestError, match="has no value"):
        read_http(text)


@pytest.mark.parametrize(
    "spec",
    [
        *BYTES[:2],
        *(
            RequestSpec(method="POST", path="/", headers=(TEXT,), body=body)
            for body in (b"a\r\nb", b"a\n### b", b"a\n> b", b"< file.txt", b" \t ", b"a\n< {% x %}\nb")
        ),
        RequestSpec(method="POST", path="/", headers=(FORM,), body=b"a=1\n&b=2"),
    ],
    ids=repr,
)
def test_a_body_that_a_file_cannot_hold_is_an_error(spec):
    """Bytes, other line ends and lines with a meaning there are errors and never changed."""
    with pytest.raises(RequestError, match="export it as curl or har"):
        render_http([("", spec)])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no request"),
        ("# nothing\n@a = 1\n###\n", "no request"),
        ("GET", "write GET /items"),
        ("GET /{{x}}", "{{x}} has no value"),
        ("GET /{{1 + 1}}", "is not a name"),
        ("GET /\nX: {{$guid}}", "is not a name"),
        ("GET /\nX: {{__import__('os').getcwd()}}", "is not a name"),
        ("POST /\n\n{{login.response.body.token}}", "no request above it has the name login"),
        ("POST /\n\n{{login.response.body.$..token}}", "is not a name"),
        ("POST /\nX: 1\nno header\n\n", "put an empty line"),
        ("POST /\n\n< ./body.json", "reads a file"),
        ("POST /\n\n<@ ./body.json", "reads a file"),
        ("POST /\nContent-Type: multipart/form-data; boundary=B\n\n--B\n\n< ./x.png\n--B--", "reads a file"),
        ("GET ftp://x/", "only http"),
    ],
)
def test_unreadable_text_is_an_error(text, message):
    """Each is one `RequestError`; no expression is ever evaluated and no file opened."""
    with pytest.raises(RequestError) as handled_exception:
        read_http(text)
    assert message in str(handled_exception.value)


@pytest.mark.parametrize("broken", ["GET /{{$guid}}", "POST /\n\n< ./body.json", "wget http://x", "GET /{{no_value}}"])
def test_other_requests_of_a_file_are_read(broken):
    """A request that cannot be read is left out with a note that names it; the others are read."""
    found = read_http(f"### first\nGET /1\n### bad\n{broken}\n### last\nGET /3")

    assert [(request.name, request.spec.path) for request in found] == [("first", "/1"), ("last", "/3")]
    assert [note.partition(":")[0] for note in found.notes] == ["request bad is left out"]


@pytest.mark.parametrize(
    "command",
    ["curl -X POST http://localhost:8000/a -d x=1", "curl {{host}}/a \\\n  -d 'x={{n}}'\n\n> {%\n x()\n%}",
     "printf 'x=1' | curl -d @- localhost/a", "curl.exe --data-raw x=1 http://localhost/a"],
)  # fmt: skip
def test_curl_commands_in_a_file(command):
    """A block may be a curl command, as in REST Client; the variables of the file have values in it."""
    found = read_http(f"@host = http://localhost\n@n = 1\n### one\n{command}\n\n### two\nGET /b")

    assert [(request.name, request.spec.method, request.spec.target, request.spec.body) for request in found] == [
        ("one", "POST", "/a", b"x=1"),
        ("two", "GET", "/b", b""),
    ]


@pytest.mark.parametrize("value", ["ana:pw", "ana pw", "{{user}}:{{password}}", "{{user}} {{password}}", "YW5hOnB3"])
@pytest.mark.parametrize("name", ["Authorization", "authorization", "Proxy-Authorization"])
def test_basic_authorization_is_encoded(name, value):
    """User and password in a file are encoded, as editors do; what is encoded already is kept."""
    (spec,) = read_http(f"GET /\n{name}: Basic {value}", variables={"user": "ana", "password": "pw"}).specs
    assert spec.header(name) == "Basic YW5hOnB3"


@pytest.mark.parametrize(
    ("value", "is_said"), [("Digest ana pw", True), ('Digest username="a", uri="/"', False), ("Bearer x y", False)]
)
def test_digest_authorization_is_left_as_it_is(value, is_said):
    """It needs the response, so a note says how to send it."""
    found = read_http(f"GET /\nAuthorization: {value}")

    assert found.specs[0].header("authorization") == value
    assert bool(found.notes) == is_said


def test_a_value_that_is_no_json_is_an_error():
    """A value that is not JSON cannot be part of a JSON body."""
    with pytest.raises(RequestError, match="must have a JSON value"):
        read_http('POST /\n\n{"a": {{a}}}', variables={"a": {1, 2}})


@pytest.mark.parametrize(
    "cell",
    [
        "GET /items?x=1",
        'POST /items\nX-A: 1\n\n{"a": 1}',
        'POST /items\n\n{"a": {{n}}, "b": "{{name}}", "c": "\\{{n}}"}\n\n',
        "POST /items\nContent-Type: text/plain\n\nhello {{n}}\n\nworld\n",
        "POST /items\n\n[1]\n### the second\nDELETE /items/1\nX-B:2\n###\nGET /x",
    ],
)
def test_a_cell_of_the_magic_is_read_the_same(cell):
    """What both understand, a file and a cell, is the same request to both."""
    names = {"n": 7, "name": 'Foo "Bar"'}
    of_magic = [read_request(parse_line(part.line, names.get, part.rest))[0] for part in split_cell("", cell)]

    assert list(read_http(cell, variables=names).specs) == of_magic


@pytest.mark.parametrize(
    "text", ["{{" * 200_000, "< {% x\n" * 100_000, "\n> x" * 100_000, "{{a" * 100_000, '"' * 200_000]
)
def test_a_hostile_file_takes_no_long_time(text):
    """Whatever is repeated, reading takes time in proportion to it."""
    read_http(f"POST /\nContent-Type: application/problem+json\n\nx\n{text}")


def test_a_long_request_line_takes_no_long_time():
    """White space within a line is a part of the target, however much of it there is."""
    assert read_http("GET /a  b  HTTP/1.1 ").specs[0].path == "/a  b"
    with pytest.raises(RequestError, match="too long"):
        read_http("GET /a" + " " * 200_000 + "b HTTP/1.1")


@settings(max_examples=300, deadline=None)
@given(st.text("GET/ab:{}#\n >< @=?&%\\\"'\r", max_size=60))
def test_any_text_is_read_or_an_error(text):
    """Whatever is given ends in requests or in a `RequestError`."""
    with contextlib.suppress(RequestError):
        assert read_http(text).requests
