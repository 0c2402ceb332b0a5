"""curl's options: what each command of a person asks for."""

import pytest

from ipyasgi.errors import RequestError
from ipyasgi.formats.curl import read_curl

from .commands import ALL


@pytest.mark.parametrize(
    ("text", "method", "target", "headers", "body"), [row[1:] for row in ALL], ids=[row[0] for row in ALL]
)
def test_commands(text, method, target, headers, body):
    """Method, target, headers and body of a command are those that curl would send, its own defaults aside."""
    (spec,) = read_curl(text).specs

    assert (spec.method, spec.target, spec.body) == (
        method,
        target.replace(" ", "%20") if "%" in spec.target else target,
        body,
    )
    assert [(name.decode(), value.decode()) for name, value in spec.headers] == headers


def parts_of(text):
    (spec,) = read_curl(text).specs
    boundary = spec.header("content-type").partition("boundary=")[2].encode()
    return spec, [part.strip(b"\r\n") for part in spec.body.split(b"--" + boundary)[1:-1]]


def test_form_strings_are_taken_literally():
    """--form-string has no file and no type, whatever its text."""
    _, parts = parts_of("curl http://localhost/u --form-string 'a=@x;type=a/b' -F b=1")
    assert parts == [
        b'Content-Disposition: form-data; name="a"\r\n\r\n@x;type=a/b',
        b'Content-Disposition: form-data; name="b"\r\n\r\n1',
    ]


@pytest.mark.parametrize(
    ("options", "target"),
    [
        ("--url-query 'a=1 2'", "/u?x=1&a=1+2"),
        ("--url-query '+a=%20b' --url-query c=d", "/u?x=1&a=%20b&c=d"),
        ("-G --url-query a=1 -d b=2", "/u?x=1&a=1&b=2"),
    ],
)
def test_fields_of_the_query(options, target):
    """--url-query adds to the query, encoded unless it begins with a plus sign."""
    assert read_curl(f"curl 'http://localhost/u?x=1' {options}").specs[0].target == target


def test_forms_are_multipart():
    """-F options become parts in their order, with file names and types where they are given."""
    spec, parts = parts_of(
        "curl http://localhost:8000/u -F name=value -F 'f=a,b;filename=n.csv;type=text/csv' -F 't=\"x;y\"' -F empty="
    )

    assert spec.method == "POST"
    assert spec.header("content-type").startswith("multipart/form-data; boundary=")
    assert parts == [
        b'Content-Disposition: form-data; name="name"\r\n\r\nvalue',
        b'Content-Disposition: form-data; name="f"; filename="n.csv"\r\nContent-Type: text/csv\r\n\r\na,b',
        b'Content-Disposition: form-data; name="t"\r\n\r\nx;y',
        b'Content-Disposition: form-data; name="empty"',
    ]


def test_the_same_form_is_the_same_request():
    """The boundary follows from the parts, so two readings of one command are equal."""
    text = "curl http://localhost:8000/u -F a=1"

    assert read_curl(text).specs == read_curl(text).specs
    assert read_curl(text).specs != read_curl(text + "2").specs


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("-d @body.json", "reads the file 'body.json'"),
        ("--data-binary @x.png", "reads the file 'x.png'"),
        ("--data-urlencode name@file", "reads the file 'file'"),
        ("--json @x", "reads the file 'x'"),
        ("-d @-", "reads the file '-'"),
        ("-F f=@photo.png", "reads the file 'photo.png'"),
        ("-F 'f=<text.txt;type=a/b'", "reads the file 'text.txt'"),
        ("-H @headers.txt", "reads the file 'headers.txt'"),
        ("-b cookies.txt", "reads the file 'cookies.txt'"),
        ("-u ann", "-u ann:password"),
        ("-H 'no header s3cret'", "write -H 'Name: value'"),
        ("-H 'X: a\nb'", "not a header"),
        ("-H 'bad name: x'", "not a header"),
        ("-F novalue", "name=value"),
        ("--form-string novalue", "name=value"),
        ("--url-query name@file", "reads the file 'file'"),
        ("-d a -F b=c", "one kind of body"),
        ("-X 'GE T'", "not an HTTP method"),
        ("--digest -u a:b", "--digest is not supported: remove it"),
        ("-X", "-X needs a value"),
        ("-sT file", "-T is not supported: remove it"),
    ],
)
def test_unsupported_options_are_errors(options, message):
    """An option that reads a file or is unknown is an error with the option and an instruction."""
    with pytest.raises(RequestError) as handled_exception:
        read_curl(f"curl http://localhost:8000/ {options}")
    assert message in str(handled_exception.value)
    assert "s3cret" not in str(handled_exception.value)
